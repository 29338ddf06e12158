"""Resolving: finds issue and number of a scanned or typed code. Used by the console and commands."""

from __future__ import annotations

from sqlalchemy.orm import Session

from labelsvc.codes.forms import carton, gs1, offline, short, uri
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import cartons
from labelsvc.codes.register.issue import find_issue, find_unit
from labelsvc.errors import BadCode, BadInput, BadSignature, Conflict, LabelsvcError, NotIssued


def find_code(session: Session, ring: Keyring, scanned: str) -> tuple[Issue, int]:
    """Issue and number of a code of any form.

    :raises BadInput: it has not the shape of one of ours.
    :raises NotIssued: its tag or signature is wrong, or it was never issued for goods.
    :raises Conflict: it is the code of a carton.
    """
    try:
        parsed = uri.parse(scanned.strip(), host=ring.host, former=ring.former)
        found = _find(session, ring, parsed)
    except BadSignature:
        found = None
    except (BadCode, BadInput) as error:
        raise _strange(scanned) from error
    if found is None:
        raise _not_issued()
    return found


def find_goods(session: Session, ring: Keyring, scanned: str) -> tuple[Issue, int | None]:
    """As `find_code`; the code of a carton leads to the run of its units, and to no number."""
    try:
        parsed = uri.parse(scanned.strip(), host=ring.host, former=ring.former)
        if not isinstance(parsed, carton.CartonCode):
            return find_code(session, ring, scanned)
        issue = cartons.find(session, ring, ring.verify_carton(parsed, logged=True))
    except BadSignature:
        issue = None
    except BadCode as error:
        raise _strange(scanned) from error
    if issue is None:
        raise _not_issued()
    return issue, None


def _find(session: Session, ring: Keyring, parsed: uri.ParsedCode) -> tuple[Issue, int] | None:
    if isinstance(parsed, offline.OfflineCode):
        return find_unit(session, ring, ring.verify_offline(parsed))
    if isinstance(parsed, carton.CartonCode):
        first, last = ring.verify_carton(parsed, logged=True).numbers
        raise Conflict(
            "This is the code of a carton with the labels {first} to {last}, not of one label.",
            fix="Scan a label inside the carton.",
            first=first,
            last=last,
        )
    forms: tuple[Form, ...]
    if isinstance(parsed, short.ShortCode):
        number, forms = ring.verify_short(parsed), (Form.SHORT, Form.LOT)
    elif isinstance(parsed, gs1.Gs1Code):
        number, forms = ring.verify_gs1(parsed), (Form.GS1,)
    else:
        raise BadInput("A link to a product names no label.")
    issue = find_issue(session, number)
    return (issue, number) if issue is not None and issue.form in forms else None


def _not_issued() -> NotIssued:
    return NotIssued("This code was not issued for any goods.")


def _strange(scanned: str) -> LabelsvcError:
    return BadInput(
        "“{code}” is not a code of this service.",
        fix="Scan the symbol of the label, or type the characters printed under it.",
        code=scanned.strip()[:80],
    )
