"""A small world with a code for each answer of the scan page, and people who sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.places import load_places
from labelsvc.codes.models import Form
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate, codes_of, create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.events.models import Event
from labelsvc.settings import Settings
from tests.factories import make_lot, make_producer, make_product, make_recognition, make_village

PASSWORD = "bốn con chim én bay"
GTIN = "09520000001001"


@dataclass
class World:
    """Paths of codes by what they show, and ids."""

    codes: dict[str, str] = field(default_factory=dict)
    product: int = 0
    lot: int = 0
    producer: int = 0
    stranger_lot: int = 0
    stranger_product: int = 0
    expired_lot: int = 0
    recognition: int = 0


def build(database: Database, settings: Settings) -> World:
    """Fill an empty database."""
    world, today = World(), clock.today()
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        load_places(session)
        village = make_village(session)
        lan = make_producer(
            session, name="Hợp tác xã Gốm Sông Nhuệ", village=village,
            old_address="Xóm 3, xã Bát Tràng, huyện Gia Lâm, Hà Nội",
        )  # fmt: skip
        product = make_product(session, producer=lan, gtin=GTIN, name="Trà hoa cúc <b>sấy lạnh</b>")
        recognition = make_recognition(session, product, valid_from=today - timedelta(days=200))
        world.producer, world.product, world.recognition = lan.id, product.id, recognition.id
        lot = make_lot(
            session, product, code="L-MAIN", made_on=today, expires_on=today + timedelta(days=300)
        )
        world.lot = lot.id
        session.add(
            Event(
                lot_id=lot.id,
                step="harvesting",
                at=clock.now() - timedelta(days=3),
                place="Xã Bát Tràng",
                note="Hái sáng sớm",
            )
        )
        numbers: dict[str, tuple[object, int]] = {}
        for name, form in (("in_force", Form.SHORT), ("gs1", Form.GS1), ("offline", Form.OFFLINE), ("lot", Form.LOT)):  # fmt: skip
            issue = allocate(session, lot=lot, count=1 if form is Form.LOT else 20, form=form)
            numbers[name] = (issue, 0)
        first = numbers["in_force"][0]
        numbers["withdrawn"] = (first, 5)
        numbers["voided"] = (first, 8)
        revoke.withdraw(session, first=first.first + 5, count=1, reason="Tem bị mất cắp", by="test")
        revoke.void(session, first=first.first + 8, count=2, reason="In lệch khổ", by="test")
        recalled = make_lot(session, product, code="L-RECALL")
        recalled.recalled_at, recalled.recall_reason = clock.now(), "Thiếu thông tin dị ứng"
        numbers["recalled"] = (allocate(session, lot=recalled, count=5, form=Form.SHORT), 0)
        past = make_lot(session, product, code="L-PAST", made_on=date(2024, 1, 1), expires_on=date(2025, 1, 1))  # fmt: skip
        numbers["past_expiry"] = (allocate(session, lot=past, count=5, form=Form.SHORT), 0)
        world.expired_lot = _stars(session, lan, today, numbers)
        hung = make_producer(session, name="Hộ kinh doanh Trần Văn Hùng", kind="household", tax_code="001203004567")  # fmt: skip
        other = make_product(session, producer=hung, name="Rượu mơ")
        make_recognition(session, other)
        world.stranger_product = other.id
        world.stranger_lot = make_lot(session, other, code="L-HUNG").id
        numbers["household"] = (allocate(session, lot=session.get_one(type(lot), world.stranger_lot), count=5, form=Form.SHORT), 0)  # fmt: skip
        for name, role, tenant in (("lan", Role.PRODUCER, lan.id), ("hung", Role.PRODUCER, hung.id), ("office", Role.OFFICE, None), ("auditor", Role.AUDITOR, None), ("inspector", Role.INSPECTOR, None)):  # fmt: skip
            create_user(session, name=name, full_name=name.title(), role=role, producer_id=tenant, password=PASSWORD, actor="test")  # fmt: skip
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        for name, (issue, offset) in numbers.items():
            text = codes_of(issue, keyring, offset=offset, count=1)[0]
            world.codes[name] = text[len(settings.base_url) :]
    good = world.codes["in_force"]
    world.codes["not_issued"] = good[:-1] + ("0" if good[-1] != "0" else "1")
    world.codes["bad_signature"] = world.codes["offline"][:-1] + str((int(world.codes["offline"][-1]) + 1) % 10)  # fmt: skip
    world.codes["malformed"] = "/KHONG-PHAI-MA"
    world.codes["link"] = f"/01/{GTIN}/10/L-MAIN"
    return world


def _stars(
    session: Session, producer: object, today: date, numbers: dict[str, tuple[object, int]]
) -> int:
    """Products in every standing of their stars. Gives the lot of the expired one."""
    kinds: dict[str, dict[str, object] | None] = {
        "stars_none": None,
        "stars_expired": {"valid_from": today - timedelta(days=1200)},
        "stars_withdrawn": {"valid_from": today - timedelta(days=300), "withdrawn_on": today - timedelta(days=3), "withdrawal_decision": "5120/QĐ-UBND"},
        "stars_ending": {"valid_from": today - timedelta(days=1000)},
        "stars_extended": {"valid_from": today - timedelta(days=1150), "extended_to": today + timedelta(days=60)},
        "stars_potential": {"valid_from": today - timedelta(days=50), "potential_five": True},
        "stars_later": {"valid_from": today + timedelta(days=20)},
    }  # fmt: skip
    expired = 0
    for name, facts in kinds.items():
        product: Product = make_product(session, producer=producer, name=f"Sản phẩm {name}")
        if facts is not None:
            make_recognition(session, product, **facts)
        lot = make_lot(session, product, code=f"L-{name[6:].upper()}")
        numbers[name] = (allocate(session, lot=lot, count=3, form=Form.SHORT), 0)
        if name == "stars_expired":
            expired = lot.id
    return expired
