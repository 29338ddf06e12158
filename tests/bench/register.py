"""A register at the size of Hanoi, in bulk: what `pages` measures. The figures are those of the issue on the register."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import (
    AdminUnit,
    Outlet,
    Producer,
    ProducerKind,
    Product,
    Village,
    VillageKind,
    outlet_product,
)
from labelsvc.catalogue.places import REFORM
from labelsvc.catalogue.recognition import Authority, Recognition, default_valid_to
from labelsvc.catalogue.villages.crafts import crafts
from labelsvc.i18n import fold

PRODUCTS, PRODUCERS, VILLAGES, OUTLETS = 3_500, 1_800, 1_350, 5_000
#: Points of the one product that is sold nearly everywhere, and products of another point.
MOST_POINTS, POINT_PRODUCTS = 1_400, 40
YEARS, DECISIONS = 8, 20
#: Numbers begin here, behind those of the small world.
FIRST = 10_000
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đặng", "Bùi", "Đỗ")
_PLACES = ("Đông", "Đoài", "Thượng", "Hạ", "Trung", "Nội", "Ngoại", "Cả")


def build(session: Session, today: date) -> None:
    """Fill a database that has its places already."""
    random = Random(7)
    communes = session.scalars(select(AdminUnit.code).where(AdminUnit.valid_from == REFORM)).all()

    def placed(number: int) -> dict[str, Any]:
        return {"id": FIRST + number, "commune_code": communes[number % len(communes)], "commune_from": REFORM}  # fmt: skip

    codes, kinds = sorted(crafts())[:47], list(VillageKind)
    villages = [
        placed(number)
        | _named(f"Làng {crafts()[codes[number % 47]].vi} thôn {_PLACES[number % 8]} {number}")
        | {"craft": crafts()[codes[number % 47]].vi, "craft_code": codes[number % 47], "kind": kinds[number % 3]}
        | ({"decision_number": f"{number % 40}/QĐ-UBND", "decision_date": date(2020, 3, 1)} if number < 321
           else {"decision_number": "", "decision_date": None})
        | {"story": "Làng làm nghề đã nhiều đời. " * 12}
        for number in range(VILLAGES)
    ]  # fmt: skip
    producers = [
        placed(number)
        | _named(f"Hộ kinh doanh {_FAMILY[number % 8]} Văn {_PLACES[number % 7]} {number}")
        | {"kind": list(ProducerKind)[number % 5], "village_id": FIRST + number % VILLAGES, "street": f"Xóm {number % 9}"}
        for number in range(PRODUCERS)
    ]  # fmt: skip
    products = [
        {"id": FIRST + number, "producer_id": FIRST + number % PRODUCERS, "set_number": 1 + number % 26,
         "set_guessed": number % 10 == 0}
        | _named(f"Sản phẩm thủ công loại {_PLACES[number % 8].lower()} số {number}")
        for number in range(PRODUCTS)
    ]  # fmt: skip
    outlets = [
        placed(number)
        | _named(f"Cửa hàng OCOP {_PLACES[number % 8]} {number}")
        | {"street": f"{number} phố {_FAMILY[number % 8]}"}
        for number in range(OUTLETS)
    ]
    sold = {(FIRST + number, FIRST) for number in range(MOST_POINTS)}
    sold |= {(FIRST + OUTLETS - 1, FIRST + number) for number in range(POINT_PRODUCTS)}
    sold |= {
        (FIRST + random.randrange(OUTLETS), FIRST + random.randrange(PRODUCTS))
        for _ in range(6_000)
    }
    _put(session, Village, villages)
    _put(session, Producer, producers)
    _put(session, Product, products)
    _put(session, Outlet, outlets)
    session.connection().execute(
        insert(outlet_product), [{"outlet_id": o, "product_id": p} for o, p in sorted(sold)]
    )
    _put(session, Recognition, [_award(number, random, today) for number in range(PRODUCTS)])


def _award(number: int, random: Random, today: date) -> dict[str, Any]:
    """Stars of one of the decisions of eight years."""
    which = random.randrange(YEARS * DECISIONS)
    given = today - timedelta(days=which * 365 // DECISIONS)
    return {
        "id": FIRST + number, "product_id": FIRST + number, "stars": 3 + number % 2, "potential_five": False,
        "decision_number": f"{1000 + which}/QĐ-UBND", "decision_date": given, "authority": Authority.PROVINCE,
        "authority_name": "UBND Thành phố Hà Nội", "legal_basis": "148/QĐ-TTg", "valid_from": given,
        "valid_to": default_valid_to(given), "product_name": f"Sản phẩm {number}",
    }  # fmt: skip


def _named(name: str) -> dict[str, str]:
    return {"name": name, "search_key": fold(name)}


def _put(session: Session, model: type[Any], rows: list[dict[str, Any]]) -> None:
    """Insert rows as a connection does, past what writing doors do for each."""
    table: Table = model.__table__
    known = {column.name for column in table.columns}
    session.connection().execute(insert(table), [{k: v for k, v in row.items() if k in known} for row in rows])  # fmt: skip
