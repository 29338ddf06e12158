"""Revisions: raises the numbers of pages that a changed row stands on. Used by the writing door of `db`.

A kept page is good while two numbers stay as they are: that of everything, and that of its producer.
A table says with ``info={"shown_by": (column, …)}`` by which of its columns the producer is found; a row
of any other table changes all pages, and so does one that went from one owner to another.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, inspect, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import ORMExecuteState, Session

from labelsvc.mapped import Revision

#: Row of the number of everything.
EVERYTHING = 1
#: Row of a producer's number: its id and this.
OF_PRODUCER = 1000

#: Column of a row → how the producer is found by its value; None: it is the producer.
_WAYS: dict[str, str | None] = {
    "producer_id": None,
    "id": None,
    "product_id": "SELECT producer_id FROM product WHERE id = :id",
    "lot_id": "SELECT p.producer_id FROM lot l JOIN product p ON p.id = l.product_id WHERE l.id = :id",
    "issue_id": "SELECT p.producer_id FROM issue i JOIN lot l ON l.id = i.lot_id "
    "JOIN product p ON p.id = l.product_id WHERE i.id = :id",
}


def raised_by(session: Session, row: Any) -> int:
    """Row of the number that a change of *row*, just flushed, raises."""
    for column in type(row).__table__.info.get("shown_by", ()):
        state = inspect(row).attrs[column]
        if state.history.deleted:  # the pages of the owner before show it no more
            return EVERYTHING
        if state.loaded_value is None or not isinstance(state.loaded_value, int):
            continue
        way = _WAYS[column]
        owner = (
            state.loaded_value
            if way is None
            else session.connection().execute(text(way), {"id": state.loaded_value}).scalar()
        )
        return OF_PRODUCER + owner if owner is not None else EVERYTHING
    return EVERYTHING


class WritingSession(Session):
    """A session that raises the revisions of what it changes and pages show."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Rows of `Revision`.
        self.raised: set[int] = set()


@event.listens_for(WritingSession, "after_flush")
def _flushed(session: WritingSession, _context: Any) -> None:
    for group in (session.new, session.dirty, session.deleted):
        for row in group:
            if EVERYTHING in session.raised:
                return
            if not _volatile(type(row)):
                session.raised.add(raised_by(session, row))


@event.listens_for(WritingSession, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if state.is_select or not isinstance(state.session, WritingSession):
        return
    mapper = state.bind_mapper
    if mapper is None or not _volatile(mapper.class_):
        state.session.raised.add(EVERYTHING)


@event.listens_for(WritingSession, "before_commit")
def _commits(session: WritingSession) -> None:
    session.flush()
    rows, session.raised = session.raised, set()
    if EVERYTHING in rows:
        rows = {EVERYTHING}
    connection = session.connection()
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    # In one order, so that two writers on a server never wait for each other crosswise.
    for row in sorted(rows):
        connection.execute(
            make(Revision)
            .values(id=row, number=1)
            .on_conflict_do_update(index_elements=["id"], set_={"number": Revision.number + 1})
        )


def _volatile(mapped: type) -> bool:
    table = getattr(mapped, "__table__", None)
    return table is not None and bool(table.info.get("volatile"))
