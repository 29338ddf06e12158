"""Ids: those that the log, the trail or a file names are given to no other row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Integer, Table, func, inspect, select, text
from sqlalchemy.orm import Session

from labelsvc.codes.tlog.formats import same
from labelsvc.codes.tlog.formats.leaf import Leaf, PrintRunLeaf, RecognitionLeaf, WithdrawalLeaf
from labelsvc.db import Base
from labelsvc.files import Files
from labelsvc.mapped import IdFloor, keep_ids

#: Folder of files → table whose ids name what is in it.
_FOLDERS = {"runs": "print_run", "blanks": "blank_roll"}
#: First word of a subject → table, where it is another word.
_OTHER = {"key": "", "audit": "", "lost": ""}

#: Of the table :name no id up to :last is given any more (PostgreSQL).
SETVAL = (
    "SELECT setval(s, greatest(:last, (SELECT last_value FROM pg_sequences WHERE"
    " format('%I.%I', schemaname, sequencename)::regclass = s)))"
    " FROM (SELECT pg_get_serial_sequence(:name, 'id')::regclass AS s) AS found WHERE s IS NOT NULL"
)
#: The last id that the sequence of the table :name gave; null where it gave none.
_LAST = (
    "SELECT last_value FROM pg_sequences WHERE format('%I.%I', schemaname, sequencename)::regclass"
    " = pg_get_serial_sequence(:name, 'id')::regclass"
)


def newest(session: Session) -> dict[str, int]:
    """Table → the largest id that a row has or had, for tables that number their rows.

    The database may be of an older release, which has fewer tables.
    """
    there = set(inspect(session.connection()).get_table_names())
    tables = [table for table in _numbered() if table.name in there]
    used = {table.name: session.scalar(select(func.max(table.c.id))) or 0 for table in tables}
    return largest(used, _kept(session, used) if IdFloor.__tablename__ in there else {})


def named(leaves: Iterable[Leaf], subjects: Iterable[str], files: Files) -> dict[str, int]:
    """Table → the largest id that a leaf, a subject of the audit trail or a file names."""
    found: dict[str, int] = {}

    def see(table: str, number: int | None) -> None:
        if table and number is not None:
            found[table] = max(found.get(table, 0), number)

    for leaf in leaves:
        see(*_of(same.subject(leaf)))
        if isinstance(leaf, PrintRunLeaf | WithdrawalLeaf | RecognitionLeaf):
            see("product", leaf.product)
        if isinstance(leaf, PrintRunLeaf | WithdrawalLeaf):
            see("lot", leaf.lot)
    for subject in subjects:
        see(*_of(subject))
    for folder, table in _FOLDERS.items():
        for name in files.names(folder):
            see(*_of(f"{table}:{name.rpartition('/')[2]}"))
    return found


def largest(*found: Mapping[str, int]) -> dict[str, int]:
    """Of each table the largest."""
    names = {name for of in found for name in of}
    return {name: max(of.get(name, 0) for of in found) for name in names}


def raise_above(session: Session, taken: Mapping[str, int]) -> None:
    """The next id of each table is larger than the one in *taken*, and than every one in use."""
    session.flush()
    for table in _numbered():
        raise_one(session, table, taken.get(table.name, 0))


def raise_one(session: Session, table: Table, taken: int = 0) -> None:
    """The same of one table: rows that were written with the id they had do not count by themselves."""
    used = session.scalar(select(func.max(table.c.id))) or 0
    last = max(taken, used)
    if session.get_bind().dialect.name == "postgresql":
        if last:
            session.execute(text(SETVAL), {"last": last, "name": f'"{table.name}"'})
    elif last > used:
        keep_ids(session, table.name, last + 1)


def _kept(session: Session, names: Iterable[str]) -> dict[str, int]:
    """Table → the largest id that is taken though its row may be gone."""
    if session.get_bind().dialect.name != "postgresql":
        return {floor.name: floor.next - 1 for floor in session.scalars(select(IdFloor))}
    return {name: session.scalar(text(_LAST), {"name": f'"{name}"'}) or 0 for name in names}


def _numbered() -> list[Table]:
    """Tables whose rows get their id from the database."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if [column.name for column in table.primary_key] == ["id"]
        and isinstance(table.c.id.type, Integer)
        and table.c.id.autoincrement is not False
    ]


def _of(subject: str) -> tuple[str, int | None]:
    kind, _, rest = subject.partition(":")
    number = rest.partition(":")[0]
    table = _OTHER.get(kind, kind)
    if table not in Base.metadata.tables or not (number.isascii() and number.isdecimal()):
        return "", None
    return table, int(number)
