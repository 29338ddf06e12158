"""The ledger of a run and the account of a lot, as the producer writes and reads them."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from labelsvc.catalogue.models import Lot
from labelsvc.codes.register.issue import load_keyring
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.labels.ledger import ledger
from labelsvc.labels.models import PrintRun, Sending
from labelsvc.labels.printers import book
from labelsvc.labels.rolls.languages import LANGUAGES
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.sheets.profile import Profile
from labelsvc.settings import Settings
from labelsvc.worker.tasks import run_inline
from tests.web.console.producer.test_products import SignIn
from tests.web.desk import seen
from tests.world import World


def released(
    database: Database, settings: Settings, world: World, *, count: int = 20, **facts: object
) -> int:
    facts = {"layout": "a4-65"} | facts
    with database.writing() as session:
        run = print_run.start_run(session, print_run.RunRequest(lot=session.get_one(Lot, world.lot), count=count, base_url=settings.base_url, **facts), actor="user:1")  # fmt: skip
        run_id, job_id = run.id, run.job_id
    assert job_id is not None
    run_inline(database, Files(settings.files), settings, job_id)
    return run_id


def entered(kind: str, first: int, last: int, why: str = "") -> dict[str, object]:
    return {"kind": kind, "from_label": str(first), "to_label": str(last), "why": why}


def test_what_became_of_the_labels_is_written_and_read(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run_id = released(database, settings, world)
    lan, path = signed_in("lan"), f"/console/runs/{run_id}"
    assert "Chưa ghi gì" in seen(lan.get(path))
    for form in (
        entered("printed", 1, 20),
        entered("spoiled", 5, 6, "Nhòe mực"),
        entered("activated", 10, 20),
    ):
        assert lan.post(f"{path}/ledger", form).status_code == 303
    page = seen(lan.get(path))
    for words in ("1–20 (20) đã in", "5–6 (2) hỏng Nhòe mực", "10–20 (11) đã dán lên hàng", "Lan"):
        assert words in page
    lot = seen(lan.get(f"/console/lots/{world.lot}"))
    assert "Đã in 20" in lot
    assert "Hỏng 2" in lot
    assert "Đã dán lên hàng 11" in lot


def test_a_reprint_leads_to_the_run_that_replaces_the_labels(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run_id = released(database, settings, world)
    lan = signed_in("lan")
    form = entered("reprint", 3, 4, "Kẹt giấy") | {"start_at": "5"}
    refused = lan.post(f"/console/runs/{run_id}/ledger", form | {"used": "sáu"})
    assert (refused.status_code, "“sáu”" in seen(refused)) == (400, True)
    answer = lan.post(f"/console/runs/{run_id}/ledger", form | {"used": "6, 8-9"})
    assert answer.status_code == 303
    with database.reading() as session:
        new = session.query(PrintRun).filter_by(reprint_of=run_id).one()
        assert (new.start_at, new.imprint["used"]) == (5, [6, 8, 9])
    assert answer.location.endswith(f"/console/runs/{new.id}")
    page = seen(lan.get(answer.location))
    assert "Thay cho tem của" in page
    assert "Kẹt giấy" in page


def test_a_label_is_named_by_what_is_printed_on_it_or_by_its_code(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    other, run_id = (released(database, settings, world, count=n) for n in (3, 20))
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        codes = {n: session.get_one(PrintRun, n).codes(ring) for n in (other, run_id)}
    lan, path = signed_in("lan"), f"/console/runs/{run_id}"
    assert f"Đ{run_id} · 1/20" in seen(lan.get(path))
    form = {"kind": "spoiled", "why": "Nhòe"}
    for first, last, entry in (
        (f"Đ{run_id} · 4/20", f"đ{run_id} · 5/20", "4–5 (2) hỏng"),
        ("7 / 20", "8", "7–8 (2) hỏng"),
        (codes[run_id][9], codes[run_id][11].lower(), "10–12 (3) hỏng"),
    ):
        given = form | {"from_label": first, "to_label": last}
        assert lan.post(f"{path}/ledger", given).status_code == 303
        assert entry in seen(lan.get(path))
    for first in (f"Đ{other} · 2/3", codes[other][1]):
        answer = lan.post(f"{path}/ledger", form | {"from_label": first, "to_label": "20"})
        assert answer.status_code == 409
        assert f"Đây là tem của đợt in {other}" in seen(answer)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (entered("spoiled", 1, 2), "một lý do"),
        (entered("reprint", 1, 2, "  "), "Cần nêu lý do"),
        (entered("printed", 1, 21), "1 đến 20"),
        (entered("printed", 0, 2), "1 đến 20"),
        (entered("lost", 1, 2), "Hãy cho biết tem đã thế nào"),
        (entered("printed", 1, 2) | {"from_label": "đầu"}, "đầu"),
    ],
)
def test_what_cannot_be_written_is_told_and_the_form_keeps_its_words(
    signed_in: SignIn, world: World, database: Database, settings: Settings,
    form: dict[str, str], words: str,
) -> None:  # fmt: skip
    run_id = released(database, settings, world)
    answer = signed_in("lan").post(f"/console/runs/{run_id}/ledger", form)
    assert answer.status_code == 400
    assert words in seen(answer) or "lý do" in seen(answer)
    with database.reading() as session:
        assert ledger.entries(session, session.get_one(PrintRun, run_id)) == []


def test_the_page_shows_what_reading_the_file_gave(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run_id = released(database, settings, world)
    page = seen(signed_in("lan").get(f"/console/runs/{run_id}"))
    assert "20 trên 20" in page or "20/20" in page or "20 mã" in page
    assert "chấm" in page
    found = re.search(r"Khả năng sửa lỗi còn lại ít nhất (\d+) %", page)
    assert found is not None and int(found[1]) == 100, found  # nothing of it was needed


def test_a_roll_is_fetched_whole_and_from_the_label_that_is_missing(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run_id = released(database, settings, world, layout="roll-35x22", output="zpl")
    lan = signed_in("lan")
    path = f"/console/runs/{run_id}/labels.zpl"
    whole = lan.get(path)
    assert len(LANGUAGES["zpl"].read(whole.data)) == 20
    rest = lan.get(f"{path}?from=15")
    assert [picture.first for picture in LANGUAGES["zpl"].read(rest.data)] == list(range(15, 21))
    for typed in ("21", "0", "-3", "", "abc", "Đ12 · 7", "1,5"):  # never the whole file instead
        refused = lan.get(path, query_string={"from": typed})
        assert (refused.status_code, refused.content_type[:9]) == (400, "text/html"), typed
        assert 'href="#from_jam"' in refused.text
    assert lan.get(f"/console/runs/{run_id}/labels.pdf").status_code == 404
    assert "Tải tệp ZPL" in seen(lan.get(f"/console/runs/{run_id}"))
    assert signed_in("hung").get(path).status_code == 404


def test_without_a_network_for_printers_the_page_says_download(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run_id = released(database, settings, world, layout="roll-35x22", output="zpl")
    with database.writing() as session:
        printer = book.save(session, world.producer, book.Setup(name="Zebra", language="zpl", profile=Profile(dpi=203), host="192.168.1.50"), printer=None, actor="user:1")  # fmt: skip
    lan = signed_in("lan")
    assert "chưa bật gửi tới máy in mạng" in seen(lan.get(f"/console/runs/{run_id}"))
    answer = lan.post(
        f"/console/runs/{run_id}/send", {"printer": str(printer.id), "from_unit": "1"}
    )
    assert answer.status_code == 400
    with database.reading() as session:
        assert session.query(Sending).all() == []


HERE = ("127.0.0.0/8",)


@pytest.fixture
def allowing(app: Flask) -> None:
    """Printers may stand on this machine."""
    where = app.extensions["labelsvc"]
    where.settings = where.settings.model_copy(update={"printer_networks": HERE})


def sending(database: Database, world: World, run_id: int, **facts: object) -> int:
    """A sending of the run that came as far as *facts* say; its printer."""
    with database.writing() as session:
        run = session.get_one(PrintRun, run_id)
        printer = book.save(session, world.producer, book.Setup(name="Zebra", language="zpl", profile=Profile(dpi=203), host="127.0.0.1"), printer=None, actor="user:1")  # fmt: skip
        session.add(Sending(run=run, printer=printer, created_by="user:1", **facts))
        if facts["state"] == "sent":
            ledger.note_printed(session, run=run, first=1, last=run.count, actor="user:1")
        return printer.id


def value_of(page: TestResponse, name: str) -> str | None:
    found = re.search(rf'<input id="{name}"[^>]* value="([^"]*)"', page.text)
    return found[1] if found else None


@pytest.mark.usefixtures("allowing")
@pytest.mark.parametrize(
    ("facts", "first", "words"),
    [
        ({"state": "failed", "sent_units": 7}, "8", "Các tem này không in ra được"),
        ({"state": "failed", "sent_units": 0}, "1", "tem đầu tiên còn thiếu"),
        ({"state": "failed", "error": {"interrupted": True}}, "", "tem đầu tiên còn thiếu"),
        ({"state": "sent", "sent_units": 20}, "", "Có tem không in ra được"),
        (
            {"state": "sending", "sent_units": 5},
            None,
            "Chỉ gửi lại được khi lần gửi này không thành",
        ),
    ],
)
def test_the_form_that_sends_begins_where_the_last_sending_stopped(
    signed_in: SignIn, world: World, database: Database, settings: Settings,
    facts: dict[str, object], first: str | None, words: str,
) -> None:  # fmt: skip
    run_id = released(database, settings, world, layout="roll-35x22", output="zpl")
    sending(database, world, run_id, **facts)
    page = signed_in("lan").get(f"/console/runs/{run_id}")
    assert value_of(page, "from_unit") == first
    assert words in seen(page)


@pytest.mark.usefixtures("allowing")
def test_a_printer_with_other_dots_is_neither_offered_nor_sent_to(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run_id = released(database, settings, world, layout="roll-35x22", output="zpl")
    with database.writing() as session:
        ids = [
            book.save(session, world.producer, book.Setup(name=f"Zebra {dpi}", language="zpl", profile=Profile(dpi=dpi), host="127.0.0.1"), printer=None, actor="user:1").id
            for dpi in (203, 600)
        ]  # fmt: skip
    lan, path = signed_in("lan"), f"/console/runs/{run_id}"
    page = lan.get(path).text
    assert [f'<option value="{number}"' in page for number in ids] == [True, False]
    refused = lan.post(f"{path}/send", {"printer": str(ids[1]), "from_unit": "1"})
    assert refused.status_code == 400
    assert "cho đầu in 203 dpi, còn máy in Zebra 600 là 600 dpi" in seen(refused)
    with database.reading() as session:
        assert session.query(Sending).all() == []


@pytest.mark.usefixtures("allowing")
def test_the_printer_of_the_run_is_the_one_that_is_offered_first(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        first, second = (
            book.save(session, world.producer, book.Setup(name=name, language="zpl", profile=Profile(dpi=203), host="127.0.0.1"), printer=None, actor="user:1").id
            for name in ("Bàn 1", "Bàn 2")
        )  # fmt: skip
    run_id = released(database, settings, world, layout="roll-35x22", output="zpl")
    with database.writing() as session:
        session.get_one(PrintRun, run_id).printer_id = second
    page = signed_in("lan").get(f"/console/runs/{run_id}").text
    assert f'<option value="{second}" selected' in page
    assert f'<option value="{first}" selected' not in page


@pytest.mark.usefixtures("allowing")
def test_the_page_follows_what_the_printer_takes(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run_id = released(database, settings, world, layout="roll-35x22", output="zpl")
    sending(database, world, run_id, state="sending", sent_units=5)
    lan, path = signed_in("lan"), f"/console/runs/{run_id}"
    assert f'data-sending="{path}/state"' in lan.get(path).text
    state = lan.get(f"{path}/state").get_json()
    assert (state["under_way"], state["taken"], state["sending"]) == (True, 5, "sending")
    assert 'data-state="sending"' in lan.get(path).text
    with database.writing() as session:
        session.query(Sending).one().state = "failed"
    assert lan.get(f"{path}/state").get_json()["under_way"] is False
    assert "data-sending" not in lan.get(path).text


@pytest.mark.usefixtures("allowing")
@pytest.mark.parametrize("typed", ["", "abc", "-1", "1,5", "9" * 25, "²", "999999"])
def test_a_printer_that_is_none_is_told(
    signed_in: SignIn, world: World, database: Database, settings: Settings, typed: str
) -> None:
    run_id = released(database, settings, world, layout="roll-35x22", output="zpl")
    answer = signed_in("lan").post(
        f"/console/runs/{run_id}/send", {"printer": typed, "from_unit": "1"}
    )
    assert answer.status_code == 404
    assert "Không có máy in này" in seen(answer)


@pytest.mark.usefixtures("allowing")
def test_a_second_press_is_refused_until_a_reason_is_given(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run_id = released(database, settings, world, layout="roll-35x22", output="zpl")
    printer = sending(database, world, run_id, state="sent", sent_units=20)
    lan, path = signed_in("lan"), f"/console/runs/{run_id}"
    form = {"printer": str(printer), "from_unit": "1"}
    for more, status, words in (
        ({}, 409, "in lại với số mới"),
        ({"lost_why": "Máy tắt"}, 409, "mã của chúng sẽ nằm trên hai tem"),
        ({"lost": "1", "lost_why": " "}, 400, "Cần nêu lý do"),
        ({"lost": "1", "from_unit": ""}, 400, "Thiếu số của tem đầu tiên"),
    ):
        answer = lan.post(f"{path}/send", form | more)
        assert (answer.status_code, words in seen(answer)) == (status, True)
    answer = lan.post(f"{path}/send", form | {"lost": "1", "lost_why": "Máy tắt giữa chừng"})
    assert answer.status_code == 303
    assert "1–20 (20) không in ra được Máy tắt giữa chừng" in seen(lan.get(path))
