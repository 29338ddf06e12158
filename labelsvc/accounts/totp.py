"""TOTP: codes of authenticator apps, RFC 6238 with SHA-1, six digits and steps of 30 seconds, which
every app can do.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

import pyotp

STEP_SECONDS: Final = 30
DIGITS: Final = 6
#: Steps by which the telephone's clock may be wrong, each way (RFC 6238 §5.2 advises one).
DRIFT: Final = 1


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226 §4 R6 recommends 160)."""
    return pyotp.random_base32(32)


def uri(secret: str, *, name: str, issuer: str) -> str:
    """Write the text of the QR code on the enrolment page (otpauth://, Key URI format)."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def grouped(secret: str) -> str:
    """The secret as it is typed: groups of four."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def normal(typed: str) -> str:
    """A typed code without the spaces that people and apps put in."""
    return "".join(typed.split())


def matching_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The step whose code this is, None for a wrong or used one.

    :param after: the newest step that was used; it and all before are refused (RFC 6238 §5.2: a code
        is taken once).
    """
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    made, present = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        # No early end: the time taken tells nothing about which step, or whether any.
        if hmac.compare_digest(made.generate_otp(step), code) and step > after:
            found = step
    return found
