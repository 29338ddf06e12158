"""Revisions: whose pages a changed row stands on. Used by the writing door of `db`.

A kept page is good while two numbers stay as they are: that of everything, and that of its producer.
A table says with ``info={"shown_by": (column, …)}`` by which of its columns the producer is found; a row
of any other table changes all pages, and so does one that went from one owner to another.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

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
