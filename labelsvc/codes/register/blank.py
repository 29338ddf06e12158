"""Codes on pre-printed blank rolls: numbers of a producer that belong to no lot until they are bound.

The roll is printed once for everything; whoever labels a lot scans the first and the last label that
went on its goods. What lies between becomes an `Issue` of the lot, and from there on nothing tells it
from codes that were printed for the lot. A label that was never bound was issued to no goods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import short, uri
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Blank, Form, Issue, said_of
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import (
    LARGEST_ISSUE,
    add_range,
    check_quantity,
    next_in_lot,
    take,
)
from labelsvc.codes.register.keys import lock_counter
from labelsvc.codes.tlog import describe, log, setback
from labelsvc.errors import (
    BadInput,
    BadSignature,
    Conflict,
    LabelsvcError,
    NotIssued,
    PrintRefused,
)
from labelsvc.i18n import day


@dataclass(frozen=True)
class Bound:
    """Labels *first* to *last* of a roll, counted from 1, and the issue that they became."""

    first: int
    last: int
    issue: Issue


@dataclass(frozen=True)
class Stretch:
    """Labels *first* to *last* of *blank*, counted from 1, that nobody bound yet."""

    blank: Blank
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def allocate_blank(session: Session, *, producer_id: int, count: int, by: str) -> Blank:
    """Give `count` numbers to a producer, for labels of no lot.

    :raises BadInput: an impossible count. :raises KeyUnavailable: there are no keys yet.
    """
    if not 1 <= count <= LARGEST_ISSUE:
        raise BadInput(
            "{count} blank labels cannot be issued at once.",
            fix="Ask for 1 to {largest} labels.",
            count=count,
            largest=LARGEST_ISSUE,
        )
    first, kid = take(session, count)
    blank = Blank(producer_id=producer_id, first=first, count=count, kid=kid, created_by=by)
    add_range(session, blank)
    log.append(session, describe.blank(blank))
    return blank


def codes_of(
    blank: Blank, keyring: Keyring, *, offset: int = 0, count: int | None = None
) -> list[str]:
    """Texts of the symbols, as `issue.codes_of`."""
    count = blank.count - offset if count is None else count
    prefix = keyring.base_url.upper() + "/"
    return [prefix + path for path in keyring.short_many(blank.first + offset, count)]


def find_blank(session: Session, number: int) -> Blank | None:
    """The roll that *number* was printed on, bound or not; None if it is on none."""
    found = session.scalars(
        select(Blank).where(Blank.first <= number).order_by(Blank.first.desc()).limit(1)
    ).first()
    return found if found is not None and number <= found.last else None


def bound_parts(session: Session, blank: Blank) -> Sequence[Bound]:
    """List the stretches of a roll that were bound, in the order of its labels."""
    issues = session.scalars(
        select(Issue)
        .where(Issue.first >= blank.first, Issue.first <= blank.last)
        .order_by(Issue.first)
    ).all()
    return [Bound(i.first - blank.first + 1, i.last - blank.first + 1, i) for i in issues]


def bound_units(session: Session, lot: Lot) -> int:
    """Labels of *lot* that came from blank rolls."""
    return (
        session.scalar(
            select(func.sum(Issue.count))
            .join(Blank, (Issue.first >= Blank.first) & (Issue.first < Blank.first + Blank.count))
            .where(Issue.lot_id == lot.id)
        )
        or 0
    )


def number_of(keyring: Keyring, scanned: str) -> int:
    """The number of a scanned or typed blank label.

    :raises BadInput: it has not the shape of a short code of ours.
    :raises NotIssued: its tag is wrong; in the words for a label that is of no roll of the producer.
    """
    try:
        parsed = uri.parse(scanned.strip(), host=keyring.host, former=keyring.former)
        if isinstance(parsed, short.ShortCode):
            return keyring.verify_short(parsed)
    except BadSignature:
        raise _not_theirs() from None
    except LabelsvcError as error:
        raise _no_blank(scanned) from error
    raise _no_blank(scanned)


def theirs(session: Session, number: int, producer_id: int) -> Blank:
    """The roll of a blank label of this producer. :raises NotIssued: it is on none, or on another's."""
    found = find_blank(session, number)
    if found is None or found.producer_id != producer_id:
        raise _not_theirs()
    return found


