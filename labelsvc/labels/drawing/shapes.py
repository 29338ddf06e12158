"""Shapes: stars, ellipses and rounded rectangles as path commands, and the box around them. Used by
the drawing of labels, its pictures and its checks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import assert_never

from labelsvc.labels.drawing.ops import PathOp, RectOp
from labelsvc.labels.layouts.path_data import Command

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


def outline(op: RectOp | PathOp) -> Sequence[Command]:
    """The edge of an area."""
    match op:
        case RectOp():
            return rounded(op.x, op.y, op.w, op.h, op.radius)
        case PathOp():
            return op.commands
        case _:
            assert_never(op)


def bounds(commands: Sequence[Command]) -> tuple[float, float, float, float]:
    """Box around all points, handles too: never smaller than the drawn shape."""
    xs = [float(v) for command in commands for v in command[1::2]]
    ys = [float(v) for command in commands for v in command[2::2]]
    return min(xs), min(ys), max(xs), max(ys)
