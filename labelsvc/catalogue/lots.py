"""Lots: opens, corrects and recalls them. Used by producers' pages, the office and the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.changes import not_merged
from labelsvc.catalogue.criteria import TOURISM
from labelsvc.catalogue.models import Lot, Product
from labelsvc.clock import now, today
from labelsvc.errors import BadInput, Conflict, Refused
from labelsvc.i18n import day

#: More than any OCOP producer makes at once; a larger number is a slip of the finger.
MAX_UNITS = 10_000_000
#: Labels are printed before production, but not half a year before.
_AHEAD = timedelta(days=92)
#: Goods that are older and still get their labels are few; a slip in the year is common.
_OLD = timedelta(days=5 * 365)


def propose_code(session: Session, product: Product, made_on: date | None = None) -> str:
    """A free code for the next lot of *product*: `L260311-01`, day of production and a number."""
    start = f"L{made_on or today():%y%m%d}-"
    taken = session.scalars(
        select(Lot.code).where(Lot.product_id == product.id, Lot.code.startswith(start))
    )
    numbers = [
        int(code[len(start) :]) for code in taken if re.fullmatch(r"\d+", code[len(start) :])
    ]
    return f"{start}{max(numbers, default=0) + 1:02d}"


_season = partial(fields.line, most=60)


@dataclass(frozen=True, kw_only=True)
class LotFacts:
    """The facts of a lot, as its producer typed them.

    `declared`: units, the most labels that are issued. `code`: at most 20 of A-Z 0-9 - . / _ (GS1
    AI 10); empty: one is proposed. `activation`: labels are good only once they are entered as on
    released goods. `sure`: dates that are to come, long gone, or not as the shelf
    life gives them, are right.
    """

    declared: int
    code: str = ""
    made_on: date | None = None
    expires_on: date | None = None
    growing_area: str = ""
    season: str = ""
    note: str = ""
    activation: bool = False
    sure: bool = False


def open_lot(session: Session, product: Product, facts: LotFacts, *, actor: str) -> Lot:
    """Open a lot. Without `expires_on`, `made_on` and the shelf life of the product say it.

    :raises BadInput: a field is wrong; `field` names it.
    :raises Conflict: the product has a lot of that code.
    :raises Refused: the product is a service, which carries no goods label.
    """
    not_merged(product)
    if product.set_number == TOURISM:
        raise Refused("A tourism service has no lots: it carries no goods label.")
    code = fields.checked("code", fields.lot_code, facts.code)
    made_on, expires_on = facts.made_on, facts.expires_on
    if expires_on is None and made_on is not None and product.shelf_life_days:
        expires_on = made_on + timedelta(days=product.shelf_life_days)
    _check(facts.declared, made_on, expires_on)
    if not facts.sure:
        _ask(made_on, expires_on, product.shelf_life_days)
    lot = Lot(
        product_id=product.id,
        code=code or propose_code(session, product, made_on),
        declared=facts.declared,
        made_on=made_on,
        expires_on=expires_on,
        growing_area=fields.checked("growing_area", fields.growing_area, facts.growing_area),
        season=fields.checked("season", _season, facts.season),
        note=fields.checked("note", fields.prose, facts.note),
        activation=facts.activation,
        created_by=actor,
    )
    if session.scalar(select(Lot.id).where(Lot.product_id == product.id, Lot.code == lot.code)):
        raise Conflict(
            "This product already has a lot {lot}.",
            fix="Choose another code, or leave it empty.",
            field="code",
            lot=lot.code,
        )
    lot.product = product
    session.add(lot)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="lot.open",
        subject=f"lot:{lot.id}",
        facts={"product": product.id, "code": lot.code, "declared": lot.declared},
    )
    return lot


def correct_lot(session: Session, lot: Lot, facts: LotFacts, *, issued: int, actor: str) -> None:
    """Correct what was entered when the lot was opened; code and note stay.

    :param issued: labels of the lot that were issued and are not void: no fewer may be declared,
        and with any of them about, the dates stand, because they are printed on them.
    :raises BadInput: a field is wrong; `field` names it. :raises Refused: the dates stand.
    """
    _check(facts.declared, facts.made_on, facts.expires_on)
    if facts.declared < issued:
        raise BadInput(
            "{issued} labels of this lot are issued: it cannot have fewer units.",
            fix="Make labels that are not used void first.",
            field="declared",
            issued=issued,
        )
    if issued and (facts.made_on, facts.expires_on) != (lot.made_on, lot.expires_on):
        raise Refused(
            "The dates stand: {issued} labels of this lot carry them.",
            fix="Make the printed labels void first, or open another lot.",
            field="made_on" if facts.made_on != lot.made_on else "expires_on",
            issued=issued,
        )
    if not facts.sure and (facts.made_on, facts.expires_on) != (lot.made_on, lot.expires_on):
        _ask(facts.made_on, facts.expires_on, lot.product.shelf_life_days)
    new = {
        "declared": facts.declared,
        "made_on": facts.made_on,
        "expires_on": facts.expires_on,
        "growing_area": fields.checked("growing_area", fields.growing_area, facts.growing_area),
        "season": fields.checked("season", _season, facts.season),
        "activation": facts.activation,
    }
    changed = {name: value for name, value in new.items() if getattr(lot, name) != value}
    for name, value in changed.items():
        setattr(lot, name, value)
    if changed:
        session.flush()
        audit.record(
            session,
            actor=actor,
            action="lot.correct",
            subject=f"lot:{lot.id}",
            facts={name: str(value) for name, value in changed.items()},
        )


def recall(session: Session, lot: Lot, *, reason: str, actor: str) -> None:
    """The whole lot is taken off the market: its pages say so before anything else.

    :raises BadInput: no reason. :raises Conflict: it is recalled already.
    """
    words = fields.checked("reason", fields.prose, reason)
    if not words:
        raise BadInput(
            "A reason is needed.", fix="Say in a few words what happened.", field="reason"
        )
    if lot.recalled_at is not None:
        raise Conflict("Lot {lot} is recalled already.", lot=lot.code)
    lot.recalled_at, lot.recall_reason = now(), words
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="lot.recall",
        subject=f"lot:{lot.id}",
        facts={"reason": words},
    )


def _check(declared: int, made_on: date | None, expires_on: date | None) -> None:
    if not 1 <= declared <= MAX_UNITS:
        raise BadInput(
            "The quantity is between 1 and {most} units.",
            fix="Enter how many units were made.",
            field="declared",
            most=MAX_UNITS,
        )
    if made_on is not None and made_on > today() + _AHEAD:
        raise BadInput(
            "The day of production is too far in the future.",
            fix="Check the year.",
            field="made_on",
        )
    if made_on is not None and expires_on is not None and expires_on < made_on:
        raise BadInput(
            "The expiry date (HSD) lies before the date of manufacture (NSX).",
            fix="Check both dates.",
            field="expires_on",
        )


def _ask(made_on: date | None, expires_on: date | None, shelf_life: int | None) -> None:
    """Refuse dates that are more often a slip than meant, until somebody says that they are right.

    :raises BadInput: `field` names the date.
    """
    if made_on is not None and made_on > today():
        raise BadInput(
            "The goods would be made on {day}, which is to come.",
            fix="Check the day. Where labels are printed before production, say that the dates are right.",
            field="made_on",
            tick="sure",
            day=day(made_on),
        )
    if made_on is not None and made_on < today() - _OLD:
        raise BadInput(
            "The goods would be made on {day}, more than five years ago.",
            fix="Check the year, or say that the dates are right.",
            field="made_on",
            tick="sure",
            day=day(made_on),
        )
    if expires_on is not None and expires_on < today():
        raise BadInput(
            "The goods would be past their date already: {day}.",
            fix="Check both dates, or say that they are right.",
            field="made_on" if made_on is not None and shelf_life else "expires_on",
            tick="sure",
            day=day(expires_on),
        )
    if made_on is None or expires_on is None or not shelf_life:
        return
    counted = made_on + timedelta(days=shelf_life)
    if expires_on != counted:
        raise BadInput(
            "The expiry date {day} is not {days} days after {made}: the shelf life gives {counted}.",
            fix="Leave the expiry date empty, or say that the dates are right.",
            field="expires_on",
            tick="sure",
            day=day(expires_on),
            days=shelf_life,
            made=day(made_on),
            counted=day(counted),
        )
