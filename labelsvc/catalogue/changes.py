"""Changes: checks the fields of a row, refuses values that are taken, and notes what changed. Used
by `register`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.fields import Check
from labelsvc.catalogue.models import AdminUnit, Producer, Product
from labelsvc.catalogue.places import REFORM
from labelsvc.clock import now, today
from labelsvc.errors import BadInput, Conflict

#: Field → (old, new).
Changes = dict[str, tuple[Any, Any]]
Row = TypeVar("Row")

#: Their values stay out of the audit trail, which is never deleted: only that they changed is kept.
PERSONAL = frozenset({"representative", "phone", "email", "tax_code", "street", "old_address"})


def checked(row: Any, facts: Mapping[str, Any], checks: Mapping[str, Check]) -> Changes:
    """Tell which fields of *row* the checked *facts* would change; the row itself is not touched."""
    table = type(row).__table__.columns
    columns = set(table.keys()) - {"id", "search_key", "created_at"}
    changes: Changes = {}
    for field, value in facts.items():
        if field not in columns:
            raise TypeError(f"{type(row).__name__} has no field {field}")
        if field in checks:
            value = fields.checked(field, checks[field], value)
            if not value and table[field].nullable:
                value = None
        old = getattr(row, field)
        if old != value:
            changes[field] = (old, value)
    return changes


def with_commune(facts: Mapping[str, Any]) -> dict[str, Any]:
    """`commune=AdminUnit` as its two columns; only a present unit may be chosen."""
    facts = dict(facts)
    if "commune" in facts:
        unit: AdminUnit | None = facts.pop("commune")
        if unit is not None and unit.valid_from < REFORM:
            raise BadInput(
                "{name} ended on 1 July 2025.",
                fix="Choose the present ward or commune.",
                field="commune",
                name=unit.name,
            )
        facts["commune_code"] = unit.code if unit else None
        facts["commune_from"] = unit.valid_from if unit else None
    return facts


def required(field: str, value: str | None) -> None:
    """:raises BadInput: *value* is empty; `field` names it."""
    if not (value or "").strip():
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field=field)


def past(field: str, day: date | None) -> None:
    """:raises BadInput: *day* is to come; `field` names it."""
    if day is not None and day > today():
        raise BadInput("The date is in the future.", fix="Check the year.", field=field)


def choice(field: str, kind: type[StrEnum], value: Any) -> str:
    """*value* as one of *kind*. :raises BadInput: it is none; `field` names it."""
    try:
        return str(kind(value))
    except ValueError:
        raise BadInput(
            "{value} is not one of {allowed}.",
            field=field,
            value=value or "–",
            allowed=", ".join(kind),
        ) from None


def free(session: Session, row: Any, changes: Changes, **messages: str) -> None:
    """Refuse a new value of a unique column that another row has.

    :param messages: column → what to say of `{value}`.
    :raises Conflict: `field` names the column, `id` the other row.
    """
    model = type(row)
    for field, message in messages.items():
        value = changes[field][1] if field in changes else None
        if value is None:
            continue
        taken = session.scalar(
            select(model.id).where(getattr(model, field) == value, model.id != (row.id or 0))
        )
        if taken is not None:
            raise Conflict(
                message, fix="Look for it in the list.", field=field, value=value, id=taken
            )


def not_merged(row: Producer | Product) -> None:
    """:raises Conflict: *row* was merged into another, which is used now; `id` names that one."""
    if row.merged_into_id is not None:
        raise Conflict(
            "{name} is merged into another one.",
            fix="Use that one: number {id}.",
            name=row.name,
            id=row.merged_into_id,
        )


def added(session: Session, row: Row, changes: Changes, actor: str, action: str) -> Row:
    """Write *changes* into the new *row*, keep it and note that. :raises Conflict: as `changed`."""
    _apply(row, changes)
    session.add(row)
    _flush(session)
    thing = action.partition(".")[0]
    audit.record(session, actor=actor, action=action, subject=f"{thing}:{cast(Any, row).id}")
    return row


def changed(session: Session, row: Any, actor: str, action: str, changes: Changes) -> Changes:
    """Write *changes* into *row* and note them; nothing where there are none.

    :raises Conflict: somebody else took a name or number meanwhile.
    """
    if not changes:
        return changes
    _apply(row, changes)
    if hasattr(row, "changed_at"):
        row.changed_at = now()
    _flush(session)
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"{action.partition('.')[0]}:{row.id}",
        facts={k: True if k in PERSONAL else list(v) for k, v in changes.items()},
    )
    return changes


def _apply(row: Any, changes: Changes) -> None:
    for field, (_, value) in changes.items():
        setattr(row, field, value)


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        # Somebody else took the name between our look and this write (PostgreSQL only: on SQLite
        # one writes at a time). The transaction is lost; the caller may try again.
        raise Conflict(
            "Somebody else has just saved the same name or number.", fix="Look again."
        ) from error
