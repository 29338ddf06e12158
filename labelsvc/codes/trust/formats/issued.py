"""Issued: how far units of each lot were issued, in few bits; the body of a list `issued` (docs/trust.md,
section 3).

A printed unit tells the block of its index and no more (`forms/units.py`), so the end of a block is all that
can be told without the key of the shuffle.
"""

from __future__ import annotations

from typing import Final

from labelsvc.codes.forms.units import FIRST_BLOCK_BITS
from labelsvc.codes.trust.formats.bits import Reader, Writer, broken
from labelsvc.codes.trust.formats.body import LARGEST, LOT_BITS, UNIT_BITS, Body, Listed

#: A lot that is not listed: nothing of it was issued, and nothing will be.
NOTHING: Final = (0, 0)


def blocks(units: int) -> int:
    """Bits of the end of the block in which the last of *units* lies; 0 where there are none."""
    return max(FIRST_BLOCK_BITS, (units - 1).bit_length()) if units else 0


def encode(listed: Listed) -> Body:
    """Write *listed*: lot → bits of the end of what was issued, and of what may be by now."""
    out = Writer()
    out.gamma(len(listed) + 1)
    before = -1
    for lot, ends in sorted(listed.items()):
        first, last = map(_step, ends)  # type: ignore[arg-type]
        out.gamma(lot - before)
        out.gamma(first + 1)
        out.gamma(last - first + 1)
        before = lot
    return Body(bytes(out), len(listed), 0)


def decode(body: Body) -> Listed:
    """Undo `encode`. :raises BadStatusList: the bytes are no such list."""
    if len(body.data) > LARGEST or body.k:
        raise broken()
    bits = Reader(body.data)
    found: dict[int, tuple[int, ...]] = {}
    before, count = -1, bits.gamma() - 1
    if count != body.count:
        raise broken()
    for _ in range(count):
        before += bits.gamma()
        first = bits.gamma() - 1
        last = first + bits.gamma() - 1
        if before >> LOT_BITS or _end(last) > UNIT_BITS:
            raise broken()
        found[before] = (_end(first), _end(last))
    bits.finish()
    return found


def merge(older: Listed, newer: Listed) -> Listed:
    """A delta added to the list it was made for: what it names takes the place of what stood there."""
    return {lot: ends for lot, ends in (dict(older) | dict(newer)).items() if ends != NOTHING}


def changed(older: Listed, newer: Listed) -> Listed:
    """List what *newer* says otherwise than *older*."""
    return {
        lot: newer.get(lot, NOTHING)
        for lot in sorted({*older, *newer})
        if newer.get(lot) != older.get(lot)
    }


def _step(bits: int) -> int:
    return bits - FIRST_BLOCK_BITS + 1 if bits else 0


def _end(step: int) -> int:
    return step + FIRST_BLOCK_BITS - 1 if step else 0
