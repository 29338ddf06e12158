"""Merging: makes two producers, or two products, one. One person proposes, another confirms.

Everything of the one that goes moves to the one that stays, in one transaction; its row stays and
leads there, so that old addresses, lists and numbers answer. For a day two people can take it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit, two_people
from labelsvc.catalogue.models import Producer, Product
from labelsvc.clock import now
from labelsvc.errors import BadInput, Conflict, NotFound, Refused
from labelsvc.i18n import nfc
from labelsvc.programme import moving
from labelsvc.programme.merge_checks import (
    COLUMNS,
    FIELDS,
    fingerprint,
    obstacles,
    since,
    values,
)
from labelsvc.programme.merge_names import RENAMES
from labelsvc.programme.models import Merge, MergeKind, MergeState

#: A proposal nobody confirmed is no longer about today's catalogue.
LASTS = timedelta(days=14)
#: How long a merge can be taken back.
REVERSIBLE = timedelta(days=1)
MAPPED: Mapping[str, type[Producer] | type[Product]] = {
    MergeKind.PRODUCER: Producer,
    MergeKind.PRODUCT: Product,
}
_SHORTEST = 5
#: Unique columns: the row that only leads on gives its value up to the one that stays.
_UNIQUE = frozenset({"tax_code", "ocop_code", "gtin"})


def propose(
    session: Session,
    kind: MergeKind,
    *,
    kept: int,
    gone: int,
    reason: str,
    actor: str,
    choices: dict[str, Any] | None = None,
) -> Merge:
    """Propose that *gone* is the same as *kept* and goes into it.

    :param choices: `fields`: name → "kept" or "gone", whose value stays; `products`: pairs of ids
        [of kept, of gone] of one name that are merged with their producers.
    :raises LabelsvcError: the first thing that must be settled before.
    """
    _need(reason)
    one, two = _row(session, kind, kept), _row(session, kind, gone)
    chosen = {"fields": dict((choices or {}).get("fields", {})),
              "products": [list(pair) for pair in (choices or {}).get("products", [])]}  # fmt: skip
    for obstacle in obstacles(session, kind, one, two, chosen):
        raise obstacle
    waiting = session.scalars(
        select(Merge.id).where(
            Merge.kind == kind, Merge.state == MergeState.PROPOSED, Merge.proposed_at > now() - LASTS,
            or_(Merge.kept_id.in_([kept, gone]), Merge.gone_id.in_([kept, gone])),
        )
    ).first()  # fmt: skip
    if waiting is not None:
        raise Conflict(
            "One of the two waits for another merge already.", fix="Decide that one first."
        )
    made = Merge(
        kind=kind, kept_id=kept, gone_id=gone, reason=nfc(reason).strip(), choices=chosen,
        seen=fingerprint(session, kind, one, two), state=MergeState.PROPOSED, proposed_by=actor,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _audit(session, made, "merge.propose", actor)
    two_people.ask(session, "merge", made.id, f"/office/merges/{made.id}", actor)
    return made


def confirm(session: Session, merge: Merge, *, actor: str) -> None:
    """The second person: everything moves, at once.

    :raises Refused: the same person proposed it. :raises Conflict: it is decided, too old, or one
        of the two was changed since.
    """
    _take(session, merge, MergeState.PROPOSED)
    _other_person(session, merge.proposed_by, actor)
    if stale(merge):
        raise Conflict(
            "This proposal is more than {days} days old.", fix="Propose it anew.", days=LASTS.days
        )
    kind = MergeKind(merge.kind)
    # In the order of their numbers, so that two merges at once cannot wait for each other.
    for number in sorted((merge.kept_id, merge.gone_id)):
        _row(session, kind, number, lock=True)
    kept, gone = _row(session, kind, merge.kept_id), _row(session, kind, merge.gone_id)
    for obstacle in obstacles(session, kind, kept, gone, merge.choices):
        raise obstacle
    if fingerprint(session, kind, kept, gone) != merge.seen:
        raise Conflict(
            "One of the two was changed since the proposal.",
            fix="Refuse it, look at both again, and propose it anew.",
        )
    fields = merge.choices["fields"]
    steps: list[moving.Step] = []
    for mine, other in merge.choices["products"]:
        steps += _join(session, MergeKind.PRODUCT, mine, other, {})
    steps += _join(session, kind, merge.kept_id, merge.gone_id, fields)
    merge.moved = {"steps": steps}
    two_people.decide(session, merge, MergeState.DONE, actor)
    counts: dict[str, int] = {}
    for step in steps:
        if step["do"] == "set":
            counts[step["table"]] = counts.get(step["table"], 0) + len(step["keys"])
    _audit(session, merge, "merge.confirm", actor, **counts)
    # Each of the two tells its own history, with what came of it.
    for action, mine_id, other_id in (("merge.into", merge.gone_id, merge.kept_id), ("merge.takes", merge.kept_id, merge.gone_id)):  # fmt: skip
        audit.record(
            session, actor=actor, action=action, subject=f"{kind}:{mine_id}",
            facts={"merge": merge.id, kind: other_id},
        )  # fmt: skip


def refuse(session: Session, merge: Merge, *, answer: str, actor: str) -> None:
    """It is not done, or not taken back; who proposed it may refuse it too.

    :raises BadInput: no answer. :raises Conflict: it is decided already.
    """
    _need(answer)
    _take(session, merge, MergeState.PROPOSED, MergeState.UNDOING)
    if merge.state == MergeState.UNDOING:
        merge.state, merge.undo_by, merge.undo_at = MergeState.DONE, "", None
    else:
        two_people.decide(session, merge, MergeState.REFUSED, actor)
    merge.answer = nfc(answer).strip()
    session.flush()
    _audit(session, merge, "merge.refuse", actor)


def propose_undo(session: Session, merge: Merge, *, reason: str, actor: str) -> None:
    """Propose that the merge is taken back; another person confirms it.

    :raises Conflict: a day has gone by, or labels were printed that could not be told apart.
    """
    _need(reason)
    _take(session, merge, MergeState.DONE)
    _reversible(session, merge)
    merge.state, merge.undo_by, merge.undo_at = MergeState.UNDOING, actor, now()
    merge.answer = nfc(reason).strip()
    session.flush()
    _audit(session, merge, "merge.propose_undo", actor)
    two_people.ask(session, "merge", f"{merge.id}:undo", f"/office/merges/{merge.id}", actor)


def undo(session: Session, merge: Merge, *, actor: str) -> list[str]:
    """The second person: every row is as it was; gives the tables in which one was changed since.

    :raises Refused: the same person proposed it. :raises Conflict: as `propose_undo`.
    """
    _take(session, merge, MergeState.UNDOING)
    _other_person(session, merge.undo_by, actor)
    for number in sorted((merge.kept_id, merge.gone_id)):
        _row(session, MergeKind(merge.kind), number, lock=True)
    _reversible(session, merge)
    left = moving.restore(session, merge.moved["steps"])
    merge.state, merge.undone_by, merge.undone_at = MergeState.UNDONE, actor, now()
    session.flush()
    _audit(session, merge, "merge.undo", actor, left=left)
    for number in (merge.gone_id, merge.kept_id):
        audit.record(
            session, actor=actor, action="merge.undone", subject=f"{merge.kind}:{number}",
            facts={"merge": merge.id},
        )  # fmt: skip
    return left


def stale(merge: Merge) -> bool:
    """A proposal that was left lying: it must be made anew."""
    return merge.state == MergeState.PROPOSED and merge.proposed_at <= now() - LASTS


def until(merge: Merge) -> datetime | None:
    """The moment until which it can be taken back; None where that is over or never was."""
    if merge.decided_at is None or merge.state not in (MergeState.DONE, MergeState.UNDOING):
        return None
    end = merge.decided_at + REVERSIBLE
    return end if end > now() else None


def _join(
    session: Session, kind: MergeKind, kept_id: int, gone_id: int, fields: Mapping[str, str]
) -> list[moving.Step]:
    """Everything of *gone_id* goes to *kept_id*, and its facts where they are chosen or missing."""
    table = MAPPED[kind].__table__
    kept, gone = _row(session, kind, kept_id), _row(session, kind, gone_id)
    taken = [
        field
        for field in FIELDS[kind]
        if values(kept, field) != values(gone, field)
        and any(values(gone, field))
        and (fields.get(field) == "gone" or not any(values(kept, field)))
        # Never because the other has one: it would be a promise that nobody made for this one.
        and (field != "organisation" or fields.get(field) == "gone")
    ]
    columns = [name for field in taken for name in COLUMNS.get(field, (field,))]
    if "name" in columns:
        columns.append("search_key")
    old = {name: (getattr(kept, name), getattr(gone, name)) for name in columns}
    steps: list[moving.Step] = []
    for name in columns:
        mine, other = old[name]
        if name in _UNIQUE:
            steps += moving.assign(session, table, [[gone_id]], name, other, None)  # type: ignore[arg-type]
        elif name == "name" and kind == MergeKind.PRODUCT:
            # Both are of one producer: the one that only leads on gets a name that nobody has.
            spare = f"{other[:180]} (#{gone_id})"
            steps += moving.assign(session, table, [[gone_id]], name, other, spare)  # type: ignore[arg-type]
        steps += moving.assign(session, table, [[kept_id]], name, mine, other)  # type: ignore[arg-type]
    skip = _leading_on(session, kind, gone_id)
    steps += moving.move(session, table, gone_id, kept_id, RENAMES, skip=skip)  # type: ignore[arg-type]
    steps += moving.assign(session, table, [[gone_id]], "merged_into_id", None, kept_id)  # type: ignore[arg-type]
    session.expire_all()
    return steps


def _leading_on(session: Session, kind: MergeKind, gone_id: int) -> dict[str, set[int]]:
    """Rows that stay with the one that goes: products of it that lead on themselves."""
    if kind == MergeKind.PRODUCT:
        return {}
    query = select(Product.id).where(
        Product.producer_id == gone_id, Product.merged_into_id.is_not(None)
    )
    return {"product": set(session.scalars(query))}


def _row(session: Session, kind: MergeKind, number: int, *, lock: bool = False) -> Any:
    found = session.get(MAPPED[kind], number, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound("There is no entry of the number {number}.", number=number)
    return found


def _take(session: Session, merge: Merge, *states: MergeState) -> None:
    two_people.take(session, merge, *states, decided=Conflict("This merge is decided already."))


def _other_person(session: Session, first: str, actor: str) -> None:
    same = Refused(
        "Whoever proposes a merge cannot confirm it.",
        fix="Ask a colleague: two people look at what becomes one.",
    )
    two_people.check(session, first, actor, same=same)


def _reversible(session: Session, merge: Merge) -> None:
    if until(merge) is None:
        raise Conflict(
            "A merge can be taken back for {hours} hours; they are over.",
            fix="Make a new producer or product for what is not the same.",
            hours=int(REVERSIBLE.total_seconds() // 3600),
        )
    for obstacle in since(session, merge):
        raise obstacle


def _need(reason: str) -> None:
    if len(reason.strip()) < _SHORTEST:
        raise BadInput(
            "A reason is needed.", fix="Say in a few words what happened.", field="reason"
        )


def _audit(session: Session, merge: Merge, action: str, actor: str, **more: Any) -> None:
    facts = {
        "kind": merge.kind,
        "kept": merge.kept_id,
        "gone": merge.gone_id,
        "reason": merge.reason,
    }
    if merge.answer:
        facts["answer"] = merge.answer
    audit.record(
        session, actor=actor, action=action, subject=f"merge:{merge.id}", facts=facts | more
    )
