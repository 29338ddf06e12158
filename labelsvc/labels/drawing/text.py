"""Text: sets words in a box: shrinking, leading, refusing. Used by words and stack.

Sizes come in points (as in layouts) and leave in millimetres. No kerning or ligatures: every
renderer places the same advances, so screen and paper agree to the dot.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from labelsvc.errors import LabelOverflow
from labelsvc.labels.drawing.fonts_metrics import PT, Fonts, short
from labelsvc.labels.drawing.line_breaking import (
    Letters,
    SetLine,
    balanced,
    cased,
    solid,
    weight_of,
    wrapped_to,
)
from labelsvc.labels.layouts.parts import TextStyle
from labelsvc.labels.layouts.template import Run

#: Room kept above and below the baseline, in ems, whatever the letters: so that two boxes side by
#: side share their baseline. Taller letters (Ổ reaches 1.17) get what they need on top of it.
ASCENT, DESCENT = 0.96, 0.22
#: Least free space between ink of one line and ink of the next, in ems.
_CLEAR = 0.03


@dataclass(frozen=True, slots=True)
class SetText:
    """Lines of one size. `ascent` and `descent` are the ink's, mm, at least the standing room."""

    points: float
    lines: tuple[SetLine, ...]
    leading: float  # mm from baseline to baseline
    ascent: float
    descent: float
    tracking: float  # mm

    @property
    def size(self) -> float:
        """The em in mm."""
        return self.points * PT

    @property
    def height(self) -> float:
        if not self.lines:
            return 0.0
        return self.ascent + (len(self.lines) - 1) * self.leading + self.descent


def check_lines(
    lines: Sequence[Sequence[Run]],
    style: TextStyle,
    fonts: Fonts,
    *,
    field: str,
    record: str,
    layout: str,
) -> None:
    for line in lines:
        for run in line:
            face = fonts[weight_of(style, run)]
            face.check(solid(cased(style, run.text)), field=field, record=record, layout=layout)


def set_text(
    lines: Sequence[Sequence[Run]],
    style: TextStyle,
    fonts: Fonts,
    *,
    width: float,
    points: float,
    height: float = math.inf,
    draft: bool = False,
) -> SetText | None:
    """Wrap *lines* to *width* mm at *points*; None when a word is wider, lines are too many, or
    surely higher than *height* (told without the cost of setting them). *draft*: do not balance the
    lines, which costs most and seldom changes the height."""
    size = points * PT
    tracking = style.tracking / 1000 * size
    letters = Letters(style, fonts, size, tracking)
    wrapped = wrapped_to(lines, letters, width)
    if wrapped is not None and len(wrapped) > len(lines):
        whole = wrapped_to(lines, letters, width, bound=True)
        if whole is not None and len(whole) == len(wrapped):
            wrapped = whole
    if wrapped is None or (style.max_lines and len(wrapped) > style.max_lines):
        return None
    if (ASCENT + DESCENT + (len(wrapped) - 1) * style.leading) * size > height + 1e-6:
        return None
    if style.balance and len(wrapped) > 1 and not draft:
        for bound in (True, False):
            found = balanced(lines, letters, width, len(wrapped), bound=bound)
            if found is not None:
                wrapped = found
                break
    inks = [_ink(line, fonts, size, tracking, style.align) for line in wrapped]
    leading = style.leading
    for upper, lower in itertools.pairwise(inks):
        leading = max(leading, _needed(upper, lower))
    first = max([ASCENT, *(box[3] for box in inks[0])]) if inks else 0.0
    last = max([DESCENT, *(-box[1] for box in inks[-1])]) if inks else 0.0
    return SetText(points, tuple(wrapped), leading * size, first * size, last * size, tracking)


def fit(
    lines: Sequence[Sequence[Run]],
    style: TextStyle,
    fonts: Fonts,
    room: tuple[float, float],
    *,
    field: str,
    record: str,
    layout: str,
) -> SetText:
    """Set *lines* as large as `size` and `min_size` allow in *room*, width x height in mm.

    Raises `LabelOverflow` (layout, field, record) when the smallest does not, and `MissingGlyph`.
    """
    check_lines(lines, style, fonts, field=field, record=record, layout=layout)
    width, height = room
    for points in sizes(style.size, style.floor):
        found = set_text(lines, style, fonts, width=width, points=points, height=height)
        if found is not None and found.height <= height + 1e-6:
            return found
    raise overflow(lines, style, field=field, record=record, layout=layout)


def overflow(
    lines: Sequence[Sequence[Run]], style: TextStyle, *, field: str, record: str, layout: str
) -> LabelOverflow:
    text = solid(" / ".join("".join(run.text for run in line) for line in lines))
    return LabelOverflow(
        "{layout}: “{text}” ({record}) does not fit at {points} pt",
        fix="Shorten the text, or choose a larger label.",
        layout=layout,
        field=field,
        record=record,
        text=short(text),
        points=style.floor,
    )


def sizes(size: float, floor: float) -> list[float]:
    """From *size* down to *floor* in steps of about 2 %, both included."""
    found = [size]
    while found[-1] > floor:
        found.append(max(floor, round(found[-1] - max(0.05, found[-1] * 0.02), 2)))
    return found


_Box = tuple[float, float, float, float]


def _ink(line: SetLine, fonts: Fonts, size: float, tracking: float, align: str) -> list[_Box]:
    """Boxes of the glyphs in ems about the line's alignment point."""
    shift = {"left": 0.0, "center": -line.width / 2, "right": -line.width}[align] / size
    boxes = []
    for run in line.runs:
        x = run.x / size + shift
        face = fonts[run.weight]
        for char in run.text:
            x_min, y_min, x_max, y_max = face.bounds(char)
            if x_max > x_min:
                boxes.append((x + x_min, y_min, x + x_max, y_max))
            x += face.advance(char) + tracking / size
    return boxes


def _needed(upper: list[_Box], lower: list[_Box]) -> float:
    """Line height in ems at which no glyph of *lower* touches one of *upper*: Ổ below ạ."""
    needed = 0.0
    # Below nine tenths of an em no letter can meet the line above.
    for a in (box for box in lower if box[3] > 0.9):
        for b in upper:
            if a[0] < b[2] and b[0] < a[2]:
                needed = max(needed, a[3] - b[1] + _CLEAR)
    return needed
