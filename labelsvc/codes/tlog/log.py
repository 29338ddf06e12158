"""Public log: appends leaves, numbers them, writes tiles and signs checkpoints.

A leaf is noted in the transaction of what it tells about (`append`), so neither is without the
other. `publish` does the rest, in steps that may break off anywhere and be begun again by anybody:

1. under a lock, give the waiting leaves their places, 0, 1, 2 …, and commit. From here on the tree
   of every size is decided;
2. write tiles. They follow from the places alone, so two processes write the same bytes;
3. under the lock, sign the larger checkpoint and commit;
4. under the lock, put the newest checkpoint beside the tiles.

The tree starts at what is published, not at what the database believes is: a checkpoint that the
database does not know means that the database is older than the world (a restored backup), and
nothing is published then, because the log would get a second history.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.tlog import setback
from labelsvc.codes.tlog.formats import merkle, same, tiles
from labelsvc.codes.tlog.formats.checkpoint import Checkpoint, Proof, cosigned_at, read
from labelsvc.codes.tlog.formats.leaf import Leaf, PrintRunLeaf, WithdrawalLeaf, parse
from labelsvc.codes.tlog.formats.note import Note, NoteKey, Signature
from labelsvc.codes.tlog.formats.tiles import ENTRIES, WIDTH, Tile, TileTree
from labelsvc.codes.tlog.models import LogLeaf, LogState
from labelsvc.codes.tlog.setback import forked
from labelsvc.db import Database
from labelsvc.errors import BadLog, FileMissing, LogForked
from labelsvc.files import Files
from labelsvc.sealing import seal, unseal

#: Folder of the log among the files, and its place in the origin.
FOLDER = "log"
CHECKPOINT = f"{FOLDER}/checkpoint"
#: The public key, for those who have it from nowhere else.
KEY = f"{FOLDER}/key"


def origin_of(host: str) -> str:
    """Name of the log of a host: its address without the scheme."""
    return f"{host}/{FOLDER}"


def append(session: Session, leaf: Leaf, *, again: bool = False) -> LogLeaf:
    """Note *leaf* in the caller's transaction; it gets its place with the next `publish`.

    The same fact once more gives the leaf that is there; another fact of its subject gets a subject
    of its own, as a withdrawal must not wait. Takes no lock: callers hold those of numbers and of the
    audit trail in orders of their own.

    :param again: a run too gets a subject of its own then, when a copy is completed.
    :raises LogForked: numbers of another run have the subject: an old copy was put back.
    """
    session.flush()
    for spelt in same.spellings(leaf):
        known = session.scalar(select(LogLeaf).where(LogLeaf.subject == spelt.id))
        if known is None:
            break
        told = parse(known.body)
        if same.fact(told) == same.fact(leaf):
            return known
        if isinstance(leaf, PrintRunLeaf) and not again:
            raise setback.taken(leaf.id)
    row = row_of(spelt)
    session.add(row)
    session.flush()
    return row


def open_log(session: Session, *, origin: str, secrets: Sequence[str]) -> LogState:
    """The state of the log, locked until the transaction ends; made on first use with a new key.

    :param secrets: the secret keys of the settings, oldest to newest.
    """
    query = select(LogState).where(LogState.id == 1).with_for_update()
    query = query.execution_options(populate_existing=True)
    state = session.scalar(query)
    if state is None:
        seed = os.urandom(32)
        made = LogState(
            id=1,
            origin=origin,
            public=public_key(seed),
            sealed=seal(secrets, seed, purpose="log key"),
            root=merkle.EMPTY_ROOT,
        )
        try:
            with session.begin_nested():
                session.add(made)
        except IntegrityError:
            pass  # another process was faster
        state = session.scalars(query).one()
    return state


def key_of(state: LogState) -> NoteKey:
    """Public key that the checkpoints of the log are signed with."""
    return NoteKey(state.origin, state.public)


def published(files: Files) -> bytes:
    """The checkpoint as it is served. :raises FileMissing: nothing is published yet."""
    return files.get(CHECKPOINT)


def publish(
    database: Database,
    files: Files,
    *,
    origin: str,
    secrets: Sequence[str],
    keep: Callable[[int], object] = lambda size: None,
) -> Checkpoint:
    """Bring the files up to what was noted. Any number of processes may do so at any time.

    :param keep: called with the leaves there are, before anybody may see the new ones.
    :returns: the newest checkpoint.
    :raises LogForked: the published log is not the beginning of this one; see `recovery`.
    :raises KeyUnavailable: *secrets* do not open the private key.
    """
    with database.writing() as session:
        state = open_log(session, origin=origin, secrets=secrets)
        base = _standing(files, state)
        _give_places(session, state)
        size = state.next_seq
    keep(size)
    root = _write_tiles(database, files, base, size)
    with database.writing() as session:
        state = open_log(session, origin=origin, secrets=secrets)
        if size > state.size or not state.checkpoint:
            made = Checkpoint(state.origin, size, root)
            seed = unseal(secrets, state.sealed, purpose="log key")
            state.size, state.root = size, root
            state.checkpoint = bytes(made.sign(seed)).decode()
        elif size == state.size and root != state.root:
            raise forked(state.size, size)
    found = _put_checkpoint(database, files)
    _tidy(files, base.size, size)
    return found


def cosigned(database: Database, files: Files, signature: Signature, witness: NoteKey) -> None:
    """Add the line of a witness to the published checkpoint.

    :raises BadLog: it is not of this witness, or of another checkpoint.
    """
    with database.writing() as session:
        state = session.scalars(
            select(LogState).with_for_update().execution_options(populate_existing=True)
        ).one()
        note = Note.parse(state.checkpoint.encode()).with_line(signature)
        cosigned_at(note, witness)
        state.checkpoint = bytes(note).decode()
    _put_checkpoint(database, files)


def prove(files: Files, key: NoteKey, seq: int) -> Proof:
    """Proof that leaf *seq* is in the published log.

    :raises FileMissing: nothing is published. :raises BadLog: the leaf is not published yet.
    """
    checkpoint, note = read(published(files), key)
    tree = TileTree(checkpoint.size, lambda tile: read_tile(files, tile))
    return Proof(seq, tuple(merkle.inclusion_proof(seq, checkpoint.size, tree.node)), note)


def read_tile(files: Files, tile: Tile) -> bytes:
    """Bytes of a tile; where a partial one was tidied away, the beginning of the full one.

    :raises FileMissing: neither is there.
    """
    try:
        return files.get(f"{FOLDER}/{tile.path}")
    except FileMissing:
        if tile.full:
            raise
    data = files.get(f"{FOLDER}/{tile.whole.path}")
    if tile.level == ENTRIES:
        return tiles.pack_leaves(tiles.unpack_leaves(data, WIDTH)[: tile.width])
    return data[: tile.width * merkle.HASH_SIZE]


# --- steps ---------------------------------------------------------------------------------------


def _standing(files: Files, state: LogState) -> Checkpoint:
    """Read what is published and check that it fits the database; the empty log where nothing is published."""
    try:
        data = published(files)
    except FileMissing:
        return Checkpoint(state.origin, 0, merkle.EMPTY_ROOT)
    try:
        found, _ = read(data, key_of(state))
    except BadLog:
        raise LogForked(
            "The published checkpoint is not one of this log.",
            fix="Somebody changed the files: put the folder back from a backup.",
        ) from None
    same_size = found.size == state.size
    if found.size > state.size or (same_size and found.root != state.root):
        raise forked(found.size, state.next_seq)
    return found


def _give_places(session: Session, state: LogState) -> None:
    rows = session.scalars(select(LogLeaf).where(LogLeaf.seq.is_(None)).order_by(LogLeaf.id))
    for row in rows.all():
        row.seq = state.next_seq
        state.next_seq += 1
    session.flush()


def _write_tiles(database: Database, files: Files, base: Checkpoint, size: int) -> bytes:
    """Write every tile that *size* leaves have and *base* has not. Gives the root.

    :raises LogForked: the leaves of the database do not begin with those of *base*.
    """
    before = TileTree(base.size, lambda tile: read_tile(files, tile))
    if size == base.size:
        return base.root
    made: dict[tuple[int, int], list[bytes]] = {}
    for tile in tiles.new_tiles(base.size, size):
        if tile.level == ENTRIES:
            bodies, hashes = _leaves(database, tile)
            made[0, tile.index] = hashes
            files.put(f"{FOLDER}/{tile.path}", tiles.pack_leaves(bodies))
            continue
        if tile.level:
            first = tile.index * WIDTH
            kept = tiles.count_at(base.size, tile.level) - first
            row = before.hashes(tile.level, tile.index)[:kept] if kept > 0 else []
            below = range(first + len(row), first + tile.width)
            row += [merkle.fold(made[tile.level - 1, index]) for index in below]
            made[tile.level, tile.index] = row
        files.put(f"{FOLDER}/{tile.path}", tiles.pack(made[tile.level, tile.index]))
    after = TileTree(size, lambda tile: read_tile(files, tile))
    for (level, index), row in made.items():
        after.keep(level, index, row)
    if merkle.root(base.size, after.node) != base.root:
        raise forked(base.size, size)
    return after.root()


def _leaves(database: Database, tile: Tile) -> tuple[list[bytes], list[bytes]]:
    first = tile.index * WIDTH
    with database.reading() as session:
        rows = session.execute(
            select(LogLeaf.seq, LogLeaf.body, LogLeaf.leaf_hash)
            .where(LogLeaf.seq >= first, LogLeaf.seq < first + tile.width)
            .order_by(LogLeaf.seq)
        ).all()
    if [row.seq for row in rows] != list(range(first, first + tile.width)):
        raise forked(first + tile.width, first + len(rows))
    return [row.body for row in rows], [row.leaf_hash for row in rows]


def _put_checkpoint(database: Database, files: Files) -> Checkpoint:
    """Put the newest signed checkpoint; under the lock, so that no older one comes after it."""
    with database.writing() as session:
        state = session.scalars(select(LogState).with_for_update()).one()
        data = state.checkpoint.encode()
        try:
            known = published(files)
        except FileMissing:
            known = b""
        if known != data:
            files.put(KEY, f"{key_of(state).text}\n".encode())
            files.put(CHECKPOINT, data)
        return read(data, key_of(state))[0]


def _tidy(files: Files, old: int, new: int) -> None:
    """Remove partial tiles whose full one is published."""
    for tile in tiles.new_tiles(old, new):
        if tile.full:
            for name in files.names(f"{FOLDER}/{tile.path}.p"):
                files.delete(name)


def row_of(leaf: Leaf) -> LogLeaf:
    """*leaf* as a row without a place; not added to any session."""
    body = bytes(leaf)
    return LogLeaf(
        subject=leaf.id,
        kind=leaf.kind,
        lot_id=leaf.lot if isinstance(leaf, PrintRunLeaf | WithdrawalLeaf) else None,
        body=body,
        leaf_hash=merkle.leaf_hash(body),
        at=leaf.at,
    )


def waiting(session: Session) -> int:
    """Leaves that wait for their place."""
    query = select(func.count()).select_from(LogLeaf).where(LogLeaf.seq.is_(None))
    return session.scalar(query) or 0
