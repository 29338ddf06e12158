"""Calibration labels on the pages of a label printer: fetched, sent, measured."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from labelsvc.db import Database
from labelsvc.errors import PrinterFailed
from labelsvc.i18n import catalog
from labelsvc.labels.models import Printer
from labelsvc.labels.printers import send_now, sending
from labelsvc.labels.rolls.languages import LANGUAGES
from labelsvc.labels.sheets.profile import Profile
from labelsvc.web.console.producer.paper import calibration
from tests.web.console.producer.test_printers import OFFICE, ZEBRA, saved
from tests.web.console.producer.test_products import SignIn
from tests.web.desk import seen
from tests.worker.test_sending import FakePrinter, at, take_all  # noqa: F401
from tests.world import World


def entered(lan: Any, database: Database, world: World, **facts: str) -> Printer:
    assert lan.post("/console/printers/new", ZEBRA | facts).status_code == 303
    return saved(database, world)[0]


@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_the_labels_of_the_chosen_roll_are_fetched(
    signed_in: SignIn, world: World, database: Database, language: str
) -> None:
    lan = signed_in("lan")
    row = entered(lan, database, world, language=language, dpi="300")
    form = lan.get(f"/console/printers/{row.id}").get_data(as_text=True)
    assert f"/console/printers/{row.id}/label" in form
    assert "calibration.pdf" not in form
    page = lan.get(f"/console/printers/{row.id}/label?roll=roll-35x22-2").get_data(as_text=True)
    assert f"label.{language}?roll=roll-35x22-2" in page
    data = lan.get(f"/console/printers/{row.id}/label.{language}?roll=roll-35x22-2").data
    pictures = LANGUAGES[language].read(data)
    assert {picture.height for picture in pictures} == {round(22 * 300 / 25.4)}
    other = "tspl" if language == "zpl" else "zpl"
    assert lan.get(f"/console/printers/{row.id}/label.{other}?roll=roll-35x22-2").status_code == 404
    assert lan.get(f"/console/printers/{row.id}/label.{language}?roll=a4-65").status_code == 404


def test_what_was_measured_on_a_label_is_saved_as_the_correction(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    row = entered(lan, database, world)
    path = f"/console/printers/{row.id}/label"
    given = {"do": "measure", "roll": "roll-50x30", "left": "6,8", "top": "5.5"}
    assert lan.post(path, given).status_code == 303
    (kept,) = saved(database, world)
    assert Profile.from_json(kept.profile) == Profile(-0.8, 0.5, dpi=203)
    assert (kept.name, kept.host) == (row.name, row.host)
    page = seen(lan.get(path))
    assert "-0,8 mm sang phải, 0,5 mm xuống dưới" in page
    plain = lan.get(f"{path}.zpl?roll=roll-50x30").data
    assert lan.get(f"{path}.zpl?roll=roll-50x30&corrected=1").data != plain


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"left": "", "top": "6"}, "Cần cả hai khoảng cách"),
        ({"left": "sáu", "top": "6"}, "không phải là số"),
        ({"left": "60", "top": "6"}, "không thể lệch 54 mm"),
        ({"left": "6", "top": "6", "roll": "a4-65"}, "Không có cuộn này"),
    ],
)
def test_distances_that_cannot_be_are_told(
    signed_in: SignIn, world: World, database: Database, given: dict[str, str], words: str
) -> None:
    lan = signed_in("lan")
    row = entered(lan, database, world)
    answer = lan.post(
        f"/console/printers/{row.id}/label", {"do": "measure", "roll": "roll-50x30"} | given
    )
    assert answer.status_code == 400
    assert words in answer.get_data(as_text=True)


def test_an_office_printer_has_no_calibration_labels(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    assert lan.post("/console/printers/new", OFFICE).status_code == 303
    (row,) = saved(database, world)
    assert lan.get(f"/console/printers/{row.id}/label").status_code == 404


def test_sending_says_why_it_did_not_work(
    signed_in: SignIn, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = signed_in("lan")
    row = entered(lan, database, world)
    path, given = f"/console/printers/{row.id}/label", {"do": "send", "roll": "roll-50x30"}
    off = lan.post(path, given)
    assert off.status_code == 400
    assert catalog("vi")["Sending to network printers is not switched on here."] in seen(off)
    taken: list[bytes] = []
    monkeypatch.setattr(send_now, "deliver", lambda printer, data, networks: taken.append(data))
    assert lan.post(path, given).status_code == 303
    assert taken == [lan.get(f"{path}.zpl?roll=roll-50x30").data]

    def refuse(printer: Printer, *_: object) -> None:
        raise PrinterFailed("The printer says: {trouble}.", fix="Put it right.", trouble="paused")

    monkeypatch.setattr(calibration.send_now, "deliver", refuse)
    assert lan.post(path, given).status_code == PrinterFailed.http_status


def test_nobody_waits_for_a_printer_to_write(
    signed_in: SignIn, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = signed_in("lan")
    row = entered(lan, database, world)
    wrote: list[str] = []

    def deliver(*_: object) -> None:
        def write() -> None:
            with database.writing() as session:
                session.get_one(Printer, row.id).updated_by = "user:2"
            wrote.append("done")

        other = threading.Thread(target=write, daemon=True)
        other.start()
        other.join(5)

    monkeypatch.setattr(send_now, "deliver", deliver)
    given = {"do": "send", "roll": "roll-50x30"}
    assert lan.post(f"/console/printers/{row.id}/label", given).status_code == 303
    assert wrote == ["done"]


def test_the_printer_gets_the_bytes(at: Any) -> None:  # noqa: F811
    printer: FakePrinter = at(take_all)
    row = Printer(name="Zebra", host="127.0.0.1", port=printer.port)
    send_now.deliver(row, b"^XA^XZ\n", ["127.0.0.0/8"])
    printer.finish()
    assert printer.received == b"^XA^XZ\n"


def test_a_printer_that_is_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PORTS", (9,))
    with pytest.raises(PrinterFailed) as caught:
        send_now.deliver(Printer(name="Zebra", host="127.0.0.1", port=9), b"x", ["127.0.0.0/8"])
    assert caught.value.fix
