"""Answers on the command line: which rows of a list have a known owner, and which another one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from labelsvc.catalogue.importing.plan import Plan, PlanRow
from labelsvc.catalogue.owners.decisions import decide
from labelsvc.catalogue.owners.index import OwnerKey
from labelsvc.errors import BadInput


def answer(
    session: Session, plan: Plan, *, same: Sequence[str], another: Sequence[int], actor: str
) -> None:
    """Remember what was said of the owners of rows that wait.

    :param same: "14=3", the producer of number 3, or "14=row:9", the owner of row 9.
    :param another: rows whose owner is none of those shown.
    :raises BadInput: a row does not wait, or what is named was not shown for it.
    """
    waiting = {row.number: row for row in plan.rows if row.asked}
    for text in same:
        number, _, whom = text.partition("=")
        row = _row(waiting, number, text)
        chosen = [one for one in row.asked if whom == str(one["producer"] or f"row:{one['row']}")]
        if not chosen:
            raise BadInput(
                "“{text}”: this owner was not shown for the row.",
                fix="Write it as the report has it, such as 14=3 or 14=row:9.",
                text=text,
            )
        _say(session, row, chosen[0], same=True, actor=actor)
    for place in another:
        row = _row(waiting, str(place), str(place))
        for one in row.asked:
            _say(session, row, one, same=False, actor=actor)


def _row(waiting: dict[int, PlanRow], number: str, text: str) -> PlanRow:
    row = waiting.get(int(number)) if number.isascii() and number.isdigit() else None
    if row is None:
        raise BadInput(
            "“{text}”: this row asks about no owner.",
            fix="Look at the rows again: labelsvc import FILE --dry-run",
            text=text,
        )
    return row


def _say(session: Session, row: PlanRow, one: dict[str, object], *, same: bool, actor: str) -> None:
    key, other = row.owner.key if row.owner else None, one["key"]
    producer = one["producer"]
    if key is not None and isinstance(other, list):
        decide(
            session, key, OwnerKey(*other), same=same, actor=actor, written=row.producer,
            producer_id=producer if isinstance(producer, int) else None,
        )  # fmt: skip
