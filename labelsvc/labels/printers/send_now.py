"""Send now: sends a few labels to a network printer while somebody waits, without run or ledger. Used by
the pages of printers."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from labelsvc.labels.models import Printer
from labelsvc.labels.printers import sending, trouble

#: Seconds in which the printer must take all of it.
PATIENCE = 8.0


def deliver(printer: Printer, data: bytes, networks: Sequence[str]) -> None:
    """Send *data* to *printer*, which stands in one of *networks*.

    :raises BadInput: sending is not switched on, or not to this address.
    :raises PrinterFailed: it does not answer, or stops taking.
    """
    address = sending.allowed_address(printer, networks)
    try:
        with socket.create_connection(address, sending.CONNECT) as line:
            line.settimeout(PATIENCE)
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
    except OSError as error:
        raise trouble.not_reached(printer, error) from error
