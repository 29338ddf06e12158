"""Issues: allocates ranges of numbers to lots and finds the issue of a number.

One transaction takes the numbers and writes the one row that says for what: a crash before it
commits takes nothing, a crash after it leaves a gap of labels that were never printed, and no
number is ever given twice. Issuing a million codes writes one row.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms.carton import CartonPayload
from labelsvc.codes.forms.offline import EPOCH, LAST_EXPIRY, OfflinePayload
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Blank, Form, Issue, KeyRecord, said_of
from labelsvc.codes.register.keys import create_keys as create_keys
from labelsvc.codes.register.keys import load_keyring as load_keyring
from labelsvc.codes.register.keys import lock_counter
from labelsvc.codes.register.keys import rotate as rotate
from labelsvc.codes.register.revoke import voided_units
from labelsvc.codes.tlog import describe, log, setback
from labelsvc.errors import BadInput, ContentMissing, KeyUnavailable, PrintRefused, QuantityExceeded

#: Labels in one issue; more is almost surely a slip of the finger.
LARGEST_ISSUE = 5_000_000
#: Lots and units of the offline form have 24 bits, numbers have 40.
_LARGEST_24 = (1 << 24) - 1
_LARGEST_NUMBER = (1 << 40) - 1


def allocate(session: Session, *, lot: Lot, count: int, form: Form | str, by: str = "") -> Issue:
    """Give `count` numbers to *lot* in one form. Runs of other processes wait their turn.

    A lot code is one number, however many labels carry it: ask for 1.

    :param by: who issues them.
    :raises QuantityExceeded: more unit labels than the lot declared, void ones not counted.
    :raises ContentMissing: the gs1 form without a GTIN.
    :raises PrintRefused: the offline form cannot express the lot.
    :raises BadInput: an impossible count.
    :raises KeyUnavailable: there are no keys yet.
    """
    form = Form(form)
    if not 1 <= count <= LARGEST_ISSUE or (form is Form.LOT and count != 1):
        raise BadInput(
            "{count} codes cannot be issued at once.",
            fix="Ask for 1 to {largest} codes; a lot code is one code for all its labels.",
            count=count,
            largest=LARGEST_ISSUE,
        )
    first, kid = take(session, count)
    first_in_lot = 0
    if form is not Form.LOT:
        first_in_lot = next_in_lot(session, lot)
        check_quantity(session, lot, count, first_in_lot)
    if form is Form.GS1 and not lot.product.gtin:
        raise ContentMissing(
            "The product {product} has no GTIN, which codes of the gs1 form need.",
            fix="Enter the GTIN of the product, or choose the short form.",
            product=lot.product.name,
        )
    if form is Form.OFFLINE:
        _check_offline(lot, first_in_lot + count)
    issue = Issue(
        form=form,
        lot=lot,
        first=first,
        count=count,
        first_in_lot=first_in_lot,
        kid=kid,
        created_by=by,
        **said_of(lot)._asdict(),
    )
    add_range(session, issue)
    log.append(session, describe.issue(issue))
    return issue


def take(session: Session, count: int) -> tuple[int, int]:
    """*count* numbers nobody has, and the key that signs them: first number, key id.

    :raises KeyUnavailable: no numbers, or no key.
    :raises LogForked: the database is older than the published log.
    """
    setback.refuse(session)
    first = lock_counter(session, take=count)
    if first + count - 1 > _LARGEST_NUMBER:
        raise KeyUnavailable("All numbers are used.")
    kid = session.scalar(select(KeyRecord.kid).where(KeyRecord.state == KeyState.ACTIVE))
    if kid is None:
        raise KeyUnavailable("There is no active signing key.", fix="Run: labelsvc keys rotate")
    return first, kid


def add_range(session: Session, row: Issue | Blank) -> None:
    """Write a range of numbers. :raises LogForked: somebody has one of them."""
    session.add(row)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        if "overlap" not in str(error.orig) and "first" not in str(error.orig):
            raise
        raise setback.overlap(row.first, row.last) from None


def codes_of(
    issue: Issue, keyring: Keyring, *, offset: int = 0, count: int | None = None
) -> list[str]:
    """Texts of the symbols of *issue*, ``HTTPS://HOST/…``, in order of their numbers.

    The same issue gives the same codes at any time, also after a rotation.

    :param offset: how many codes of the issue to leave out at its beginning.
    :param count: how many to make; None for all the rest.
    :raises ValueError: the issue has no such codes.
    :raises KeyUnavailable: its key cannot sign any more.
    """
    count = issue.count - offset if count is None else count
    if offset < 0 or count < 0 or offset + count > issue.count:
        raise ValueError(f"issue {issue.id} has no codes {offset} to {offset + count}")
    first = issue.first + offset
    if issue.form == Form.GS1:
        said = issue.said
        paths = keyring.gs1_many(f"{said.reference:014}" if said.is_gtin else "", first, count)
    elif issue.form == Form.OFFLINE:
        units = keyring.units.printed_many(issue.lot_id, issue.first_in_lot + offset, count)
        paths = keyring.offline_many(_payload(issue), units)
    else:
        paths = keyring.short_many(first, count)
    prefix = keyring.base_url.upper() + "/"
    return [prefix + path for path in paths]


def find_issue(session: Session, number: int) -> Issue | None:
    """The issue a number belongs to; None if it was never issued."""
    issue = session.scalars(
        select(Issue).where(Issue.first <= number).order_by(Issue.first.desc()).limit(1)
    ).first()
    return issue if issue is not None and number <= issue.last else None


def find_unit(
    session: Session, keyring: Keyring, payload: OfflinePayload
) -> tuple[Issue, int] | None:
    """Issue and number of a verified offline code; None if it was never issued with that key, or with
    other words: who stole a key signs an old unit with a later expiry date, or as another product.
    """
    found = find_place(session, keyring, payload.kid, lot=payload.lot, unit=payload.unit)
    if found is None:
        return None
    return found if agrees(found[0], keyring, payload) else None


def agrees(issue: Issue, keyring: Keyring, payload: OfflinePayload | CartonPayload) -> bool:
    """True if *payload* says of its goods what codes of *issue* say. Where that was not noted when the
    numbers were given, only a stolen key is doubted: GTIN and product of a lot may have changed since.
    """
    noted = issue.reference is not None
    doubted = noted or keyring.is_frozen(payload.kid)
    return not doubted or payload.said in issue.sayings


def find_place(
    session: Session, keyring: Keyring, kid: int, *, lot: int, unit: int
) -> tuple[Issue, int] | None:
    """Issue and number of a printed *unit* of *lot*; None if key *kid* never signed it.

    A place that was given again after a copy was put back is signed by another key.
    """
    index = keyring.units.index(lot, unit)
    issue = session.scalars(
        select(Issue)
        .where(Issue.lot_id == lot, Issue.form != Form.LOT, Issue.first_in_lot <= index)
        .order_by(Issue.first_in_lot.desc())
        .limit(1)
    ).first()
    if issue is None or issue.form != Form.OFFLINE or index >= issue.first_in_lot + issue.count:
        return None
    if issue.kid != kid:
        return None
    return issue, issue.first + index - issue.first_in_lot


def units_of_lots(session: Session, lots: Sequence[int]) -> dict[int, int]:
    """Lot → unit labels that it ever got; lots without any are left out."""
    rows = session.execute(
        select(Issue.lot_id, func.sum(Issue.count))
        .where(Issue.lot_id.in_(lots), Issue.form != Form.LOT)
        .group_by(Issue.lot_id)
    )
    return {lot: int(count) for lot, count in rows}


def next_in_lot(session: Session, lot: Lot) -> int:
    """Unit labels that *lot* ever got: the index of its next one."""
    return (
        session.scalar(
            select(func.sum(Issue.count)).where(Issue.lot_id == lot.id, Issue.form != Form.LOT)
        )
        or 0
    )


def check_quantity(session: Session, lot: Lot, count: int, units: int) -> None:
    """Raises `QuantityExceeded` when *count* more labels than the *units* there are, are too many."""
    # Under the lock, and read anew: two runs, each within the quantity, may be too many together.
    declared = session.scalar(select(Lot.declared).where(Lot.id == lot.id)) or 0
    left = declared - (units - voided_units(session, lot))
    if count > left:
        raise QuantityExceeded(
            "Lot {lot} declares {declared} units; {left} labels are left, {count} were asked for.",
            fix="Print fewer labels, void misprinted ones, or correct the quantity of the lot.",
            lot=lot.code,
            declared=declared,
            left=max(left, 0),
            count=count,
        )


def _check_offline(lot: Lot, stop: int) -> None:
    if lot.id > _LARGEST_24 or stop > _LARGEST_24 + 1:
        raise PrintRefused("The offline form has no room for another lot or unit.", lot=lot.code)
    if lot.expires_on is not None and not EPOCH < lot.expires_on <= LAST_EXPIRY:
        raise PrintRefused(
            "The offline form knows dates from 2020-01-02 to {last} only.",
            fix="Correct the date of the lot, or choose the short form.",
            last=LAST_EXPIRY,
        )


def _payload(issue: Issue) -> OfflinePayload:
    said = issue.said
    return OfflinePayload(
        kid=issue.kid,
        reference=said.reference,
        lot=issue.lot_id,
        unit=0,
        expires=said.expires,
        is_gtin=said.is_gtin,
    )
