"""Takes a plan over, in the caller's one transaction."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Table, insert, update
from sqlalchemy.orm import Session

from labelsvc.accounts import audit, notices
from labelsvc.catalogue import register
from labelsvc.catalogue.fields import name_key
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.plan import Plan, PlanRow
from labelsvc.catalogue.importing.trace import THINGS, Trace
from labelsvc.catalogue.models import AdminUnit, ImportRun, Outlet, Producer, Product, Village
from labelsvc.catalogue.owners.decisions import leave_open
from labelsvc.catalogue.owners.index import OwnerKey
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.proposals import Ending, is_person, propose_withdrawal
from labelsvc.clock import now
from labelsvc.db import Base
from labelsvc.errors import Refused
from labelsvc.i18n import fold
from labelsvc.mapped import fresh_ids
from labelsvc.messages.outbox import Note

_T = TypeVar("_T")

_BATCH = 1000


#: Walks over the rows of a plan: reading them back from the disk costs more than writing most of them.
_WALKS = 2


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
    session: Session,
    plan: Plan,
    *,
    actor: str,
    step: Callable[[int, int], None] | None = None,
    token: str | None = None,
) -> ImportRun:
    """Write the new and the changed rows; refused ones are left out.

    Withdrawals are proposed where *actor* is a person ("user:12"), and wait for a second one;
    nothing else of a list of withdrawn products is written.

    Everything or nothing: the caller's transaction rolls all of it back when one row fails. Make
    the plan in the same transaction, so that nobody changes the catalogue in between.

    :param step: told how much of the work is done, and all of it.
    :param token: of the upload: no other run may bear it.
    :raises Refused: a person has to say first what the list is.
    """
    if plan.blocked:
        raise Refused(
            "It is not sure what this list is: recognised, withdrawn or another kind.",
            fix="Say what it is, then read it again; on the command line with --kind.",
        )
    rows, trace = _Watched(plan, step), Trace(session)
    producers, others = _new_producers(session, rows)
    trace.made("producer", producers.values())
    _new_products(session, rows, producers, trace)
    _changes(session, (plan.rows[index] for index in others), producers, actor, trace)
    if plan.places:
        _places(session, plan, actor, trace)
    proposed = (
        propose_from(session, plan, actor=actor, trace=trace)
        if plan.proposals and is_person(actor)
        else 0
    )
    counts = plan.counts
    run = ImportRun(
        file_name=plan.file_name[:200], sha256=plan.sha256, actor=actor, token=token, traced=True,
        **counts,
    )  # fmt: skip
    session.add(run)
    session.flush()
    trace.keep(run.id)
    mended = sum(len(rows) for rows in plan.choices.cells.values())
    audit.record(
        session, actor=actor, action="import.apply", subject=f"import:{run.id}",
        facts={"file": plan.file_name, "sha256": plan.sha256, **counts, "proposed": proposed,
               "kinds": [str(kind) for kind in plan.kinds], **({"mended": mended} if mended else {})},
    )  # fmt: skip
    told = {"file": run.file_name, "count": len(plan.rows), "page": f"/office/imports/{run.id}"}
    notices.tell_office(session, Note("list_taken", f"import:{run.id}:{now():%Y%m%d%H%M%S}", told))
    return run


def _new_producers(
    session: Session, rows: Iterable[PlanRow]
) -> tuple[dict[int, int], Sequence[int]]:
    """Add the producers that are not known yet.

    What several rows say of one producer is put together first: about a kilobyte for each new one.

    :returns: first row that names one → id; places of the rows that `_changes` has to see.
    """
    new: dict[int, dict[str, Any]] = {}
    others = array("l")
    for index, row in enumerate(rows):
        if row.state == "new" and row.producer_id is None and not row.line.place:
            facts = new.setdefault(_first_row(row), {})
            facts.update({k: v for k, v in row.line.producer.items() if k not in facts})
        if row.changes or row.asked:
            others.append(index)
    ids: dict[int, int] = {}
    keys = list(new)
    for start in range(0, len(keys), _BATCH):
        part = keys[start : start + _BATCH]
        values = _table_rows(Producer, (new[key] for key in part))
        ids.update(zip(part, _inserted(session, Producer, values), strict=True))
    return ids, others


def _first_row(row: PlanRow) -> int:
    """The row that named the new owner of *row* first."""
    return row.owner.row if row.owner is not None else row.line.order


def _new_products(
    session: Session, rows: Iterable[PlanRow], producers: dict[int, int], trace: Trace
) -> None:
    """Add the products and recognitions that are not known yet."""
    ids: dict[int, int] = {}  # mark of owner and product → id: a later row may add a decision
    for part in _batches(rows):
        fresh = [
            row for row in part if row.state == "new" and not row.follows and not row.line.place
        ]
        values = _table_rows(Product, (
            row.line.product | {"producer_id": row.producer_id or producers[_first_row(row)]}
            for row in fresh
        ))  # fmt: skip
        made = _inserted(session, Product, values)
        trace.made("product", made)
        ids.update(zip((row.mark for row in fresh), made, strict=True))
        trace.made("recognition", _new_recognitions(session, part, ids))


def _new_recognitions(
    session: Session, rows: Iterable[PlanRow], products: dict[int, int]
) -> Sequence[int]:
    """Add the recognitions; gives their ids."""
    values = [
        {"score": None, "certificate_number": "", "extension_evidence": "", "withdrawal_decision": "",
         "withdrawal_reason": "", **row.line.recognition, "product_id": product_id}
        for row in rows
        if row.line.recognition and row.recognition_id is None and row.state in ("new", "changed")
        and (product_id := row.product_id or products.get(row.mark)) is not None
    ]  # fmt: skip
    return _inserted(session, Recognition, values)


def _places(session: Session, plan: Plan, actor: str, trace: Trace) -> None:
    """Points of sale and villages: they are few, and go the way of the forms."""
    made: dict[str, int] = {}
    for row in plan.rows:
        facts = dict(row.line.place)
        if not facts or row.state not in ("new", "changed"):
            continue
        village = row.line.kind is ListKind.VILLAGES
        since = facts.pop("published_on", None)
        if "commune_code" in facts:
            key = (facts.pop("commune_code"), facts.pop("commune_from"))
            facts["commune"] = session.get(AdminUnit, key)
        number = made.get(name_key(facts["name"])) if row.follows else row.product_id
        if row.state == "new" and number is None:
            create: Any = (
                register.create_village if village else partial(register.create_outlet, on=since)
            )
            number = create(session, actor=actor, **facts).id
            made[name_key(facts["name"])] = number
            trace.made("village" if village else "outlet", [number])
        elif number is not None and row.state == "changed":
            _change_place(session, number, facts, village=village, trace=trace, actor=actor)
        if row.line.sells and number is not None:
            outlet = session.get_one(Outlet, number)
            for product in row.line.sells:
                register.sell_at(session, outlet, session.get_one(Product, product), sold=True, actor=actor)  # fmt: skip
            trace.sold(number, row.line.sells)


def _change_place(
    session: Session, number: int, facts: dict[str, Any], *, village: bool, trace: Trace, actor: str
) -> None:
    columns = {k: v for k, v in facts.items() if k != "commune"}
    if (commune := facts.get("commune")) is not None:
        columns |= {"commune_code": commune.code, "commune_from": commune.valid_from}
    trace.changes("village" if village else "outlet", number, columns)
    if village:
        register.update_village(session, session.get_one(Village, number), actor=actor, **facts)
    else:
        register.update_outlet(session, session.get_one(Outlet, number), actor=actor, **facts)


def propose_from(session: Session, plan: Plan, *, actor: str, trace: Trace | None = None) -> int:
    """Propose the withdrawals of a plan, each to be confirmed by a second person; gives how many.

    :param actor: a person, "user:12". :raises Refused: it is none.
    """
    made = 0
    for row in plan.rows:
        told = row.line.withdrawal
        if row.state != "proposed" or told is None:
            continue
        recognition = session.get_one(Recognition, row.recognition_id)
        ending = Ending(
            told.decision, told.on, told.reason, told.day, told.words,
            f"{plan.file_name}, {row.line.sheet}: {row.number}".replace(", : ", ": "),
        )  # fmt: skip
        proposal = propose_withdrawal(session, recognition, ending, actor=actor)
        if trace is not None:
            trace.made("proposal", [proposal.id])
        made += 1
    return made


def _renamed(session: Session, row: PlanRow, actor: str) -> None:
    """Note the older name, by which the product is found again."""
    change = next(change for change in row.changes if change.field == "name")
    audit.record(
        session, actor=actor, action="product.update", subject=f"product:{row.product_id}",
        facts={"name": [change.old, change.new]},
    )  # fmt: skip


def _changes(
    session: Session,
    rows: Iterable[PlanRow],
    producers: dict[int, int],
    actor: str,
    trace: Trace,
) -> None:
    """Fields of rows that are known and say something else; questions that nobody has answered."""
    questions: dict[OwnerKey, dict[int, None]] = {}
    for row in rows:
        if row.owner is not None and row.asked:
            ids = (one if one > 0 else producers.get(-one) for one in row.owner.asked_of)
            questions.setdefault(row.owner.key, {}).update((one, None) for one in ids if one)
        names = {change.field for change in row.changes}
        if not names or row.state in ("refused", "proposed") or row.line.place:
            continue
        for thing, key, facts in (
            ("producer", row.producer_id, row.line.producer),
            ("product", row.product_id, row.line.product),
            ("recognition", row.recognition_id, row.line.recognition),
        ):
            mapped = THINGS[thing]
            values = {k: v for k, v in facts.items() if k in names}
            if key is not None and values:
                if "name" in values:
                    values["search_key"] = fold(values["name"])
                    if mapped is Product:
                        _renamed(session, row, actor)
                trace.changes(thing, key, values)
                session.execute(update(mapped).where(mapped.id == key).values(values))
    if questions:
        leave_open(session, questions, actor=actor)


def _inserted(session: Session, mapped: type[Base], values: list[dict[str, Any]]) -> Sequence[int]:
    """Add rows in few statements; their ids in the order of *values*.

    By the table: by the class, rows that lack other values would each be a statement of its own.
    """
    if not values:
        return []
    table = cast("Table", mapped.__table__)
    ids = fresh_ids(session, table, len(values))
    rows = [{"id": number, **row} for number, row in zip(ids, values, strict=True)]
    session.execute(insert(table), rows)
    return ids


def _batches(rows: Iterable[_T]) -> Iterator[list[_T]]:
    waiting = iter(rows)
    while part := list(islice(waiting, _BATCH)):
        yield part


def _table_rows(
    mapped: type[Producer] | type[Product], said: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Rows for a bulk insert: every column that one of them says or that has a value of its own, and
    the key that the mapped class would have made."""
    moment, rows = now(), list(said)
    told = {name for facts in rows for name in facts}
    empty: dict[str, Any] = {}
    for column in mapped.__table__.columns:
        if column.name in ("id", "producer_id"):
            continue
        default = column.default
        if default is not None and default.is_scalar:
            empty[column.name] = default.arg
        elif column.name in ("created_at", "changed_at"):
            empty[column.name] = moment
        elif column.name in told:
            empty[column.name] = None
    return [empty | facts | {"search_key": fold(facts["name"])} for facts in rows]
