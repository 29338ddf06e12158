"""Pages of the public register: what they say, to people and to machines."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from labelsvc import clock
from labelsvc.catalogue.models import Outlet, Producer, Product
from labelsvc.catalogue.recognition import Recognition
from labelsvc.db import Database
from labelsvc.programme.search.entries import slug
from tests.factories import make_product, make_recognition
from tests.world import World

BASE = "https://qr.example.vn"


def text(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, base_url=BASE, headers={"Accept-Language": "en"})
    assert answer.status_code == status, (path, answer.status_code)
    return answer.get_data(as_text=True)


def data(client: FlaskClient, path: str, status: int = 200):  # type: ignore[no-untyped-def]
    answer = client.get(path, base_url=BASE, headers={"Accept": "application/json"})
    assert answer.status_code == status, (path, answer.status_code)
    return answer.get_json()


def linked(page: str) -> dict[str, object]:
    """What the page says in JSON-LD."""
    return json.loads(
        re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1]
    )  # type: ignore[index]


def test_the_page_of_a_product_proves_nothing_and_speaks_to_machines(
    client: FlaskClient, world: World
) -> None:
    page = text(client, f"/product/{world.product}")
    assert "proves nothing about an item" in page and "noindex" not in page
    assert f'<link rel="canonical" href="{BASE}/product/{world.product}">' in page
    assert f'property="og:image" content="{BASE}/product/{world.product}/share.png"' in page
    told = linked(page)
    assert told["@type"] == "Product" and "4 sao" in str(told["award"])
    assert told["name"] == "Trà hoa cúc <b>sấy lạnh</b>" and "<b>sấy" not in page
    picture = client.get(f"/product/{world.product}/share.png", base_url=BASE)
    assert picture.content_type == "image/png" and picture.get_data()[:4] == b"\x89PNG"


def test_a_day_is_asked_of_product_producer_and_decision(
    client: FlaskClient, world: World, database: Database
) -> None:
    with database.reading() as session:
        row = session.get_one(Recognition, world.recognition)
        first, short = row.valid_from, slug(row.decision_number, row.decision_date)
    before = (first - timedelta(days=1)).isoformat()
    for path in (f"/product/{world.product}", f"/producer/{world.producer}"):
        assert "As of" in text(client, f"{path}?on={before}")
    # What was decided later is not known of that day: no star, and no word of one to come.
    assert data(client, f"/product/{world.product}?on={before}")["stars"] is None
    assert data(client, f"/product/{world.product}?on={first}")["stars"]["count"] == 4
    text(client, f"/decision/{short}?on={before}", 404)
    assert data(client, f"/decision/{short}?on={first}")["products"][0]["standing"] == "in_force"
    text(client, f"/product/{world.product}?on=2999-01-01", 400)
    assert data(client, f"/product/{world.product}?on=morgen", 400)["fix"]


def test_a_decision_keeps_what_ended_and_what_was_withdrawn_with_its_day(
    client: FlaskClient, database: Database, world: World
) -> None:
    day = date(2021, 12, 28)
    with database.writing() as session:
        ended = make_product(session, name="Bánh hết hạn")
        make_recognition(session, ended, decision_number="6699/QĐ-UBND", valid_from=day)
        taken = make_product(session, name="Bánh bị thu hồi", producer=ended.producer)
        make_recognition(
            session, taken, decision_number="6699/QĐ-UBND", valid_from=day,
            withdrawn_on=date(2023, 5, 6), withdrawal_decision="12/QĐ-UBND",
        )  # fmt: skip
        other = make_product(session, name="Bánh năm khác", producer=ended.producer)
        make_recognition(
            session, other, decision_number="6699/QĐ-UBND", valid_from=date(2022, 1, 5)
        )
    page = text(client, "/decision/6699-qd-ubnd-2021-12-28")
    assert "Bánh hết hạn" in page and "ended on 28/12/2024" in page
    assert "Bánh bị thu hồi" in page and "withdrawn on 06/05/2023" in page
    assert "Bánh năm khác" not in page
    assert "Bánh bị thu hồi" in text(client, "/decision/12-qd-ubnd-2023-05-06")
    for wrong in ("6699-qd-ubnd-2021-12-29", "6699-qd-ubnd", "x-2021-12-28"):
        text(client, f"/decision/{wrong}", 404)
    told = data(client, "/changes?format=json")["changes"]
    mine = {(one["change"], one["product"], one["day"]) for one in told if one["product"].startswith("Bánh")}  # fmt: skip
    assert mine == {
        ("recognised", "Bánh hết hạn", "2021-12-28"), ("ended", "Bánh hết hạn", "2024-12-28"),
        ("recognised", "Bánh bị thu hồi", "2021-12-28"), ("withdrawn", "Bánh bị thu hồi", "2023-05-06"),
        ("recognised", "Bánh năm khác", "2022-01-05"), ("ended", "Bánh năm khác", "2025-01-05"),
    }  # fmt: skip


def test_changes_are_a_page_a_feed_and_files_that_say_the_same(
    client: FlaskClient, world: World, database: Database
) -> None:
    with database.writing() as session:
        make_recognition(
            session, session.get_one(Product, world.product), stars=3, decision_number="9/QĐ-UBND",
            valid_from=clock.today() - timedelta(days=1500),
        )  # fmt: skip
    assert "Recognised again" in text(client, "/changes")
    feed = ET.fromstring(client.get("/changes/feed.atom", base_url=BASE).get_data())
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    whole = data(client, "/changes/list.json?since=2019-01-01")["changes"]
    lines = client.get("/changes/list.csv?since=2019-01-01", base_url=BASE).get_data(as_text=True)
    assert len(whole) == len(entries) == len(lines.strip().splitlines()) - 1
    assert [one["day"] for one in whole] == sorted((one["day"] for one in whole), reverse=True)
    assert {one["change"] for one in whole} == {"recognised", "renewed", "withdrawn", "ended"}
    text(client, "/changes/list.csv?since=x", 400)


def test_the_list_is_filtered_by_stars_group_owner_and_place_of_today_and_before(
    client: FlaskClient, world: World
) -> None:
    def found(query: str) -> int:
        return int(re.search(r"<b>(\d+) products? found", text(client, f"/products?{query}"))[1])  # type: ignore[index]

    assert found("") == 9
    assert found("stars=4") == 5  # two in force, ending, extended, potential
    assert found("kind=household") == 1
    assert found("group=I") == 9 and found("group=II") == 0
    assert found("q=ruou+mo") == 1
    assert found("q=4+sao") == 5
    for place in ("bat trang", "Xã Bát Tràng", "huyện Gia Lâm", "gia lam", "xã Kim Lan"):
        assert found(f"place={place}") == 9, place
    assert found("place=Ba+Vì") == 0
    assert "ended on 1 July 2025" in text(client, "/products?place=gia+lam")
    for wrong in ("stars=6", "group=VII", "kind=x"):
        text(client, f"/products?{wrong}", 400)


def test_one_field_finds_pages_and_leads_codes_to_theirs(
    client: FlaskClient, world: World, database: Database
) -> None:
    page = text(client, "/search?q=gom+bat+trang")
    assert "Làng gốm Bát Tràng" in page and f'href="/producer/{world.producer}"' in page
    answer = client.get(
        "/search", query_string={"q": world.codes["in_force"][1:].lower()}, base_url=BASE
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, world.codes["in_force"])
    # Twenty-four letters of the alphabet of codes, and yet words.
    assert client.get("/search?q=banh khao hat sen tay ho ngon", base_url=BASE).status_code == 200
    assert client.get("/search", base_url=BASE).headers["Location"] == "/"
    assert (
        data(client, "/search?q=ruou")["found"][0]["page"]
        == f"{BASE}/product/{world.stranger_product}"
    )
    with database.writing() as session:  # kept in step with names, closed points and merges
        session.get_one(Producer, world.producer).name = "Hợp tác xã Đất Nung"
        session.add(Outlet(name="Quầy Hoa Sữa", active=False))
    assert "Gốm Sông Nhuệ" not in text(client, "/search?q=song+nhue")
    assert "Hợp tác xã Đất Nung" in text(client, "/search?q=dat+nung")
    assert "Quầy Hoa Sữa" not in text(client, "/search?q=quay+hoa+sua")


def test_persons_are_as_on_scan_pages(
    client: FlaskClient, world: World, database: Database
) -> None:
    with database.writing() as session:
        owner = session.get_one(Product, world.stranger_product).producer
        owner.representative, owner.email = "Trần Thị Kín", "kin@ocop.example"
        number = owner.id
    for path in (f"/producer/{number}", f"/product/{world.stranger_product}"):
        for page in (text(client, path), json.dumps(data(client, path), ensure_ascii=False)):
            assert "Hộ kinh doanh Trần Văn Hùng" in page
            for hidden in ("001203004567", "Trần Thị Kín", "kin@ocop.example"):
                assert hidden not in page


@pytest.mark.parametrize(
    "path",
    ["/san-pham", "/sản-phẩm", "/wp-login.php", "/.env", "/apple-touch-icon.png", "/Products", "/index.html",
     "/diem-ban", "/ads.txt", "/nothing/at/all", "/product/", "/product/x", "/decision/", "/sitemap/product-99.xml",
     "/sitemap/x-1.xml", "/product/4294967296"],
)  # fmt: skip
def test_addresses_of_no_page_are_not_found(client: FlaskClient, world: World, path: str) -> None:
    page = text(client, path, 404)
    assert "There is no such page" in page
    assert data(client, path, 404)["code"] == "http_404"


def test_the_map_has_every_page_once(client: FlaskClient, world: World) -> None:
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}

    def places(path: str) -> list[str]:
        answer = client.get(path, base_url=BASE)
        assert answer.content_type.startswith("application/xml")
        return [
            one.text or "" for one in ET.fromstring(answer.get_data()).findall(".//s:loc", space)
        ]

    files = places("/sitemap.xml")
    pages = [page for file in files for page in places(file.removeprefix(BASE))]
    assert len(set(pages)) == len(pages) and f"{BASE}/product/{world.product}" in pages
    for page in pages:
        assert client.get(page.removeprefix(BASE) or "/", base_url=BASE).status_code == 200, page
    assert f"Sitemap: {BASE}/sitemap.xml" in text(client, "/robots.txt")
