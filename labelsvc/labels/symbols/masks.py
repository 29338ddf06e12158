"""Masks: chooses the mask of many symbols at once, as ISO/IEC 18004 (7.8.3) says. Used by batch.

A row of modules is a machine word and a symbol is as many words as it has rows, so every rule of
the penalty is a few shifts, ANDs and counts of bits. Rules and ties are those of the reference
encoder: the score is taken before format and version information are drawn, the first of equal
masks wins.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.unsignedinteger[Any]]

#: Symbols scored together: the work space stays in the processor's cache.
SLICE = 512


def lines(packed: npt.NDArray[np.uint8], modules: int) -> Words:
    """Rows of packed symbols (symbols, modules, row_bytes) as words (modules, symbols).

    Bit `modules - 1` of a word is the first module of the row.
    """
    width = 4 if modules <= 32 else 8
    wide = np.zeros((*packed.shape[:2], width), np.uint8)
    wide[:, :, : packed.shape[2]] = packed
    words = wide.view(">u4" if width == 4 else ">u8")[:, :, 0]
    kind: Any = np.uint32 if width == 4 else np.uint64
    aligned: Words = np.ascontiguousarray(words.T).astype(kind) >> kind(8 * width - modules)
    return aligned


def transposed(rows: Words) -> Words:
    """Columns as words, from rows as words: both (modules, symbols)."""
    modules, count = rows.shape
    side = 8 * rows.dtype.itemsize
    square = np.zeros((side, count), rows.dtype)
    # Row r of the square holds row r of the symbol, bit 0 the first module: both ways the same.
    square[:modules] = rows << rows.dtype.type(side - modules)
    step, mask = side // 2, (1 << side // 2) - 1
    while step:
        kind = rows.dtype.type
        for base in range(0, side, 2 * step):
            low, high = square[base : base + step], square[base + step : base + 2 * step]
            moved = (low ^ (high >> kind(step))) & kind(mask)
            low ^= moved
            high ^= moved << kind(step)
        step //= 2
        mask ^= mask << step if step else 0
    turned: Words = square[:modules] >> rows.dtype.type(side - modules)
    return turned


def penalty(rows: Words, columns: Words, modules: int) -> npt.NDArray[np.int64]:
    """Penalty of each symbol; *rows* and *columns* as from `lines` and `transposed`."""
    kind = rows.dtype.type
    both = np.concatenate((rows, columns))
    full, pairs = kind((1 << modules) - 1), kind((1 << (modules - 1)) - 1)

    # N1: 3 + (n - 5) for each run of n >= 5, as its n - 4 windows of five and 2 for the first.
    same = ~(both ^ (both >> kind(1))) & pairs
    windows = same & (same >> kind(1))
    windows &= windows >> kind(2)
    score = np.bitwise_count(windows).astype(np.uint16)
    score += 2 * np.bitwise_count(windows & ~(windows << kind(1))).astype(np.uint16)

    # N3: 40 for each 1011101 with four light modules before or after.
    light = ~both & full
    four = light & (light >> kind(1))
    four &= four >> kind(2)
    dark = both & (both >> kind(2))
    finder = (
        dark
        & (both >> kind(3))
        & (dark >> kind(4))
        & (light >> kind(1))
        & (light >> kind(5))
    )  # fmt: skip
    found = (finder & (four >> kind(7))) | (four & (finder >> kind(4)))
    # `>>` looks to later bits: modules after. Reading from the other end finds the same patterns.
    score += 40 * np.bitwise_count(found).astype(np.uint16)
    total = score.sum(axis=0, dtype=np.int64)

    # N2: 3 for each block of 2 x 2 modules of one colour.
    across = same[:modules]
    blocks = across[:-1] & across[1:] & ~(rows[:-1] ^ rows[1:])
    total += 3 * np.bitwise_count(blocks).sum(axis=0, dtype=np.int64)

    # N4: 10 for each 5 % that the share of dark modules is away from a half.
    share = np.bitwise_count(rows).sum(axis=0, dtype=np.int64)
    scores: npt.NDArray[np.int64] = total + _off_balance(modules)[share]
    return scores


def _off_balance(modules: int) -> npt.NDArray[np.int64]:
    area = modules * modules
    return np.array([int(abs(dark / area * 100 - 50) / 5) * 10 for dark in range(area + 1)])
