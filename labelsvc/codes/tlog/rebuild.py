"""Rebuild: finds files of the public log that are lost or damaged, and makes them again. Used by doctor.

Tiles follow from the leaves, and the signed checkpoint stands in the database too; so both can be made
again byte by byte, as long as the leaves give the root that was signed.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.tlog.formats import merkle, tiles
from labelsvc.codes.tlog.formats.checkpoint import read
from labelsvc.codes.tlog.formats.tiles import ENTRIES, WIDTH, TileTree
from labelsvc.codes.tlog.log import CHECKPOINT, FOLDER, KEY, key_of, published
from labelsvc.codes.tlog.models import LogLeaf, LogState
from labelsvc.codes.tlog.setback import forked
from labelsvc.errors import BadLog, FileMissing
from labelsvc.files import Files


def lost(session: Session, files: Files) -> list[str]:
    """Keys of files of the signed log that are missing, or not what the database gives."""
    return [key for key, data in _wanted(session) if _there(files, key) != data]


def rebuild(session: Session, files: Files) -> int:
    """Write again what `lost` finds. Gives how many files.

    :raises LogForked: the published log is longer than the one in the database, which is then older.
    :raises BadLog: the leaves in the database do not give the root that was signed.
    """
    state = session.get(LogState, 1)
    if state is None or not state.checkpoint:
        return 0
    try:
        there, _ = read(published(files), key_of(state))
    except (FileMissing, BadLog):
        pass  # it is made again, below
    else:
        if there.size > state.size:
            raise forked(there.size, state.size)
    found = [(key, data) for key, data in _wanted(session) if _there(files, key) != data]
    for key, data in found:
        files.put(key, data)
    return len(found)


def _wanted(session: Session) -> Iterator[tuple[str, bytes]]:
    """Every file of the signed log, the checkpoint last: it names all others."""
    state = session.get(LogState, 1)
    if state is None or not state.checkpoint:
        return
    made: dict[tuple[int, int], list[bytes]] = {}
    files: list[tuple[str, bytes]] = []
    for tile in tiles.new_tiles(0, state.size):
        if tile.level == ENTRIES:
            bodies = _bodies(session, tile)
            made[0, tile.index] = [merkle.leaf_hash(body) for body in bodies]
            files.append((f"{FOLDER}/{tile.path}", tiles.pack_leaves(bodies)))
            continue
        if tile.level:
            first = tile.index * WIDTH
            below = range(first, first + tile.width)
            made[tile.level, tile.index] = [merkle.fold(made[tile.level - 1, n]) for n in below]
        files.append((f"{FOLDER}/{tile.path}", tiles.pack(made[tile.level, tile.index])))
    tree = TileTree(state.size, lambda tile: b"")
    for (level, index), row in made.items():
        tree.keep(level, index, row)
    if (tree.root() if state.size else merkle.EMPTY_ROOT) != state.root:
        raise BadLog("The leaves in the database do not give the root that was signed.")
    yield from files
    yield KEY, f"{key_of(state).text}\n".encode()
    yield CHECKPOINT, state.checkpoint.encode()


def _bodies(session: Session, tile: tiles.Tile) -> list[bytes]:
    first = tile.index * WIDTH
    query = (
        select(LogLeaf.seq, LogLeaf.body)
        .where(LogLeaf.seq >= first, LogLeaf.seq < first + tile.width)
        .order_by(LogLeaf.seq)
    )
    rows = session.execute(query).all()
    for place, row in enumerate(rows, first):
        if row.seq != place:
            raise BadLog("Leaf {number} of the public log is missing.", number=place)
    if len(rows) != tile.width:
        raise BadLog("Leaf {number} of the public log is missing.", number=first + len(rows))
    return [row.body for row in rows]


def _there(files: Files, key: str) -> bytes | None:
    try:
        return files.get(key)
    except FileMissing:
        return None
