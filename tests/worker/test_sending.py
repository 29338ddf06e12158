"""Rolls on their way to a printer on the network, against one that answers, dawdles, or dies."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import AuditEntry
from labelsvc.codes.register.issue import codes_of, create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, PrinterFailed, PrintRefused
from labelsvc.files import Files
from labelsvc.i18n import catalog, explain
from labelsvc.jobs.models import Job
from labelsvc.jobs.queue import failure
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.ledger import ledger, lot_account, taken
from labelsvc.labels.models import Printer, PrintRun, RunState, Sending
from labelsvc.labels.printers import sending, trouble
from labelsvc.labels.rolls.languages import LANGUAGES
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.settings import Settings
from labelsvc.worker import tasks
from tests.factories import make_lot

HERE = ("127.0.0.0/8", "::1/128")


class FakePrinter:
    """Listens like a printer; `behave` decides what it does with a connection."""

    def __init__(self, behave: Callable[[FakePrinter, socket.socket], None]) -> None:
        self.received, self._behave = b"", behave
        self._served = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                line.settimeout(10)
                with contextlib.suppress(OSError):
                    self._behave(self, line)
            self._served.set()

    def finish(self) -> None:
        """Wait until a whole connection was served: what is sent to it waits in the system first."""
        assert self._served.wait(10)
        self.close()

    def close(self) -> None:
        # An accept that waits is not ended by closing the socket under it.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)


def take_all(printer: FakePrinter, line: socket.socket) -> None:
    while piece := line.recv(1 << 16):
        printer.received += piece


def saying(answer: bytes) -> Callable[[FakePrinter, socket.socket], None]:
    def behave(printer: FakePrinter, line: socket.socket) -> None:
        line.recv(3)
        line.sendall(answer)
        take_all(printer, line)

    return behave


def hang_up(printer: FakePrinter, line: socket.socket) -> None:
    while len(printer.received) < 30_000:
        printer.received += line.recv(4096)
    # Reset, as a printer that is switched off: what it had not read is lost.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def stop_taking(printer: FakePrinter, line: socket.socket) -> None:
    printer.received += line.recv(4096)
    time.sleep(3)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., FakePrinter]]:
    made: list[FakePrinter] = []

    def start(behave: Callable[[FakePrinter, socket.socket], None] = take_all) -> FakePrinter:
        made.append(FakePrinter(behave))
        monkeypatch.setattr(sending, "PORTS", tuple(p.port for p in made))
        return made[-1]

    monkeypatch.setattr(sending, "_ANSWER", 0.15)
    yield start
    for printer in made:
        printer.close()


def released(
    database: Database, files: Files, settings: Settings, *, count: int = 30, **facts: Any
) -> int:
    facts = {"layout": "roll-35x22", "output": "zpl"} | facts
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        run = print_run.start_run(session, print_run.RunRequest(lot=make_lot(session), count=count, base_url=settings.base_url, **facts), actor="user:1")  # fmt: skip
        run_id, job_id = run.id, run.job_id
    assert job_id is not None
    tasks.run_inline(database, files, settings, job_id)
    return run_id


def two_across(name: str) -> Layout:
    layout = library.get(name)
    sheet = layout.sheet.model_copy(update={"columns": 2, "pitch_x": layout.width + 2})
    return layout.model_copy(update={"sheet": sheet})


def printer_of(session: Session, run: PrintRun, port: int, **facts: Any) -> Printer:
    facts = {"name": "Kho", "language": "zpl", "profile": {}, "host": "127.0.0.1"} | facts
    made = Printer(producer_id=run.lot.product.producer_id, port=port, **facts)
    session.add(made)
    session.flush()
    return made


def queued(
    database: Database, run_id: int, port: int, *, from_unit: int = 1, **facts: Any
) -> tuple[int, int]:
    with database.writing() as session:
        run = session.get_one(PrintRun, run_id)
        made = sending.queue_sending(
            session, run=run, printer=printer_of(session, run, port, **facts),
            from_unit=from_unit, actor="user:1", networks=HERE,
        )  # fmt: skip
        assert made.job_id is not None
        return made.id, made.job_id


def sent(database: Database, files: Files, settings: Settings, job_id: int) -> None:
    allowing = settings.model_copy(update={"printer_networks": HERE})
    tasks.run_inline(database, files, allowing, job_id)


@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_a_printer_gets_the_file_as_it_was_released_and_the_ledger_says_so(
    database: Database, files: Files, settings: Settings, at: Any, language: str
) -> None:
    run_id = released(database, files, settings, output=language)
    printer = at()
    sending_id, job_id = queued(database, run_id, printer.port, language=language)
    sent(database, files, settings, job_id)
    with database.reading() as session:
        run, made = session.get_one(PrintRun, run_id), session.get_one(Sending, sending_id)
        assert (made.state, made.sent_units, made.error) == ("sent", 30, None)
        entries = ledger.entries(session, run)
        assert [(e.kind, e.first, e.last, e.printer_id) for e in entries] == [
            ("printed", 1, 30, made.printer_id)
        ]
        with print_run.output(files, run) as source:
            whole = source.read()
    asked = b"~HS" if language == "zpl" else b"\x1b!?"
    assert printer.received == asked + whole


def test_after_a_jam_it_goes_on_from_the_label_that_is_missing(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings)
    printer = at()
    _, job_id = queued(database, run_id, printer.port, from_unit=21)
    sent(database, files, settings, job_id)
    pictures = LANGUAGES["zpl"].read(printer.received.removeprefix(b"~HS"))
    assert [picture.first for picture in pictures] == list(range(21, 31))
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        # Who says that 21 is the first one missing says that 1 to 20 are on paper.
        assert [(e.first, e.last) for e in ledger.entries(session, run)] == [(1, 20), (21, 30)]
        rest = b"".join(sending.rest_of(files, run, 21))
    assert printer.received == b"~HS" + rest


def again(database: Database, run_id: int, *, from_unit: int = 1, lost_because: str = "") -> int:
    """Queue the run once more, on the printer of its first sending; the job."""
    with database.writing() as session:
        run = session.get_one(PrintRun, run_id)
        made = sending.queue_sending(
            session, run=run, printer=taken.sendings_of(session, run)[-1].printer,
            from_unit=from_unit, lost_because=lost_because, actor="user:2", networks=HERE,
        )  # fmt: skip
        assert made.job_id is not None
        return made.job_id


def written(database: Database, run_id: int) -> list[tuple[str, int, int]]:
    with database.reading() as session:
        entries = ledger.entries(session, session.get_one(PrintRun, run_id))
        return [(e.kind, e.first, e.last) for e in entries]


@pytest.mark.parametrize("from_unit", [1, 4, 6])
def test_what_a_printer_took_is_not_sent_again_unless_somebody_says_why(
    database: Database, files: Files, settings: Settings, at: Any, from_unit: int
) -> None:
    run_id = released(database, files, settings, count=6)
    printer = at()
    _, job_id = queued(database, run_id, printer.port)
    sent(database, files, settings, job_id)
    for reason in ("", "  "):
        with pytest.raises(Conflict, match=f"Labels {from_unit} to 6 were printed before") as told:
            again(database, run_id, from_unit=from_unit, lost_because=reason)
    assert "new numbers" in told.value.fix
    assert written(database, run_id) == [("printed", 1, 6)]
    printer.received = b""
    sent(database, files, settings,
         again(database, run_id, from_unit=from_unit, lost_because="Máy tắt giữa chừng"))  # fmt: skip
    assert LANGUAGES["zpl"].read(printer.received.removeprefix(b"~HS"))[0].first == from_unit
    assert written(database, run_id) == [
        ("printed", 1, 6), ("unprinted", from_unit, 6), ("printed", from_unit, 6),
    ]  # fmt: skip
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert lot_account.account(session, run.lot).printed == 6
        entry = ledger.entries(session, run)[1]
        assert (entry.reason, entry.actor) == ("Máy tắt giữa chừng", "user:2")
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.actor == "user:2"))
        assert list(actions) == ["print_run.unprinted", "print_run.send", "print_run.printed"]


def test_what_was_written_down_as_printed_is_not_sent_either(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=6)
    printer = at()
    with database.writing() as session:  # the file was fetched and sent from another computer
        run = session.get_one(PrintRun, run_id)
        ledger.note_printed(session, run=run, first=1, last=4, actor="user:1")
    with pytest.raises(Conflict, match="Labels 3 to 4 were printed before"):
        queued(database, run_id, printer.port, from_unit=3)
    queued(database, run_id, printer.port, from_unit=5)


def test_a_run_is_on_its_way_to_one_printer_only(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=6)
    printer = at()
    queued(database, run_id, printer.port)
    with pytest.raises(Conflict, match="on its way"):
        queued(database, run_id, printer.port, name="Khác")


def test_of_two_who_press_at_the_same_time_one_is_refused(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=6)
    printer = at()
    with database.writing() as session:
        ids = [
            printer_of(session, session.get_one(PrintRun, run_id), printer.port, name=name).id
            for name in ("Một", "Hai")
        ]
    both, told = threading.Barrier(2), []

    def press(printer_id: int) -> None:
        both.wait(10)
        try:
            with database.writing() as session:
                sending.queue_sending(
                    session, run=session.get_one(PrintRun, run_id),
                    printer=session.get_one(Printer, printer_id), actor="user:1", networks=HERE,
                )  # fmt: skip
            told.append("queued")
        except Conflict:
            told.append("refused")

    threads = [threading.Thread(target=press, args=(number,)) for number in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["queued", "refused"]


def test_after_a_jam_the_whole_run_is_in_the_ledger(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=600)
    broken = at(hang_up)
    _, job_id = queued(database, run_id, broken.port)
    with pytest.raises(PrintRefused):
        sent(database, files, settings, job_id)
    with database.reading() as session:
        far = taken.progress(session, session.get_one(PrintRun, run_id))
    assert 0 < far.taken < 600
    assert (far.following, far.complete, far.under_way) == (far.taken + 1, False, False)
    assert written(database, run_id) == []  # what came out, only a person can say
    well = at()
    with database.writing() as session:
        run = session.get_one(PrintRun, run_id)
        taken.sendings_of(session, run)[0].printer.port = well.port
    sent(database, files, settings, again(database, run_id, from_unit=far.taken + 1))
    assert written(database, run_id) == [("printed", 1, far.taken), ("printed", far.taken + 1, 600)]
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert lot_account.account(session, run.lot).printed == 600
        done = taken.progress(session, run)
    assert (done.complete, done.following, done.taken) == (True, None, 600)


@pytest.mark.parametrize(
    ("collate", "from_unit", "before"),
    [
        # five codes, three labels of each, then two spares
        (True, 4, [(1, 3)]),
        (True, 9, [(1, 5)]),
        (False, 4, [(1, 1)]),
        (False, 9, [(1, 3)]),  # one or two labels of code 3 are out
        (False, 16, [(1, 5)]),  # spares only
    ],
)
def test_labels_become_the_numbers_of_their_codes(
    database: Database, files: Files, settings: Settings, at: Any,
    collate: bool, from_unit: int, before: list[tuple[int, int]],
) -> None:  # fmt: skip
    imprint = Imprint(copies=3, collate=collate, spares=2)
    run_id = released(database, files, settings, count=5, imprint=imprint)
    printer = at()
    _, job_id = queued(database, run_id, printer.port, from_unit=from_unit)
    assert [pair[1:] for pair in written(database, run_id)] == before
    sent(database, files, settings, job_id)
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert ledger.printed(session, run) == [(1, 5)]
    with pytest.raises(Conflict, match="printed before"):
        again(database, run_id, from_unit=15)
    again(database, run_id, from_unit=16)  # spares have no code


def test_a_run_goes_on_at_the_row_of_the_label_that_is_missing(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=9, layout=two_across("roll-35x22"))
    printer = at()
    sending_id, job_id = queued(database, run_id, printer.port, from_unit=6)
    sent(database, files, settings, job_id)
    assert LANGUAGES["zpl"].read(printer.received.removeprefix(b"~HS"))[0].first == 5
    with database.reading() as session:
        assert session.get_one(Sending, sending_id).from_unit == 5
    assert written(database, run_id) == [("printed", 1, 4), ("printed", 5, 9)]


def test_how_far_an_interrupted_sending_was_only_the_paper_tells(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=3)
    sending_id, job_id = queued(database, run_id, at().port)
    with database.writing() as session:
        session.get_one(Sending, sending_id).state = "sending"  # a worker died in the middle
    with pytest.raises(PrintRefused, match="interrupted"):
        sent(database, files, settings, job_id)
    with database.reading() as session:
        far = taken.progress(session, session.get_one(PrintRun, run_id))
    assert (far.following, far.complete, far.under_way) == (None, False, False)


@pytest.mark.parametrize(
    ("language", "answer", "words"),
    [
        ("zpl", b"\x02030,1,0,0345,000,0,0,0,000,0,0,0\x03\r\n", "out of paper"),
        ("zpl", b"\x02030,0,1,0345,000,0,0,0,000,0,0,0\x03\r\n", "is paused"),
        ("zpl", b"\x02030,0,0,0345,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,1,0,0,2,4,0,00000000,1,000\x03\r\n", "print head is open"),
        ("tspl", b"\x04", "out of paper"),
        ("tspl", b"\x03", "jammed"),
        ("tspl", b"\x01", "print head is open"),
    ],
)  # fmt: skip
def test_a_printer_that_says_it_cannot_print_is_believed(
    database: Database, files: Files, settings: Settings, at: Any,
    language: str, answer: bytes, words: str,
) -> None:  # fmt: skip
    run_id = released(database, files, settings, output=language)
    printer = at(saying(answer))
    sending_id, job_id = queued(database, run_id, printer.port, language=language)
    with pytest.raises(PrintRefused, match=words):
        sent(database, files, settings, job_id)
    with database.reading() as session:
        made = session.get_one(Sending, sending_id)
        assert made.state == "failed"
        assert made.error is not None
        assert made.error["code"] == "printer_failed"
        told = explain(failure(session.get_one(Job, job_id)), "vi")
        assert told == (catalog("vi")[made.error["message"]], "Hãy khắc phục rồi gửi lại.")
        assert ledger.entries(session, session.get_one(PrintRun, run_id)) == []


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("zpl", b"\x02030,0,0,0345,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n"),
        ("zpl", b"nonsense"),
        ("tspl", b"\x00"),
        ("tspl", b"\x20"),
    ],
)  # fmt: skip
def test_a_printer_that_is_well_gets_the_labels(
    database: Database, files: Files, settings: Settings, at: Any, language: str, answer: bytes
) -> None:
    run_id = released(database, files, settings, output=language, count=3)
    printer = at(saying(answer))
    sending_id, job_id = queued(database, run_id, printer.port, language=language)
    sent(database, files, settings, job_id)
    with database.reading() as session:
        assert session.get_one(Sending, sending_id).state == "sent"


def test_a_line_that_breaks_says_how_far_it_was_and_may_be_taken_up_again(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=900)
    printer = at(hang_up)
    sending_id, job_id = queued(database, run_id, printer.port)
    with pytest.raises(PrintRefused, match="The line to the printer Kho broke"):
        sent(database, files, settings, job_id)
    with database.reading() as session:
        made = session.get_one(Sending, sending_id)
        assert made.state == "failed"
        assert 0 < made.sent_units < 900
    again = at()
    with database.writing() as session:
        run = session.get_one(PrintRun, run_id)
        other = printer_of(session, run, again.port, name="Khác")
        next_one = sending.queue_sending(
            session, run=run, printer=other, from_unit=101, actor="user:1", networks=HERE
        )
        assert next_one.job_id is not None
        job_id = next_one.job_id
    sent(database, files, settings, job_id)
    assert LANGUAGES["zpl"].read(again.received.removeprefix(b"~HS"))[0].first == 101


def test_a_printer_that_stops_taking_is_given_up_after_a_while(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=900, layout="roll-50x30")
    printer = at(stop_taking)
    sending_id, _ = queued(database, run_id, printer.port)
    with pytest.raises(PrinterFailed, match="took nothing"):
        sending.send(database, files, sending_id, networks=HERE, patience=0.3)


def test_a_printer_that_is_off_is_named_with_its_address(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=3)
    printer = at()
    printer.close()
    _, job_id = queued(database, run_id, printer.port)
    with pytest.raises(
        PrintRefused, match=f"At 127.0.0.1 nothing takes labels on port {printer.port}"
    ):
        sent(database, files, settings, job_id)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "không có gì nhận tem tại cổng 9100"),
        (TimeoutError("timed out"), "không trả lời ở 127.0.0.1:9100"),
        (OSError(113, "No route to host"), "không trả lời ở 127.0.0.1:9100"),
        (ConnectionResetError(104, "Connection reset by peer"), "Kết nối tới máy in Kho bị đứt"),
    ],
)
def test_why_a_printer_was_not_reached_is_told_in_the_readers_language(
    error: OSError, words: str
) -> None:
    printer = Printer(name="Kho", host="127.0.0.1", port=9100)
    if isinstance(error, ConnectionResetError):
        made = trouble.broken_off(printer, error, patience=60)
    else:
        made = trouble.not_reached(printer, error)
    said = " ".join(explain(made, "vi"))
    assert words in said
    assert str(error.strerror) not in said
    assert made.params["reason"]


def test_a_file_of_other_dots_than_the_printers_is_refused(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=3)
    printer = at()
    for dpi in (300, 600):
        with pytest.raises(BadInput, match="another size"):
            queued(database, run_id, printer.port, name=f"K{dpi}", profile={"dpi": dpi})
    queued(database, run_id, printer.port, profile={"dpi": 203})


def test_what_was_begun_is_never_sent_a_second_time(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=3)
    printer = at()
    sending_id, _ = queued(database, run_id, printer.port)
    with database.writing() as session:
        session.get_one(Sending, sending_id).state = "sending"  # a worker died in the middle
    with pytest.raises(PrinterFailed, match="interrupted"):
        sending.send(database, files, sending_id, networks=HERE)
    assert printer.received == b""


@pytest.mark.parametrize(
    ("host", "networks"),
    [
        ("127.0.0.1", ()),
        ("127.0.0.1", ("192.168.1.0/24",)),
        ("169.254.169.254", ("192.168.0.0/16",)),
        ("", ("127.0.0.0/8",)),
    ],
)
def test_only_printers_where_the_operator_allows_them_are_talked_to(
    database: Database, files: Files, settings: Settings, at: Any,
    host: str, networks: tuple[str, ...],
) -> None:  # fmt: skip
    run_id = released(database, files, settings, count=3)
    printer = at()
    with database.writing() as session:
        run = session.get_one(PrintRun, run_id)
        made = printer_of(session, run, printer.port, host=host)
        with pytest.raises(BadInput) as caught:
            sending.queue_sending(session, run=run, printer=made, actor="user:1", networks=networks)
    assert caught.value.fix
    assert printer.received == b""


def test_a_name_that_leads_elsewhere_is_refused_when_it_is_looked_up(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=3)
    printer = at()
    sending_id, _ = queued(database, run_id, printer.port, host="localhost")
    with pytest.raises(BadInput, match="not in a network"):
        sending.send(database, files, sending_id, networks=("192.168.0.0/16",))
    assert printer.received == b""


def test_other_ports_are_refused(database: Database, files: Files, settings: Settings) -> None:
    run_id = released(database, files, settings, count=3)
    with database.writing() as session:
        run = session.get_one(PrintRun, run_id)
        made = printer_of(session, run, 22)
        with pytest.raises(BadInput, match="no usable address"):
            sending.queue_sending(session, run=run, printer=made, actor="u", networks=HERE)


def test_what_cannot_be_sent_is_told_before_it_is_queued(
    database: Database, files: Files, settings: Settings, at: Any
) -> None:
    run_id = released(database, files, settings, count=3, imprint=Imprint(copies=2, spares=4))
    printer = at()
    with database.writing() as session:
        run = session.get_one(PrintRun, run_id)
        zebra = printer_of(session, run, printer.port)
        other = printer_of(session, run, printer.port, name="TSC", language="tspl")

        def ask(**facts: Any) -> Sending:
            facts = {"printer": zebra} | facts
            return sending.queue_sending(session, run=run, actor="user:1", networks=HERE, **facts)

        with pytest.raises(BadInput, match="not in the language"):
            ask(printer=other)
        for number in (0, 11):
            with pytest.raises(BadInput, match="1 to 10"):
                ask(from_unit=number)
        ask(from_unit=10)
        with pytest.raises(Conflict, match="on its way"):
            ask()
        run.state = RunState.VOID
        with pytest.raises(Conflict, match="not released"):
            ask()


@pytest.mark.parametrize("language", ["zpl", "tspl"])
@pytest.mark.parametrize("form", ["short", "lot"])
def test_runs_for_label_printers_are_released_when_every_symbol_was_read(
    database: Database, files: Files, settings: Settings, language: str, form: str
) -> None:
    run_id = released(
        database, files, settings, output=language, form=form,
        imprint=Imprint(start_at=1, spares=3), count=12,
    )  # fmt: skip
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert run.report is not None
        assert (run.state, run.report["decoded"], run.report["spares"]) == ("released", 12, 3)
        assert run.report["dots"] / 8 == run.report["module_mm"]
        assert print_run.file_name(run).endswith(f".{language}")
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        assert len(set(codes_of(run.issue, keyring))) == (1 if form == "lot" else 12)
