"""Tiles and bundles: names, bytes, and trees read from them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.tlog.formats import merkle, tiles
from labelsvc.codes.tlog.formats.tiles import ENTRIES, Tile, TileTree
from labelsvc.errors import BadLog

NAMES = [
    (Tile(0, 0), "tile/0/000"),
    (Tile(0, 1234067), "tile/0/x001/x234/067"),
    (Tile(1, 1000, 8), "tile/1/x001/000.p/8"),
    (Tile(63, 999, 255), "tile/63/999.p/255"),
    (Tile(ENTRIES, 0, 1), "tile/entries/000.p/1"),
]
NO_NAMES = ["", "tile/0/0", "tile/00/000", "tile/64/000", "tile/0/000.p/0", "tile/0/000.p/256",
            "tile/0/000.p/300", "tile/0/000.p/01", "tile/0/x000/001", "tile/0/001/002",
            "tile/0/x001", "tile/-1/000", "tile/0/000/", "tile/0/000\n", "tile/0/٠٠٠", "/tile/0/000",
            "tile/0/../../checkpoint", "tile/entries/000.p/8/9"]  # fmt: skip


@pytest.mark.parametrize(("tile", "path"), NAMES)
def test_names_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize("path", NO_NAMES)
def test_other_spellings_are_no_names(path: str) -> None:
    with pytest.raises(BadLog):
        Tile.parse(path)


@given(st.integers(-1, 63), st.integers(0, 10**12), st.integers(1, 256))
def test_every_tile_has_one_name(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert Tile.parse(tile.path) == tile


@given(st.text())
def test_any_text_is_a_name_or_refused(text: str) -> None:
    with contextlib.suppress(BadLog):
        assert Tile.parse(text).path == text


def test_the_tree_of_seventy_thousand_leaves_of_the_specification() -> None:
    found = [t for t in tiles.new_tiles(0, 70_000) if t.level != ENTRIES]
    full = {level: sum(t.full for t in found if t.level == level) for level in range(3)}
    partial = [(t.level, t.width) for t in found if not t.full]
    assert full == {0: 273, 1: 1, 2: 0}
    assert partial == [(0, 112), (1, 17), (2, 1)]


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_give_back_their_leaves(leaves: list[bytes]) -> None:
    assert tiles.unpack_leaves(tiles.pack_leaves(leaves), len(leaves)) == leaves


@given(st.binary(max_size=2000), st.integers(0, 256))
def test_any_bytes_are_a_bundle_or_refused(data: bytes, width: int) -> None:
    with contextlib.suppress(BadLog):
        assert tiles.pack_leaves(tiles.unpack_leaves(data, width)) == data
    with contextlib.suppress(BadLog):
        assert tiles.pack(tiles.unpack(data, width)) == data


def test_a_leaf_that_is_too_long_is_refused() -> None:
    tiles.pack_leaves([bytes(65_535)])
    with pytest.raises(BadLog):
        tiles.pack_leaves([bytes(65_536)])


def test_a_tree_grown_step_by_step_is_read_from_its_tiles_at_every_size() -> None:
    """Three levels of tiles; every tile is made from the full ones below, as in the log."""
    hashes = [merkle.leaf_hash(b"%d" % number) for number in range(66_000)]
    node = merkle.nodes_of(hashes)
    for size in (1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000):
        stored = {}
        for tile in tiles.new_tiles(0, size):
            if tile.level != ENTRIES:
                first = tile.index * 256
                below = range(first, first + tile.width)
                stored[tile] = tiles.pack([node(8 * tile.level, index) for index in below])
        tree = TileTree(size, stored.__getitem__)
        assert tree.root() == merkle.root(size, node)
        for index in {0, size // 2, size - 1}:
            proof = merkle.inclusion_proof(index, size, tree.node)
            merkle.check_inclusion(hashes[index], index, size, tree.root(), proof)


def test_growing_names_exactly_the_files_that_are_new() -> None:
    for old in range(0, 600, 7):
        for new in range(old, 600, 11):
            before = set(tiles.new_tiles(0, old))
            assert set(tiles.new_tiles(old, new)) == set(tiles.new_tiles(0, new)) - before
