"""Trouble: words what keeps a printer on the network from printing, from its own answer and from
errors of the socket. Used by `sending` and `send_now`."""

from __future__ import annotations

from labelsvc.errors import PrinterFailed
from labelsvc.labels.models import Printer
from labelsvc.labels.rolls.languages import Language

#: By the word that `Language.status` gives. Whole sentences: they are kept with the job, and
#: translated when somebody reads them later.
WORDS = {
    "paper": "The printer is out of paper.",
    "jam": "Paper is jammed in the printer.",
    "head": "The print head is open.",
    "ribbon": "The printer is out of ribbon.",
    "paused": "The printer is paused.",
}


def told(language: Language, answer: bytes) -> PrinterFailed | None:
    """The trouble that a printer's *answer* tells of; None where it is well, or says nothing."""
    trouble = language.status(answer)
    return PrinterFailed(WORDS[trouble], fix="Put it right, then send again.") if trouble else None


def not_reached(printer: Printer, error: OSError) -> PrinterFailed:
    """The line to *printer* could not be opened. `reason` is the system's word, for the log."""
    if isinstance(error, ConnectionRefusedError):
        return PrinterFailed(
            "At {host} nothing takes labels on port {port}: is this the printer {printer}?",
            fix="Usual is port 9100. Another device may have the address now: print the printer's "
            "test page.",
            printer=printer.name,
            host=printer.host,
            port=printer.port,
            reason=_system(error),
        )
    return PrinterFailed(
        "The printer {printer} does not answer at {host}:{port}.",
        fix="Is it switched on, and in the same network? Print its test page to see its address.",
        printer=printer.name,
        host=printer.host,
        port=printer.port,
        reason=_system(error),
    )


def broken_off(printer: Printer, error: OSError, *, patience: float) -> PrinterFailed:
    """*printer* took some of it, perhaps, and then no more."""
    fix = "Look at paper, ribbon and lid; then send again from the first label that is missing."
    if isinstance(error, TimeoutError):
        return PrinterFailed(
            "The printer {printer} took nothing for {seconds} seconds.",
            fix=fix,
            printer=printer.name,
            seconds=round(patience),
            reason=_system(error),
        )
    return PrinterFailed(
        "The line to the printer {printer} broke.",
        fix=fix,
        printer=printer.name,
        reason=_system(error),
    )


def _system(error: OSError) -> str:
    return "timeout" if isinstance(error, TimeoutError) else error.strerror or str(error)
