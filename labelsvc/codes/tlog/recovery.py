"""Recovery: takes published leaves back into a restored database.

Without them the log would get a second history, so nothing is published until then (`log.publish`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.tlog.formats import merkle, tiles
from labelsvc.codes.tlog.formats.checkpoint import read
from labelsvc.codes.tlog.formats.leaf import Leaf, parse
from labelsvc.codes.tlog.formats.tiles import ENTRIES, WIDTH, TileTree
from labelsvc.codes.tlog.log import forked, key_of, open_log, published, read_tile, row_of
from labelsvc.codes.tlog.models import LogLeaf
from labelsvc.db import Database
from labelsvc.errors import FileMissing, NotFound
from labelsvc.files import Files


def recover(database: Database, files: Files, *, origin: str, secrets: Sequence[str]) -> int:
    """Take leaves that are published and that the database forgot back into it.

    For after a backup was restored. The leaves must give the root that we signed.

    :returns: how many were taken back.
    :raises LogForked: what the database has differs from what is published.
    :raises NotFound: nothing is published.
    """
    with database.writing() as session:
        state = open_log(session, origin=origin, secrets=secrets)
        try:
            checkpoint, note = read(published(files), key_of(state))
        except FileMissing:
            raise NotFound("Nothing of the public log is published yet.") from None
        tree = TileTree(checkpoint.size, lambda tile: read_tile(files, tile))
        query = select(LogLeaf.seq, LogLeaf.leaf_hash).where(LogLeaf.seq < checkpoint.size)
        own = {seq: leaf_hash for seq, leaf_hash in session.execute(query)}
        found = 0
        for start in range(0, checkpoint.size, WIDTH):
            bundle = tiles.tile_at(checkpoint.size, ENTRIES, start // WIDTH)
            hashes = tree.hashes(0, start // WIDTH)
            leaves = tiles.unpack_leaves(read_tile(files, bundle), bundle.width)
            for seq, (body, expected) in enumerate(zip(leaves, hashes, strict=True), start):
                if merkle.leaf_hash(body) != expected or own.get(seq, expected) != expected:
                    raise forked(checkpoint.size, state.next_seq)
                if seq not in own:
                    _take_back(session, parse(body), seq)
                    found += 1
        if tree.root() != checkpoint.root:
            raise forked(checkpoint.size, state.next_seq)
        state.next_seq = max(state.next_seq, checkpoint.size)
        if checkpoint.size > state.size:
            state.size, state.root = checkpoint.size, checkpoint.root
            state.checkpoint = bytes(note).decode()
    return found


def _take_back(session: Session, leaf: Leaf, seq: int) -> None:
    waiting = session.scalar(select(LogLeaf).where(LogLeaf.subject == leaf.id))
    if waiting is not None:
        if waiting.seq is not None:
            raise forked(seq, waiting.seq)
        session.delete(waiting)
        session.flush()
    row = row_of(leaf)
    row.seq = seq
    session.add(row)
    session.flush()
