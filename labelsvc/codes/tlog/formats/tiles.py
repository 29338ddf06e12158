"""Tiles: a Merkle tree and its leaves as small files that never change (C2SP tlog-tiles).

A tile holds up to 256 hashes of one level, a bundle the leaves under a tile of level 0. Only the
last of each level may be partial; its width is a part of its name, so that a growing tree writes new
files and never changes one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from labelsvc.codes.tlog.formats import merkle
from labelsvc.codes.tlog.formats.merkle import HASH_SIZE
from labelsvc.errors import BadLog

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
#: A leaf is preceded by its length in two bytes.
LARGEST_LEAF: Final = 0xFFFF
#: Bytes of the largest bundle.
LARGEST_BUNDLE: Final = WIDTH * (LARGEST_LEAF + 2)
#: "Level" of bundles of leaves.
ENTRIES: Final = -1

_PATH: Final = re.compile(
    r"tile/(entries|0|[1-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/([1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True)
class Tile:
    """A file of the tree: `level` 0 to 63, or `ENTRIES` for a bundle of leaves."""

    level: int
    #: Number of the tile inside its level.
    index: int
    #: Hashes or leaves in it; 256 when it is full.
    width: int = WIDTH

    @property
    def full(self) -> bool:
        return self.width == WIDTH

    @property
    def whole(self) -> Tile:
        """The full tile that takes the place of this one when the tree has grown."""
        return Tile(self.level, self.index)

    @property
    def path(self) -> str:
        """``tile/0/x001/x234/067.p/8``."""
        number = self.index
        parts: list[str] = []
        while True:
            parts.append(f"{'x' if parts else ''}{number % 1000:03d}")
            number //= 1000
            if not number:
                break
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{'/'.join(parts[::-1])}" + ("" if self.full else f".p/{self.width}")

    @classmethod
    def parse(cls, path: str) -> Tile:
        """Undo `path`: one tile, one spelling. :raises BadLog: it is no path of a tile."""
        found = _PATH.fullmatch(path)
        if found is not None:
            level = ENTRIES if found[1] == "entries" else int(found[1])
            index = int(found[2].replace("x", "").replace("/", ""))
            tile = cls(level, index, int(found[3]) if found[3] else WIDTH)
            if tile.width <= WIDTH and tile.path == path:
                return tile
        raise BadLog("{path} is not the name of a tile.", path=path[:80])


def count_at(size: int, level: int) -> int:
    """Hashes that the tiles of *level* hold together in a tree of *size* leaves."""
    return size if level == ENTRIES else size >> (HEIGHT * level)


def tile_at(size: int, level: int, index: int) -> Tile:
    """Tile *index* of *level* as a tree of *size* leaves has it.

    :raises BadLog: the tree has no such tile.
    """
    width = min(WIDTH, count_at(size, level) - index * WIDTH)
    if width < 1 or index < 0:
        raise BadLog("A tree of {size} leaves has no leaf {index}.", size=size, index=index)
    return Tile(level, index, width)


def levels(size: int) -> int:
    """Count the levels of tiles of a tree of *size* leaves."""
    count = 0
    while size >> (HEIGHT * count):
        count += 1
    return count


def new_tiles(old: int, new: int) -> Iterator[Tile]:
    """Tiles and bundles that a tree of *new* leaves has and one of *old* leaves has not."""
    for level in (ENTRIES, *range(levels(new))):
        before, after = count_at(old, level), count_at(new, level)
        if before == after:
            continue
        for index in range(before // WIDTH, (after + WIDTH - 1) // WIDTH):
            yield tile_at(new, level, index)


def pack(hashes: Sequence[bytes]) -> bytes:
    """Bytes of a tile."""
    return b"".join(hashes)


def unpack(data: bytes, width: int) -> list[bytes]:
    """The *width* hashes of a tile. :raises BadLog: it has another length."""
    if len(data) != width * HASH_SIZE:
        raise BadLog("A tile of {width} hashes has {length} bytes.", width=width, length=len(data))
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def pack_leaves(leaves: Sequence[bytes]) -> bytes:
    """Bytes of a bundle. :raises BadLog: a leaf of more than 65,535 bytes."""
    parts = []
    for leaf in leaves:
        if len(leaf) > LARGEST_LEAF:
            raise BadLog("A leaf has {length} bytes, which is too many.", length=len(leaf))
        parts += [len(leaf).to_bytes(2, "big"), leaf]
    return b"".join(parts)


def unpack_leaves(data: bytes, width: int) -> list[bytes]:
    """The *width* leaves of a bundle. :raises BadLog: it holds fewer, or more than that."""
    leaves: list[bytes] = []
    at = 0
    while at + 2 <= len(data) and len(leaves) < width:
        stop = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if stop > len(data):
            break
        leaves.append(data[at + 2 : stop])
        at = stop
    if len(leaves) != width or at != len(data):
        raise BadLog("A bundle does not hold the {width} leaves of its name.", width=width)
    return leaves


class TileTree:
    """The tree of *size* leaves, read from its tiles as they are needed.

    :param read: bytes of a tile; what it raises comes through.
    """

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        self.size = size
        self._read = read
        self._kept: dict[tuple[int, int], list[bytes]] = {}

    def hashes(self, level: int, index: int) -> list[bytes]:
        """Hashes of one tile. :raises BadLog: there is none, or it has a wrong length."""
        found = self._kept.get((level, index))
        if found is None:
            tile = tile_at(self.size, level, index)
            found = self._kept[level, index] = unpack(self._read(tile), tile.width)
        return found

    def keep(self, level: int, index: int, hashes: list[bytes]) -> None:
        """Know a tile without reading it."""
        self._kept[level, index] = hashes

    def node(self, level: int, index: int) -> bytes:
        """The `merkle.NodeAt` of this tree."""
        height = level % HEIGHT
        first = index << height
        row = self.hashes(level // HEIGHT, first // WIDTH)
        return merkle.fold(row[first % WIDTH : first % WIDTH + (1 << height)])

    def root(self) -> bytes:
        return merkle.root(self.size, self.node)
