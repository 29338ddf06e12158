"""Takes a plan over, in the caller's one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue.importing.plan import Plan, PlanRow
from labelsvc.catalogue.models import ImportRun, Producer, Product
from labelsvc.catalogue.recognition import Recognition
from labelsvc.clock import now
from labelsvc.i18n import fold

_T = TypeVar("_T")

_BATCH = 1000


#: Walks over the rows of a plan.
_WALKS = 4


class _Watched:
    """The rows of a plan, walked `_WALKS` times; *step* is told how many of how many are behind."""

    def __init__(self, plan: Plan, step: Callable[[int, int], None] | None) -> None:
        self._rows, self._step, self._done = plan.rows, step, 0

    def __iter__(self) -> Iterator[PlanRow]:
        for row in self._rows:
            yield row
            self._done += 1
            if self._step is not None:
                self._step(self._done, _WALKS * len(self._rows))


def apply_import(
    session: Session, plan: Plan, *, actor: str, step: Callable[[int, int], None] | None = None
) -> ImportRun:
    """Write the new and the changed rows; refused ones are left out.

    Everything or nothing: the caller's transaction rolls all of it back when one row fails. Make
    the plan in the same transaction, so that nobody changes the catalogue in between.

    :param step: told how much of the work is done, and all of it.
    """
    rows = _Watched(plan, step)
    producers = _new_producers(session, rows)
    products = _new_products(session, rows, producers)
    _new_recognitions(session, rows, products)
    _changes(session, rows)
    counts = plan.counts
    run = ImportRun(file_name=plan.file_name[:200], sha256=plan.sha256, actor=actor, **counts)
    session.add(run)
    session.flush()
    audit.record(
        session, actor=actor, action="import.apply", subject=f"import:{run.id}",
        facts={"file": plan.file_name, "sha256": plan.sha256, **counts},
    )  # fmt: skip
    return run


def _new_producers(session: Session, rows: Iterable[PlanRow]) -> dict[int, int]:
    """Add the producers that are not known yet; first row that names one → id.

    What several rows say of one producer is put together first: about a kilobyte for each new one.
    """
    new: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row.state == "new" and row.producer_id is None:
            facts = new.setdefault(_first_row(row), {})
            facts.update({k: v for k, v in row.line.producer.items() if k not in facts})
    ids: dict[int, int] = {}
    keys = list(new)
    for start in range(0, len(keys), _BATCH):
        part = keys[start : start + _BATCH]
        values = [_row(Producer, new[key]) for key in part]
        made = session.scalars(
            insert(Producer).returning(Producer.id, sort_by_parameter_order=True), values
        )
        ids.update(zip(part, made, strict=True))
    return ids


def _first_row(row: PlanRow) -> int:
    """The row that named the new owner of *row* first."""
    return row.owner.row if row.owner is not None else row.number


def _new_products(
    session: Session, rows: Iterable[PlanRow], producers: dict[int, int]
) -> dict[int, int]:
    """Add the products that are not known yet; row number → id."""
    ids: dict[int, int] = {}
    for part in _batches(row for row in rows if row.state == "new"):
        values = [
            _row(Product, row.line.product)
            | {"producer_id": row.producer_id or producers[_first_row(row)]}
            for row in part
        ]
        made = session.scalars(
            insert(Product).returning(Product.id, sort_by_parameter_order=True), values
        )
        ids.update(zip((row.number for row in part), made, strict=True))
    return ids


def _new_recognitions(session: Session, rows: Iterable[PlanRow], products: dict[int, int]) -> None:
    values = (
        {"score": None, "certificate_number": "", "extension_evidence": "", "withdrawal_decision": "",
         "withdrawal_reason": "", **row.line.recognition, "product_id": product_id}
        for row in rows
        if row.line.recognition and row.recognition_id is None and row.state in ("new", "changed")
        and (product_id := row.product_id or products.get(row.number)) is not None
    )  # fmt: skip
    for part in _batches(values):
        session.execute(insert(Recognition), part)


def _changes(session: Session, rows: Iterable[PlanRow]) -> None:
    """Fields of rows that are known and say something else."""
    for row in rows:
        names = {change.field for change in row.changes}
        if not names or row.state == "refused":
            continue
        for mapped, key, facts in (
            (Producer, row.producer_id, row.line.producer),
            (Product, row.product_id, row.line.product),
            (Recognition, row.recognition_id, row.line.recognition),
        ):
            values = {k: v for k, v in facts.items() if k in names}
            if key is not None and values:
                if "name" in values:
                    values["search_key"] = fold(values["name"])
                session.execute(update(mapped).where(mapped.id == key).values(values))


def _batches(rows: Iterable[_T]) -> Iterator[list[_T]]:
    waiting = iter(rows)
    while part := list(islice(waiting, _BATCH)):
        yield part


def _row(mapped: type[Producer] | type[Product], facts: dict[str, Any]) -> dict[str, Any]:
    """A row for a bulk insert: every column, and the key that the mapped class would have made."""
    moment = now()
    empty: dict[str, Any] = {}
    for column in mapped.__table__.columns:
        if column.name in ("id", "producer_id"):
            continue
        default = column.default
        if default is not None and default.is_scalar:
            empty[column.name] = default.arg
        elif column.name in ("created_at", "changed_at"):
            empty[column.name] = moment
        else:
            empty[column.name] = None
    return empty | facts | {"search_key": fold(facts["name"])}
