"""Pages of craft villages for anybody, and what the office enters for them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select

from labelsvc.catalogue.models import Outlet, Producer, Village
from labelsvc.catalogue.places import REFORM
from labelsvc.catalogue.villages.models import VillageArtisan, VillagePhoto
from labelsvc.db import Database
from tests.web.desk import Desk, seen
from tests.world import World

FORM = {
    "name": "Làng gốm Bát Tràng", "name_en": "Bát Tràng pottery village", "craft": "Gốm sứ",
    "craft_en": "Pottery", "craft_code": "gom-su", "kind": "traditional", "commune_code": "00577",
    "decision_number": "5/QĐ-UBND", "decision_date": "01/03/2020", "latitude": "20,975",
    "longitude": "105.912", "story": "Bên sông Hồng.",
}  # fmt: skip


def number_of(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(Village.id).where(Village.name == FORM["name"])).one()


def picture() -> io.BytesIO:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), "#8a5").save(made, "JPEG")
    made.seek(0)
    return made


def test_what_the_office_enters_stands_on_the_page_and_only_who_agreed_is_named(
    desk: Callable[[str], Desk], database: Database, world: World
) -> None:
    office, nobody, number = desk("office"), desk(""), number_of(database)
    edit = f"/office/villages/{number}"
    assert office.post(edit, FORM).status_code == 302
    for name, agreed in (("Nguyễn Thị Mẫu", "yes"), ("Trần Văn Kín", "")):
        form = {"artisan": name, "title": "Nghệ nhân Hà Nội", "agreed": agreed}
        assert office.post(f"{edit}/artisans", form).status_code == 302
    form = {"photo": (picture(), "a.jpg"), "description": "Lò bầu cổ"}
    assert office.post(f"{edit}/photos", form).status_code == 302
    with database.writing() as session:
        session.add(Outlet(name="Chợ gốm", commune_code="00577", commune_from=REFORM))
    page = nobody.get(f"/village/{number}")
    words = seen(page)
    for said in ("Bát Tràng", "Traditional craft village", "5/QĐ-UBND", "01/03/2020", "Bên sông Hồng.",
                 "Nguyễn Thị Mẫu", "chrysanthemum tea", "Chợ gốm", "Xã Bát Tràng"):  # fmt: skip
        assert said in words, said
    assert "Trần Văn Kín" not in page.text and 'alt="Lò bầu cổ"' in page.text
    found = re.search(r'application/ld\+json">(.*?)</script>', page.text, re.S)
    assert found is not None
    place = json.loads(found[1])
    assert place["@type"] == "Place" and place["geo"]["latitude"] == 20.975
    told = nobody.get(f"/village/{number}?format=json").json
    assert told["recognised"] is True and [one["name"] for one in told["artisans"]] == ["Nguyễn Thị Mẫu"]  # fmt: skip
    assert told["points"][0]["name"] == "Chợ gốm" and told["products"][0]["stars"] >= 3
    with database.reading() as session:
        one = session.scalars(select(VillageArtisan).where(VillageArtisan.agreed)).one()
        shown = session.scalars(select(VillagePhoto)).one()
    office.post(f"{edit}/artisans/{one.id}", {"do": "not"})
    office.post(f"{edit}/photos/{shown.id}", {"do": "remove"})
    page = nobody.get(f"/village/{number}")
    assert "Nguyễn Thị Mẫu" not in page.text and "Lò bầu cổ" not in page.text
    office.post(f"{edit}/artisans/{one.id}", {"do": "remove"})
    assert "Nguyễn Thị Mẫu" not in office.words(edit)
    assert "Nguyễn Thị Mẫu" not in office.get("/office/audit").text
    assert office.post(f"{edit}/artisans/{one.id}", {"do": "remove"}).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"craft_code": "gom"}, "no craft"),
        ({"kind": "big"}, "is not one of"),
        ({"longitude": ""}, "A position has two figures"),
        ({"latitude": "105.9", "longitude": "20.9"}, "outside Vietnam"),
        ({"decision_date": "01/01/2090"}, "in the future"),
        ({"withdrawn_on": "01/01/2020"}, "ends before it begins"),
        ({"latitude": "x"}, "not a figure"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    desk: Callable[[str], Desk], database: Database, world: World, wrong: dict[str, str], says: str
) -> None:
    answer = desk("office").post(f"/office/villages/{number_of(database)}", FORM | wrong)
    assert answer.status_code in (400, 409)
    assert says in seen(answer) and "Bên sông Hồng." in answer.text


def test_the_list_is_searched_filtered_and_as_of_a_day(
    desk: Callable[[str], Desk], database: Database, world: World
) -> None:
    office, nobody = desk("office"), desk("")
    office.post(f"/office/villages/{number_of(database)}", FORM)
    office.post("/office/villages/new", {"name": "Làng nón Chuông", "craft_code": "non-mu"})

    def total(query: str) -> int:
        return int(nobody.get(f"/villages?format=json&{query}").json["total"])

    for query, expected in (
        ("", 2), ("q=bat+trang", 1), ("place=gia+lam", 1), ("place=huyện+Gia+Lâm&craft=gom-su", 1),
        ("kind=traditional", 1), ("state=recognised", 1), ("state=recognised&on=2020-02-29", 0),
        ("craft=non-mu", 1), ("q=xyz", 0), ("craft=none-of-ours", 2), ("place=hoan+kiem", 0),
    ):  # fmt: skip
        assert total(query) == expected, query
    words = nobody.words("/villages?lang=en")
    assert "2 of 52" in words and "Làng nón Chuông" in words
    assert "As of 01/05/2020" in nobody.words("/villages?on=2020-05-01")
    assert nobody.get("/villages?on=2999-01-01").status_code == 400
    assert "Nothing found" in nobody.words("/villages?q=xyz")


def test_addresses_stay_ended_entries_say_so_and_merged_ones_lead_on(
    desk: Callable[[str], Desk], database: Database, world: World
) -> None:
    nobody, number = desk(""), number_of(database)
    with database.writing() as session:
        kept = session.get_one(Village, number)
        session.add(Village(name="Làng gốm cũ", merged_into_id=kept.id))
        session.add(Village(name="Làng đã hết", ended_on=date(2025, 1, 1)))
        session.flush()
        merged, ended = (session.scalars(select(Village.id).where(Village.name == name)).one() for name in ("Làng gốm cũ", "Làng đã hết"))  # fmt: skip
    answer = nobody.get(f"/village/{merged}")
    assert answer.status_code == 301 and answer.location.endswith(f"/village/{number}")
    assert "Historic entry, remains available" in nobody.words(f"/village/{ended}")
    assert nobody.get("/village/99999").status_code == 404
    assert "Làng đã hết" not in nobody.get("/villages").text
    assert "Làng đã hết" in nobody.get("/villages?on=2024-12-31").text


def test_the_village_of_a_producer_is_found_by_what_is_typed(
    desk: Callable[[str], Desk], database: Database, world: World
) -> None:
    office = desk("office")
    with database.writing() as session:
        session.add(Village(name="Làng gốm Phù Lãng"))
    form = {"name": "Hợp tác xã Thử", "kind": "cooperative"}

    def village(**typed: str) -> str | None:
        answer = office.post("/office/producers/new", form | typed)
        if answer.status_code != 302:
            return seen(answer)
        with database.reading() as session:
            made = session.get_one(Producer, int(answer.location.rpartition("/")[2]))
            return made.village.name if made.village else None

    assert village(village="") is None
    assert (
        village(village="phu lang") == village(village="LÀNG GỐM PHÙ LÃNG") == "Làng gốm Phù Lãng"
    )
    several = village(village="lang gom")
    assert several and "Several villages match" in several and "Which village is it?" in several
    with database.reading() as session:
        number = session.scalars(select(Village.id).where(Village.name == "Làng gốm Phù Lãng")).one()  # fmt: skip
    assert village(village="lang gom", village_id=str(number)) == "Làng gốm Phù Lãng"
    assert "No village matches" in (village(village="làng nào") or "")
    names = office.get("/office/villages/names?q=gom").json
    assert {one["name"] for one in names} == {"Làng gốm Bát Tràng", "Làng gốm Phù Lãng"}
    assert "Hợp tác xã Thử" in office.words("/office/producers?q=phu+lang")
    assert "Sông Nhuệ" in office.words("/office/producers?q=xa+bat+trang")
