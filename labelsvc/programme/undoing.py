"""Undoing: takes a whole list back that was taken over, as long as nothing was printed from it.

What the list made is deleted, what it changed gets its values back, in one transaction. What
somebody changed since stays as it is, and is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue.importing.plan import take_turn
from labelsvc.catalogue.importing.trace import (
    THINGS,
    ImportTrace,
    changed_by,
    made_by,
    plain,
    sold_by,
    typed,
)
from labelsvc.catalogue.models import ImportRun, Lot, Producer, Product, outlet_product
from labelsvc.catalogue.owners.decisions import OwnerDecision
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.proposals import ProposalState, WithdrawalProposal
from labelsvc.clock import now
from labelsvc.codes.models import Issue
from labelsvc.db import Base
from labelsvc.errors import Conflict, LabelsvcError, Refused
from labelsvc.mapped import keep_ids
from labelsvc.programme.removed import remember

#: How long a list can be taken back.
MAX_AGE: Final = timedelta(days=30)
#: Numbers in one statement, and names in one message.
_BATCH: Final = 500
_NAMED: Final = 12
#: What goes with its product without a question.
_ALONG: Final = frozenset({"outlet_product", "outlet_step", "sale_province"})
#: Column that refers to something of the list → what to say of it.
_HELD: Final = {
    "lot.product_id": "Lots were entered for products of the list: {names}.",
    "recognition.product_id": "Products of the list got further stars since: {names}.",
    "product.producer_id": "Owners of the list got further products since: {names}.",
    "producer.merged_into_id": "Others were merged into owners of the list: {names}.",
    "product.merged_into_id": "Others were merged into products of the list: {names}.",
    "producer.village_id": "Producers belong to villages of the list: {names}.",
    "product_photo.product_id": "Products of the list have pictures: {names}.",
    "certificate.product_id": "Products of the list have certificates: {names}.",
    "certificate.producer_id": "Owners of the list have certificates: {names}.",
    "user.producer_id": "Owners of the list have accounts: {names}.",
    "withdrawal_proposal.recognition_id": "The withdrawal of stars of the list is proposed: {names}.",
}
_OTHER: Final = "Something else rests on what the list made: {names}."


@dataclass
class Kept:
    """A field that somebody changed since: it stays."""

    thing: str
    number: int
    name: str
    field: str
    now: Any


@dataclass
class Undoing:
    """The plan of taking a list back, and what stands against it."""

    run: ImportRun
    made: dict[str, list[int]]
    changes: list[tuple[ImportTrace, list[str]]] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    obstacles: list[LabelsvcError] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Thing → how many are deleted; "changed": rows that get values back."""
        told = {name: len(ids) for name, ids in self.made.items() if ids}
        return told | {"changed": sum(bool(names) for _, names in self.changes)}


def look(session: Session, run: ImportRun) -> Undoing:
    """Tell what taking *run* back would do now; nothing is changed."""
    found = Undoing(run, made_by(session, run.id))
    if run.undone_at is not None:
        found.obstacles.append(Conflict("The list was taken back already."))
        return found
    if not run.traced:
        found.obstacles.append(
            Refused(
                "The list was taken over by an earlier version, which kept no record of what it changed."
            )
        )
        return found
    if now() - run.at > MAX_AGE:
        found.obstacles.append(
            Refused(
                "A list can be taken back for {days} days.",
                fix="Correct the rows by hand, or by a further list.",
                days=MAX_AGE.days,
            )
        )
    traces = changed_by(session, run.id)
    found.obstacles += _printed(session, run.at, found.made, traces)
    found.obstacles += _held(session, found.made)
    found.obstacles += _ended(session, found.made)
    _values(session, found, traces)
    return found


