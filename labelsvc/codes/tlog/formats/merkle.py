"""Merkle trees of RFC 6962 section 2.1 (RFC 9162 section 2.1): roots, proofs, and checking them.

A tree is known by `NodeAt`, a function from (level, index) to the hash of a complete subtree: level
0 are the hashes of leaves, node (l, i) covers the leaves from i·2^l on, 2^l of them. Where the
hashes are kept is not said here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from labelsvc.errors import BadLog

HASH_SIZE: Final = 32
#: Root of the tree without leaves.
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"

NodeAt: TypeAlias = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of the bytes of a leaf."""
    return hashlib.sha256(_LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two hashes beside each other; the prefix keeps it apart from every leaf."""
    return hashlib.sha256(_NODE + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Root over hashes of one level, a power of two of them."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def nodes_of(leaf_hashes: Sequence[bytes]) -> NodeAt:
    """A tree whose leaf hashes all lie in memory."""

    def node(level: int, index: int) -> bytes:
        return fold(leaf_hashes[index << level : (index + 1) << level])

    return node


def root(size: int, node: NodeAt) -> bytes:
    """Root of the tree of the first *size* leaves."""
    return _span(0, size, node) if size else EMPTY_ROOT


class GrowingRoot:
    """Root of leaves that come one after the other; holds one hash a level."""

    def __init__(self) -> None:
        #: Levels and hashes of complete subtrees, the largest first.
        self._parts: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        level = 0
        while self._parts and self._parts[-1][0] == level:
            leaf = node_hash(self._parts.pop()[1], leaf)
            level += 1
        self._parts.append((level, leaf))

    def root(self) -> bytes:
        """Root of the leaves so far."""
        if not self._parts:
            return EMPTY_ROOT
        found = self._parts[-1][1]
        for _, beside in reversed(self._parts[:-1]):
            found = node_hash(beside, found)
        return found


def inclusion_proof(index: int, size: int, node: NodeAt) -> list[bytes]:
    """The hashes beside the way from leaf *index* up to the root of *size* leaves.

    :raises BadLog: there is no such leaf.
    """
    if not 0 <= index < size:
        raise BadLog("A tree of {size} leaves has no leaf {index}.", size=size, index=index)
    start, stop, path = 0, size, []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_span(middle, stop, node))
            stop = middle
        else:
            path.append(_span(start, middle, node))
            start = middle
    return path[::-1]


def check_inclusion(
    leaf: bytes, index: int, size: int, tree_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the leaf of hash *leaf* stands at *index* (RFC 9162 section 2.1.3.2).

    :raises BadLog: the proof does not show it.
    """
    if not 0 <= index < size:
        raise BadLog("A tree of {size} leaves has no leaf {index}.", size=size, index=index)
    number, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise _wrong_proof()
        if number & 1 or number == last:
            found = node_hash(beside, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        number, last = number >> 1, last >> 1
    if last or not hmac.compare_digest(found, tree_root):
        raise _wrong_proof()


def _span(start: int, stop: int, node: NodeAt) -> bytes:
    """Hash over the leaves from *start* to before *stop*, as the recursion of the RFC cuts them."""
    count = stop - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_span(start, middle, node), _span(middle, stop, node))


def _split(count: int) -> int:
    """The largest power of two below *count*."""
    return 1 << ((count - 1).bit_length() - 1)


def _wrong_proof() -> BadLog:
    return BadLog("The proof does not lead to the root of the tree.")
