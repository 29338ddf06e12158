"""What an outsider finds: every changed byte with its place, rollbacks, forks, contradictions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.tlog.formats import audit, merkle, tiles
from labelsvc.codes.tlog.formats.checkpoint import Checkpoint
from labelsvc.codes.tlog.formats.leaf import Leaf
from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.codes.tlog.formats.tiles import ENTRIES, Tile
from labelsvc.errors import BadLog, FileMissing
from tests.codes.tlog import leaves

ORIGIN = "qr.example.vn/log"
SEED = bytes(range(32))
KEY = NoteKey(ORIGIN, public_key(SEED))
Store = dict[str, bytes]


def build(found: list[Leaf] | list[bytes]) -> Store:
    """The files of a log, made in memory without `log.py`."""
    bodies = [leaf if isinstance(leaf, bytes) else bytes(leaf) for leaf in found]
    node = merkle.nodes_of([merkle.leaf_hash(body) for body in bodies])
    point = Checkpoint(ORIGIN, len(bodies), merkle.root(len(bodies), node))
    store = {"checkpoint": bytes(point.sign(SEED))}
    for tile in tiles.new_tiles(0, len(bodies)):
        rows = range(tile.index * 256, tile.index * 256 + tile.width)
        if tile.level == ENTRIES:
            store[tile.path] = tiles.pack_leaves([bodies[row] for row in rows])
        else:
            store[tile.path] = tiles.pack([node(8 * tile.level, row) for row in rows])
    return store


def fetch(store: Store) -> Callable[[str], bytes]:
    def get(path: str) -> bytes:
        if path not in store:
            raise FileMissing("There is no file {key}.", key=path)
        return store[path]

    return get


def found(store: Store, remembered: bytes | None = None) -> list[tuple[str, str]]:
    report = audit.verify(fetch(store), KEY, remembered=remembered)
    return [(problem.place, str(problem.error)) for problem in report.problems]


BIG = build([leaves.run(number, lot=number % 5) for number in range(1, 601)])


def test_a_whole_log_fits() -> None:
    report = audit.verify(fetch(BIG), KEY)
    assert report.ok and report.size == 600
    assert sum(lot.issued for lot in report.lots) == 6000
    assert {lot.lot for lot in report.over} == {0, 1, 2, 3, 4}  # 1,200 codes against 1,000 units


def test_the_full_tile_answers_for_a_partial_one() -> None:
    store = dict(BIG)
    grown = build([leaves.run(number, lot=number % 5) for number in range(1, 769)])
    for path in ("tile/0/002", "tile/entries/002"):
        store[path] = grown[path]
        del store[f"{path}.p/88"]
    assert found(store) == []


@pytest.mark.parametrize("leaf", [0, 255, 256, 599])
def test_a_changed_leaf_is_named(leaf: int) -> None:
    bundle = tiles.tile_at(600, ENTRIES, leaf // 256)
    rows = tiles.unpack_leaves(BIG[bundle.path], bundle.width)
    rows[leaf % 256] = rows[leaf % 256].replace(b'"count":10', b'"count":11')
    told = found(BIG | {bundle.path: tiles.pack_leaves(rows)})
    tile = tiles.tile_at(600, 0, leaf // 256).path
    assert (
        f"{tile}, leaf {leaf}",
        f"Leaf {leaf} in {bundle.path} and its hash in the tile do not fit.",
    ) in told
    assert told[-1][0] == "checkpoint" or any(place == "checkpoint" for place, _ in told)


@pytest.mark.parametrize("level, index, at", [(0, 1, 7), (0, 2, 87), (1, 0, 1)])
def test_a_changed_hash_is_named(level: int, index: int, at: int) -> None:
    tile = tiles.tile_at(600, level, index)
    rows = tiles.unpack(BIG[tile.path], tile.width)
    rows[at] = bytes(32)
    told = found(BIG | {tile.path: tiles.pack(rows)})
    name = f"leaf {index * 256 + at}" if level == 0 else f"hash {at}"
    assert [place for place, _ in told] == [f"{tile.path}, {name}"]


@pytest.mark.parametrize("path", sorted(BIG))
def test_every_file_is_needed_and_looked_at(path: str) -> None:
    missing = {name: data for name, data in BIG.items() if name != path}
    if path == "checkpoint":
        with pytest.raises(FileMissing):
            found(missing)
    else:
        assert path in [place for place, _ in found(missing)]
    for data in (b"", BIG[path][:-1], BIG[path] + b"x"):
        assert any(place.startswith(path) for place, _ in found(BIG | {path: data}))


@given(st.sampled_from(sorted(BIG)), st.integers(0, 10**9), st.integers(1, 255))
@settings(max_examples=25, deadline=None)
def test_any_changed_byte_is_found(path: str, at: int, change: int) -> None:
    data = bytearray(BIG[path])
    data[at % len(data)] ^= change
    assert found(BIG | {path: bytes(data)})


def test_bytes_that_are_no_leaf_are_named_although_hashes_fit() -> None:
    told = found(build([bytes(leaves.run(1)), b"{}", b"", bytes(leaves.run(2))]))
    assert [place for place, _ in told] == [
        "tile/entries/000.p/4, leaf 1",
        "tile/entries/000.p/4, leaf 2",
    ]


def test_a_log_that_shrank_is_found() -> None:
    before = BIG["checkpoint"]
    smaller = build([leaves.run(number, lot=number % 5) for number in range(1, 600)])
    assert ("checkpoint", "The log has 599 leaves, and had 600 before: leaves were taken away.") in found(smaller, before)  # fmt: skip


@pytest.mark.parametrize("size", [600, 601, 700])
def test_a_log_with_another_past_is_found(size: int) -> None:
    other = [leaves.run(number, lot=number % 5) for number in range(1, size + 1)]
    other[41] = leaves.run(42, lot=3, count=9)
    told = found(build(other), BIG["checkpoint"])
    assert told == [("checkpoint", "The first 600 leaves are not those of last time: the log has two histories.")]  # fmt: skip


def test_a_log_that_grew_fits_what_was_remembered() -> None:
    grown = build([leaves.run(number, lot=number % 5) for number in range(1, 701)])
    assert found(grown, BIG["checkpoint"]) == []


def test_somebody_elses_checkpoint_is_no_memory() -> None:
    with pytest.raises(BadLog):
        found(BIG, bytes(Checkpoint(ORIGIN, 1, bytes(32)).sign(bytes(32))))


def test_an_empty_log_fits() -> None:
    assert found(build([])) == []


CONTRADICTIONS = {
    "twice": ([leaves.stopped(1), leaves.stopped(1)], "in the log twice"),
    "overlap": ([leaves.run(1), leaves.run(2, first=109)], "issue:1 and issue:2 overlap"),
    "contained": ([leaves.run(1, count=90), leaves.run(2, first=150), leaves.run(3, first=189, count=1)], "issue:1 and issue:3 overlap"),
    "blanks": ([leaves.blank(1, first=10), leaves.blank(2, first=59)], "blank:1 and blank:2 overlap"),
    "not issued": ([leaves.run(1), leaves.marked(1, "void", 110)], "Numbers 110 to 110 were not issued"),
    "too far": ([leaves.run(1), leaves.marked(1, "withdrawn", 109, 2)], "Numbers 109 to 110 were not issued"),
    "other lot": ([leaves.run(1), leaves.marked(1, "void", 100, lot=2)], "not issued to the lot"),
    "stolen": ([leaves.stopped(1), leaves.run(1)], "uses key 1 after it was stopped"),
    "stolen roll": ([leaves.stopped(1), leaves.blank(1, first=5)], "uses key 1 after it was stopped"),
    "outside roll": ([leaves.blank(1, first=90, count=15), leaves.stopped(1), leaves.run(1)], "issue:1 uses key 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_leaves_that_contradict_each_other_are_told(name: str) -> None:
    told = found(build(CONTRADICTIONS[name][0]))
    assert CONTRADICTIONS[name][1] in told[-1][1], told
    assert len(told) == (2 if name == "contained" else 1)
    assert told[0][0].startswith("tile/entries/000.p/")


def test_rolls_of_before_the_theft_may_still_be_bound() -> None:
    good = [leaves.blank(1, first=90, count=30), leaves.run(9), leaves.stopped(1), leaves.run(1)]
    assert found(build(good)) == []


def test_the_count_of_a_lot() -> None:
    store = build(
        [
            leaves.run(1, count=50, declared=60),
            leaves.run(2, count=20, declared=80),
            leaves.run(3, count=1, form="lot", labels=500, declared=80),
            leaves.marked(1, "void", 100, 5),
            leaves.marked(2, "void", 103, 5),
            leaves.marked(3, "withdrawn", 200, 4),
            leaves.run(5, lot=2, count=11, declared=10),
            leaves.recognition(1),
        ]
    )
    report = audit.verify(fetch(store), KEY)
    assert report.ok and report.kinds == {"print_run": 4, "withdrawal": 3, "recognition": 1}
    first, second = report.lots
    assert (first.issued, first.void, first.withdrawn, first.live) == (70, 8, 4, 62)
    assert (first.declared_first, first.declared, first.lot_labels, first.over) == (60, 80, 500, False)  # fmt: skip
    assert first.leaves == [0, 1, 2, 3, 4, 5]
    assert report.over == [second]


def test_a_flood_of_problems_ends() -> None:
    store = build([b"x"] * 2000)
    assert len(found(store)) < 2 * audit.MOST_PROBLEMS + 256


def test_names_of_tiles_are_the_only_ones_asked_for() -> None:
    asked = []

    def get(path: str) -> bytes:
        asked.append(path)
        return BIG[path]

    audit.verify(get, KEY)
    assert sorted(asked) == sorted(BIG)
    assert all(Tile.parse(path) for path in asked if path != "checkpoint")
