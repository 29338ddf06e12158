"""Unit indices of a lot as the offline form prints them: shuffled, dense, and free to grow."""

from __future__ import annotations

from typing import Final

import numpy as np

from labelsvc.codes.permutation import Permutation

#: Bits of the first block; below a thousand units the order of magnitude is no secret.
FIRST_BLOCK_BITS: Final = 10


class Units:
    """Shuffles indices inside blocks that end at powers of two: 0 to 1023, 1024 to 2047, 2048 to
    4095 and so on.

    A label tells no more than the order of magnitude of its index; a list of withdrawn units stays
    as short as one over plain indices; and a lot may grow without anybody fixing its size first.

    :param key: 32 secret bytes, which never rotate.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def printed(self, lot: int, index: int) -> int:
        """What stands on the *index*-th unit of *lot*, counted from 0."""
        start, permutation = self._block(lot, index)
        return start + permutation.forward(index - start)

    def printed_many(self, lot: int, first: int, count: int) -> list[int]:
        """`printed` of `count` indices from *first* on, in order."""
        found: list[int] = []
        at, stop = first, first + count
        while at < stop:
            start, permutation = self._block(lot, at)
            end = min(stop, start + permutation.size)
            inside = np.arange(at - start, end - start, dtype=np.uint64)
            found += (permutation.forward_many(inside) + np.uint64(start)).tolist()
            at = end
        return found

    def index(self, lot: int, printed: int) -> int:
        """Undo `printed`."""
        start, permutation = self._block(lot, printed)
        return start + permutation.backward(printed - start)

    def _block(self, lot: int, index: int) -> tuple[int, Permutation]:
        stop = block_stop(index)
        start = 0 if stop == 1 << FIRST_BLOCK_BITS else stop >> 1
        return start, Permutation(self._key, (stop - start).bit_length() - 1, tweak=lot)


def block_stop(index: int) -> int:
    """End of the block that *index* is shuffled in: everything printed from it is below."""
    return 1 << max(FIRST_BLOCK_BITS, index.bit_length())
