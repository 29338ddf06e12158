"""Path data: reads the path data of SVG as commands in millimetres. Used by the ornaments of a layout
and by their drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

#: A path command: ("M", x, y), ("L", x, y), ("C", x1, y1, x2, y2, x, y) or ("Z",); absolute mm.
Command = tuple[str | float, ...]

_ARITY = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}


# A motif is read for its place, for the clearance and for the drawing.
@lru_cache(maxsize=64)
def parse(d: str, *, x: float = 0, y: float = 0, scale: float = 1) -> tuple[Command, ...]:
    """SVG path data as absolute M, L, C, Z commands in mm. Raises `ValueError` on bad data."""
    at = (0.0, 0.0)
    start = at
    handle = at  # control point of the last curve, for S and T
    last = ""
    out: list[Command] = []

    def put(name: str, *points: tuple[float, float]) -> None:
        out.append((name, *(v for px, py in points for v in (x + px * scale, y + py * scale))))

    for letter, numbers in _chunks(d):
        name = letter.upper()
        ox, oy = at if letter.islower() else (0.0, 0.0)
        if name == "H":
            points = [(numbers[0] + ox, at[1])]
        elif name == "V":
            points = [(at[0], numbers[0] + oy)]
        else:
            points = [
                (px + ox, py + oy) for px, py in zip(numbers[::2], numbers[1::2], strict=True)
            ]
        if name == "Z":
            out.append(("Z",))
            at = start
        elif name == "M":
            at = start = points[0]
            put("M", at)
        elif name in "LHV":
            at = points[0]
            put("L", at)
        else:
            mirror = (2 * at[0] - handle[0], 2 * at[1] - handle[1])
            if name in "QT":
                control = points[0] if name == "Q" else (mirror if last in "QT" else at)
                end = points[-1]
                put("C", _toward(at, control), _toward(end, control), end)
                handle = control
            else:
                first = points[0] if name == "C" else (mirror if last in "CS" else at)
                second, end = points[-2:]
                put("C", first, second, end)
                handle = second
            at = end
        last = name
    return tuple(out)


def _toward(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return a[0] + (b[0] - a[0]) * 2 / 3, a[1] + (b[1] - a[1]) * 2 / 3


def _chunks(d: str) -> Iterator[tuple[str, Sequence[float]]]:
    """(letter, numbers of one command); a repeated M goes on as L, as SVG has it."""
    for letter, rest in re.findall(r"([A-Za-z])([^A-Za-z]*(?:[eE][+-]?\d+[^A-Za-z]*)*)", d):
        arity = _ARITY.get(letter.upper())
        if arity is None:
            raise ValueError(f"path command {letter!r}")
        numbers = [float(n) for n in re.findall(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", rest)]
        if arity == 0:
            yield letter, ()
            continue
        if not numbers or len(numbers) % arity:
            raise ValueError(f"path command {letter} with {len(numbers)} numbers")
        for first in range(0, len(numbers), arity):
            name = letter
            if first and letter in "Mm":
                name = "L" if letter == "M" else "l"
            yield name, numbers[first : first + arity]
