"""The fixed cast of the tests. Every maker takes the session first and overrides by keyword."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from labelsvc.catalogue.models import AdminUnit, Lot, Producer, Product, Village
from labelsvc.catalogue.recognition import Authority, Recognition, default_valid_to
from labelsvc.codes.tlog import log
from labelsvc.db import Database
from labelsvc.files import Files

REFORM = date(2025, 7, 1)


def make_commune(session: Session, *, code: str = "00577", name: str = "Xã Bát Tràng") -> AdminUnit:
    found = session.get(AdminUnit, (code, REFORM))
    if found is None:
        found = AdminUnit(code=code, valid_from=REFORM, name=name)
        session.add(found)
        session.flush()
    return found


def make_village(session: Session, **facts: Any) -> Village:
    facts = {"name": "Làng gốm Bát Tràng", "name_en": "Bát Tràng pottery village", "craft": "Gốm sứ",
             "craft_en": "Pottery", "commune": make_commune(session)} | facts  # fmt: skip
    village = Village(**facts)
    session.add(village)
    session.flush()
    return village


def make_producer(session: Session, **facts: Any) -> Producer:
    facts = {"name": "Hợp tác xã Gốm Sông Nhuệ", "kind": "cooperative", "tax_code": None,
             "phone": "024 3999 0123", "street": "Xóm 3, thôn Giang Cao",
             "commune": make_commune(session)} | facts  # fmt: skip
    producer = Producer(**facts)
    session.add(producer)
    session.flush()
    return producer


def make_product(session: Session, **facts: Any) -> Product:
    if "producer" not in facts:
        facts["producer"] = make_producer(session)
    facts = {"name": "Trà hoa cúc sấy lạnh", "name_en": "Freeze-dried chrysanthemum tea", "set_number": 12,
             "net_content": "Khối lượng tịnh: 50 g", "ingredients": "Hoa cúc chi 100 %",
             "instructions": "Hãm 5 bông với 200 ml nước 90 °C trong 5 phút.",
             "storage": "Nơi khô mát, tránh ánh nắng.", "warning": "Không dùng khi bao bì rách.",
             "shelf_life_days": 365, "story": "Hoa được hái lúc sương vừa tan."} | facts  # fmt: skip
    product = Product(**facts)
    session.add(product)
    session.flush()
    return product


def make_recognition(session: Session, product: Product, **facts: Any) -> Recognition:
    valid_from = facts.pop("valid_from", date(2026, 3, 4))
    facts = {"stars": 4, "decision_number": "1147/QĐ-UBND", "decision_date": valid_from,
             "authority": Authority.PROVINCE, "authority_name": "UBND Thành phố Hà Nội",
             "legal_basis": "148/QĐ-TTg", "valid_from": valid_from,
             "valid_to": default_valid_to(valid_from)} | facts  # fmt: skip
    recognition = Recognition(product=product, **facts)
    session.add(recognition)
    session.flush()
    return recognition


def make_lot(session: Session, product: Product | None = None, **facts: Any) -> Lot:
    if product is None:
        product = make_product(session)
        make_recognition(session, product)
    facts = {"code": "L261101-01", "declared": 1000, "made_on": date(2026, 11, 1),
             "expires_on": date(2027, 11, 1)} | facts  # fmt: skip
    lot = Lot(product=product, **facts)
    session.add(lot)
    session.flush()
    return lot


def publish_log(database: Database, files: Files, secrets: Sequence[str]) -> int:
    """Publish the public log: a frozen key is believed for what is in it. Gives its size."""
    return log.publish(database, files, origin="qr.example.vn/log", secrets=secrets).size
