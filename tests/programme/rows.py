"""Rows of any table, with whatever they need beside them; and everything that a database holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from labelsvc.db import Base, UtcDateTime

_NUMBERS = count(50_000)
#: Where a value of the type alone is refused by the table.
_FITTING: dict[str, dict[str, Any]] = {
    "recognition": {"stars": 4, "valid_from": date(2026, 1, 1), "valid_to": date(2029, 1, 1)},
    "product": {"set_number": 12},
}


def add_row(session: Session, table: Table, **given: Any) -> dict[str, Any]:
    """A row of *table* in which every column that must have a value has one."""
    row = _FITTING.get(table.name, {}) | given
    for column in table.columns:
        if column.name in row:
            continue
        if column.nullable or (column.primary_key and column.autoincrement is True):
            continue
        if column.primary_key and len(table.primary_key) == 1 and not column.foreign_keys:
            row[column.name] = _value(column)
            continue
        if column.foreign_keys:
            (key,) = column.foreign_keys
            target = key.column.table
            found = session.execute(select(key.column).limit(1)).scalar()
            row[column.name] = found if found is not None else add_row(session, target)[key.column.name]  # fmt: skip
        elif column.default is None or not column.default.is_scalar:
            row[column.name] = _value(column)
    session.execute(insert(table).values(row))
    return row


def _value(column: Any) -> Any:
    kind = datetime if isinstance(column.type, UtcDateTime) else column.type.python_type
    number = next(_NUMBERS)
    if kind is int:
        return number
    if kind is str:
        return f"{number}"[-(column.type.length or 20) :]
    values: dict[Any, Any] = {
        object: {}, date: date(2026, 1, 1), datetime: datetime(2026, 1, 1, tzinfo=UTC), bool: False,
        bytes: str(number).encode(), dict: {}, list: [], float: 1.0,
    }  # fmt: skip
    return values[kind]


def everything(session: Session, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Table → its rows, for comparing."""
    return {
        table.name: sorted((tuple(row) for row in session.execute(select(table)).all()), key=repr)
        for table in Base.metadata.sorted_tables
        if table.name not in without
    }
