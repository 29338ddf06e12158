"""Claims: which ranges of a frozen key are believed, and how two people add what the log lacks. Used
by the keyring, the office's key pages, `doctor` and `keys list`.

After a theft the public log says what the key signed before (`tlog.ranges`). Rows of the database that
it lacks may be a thief's: they are listed and not believed, until one person proposes them and another
confirms. What is confirmed is sealed, so that nobody adds a decision by writing to the database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.accounts import audit, two_people
from labelsvc.catalogue.models import Lot
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.models import Blank, Form, Issue, KeyRecord, RangeClaim, WithdrawalState
from labelsvc.codes.tlog import describe, log
from labelsvc.codes.tlog.ranges import Logged, joined, joined_units, logged
from labelsvc.errors import BadInput, Conflict, KeyUnavailable, NotFound, Refused
from labelsvc.i18n import nfc
from labelsvc.sealing import seal, unseal

_SHORTEST = 5


@dataclass(frozen=True)
class Lacking:
    """An issue or a blank roll of a frozen key that is not believed."""

    #: "issue:12" or "blank:3".
    row: str
    #: Form of an issue; "blank".
    form: str
    first: int
    count: int
    lot: int | None = None
    #: Place of its first unit in the lot.
    place: int | None = None


def believed(
    session: Session, kids: Collection[int], *, secrets: Sequence[str]
) -> dict[int, Logged]:
    """Collect what is believed of each frozen key: what the signed log has, and what two people decided."""
    found = logged(session, kids, secrets=secrets)
    for claim in session.scalars(_done(kids)):
        try:
            rows = _opened(claim, secrets)
        except KeyUnavailable:
            continue  # not sealed by us; `unsealed` tells
        known = found[claim.kid]
        numbers = [(row.first, row.first + row.count) for row in rows]
        units = [
            (row.lot, row.place, row.place + row.count)
            for row in rows
            if row.form == Form.OFFLINE and row.lot is not None and row.place is not None
        ]
        found[claim.kid] = Logged(
            joined([*known.numbers, *numbers]), joined_units([*known.units, *units]), known.ended
        )
    return {kid: _told(session, kid, known) for kid, known in found.items()}


def _told(session: Session, kid: int, known: Logged) -> Logged:
    """*known*, with what the register says of units whose leaf does not tell what their codes say: so do
    leaves of before that was noted. Of whom the register tells nothing, nothing is said.
    """
    rows = [row for row in known.units if not row[3:]]
    if not rows:
        return known
    query = select(Issue).where(Issue.kid == kid, Issue.form == Form.OFFLINE)
    runs: dict[int, list[Issue]] = {}
    path = joinedload(Issue.lot).joinedload(Lot.product)
    for issue in session.scalars(query.options(path).order_by(Issue.first_in_lot)):
        runs.setdefault(issue.lot_id, []).append(issue)
    found = [row for row in known.units if row[3:]]
    for lot, first, stop in rows:
        at = first
        for issue in runs.get(lot, ()):
            low, high = max(at, issue.first_in_lot), min(stop, issue.first_in_lot + issue.count)
            if low < high:
                found += [(lot, at, low)] * (at < low)
                found += [(lot, low, high, *said) for said in issue.sayings]
                at = high
        found += [(lot, at, stop)] * (at < stop)
    return replace(known, units=joined_units(found))


def lacking(session: Session, kid: int, *, secrets: Sequence[str]) -> list[Lacking]:
    """Rows of frozen key *kid* that are not believed: the log lacks them and nobody decided."""
    known = believed(session, [kid], secrets=secrets)[kid]
    issues = session.scalars(select(Issue).where(Issue.kid == kid).order_by(Issue.first))
    rolls = session.scalars(select(Blank).where(Blank.kid == kid).order_by(Blank.first))
    rows = [*map(_of_blank, rolls), *map(_of_issue, issues)]
    return [row for row in rows if not _inside(row, known)]


def frozen(session: Session) -> list[int]:
    """Keys that are frozen."""
    query = select(KeyRecord.kid).where(KeyRecord.state == KeyState.FROZEN)
    return list(session.scalars(query.order_by(KeyRecord.kid)))


def unsealed(session: Session, *, secrets: Sequence[str]) -> list[int]:
    """Confirmed claims that no key of the settings opens: rows that somebody wrote by hand."""
    found = []
    for claim in session.scalars(_done(frozen(session))):
        try:
            _opened(claim, secrets)
        except KeyUnavailable:
            found.append(claim.id)
    return found


def waiting(session: Session, kid: int) -> Sequence[RangeClaim]:
    """Claims for key *kid* that wait for a second person."""
    return session.scalars(
        select(RangeClaim)
        .where(RangeClaim.kid == kid, RangeClaim.state == WithdrawalState.PROPOSED)
        .order_by(RangeClaim.id)
    ).all()


def rows_of(claim: RangeClaim) -> list[Lacking]:
    """The ranges of a claim, as proposed; none where somebody else wrote the row."""
    try:
        return [Lacking(**row) for row in json.loads(claim.ranges)]
    except (ValueError, TypeError):
        return []


def digest(claim: RangeClaim) -> str:
    """Hash what a person sees when they confirm: it changes with the key and every range."""
    return hashlib.sha256(f"{claim.kid} {claim.ranges}".encode()).hexdigest()


def propose(
    session: Session,
    kid: int,
    rows: Iterable[str],
    *,
    reason: str,
    actor: str,
    secrets: Sequence[str],
) -> RangeClaim:
    """Propose that *rows* ("issue:12") of key *kid* are believed though the log lacks them.

    :raises BadInput: no reason, or no rows. :raises NotFound: a row is not one that is lacking.
    :raises Conflict: one of them is proposed already.
    """
    if len(reason.strip()) < _SHORTEST:
        raise BadInput(
            "A reason is needed.", fix="Say in a few words what happened.", field="reason"
        )
    session.get(KeyRecord, kid, with_for_update=True)  # two people proposing at once take turns
    known = {row.row: row for row in lacking(session, kid, secrets=secrets)}
    chosen = sorted(set(rows))
    if not chosen:
        raise BadInput("Choose at least one range.", fix="Tick what is genuine.", field="rows")
    if not known.keys() >= set(chosen):
        raise NotFound(
            "A range that was chosen is not in this list any more.", fix="Reload the page."
        )
    taken = {row.row for claim in waiting(session, kid) for row in rows_of(claim)}
    if taken & set(chosen):
        raise Conflict(
            "A range that was chosen is proposed already.", fix="Somebody else can confirm it now."
        )
    made = RangeClaim(
        kid=kid,
        ranges=json.dumps([asdict(known[name]) for name in chosen], sort_keys=True),
        reason=nfc(reason).strip(),
        state=WithdrawalState.PROPOSED,
        proposed_by=actor,
    )
    session.add(made)
    session.flush()
    _written(session, made, "key.ranges.propose", actor)
    two_people.ask(session, "ranges", made.id, f"/office/ranges/{made.id}", actor)
    return made


def confirm(
    session: Session, claim: RangeClaim, *, seen: str, actor: str, secrets: Sequence[str]
) -> None:
    """The second person: the ranges are believed from now on, and entered in the log.

    :param seen: `digest` of the claim as it was shown.
    :raises Refused: the same person proposed it. :raises Conflict: it is decided, or it or one of its
        rows is not what was shown any more.
    """
    _take(session, claim)
    same = Refused(
        "Whoever proposes ranges cannot confirm them.",
        fix="Ask a colleague: two people look at what is believed of a stolen key.",
    )
    two_people.check(session, claim.proposed_by, actor, same=same)
    rows = rows_of(claim)
    found = [_row(session, row) for row in rows]
    key = session.get(KeyRecord, claim.kid)
    if (
        seen != digest(claim)
        or key is None
        or key.state != KeyState.FROZEN
        or any(it is None or it.kid != claim.kid for it in found)
        or rows != [_described(it) for it in found if it is not None]
    ):
        raise Conflict(
            "The ranges are not what was proposed any more.", fix="Reload the page and look again."
        )
    text = json.dumps({"kid": claim.kid, "ranges": [asdict(row) for row in rows]}, sort_keys=True)
    claim.sealed = seal(secrets, text.encode(), purpose=f"ranges {claim.id}")
    for it in found:
        if it is not None:
            log.append(session, describe.issue(it) if isinstance(it, Issue) else describe.blank(it))
    _decide(session, claim, WithdrawalState.DONE, "key.ranges.confirm", actor)


def refuse(session: Session, claim: RangeClaim, *, answer: str, actor: str) -> None:
    """They stay unbelieved; the one who proposed may take it back this way.

    :raises BadInput: no answer. :raises Conflict: it is decided already.
    """
    _take(session, claim)
    if len(answer.strip()) < _SHORTEST:
        raise BadInput(
            "A reason is needed.", fix="Say in a few words what happened.", field="reason"
        )
    claim.answer = nfc(answer).strip()
    _decide(session, claim, WithdrawalState.REFUSED, "key.ranges.refuse", actor)


def _done(kids: Collection[int]) -> Select[RangeClaim]:
    query = select(RangeClaim).where(
        RangeClaim.kid.in_(kids), RangeClaim.state == WithdrawalState.DONE
    )
    return query.order_by(RangeClaim.id)


def _opened(claim: RangeClaim, secrets: Sequence[str]) -> list[Lacking]:
    """Open the ranges that two people decided. :raises KeyUnavailable: the row is not sealed by us, or of a key."""
    text = unseal(secrets, claim.sealed or b"", purpose=f"ranges {claim.id}")
    facts = json.loads(text)
    if facts["kid"] != claim.kid:
        raise KeyUnavailable("Ranges {number} are sealed for another key.", number=claim.id)
    return [Lacking(**row) for row in facts["ranges"]]


def _described(row: Issue | Blank) -> Lacking:
    return _of_issue(row) if isinstance(row, Issue) else _of_blank(row)


def _of_issue(row: Issue) -> Lacking:
    return Lacking(
        f"issue:{row.id}", str(row.form), row.first, row.count, row.lot_id, row.first_in_lot
    )


def _of_blank(row: Blank) -> Lacking:
    return Lacking(f"blank:{row.id}", "blank", row.first, row.count)


def _row(session: Session, row: Lacking) -> Issue | Blank | None:
    kind, _, number = row.row.partition(":")
    if kind == "blank":
        return session.get(Blank, int(number), populate_existing=True)
    return session.get(
        Issue,
        int(number),
        populate_existing=True,
        options=[joinedload(Issue.lot).joinedload(Lot.product)],
    )


def _inside(row: Lacking, known: Logged) -> bool:
    stop = row.first + row.count
    if not any(first <= row.first and stop <= end for first, end in known.numbers):
        return False
    if row.form != Form.OFFLINE or row.place is None:
        return True
    stop = row.place + row.count
    whole = joined_units(found[:3] for found in known.units)
    return any(lot == row.lot and first <= row.place and stop <= end for lot, first, end in whole)


def _take(session: Session, claim: RangeClaim) -> None:
    decided = Conflict("This is decided already.")
    two_people.take(session, claim, WithdrawalState.PROPOSED, decided=decided)


def _decide(
    session: Session, claim: RangeClaim, state: WithdrawalState, action: str, actor: str
) -> None:
    two_people.decide(session, claim, state, actor)
    _written(session, claim, action, actor)


def _written(session: Session, claim: RangeClaim, action: str, actor: str) -> None:
    rows = rows_of(claim)
    facts = {
        "kid": claim.kid,
        "claim": claim.id,
        "ranges": len(rows),
        "codes": sum(row.count for row in rows),
        "sha256": digest(claim),
        "reason": claim.reason,
        "answer": claim.answer,
    }
    audit.record(session, actor=actor, action=action, subject=f"key:{claim.kid}", facts=facts)
