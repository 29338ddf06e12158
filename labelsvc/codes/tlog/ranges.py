"""Ranges: reads what a key signed before it was stopped out of the signed log. Used by the keyring.

The rows of the database are no proof: a thief of the key may have had the database too. So every leaf
is hashed, the hashes must give the root of the signed checkpoint, and of the leaves only those before
the one that stopped the key count. A leaf that is added afterwards stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.tlog.formats.checkpoint import Checkpoint, read
from labelsvc.codes.tlog.formats.leaf import PrintRunLeaf, WithdrawalLeaf, parse
from labelsvc.codes.tlog.formats.merkle import GrowingRoot, leaf_hash
from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.codes.tlog.models import LogLeaf, LogState
from labelsvc.errors import BadLog, LabelsvcError
from labelsvc.sealing import unseal

#: Keys sorted, so this stands in every leaf about a key; a quote inside a text is escaped.
_OF_KEY: Final = re.compile(rb'"kid":(\d+),"kind":"(?:print_run|withdrawal)"')
#: Ranges that this process read; thrown away when there are more.
_MAX_CACHED: Final = 4096


@dataclass(frozen=True)
class Logged:
    """The ranges that a key signed before it was stopped, as the log has them."""

    #: Numbers ``[first, stop)``, blank rolls too.
    numbers: tuple[tuple[int, int], ...] = ()
    #: Units with the offline form as `Key.unit_ranges` has them: lot, places ``[first, stop)`` in it
    #: before the shuffle, and what their codes say, where the leaf tells it.
    units: tuple[tuple[int, ...], ...] = ()
    #: The leaf that stopped the key is in the log: nothing is added any more.
    ended: bool = False


@dataclass(frozen=True)
class LogView:
    """The signed log as the database holds it."""

    #: Leaves of the signed checkpoint; 0 where nothing is signed yet.
    size: int = 0
    root: bytes = b""
    #: Key → ranges.
    keys: dict[int, Logged] = field(default_factory=dict)
    #: Why no leaf is believed; None where all is well, or nothing is signed.
    fault: LabelsvcError | None = None


#: (public key of the log, where it stands, key) → ranges that were verified. Where it stands: the leaf
#: that stopped the key and the one before it, since nothing is added then; else the signed root.
_cached: dict[tuple[bytes, bytes, int], Logged] = {}


def logged(session: Session, kids: Collection[int], *, secrets: Sequence[str]) -> dict[int, Logged]:
    """Ranges of each of *kids* in the signed log: none where the log does not verify.

    The log is read once a process for a key that it says is stopped, else once a checkpoint.
    """
    try:
        head = _signed(session, secrets)
    except LabelsvcError:
        return {kid: Logged() for kid in kids}
    if head is None:
        return {kid: Logged() for kid in kids}
    key, checkpoint = head
    places = {kid: _stopped(session, kid) or checkpoint.root for kid in kids}
    names = {kid: (key.public, places[kid], kid) for kid in kids}
    missing = [kid for kid in kids if names[kid] not in _cached]
    view = _read(session, checkpoint, missing) if missing else LogView()
    found = {kid: view.keys.get(kid) or _cached.get(names[kid]) or Logged() for kid in kids}
    if len(_cached) > _MAX_CACHED:
        _cached.clear()
    for kid in missing:
        if view.fault is None and found[kid].ended is (places[kid] != checkpoint.root):
            _cached[names[kid]] = found[kid]
    return found


def view(session: Session, kids: Collection[int], *, secrets: Sequence[str]) -> LogView:
    """Read the whole log anew and say what is wrong with it."""
    try:
        head = _signed(session, secrets)
    except LabelsvcError as error:
        return LogView(fault=error)
    return _read(session, head[1], kids) if head is not None else LogView()


def number_ranges(runs: Iterable[PrintRunLeaf]) -> tuple[tuple[int, int], ...]:
    """Numbers ``[first, stop)`` of *runs*, neighbours joined (`Key.ranges`)."""
    return joined((run.first, run.first + run.count) for run in runs)


def unit_ranges(runs: Iterable[PrintRunLeaf]) -> tuple[tuple[int, ...], ...]:
    """Ranges of units with the offline form (`Key.unit_ranges`)."""
    return joined_units(
        (run.lot, run.first_in_lot, run.first_in_lot + run.count, *(run.said or ()))
        for run in runs
        if run.form == "offline" and run.lot is not None and run.first_in_lot is not None
    )


def joined(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ranges ``[first, stop)``, ascending, neighbours as one."""
    found: list[tuple[int, int]] = []
    for first, stop in sorted(ranges):
        if found and found[-1][1] >= first:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((first, stop))
    return tuple(found)


