"""Unit indices of the offline form: shuffles them within a lot. Used by the keyring and verifiers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from labelsvc.codes.forms.permutation import Permutation
from labelsvc.codes.forms.signing import derive

#: Bits of the first block; below a thousand units the order of magnitude is no secret.
FIRST_BLOCK_BITS: Final = 10
#: Lots, and units of a lot, are 24 bits of the offline form.
LAST_LOT: Final = 1 << 24
LAST_UNIT: Final = 1 << 24


@dataclass(frozen=True)
class UnitKey:
    """The secret that shuffles the units of lots ``[first, stop)``: 32 bytes."""

    first: int
    stop: int
    secret: bytes = field(repr=False)


def unit_keys(secret: bytes, changes: Iterable[int] = ()) -> tuple[UnitKey, ...]:
    """Keys of all lots, ascending.

    :param secret: the permutation secret, which never rotates.
    :param changes: lots from which on another key shuffles, so that one may be told to everybody
        (`Key.unit_keys`) while lots to come keep their secret.
    """
    starts = [0, *sorted(set(changes)), LAST_LOT]
    return tuple(
        UnitKey(first, stop, derive(secret, "labelsvc/unit/v1" + (f"/{first}" if first else "")))
        for first, stop in pairwise(starts)
    )


class Units:
    """Shuffles indices inside blocks that end at powers of two: 0 to 1023, 1024 to 2047, 2048 to
    4095 and so on.

    A label tells no more than the order of magnitude of its index; a list of withdrawn units stays
    as short as one over plain indices; and a lot may grow without anybody fixing its size first.

    :raises KeyError: from every method, for a lot that no key is for.
    """

    def __init__(self, keys: Iterable[UnitKey]) -> None:
        self._keys = tuple(keys)

    def printed(self, lot: int, index: int) -> int:
        """Tell the number that stands on the *index*-th unit of *lot*, counted from 0."""
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
        secret = next((key.secret for key in self._keys if key.first <= lot < key.stop), None)
        if secret is None:
            raise KeyError(lot)
        stop = 1 << max(FIRST_BLOCK_BITS, index.bit_length())
        start = 0 if stop == 1 << FIRST_BLOCK_BITS else stop >> 1
        return start, Permutation(secret, (stop - start).bit_length() - 1, tweak=lot)
