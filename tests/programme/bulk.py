"""A register of real size, or one of given figures, written by bulk inserts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import AdminUnit, Outlet, Producer, Product, Village, outlet_product
from labelsvc.catalogue.places import REFORM, load_places
from labelsvc.catalogue.recognition import Authority, Recognition, default_valid_to
from labelsvc.catalogue.villages.crafts import named
from labelsvc.clock import now
from labelsvc.i18n import fold

CRAFTS = ("Gốm sứ", "Sơn mài", "Mây tre đan", "Lụa", "Thêu ren", "Nón lá", "Mộc", "Tò he")
KINDS = ("household", "cooperative", "enterprise", "cooperative_group", "farm")


@dataclass(frozen=True)
class Size:
    products: int = 3500
    producers: int = 1800
    villages: int = 1350
    outlets: int = 5000
    years: int = 8


def build(session: Session, size: Size = Size()) -> None:
    """Fill the tables: every product recognised by one of 20 decisions a year, most of them twice."""
    load_places(session)
    communes = communes_of(session)
    put(session, Village, [village(n, communes) for n in range(size.villages)])
    put(session, Producer, [producer(n, communes, size.villages) for n in range(size.producers)])
    put(session, Product, [product(n, n % size.producers) for n in range(size.products)])
    rows, number = [], 0
    for n in range(size.products):
        first = n % size.years
        for year in range(first, size.years, 3):
            rows.append(recognition(number, n, date(2019 + year, 1, 9) + timedelta(n % 20 * 17)))
            number += 1
    put(session, Recognition, rows)
    put(session, Outlet, [outlet(n, communes) for n in range(size.outlets)])
    sold = [{"outlet_id": n + 1, "product_id": 1 + n % size.products} for n in range(size.outlets)]
    sold += [{"outlet_id": n + 1, "product_id": 1} for n in range(1, min(1400, size.outlets))]
    if sold:
        session.execute(insert(outlet_product), sold)


def communes_of(session: Session) -> list[str]:
    """Codes of the communes of today."""
    units = select(AdminUnit.code).where(AdminUnit.valid_from == REFORM)
    return list(session.scalars(units.order_by(AdminUnit.code)))


def put(session: Session, mapped: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Write *rows*, all with the same columns; the defaults of the others are filled in."""
    table = mapped.__table__
    for row in rows:
        for name in ("created_at", "changed_at"):
            if name in table.c:
                row.setdefault(name, now())
    if rows:
        session.execute(insert(table), list(rows))


def village(n: int, communes: Sequence[str]) -> dict[str, Any]:
    craft = CRAFTS[n % len(CRAFTS)]
    return {
        "id": n + 1, "name": f"Làng {craft.lower()} Ví Dụ {n}", "craft": craft, "craft_code": named(craft),
        "commune_code": communes[n % len(communes)], "commune_from": REFORM,
        "decision_number": f"{n}/QĐ-UBND" if n % 4 == 0 else "",
        "decision_date": date(2010, 1, 1) + timedelta(n * 4) if n % 4 == 0 else None,
    }  # fmt: skip


def producer(n: int, communes: Sequence[str], villages: int, kind: str = "") -> dict[str, Any]:
    name = f"Cơ sở Ví Dụ {n}"
    return {
        "id": n + 1, "name": name, "search_key": fold(name), "kind": kind or KINDS[n % len(KINDS)],
        "commune_code": communes[n * 5 % len(communes)], "commune_from": REFORM,
        "village_id": 1 + n % villages if villages and n % 3 == 0 else None, "old_address": "",
    }  # fmt: skip


def product(n: int, owner: int, set_number: int = 0) -> dict[str, Any]:
    name = f"Sản phẩm Ví Dụ {n}"
    return {
        "id": n + 1, "producer_id": owner + 1, "name": name, "search_key": fold(name),
        "set_number": set_number or 1 + n % 26,
    }  # fmt: skip


def recognition(number: int, owner: int, day: date, stars: int = 0, potential: bool = False) -> dict[str, Any]:  # fmt: skip
    given = stars or 3 + number % 2
    return {
        "id": number + 1, "product_id": owner + 1, "stars": given,
        "potential_five": potential or (not stars and given == 4 and number % 59 < 2),
        "decision_number": f"{day.month:02}{day.day:02}/QĐ-UBND", "decision_date": day,
        "authority": Authority.MINISTRY if given == 5 else Authority.PROVINCE,
        "authority_name": "UBND Thành phố Hà Nội", "legal_basis": "148/QĐ-TTg",
        "valid_from": day, "valid_to": default_valid_to(day),
    }  # fmt: skip


def outlet(n: int, communes: Sequence[str]) -> dict[str, Any]:
    name = f"Điểm OCOP Ví Dụ {n}"
    return {
        "id": n + 1, "name": name, "search_key": fold(name), "active": True,
        "commune_code": communes[n % len(communes)], "commune_from": REFORM,
    }  # fmt: skip
