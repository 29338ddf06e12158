"""Recovery: finds published leaves that a database forgot, and takes them back into it.

Without them the log would get a second history, so nothing is published until then (`log.publish`).
What they tell is applied by `labelsvc.recovery`, a room above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.tlog.formats import merkle, same, tiles
from labelsvc.codes.tlog.formats.checkpoint import Checkpoint, read
from labelsvc.codes.tlog.formats.leaf import Leaf, parse
from labelsvc.codes.tlog.formats.note import Note
from labelsvc.codes.tlog.formats.tiles import ENTRIES, WIDTH, TileTree
from labelsvc.codes.tlog.log import key_of, open_log, published, read_tile, row_of
from labelsvc.codes.tlog.models import LogLeaf, LogState
from labelsvc.codes.tlog.setback import forked
from labelsvc.db import Database
from labelsvc.errors import FileMissing, NotFound
from labelsvc.files import Files


@dataclass(frozen=True)
class Forgotten:
    """The published log, and the leaves that the database lacks."""

    checkpoint: Checkpoint
    note: Note
    #: Place and leaf, ascending.
    leaves: tuple[tuple[int, Leaf], ...]


def recover(database: Database, files: Files, *, origin: str, secrets: Sequence[str]) -> int:
    """Take leaves that are published and that the database forgot back into it.

    :returns: how many were taken back.
    :raises LogForked: what the database has differs from what is published.
    :raises NotFound: nothing is published.
    """
    with database.writing() as session:
        state = open_log(session, origin=origin, secrets=secrets)
        return take_back(session, state, forgotten(session, files, state))


def forgotten(session: Session, files: Files, state: LogState) -> Forgotten:
    """Published leaves that the database lacks. All of them must give the root that we signed.

    :raises LogForked: what the database has differs. :raises NotFound: nothing is published.
    :raises BadLog: the published checkpoint is not of this log.
    """
    try:
        checkpoint, note = read(published(files), key_of(state))
    except FileMissing:
        raise NotFound("Nothing of the public log is published yet.") from None
    tree = TileTree(checkpoint.size, lambda tile: read_tile(files, tile))
    query = select(LogLeaf.seq, LogLeaf.leaf_hash).where(LogLeaf.seq < checkpoint.size)
    own = {seq: leaf_hash for seq, leaf_hash in session.execute(query)}
    found: list[tuple[int, Leaf]] = []
    for start in range(0, checkpoint.size, WIDTH):
        bundle = tiles.tile_at(checkpoint.size, ENTRIES, start // WIDTH)
        hashes = tree.hashes(0, start // WIDTH)
        leaves = tiles.unpack_leaves(read_tile(files, bundle), bundle.width)
        for seq, (body, expected) in enumerate(zip(leaves, hashes, strict=True), start):
            if merkle.leaf_hash(body) != expected or own.get(seq, expected) != expected:
                raise forked(checkpoint.size, state.next_seq)
            if seq not in own:
                found.append((seq, parse(body)))
    if tree.root() != checkpoint.root:
        raise forked(checkpoint.size, state.next_seq)
    return Forgotten(checkpoint, note, tuple(found))


def take_back(session: Session, state: LogState, lost: Forgotten) -> int:
    """Write the leaves of *lost* into the database, and how far the log is. Gives how many."""
    for seq, leaf in lost.leaves:
        _take_back(session, leaf, seq)
    checkpoint = lost.checkpoint
    state.next_seq = max(state.next_seq, checkpoint.size)
    if checkpoint.size > state.size:
        state.size, state.root = checkpoint.size, checkpoint.root
        state.checkpoint = bytes(lost.note).decode()
    return len(lost.leaves)


def _take_back(session: Session, leaf: Leaf, seq: int) -> None:
    waiting = session.scalar(select(LogLeaf).where(LogLeaf.subject == leaf.id))
    if waiting is not None:
        if waiting.seq is not None:
            raise forked(seq, waiting.seq)
        own = parse(waiting.body)
        session.delete(waiting)
        session.flush()
        if same.fact(own) != same.fact(leaf):  # a row that got the number of one that was lost
            _move(session, own)
    row = row_of(leaf)
    row.seq = seq
    session.add(row)
    session.flush()


def _move(session: Session, leaf: Leaf) -> None:
    """Note *leaf* anew, as the second fact of its subject."""
    for spelt in islice(same.spellings(leaf), 1, None):
        if session.scalar(select(LogLeaf.id).where(LogLeaf.subject == spelt.id)) is None:
            session.add(row_of(spelt))
            session.flush()
            return
