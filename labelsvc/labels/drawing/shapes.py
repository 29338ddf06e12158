"""Plain geometry as path commands: stars, ellipses, rounded rectangles, SVG path data."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from labelsvc.labels.drawing.ops import Command

#: Length of a Bézier handle for a quarter of a circle of radius 1.
_KAPPA = 0.5522847498
#: Inner to outer radius of a regular five-pointed star.
_INNER = 0.381966
#: A star that is 1 high: its outer radius, and its width.
_RADIUS = 1 / (1 + math.cos(math.pi / 5))
STAR_WIDTH = 2 * _RADIUS * math.sin(math.radians(72))


def star(x: float, y: float, size: float) -> tuple[Command, ...]:
    """A five-pointed star *size* high with the top left of its box at x, y."""
    radius = size * _RADIUS
    cx, cy = x + size * STAR_WIDTH / 2, y + radius
    commands: list[Command] = []
    for point in range(10):
        r = radius if point % 2 == 0 else radius * _INNER
        angle = math.pi * point / 5
        commands.append(
            ("M" if not point else "L", cx + r * math.sin(angle), cy - r * math.cos(angle))
        )
    return (*commands, ("Z",))


def stars_width(count: int, size: float, spacing: float) -> float:
    return size * (count * STAR_WIDTH + (count - 1) * spacing)


def ellipse(cx: float, cy: float, rx: float, ry: float) -> tuple[Command, ...]:
    kx, ky = rx * _KAPPA, ry * _KAPPA
    return (
        ("M", cx + rx, cy),
        ("C", cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry),
        ("C", cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy),
        ("C", cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry),
        ("C", cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy),
        ("Z",),
    )


def rounded(x: float, y: float, w: float, h: float, radius: float) -> tuple[Command, ...]:
    r = min(radius, w / 2, h / 2)
    k = r * (1 - _KAPPA)
    return (
        ("M", x + r, y),
        ("L", x + w - r, y),
        ("C", x + w - k, y, x + w, y + k, x + w, y + r),
        ("L", x + w, y + h - r),
        ("C", x + w, y + h - k, x + w - k, y + h, x + w - r, y + h),
        ("L", x + r, y + h),
        ("C", x + k, y + h, x, y + h - k, x, y + h - r),
        ("L", x, y + r),
        ("C", x, y + k, x + k, y, x + r, y),
        ("Z",),
    )


_ARITY = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}


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


def bounds(commands: Sequence[Command]) -> tuple[float, float, float, float]:
    """Box around all points, handles too: never smaller than the drawn shape."""
    xs = [float(v) for command in commands for v in command[1::2]]
    ys = [float(v) for command in commands for v in command[2::2]]
    return min(xs), min(ys), max(xs), max(ys)
