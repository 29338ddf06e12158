"""Facts: reads the values of a trust manifest, each of one spelling alone. Used by `manifest` and `former`.

A value of another kind raises `BadTrust`, letters that spell none raise `ValueError`: readers of a manifest catch both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from labelsvc.codes.forms import uri
from labelsvc.errors import BadTrust

_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"


def host(value: Any) -> str:
    """Read the name of a host, as addresses of ours are spelt."""
    found = text(value)
    if uri.authority(f"https://{found}") != found:
        raise damaged()
    return found


def public_key(value: Any) -> bytes:
    """Read the 32 bytes of a public key, in lower hex digits."""
    found = bytes.fromhex(text(value))
    if len(found) != 32 or found.hex() != value:
        raise damaged()
    return found


def rows(value: Any) -> list[Any]:
    """Read a list."""
    if type(value) is not list:
        raise damaged()
    return value


def text(value: Any) -> str:
    """Read a text."""
    if type(value) is not str:
        raise damaged()
    return value


def whole(value: Any) -> int:
    """Read a whole number; true and false are none."""
    if type(value) is not int:
        raise damaged()
    return value


def moment(at: datetime) -> str:
    """Write a moment in UTC, to the second."""
    return at.astimezone(UTC).strftime(_MOMENT)


def read_moment(value: Any) -> datetime:
    """Undo `moment`."""
    found = datetime.strptime(text(value), _MOMENT).replace(tzinfo=UTC)
    if moment(found) != value:
        raise damaged()
    return found


def damaged() -> BadTrust:
    """Make the error for what is no manifest."""
    return BadTrust(
        "This is no trust manifest.", fix="Fetch it again from /.well-known/labelsvc-trust.json."
    )
