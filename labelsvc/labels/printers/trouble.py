"""What keeps a printer on the network from printing: as it says itself, and as the line tells."""

from __future__ import annotations

from labelsvc.errors import PrinterFailed
from labelsvc.labels.models import Printer

#: What a printer says of itself, whole sentences: they are kept with the job, and told in the
#: language of whoever reads them later.
_WORDS = {
    "paper": "The printer is out of paper.",
    "jam": "Paper is jammed in the printer.",
    "head": "The print head is open.",
    "ribbon": "The printer is out of ribbon.",
    "paused": "The printer is paused.",
}
#: Bits of the answer to <ESC>!? (TSPL manual), worst first.
_TSPL_BITS = ((0x04, "paper"), (0x02, "jam"), (0x01, "head"), (0x08, "ribbon"), (0x10, "paused"))


def told(language: str, answer: bytes) -> PrinterFailed | None:
    """What the answer to ~HS or <ESC>!? says is wrong; None where it is well, or says nothing."""
    trouble = _zpl(answer) if language == "zpl" else _tspl(answer)
    return PrinterFailed(_WORDS[trouble], fix="Put it right, then send again.") if trouble else None


def _zpl(answer: bytes) -> str:
    """From the first two lines of ~HS: paper out, pause; head up, ribbon out."""
    lines = [part.strip(b"\x02\x03\r\n ").split(b",") for part in answer.split(b"\x03")]
    if len(lines) > 0 and len(lines[0]) > 2:
        if lines[0][1] == b"1":
            return "paper"
        if lines[0][2] == b"1":
            return "paused"
    if len(lines) > 1 and len(lines[1]) > 3:
        if lines[1][2] == b"1":
            return "head"
        if lines[1][3] == b"1":
            return "ribbon"
    return ""


def _tspl(answer: bytes) -> str:
    return next((word for bit, word in _TSPL_BITS if answer and answer[0] & bit), "")


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
