"""Trace: what a list made and changed, kept so that the whole of it can be undone.

Used by `apply_import`; `programme.undoing` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, String, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from labelsvc.catalogue.models import Outlet, Producer, Product, Village
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.proposals import WithdrawalProposal
from labelsvc.db import Base

#: Thing of a trace → its mapped class, those first on which others rest.
THINGS: Final[dict[str, type[Any]]] = {
    "producer": Producer, "product": Product, "recognition": Recognition, "outlet": Outlet,
    "village": Village, "proposal": WithdrawalProposal,
}  # fmt: skip
#: Thing of products that were entered at a point of sale.
SOLD: Final = "sold"
#: Numbers that one row of the table holds.
_BATCH: Final = 1000


class ImportTrace(Base):
    """Rows that a list made (`made`), or one that it changed: fields before and after."""

    __tablename__ = "import_trace"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), index=True)
    thing: Mapped[str] = mapped_column(String(16))
    made: Mapped[list[int] | None] = mapped_column(JSON)
    changed_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Trace:
    """Collects what is made and changed while a list is taken over."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: dict[str, list[int]] = {}
        self._changed: list[dict[str, Any]] = []

    def made(self, thing: str, ids: Iterable[int]) -> None:
        self._made.setdefault(thing, []).extend(ids)

    def changes(self, thing: str, number: int, values: dict[str, Any]) -> None:
        """Note what *values* will replace; call it before they do."""
        mapped = THINGS[thing]
        columns = [getattr(mapped, name) for name in values]
        held = self._session.execute(select(*columns).where(mapped.id == number)).one()
        self._changed.append({
            "thing": thing, "changed_id": number,
            "before": {name: plain(old) for name, old in zip(values, held, strict=True)},
            "after": {name: plain(new) for name, new in values.items()},
        })  # fmt: skip

    def sold(self, outlet: int, products: Iterable[int]) -> None:
        """Note products that were entered at a point of sale."""
        self._changed.append({
            "thing": SOLD, "changed_id": outlet, "before": {}, "after": {"products": list(products)},
        })  # fmt: skip

    def keep(self, import_id: int) -> None:
        """Write it down."""
        for thing, ids in self._made.items():
            for start in range(0, len(ids), _BATCH):
                self._session.add(
                    ImportTrace(import_id=import_id, thing=thing, made=ids[start : start + _BATCH])
                )
        self._session.flush()
        rows = [{"import_id": import_id, "made": None} | one for one in self._changed]
        for start in range(0, len(rows), _BATCH):
            self._session.execute(insert(ImportTrace), rows[start : start + _BATCH])


def made_by(session: Session, import_id: int) -> dict[str, list[int]]:
    """Thing → numbers of the rows that a list made."""
    found: dict[str, list[int]] = {name: [] for name in THINGS}
    for trace in session.scalars(
        select(ImportTrace).where(
            ImportTrace.import_id == import_id, ImportTrace.changed_id.is_(None)
        )
    ):
        found[trace.thing] += trace.made or []
    return found


def changed_by(session: Session, import_id: int) -> Sequence[ImportTrace]:
    """Give what a list changed in rows that stood before it, in the order in which it did."""
    return session.scalars(
        select(ImportTrace)
        .where(ImportTrace.import_id == import_id, ImportTrace.changed_id.is_not(None))
        .where(ImportTrace.thing != SOLD)
        .order_by(ImportTrace.id)
    ).all()


def sold_by(session: Session, import_id: int) -> list[tuple[int, list[int]]]:
    """Points of sale, each with the products that a list entered there."""
    query = select(ImportTrace).where(ImportTrace.import_id == import_id, ImportTrace.thing == SOLD)
    return [
        (trace.changed_id or 0, (trace.after or {})["products"]) for trace in session.scalars(query)
    ]


def plain(value: Any) -> Any:
    """*value* as JSON holds it."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def typed(mapped: type[Any], name: str, value: Any) -> Any:
    """A value of JSON as the column *name* holds it."""
    if value is None:
        return None
    kind = mapped.__table__.c[name].type.python_type
    if kind is date:
        return date.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value
