"""The page behind the code of a carton, and what becomes of reports about it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import cartons, revoke
from labelsvc.codes.register.issue import load_keyring
from labelsvc.db import Database
from labelsvc.inspections.models import Report, Sighting
from labelsvc.scans.models import Refused, Scan
from labelsvc.settings import Settings
from labelsvc.web.scan.state import ScanSite
from tests.world import World


@pytest.fixture
def codes(database: Database, settings: Settings, world: World) -> list[str]:
    """Paths of the cartons of eight of the first run of the world, which has 20 labels."""
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        run = first_run(session, world)
        return ["/" + ring.carton(payload) for payload in cartons.payloads(run, ring, per=8)]


def first_run(session, world: World) -> Issue:  # type: ignore[no-untyped-def]
    return session.scalars(
        select(Issue).where(Issue.lot_id == world.lot, Issue.form == Form.SHORT)
    ).first()


def test_the_page_says_what_is_inside(client: FlaskClient, codes: list[str]) -> None:
    page = client.get(codes[2])
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    for words in ("Mã hợp lệ", "Thùng 4 sản phẩm", "Thùng chứa tem số 17 đến 20", "L-MAIN", "17–20",
                  "OCOP 4 sao", "Mã này in trên thùng"):  # fmt: skip
        assert words in text, words
    assert "thu hồi hoặc hủy" not in text
    english = client.get(codes[2] + "?lang=en").get_data(as_text=True)
    assert "A carton of 4 packs" in english and "17–20" in english
    plain = client.get(codes[2] + "?format=text").get_data(as_text=True)
    assert "Thùng 4 sản phẩm" in plain


def test_withdrawn_and_void_labels_are_counted(client: FlaskClient, codes: list[str]) -> None:
    """The world withdrew label 6 and made 9 and 10 void."""
    first = client.get(codes[0] + "?format=json").get_json()
    assert first["verdict"] == "PARTLY_WITHDRAWN"
    assert first["carton"] == {
        "first": 1, "last": 8, "count": 8,
        "states": {"activated": 0, "void": 0, "withdrawn": 1, "sold": 0},
    }  # fmt: skip
    answer = client.get(codes[1] + "?format=json").get_json()
    assert answer["verdict"] == "PARTLY_WITHDRAWN"
    second = answer["carton"]
    assert (second["first"], second["last"], second["states"]["void"]) == (9, 16, 2)
    assert "1 tem trong số đó đã bị thu hồi" in client.get(codes[0]).get_data(as_text=True)


def test_what_became_of_all_labels_is_said_of_the_carton(
    client: FlaskClient, codes: list[str], database: Database, world: World
) -> None:
    with database.writing() as session:
        run = first_run(session, world)
        revoke.withdraw(session, first=run.first + 16, count=4, reason="Giả nhãn", by="test")
    page = client.get(codes[2])
    assert page.status_code == 410
    assert "Mã đã bị thu hồi" in page.get_data(as_text=True)
    assert "Giả nhãn" in page.get_data(as_text=True)


def test_all_labels_out_some_the_one_some_the_other(
    client: FlaskClient, codes: list[str], database: Database, world: World
) -> None:
    with database.writing() as session:
        run = first_run(session, world)
        revoke.withdraw(session, first=run.first + 16, count=3, reason="Giả nhãn", by="test")
        revoke.sell(session, first=run.first + 19, count=1, reason="Thử", by="test")
    assert client.get(codes[2] + "?format=json").get_json()["verdict"] == "PARTLY_WITHDRAWN"
    with database.writing() as session:
        revoke.void(session, first=run.first + 19, count=1, reason="Thử", by="test")
        session.get_one(Lot, world.lot).expires_on = date(2020, 1, 5)
    assert client.get(codes[2] + "?format=json").get_json()["verdict"] == "REVOKED"


def test_a_recall_of_the_lot_shows_on_its_cartons(
    client: FlaskClient, codes: list[str], database: Database, world: World
) -> None:
    with database.writing() as session:
        session.get_one(Lot, world.lot).recalled_at = clock.now()
    assert client.get(codes[0] + "?format=json").get_json()["verdict"] == "RECALLED"


def test_a_carton_with_some_labels_activated_is_not_called_inactive(
    client: FlaskClient, codes: list[str], database: Database, world: World
) -> None:
    with database.writing() as session:
        session.get_one(Lot, world.lot).activation = True
    assert client.get(codes[2] + "?format=json").get_json()["verdict"] == "NOT_ACTIVATED"
    with database.writing() as session:
        run = first_run(session, world)
        revoke.activate(session, first=run.first + 16, count=1, reason="activated", by="test")
    answer = client.get(codes[2] + "?format=json").get_json()
    assert (answer["verdict"], answer["carton"]["states"]["activated"]) == ("ISSUED_OK", 1)


def test_a_changed_carton_code_is_refused_and_counted(
    client: FlaskClient, codes: list[str], database: Database
) -> None:
    changed = codes[0][:-1] + str((int(codes[0][-1]) + 1) % 10)
    assert client.get(changed + "?format=json").get_json()["verdict"] == "BAD_SIGNATURE"
    ScanSite.of(client.application).refusals.flush(database)
    with database.reading() as session:
        assert any(row.prefix.startswith("K") for row in session.scalars(select(Refused)))


@pytest.mark.parametrize(
    "change",
    [{"first": 8}, {"expires": date(2035, 1, 1)}, {"expires": None}, {"reference": 99_999, "is_gtin": False},
     {"lot": 77}, {"issue": 9}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_carton_of_what_is_not_there_was_not_issued(
    client: FlaskClient,
    database: Database,
    settings: Settings,
    world: World,
    change: dict[str, Any],
) -> None:
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        payload = next(iter(cartons.payloads(first_run(session, world), ring, per=8)))
        forged = ring.carton(replace(payload, **change))
    answer = client.get(f"/{forged}?format=json")
    assert (answer.status_code, answer.get_json()["verdict"]) == (404, "NOT_ISSUED")


def test_a_scan_of_a_carton_is_of_no_single_label(
    client: FlaskClient, codes: list[str], database: Database
) -> None:
    client.get(codes[0])
    ScanSite.of(client.application).recorder.flush()
    with database.reading() as session:
        scan = session.scalars(select(Scan).order_by(Scan.id.desc())).first()
        assert scan is not None
        assert (scan.form, scan.number, scan.verdict) == ("carton", None, "PARTLY_WITHDRAWN")
        assert scan.issue_id is not None


def test_a_carton_can_be_reported(
    client: FlaskClient, codes: list[str], database: Database
) -> None:
    page = client.get("/report" + codes[0])
    assert page.status_code == 200
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token is not None
    words = {"kind": "quality", "message": "Thùng bị ướt", "token": token[1], "province": "01"}
    assert client.post("/report" + codes[0], data=words).status_code == 303
    with database.reading() as session:
        (report,) = session.scalars(select(Report))
        run = session.scalars(select(Issue).order_by(Issue.id)).first()
        assert run is not None
        # By its first label the office finds product, lot and run; no place is told of that label.
        assert (report.verdict, report.product_id) == ("PARTLY_WITHDRAWN", run.lot.product_id)
        assert report.number == run.first and len(report.code) == 9
        assert session.scalars(select(Sighting)).all() == []
