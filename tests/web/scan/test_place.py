"""Where a reader is: told by choice, kept as a province, and read by whoever scans next."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from labelsvc import clock
from labelsvc.codes.models import Issue
from labelsvc.db import Database
from labelsvc.inspections import watch
from labelsvc.inspections.models import Case, Report, Sighting
from labelsvc.inspections.places import Spot, coarsen_places, note_sighting
from labelsvc.scans.models import UnitSeen
from labelsvc.scans.record import coarsen
from labelsvc.settings import Settings
from labelsvc.web.scan import place as scan_place
from labelsvc.web.scan import report
from labelsvc.web.scan.state import ScanSite
from tests.web.desk import BASE
from tests.world import World

HANOI, SAIGON = "01", "79"


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    for room in (scan_place, report):
        room.limiter.storage.reset()
    yield


@pytest.fixture
def number(database: Database, world: World, client: FlaskClient, app: Flask) -> int:
    """The first unit, which was scanned once."""
    client.get(world.codes["in_force"], base_url=BASE)
    ScanSite.of(app).recorder.flush()
    with database.reading() as session:
        return session.scalars(select(Issue.first).order_by(Issue.first)).first() or 0


def tell(client: FlaskClient, path: str, province: str, address: str = "203.0.113.7", **form: str):  # type: ignore[no-untyped-def]  # fmt: skip
    options = {"base_url": BASE, "environ_overrides": {"REMOTE_ADDR": address}}
    found = re.search(r'name="token" value="([^"]+)"', client.get(path, **options).text)
    assert found is not None
    return client.post(path, data={"token": found[1], "province": province} | form, **options)


def sightings(database: Database) -> list[tuple[int, str, str, float | None]]:
    with database.reading() as session:
        return [
            (s.number, s.province, s.source, s.latitude)
            for s in session.scalars(select(Sighting).order_by(Sighting.id))
        ]


def test_a_province_is_kept_and_nothing_else(
    client: FlaskClient, world: World, database: Database, number: int
) -> None:
    path = f"/place{world.codes['in_force']}"
    assert path in client.get(world.codes["in_force"], base_url=BASE).text
    page = client.get(path + "?lang=vi", base_url=BASE)
    assert "Bạn đang ở tỉnh nào? (không bắt buộc)" in page.text
    assert page.text.count("<option") == 35 and "selected" not in page.text, (
        "nothing is chosen before"
    )
    assert "Set-Cookie" not in page.headers and "script" not in page.text
    sent = tell(client, path, HANOI)
    assert sent.status_code == 303
    assert "Cảm ơn" in client.get(sent.location + "&lang=vi", base_url=BASE).text
    assert sightings(database) == [(number, HANOI, "consent", None)]
    assert tell(client, path, SAIGON).status_code == 303
    assert len(sightings(database)) == 1, "one visitor tells one place of a unit in a day"


@pytest.mark.parametrize("form", [{"province": ""}, {"province": "99"}, {"token": "forged"}])
def test_nothing_is_kept_of_a_form_that_says_nothing(
    client: FlaskClient, world: World, database: Database, number: int, form: dict[str, str]
) -> None:
    answer = tell(client, f"/place{world.codes['in_force']}", **({"province": HANOI} | form))
    assert answer.status_code == 400 and 'role="alert"' in answer.text
    assert sightings(database) == []


def test_only_units_in_use_are_asked_about(client: FlaskClient, world: World) -> None:
    for name in ("withdrawn", "voided", "lot", "not_issued", "link", "malformed", "bad_signature"):
        assert client.get(f"/place{world.codes[name]}", base_url=BASE).status_code == 404, name
        assert "/place/" not in client.get(world.codes[name], base_url=BASE).text, name
    for name in ("gs1", "offline", "recalled"):
        assert client.get(f"/place{world.codes[name]}", base_url=BASE).status_code == 200, name


def test_a_report_tells_the_province_too(
    client: FlaskClient, world: World, database: Database, number: int
) -> None:
    form = {"kind": "suspected_fake", "message": "Hộp khác ảnh trên trang", "place": "Chợ"}
    path = f"/report{world.codes['in_force']}"
    assert 'name="province"' in client.get(path, base_url=BASE).text
    assert 'name="province"' not in client.get(f"/report{world.codes['lot']}", base_url=BASE).text
    assert tell(client, path, "", **form).status_code == 303
    assert sightings(database) == []
    assert tell(client, path, HANOI, **form).status_code == 303
    assert tell(client, f"/report{world.codes['lot']}", HANOI, **form).status_code == 303
    assert sightings(database) == [(number, HANOI, "consent", None)]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 3


def test_two_readers_far_apart_raise_a_case_and_turn_nothing_red(
    client: FlaskClient, world: World, database: Database, settings: Settings, number: int
) -> None:
    path = f"/place{world.codes['in_force']}"
    tell(client, path, HANOI)
    assert watch.look(database, settings, every=timedelta(0)) == []
    tell(client, path, SAIGON, "198.51.100.9")
    (raised,) = watch.look(database, settings, every=timedelta(0))
    with database.reading() as session:
        case = session.get_one(Case, raised)
        assert (case.number, set(case.facts["signals"])) == (number, {"travel"})
    assert "Mã hợp lệ" in client.get(world.codes["in_force"] + "?lang=vi", base_url=BASE).text


def test_two_far_places_of_purchase_raise_a_case_but_a_buyer_far_from_home_does_not(
    client: FlaskClient, world: World, database: Database, settings: Settings, number: int
) -> None:
    path = f"/report{world.codes['in_force']}"
    form = {"kind": "quality", "message": "Hộp khác ảnh trên trang"}
    tell(client, path, SAIGON, place="Chợ Đồng Xuân, Hà Nội", **form)
    assert watch.look(database, settings, every=timedelta(0)) == []
    tell(client, path, "", "198.51.100.9", place="Chợ Bến Thành, Sài Gòn", **form)
    (raised,) = watch.look(database, settings, every=timedelta(0))
    with database.reading() as session:
        facts = session.get_one(Case, raised).facts["signals"]["travel"]
    assert {facts["from"], facts["to"]} == {HANOI, SAIGON}


def test_the_page_tells_the_first_province_and_its_day(
    client: FlaskClient, world: World, database: Database, number: int
) -> None:
    code = world.codes["in_force"]
    assert "báo đầu tiên" not in client.get(code + "?lang=vi", base_url=BASE).text
    later = clock.now() - timedelta(days=1)
    with database.writing() as session:
        issue = session.scalars(select(Issue).order_by(Issue.first)).first()
        assert issue is not None
        for place, at in (("79", later), ("01", later - timedelta(days=2)), ("48", clock.now())):
            note_sighting(
                session,
                number=number,
                issue_id=issue.id,
                source="consent",
                at=at,
                spot=Spot(place=place),
            )
    day = clock.local(later - timedelta(days=2))
    page = client.get(code + "?lang=vi", base_url=BASE).text
    assert f"Nơi báo đầu tiên: Hà Nội, ngày {day:%d/%m/%Y}." in page
    assert f"First reported in Hà Nội on {day:%d/%m/%Y}." in client.get(code + "?lang=en&format=text", base_url=BASE).text  # fmt: skip
    seen = client.get(code + "?format=json", base_url=BASE).json["seen"]
    assert seen["first_place"] == {"province": "01", "name": "Hà Nội", "on": f"{day:%Y-%m-%d}"}


@pytest.mark.parametrize(("age", "minute"), [(89, True), (91, False)])
def test_an_old_first_scan_is_told_by_the_day_alone(
    client: FlaskClient, world: World, database: Database, number: int, age: int, minute: bool
) -> None:
    at = clock.now() - timedelta(days=age)
    with database.writing() as session:
        session.get_one(UnitSeen, number).first_at = at
    page = client.get(world.codes["in_force"] + "?lang=en", base_url=BASE).text
    assert f"the first on {clock.local(at):%d/%m/%Y}" in page
    assert (f"{clock.local(at):%d/%m/%Y %H:%M}" in page) is minute
    seen = client.get(world.codes["in_force"] + "?format=json", base_url=BASE).json["seen"]
    assert (len(seen["first_at"]) > 10) is minute


def test_old_places_and_first_scans_keep_the_day_in_the_database(
    client: FlaskClient, world: World, database: Database, number: int, app: Flask
) -> None:
    with database.reading() as session:
        issue = session.scalars(select(Issue).order_by(Issue.first)).first()
    assert issue is not None
    before = clock.now() + timedelta(minutes=1)
    with database.writing() as session:
        for source in ("consent", "inspector"):
            note_sighting(session, number=number, issue_id=issue.id, source=source, at=clock.now() - timedelta(minutes=1), spot=Spot(place="01"))  # fmt: skip
        coarsen(session, before=before)
        coarsen_places(session, before=before)
        coarsen_places(session, before=before)
    with database.reading() as session:
        noon = clock.noon(clock.now() - timedelta(minutes=1))
        row = session.get_one(UnitSeen, number)
        assert (row.first_at, row.last_at) == (clock.noon(clock.now()),) * 2
        moments = {
            source: at for source, at in session.execute(select(Sighting.source, Sighting.at))
        }
        assert moments["consent"] == noon != moments["inspector"]


def test_the_pages_stay_small(client: FlaskClient, world: World, number: int) -> None:
    for path in (f"/place{world.codes['offline']}", f"/report{world.codes['offline']}"):
        assert len(gzip.compress(client.get(path, base_url=BASE).data, 6)) <= 14_000
