"""Where inspectors saw codes: kept once each, late ones too, and two places far apart raise a case."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from labelsvc import clock
from labelsvc.codes.register.issue import load_keyring
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.inspections import watch
from labelsvc.inspections.models import Case, Sighting
from labelsvc.inspections.sightings import SentSightings, take
from labelsvc.inspections.sync import SentCase
from labelsvc.inspections.sync import take as take_case
from labelsvc.settings import Settings
from tests.world import World


def tell(database: Database, settings: Settings, *rows: dict[str, Any]) -> int:
    sent = SentSightings.model_validate({"sightings": rows})
    with database.writing() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        return take(session, ring, sent)


def seen(code: str, at: datetime, place: str = "Hà Nội", **more: Any) -> dict[str, Any]:
    return {"uid": str(uuid.uuid4()), "code": code.strip("/"), "at": at, "place": place} | more


def kept(database: Database) -> list[Sighting]:
    with database.reading() as session:
        return list(session.scalars(select(Sighting).order_by(Sighting.at)))


@pytest.mark.parametrize("days", [0, 3])
def test_one_code_at_two_places_far_apart_raises_a_case(
    database: Database, settings: Settings, world: World, days: int
) -> None:
    """Also when the phones had no network for days."""
    now = clock.now()
    code, other = world.codes["in_force"], world.codes["offline"]
    watch.look(database, settings, now - timedelta(hours=1))
    then = now - timedelta(days=days, minutes=90)
    tell(database, settings, seen(code, then, "Chợ Đồng Xuân, Hà Nội"), seen(other, then))
    tell(database, settings, seen(other, then + timedelta(minutes=5)))
    assert watch.look(database, settings, now, every=timedelta(0)) == []
    tell(database, settings, seen(code, then + timedelta(minutes=60), "Cần Thơ"))
    (number,) = watch.look(database, settings, now + timedelta(hours=1), every=timedelta(0))
    with database.reading() as session:
        assert "travel" in session.get_one(Case, number).facts["signals"]
    assert watch.look(database, settings, now + timedelta(hours=2), every=timedelta(0)) == []


def test_what_is_sent_again_is_kept_once_and_positions_as_their_cell(
    database: Database, settings: Settings, world: World
) -> None:
    row = seen(
        world.codes["gs1"], clock.now(), "", latitude=21.0123456, longitude=105.8499
    )  # fmt: skip
    assert [tell(database, settings, row, row), tell(database, settings, row)] == [2, 1]
    (one,) = kept(database)
    assert (one.province, one.latitude, one.longitude) == ("01", 21.025, 105.825)


def test_what_cannot_be_a_sighting_is_passed_over_and_the_rest_is_kept(
    database: Database, settings: Settings, world: World
) -> None:
    now, code = clock.now(), world.codes["in_force"]
    rows = [
        seen("0" * 24, now), seen("no code", now), seen(code, now, "Nowhere"), seen(code, now, ""),
        seen(code, now - timedelta(days=200)), seen(code, now + timedelta(days=2)),
    ]  # fmt: skip
    assert tell(database, settings, *rows) == len(rows)  # which are ours is not said
    (one,) = kept(database)
    assert one.at <= clock.now()  # nobody was there tomorrow


def test_a_case_about_a_scan_is_no_second_sighting(
    database: Database, settings: Settings, world: World
) -> None:
    row = seen(world.codes["in_force"], clock.now())
    tell(database, settings, row)
    case = SentCase.model_validate(
        {"uid": str(uuid.uuid4()), "at": clock.now(), "code": row["code"], "verdict": "ISSUED_OK",
         "place": "Hà Nội", "sighting": row["uid"]}
    )  # fmt: skip
    with database.writing() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        take_case(session, Files(settings.files), ring, case, drawn=[], actor="user:9")
    assert [one.uid for one in kept(database)] == [row["uid"]]
