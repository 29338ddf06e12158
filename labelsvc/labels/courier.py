"""A few labels straight to a printer on the network, while somebody waits: no run, no ledger."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from labelsvc.errors import PrinterFailed
from labelsvc.labels import sending
from labelsvc.labels.models import Printer

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
        reason = "timeout" if isinstance(error, TimeoutError) else error.strerror or str(error)
        raise PrinterFailed(
            "The printer {printer} does not answer at {host}:{port}: {reason}",
            fix="Is it switched on, and in the same network? Print its test page to see its address.",
            printer=printer.name,
            host=printer.host,
            port=printer.port,
            reason=reason,
        ) from error
