"""Enter: enters, changes and removes targets of plans. Used by the office's pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.changes import added, changed, checked, choice, past
from labelsvc.catalogue.stars.award import BEGINNING
from labelsvc.errors import BadInput, Conflict
from labelsvc.programme.plans.models import Target, TargetKind

_CHECKS: Final = {"source": partial(fields.line, most=120)}
#: What fits the columns.
_MOST: Final = Decimal(10_000_000)


def create_target(session: Session, *, actor: str, **facts: Any) -> Target:
    """Enter what a document promises. Needed: `kind`, `since`, `until`, `least`.

    :raises BadInput: the facts do not fit together. :raises Conflict: this period has such a target.
    """
    target = Target()
    facts = _fitting(facts)
    _alone(session, target, facts)
    return added(session, target, checked(target, facts, _CHECKS), actor, "target.create")


def update_target(session: Session, target: Target, *, actor: str, **facts: Any) -> None:
    """Change a target; errors as of `create_target`."""
    facts = _fitting(facts)
    _alone(session, target, facts)
    changed(session, target, actor, "target.update", checked(target, facts, _CHECKS))


def remove_target(session: Session, target: Target, *, actor: str) -> None:
    """Take a target that was entered by mistake out of the plan; the audit trail keeps what it was."""
    audit.record_row(
        session, target, "remove", actor=actor, kind=target.kind, since=target.since, until=target.until,
        least=target.least,
    )  # fmt: skip
    session.delete(target)
    session.flush()


def _fitting(facts: dict[str, Any]) -> dict[str, Any]:
    kind = TargetKind(choice("kind", TargetKind, facts["kind"]))
    since, until = _needed("since", facts["since"]), _needed("until", facts["until"])
    if since < BEGINNING:
        raise BadInput(
            "The period begins before the OCOP programme (7 May 2018).", fix="Check the year.", field="since"
        )  # fmt: skip
    if until < since:
        raise BadInput("The period ends before it begins.", fix="Check the days.", field="until")
    least = _needed("least", facts["least"])
    for name in ("least", "most", "reached"):
        _figure(name, facts.get(name), kind)
    if facts.get("most") is not None and facts["most"] <= least:
        raise BadInput(
            "The upper end of a target is above the lower one.",
            fix="Leave it empty where the plan names one number.", field="most",
        )  # fmt: skip
    typed = facts.get("reached") if kind.typed else None
    reached_on = facts.get("reached_on") if typed is not None else None
    past("reached_on", reached_on)
    if typed is not None:
        _needed("reached_on", reached_on)
    return {**facts, "kind": str(kind), "reached": typed, "reached_on": reached_on}


def _figure(name: str, value: Decimal | None, kind: TargetKind) -> None:
    """:raises BadInput: none that such a target can have."""
    if value is None:
        return
    most = Decimal(100) if kind.in_percent else _MOST
    lowest = Decimal(0) if name == "reached" else Decimal("0.1")
    exact = value == round(value, 1) if kind.in_percent else value == value.to_integral_value()
    if not (lowest <= value <= most and exact):
        raise BadInput(
            "{value} does not fit a target of this kind.",
            fix="Give a share in percent with one decimal, or a whole number of things.",
            field=name, value=f"{value}",
        )  # fmt: skip


def _needed(name: str, value: Any) -> Any:
    if value is None:
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field=name)
    return value


def _alone(session: Session, target: Target, facts: dict[str, Any]) -> None:
    since: date = facts["since"]
    taken = session.scalar(
        select(Target.id).where(
            Target.kind == facts["kind"], Target.since == since, Target.until == facts["until"],
            Target.id != (target.id or 0),
        )
    )  # fmt: skip
    if taken is not None:
        raise Conflict(
            "This period has a target of that kind already.", fix="Change that one.", field="kind", id=taken
        )  # fmt: skip
