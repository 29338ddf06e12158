"""Motif: repeats a tile over a box as path data, cut at its edges and away from what must stay free.
Used by `dress`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from labelsvc.labels.drawing import shapes
from labelsvc.labels.families.family import Motif
from labelsvc.labels.layouts import path_data
from labelsvc.labels.layouts.parts import Box
from labelsvc.labels.layouts.path_data import Command

Point = tuple[float, float]
Figure = tuple[Command, ...]

#: Longest path data of one element: `PathElement.d` takes 20,000.
_LONGEST = 18_000
#: Straight pieces that a curve is cut into where it crosses the edge.
_PIECES = 8


def over(motif: Motif, box: Box, scale: float, free: Sequence[Box] = ()) -> list[list[str]]:
    """Path data for each layer of *motif* in *box*, mm; figures that touch *free* are left out.

    :param scale: of the tile. The pattern is centred, so that both ends of the band look alike.
    """
    return [
        _packed(list(_layer(motif, index, box, scale, free))) for index in range(len(motif.layers))
    ]


def _layer(
    motif: Motif, index: int, box: Box, scale: float, free: Sequence[Box]
) -> Iterator[Figure]:
    layer = motif.layers[index]
    figures = list(_figures(path_data.parse(layer.d, scale=scale)))
    wide, high = motif.w * scale, motif.h * scale
    middle_x, middle_y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    columns = math.ceil((box[2] - box[0]) / wide / 2) + 2
    rows = math.ceil((box[3] - box[1]) / high / 2) + 2
    for row in range(-rows, rows + 1):
        aside = motif.shift * wide if row % 2 else 0.0
        for column in range(-columns, columns + 1):
            x = middle_x + (column - 0.5) * wide + aside
            y = middle_y + (row - 0.5) * high
            for figure in figures:
                moved = _moved(figure, x, y)
                around = shapes.bounds([c for c in moved if len(c) > 1])
                if not _meets(around, box) or any(_meets(around, one) for one in free):
                    continue
                if _holds(box, around):
                    yield moved
                elif layer.line is None:
                    yield from _cut_area(moved, box)
                else:
                    yield from _cut_line(moved, box)


def _figures(commands: Sequence[Command]) -> Iterator[Figure]:
    one: list[Command] = []
    for command in commands:
        if command[0] == "M" and one:
            yield tuple(one)
            one = []
        one.append(command)
    if one:
        yield tuple(one)


def _moved(figure: Figure, x: float, y: float) -> Figure:
    return tuple(
        (c[0], *(float(v) + (y if n % 2 else x) for n, v in enumerate(c[1:]))) for c in figure
    )


def _meets(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _holds(box: Box, inner: Box) -> bool:
    return box[0] <= inner[0] and box[1] <= inner[1] and inner[2] <= box[2] and inner[3] <= box[3]


def _points(figure: Figure) -> list[Point]:
    """Corners of *figure*, its curves in straight pieces, closed where it is."""
    out: list[Point] = []
    for command in figure:
        numbers = [float(v) for v in command[1:]]
        if command[0] == "Z":
            out.append(out[0])
        elif command[0] == "C":
            (ax, ay), (bx, by, cx, cy, dx, dy) = out[-1], numbers
            for step in range(1, _PIECES + 1):
                t = step / _PIECES
                u = 1 - t
                w = (u**3, 3 * t * u * u, 3 * t * t * u, t**3)
                out.append(
                    (
                        w[0] * ax + w[1] * bx + w[2] * cx + w[3] * dx,
                        w[0] * ay + w[1] * by + w[2] * cy + w[3] * dy,
                    )
                )
        else:
            out.append((numbers[0], numbers[1]))
    return out


def _cut_area(figure: Figure, box: Box) -> Iterator[Figure]:
    """Cut the area to *box* (Sutherland-Hodgman)."""
    points = _points(figure)
    for axis, edge, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        kept: list[Point] = []
        for before, after in zip(points[-1:] + points[:-1], points, strict=True):
            was, now = sign * (before[axis] - edge), sign * (after[axis] - edge)
            if (was < 0) != (now < 0):
                share = was / (was - now)
                kept.append(
                    (
                        before[0] + share * (after[0] - before[0]),
                        before[1] + share * (after[1] - before[1]),
                    )
                )
            if now >= 0:
                kept.append(after)
        points = kept
        if not points:
            return
    yield (("M", *points[0]), *(("L", *p) for p in points[1:]), ("Z",))


def _cut_line(figure: Figure, box: Box) -> Iterator[Figure]:
    """The pieces of the line in *box* (Liang-Barsky)."""
    points = _points(figure)
    run: list[Command] = []
    for (ax, ay), (bx, by) in pairwise(points):
        enter, leave = 0.0, 1.0
        for start, delta, low, high in (
            (ax, bx - ax, box[0], box[2]),
            (ay, by - ay, box[1], box[3]),
        ):
            if abs(delta) < 1e-12:
                if not low <= start <= high:
                    enter, leave = 1.0, 0.0
                continue
            first, second = sorted(((low - start) / delta, (high - start) / delta))
            enter, leave = max(enter, first), min(leave, second)
        if enter >= leave:
            continue
        begin = (ax + enter * (bx - ax), ay + enter * (by - ay))
        if enter > 0 or not run:
            if run:
                yield tuple(run)
            run = [("M", *begin)]
        run.append(("L", ax + leave * (bx - ax), ay + leave * (by - ay)))
    if len(run) > 1:
        yield tuple(run)


def _packed(figures: Sequence[Figure]) -> list[str]:
    """Path data to the hundredth of a millimetre, in pieces that an element takes."""
    out, size = [[""]], 0
    for figure in figures:
        text = " ".join(
            str(c[0]) + " ".join(f"{float(v):.2f}".rstrip("0").rstrip(".") for v in c[1:])
            for c in figure
        )
        if size + len(text) > _LONGEST:
            out.append([])
            size = 0
        out[-1].append(text)
        size += len(text) + 1
    return [" ".join(piece).strip() for piece in out if any(piece)]
