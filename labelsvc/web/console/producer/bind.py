"""Bind: the producer's page that binds blank labels to a lot, by scanning the first and the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Blank, Issue
from labelsvc.codes.register import blank
from labelsvc.codes.register.blank import Stretch
from labelsvc.codes.register.keys import keyring_of
from labelsvc.errors import (
    BadInput,
    Conflict,
    LabelsvcError,
    NotFound,
    NotIssued,
    PrintRefused,
    QuantityExceeded,
    TooManyTries,
)
from labelsvc.labels.models import BlankRoll
from labelsvc.labels.runs.rules import Balance, balance
from labelsvc.web.console.forms import Posted, Problem
from labelsvc.web.console.producer.blanks import free_parts
from labelsvc.web.console.producer_scope import bp, own_lot, producer_id
from labelsvc.web.guards import tries
from labelsvc.web.language import explain
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: Lots to choose from; older ones are opened from their own page.
_LOTS = 100


@dataclass(frozen=True)
class Plan:
    """A binding to be confirmed. `skipped`: labels beside it that would be left over in the middle of the
    roll, which usually means that a wrong label was scanned."""

    roll: BlankRoll
    lot: Lot
    part: Stretch
    have: Balance
    skipped: tuple[int, int] | None


@dataclass(frozen=True)
class Result:
    """A binding that was done."""

    roll: BlankRoll
    issue: Issue
    first: int
    last: int
    have: Balance


@bp.route("/blanks/bind", methods=["GET", "POST"])
def bind_blank() -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST" and posted.text("do") == "bind":
        done = _bind(posted)
        if done is not None:
            issue_id, lot_id = done
            return redirect(url_for("producer.bind_blank", done=issue_id, lot=lot_id), code=303)
    with site().database.reading() as session:
        plan = None
        if request.method == "POST" and not posted.problems and posted.text("do") in ("", "look"):
            plan = _plan(session, posted)
        result = _result(session) if request.method == "GET" else None
        answer = make_response(
            render_template(
                "console/producer/blank_bind.html",
                lots=_lots(session),
                lot=request.values.get("lot", ""),
                any_roll=_any_roll(session),
                plan=plan,
                result=result,
                form=request.form,
                problems=posted.problems,
                errors=posted.errors,
            ),
            posted.status,
        )
    return with_camera(answer)


def with_camera(answer: Response) -> Response:
    """This page alone may ask for the camera."""
    answer.headers["Permissions-Policy"] = (
        "camera=(self), geolocation=(), microphone=(), payment=()"
    )
    return answer


def _lots(session: Session) -> Sequence[Lot]:
    """Those that may be labelled, newest first; the one that was asked for is among them."""
    wanted = request.values.get("lot", "", type=str)
    query = (
        select(Lot)
        .join(Product)
        .where(Product.producer_id == producer_id(), Lot.recalled_at.is_(None))
        .where(Lot.expires_on.is_(None) | (Lot.expires_on >= clock.today()))
        .options(joinedload(Lot.product))
        .order_by(Lot.id.desc())
        .limit(_LOTS)
    )
    found = list(session.scalars(query))
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        asked = session.get(Lot, int(wanted))
        if asked is not None and asked.product.producer_id == producer_id() and asked not in found:
            found.insert(0, asked)
    return found


def _any_roll(session: Session) -> bool:
    query = select(BlankRoll.id).join(BlankRoll.blank).where(Blank.producer_id == producer_id())
    return session.scalar(query.limit(1)) is not None


def _plan(session: Session, posted: Posted) -> Plan | None:
    """Make a plan of what was typed; None, and the problems beside their fields, when it is none."""
    read = _read(session, posted)
    if read is None:
        return None
    lot, first, last = read
    try:
        part = blank.stretch(session, lot=lot, first=first, last=last)
    except LabelsvcError as error:
        _point(posted, session, error, first)
        return None
    roll = session.scalars(select(BlankRoll).where(BlankRoll.blank_id == part.blank.id)).one()
    return Plan(roll, lot, part, balance(session, lot), _skipped(session, part))


def _skipped(session: Session, part: Stretch) -> tuple[int, int] | None:
    """Rolls are used from one end: labels left over on both sides are worth a question."""
    free = free_parts(part.blank.count, blank.bound_parts(session, part.blank))
    begin, end = next(row for row in free if row[0] <= part.first <= row[1])
    return (begin, part.first - 1) if begin < part.first and part.last < end else None


def _read(session: Session, posted: Posted) -> tuple[Lot, int, int] | None:
    """Lot and numbers of the two labels."""
    keyring = keyring_of(session, site().settings)
    lot = _lot(session, posted)
    ends = [_number(session, posted, keyring, name) for name in ("first", "last")]
    if lot is None or ends[0] is None or ends[1] is None:
        return None
    return lot, ends[0], ends[1]


def _lot(session: Session, posted: Posted) -> Lot | None:
    asked = posted.text("lot")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        posted.add(BadInput("No lot was chosen.", fix="Choose one of the list.", field="lot"))
        return None
    return own_lot(session, int(asked))


def _number(session: Session, posted: Posted, keyring: Keyring, name: str) -> int | None:
    text = posted.text(name)
    try:
        if not text.strip():
            raise BadInput(
                "No label was scanned.",
                fix="Scan the symbol of the label, or type the characters printed under it.",
            )
        with tries.counted():
            number = blank.number_of(keyring, text)
            blank.theirs(session, number, producer_id())
            return number
    except (BadInput, NotIssued, TooManyTries) as error:
        _beside(posted, error, name)
        return None


def _point(posted: Posted, session: Session, error: LabelsvcError, first: int) -> None:
    """*error* beside the input that mends it."""
    if isinstance(error, QuantityExceeded | PrintRefused):
        _beside(posted, error, "lot")
    elif isinstance(error, NotFound):
        found = blank.find_blank(session, first)
        strange = found is None or found.producer_id != producer_id()
        _beside(posted, error, "first" if strange else "last")
    else:
        _beside(posted, error, "first" if isinstance(error, Conflict) else "last")


def _beside(posted: Posted, error: LabelsvcError, field: str) -> None:
    posted.problems.append(Problem(*explain(error), field))
    posted.status = error.http_status


def _bind(posted: Posted) -> tuple[int, int] | None:
    """Write it down, once; the issue and its lot. None, and the problems, when it may not be."""
    with site().database.reading() as session:
        read = _read(session, posted)
        if read is None:
            return None
        lot_id, first, last = read[0].id, read[1], read[2]
    try:
        with site().database.writing() as session:
            lot = own_lot(session, lot_id)
            issue = blank.bind(session, lot=lot, first=first, last=last, by=actor())
            return issue.id, lot_id
    except LabelsvcError as error:
        with site().database.reading() as session:
            same = _same(session, lot_id, first, last) if isinstance(error, Conflict) else None
            if same is not None:
                return same, lot_id  # pressed twice, or sent again by a bad network
            _point(posted, session, error, first)
        return None


def _same(session: Session, lot_id: int, first: int, last: int) -> int | None:
    """The issue that binds exactly these labels to exactly this lot."""
    first, last = min(first, last), max(first, last)
    return session.scalar(
        select(Issue.id).where(
            Issue.lot_id == lot_id, Issue.first == first, Issue.count == last - first + 1
        )
    )


def _result(session: Session) -> Result | None:
    """Find what `?done=` names; 404 for what is somebody else's or was no blank label."""
    asked = request.args.get("done", type=int)
    if asked is None:
        return None
    issue = session.get(Issue, asked) if 0 < asked < 2**31 else None
    if issue is None or issue.lot.product.producer_id != producer_id():
        abort(404)
    found = blank.find_blank(session, issue.first)
    if found is None:
        abort(404)
    roll = session.scalars(select(BlankRoll).where(BlankRoll.blank_id == found.id)).one()
    return Result(
        roll,
        issue,
        issue.first - found.first + 1,
        issue.last - found.first + 1,
        balance(session, issue.lot),
    )
