"""Pages of points of sale at the size of a city: 5,000 points, one product at 1,400 of them."""

from __future__ import annotations

import gzip
from datetime import timedelta
from random import Random

from flask import Flask
from sqlalchemy import insert, select

from labelsvc.accounts.models import User
from labelsvc.catalogue.models import AdminUnit, Outlet, OutletKind, Product, outlet_product
from labelsvc.catalogue.places import REFORM
from labelsvc.clock import today
from labelsvc.db import Database
from labelsvc.i18n import fold
from tests.web.desk import Desk
from tests.world import World

#: Bytes of a page, of what crosses the line for a scan page, and of processor time.
_PAGE, _SCAN = 60_000, 14_336
_STREETS = ("Lụa", "Hàng Bạc", "Đại lộ Thăng Long", "Quang Trung", "Giang Cao", "Phó Đức Chính")


def fill(database: Database, product: int) -> None:
    """5,000 points all over Hanoi, 1,400 of them with *product*, in three statements."""
    random = Random(4)
    with database.writing() as session:
        codes = session.scalars(select(AdminUnit.code).where(AdminUnit.valid_from == REFORM)).all()
        goods = session.scalars(select(Product.id)).all()
        rows = []
        for number in range(1, 5001):
            name = f"Điểm giới thiệu và bán sản phẩm OCOP {random.choice(_STREETS)} {number}"
            rows.append({
                "id": number, "name": name, "street": f"Số {number} {random.choice(_STREETS)}",
                "commune_code": random.choice(codes), "commune_from": REFORM, "kind": random.choice(list(OutletKind)),
                "latitude": random.gauss(21.02, 0.11), "longitude": random.gauss(105.8, 0.1),
                "hours": "|".join(["08:00-17:30"] * 6 + [""]), "search_key": fold(name), "phone": "024 3999 0123",
                "published_on": today() - timedelta(days=600), "confirmed_on": today() - timedelta(days=random.randrange(200)),
            })  # fmt: skip
        session.execute(insert(Outlet), rows)
        sold = {(number, product) for number in range(1, 1401)}
        sold |= {(number, goods[number % len(goods)]) for number in range(1, 5001)}
        session.execute(
            insert(outlet_product),
            [{"outlet_id": a, "product_id": b, "as_of": today()} for a, b in sorted(sold)],
        )


def test_no_page_grows_with_the_number_of_points(
    app: Flask, database: Database, world: World
) -> None:
    fill(database, world.product)
    with database.reading() as session:
        lan = session.scalars(select(User.name).where(User.producer_id == world.producer)).first()
    assert lan is not None
    nobody, office, producer = (
        Desk(app, database, ""),
        Desk(app, database, "office"),
        Desk(app, database, lan),
    )
    pages = {
        "/outlets": nobody, "/outlets?page=200": nobody, "/outlets?q=gia+lam+lua": nobody, "/outlets?q=hoa+cuc": nobody,
        f"/outlets?product={world.product}": nobody, "/outlets?district=Huy%E1%BB%87n+Gia+L%C3%A2m": nobody,
        "/outlet/7": nobody, "/outlet/7/report": nobody, world.codes["in_force"]: nobody, f"/product/{world.product}": nobody,
        "/office/outlets": office, "/office/outlets?q=lua": office, "/office/outlets/7": office,
        f"/office/products/{world.product}": office, "/console/points": producer,
    }  # fmt: skip
    for path, desk in pages.items():
        answer = desk.get(path)
        assert answer.status_code == 200, path
        assert len(answer.data) < _PAGE, (path, len(answer.data))
        assert path != world.codes["in_force"] or len(gzip.compress(answer.data)) < _SCAN
