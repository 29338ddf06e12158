"""Rows: rows of the database as JSON that another database reads, with the rows that they point to."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from sqlalchemy import JSON, Table, select
from sqlalchemy.orm import Session

from labelsvc.db import Base

#: Table → its rows.
Rows: TypeAlias = dict[str, list[dict[str, Any]]]

#: What stands before ":" in a subject of the log or the audit trail → table whose rows are kept.
KEPT: Final = {
    name: name
    for name in (
        "blank", "inner_lot", "issue", "lot", "mark", "outlet", "producer", "product", "range_claim",
        "recognition", "user", "village", "withdrawal", "withdrawal_proposal",
    )
} | {"key": "key_record"}  # fmt: skip


def gather(session: Session, subjects: Iterable[str]) -> Rows:
    """The rows that *subjects* ("issue:12") name, each with all that it points to."""
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for subject in subjects:
        kind, _, rest = subject.partition(":")
        number = rest.partition(":")[0].partition("#")[0]
        table = Base.metadata.tables.get(KEPT.get(kind, ""))
        if table is not None and number.isascii() and number.isdecimal():
            if kind == "lot":  # what is said of it in a table of its own
                _add(session, found, Base.metadata.tables["inner_lot"], {"lot_id": int(number)})
            _add(session, found, table, {next(iter(table.primary_key)).name: int(number)})
    return {name: list(rows.values()) for name, rows in found.items()}


def whole(session: Session, names: Iterable[str]) -> Rows:
    """Every row of tables *names*."""
    found = {}
    for name in names:
        table = Base.metadata.tables[name]
        found[name] = [dict(row) for row in session.execute(select(table)).mappings()]
    return found


def told(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, Any]:
    """*rows* as JSON can hold them."""
    return {
        name: [{column: _told(value) for column, value in row.items()} for row in of]
        for name, of in rows.items()
    }


def read(facts: Mapping[str, Any]) -> Rows:
    """Undo `told`; tables and columns that this release does not have are left out."""
    known = Base.metadata.tables
    return {
        name: [
            {column: _read(value) for column, value in row.items() if column in known[name].columns}
            for row in of
        ]
        for name, of in facts.items()
        if name in known
    }


def key_of(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Values of the primary key."""
    return tuple(row[column.name] for column in table.primary_key)


def same_key(table: Table, row: Mapping[str, Any]) -> list[Any]:
    """Conditions that only the row with that primary key fulfils."""
    return [column == row[column.name] for column in table.primary_key]


def _add(
    session: Session,
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]],
    table: Table,
    where: Mapping[str, Any],
) -> None:
    conditions = [table.c[name] == value for name, value in where.items()]
    found_row = session.execute(select(table).where(*conditions)).mappings().one_or_none()
    row = dict(found_row) if found_row is not None else None
    if row is None or key_of(table, row) in found.get(table.name, {}):
        return
    found.setdefault(table.name, {})[key_of(table, row)] = {
        column.name: {"$j": row[column.name]} if _is_json(column.type) else row[column.name]
        for column in table.columns
    }
    for constraint in table.foreign_key_constraints:
        ends = [(part.parent.name, part.column.name) for part in constraint.elements]
        values = {target: row[own] for own, target in ends}
        if None not in values.values():
            _add(session, found, constraint.referred_table, values)


def _is_json(kind: Any) -> bool:
    return isinstance(kind, JSON)


def _told(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$b": b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"$t": value.isoformat()}
    if isinstance(value, date):
        return {"$d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$n": str(value)}
    return value


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    (kind, inner), *_ = value.items()
    if kind == "$b":
        return b64decode(inner)
    if kind == "$t":
        return datetime.fromisoformat(inner)
    if kind == "$d":
        return date.fromisoformat(inner)
    return Decimal(inner) if kind == "$n" else inner
