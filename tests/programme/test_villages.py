"""Craft villages as of a day, as the articles count them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select

from labelsvc.catalogue.finding.villages import Asked, State, chosen, offered
from labelsvc.catalogue.models import Outlet, Village
from labelsvc.catalogue.places import REFORM, load_places
from labelsvc.catalogue.villages.crafts import crafts
from labelsvc.db import Database
from labelsvc.i18n import fold
from labelsvc.programme.villages import count, points_nearby

NOW = date(2026, 11, 1)


def village(number: int, **facts: object) -> dict[str, object]:
    name = f"Làng nghề {number:04}"
    usual = {
        "name": name, "name_en": "", "craft": "", "craft_en": "", "craft_code": "", "kind": "",
        "decision_number": "", "story": "", "story_en": "", "search_key": fold(name),
    }  # fmt: skip
    return usual | {"decision_date": None, "withdrawn_on": None, "ended_on": None} | facts


def test_villages_are_counted_as_the_articles_count_them(database: Database) -> None:
    codes = sorted(crafts())[:47]
    days = [date(2019, 12, 30)] * 313 + [date(2024, 3, 1)] * 8
    rows = [
        village(
            number,
            craft_code=codes[number % 47],
            **({"decision_number": "1/QĐ-UBND", "decision_date": days[number]} if number < 321 else {}),
        )
        for number in range(1350)
    ]  # fmt: skip
    with database.writing() as session:
        session.execute(insert(Village), rows)
    with database.reading() as session:
        then, later = count(session, date(2021, 12, 31)), count(session, date(2024, 12, 31))
    assert (then.total, then.recognised, then.crafts, then.of_crafts) == (1350, 313, 47, 52)
    assert (later.total, later.recognised, later.undated) == (1350, 321, 0)


def test_what_ended_was_withdrawn_or_has_no_day_is_not_counted_from_then_on(
    database: Database,
) -> None:
    given = {"decision_number": "1/QĐ-UBND", "decision_date": date(2020, 1, 1)}
    rows = [
        village(1, **given),
        village(2, **given, withdrawn_on=date(2022, 1, 1)),
        village(3, **given, ended_on=date(2023, 1, 1)),
        village(4, decision_number="1/QĐ-UBND"),
        village(5, decision_date=date(2020, 1, 1)),
    ]
    with database.writing() as session:
        session.execute(insert(Village), rows)
    with database.reading() as session:
        counted = [
            (day.year, count(session, day).total, count(session, day).recognised)
            for day in (date(2019, 6, 1), date(2021, 6, 1), date(2022, 1, 1), date(2023, 1, 1))
        ]
        assert counted == [(2019, 5, 0), (2021, 5, 3), (2022, 5, 2), (2023, 4, 1)]
        assert count(session, NOW).undated == 1
        for one in session.scalars(chosen(Asked(), date(2022, 6, 1))):  # one rule in both languages
            held = one.id in [r.id for r in session.scalars(chosen(Asked(state=State.RECOGNISED), date(2022, 6, 1)))]  # fmt: skip
            assert held is one.recognised(date(2022, 6, 1))
        assert [one.name for one in session.scalars(chosen(Asked(state=State.ENDED), NOW))] == ["Làng nghề 0003"]  # fmt: skip


def test_a_village_is_found_by_name_craft_present_and_former_place(database: Database) -> None:
    with database.writing() as session:
        load_places(session)
        session.add(Village(name="Làng gốm Bát Tràng", craft="Gốm sứ", craft_code="gom-su", commune_code="00577", commune_from=REFORM))  # fmt: skip
        session.add(Village(name="Làng tạc tượng Sơn Đồng", craft_code="cham-khac-go", commune_code="09871", commune_from=REFORM))  # fmt: skip
        session.add(Village(name="Làng gốm Phù Lãng", craft_code="gom-su"))
    with database.reading() as session:

        def names(**asked: str) -> list[str]:
            return [one.name.rpartition(" ")[2] for one in session.scalars(chosen(Asked(**asked), NOW))]  # fmt: skip

        assert names(words="bat trang") == names(words="GỐM, bát tràng") == ["Tràng"]
        assert names(words="pottery") == ["Tràng", "Lãng"]
        assert names(words="gom gia lam") == names(place="huyện Gia Lâm") == ["Tràng"]
        assert names(place="xã Kim Đức") == ["Tràng"]
        assert names(craft="cham-khac-go", words="xa") == ["Đồng"]
        assert names(words="100%") == names(place="Hoàn Kiếm") == []
        assert [one.name for one in offered(session, "lang gom phu lang", NOW)] == ["Làng gốm Phù Lãng"]  # fmt: skip
        assert len(offered(session, "gốm", NOW)) == 2 and offered(session, " ", NOW) == []


def test_near_points_stand_before_those_of_the_commune_and_of_the_former_district(
    database: Database,
) -> None:
    with database.writing() as session:
        load_places(session)
        here = Village(name="Làng gốm Bát Tràng", commune_code="00577", commune_from=REFORM)
        session.add(here)
        for name, code in (("A xa", "00070"), ("B cùng huyện cũ", "00565"), ("C cùng xã", "00577")):  # fmt: skip
            session.add(Outlet(name=name, commune_code=code, commune_from=REFORM))
        session.add(Outlet(name="D đã đóng", commune_code="00577", commune_from=REFORM, active=False))  # fmt: skip
    with database.writing() as session:
        found = points_nearby(session, session.get_one(Village, here.id), 6)
        assert [one.name for one in found] == ["C cùng xã", "B cùng huyện cũ"]
        villages, points = session.get_one(Village, here.id), {one.name: one for one in found}
        villages.latitude, villages.longitude = 20.976, 105.912
        points["B cùng huyện cũ"].latitude, points["B cùng huyện cũ"].longitude = 20.98, 105.92
        far = session.scalars(select(Outlet).where(Outlet.name == "A xa")).one()
        far.latitude, far.longitude = 21.6, 105.912
        near = points_nearby(session, villages, 6)
        assert [one.name for one in near] == ["B cùng huyện cũ", "C cùng xã"]
        far.latitude, far.longitude = 20.977, 105.913
        assert [one.name for one in points_nearby(session, villages, 2)] == ["A xa", "B cùng huyện cũ"]  # fmt: skip
        nowhere = Village(name="Không rõ nơi")
        assert points_nearby(session, nowhere, 6) == []
