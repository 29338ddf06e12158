"""A blank roll from its numbers to a label whose page names the lot it was bound to."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Lot, Producer
from labelsvc.codes.register import blank
from labelsvc.codes.register.issue import create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.errors import BadInput, LabelOverflow, PrintRefused, ReadBackFailed
from labelsvc.files import Files
from labelsvc.labels.layouts import library
from labelsvc.labels.models import BlankRoll
from labelsvc.labels.runs import blank_roll, parts
from labelsvc.labels.runs import render as render_run
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite
from labelsvc.worker import tasks
from tests.factories import make_lot, make_producer


def start(session: Session, settings: Settings, producer: Producer, **facts: Any) -> BlankRoll:
    facts = {"layout": "blank-a4-65", "count": 70} | facts
    return blank_roll.start_roll(
        session,
        blank_roll.RollRequest(producer=producer, base_url=settings.base_url, **facts),
        actor="user:1",
    )


def rendered(database: Database, files: Files, settings: Settings, **facts: Any) -> tuple[int, int]:
    """A released roll and a lot of its producer."""
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        lot = make_lot(session)
        roll = start(session, settings, lot.product.producer, **facts)
        roll_id, job_id, lot_id = roll.id, roll.job_id, lot.id
    assert job_id is not None
    tasks.run_inline(database, files, settings, job_id)
    return roll_id, lot_id


def test_a_roll_is_released_when_every_symbol_was_read_back(
    database: Database, files: Files, settings: Settings
) -> None:
    roll_id, _ = rendered(database, files, settings, imprint=Imprint(start_at=3, spares=4))
    with database.reading() as session:
        roll = session.get_one(BlankRoll, roll_id)
        assert roll.state == "released"
        assert roll.report is not None
        assert (roll.report["decoded"], roll.report["spares"], roll.pages) == (70, 4, 2)
        with print_run.output(files, roll) as file:
            assert file.read(5) == b"%PDF-"
        assert print_run.file_name(roll) == f"blank-a4-65-TRANG-{roll_id}-{roll_id}.pdf"


def test_the_same_roll_gives_the_same_bytes(
    database: Database, files: Files, settings: Settings
) -> None:
    roll_id, _ = rendered(database, files, settings)
    with database.reading() as session:
        roll = session.get_one(BlankRoll, roll_id)
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        roll.touch()
        with print_run.output(files, roll) as file:
            assert render_run.render_part(roll, keyring, files, 1)[0] == file.read()


def test_a_label_is_nobodys_until_it_is_bound_and_then_its_page_names_the_lot(
    database: Database, files: Files, settings: Settings
) -> None:
    roll_id, lot_id = rendered(database, files, settings)
    with database.reading() as session:
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        codes = session.get_one(BlankRoll, roll_id).codes(keyring)
    app = create_app(settings, database)
    client: FlaskClient = app.test_client()
    path = codes[7].removeprefix("HTTPS://QR.EXAMPLE.VN")

    before = client.get(path, headers={"Accept": "application/json"})
    assert before.status_code == 200
    assert before.get_json()["verdict"] == "UNBOUND"
    assert before.get_json()["producer"] == {"name": "Hợp tác xã Gốm Sông Nhuệ"}
    page = client.get(path).get_data(as_text=True)
    assert "Tem trắng, chưa gắn với hàng nào" in page
    assert "Hợp tác xã Gốm Sông Nhuệ" in page
    assert "Trà hoa cúc" not in page

    with database.writing() as session:
        lot = session.get_one(Lot, lot_id)
        ends = [blank.number_of(keyring, codes[n]) for n in (5, 9)]
        blank.bind(session, lot=lot, first=ends[0], last=ends[1], by="user:1")
    after = client.get(path, headers={"Accept": "application/json"})
    assert after.get_json()["verdict"] == "ISSUED_OK"
    assert after.get_json()["lot"]["code"] == "L261101-01"
    outside = codes[10].removeprefix("HTTPS://QR.EXAMPLE.VN")
    answer = client.get(outside, headers={"Accept": "application/json"})
    assert answer.get_json()["verdict"] == "UNBOUND"
    ScanSite.of(app).recorder.flush()


@pytest.mark.parametrize("name", sorted(library.names()))
def test_only_layouts_that_say_nothing_of_goods_are_blank(name: str) -> None:
    assert library.get(name).blank == name.startswith("blank-")


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        pytest.param({"layout": "a4-65"}, PrintRefused, id="stars and a product"),
        pytest.param({"layout": "a4-65-plain"}, PrintRefused, id="a product"),
        pytest.param({"count": 0}, BadInput, id="no labels"),
        pytest.param({"imprint": Imprint(start_at=66)}, BadInput, id="no such cell"),
    ],
)
def test_a_roll_that_cannot_be_is_refused_and_takes_no_number(
    database: Database, settings: Settings, facts: dict[str, Any], error: type[Exception]
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        owner = make_producer(session)
        with pytest.raises(error) as caught:
            start(session, settings, owner, **facts)
        assert getattr(caught.value, "fix", "")
        assert blank_roll.list_rolls(session, owner.id) == []


def test_a_producer_that_is_not_active_prints_nothing(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        with pytest.raises(PrintRefused, match="not active"):
            start(session, settings, make_producer(session, active=False))


def test_a_name_too_long_for_the_label_is_told_before_numbers_are_taken(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        owner = make_producer(session, name="Hợp tác xã " + "Nghiên cứu Phát triển " * 7)
        with pytest.raises(LabelOverflow):
            start(session, settings, owner)


def test_a_roll_whose_symbol_cannot_be_read_is_not_released(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ReadBackFailed("A symbol could not be read back.")

    monkeypatch.setattr(render_run, "render_part", refuse)
    with pytest.raises(PrintRefused):
        rendered(database, files, settings)
    with database.reading() as session:
        roll = session.get_one(BlankRoll, 1)
        assert roll.state == "failed"
        assert session.query(AuditEntry).filter_by(action="blank.fail").count() == 1
        with pytest.raises(Exception, match="not released"):
            print_run.output(files, roll)


def test_long_rolls_are_cut_into_parts_and_put_together(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LEAST_PART", 65)
    monkeypatch.setattr(parts, "LARGEST_PART", 65)
    roll_id, _ = rendered(database, files, settings, count=200)
    with database.reading() as session:
        roll = session.get_one(BlankRoll, roll_id)
        assert roll.report is not None
        assert roll.report["parts"] == 4
        with print_run.output(files, roll) as file:
            assert io.BytesIO(file.read()).getbuffer().nbytes == roll.bytes
