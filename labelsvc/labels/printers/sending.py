"""Sending: sends a released roll to a label printer on the network, raw TCP as port 9100 takes it. Used by
the page of a run and by the worker.

A printer says nothing about labels that came out. What is known is what it took: it takes more only
when it has printed, so the count may run ahead by what its memory holds. After a jam the person at
the printer reads the last good number and sends again from the next one (`taken`).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from typing import IO, Any

from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, LabelsvcError, PrinterFailed
from labelsvc.files import Files
from labelsvc.jobs.queue import enqueue
from labelsvc.labels.ledger import taken
from labelsvc.labels.models import Printer, PrintRun, RunState, Sending, SendingState
from labelsvc.labels.printers import trouble as printer_trouble
from labelsvc.labels.printers.book import address_of
from labelsvc.labels.rolls.languages import LANGUAGES, Language
from labelsvc.labels.rolls.pictures import Picture
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.parts import layout_of
from labelsvc.labels.sheets.profile import Profile

#: Kind of the job that sends.
JOB_KIND = "sending"
#: Ports on which printers take raw data.
PORTS = (*range(9100, 9110), 6101)
#: Seconds to connect, and in which a printer must take the next label: one that is out of paper
#: stops taking, and stands until somebody comes.
CONNECT, PATIENCE = 5.0, 60.0
#: Seconds in which a printer answers how it is; most small ones never do.
_ANSWER = 0.7
_SEND_BUFFER = 32_768
#: Labels between two notes of how far it is.
_NOTE_EVERY = 50


def queue_sending(
    session: Session,
    *,
    run: PrintRun,
    printer: Printer,
    from_unit: int = 1,
    lost_because: str = "",
    actor: str,
    networks: Sequence[str],
) -> Sending:
    """Queue the sending of *run* from label *from_unit* on, in the caller's transaction.

    Labels before it are written down as printed: who names the first one that is missing says so.

    :param lost_because: why labels that a printer took never came out (`taken.go_on`).
    :param networks: where printers may stand (setting `printer_networks`).
    :raises Conflict: the run is not released, is on its way, or its codes would be printed twice.
    :raises BadInput: the file is not for this printer (language, resolution), no such label, or an
        address that is not allowed.
    """
    if run.state != RunState.RELEASED or run.file_key is None:
        raise Conflict(
            "The run is not released: nothing of it may be printed.",
            fix="Wait until it is finished.",
        )
    if run.output not in LANGUAGES or run.output != printer.language:
        raise BadInput(
            "The file of the run is not in the language of the printer {printer}.",
            fix="Make a run for this printer, or choose another printer.",
            printer=printer.name,
        )
    if not 1 <= from_unit <= taken.labels_of(run):
        raise BadInput(
            "The run has labels 1 to {count}, not {number}.",
            fix="Enter the number of the first label that did not come out.",
            count=taken.labels_of(run),
            number=from_unit,
        )
    _fits(run, printer)
    allowed_address(printer, networks, resolve=False)
    from_unit = taken.row_of(run, from_unit)
    taken.go_on(
        session, run=run, printer=printer, from_label=from_unit, lost_because=lost_because,
        actor=actor,
    )  # fmt: skip
    sending = Sending(run_id=run.id, printer_id=printer.id, from_unit=from_unit, created_by=actor)
    session.add(sending)
    session.flush()
    job = enqueue(session, kind=JOB_KIND, payload={"sending_id": sending.id}, parts=1)
    sending.job_id = job.id
    audit.record(
        session,
        actor=actor,
        action="print_run.send",
        subject=f"print_run:{run.id}",
        facts={"printer": printer.id, "from": from_unit}
        | ({"lost_because": lost_because.strip()} if lost_because.strip() else {}),
    )
    return sending


def dots_agree(run: PrintRun, printer: Printer) -> bool:
    """True if the dots of the file are those of the printer's head, as far as it is known."""
    head = Profile.from_json(printer.profile).dpi
    return not head or head == layout_of(run).resolution_dpi


def _fits(run: PrintRun, printer: Printer) -> None:
    """A picture of 203 dpi comes out of a head of 600 dpi at a third of its size: unreadable."""
    if not dots_agree(run, printer):
        raise BadInput(
            "The file is made for {dpi} dpi; the printer {printer} has {head}: the labels would come "
            "out in another size.",
            fix="Make a run for this printer, or choose another printer.",
            dpi=layout_of(run).resolution_dpi,
            head=Profile.from_json(printer.profile).dpi,
            printer=printer.name,
            field="printer",
        )


def rest_of(files: Files, run: PrintRun, from_unit: int) -> Iterator[bytes]:
    """The file of *run* from the row of label *from_unit* on, for a download after a jam."""
    with print_run.output(files, run) as source:
        for _, commands in _rest(run, source, from_unit):
            yield commands


