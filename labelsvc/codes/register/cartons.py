"""Carton codes of a run: made for its units in order, and looked up again."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from labelsvc.codes.forms import carton
from labelsvc.codes.forms.carton import CartonPayload
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register.issue import agrees, codes_of
from labelsvc.errors import BadInput, KeyUnavailable


def cut(count: int, per: int) -> list[tuple[int, int]]:
    """*count* units in cartons of *per*: place of the first unit of each, from 0, and how many.

    The last carton holds what is left.

    :raises BadInput: *per* is no size of a carton.
    """
    if not 1 <= per <= carton.MOST_UNITS:
        raise BadInput(
            "A carton code has room for 1 to {most} units.",
            fix="Choose fewer units a carton.",
            most=carton.MOST_UNITS,
        )
    return [(first, min(per, count - first)) for first in range(0, count, per)]


def payloads(issue: Issue, ring: Keyring, *, per: int) -> Iterator[CartonPayload]:
    """Sign the contents of the carton codes of *issue*, in order, by the active key of *ring*.

    :raises BadInput: *per* is no size of a carton, or the codes of *issue* are not of units.
    :raises KeyUnavailable: there is no active key, or the run's own cannot sign any more.
    """
    if issue.form == Form.LOT:
        raise BadInput(
            "This code stands on every label of the lot.",
            fix="Only labels with a code of their own are counted into cartons.",
        )
    said = issue.said
    kid = ring.active.kid
    for first, count in cut(issue.count, per):
        yield CartonPayload(
            kid=kid,
            reference=said.reference,
            lot=issue.lot_id,
            issue=issue.id,
            first=first,
            count=count,
            tags=_tags(issue, ring, first, count, per),
            expires=said.expires,
            is_gtin=said.is_gtin,
        )


def find(session: Session, ring: Keyring, payload: CartonPayload) -> Issue | None:
    """The run whose units a verified carton code names; None when it names none that there are.

    Each tag is compared with the unit's code as it is made today: who stole a key, but not the
    secrets of the other forms, cannot make a carton of units that are not there.
    """
    issue = session.get(Issue, payload.issue)
    if (
        issue is None
        or issue.form == Form.LOT
        or issue.lot_id != payload.lot
        or payload.first + payload.count > issue.count
        or not agrees(issue, ring, payload)
    ):
        return None
    try:
        known = {
            _tags(issue, ring.under(host), payload.first, payload.count, payload.room)
            for host in (ring.host, *ring.former)
        }
    except KeyUnavailable:  # the key of the units is revoked: no code of theirs is believed
        return None
    if payload.tags not in known or not _believed(issue, ring, payload.first, payload.count):
        return None
    return issue


def _believed(issue: Issue, ring: Keyring, first: int, count: int) -> bool:
    """True if the codes of *count* units from *first* of *issue* are: a row of the database alone,
    under a frozen key, is no proof."""
    if issue.form == Form.OFFLINE:
        key = next(key for key in ring.keys if key.kid == issue.kid)
        first += issue.first_in_lot
        ranges = [(row[1], row[2]) for row in key.unit_ranges if row[0] == issue.lot_id]
    else:
        first += issue.first
        key = ring.key_of(first)
        ranges = list(key.ranges)
    if key.state != KeyState.FROZEN:
        return True
    return any(start <= first and first + count <= stop for start, stop in ranges)


def _tags(issue: Issue, ring: Keyring, first: int, count: int, room: int) -> bytes:
    stem = len(ring.base_url) + 1
    codes = codes_of(issue, ring, offset=first, count=count)
    return carton.tags(ring.host, (code[stem:] for code in codes), room=room)
