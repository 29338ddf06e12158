"""Clearance: checks that the edge of the paper and the quiet zone stay free. Used by compose, draft and the
law check.

A reader program forgives ink in the quiet zone, a shop scanner does not, so geometry is checked
before anything is printed (`preflight` checks the finished file a second time by reading it).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, assert_never

from labelsvc.errors import LayoutError, Phrase
from labelsvc.labels.drawing import shapes
from labelsvc.labels.drawing.ops import ImageOp, LineOp, PathOp, RectOp, StaticOp, SymbolOp, TextOp
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.path_data import Command

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in mm
Point = tuple[float, float]

#: Reflectance of ink and of ground that every scanner tells apart (relative luminance).
_DARK, _LIGHT = 0.2, 0.6
_SLACK = 0.01  # mm
#: Kind of operation → what to call it.
_KINDS = {
    "rect": "A rectangle",
    "line": "A line",
    "path": "A shape",
    "image": "A picture",
}


def check(
    layout: Layout,
    record: str,
    *,
    symbol: SymbolOp,
    zone: Box,
    static: Iterable[StaticOp],
    ink: Sequence[tuple[str, Sequence[Point]]],
) -> None:
    """Raises the first of `faults`."""
    for fault in faults(layout, record, symbol=symbol, zone=zone, static=static, ink=ink):
        raise fault


def faults(
    layout: Layout,
    record: str,
    *,
    symbol: SymbolOp,
    zone: Box,
    static: Iterable[StaticOp],
    ink: Sequence[tuple[str, Sequence[Point]]],
) -> Iterator[LayoutError]:
    """An error wherever words (*ink*: field and corners) or the symbol leave the paper, or anything
    dark lies in *zone*, the symbol with its quiet zone. `op` of the last kind: its place in
    *static*."""

    about: dict[str, Any] = {"layout": layout.name, "record": record}
    if luminance(symbol.colour) > _DARK:
        yield LayoutError(
            "{layout}: the symbol's colour is too light",
            fix="Use black or a very dark colour.",
            field="symbol",
            **about,
        )
    if not _inside(layout, [zone[:2], zone[2:], (zone[0], zone[3]), (zone[2], zone[1])], 0.0):
        yield LayoutError(
            "{layout}: the symbol with its quiet zone reaches out of the label",
            fix="Move the symbol inwards or make it smaller.",
            field="symbol",
            **about,
        )
    for field, corners in ink:
        if not _inside(layout, corners, layout.label.safe):
            yield LayoutError(
                "{layout}: {field} comes nearer to the edge than {safe} mm ({record})",
                fix="Move it inwards, make its box narrower, or lower `safe` of the label.",
                field=field,
                safe=layout.label.safe,
                **about,
            )
        if _reaches(corners, zone):
            yield _disturbed(field, field, about)
    # In the order of painting: a light area over the whole zone hides what is below it.
    culprit, place = "", 0
    for number, op in enumerate(static):
        effect = _effect(op, zone)
        if effect == "covers":
            culprit = ""
        elif effect == "disturbs":
            culprit, place = type(op).__name__.removesuffix("Op").lower(), number
    if culprit:
        yield _disturbed(culprit, Phrase(_KINDS[culprit]), about | {"op": place})


def _disturbed(field: str, what: str | Phrase, about: dict[str, Any]) -> LayoutError:
    return LayoutError(
        "{layout}: {what} lies on the symbol or its quiet zone ({record})",
        fix="Keep 4 modules around the symbol free.",
        field=field,
        what=what,
        **about,
    )


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 black to 1 white (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def fills(op: RectOp | PathOp, point: Point) -> bool:
    """True if *point* lies inside the filled outline of *op*, mm."""
    return op.fill is not None and _winds(point, list(_segments(shapes.outline(op))))


def _inside(layout: Layout, corners: Sequence[Point], safe: float) -> bool:
    if layout.label.round:
        radius = layout.width / 2
        reach = max(math.hypot(x - radius, y - radius) for x, y in corners)
        return reach <= radius - safe + _SLACK
    x0, y0, x1, y1 = _hull(corners)
    return (
        min(x0, y0) >= safe - _SLACK
        and x1 <= layout.width - safe + _SLACK
        and y1 <= layout.height - safe + _SLACK
    )


def _hull(corners: Sequence[Point]) -> Box:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _reaches(corners: Sequence[Point], zone: Box) -> bool:
    """Return true if the convex shape of *corners* has a part in *zone*.

    Separating axes: a turned letter is no wider than itself, though its upright hull is. Lines
    through two corners that are no side only add axes, and every axis that separates is a proof.
    """
    if not _overlap(_hull(corners), zone):
        return False
    box = [(x, y) for x in (zone[0], zone[2]) for y in (zone[1], zone[3])]
    for (ax, ay), (bx, by) in itertools.combinations(corners, 2):
        length = math.hypot(bx - ax, by - ay)
        if not length:
            continue
        normal = (ay - by) / length, (bx - ax) / length
        ours = [x * normal[0] + y * normal[1] for x, y in corners]
        theirs = [x * normal[0] + y * normal[1] for x, y in box]
        if max(ours) <= min(theirs) + _SLACK or max(theirs) <= min(ours) + _SLACK:
            return False
    return True


def _effect(op: StaticOp, zone: Box) -> str:
    """Tell the effect of *op* on *zone*: "disturbs" (dark or uneven ink in it), "covers" (it is wholly on a
    light area), or "" (nothing). Words are checked by their own corners."""
    found = lies(op, zone)
    if found == "holds" and isinstance(op, RectOp | PathOp) and op.fill is not None:
        return "disturbs" if luminance(op.fill) < _LIGHT else "covers"
    return "disturbs" if found == "crosses" else ""


def lies(op: StaticOp, zone: Box) -> Literal["crosses", "holds", ""]:
    """Tell how *op*, which is no word, lies to *zone*: with an edge or uneven ink in it, with its plain
    fill under all of it, or apart."""
    match op:
        case TextOp():
            return ""
        case ImageOp():
            inside = _overlap((op.x, op.y, op.x + op.w, op.y + op.h), zone)
            return "crosses" if inside else ""
        case LineOp():
            crosses = _crosses((op.x1, op.y1), (op.x2, op.y2), _grown(zone, op.width / 2))
            return "crosses" if crosses else ""
        case RectOp() | PathOp():
            return _area_lies(op, zone)
        case _:
            assert_never(op)


def _area_lies(op: RectOp | PathOp, zone: Box) -> Literal["crosses", "holds", ""]:
    if op.fill is None and op.stroke is None:
        return ""
    edge = _grown(zone, op.stroke_width / 2 if op.stroke else -_SLACK)
    outline = shapes.outline(op)
    if not _overlap(_grown(shapes.bounds([c for c in outline if len(c) > 1]), _SLACK * 2), edge):
        return ""  # a motif has thousands of pieces, all of them far away
    segments = list(_segments(outline))
    if any(_crosses(a, b, edge) for a, b in segments):
        return "crosses"
    # No outline in the zone: the zone lies wholly inside or wholly outside of the shape.
    middle = ((zone[0] + zone[2]) / 2, (zone[1] + zone[3]) / 2)
    return "holds" if op.fill is not None and _winds(middle, segments) else ""


def _overlap(a: Box, b: Box) -> bool:
    return (
        a[0] < b[2] - _SLACK
        and b[0] < a[2] - _SLACK
        and a[1] < b[3] - _SLACK
        and b[1] < a[3] - _SLACK
    )


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _segments(commands: Sequence[Command]) -> Iterator[tuple[Point, Point]]:
    """The outline as straight pieces, every figure closed; curves in sixteen pieces."""
    at = start = (0.0, 0.0)
    for command in commands:
        name = command[0]
        numbers = [float(v) for v in command[1:]]
        if name == "M":
            if at != start:
                yield at, start
            at = start = (numbers[0], numbers[1])
        elif name == "L":
            yield at, (numbers[0], numbers[1])
            at = (numbers[0], numbers[1])
        elif name == "C":
            points = [at, *zip(numbers[::2], numbers[1::2], strict=True)]
            for step in range(1, 17):
                after = _bezier(points, step / 16)
                yield at, after
                at = after
        else:
            yield at, start
            at = start
    if at != start:
        yield at, start


def _bezier(points: Sequence[Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return (
        sum(w * p[0] for w, p in zip(weights, points, strict=True)),
        sum(w * p[1] for w, p in zip(weights, points, strict=True)),
    )


def _crosses(a: Point, b: Point, box: Box) -> bool:
    """True if the piece a-b has a point strictly inside *box* (Liang-Barsky)."""
    enter, leave = 0.0, 1.0
    for axis in (0, 1):
        delta = b[axis] - a[axis]
        low, high = box[axis], box[axis + 2]
        if abs(delta) < 1e-12:
            if not low < a[axis] < high:
                return False
            continue
        first, second = sorted(((low - a[axis]) / delta, (high - a[axis]) / delta))
        enter, leave = max(enter, first), min(leave, second)
    return enter < leave


def _winds(point: Point, segments: Sequence[tuple[Point, Point]]) -> bool:
    """True if *point* is inside the outline (even-odd)."""
    inside = False
    for (ax, ay), (bx, by) in segments:
        level = (ay > point[1]) != (by > point[1])
        if level and point[0] < ax + (point[1] - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside
