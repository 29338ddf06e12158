"""Moving: makes every row that refers to one producer or product refer to another, and back again.

The references are found in the metadata, so that a new table cannot be forgotten. Each change is a
step with the old value; `restore` walks them backwards. Steps are JSON: they wait in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint, and_, delete, insert, select, update
from sqlalchemy.orm import Session

from labelsvc.db import Base, UtcDateTime
from labelsvc.errors import Conflict

#: One change: `set` table, column, keys of rows, old, new; or `delete` table, row.
Step = dict[str, Any]
#: Rows that cannot stand beside one another get another name here: session, table, row → steps.
Rename = Callable[[Session, Table, dict[str, Any], int], list[Step]]


def references(table: Table) -> list[Column[Any]]:
    """Every column of the database that holds a number of *table*."""
    return [
        key.parent
        for other in Base.metadata.sorted_tables
        for key in sorted(other.foreign_keys, key=lambda key: str(key.parent))
        if key.column.table is table and key.column.name == "id"
    ]


def move(
    session: Session,
    table: Table,
    gone: int,
    kept: int,
    renames: Mapping[str, Rename],
    *,
    skip: Mapping[str, Container[int]],
) -> list[Step]:
    """Make everything that refers to row *gone* of *table* refer to row *kept*.

    Links that both have are deleted once; rows of one name are renamed by *renames*, table → how.

    :param skip: table → numbers of rows that stay where they are.
    :raises Conflict: two rows cannot stand beside one another.
    """
    steps: list[Step] = []
    columns = references(table)
    for column in columns:  # all names first: the layouts of a sheet follow it
        other = column.table
        for row in _left(session, column, gone, skip):
            if not _has_twin(session, other, row | {column.name: kept}, column):
                continue
            if _is_link(other):
                steps.append(erase(session, other, row))
            elif other.name in renames:
                steps += renames[other.name](session, other, row, kept)
            else:
                raise Conflict(
                    "Both have a row in {table} that may be there once only.",
                    fix="Change one of the two first.",
                    table=other.name,
                )
    for column in columns:
        keys = [_key(column.table, row) for row in _left(session, column, gone, skip)]
        steps += assign(session, column.table, keys, column.name, gone, kept)
    session.expire_all()
    return steps


def assign(
    session: Session, table: Table, keys: Sequence[list[Any]], name: str, old: Any, new: Any
) -> list[Step]:
    """Write *new* into the column *name* of the rows *keys*; the steps that say so."""
    if not keys:
        return []
    for key in keys:
        _write(session, table, _at(table, key), name, new)
    return [
        {"do": "set", "table": table.name, "column": name, "keys": list(keys), "old": _json(old), "new": _json(new)}
    ]  # fmt: skip


def erase(session: Session, table: Table, row: dict[str, Any]) -> Step:
    """Delete *row*; the step that says so."""
    session.execute(delete(table).where(_at(table, _key(table, row))))
    return {"do": "delete", "table": table.name, "row": {k: _json(v) for k, v in row.items()}}


def restore(session: Session, steps: Sequence[Step]) -> list[str]:
    """Take *steps* back, the last first. What was changed since stays; gives the tables of it."""
    left: list[str] = []
    for step in reversed(steps):
        table = Base.metadata.tables[step["table"]]
        if step["do"] == "delete":
            row = {k: _python(table.c[k], v) for k, v in step["row"].items()}
            if not list(_rows(session, table, _at(table, _key(table, row)))):
                session.execute(insert(table).values(row))
            continue
        column = table.c[step["column"]]
        # A number that is part of the key is found under its new value.
        new, old = (_python(column, step[name]) for name in ("new", "old"))
        for key in step["keys"]:
            names = [c.name for c in table.primary_key]
            now_at = [new if n == column.name else v for n, v in zip(names, key, strict=True)]
            where = and_(_at(table, now_at), column.is_not_distinct_from(new))
            if not _write(session, table, where, column.name, old):
                left.append(table.name)
    session.expire_all()
    return left


def _rows(session: Session, table: Table, where: Any) -> Iterator[dict[str, Any]]:
    found = session.execute(select(table).where(where).order_by(*table.primary_key)).all()
    return (dict(row._mapping) for row in found)


def _left(
    session: Session, column: Column[Any], gone: int, skip: Mapping[str, Container[int]]
) -> list[dict[str, Any]]:
    """Rows whose *column* is *gone*, without those that stay."""
    stay = skip.get(column.table.name, ())
    return [
        row for row in _rows(session, column.table, column == gone) if row.get("id") not in stay
    ]


def _key(table: Table, row: dict[str, Any]) -> list[Any]:
    return [row[column.name] for column in table.primary_key]


def _at(table: Table, key: Sequence[Any]) -> Any:
    return and_(*(c == v for c, v in zip(table.primary_key, key, strict=True)))


def _write(session: Session, table: Table, where: Any, name: str, value: Any) -> int:
    """Only that column: the time of the last change is of changes that a person made."""
    stay = {c.name: c for c in table.columns if c.onupdate is not None and c.name != name}
    done = session.execute(update(table).where(where).values({name: value, **stay}))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _has_twin(session: Session, table: Table, moved: dict[str, Any], column: Column[Any]) -> bool:
    """True if the row would meet another one that may be there once only."""
    keys = [tuple(c for c in table.primary_key)] + [
        tuple(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)
    ]
    keys += [tuple(index.columns) for index in table.indexes if index.unique]
    return any(
        session.execute(
            select(*table.primary_key).where(and_(*(c == moved[c.name] for c in key))).limit(1)
        ).first()
        is not None
        for key in keys
        if column in key and all(moved[c.name] is not None for c in key)
    )


def _is_link(table: Table) -> bool:
    """A table of pairs: its key is made of the numbers of two other rows."""
    key = list(table.primary_key)
    return len(key) > 1 and all(column.foreign_keys for column in key)


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _python(column: Column[Any], value: Any) -> Any:
    if isinstance(value, str) and isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and column.type.python_type is date:
        return date.fromisoformat(value)
    return value
