"""Trace: turns a picture of pixels into one shape in one colour, for printers that have black alone.

Used by the editor. Dark pixels are ink; their outlines are followed and straightened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelsvc.errors import BadInput
from labelsvc.labels.ornaments.svg_file import MAX_LETTERS

#: Pixels of the longer side that is traced, fewer where the shape has too many corners.
_SIDES: Final = (320, 200, 120, 80)
#: Pixels that an outline may lie beside the true one.
_SLACK: Final = 0.75
#: Outlines around fewer pixels are dust.
_LEAST: Final = 6
Point = tuple[int, int]


def trace(picture: Image.Image, *, x: float, y: float, w: float, h: float) -> dict[str, Any]:
    """One path with the ink of *picture*, fitted into a box, mm.

    :raises BadInput: it has one tone only, or is a photograph with too many pieces.
    """
    for side in _SIDES:
        ink = _ink(picture, side)
        loops = [_straight(loop) for loop in _outlines(ink)]
        kept = [loop for loop in loops if abs(_area(loop)) >= _LEAST]
        if not kept:
            break
        d = _path(kept, ink.shape, x=x, y=y, w=w, h=h)
        if len(d) <= MAX_LETTERS:
            return {"type": "path", "d": d, "fill": "#000000", "stroke": None, "even_odd": True}
    raise BadInput(
        "No shape can be made of this picture.",
        fix="Choose a logo or a drawing with a plain light ground, not a photograph.", field="file",
    )  # fmt: skip


def _ink(picture: Image.Image, side: int) -> NDArray[np.bool_]:
    """True where there is ink: darker than the tone that parts dark from light best (Otsu 1979)."""
    flat = picture
    if picture.mode == "RGBA":
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(picture, mask=picture.getchannel("A"))
    grey = flat.convert("L")
    grey.thumbnail((side, side), Image.Resampling.LANCZOS)
    tones = np.asarray(grey)
    counts = np.bincount(tones.ravel(), minlength=256).astype(float)
    below, weighted = np.cumsum(counts), np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = (weighted[-1] * below / below[-1] - weighted) ** 2 / (below * above)
    apart = np.nan_to_num(apart, posinf=0.0)
    if not apart.any():
        return np.zeros(tones.shape, bool)
    return tones <= int(np.argmax(apart))


def _outlines(ink: NDArray[np.bool_]) -> Iterator[list[Point]]:
    """Closed ways along the edges between ink and ground, ink on the right hand."""
    grown = np.pad(ink, 1)
    ways: dict[Point, list[Point]] = {}
    down, up = grown[:-1] & ~grown[1:], ~grown[:-1] & grown[1:]
    left, right = ~grown[:, :-1] & grown[:, 1:], grown[:, :-1] & ~grown[:, 1:]
    # Of the padded picture: pixel (row, column) lies between the corners column - 1 and column.
    for row, column in np.argwhere(up).tolist():  # above the ink: to the right
        ways.setdefault((column - 1, row), []).append((column, row))
    for row, column in np.argwhere(down).tolist():  # below it: to the left
        ways.setdefault((column, row), []).append((column - 1, row))
    for row, column in np.argwhere(right).tolist():
        ways.setdefault((column, row - 1), []).append((column, row))
    for row, column in np.argwhere(left).tolist():
        ways.setdefault((column, row), []).append((column, row - 1))
    while ways:
        start = next(iter(ways))
        loop, at = [start], start
        while True:
            following = ways[at].pop()
            if not ways[at]:
                del ways[at]
            at = following
            if at == start:
                break
            loop.append(at)
        yield loop


def _straight(loop: Sequence[Point]) -> list[Point]:
    """Leave out corners that lie within `_SLACK` of the way (Ramer, Douglas and Peucker)."""
    far = max(range(len(loop)), key=lambda n: _gap(loop[n], loop[0], loop[0]))
    return _half(loop[: far + 1])[:-1] + _half([*loop[far:], loop[0]])[:-1]


def _half(points: Sequence[Point]) -> list[Point]:
    kept, waiting = {0, len(points) - 1}, [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        gaps = [_gap(points[n], points[first], points[last]) for n in range(first + 1, last)]
        worst = max(range(len(gaps)), key=gaps.__getitem__)
        if gaps[worst] > _SLACK:
            middle = first + 1 + worst
            kept.add(middle)
            waiting += [(first, middle), (middle, last)]
    return [points[n] for n in sorted(kept)]


def _gap(point: Point, a: Point, b: Point) -> float:
    """Distance of *point* to the line a-b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = (dx * dx + dy * dy) ** 0.5
    if not length:
        return float(((point[0] - a[0]) ** 2 + (point[1] - a[1]) ** 2) ** 0.5)
    return float(abs(dx * (a[1] - point[1]) - dy * (a[0] - point[0])) / length)


def _area(loop: Sequence[Point]) -> float:
    pairs = zip(loop, [*loop[1:], loop[0]], strict=True)
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs) / 2


def _path(
    loops: Sequence[Sequence[Point]],
    shape: tuple[int, ...],
    *,
    x: float,
    y: float,
    w: float,
    h: float,
) -> str:
    high, wide = shape
    scale = min(w / wide, h / high)
    dx, dy = x + (w - wide * scale) / 2, y + (h - high * scale) / 2

    def at(point: Point) -> str:
        return f"{point[0] * scale + dx:.2f} {point[1] * scale + dy:.2f}"

    return " ".join(
        f"M{at(loop[0])} " + " ".join(f"L{at(point)}" for point in loop[1:]) + " Z"
        for loop in loops
    )
