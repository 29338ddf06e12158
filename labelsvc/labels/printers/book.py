"""Book: lists, saves and removes the printers of a producer. Used by their pages and the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.errors import BadInput, Conflict, NotFound
from labelsvc.labels.models import Printer
from labelsvc.labels.rolls.languages import PDF, outputs
from labelsvc.labels.rolls.raster import HEADS
from labelsvc.labels.sheets.profile import Profile

#: Printers of one producer; more is a script gone wild.
MOST = 50
#: A name in a network: parts of letters, digits and hyphens.
_NAME = re.compile(r"(?=.{1,120}$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
#: What a resolver reads as a number: "10.1", "0x7f.1" and "192.168.001.050" are addresses to it, and others
#: than they seem.
_NUMBER = re.compile(r"(0[xX][0-9A-Fa-f]*|[0-9]+)")


def printers_of(session: Session, producer_id: int) -> Sequence[Printer]:
    """By name; removed ones are left out."""
    return session.scalars(
        select(Printer)
        .where(Printer.producer_id == producer_id, Printer.removed_at.is_(None))
        .order_by(Printer.name)
    ).all()


def get(session: Session, producer_id: int, printer_id: int) -> Printer:
    """One printer of the producer. Raises `NotFound`, also for those of others."""
    found = session.get(Printer, printer_id)
    if found is None or found.producer_id != producer_id or found.removed_at is not None:
        raise NotFound("There is no such printer.", fix="Choose one of the list.", field="printer")
    return found


@dataclass(frozen=True, slots=True)
class Setup:
    """The facts that are entered of a printer: `language` is a kind of output (`rolls.languages.outputs`)."""

    name: str
    language: str
    profile: Profile
    host: str = ""
    port: int = 9100


def save(
    session: Session, producer_id: int, setup: Setup, *, printer: Printer | None, actor: str
) -> Printer:
    """Add a printer, or change one.

    :param printer: the one to change; None for a new one.
    :raises BadInput: no name, an impossible number, or an address that is none.
    :raises Conflict: another printer has the name.
    """
    name, host, port = " ".join(setup.name.split()), setup.host.strip(), setup.port
    language, profile = setup.language, setup.profile
    if not 1 <= len(name) <= 60:
        raise BadInput(
            "The printer needs a name.", fix="Name it as people call it: “Office”.", field="name"
        )
    if language not in outputs():
        raise BadInput("There is no such kind of printer.", field="language")
    if language != PDF and profile.dpi not in HEADS:
        raise BadInput(
            "A label printer has 203, 300 or 600 dpi.",
            fix="It stands on its type plate or in its manual.",
            field="dpi",
        )
    host = address_of(host) if host else ""
    if not 1 <= port <= 65535:
        raise BadInput("A port is a number from 1 to 65535.", fix="Usual is 9100.", field="port")
    profile.check()
    _nobody_elses(session, producer_id, host, port)
    same = session.scalars(
        select(Printer).where(Printer.producer_id == producer_id, Printer.name == name)
    ).first()
    if same is not None and same is not printer:
        if same.removed_at is None:
            raise Conflict(
                "There is another printer of this name.", fix="Choose another name.", field="name"
            )
        # The name of a removed one is free again; its runs keep what they were printed with.
        same.name = f"{same.name[:40]} · {same.id}"
        session.flush()
    if printer is None:
        if len(printers_of(session, producer_id)) >= MOST:
            raise BadInput(
                "There are {count} printers already.", fix="Remove some first.", count=MOST
            )
        printer = Printer(producer_id=producer_id)
        session.add(printer)
    printer.name, printer.language, printer.profile = name, language, profile.to_json()
    printer.host, printer.port, printer.updated_by = host, port, actor
    session.flush()
    return printer


def address_of(host: str) -> str:
    """*host* in its one spelling: an address of four numbers or of IPv6, or a name in small letters.

    :raises BadInput: it is none; numbers with leading zeros, in other bases or too few are none.
    """
    try:
        found = ip_address(host.partition("%")[0])  # a zone names a card of the one machine
        return str(getattr(found, "ipv4_mapped", None) or found)
    except ValueError:
        if _NAME.fullmatch(host) and not _NUMBER.fullmatch(host.rpartition(".")[2]):
            return host.lower()
    raise BadInput(
        "“{host}” is no address in a network.",
        fix="Write it as the printer's test page does: 192.168.1.50.",
        host=host[:40],
        field="host",
    )


def _nobody_elses(session: Session, producer_id: int, host: str, port: int) -> None:
    """:raises Conflict: another producer's printer has this address; theirs would come out of it."""
    taken = select(Printer.id).where(
        Printer.producer_id != producer_id, Printer.removed_at.is_(None),
        Printer.host == host, Printer.port == port,
    )  # fmt: skip
    if host and session.scalar(taken.limit(1)) is not None:
        raise Conflict(
            "A printer at this address belongs to another producer.",
            fix="Correct the address, or ask the programme office.",
            field="host",
        )


def remove(session: Session, printer: Printer) -> None:
    """Take it off the list; runs that were printed on it keep its name."""
    printer.removed_at = clock.now()