def send(
    database: Database,
    files: Files,
    sending_id: int,
    *,
    networks: Sequence[str],
    patience: float = PATIENCE,
) -> int:
    """Send, and write down how far it is; the number of the last label that the printer took.

    :raises PrinterFailed: it cannot be reached, stops taking, or says that it cannot print.
    """
    with database.writing() as session:
        sending = session.get_one(Sending, sending_id)
        run, printer = sending.run, sending.printer
        interrupted, first = sending.state != SendingState.QUEUED, sending.from_unit
        sending.state = SendingState.SENDING
        _ = run.lot
    if interrupted:  # sending twice would print twice
        raise PrinterFailed(
            "Sending was interrupted.",
            fix="Look which label came out last, and send again from the next one.",
            interrupted=True,
        )
    last = noted = first - 1
    address = allowed_address(printer, networks)
    try:
        with closing(_connected(printer, address)) as line, print_run.output(files, run) as source:
            _ask(line, LANGUAGES[run.output])
            line.settimeout(patience)
            for picture, commands in _rest(run, source, first):
                line.sendall(commands)
                last = picture.last if picture is not None else last
                if last - noted >= _NOTE_EVERY:
                    noted = _note(database, sending_id, last)
            # The far end has all of it when it has closed its side too, or keeps silent.
            line.shutdown(socket.SHUT_WR)
            line.settimeout(_ANSWER)
            with suppress(OSError):
                line.recv(1024)
    except OSError as error:
        _note(database, sending_id, last)
        raise printer_trouble.broken_off(printer, error, patience=patience) from error
    return last


def _note(database: Database, sending_id: int, label: int) -> int:
    """Write down that the printer took everything up to *label*."""
    with database.writing() as session:
        session.get_one(Sending, sending_id).sent_units = label
    return label


def finish(session: Session, sending_id: int, last: int) -> None:
    """All was sent: *last* is the number of the last label. Write it into the ledger."""
    sending = session.get_one(Sending, sending_id)
    sending.state, sending.sent_units = SendingState.SENT, last
    taken.note_printed(
        session, sending.run, sending.from_unit, last,
        actor=sending.created_by, printer=sending.printer,
    )  # fmt: skip


def fail(session: Session, sending_id: int, error: LabelsvcError) -> None:
    """It stopped: what the printer surely took stays written; what came out, a person says."""
    sending = session.get_one(Sending, sending_id)
    sending.state, sending.error = SendingState.FAILED, error.as_json()


def allowed_address(
    printer: Printer, networks: Sequence[str], *, resolve: bool = True
) -> tuple[str, int]:
    """Address and port of *printer*, when it stands where the operator allows printers.

    Without this a producer could make the server talk to anything inside its network.

    :param resolve: look up names too.
    :raises BadInput: no network is allowed, or the printer is in none of them.
    """
    if not networks:
        raise BadInput(
            "Sending to network printers is not switched on here.",
            fix="Download the file and send it from your computer, or ask the operator to set "
            "LABELSVC_PRINTER_NETWORKS.",
        )
    if printer.port not in PORTS or not printer.host:
        raise BadInput(
            "The printer {printer} has no usable address.",
            fix="Enter its address in the network and its port, usually 9100.",
            printer=printer.name,
            field="host",
        )
    host = address_of(printer.host)  # rows of before were not looked at so strictly
    found = _addresses(host) if resolve else _literal(host)
    allowed = [ipaddress.ip_network(network) for network in networks]
    for address in found:
        if not any(address in network for network in allowed):
            raise BadInput(
                "The printer {printer} is not in a network where printers may stand.",
                fix="Correct its address, or ask the operator.",
                printer=printer.name,
                field="host",
            )
    return (str(found[0]) if found else host), printer.port


def _literal(host: str) -> list[Any]:
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        return []  # a name: looked up when it is sent


def _addresses(host: str) -> list[Any]:
    try:
        rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise PrinterFailed(
            "The address {host} is not known in the network.",
            fix="Check the address in the printer's own menu or on its test page.",
            host=host,
        ) from error
    return [ipaddress.ip_address(row[4][0]) for row in rows]


def _connected(printer: Printer, address: tuple[str, int]) -> socket.socket:
    try:
        line = socket.create_connection(address, CONNECT)
        # The less waits on our side, the nearer the count is to what the printer took.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        return line
    except OSError as error:
        raise printer_trouble.not_reached(printer, error) from error


def _rest(run: PrintRun, source: IO[bytes], number: int) -> Iterator[tuple[Picture | None, bytes]]:
    """The pictures of the file from the row of label *number* on, and their commands."""
    return LANGUAGES[run.output].from_label(source, number)


def _ask(line: socket.socket, language: Language) -> None:
    """Raises `PrinterFailed` when the printer says that it cannot print. Silence is no trouble."""
    line.settimeout(_ANSWER)
    try:
        line.sendall(language.question)
        answer = line.recv(256)
    except TimeoutError:
        return
    if trouble := printer_trouble.told(language, answer):
        raise trouble