def undo(session: Session, run: ImportRun, *, actor: str) -> Undoing:
    """Take *run* back, in the caller's transaction.

    :raises LabelsvcError: the first thing that stands against it; nothing is changed then.
    """
    take_turn(session)
    session.refresh(run, with_for_update=True)
    found = look(session, run)
    for obstacle in found.obstacles:
        raise obstacle
    try:
        _restore(session, found)
        for outlet, products in sold_by(session, run.id):
            session.execute(
                delete(outlet_product).where(
                    outlet_product.c.outlet_id == outlet, outlet_product.c.product_id.in_(products)
                )
            )
        _delete(session, found.made, actor)
    except IntegrityError as error:
        raise Conflict(
            "Something came to rest on the list just now, or a value that it replaced is taken.",
            fix="Look at the page again.",
        ) from error
    run.undone_at, run.undone_by = now(), actor
    session.flush()
    audit.record(
        session, actor=actor, action="import.undo", subject=f"import:{run.id}",
        facts={"file": run.file_name, **found.counts,
               "kept": [f"{one.thing}:{one.number}.{one.field}" for one in found.kept][:50]},
    )  # fmt: skip
    return found


# --- what stands against it -------------------------------------------------------------------------


def _printed(
    session: Session, since: datetime, made: dict[str, list[int]], traces: Sequence[ImportTrace]
) -> Iterator[LabelsvcError]:
    """Products of the list for which codes were issued since: labels say what the list said."""
    changed: dict[str, list[int]] = {}
    for trace in traces:
        changed.setdefault(trace.thing, []).append(trace.changed_id or 0)
    products = {*made["product"], *changed.get("product", ())}
    given = [*made["recognition"], *changed.get("recognition", ())]
    for part in _batches(given):
        products.update(session.scalars(select(Recognition.product_id).where(Recognition.id.in_(part))))  # fmt: skip
    for part in _batches(changed.get("producer", ())):
        products.update(session.scalars(select(Product.id).where(Product.producer_id.in_(part))))
    names: list[str] = []
    for part in _batches(sorted(products)):
        names += session.scalars(
            select(Product.name).where(Product.id.in_(part)).where(
                Product.id.in_(select(Lot.product_id).join(Issue, Issue.lot_id == Lot.id).where(Issue.created_at >= since))
            )
        )  # fmt: skip
    if names:
        yield Refused(
            "Labels were made from the list since it was taken over: {names}.",
            fix="Withdraw or correct these products one by one; the list stays.", names=_told(names),
        )  # fmt: skip


def _held(session: Session, made: dict[str, list[int]]) -> Iterator[LabelsvcError]:
    """Rows of other tables that refer to what the list made, and do not go with it."""
    for thing, mapped in THINGS.items():
        for table, column in _references(mapped.__table__):
            own = next((name for name, one in THINGS.items() if one.__table__ is table), "")
            mine = set(made.get(own, ()))
            found: set[int] = set()
            for part in _batches(made[thing]):
                key = table.c.id if own else column
                rows = session.execute(select(column, key).where(column.in_(part)))
                found.update(of for of, number in rows if not own or number not in mine)
            if found:
                message = _HELD.get(f"{table.name}.{column.name}", _OTHER)
                yield Refused(message, names=_told(_names(session, mapped, sorted(found))))


def _references(target: Table) -> Iterator[tuple[Table, Column[Any]]]:
    for table in Base.metadata.sorted_tables:
        if table.name in _ALONG or table is OwnerDecision.__table__:
            continue
        for column in table.columns:
            if any(key.column.table is target for key in column.foreign_keys):
                yield table, column


def _ended(session: Session, made: dict[str, list[int]]) -> Iterator[LabelsvcError]:
    """Stars of the list that were taken back since, and withdrawals it proposed that were done."""
    names: list[str] = []
    for part in _batches(made["recognition"]):
        names += session.scalars(
            select(Product.name).join(Recognition).where(Recognition.id.in_(part), Recognition.withdrawn_on.is_not(None))
        )  # fmt: skip
    for part in _batches(made["proposal"]):
        names += session.scalars(
            select(Product.name).join(Recognition).join(WithdrawalProposal)
            .where(WithdrawalProposal.id.in_(part), WithdrawalProposal.state == ProposalState.DONE)
        )  # fmt: skip
    if names:
        yield Refused("Stars of the list were withdrawn since: {names}.", names=_told(names))
    gone: list[str] = []
    for mapped, thing in ((Product, "product"), (Producer, "producer")):
        for part in _batches(made[thing]):
            gone += session.scalars(
                select(mapped.name).where(mapped.id.in_(part), mapped.merged_into_id.is_not(None))
            )
    if gone:
        yield Refused("Rows of the list were merged into others: {names}.", fix="Take the merge back first.", names=_told(gone))  # fmt: skip


