"""The log on both databases: places, publishing, crashes, rivals, restored backups."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from labelsvc.codes.models import Form
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.codes.tlog import log, recovery
from labelsvc.codes.tlog.formats import audit, merkle, tiles
from labelsvc.codes.tlog.formats import checkpoint as cp
from labelsvc.codes.tlog.formats.leaf import Leaf
from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.codes.tlog.models import LogLeaf, LogState
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.db import Database
from labelsvc.errors import BadLog, FileMissing, KeyUnavailable, LogForked, NotFound
from labelsvc.files import Files
from tests.codes.tlog import leaves
from tests.factories import make_lot

ORIGIN = "qr.example.vn/log"
SECRETS = ["k" * 40]


class Crash(Exception):
    pass


class Frail(Files):
    """Files of a machine that dies after so many writes."""

    def __init__(self, url: str, left: int) -> None:
        super().__init__(url)
        self.left = left

    def put(self, key: str, data: bytes) -> None:
        if self.left == 0:
            raise Crash
        self.left -= 1
        super().put(key, data)


def note(database: Database, *found: Leaf) -> None:
    with database.writing() as session:
        for leaf in found:
            log.append(session, leaf)


def runs(first: int, stop: int) -> list[Leaf]:
    return [leaves.run(number, lot=1 + number % 3) for number in range(first, stop)]


def publish(database: Database, files: Files) -> cp.Checkpoint:
    return log.publish(database, files, origin=ORIGIN, secrets=SECRETS)


def key(database: Database) -> NoteKey:
    with database.writing() as session:
        return log.key_of(log.open_log(session, origin=ORIGIN, secrets=SECRETS))


def check(database: Database, files: Files, **facts: Any) -> audit.Report:
    """What an outsider finds."""
    report = audit.verify(lambda path: files.get(f"log/{path}"), key(database), **facts)
    assert not report.problems, [(p.place, str(p.error)) for p in report.problems]
    return report


def test_an_empty_log_is_published_too(database: Database, files: Files) -> None:
    made = publish(database, files)
    assert (made.origin, made.size, made.root) == (ORIGIN, 0, merkle.EMPTY_ROOT)
    assert check(database, files).size == 0


def test_what_is_noted_is_published_once_and_in_order(database: Database, files: Files) -> None:
    seen = None
    for first, stop in ((1, 2), (2, 4), (4, 261), (261, 261), (261, 780)):
        note(database, *runs(first, stop))
        note(database, *runs(max(1, stop - 2), stop))  # twice makes no second leaf
        made = publish(database, files)
        report = check(database, files, remembered=seen)
        assert made.size == report.size == report.kinds["print_run"] == stop - 1
        seen = report.checkpoint
    assert publish(database, files) == made
    assert log.published(files) == seen
    with database.reading() as session:
        assert log.waiting(session) == 0
        rows = session.scalars(select(LogLeaf).order_by(LogLeaf.seq)).all()
    assert [row.seq for row in rows] == list(range(779))
    assert [row.subject for row in rows] == [leaf.id for leaf in runs(1, 780)]


def test_the_tree_is_that_of_the_leaves_in_memory(database: Database, files: Files) -> None:
    found = runs(1, 40)
    note(database, *found)
    made = publish(database, files)
    hashes = [merkle.leaf_hash(bytes(leaf)) for leaf in found]
    assert made.root == merkle.root(39, merkle.nodes_of(hashes))


def test_every_published_leaf_has_a_proof_to_take_home(database: Database, files: Files) -> None:
    found = runs(1, 300)
    note(database, *found)
    made = publish(database, files)
    for seq in (0, 255, 256, 298):
        proof = cp.Proof.parse(bytes(log.prove(files, key(database), seq)))
        proof.note.check(key(database))
        leaf = merkle.leaf_hash(bytes(found[seq]))
        merkle.check_inclusion(leaf, seq, made.size, made.root, proof.hashes)
    with pytest.raises(BadLog):
        log.prove(files, key(database), 299)


def test_a_leaf_goes_with_its_transaction(database: Database, files: Files) -> None:
    with pytest.raises(Crash), database.writing() as session:
        log.append(session, leaves.run(1))
        raise Crash
    note(database, leaves.run(2))
    assert publish(database, files).size == 1
    assert check(database, files).lots[0].leaves == [0]


@pytest.mark.parametrize("writes", range(9))
def test_a_crash_between_any_two_writes_leaves_a_log_that_goes_on(
    database: Database, files: Files, tmp_path: Any, writes: int
) -> None:
    note(database, *runs(1, 250))
    publish(database, files)
    before = check(database, files).checkpoint
    note(database, *runs(250, 262))
    with pytest.raises(Crash):
        publish(database, Frail(f"file://{tmp_path}/files", writes % 7))
    assert check(database, files, remembered=before).size == 249  # what is published stays whole
    note(database, *runs(262, 262 + writes))
    publish(database, files)
    report = check(database, files, remembered=before)
    assert report.size == 261 + writes


def test_a_crash_between_signing_and_showing_shows_what_was_signed(
    database: Database, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(database, *runs(1, 5))
    with monkeypatch.context() as patch:

        def crash(*_: object) -> None:
            raise Crash

        patch.setattr(log, "_put_checkpoint", crash)
        with pytest.raises(Crash):
            publish(database, files)
    with database.reading() as session:
        signed = session.scalars(select(LogState.checkpoint)).one()
    publish(database, files)
    assert log.published(files).decode() == signed


def test_many_publishers_at_once_make_one_history(
    database: Database, database_url: str, files: Files, tmp_path: Any
) -> None:
    publish(database, files)
    pinned, errors, seen = key(database), [], []
    stop = threading.Event()

    def work(start: int) -> None:
        own = Database(database_url)
        place = Files(f"file://{tmp_path}/files")
        try:
            for step in range(6):
                note(own, *runs(start + step * 7, start + step * 7 + 7))
                publish(own, place)
        except BaseException as error:
            errors.append(error)
        finally:
            own.close()

    def watch() -> None:
        while not stop.is_set():
            data = files.get("log/checkpoint")
            if not seen or seen[-1] != data:
                seen.append(data)

    threads = [threading.Thread(target=work, args=(1000 * n,)) for n in range(1, 5)]
    watcher = threading.Thread(target=watch)
    for thread in (*threads, watcher):
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    watcher.join()
    assert not errors, errors
    assert publish(database, files).size == 4 * 42
    tree = tiles.TileTree(168, lambda tile: log.read_tile(files, tile))
    sizes = []
    for data in seen:  # every checkpoint that anybody could have seen is the beginning of the last
        point, _ = cp.read(data, pinned)
        assert merkle.root(point.size, tree.node) == point.root
        sizes.append(point.size)
    assert sizes == sorted(sizes)
    check(database, files)


def test_partial_tiles_are_tidied_away_and_old_proofs_still_made(
    database: Database, files: Files
) -> None:
    for first in range(1, 251, 50):
        note(database, *runs(first, first + 50))
        publish(database, files)
    old = check(database, files).checkpoint
    assert files.names("log/tile/0/000.p")
    note(database, *runs(251, 300))
    publish(database, files)
    assert not files.names("log/tile/0/000.p") and not files.names("log/tile/entries/000.p")
    assert check(database, files, remembered=old).size == 299
    tree = tiles.TileTree(250, lambda tile: log.read_tile(files, tile))
    assert tree.root() == cp.read(old, key(database))[0].root
    assert len(tiles.unpack_leaves(log.read_tile(files, tiles.Tile(-1, 0, 250)), 250)) == 250


def forget(database: Database, size: int, old: tuple[int, bytes, str]) -> None:
    """The database as a backup of earlier has it."""
    with database.writing() as session:
        session.execute(delete(LogLeaf).where(LogLeaf.seq >= size))
        session.execute(
            update(LogState).values(next_seq=size, size=old[0], root=old[1], checkpoint=old[2])
        )


def test_a_restored_backup_does_not_fork_the_log_and_takes_its_leaves_back(
    database: Database, files: Files
) -> None:
    note(database, *runs(1, 300))
    publish(database, files)
    with database.reading() as session:
        state = session.scalars(select(LogState)).one()
        old = (state.size, state.root, state.checkpoint)
    note(database, *runs(300, 320))
    publish(database, files)
    seen = check(database, files).checkpoint
    forget(database, 299, old)
    note(database, *runs(310, 311), leaves.run(999))
    with pytest.raises(LogForked):
        publish(database, files)
    assert log.published(files) == seen
    assert recovery.recover(database, files, origin=ORIGIN, secrets=SECRETS) == 20
    assert publish(database, files).size == 320
    assert check(database, files, remembered=seen).size == 320
    assert recovery.recover(database, files, origin=ORIGIN, secrets=SECRETS) == 0


def test_recovering_refuses_other_leaves_than_ours(database: Database, files: Files) -> None:
    with pytest.raises(NotFound):
        recovery.recover(database, files, origin=ORIGIN, secrets=SECRETS)
    note(database, *runs(1, 5))
    publish(database, files)
    body = tiles.pack_leaves([bytes(leaves.run(n)) for n in (1, 2, 3, 9)])
    files.put("log/tile/entries/000.p/4", body)
    with pytest.raises(LogForked):
        recovery.recover(database, files, origin=ORIGIN, secrets=SECRETS)


@pytest.mark.parametrize("what", ["other tree", "other key", "nonsense"])
def test_nothing_is_published_behind_a_checkpoint_that_is_not_ours(
    database: Database, files: Files, what: str
) -> None:
    note(database, *runs(1, 5))
    publish(database, files)
    point = cp.Checkpoint(ORIGIN, 4, merkle.EMPTY_ROOT)
    if what == "other tree":
        with database.writing() as session:
            session.execute(update(LogLeaf).where(LogLeaf.seq == 2).values(leaf_hash=bytes(32)))
        note(database, leaves.run(9))
    elif what == "other key":
        files.put("log/checkpoint", bytes(point.sign(bytes(32))))
    else:
        files.put("log/checkpoint", b"?")
    before = log.published(files)
    with pytest.raises(LogForked):
        publish(database, files)
    assert log.published(files) == before


def test_the_private_key_is_sealed(database: Database, files: Files) -> None:
    note(database, leaves.run(1))
    with database.writing() as session:
        state = log.open_log(session, origin=ORIGIN, secrets=SECRETS)
        assert len(state.sealed) > 32
    with pytest.raises(KeyUnavailable):
        log.publish(database, files, origin=ORIGIN, secrets=["z" * 40])
    publish(database, files)
    assert files.get("log/key").decode() == key(database).text + "\n"


def test_a_witness_signs_what_is_published_and_nothing_else(
    database: Database, files: Files
) -> None:
    note(database, leaves.run(1))
    publish(database, files)
    witness = cp.witness_key("w.example/1", bytes(32))
    served = cp.read(log.published(files), key(database))[1]
    line = cp.cosign(served, name=witness.name, seed=bytes(32), at=1_790_000_000)
    log.cosigned(database, files, line, witness)
    report = check(database, files, witnesses=(witness,))
    assert report.witnesses == {"w.example/1": 1_790_000_000}
    note(database, leaves.run(2))
    publish(database, files)
    with pytest.raises(BadLog):
        log.cosigned(database, files, line, witness)
    assert len(cp.read(log.published(files), key(database))[1].signatures) == 1


def test_sweeping_finds_what_nobody_noted_and_finds_it_once(
    database: Database, files: Files
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
        lot = make_lot(session)
        issue = allocate(session, lot=lot, count=20, form=Form.SHORT)
        revoke.void(session, first=issue.first, count=3, reason="rách", by="test")
        revoke.withdraw(session, first=issue.first + 5, count=2, reason="mất", by="test")
        allocate(session, lot=lot, count=1, form=Form.LOT)
        session.execute(delete(LogLeaf))  # as before there was a log
    with database.writing() as session:
        assert sweep(session, origin=ORIGIN, secrets=SECRETS) == 5
    with database.writing() as session:
        assert sweep(session, origin=ORIGIN, secrets=SECRETS) == 0
    publish(database, files)
    report = check(database, files)
    assert report.kinds == {"print_run": 2, "withdrawal": 2, "recognition": 1}
    total = report.lots[0]
    assert (total.issued, total.void, total.withdrawn, total.live) == (20, 3, 2, 17)
    assert (total.declared, total.lot_labels, total.over) == (1000, 1, False)


def test_reading_a_tile_that_is_nowhere(files: Files) -> None:
    with pytest.raises(FileMissing):
        log.read_tile(files, tiles.Tile(0, 0, 5))