def stretch(session: Session, *, lot: Lot, first: int, last: int) -> Stretch:
    """Find the stretch that `bind` would bind. Raises what `bind` raises."""
    first, last = min(first, last), max(first, last)
    owner = lot.product.producer_id
    start, stop = theirs(session, first, owner), theirs(session, last, owner)
    if start.id != stop.id:
        raise BadInput(
            "The two labels are of different rolls.",
            fix="Enter each roll by itself: first and last label that were used of it.",
        )
    taken = next(
        (part for part in bound_parts(session, start) if _meets(part.issue, first, last)), None
    )
    if taken is not None:
        raise Conflict(
            "Labels {first} to {last} of the roll were entered for lot {lot} before.",
            fix="Scan again the first and the last label that were put on this lot.",
            first=taken.first,
            last=taken.last,
            lot=taken.issue.lot.code,
        )
    _may_be_labelled(lot)
    check_quantity(session, lot, last - first + 1, next_in_lot(session, lot))
    return Stretch(start, first - start.first + 1, last - start.first + 1)


def bind(session: Session, *, lot: Lot, first: int, last: int, by: str) -> Issue:
    """The labels with the numbers *first* to *last* of a blank roll are on units of *lot*.

    :param first: number of the label that was scanned first (`number_of`); so *last*. The order
        does not matter: rolls are unwound from either end.
    :raises NotFound: not both on a blank roll of the lot's producer.
    :raises BadInput: they are on two rolls.
    :raises Conflict: some of them are bound already.
    :raises QuantityExceeded: more than the lot declared.
    :raises PrintRefused: the lot is recalled or past its date.
    """
    setback.refuse(session)
    lock_counter(session)  # two people binding one roll take turns, and quantities are exact
    part = stretch(session, lot=lot, first=first, last=last)
    issue = Issue(
        form=Form.SHORT,
        lot=lot,
        first=part.blank.first + part.first - 1,
        count=part.count,
        first_in_lot=next_in_lot(session, lot),
        kid=part.blank.kid,
        created_by=by,
        **said_of(lot)._asdict(),
    )
    add_range(session, issue)
    log.append(session, describe.issue(issue))
    if lot.activation:  # whoever binds a label holds it and the goods in their hands
        revoke.activate(session, first=issue.first, count=issue.count, reason="activated", by=by)
    audit.record(
        session,
        actor=by,
        action="blank.bind",
        subject=f"lot:{lot.id}",
        facts={
            "blank": part.blank.id,
            "first": part.first,
            "last": part.last,
            "codes": part.count,
        },
    )
    return issue


def _meets(issue: Issue, first: int, last: int) -> bool:
    return issue.first <= last and first <= issue.last


def _may_be_labelled(lot: Lot) -> None:
    if lot.recalled_at is not None:
        raise PrintRefused("Lot {lot} is recalled.", fix="No labels are used for it.", lot=lot.code)
    if lot.expires_on is not None and lot.expires_on < clock.today():
        raise PrintRefused(
            "Lot {lot} is past its expiry date {day}.",
            fix="Correct the date if it is wrong; no labels are made for goods past their date.",
            lot=lot.code,
            day=day(lot.expires_on),
        )


def _not_theirs() -> NotIssued:
    return NotIssued(
        "These are not blank labels of this producer.",
        fix="Scan the first and the last label of the roll that were put on the goods.",
    )


def _no_blank(scanned: str) -> BadInput:
    return BadInput(
        "“{code}” is not the code of a blank label.",
        fix="Scan the symbol of the label, or type the characters printed under it.",
        code=scanned.strip()[:80],
    )
