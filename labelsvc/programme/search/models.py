"""Models: the table of what the search of the register finds."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.db import Base


class Found(StrEnum):
    """Kinds of pages that a search can lead to."""

    PRODUCT = "product"
    PRODUCER = "producer"
    VILLAGE = "village"
    OUTLET = "outlet"
    DECISION = "decision"
    #: A commune or district, of today or of before 1 July 2025: leads to the products made there.
    PLACE = "place"


class SearchEntry(Base):
    """One page and the words by which it is found; all of it can be made again from the other tables.

    On SQLite triggers bring each entry into the FTS5 tables `search_text` and `search_gram`; on
    PostgreSQL an index holds the words. Those are made by the migration, for no mapped class has them.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_kind_key", "kind", "key", unique=True),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    #: Number of the row, short name of the decision, folded name of the place.
    key: Mapped[str] = mapped_column(String(200))
    #: As it is shown, with its marks.
    title: Mapped[str] = mapped_column(String(300))
    #: One line beside it: producer, place, day.
    about: Mapped[str] = mapped_column(String(500), default="")
    #: Folded words of the name, and of all else by which people look for it.
    name: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(Text, default="")
    #: The name without spaces, for what is typed with slips of the finger.
    gram: Mapped[str] = mapped_column(Text, default="")
