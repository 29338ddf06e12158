"""The communes of Hanoi before and after 1 July 2025, and what an address means today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.address import read_address
from labelsvc.catalogue.models import AdminUnit, AdminUnitChange
from labelsvc.catalogue.places import BEFORE, REFORM, current_units, load_places, resolve, sure_one
from labelsvc.db import Database
from labelsvc.i18n import fold

LAST_OLD_DAY = REFORM - timedelta(days=1)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing() as session:
        load_places(session)
    with database.reading() as session:
        yield session


def test_a_place_is_found_by_its_name_and_its_district_whichever_came_first() -> None:
    unit = AdminUnit(code="1", valid_from=date(2020, 1, 1), district="Huyện Gia Lâm")
    unit.name = "Xã Bát Tràng"
    assert unit.search_key.split() == ["xa", "bat", "trang", "huyen", "gia", "lam"]
    unit.district = "Quận Hà Đông"
    assert unit.search_key.split() == ["xa", "bat", "trang", "quan", "ha", "dong"]
    unit.name = "Xã Đa Tốn"
    assert unit.search_key.split() == ["xa", "da", "ton", "quan", "ha", "dong"]


def test_526_units_became_126_and_every_old_one_is_mapped(session: Session) -> None:
    old = session.scalars(select(AdminUnit).where(AdminUnit.valid_from == BEFORE)).all()
    new = session.scalars(select(AdminUnit).where(AdminUnit.valid_from == REFORM)).all()
    assert (len(old), len(new)) == (526, 126)
    assert Counter(unit.name.split()[0] for unit in new) == {"Phường": 51, "Xã": 75}
    assert all(unit.district and unit.valid_to == LAST_OLD_DAY for unit in old)
    assert not any(unit.district or unit.valid_to for unit in new)
    changes = session.scalars(select(AdminUnitChange)).all()
    assert {(c.old_code, c.old_from) for c in changes} == {(u.code, u.valid_from) for u in old}
    assert {(c.new_code, c.new_from) for c in changes} == {(u.code, u.valid_from) for u in new}
    assert len({c.old_code for c in changes if c.partly}) == 199
    went = Counter(c.old_code for c in changes)
    whole = {c.old_code for c in changes if not c.partly}
    assert all(went[code] == 1 for code in whole), "what went to two places went in parts"


def test_no_two_new_units_share_a_short_name(session: Session) -> None:
    names = Counter(fold(unit.name.partition(" ")[2]) for unit in current_units(session))
    assert names.most_common(1)[0][1] == 1


def test_codes_were_used_again_for_other_places(session: Session) -> None:
    names: dict[str, dict[date, str]] = {}
    for unit in session.scalars(select(AdminUnit)):
        names.setdefault(unit.code, {})[unit.valid_from] = unit.name
    both = [periods for periods in names.values() if len(periods) == 2]
    assert len(both) == 126
    assert sum(periods[BEFORE] != periods[REFORM] for periods in both) == 103
    assert names["00004"] == {BEFORE: "Phường Trúc Bạch", REFORM: "Phường Ba Đình"}
    assert names["00583"] == {BEFORE: "Xã Bát Tràng"}
    assert names["00577"] == {BEFORE: "Xã Đa Tốn", REFORM: "Xã Bát Tràng"}


@pytest.mark.parametrize(
    ("on", "count", "name"),
    [
        (BEFORE, 526, "Phường Trúc Bạch"),
        (LAST_OLD_DAY, 526, "Phường Trúc Bạch"),
        (REFORM, 126, "Phường Ba Đình"),
        (date(2030, 1, 1), 126, "Phường Ba Đình"),
        (None, 126, "Phường Ba Đình"),
    ],
)
def test_the_units_of_a_day(session: Session, on: date | None, count: int, name: str) -> None:
    units = current_units(session, on)
    assert len(units) == count
    assert [unit.name for unit in units if unit.code == "00004"] == [name]


def test_loading_again_adds_nothing(database: Database) -> None:
    with database.writing() as session:
        assert load_places(session) == 652
    with database.writing() as session:
        assert load_places(session) == 0
        assert session.scalar(select(func.count()).select_from(AdminUnit)) == 652


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Phường Vạn Phúc, quận Hà Đông", "Phường Hà Đông"),
        ("xã Vân Từ, huyện Phú Xuyên", "Xã Chuyên Mỹ"),
        ("Thôn 3, xã Tản Lĩnh, huyện Ba Vì, Hà Nội", "Xã Suối Hai"),
        ("Xã Bát Tràng", "Xã Bát Tràng"),
        ("phường Ba Đình, thành phố Hà Nội", "Phường Ba Đình"),
    ],
)
def test_an_address_that_means_one_unit_is_taken(session: Session, text: str, name: str) -> None:
    found = sure_one(resolve(session, text))
    assert found is not None
    assert (found.unit.name, found.unit.valid_from) == (name, REFORM)


def test_a_name_that_begins_like_a_kind_word_is_kept_whole() -> None:
    read = read_address("Thôn 2, Xã Quảng Phú Cầu, huyện Ứng Hòa")
    assert (read.commune, read.district, read.street) == ("Quảng Phú Cầu", "Ứng Hòa", "Thôn 2")


@pytest.mark.parametrize(
    ("text", "written", "names"),
    [
        # Divided: a person must choose, the part that kept the name first.
        ("xã Bát Tràng, huyện Gia Lâm", date(2024, 3, 4), ["Xã Bát Tràng", "Xã Gia Lâm", "Phường Long Biên"]),
        ("Huyện Đan Phượng", None, []),
        # Marks left out: it may be another place.
        ("xa Tan Linh, huyen Ba Vi", None, ["Xã Suối Hai"]),
        ("Xã Không Có Thật, huyện Sao Hoả", None, None),
    ],
)  # fmt: skip
def test_an_address_that_may_mean_several_waits_for_a_person(
    session: Session, text: str, written: date | None, names: list[str] | None
) -> None:
    found = resolve(session, text, written=written)
    if names is None:
        assert found == []
        return
    assert found
    if names and len(names) > 1:
        assert sure_one(found) is None
    if names:
        assert found[0].unit.name == names[0]
        assert {one.unit.name for one in found} == set(names)


def test_one_name_means_the_unit_of_the_day_it_was_written_on(session: Session) -> None:
    """ "Xã Bát Tràng" of 2024 was divided in three; that of 2026 is one of today's."""
    before = resolve(session, "Xã Bát Tràng", written=LAST_OLD_DAY)
    after = resolve(session, "Xã Bát Tràng", written=REFORM)
    assert sure_one(before) is None
    assert {one.unit.code for one in before} == {"00145", "00565", "00577"}
    assert all(one.via is not None and one.via.code == "00583" for one in before)
    assert [one.unit.code for one in after] == ["00577"]
    assert sure_one(after) is not None