# --- doing it -----------------------------------------------------------------------------------------


def _values(session: Session, found: Undoing, traces: Sequence[ImportTrace]) -> None:
    """Fields that get their value back, newest first; and those that somebody changed since."""
    told: dict[tuple[str, int], dict[str, Any]] = {}
    for trace in reversed(traces):
        mapped, number = THINGS[trace.thing], trace.changed_id or 0
        before, after = trace.before or {}, trace.after or {}
        key = (trace.thing, number)
        if key not in told:
            columns = [getattr(mapped, name) for name in mapped.__table__.c.keys()]  # noqa: SIM118
            row = session.execute(select(*columns).where(mapped.id == number)).one_or_none()
            told[key] = {} if row is None else {k: plain(v) for k, v in row._mapping.items()}
        held, names = told[key], []
        for name in before:
            if held.get(name) == after[name]:
                names.append(name)
                held[name] = before[name]
            elif name != "search_key" and held.get(name) != before[name]:
                label = str(held.get("name") or held.get("decision_number") or number)
                found.kept.append(Kept(trace.thing, number, label, name, held.get(name)))
        found.changes.append((trace, names))


def _restore(session: Session, found: Undoing) -> None:
    for trace, names in found.changes:
        if names:
            mapped, before = THINGS[trace.thing], trace.before or {}
            values = {name: typed(mapped, name, before[name]) for name in names}
            if trace.thing in ("outlet", "village"):  # their search key is made of several columns
                row = session.get_one(mapped, trace.changed_id)
                for name, value in values.items():
                    setattr(row, name, value)
                continue
            session.execute(update(mapped).where(mapped.id == trace.changed_id).values(values))
    session.flush()


def _delete(session: Session, made: dict[str, list[int]], actor: str) -> None:
    for part in _batches(made["proposal"]):
        session.execute(
            update(WithdrawalProposal)
            .where(WithdrawalProposal.id.in_(part), WithdrawalProposal.state == ProposalState.PROPOSED)
            .values(state=ProposalState.REFUSED, decided_by=actor, decided_at=now())
        )  # fmt: skip
    for part in _batches(made["producer"]):
        # What a person said of the owner stays, by its name: the next list is answered by it.
        session.execute(
            update(OwnerDecision).where(OwnerDecision.producer_id.in_(part)).values(producer_id=None)
        )  # fmt: skip
    for thing in ("recognition", "product", "producer", "outlet", "village"):
        mapped = THINGS[thing]
        for part in _batches(made[thing]):
            session.execute(delete(mapped).where(mapped.id.in_(part)))
        if thing != "recognition":  # a page of its own
            remember(session, thing, made[thing])
        if made[thing]:  # the audit trail names them: nothing else may bear their numbers
            keep_ids(session, mapped.__tablename__, max(made[thing]) + 1)


def _names(session: Session, mapped: type[Any], ids: list[int]) -> list[str]:
    names: list[str] = []
    for part in _batches(ids):
        if mapped is Recognition:
            query = select(Product.name).join(Recognition).where(Recognition.id.in_(part))
        elif mapped is WithdrawalProposal:
            query = select(WithdrawalProposal.decision).where(WithdrawalProposal.id.in_(part))
        else:
            query = select(mapped.name).where(mapped.id.in_(part))
        names += session.scalars(query)
    return sorted(names)


def _told(names: Sequence[str]) -> str:
    once = list(dict.fromkeys(names))
    return ", ".join(f"“{name}”" for name in once[:_NAMED]) + (" …" if len(once) > _NAMED else "")


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    waiting = list(ids)
    for start in range(0, len(waiting), _BATCH):
        yield waiting[start : start + _BATCH]


def undoable(run: ImportRun) -> bool:
    """True if *run* is young enough and was recorded; what stands against it `look` says."""
    return run.traced and run.undone_at is None and now() - run.at <= MAX_AGE