def joined_units(ranges: Iterable[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """The same lot by lot; neighbours whose codes say different things stay apart."""
    found: dict[tuple[int, tuple[int, ...]], list[tuple[int, int]]] = {}
    for lot, first, stop, *said in ranges:
        found.setdefault((lot, tuple(said)), []).append((first, stop))
    rows = [(lot, *both, *said) for (lot, said), of in found.items() for both in joined(of)]
    return tuple(sorted(rows))


def _signed(session: Session, secrets: Sequence[str]) -> tuple[NoteKey, Checkpoint] | None:
    """The key of the log and its newest checkpoint; None where nothing is signed yet.

    The key follows from the sealed private half: the public one in the database could be anybody's.

    :raises LabelsvcError: the private half does not open, or the checkpoint is not signed with it.
    """
    columns = select(LogState.origin, LogState.sealed, LogState.checkpoint)
    row = session.execute(columns.where(LogState.id == 1)).one_or_none()
    if row is None or not row.checkpoint:
        return None
    key = NoteKey(row.origin, public_key(unseal(secrets, row.sealed, purpose="log key")))
    return key, read(row.checkpoint.encode(), key)[0]


def _stopped(session: Session, kid: int) -> bytes:
    """Hashes of the leaf that froze *kid* and of the one before it; b"" where it has no place yet."""
    query = select(LogLeaf.seq).where(LogLeaf.subject == f"key:{kid}:frozen")
    seq = session.scalar(query)
    if seq is None:
        return b""
    two = select(LogLeaf.leaf_hash).where(LogLeaf.seq.in_([seq - 1, seq])).order_by(LogLeaf.seq)
    return b"".join(session.scalars(two))


def _read(session: Session, checkpoint: Checkpoint, kids: Collection[int]) -> LogView:
    """Every leaf below *checkpoint*, and the ranges of *kids* once they give its root."""
    runs: dict[int, list[PrintRunLeaf]] = {kid: [] for kid in kids}
    ended: set[int] = set()
    tree = GrowingRoot()
    try:
        for body in _bodies(session, checkpoint.size):
            tree.add(leaf_hash(body))
            about = _OF_KEY.search(body)
            if about is None or int(about[1]) not in runs or int(about[1]) in ended:
                continue
            leaf = parse(body)
            if isinstance(leaf, PrintRunLeaf):
                runs[leaf.kid].append(leaf)
            elif isinstance(leaf, WithdrawalLeaf) and leaf.kid is not None:
                ended.add(leaf.kid)
        if tree.root() != checkpoint.root:
            raise BadLog("The leaves in the database do not give the root that was signed.")
    except BadLog as error:
        return LogView(checkpoint.size, checkpoint.root, {}, error)
    found = {
        kid: Logged(number_ranges(of), unit_ranges(of), kid in ended) for kid, of in runs.items()
    }
    return LogView(checkpoint.size, checkpoint.root, found)


def _bodies(session: Session, size: int) -> Iterator[bytes]:
    """The leaves from 0 to *size* in order. :raises BadLog: one is missing."""
    query = select(LogLeaf.seq, LogLeaf.body).where(LogLeaf.seq < size).order_by(LogLeaf.seq)
    place = 0
    with session.execute(query.execution_options(yield_per=5000)) as rows:
        for seq, body in rows:
            if seq != place:
                break
            yield body
            place += 1
    if place != size:
        raise BadLog("Leaf {number} of the public log is missing.", number=place)
