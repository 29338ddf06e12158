"""Batch: makes many symbols of one structure by table look-ups and XOR. Used by PDF files and rolls.

For a fixed version, level, mask and segment structure a symbol is an affine function over GF(2) of
its data bits: Reed-Solomon is linear, placement is a permutation, the mask is a constant. So the
symbol of a text is a constant picture XORed with one row of a table for each pair of characters
(alphanumeric mode), triple of digits (numeric) or byte. The tables are learnt from the reference
encoder through `symbol.codewords` and `symbol.place`; tests compare bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from labelsvc.errors import BadInput
from labelsvc.labels.layouts.parts import Level
from labelsvc.labels.symbols import encode, masks

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]

#: Segment structure: (mode, number of characters) of each segment.
Shape = tuple[tuple[str, int], ...]

#: Mask of runs. Any mask is valid and readable; one stated mask makes a run reproducible; this one has
#: the lowest mean penalty over codes of our forms.
FIXED_MASK = 3
#: Texts encoded together: work space and one table stay in the processor's cache.
_SLICE = 1024

#: mode -> characters a group, then bits for a group of 1, 2, 3 characters.
_GROUP = {"numeric": (3, (4, 7, 10)), "alphanumeric": (2, (6, 11)), "byte": (1, (8,))}
_BASE = {"numeric": 10, "alphanumeric": 45, "byte": 256}
#: In `_LOOKUP`: no character of the mode.
_NONE = 255


def shape_of(text: str) -> Shape:
    return tuple((part.mode, part.length) for part in encode.segments(text))


@lru_cache(maxsize=16)
def encoder(version: int, level: Level, mask: int, shape: Shape) -> BatchEncoder:
    """The encoder of a structure; building one takes up to a second, so they are kept."""
    return BatchEncoder(version, level, mask, shape)


class BatchEncoder:
    """Symbols of texts that all have *shape*. Raises `BadInput` for a text that has not."""

    def __init__(self, version: int, level: Level, mask: int, shape: Shape) -> None:
        self.version, self.level, self.mask, self.shape = version, level, mask, shape
        self.modules = 17 + 4 * version
        #: Bytes in a packed row of modules, most significant bit first, as in a 1-bit picture.
        self.row_bytes = (self.modules + 7) // 8
        self._tables: list[Words] = []
        self._turns: tuple[Bytes, list[tuple[masks.Words, masks.Words]]] | None = None
        self._learn()

    def rows(self, texts: Sequence[str]) -> Bytes:
        """Packed symbols, shape (texts, modules, row_bytes), 1 = dark: the data of 1-bit masks."""
        values = self._values(texts)
        packed = np.empty((len(texts), self._base.size), np.uint64)
        base, values, tables = self._folded(values)
        looked_up = np.empty((_SLICE, self._base.size), np.uint64)
        for start in range(0, len(texts), _SLICE):
            part = values[:, start : start + _SLICE]
            out, found = packed[start : start + _SLICE], looked_up[: part.shape[1]]
            out[:] = base
            for table, numbers in zip(tables, part, strict=True):
                # No number is out of range; "clip" spares a copy that "raise" makes.
                np.take(table, numbers, axis=0, out=found, mode="clip")
                np.bitwise_xor(out, found, out=out)
        size = self.modules * self.row_bytes
        return packed.view(np.uint8)[:, :size].reshape(len(texts), self.modules, self.row_bytes)

    def _folded(
        self, values: npt.NDArray[np.intp]
    ) -> tuple[Words, npt.NDArray[np.intp], list[Words]]:
        """The constant picture, the numbers and the tables, once what is the same in all texts (the
        host, the lot) stands in the picture."""
        varies = (values != values[:, :1]).any(axis=1)
        base, tables = self._base.copy(), []
        for table, numbers, many in zip(self._tables, values, varies, strict=True):
            if many:
                tables.append(table)
            elif numbers.size:
                base ^= table[numbers[0]]
        return base, values[varies], tables

    def matrices(self, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Bool array (texts, modules, modules), True = dark."""
        bits = np.unpackbits(self.rows(texts), axis=2, count=self.modules)
        return bits.astype(np.bool_)

    def chosen(self, texts: Sequence[str]) -> tuple[Bytes, npt.NDArray[np.intp]]:
        """As `rows`, but with the mask that the reference encoder would choose for each text, and
        these masks. Whatever mask the encoder was made for plays no part."""
        packed = self.rows(texts)
        best = np.empty(len(texts), np.intp)
        turns, bare = self._masks()
        for start in range(0, len(texts), masks.SLICE):
            part = packed[start : start + masks.SLICE]
            rows = masks.lines(part, self.modules)
            columns = masks.transposed(rows)
            scores = [
                masks.penalty(rows ^ to_rows, columns ^ to_columns, self.modules)
                for to_rows, to_columns in bare
            ]
            chosen = np.argmin(scores, axis=0)
            best[start : start + masks.SLICE] = chosen
            part ^= turns[chosen]
        return packed, best

    def _masks(self) -> tuple[Bytes, list[tuple[masks.Words, masks.Words]]]:
        """Make what turns a symbol with this encoder's mask into one with each of the eight: packed, and,
        for the symbol that is scored, as rows and as columns."""
        if self._turns is None:
            nothing = np.zeros(encode.total_codewords(self.version, self.level), np.uint8)
            own = self._place(nothing)
            turns, bare = [], []
            for mask in range(8):
                how: dict[str, Any] = {"version": self.version, "level": self.level, "mask": mask}
                turn = encode.place(nothing.tolist(), **how) ^ own
                turns.append(np.packbits(turn, axis=1))
                scored = encode.place(nothing.tolist(), bare=True, **how) ^ own
                rows = masks.lines(np.packbits(scored, axis=1)[None], self.modules)
                bare.append((rows, masks.transposed(rows)))
            self._turns = np.stack(turns), bare
        return self._turns

    def _values(self, texts: Sequence[str]) -> npt.NDArray[np.intp]:
        """Number of the row in each table for each text: (tables, texts)."""
        length = sum(count for _, count in self.shape)
        joined = "".join(texts)
        if len(joined) != length * len(texts) or any(len(text) != length for text in texts):
            raise BadInput("Codes of different lengths in one run")
        if not joined.isascii():
            raise BadInput("A code has a character outside ASCII")
        chars = np.frombuffer(joined.encode("ascii"), np.uint8).reshape(len(texts), length)
        found = np.empty((len(self._tables), len(texts)), np.intp)
        at = row = 0
        for mode, count in self.shape:
            values = np.take(_LOOKUP[mode], chars[:, at : at + count])
            if values.size and values.max() == _NONE:
                raise BadInput("A code has a character that its form does not allow")
            at += count
            group, base = _GROUP[mode][0], _BASE[mode]
            for size, first, stop in _groups(count, group):
                # int32 of 45 * 45 or 1,000 at most: what is left over makes a shorter last group.
                digits = values[:, first:stop].reshape(len(texts), -1, size).astype(np.int32)
                weights = np.array([base**n for n in reversed(range(size))], np.int32)
                many = (digits * weights).sum(axis=2, dtype=np.int32)
                found[row : row + many.shape[1]] = many.T
                row += many.shape[1]
        return found

    def _learn(self) -> None:
        where = self._placement()
        data_bits = encode.capacity(self.version, self.level) * 8
        constant = np.zeros(data_bits, np.uint8)
        groups: list[tuple[int, int]] = []  # first bit, number of bits
        at = 0
        for mode, count in self.shape:
            indicator, width = encode.header(mode, self.version)
            _put(constant, at, indicator, 4)
            _put(constant, at + 4, count, width)
            at += 4 + width
            group, bits = _GROUP[mode]
            for first in range(0, count, group):
                size = bits[min(group, count - first) - 1]
                groups.append((at, size))
                at += size
        if at > data_bits:
            raise BadInput("The text is too long for a QR symbol of this version")
        at = min(at + 4, data_bits)  # terminator: up to four zeros
        at += -at % 8
        for number, first in enumerate(range(at, data_bits, 8)):
            _put(constant, first, (0xEC, 0x11)[number % 2], 8)
        generator = self._generator(data_bits)
        stream = np.packbits(constant @ generator & 1)
        self._base = self._packed(self._place(stream))
        for first, size in groups:
            table = np.zeros((1 << size, self._base.size), np.uint64)
            for bit in range(size):
                changed = np.zeros(self.modules * self.modules, np.bool_)
                changed[where[np.flatnonzero(generator[first + size - 1 - bit])]] = True
                delta = self._packed(changed.reshape(self.modules, self.modules))
                table[1 << bit : 2 << bit] = table[: 1 << bit] ^ delta
            self._tables.append(table)

    def _generator(self, data_bits: int) -> Bytes:
        """Row n: the bits of the codeword stream that data bit n switches.

        Learnt around a pattern without a zero byte, because the reference encoder cannot divide
        a block of zeros.
        """

        def stream(data: Bytes) -> Bytes:
            words = encode.codewords(data.tobytes(), version=self.version, level=self.level)
            return np.unpackbits(np.array(words, np.uint8))

        around = np.full(data_bits // 8, 0x55, np.uint8)
        middle = stream(around)
        rows = np.empty((data_bits, middle.size), np.uint8)
        for bit in range(data_bits):
            data = around.copy()
            data[bit // 8] ^= 0x80 >> bit % 8
            rows[bit] = stream(data) ^ middle
        return rows

    def _place(self, stream: Bytes) -> npt.NDArray[np.bool_]:
        return encode.place(stream.tolist(), version=self.version, level=self.level, mask=self.mask)

    def _placement(self) -> npt.NDArray[np.intp]:
        """Flat module number of each bit of the codeword stream.

        Learnt with about a dozen symbols: the n-th carries bit n of every position's number.
        """
        total = encode.total_codewords(self.version, self.level) * 8
        numbers = np.arange(total)

        def drawn(bits: Bytes) -> npt.NDArray[np.bool_]:
            return self._place(np.packbits(bits)).ravel()

        nothing = drawn(np.zeros(total, np.uint8))
        data = np.flatnonzero(drawn(np.ones(total, np.uint8)) ^ nothing)
        number_at = np.zeros(data.size, np.intp)
        for bit in range(total.bit_length()):
            pattern = ((numbers >> bit) & 1).astype(np.uint8)
            number_at |= (drawn(pattern) ^ nothing)[data].astype(np.intp) << bit
        where = np.empty(total, np.intp)
        where[number_at] = data
        return where

    def _packed(self, matrix: npt.NDArray[np.bool_]) -> Words:
        flat = np.packbits(matrix, axis=1).ravel()
        return np.pad(flat, (0, -flat.size % 8)).view(np.uint64)


def _put(bits: Bytes, at: int, value: int, width: int) -> None:
    for index in range(width):
        bits[at + index] = (value >> (width - 1 - index)) & 1


def _groups(count: int, group: int) -> Iterator[tuple[int, int, int]]:
    """Size, begin and end of the whole groups, then of what is left."""
    whole = count - count % group
    if whole:
        yield group, 0, whole
    if count > whole:
        yield count - whole, whole, count


def _lookup(characters: str) -> npt.NDArray[np.uint8]:
    table = np.full(256, _NONE, np.uint8)
    for value, character in enumerate(characters):
        table[ord(character)] = value
    return table


_LOOKUP = {
    "numeric": _lookup("0123456789"),
    "alphanumeric": _lookup(encode.ALPHANUMERIC),
    "byte": _lookup("".join(map(chr, range(128)))),
}
