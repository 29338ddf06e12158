"""A stream of bits with Elias gamma and Rice codes, most significant bit first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from labelsvc.errors import BadStatusList

#: No number of a list has more bits: lots and units have 24, positions over all lots fit in 48.
WIDEST: Final = 48
#: Rice parameters stand in five bits of a list; larger ones serve no list.
LARGEST_K: Final = 24


class Writer:
    """Gathers codes; `bytes()` fills the last byte with zeros."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def fixed(self, value: int, width: int) -> None:
        """*value* in *width* bits."""
        if width:
            self._parts.append(f"{value:0{width}b}")

    def gamma(self, value: int) -> None:
        """Elias gamma of *value*, 1 or more."""
        digits = f"{value:b}"
        self._parts.append("0" * (len(digits) - 1) + digits)

    def rice(self, gaps: Iterable[int], k: int) -> None:
        """Each of *gaps*: the quotient by 2^k in ones and a zero, then k low bits."""
        if k:
            low = (1 << k) - 1
            self._parts += ["1" * (gap >> k) + f"0{gap & low:0{k}b}" for gap in gaps]
        else:
            self._parts += ["1" * gap + "0" for gap in gaps]

    def __bytes__(self) -> bytes:
        text = "".join(self._parts)
        length = -(-len(text) // 8)
        return int(text.ljust(8 * length, "0") or "0", 2).to_bytes(length, "big")


class Reader:
    """Takes codes off *data* in the order they were written.

    Every method raises BadStatusList where the bits end too early or say something impossible.
    """

    def __init__(self, data: bytes) -> None:
        self._text = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}" if data else ""
        self._at = 0

    def fixed(self, width: int) -> int:
        """A number of *width* bits, 1 or more."""
        end = self._at + width
        if end > len(self._text):
            raise broken()
        found = int(self._text[self._at : end], 2)
        self._at = end
        return found

    def gamma(self) -> int:
        """A number in Elias gamma code, 1 or more."""
        one = self._text.find("1", self._at, self._at + WIDEST + 1)
        if one < 0:
            raise broken()
        width = one - self._at + 1
        self._at = one
        return self.fixed(width)

    def positions(self, count: int, k: int, end: int) -> list[int]:
        """*count* ascending positions below *end*, from their gaps in Rice code."""
        text, at, step = self._text, self._at, k + 1
        found: list[int] = []
        position = 0
        for _ in range(count):
            zero = text.find("0", at)
            at_end = zero + step
            if zero < 0 or at_end > len(text):
                raise broken()
            position += (zero - at << k) + (int(text[zero + 1 : at_end], 2) if k else 0)
            if position >= end:
                raise broken()
            found.append(position)
            position += 1
            at = at_end
        self._at = at
        return found

    def finish(self) -> None:
        """Nothing may follow but the zeros that fill the last byte."""
        if len(self._text) - self._at > 7 or "1" in self._text[self._at :]:
            raise broken()


def gaps(positions: Sequence[int]) -> list[int]:
    """Distances of ascending *positions*, each from the place after the one before."""
    return [b - a - 1 for a, b in pairwise([-1, *positions])]


def best_k(distances: Sequence[int]) -> tuple[int, int]:
    """The Rice parameter that writes *distances* shortest, and how many bits that takes.

    From one parameter to the next each distance saves half of its quotient, rounded up, and costs a
    bit: savings only shrink, so the first parameter that saves nothing ends the search.
    """
    k, bits = 0, rice_bits(distances, 0)
    while k < LARGEST_K and (next_bits := rice_bits(distances, k + 1)) < bits:
        k, bits = k + 1, next_bits
    return k, bits


def rice_bits(distances: Sequence[int], k: int) -> int:
    """Count the bits that *distances* take with parameter *k*."""
    return sum(gap >> k for gap in distances) + len(distances) * (k + 1)


def gamma_bits(value: int) -> int:
    """Count the bits that Elias gamma takes for *value*."""
    return 2 * value.bit_length() - 1


def broken() -> BadStatusList:
    """The one answer to bytes that are no list."""
    return BadStatusList(
        "This list of withdrawn codes is damaged.", fix="Fetch it again from the programme's site."
    )
