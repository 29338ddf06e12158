"""Bleed: extends what touches the edge of a label, so that a cut beside the line stays clean. Used by press
files.

Only what lies on the trimmed edge is moved or added; inside of the edge nothing changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from labelsvc.labels.drawing import shapes
from labelsvc.labels.drawing.ops import ImageOp, LineOp, PathOp, RectOp, StaticOp, TextOp
from labelsvc.labels.layouts.path_data import Command

#: What counts as touching, mm.
_NEAR = 0.05
#: A frame nearer to the cut than this looks uneven after cutting, which is good to 1 mm.
_EVEN = 1.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Trim:
    """The label in mm; `round`: the cut is a circle."""

    width: float
    height: float
    round: bool = False


@dataclass(frozen=True, slots=True)
class Bled:
    """Operations with bleed; `short`: kinds of those that touch the edge and cannot go on."""

    ops: tuple[StaticOp, ...]
    short: tuple[str, ...]


def extend(ops: Iterable[StaticOp], trim: Trim, bleed: float) -> Bled:
    """*ops* with what touches the edge drawn on by *bleed* mm."""
    out: list[StaticOp] = []
    short: list[str] = []
    for op in ops:
        if isinstance(op, RectOp | PathOp) and _framing(op, trim):
            short.append("frame_near")
        if bleed <= 0:
            out.append(op)
            continue
        match op:
            case TextOp():
                out.append(op)
            case RectOp():
                out.extend(_rect(op, trim, bleed, short))
            case LineOp():
                out.append(_line(op, trim, bleed))
            case ImageOp():
                box = (op.x, op.y, op.x + op.w, op.y + op.h)
                if _sides(box, trim) and not _beyond(box, trim, bleed):
                    short.append("picture")
                out.append(op)
            case PathOp():
                out.extend(_path(op, trim, bleed))
            case _:
                assert_never(op)
    return Bled(tuple(out), tuple(dict.fromkeys(short)))


def _framing(op: RectOp | PathOp, trim: Trim) -> bool:
    """True if the stroke of *op* runs around the label, close to the cut but not on it."""
    if op.stroke is None:
        return False
    box = (
        (op.x, op.y, op.x + op.w, op.y + op.h)
        if isinstance(op, RectOp)
        else shapes.bounds(op.commands)
    )
    gaps = (box[0], box[1], trim.width - box[2], trim.height - box[3])
    return min(gaps) > _NEAR and max(gaps) < _EVEN


def _sides(box: Sequence[float], trim: Trim) -> str:
    """The sides of the label that *box* touches or passes: some of "ltrb"."""
    touched = (
        box[0] <= _NEAR,
        box[1] <= _NEAR,
        box[2] >= trim.width - _NEAR,
        box[3] >= trim.height - _NEAR,
    )
    return "".join(name for name, yes in zip("ltrb", touched, strict=True) if yes)


def _beyond(box: Sequence[float], trim: Trim, bleed: float) -> bool:
    """True if *box* fills the bleed on each side that it touches."""
    room = {
        "l": -box[0],
        "t": -box[1],
        "r": box[2] - trim.width,
        "b": box[3] - trim.height,
    }
    return all(room[side] >= bleed - _NEAR for side in _sides(box, trim))


def _rect(op: RectOp, trim: Trim, bleed: float, short: list[str]) -> list[StaticOp]:
    sides = _sides((op.x, op.y, op.x + op.w, op.y + op.h), trim)
    if not sides:
        return [op]
    if op.stroke is not None and not op.radius:
        # A frame on the cut line is half a frame, whatever is done to it.
        short.append("frame")
    if op.fill is None:
        return [op]
    x0, y0, x1, y1 = op.x, op.y, op.x + op.w, op.y + op.h
    if "l" in sides:
        x0 = min(x0, -bleed)
    if "t" in sides:
        y0 = min(y0, -bleed)
    if "r" in sides:
        x1 = max(x1, trim.width + bleed)
    if "b" in sides:
        y1 = max(y1, trim.height + bleed)
    radius = 0.0 if sides == "ltrb" else op.radius
    ground = RectOp(x0, y0, x1 - x0, y1 - y0, op.fill, None, op.stroke_width, radius)
    return [ground] if op.stroke is None else [ground, replace(op, fill=None)]


def _line(op: LineOp, trim: Trim, bleed: float) -> LineOp:
    length = math.hypot(op.x2 - op.x1, op.y2 - op.y1)
    if length < 1e-9:
        return op
    dx, dy = (op.x2 - op.x1) / length, (op.y2 - op.y1) / length

    def moved(x: float, y: float, dx: float, dy: float) -> Point:
        """The end at x, y, the line running outwards along dx, dy."""
        reach = [0.0]
        if x <= _NEAR and dx < -1e-6:
            reach.append((x + bleed) / -dx)
        if x >= trim.width - _NEAR and dx > 1e-6:
            reach.append((trim.width + bleed - x) / dx)
        if y <= _NEAR and dy < -1e-6:
            reach.append((y + bleed) / -dy)
        if y >= trim.height - _NEAR and dy > 1e-6:
            reach.append((trim.height + bleed - y) / dy)
        # A line that nearly follows the edge would run away.
        far = min(max(reach), 20 * bleed)
        return x + dx * far, y + dy * far

    (x1, y1), (x2, y2) = moved(op.x1, op.y1, -dx, -dy), moved(op.x2, op.y2, dx, dy)
    return replace(op, x1=x1, y1=y1, x2=x2, y2=y2)


def _path(op: PathOp, trim: Trim, bleed: float) -> list[StaticOp]:
    if op.fill is None:
        return [op]
    ends = [(float(c[-2]), float(c[-1])) for c in op.commands if len(c) > 1]
    if trim.round:
        commands = _grown(op.commands, ends, trim, bleed)
    else:
        commands = _flapped(op.commands, trim, bleed)
    if commands == op.commands:
        return [op]
    ground = replace(op, commands=commands, stroke=None)
    return [ground] if op.stroke is None else [ground, replace(op, fill=None)]


def _grown(
    commands: tuple[Command, ...], ends: Sequence[Point], trim: Trim, bleed: float
) -> tuple[Command, ...]:
    """On a round label: a disc that fills it, larger by the bleed."""
    middle = trim.width / 2
    reach = [math.hypot(x - middle, y - middle) for x, y in ends]
    if not reach or abs(min(reach) - middle) > _NEAR or abs(max(reach) - middle) > _NEAR:
        return commands
    scale = (middle + bleed) / middle
    return tuple((c[0], *(middle + (float(v) - middle) * scale for v in c[1:])) for c in commands)


def _flapped(commands: tuple[Command, ...], trim: Trim, bleed: float) -> tuple[Command, ...]:
    """A flap outwards at every straight piece that lies on the edge."""
    out: list[Command] = []
    at = start = (0.0, 0.0)
    for command in commands:
        name = str(command[0])
        to = start if name == "Z" else (float(command[-2]), float(command[-1]))
        if name in "LZ":
            shared = _edges(at, trim) & _edges(to, trim)
            if shared and at != to:
                out += [("L", *_out(p, trim, bleed)) for p in (at, to)]
                out.append(("L", *to))
        if name == "M":
            start = to
        if name != "L" or not out or out[-1] != ("L", *to):
            out.append(command)
        at = to
    return tuple(out)


def _edges(point: Point, trim: Trim) -> frozenset[str]:
    x, y = point
    return frozenset(
        name
        for name, off in (("l", x), ("t", y), ("r", x - trim.width), ("b", y - trim.height))
        if abs(off) <= _NEAR
    )


def _out(point: Point, trim: Trim, bleed: float) -> Point:
    edges = _edges(point, trim)
    x = -bleed if "l" in edges else trim.width + bleed if "r" in edges else point[0]
    y = -bleed if "t" in edges else trim.height + bleed if "b" in edges else point[1]
    return x, y
