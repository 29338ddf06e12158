"""Stack: sets rows of words, stars and rules under one another, shrunk together to fit. Used by compose."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from labelsvc.labels.drawing import text
from labelsvc.labels.drawing.ops import LineOp
from labelsvc.labels.drawing.text import SetText
from labelsvc.labels.drawing.words import SHARE, Lines, Words, per_unit, place_in
from labelsvc.labels.layouts.elements import (
    StackElement,
    StackItem,
    StackRule,
    StackStars,
    StackText,
)
from labelsvc.labels.layouts.parts import TextStyle
from labelsvc.labels.layouts.template import expand


def draw(words: Words, element: StackElement, name: str) -> None:
    """Put the rows of *element* that its label has on *words*; a row with unit values keeps its size.

    :raises LabelOverflow: even with every row at its floor they do not fit; names the one to shorten.
    """
    rows = _rows(words, element, name)
    if not rows:
        return
    for step in itertools.count():
        scale = 0.98**step
        for draft in (True, False):
            heights = [_height(words, row, element.w, element.h, scale, draft) for row in rows]
            total = sum(height or 0.0 for height in heights) + sum(r.gap for r in rows[1:])
            fits = None not in heights and total <= element.h + 1e-6
            if not fits:
                break
        if fits:
            break
        if all(row.smallest(scale) for row in rows):
            _refuse(words, rows, heights)
    y = element.y + SHARE[element.valign] * (element.h - total)
    for number, (row, height) in enumerate(zip(rows, heights, strict=True)):
        y += row.gap if number else 0.0
        _draw_row(words, row, element, y)
        y += height or 0.0


def _rows(words: Words, element: StackElement, name: str) -> list[_Row]:
    rows = []
    for number, item in enumerate(element.items):
        gap = element.gap if item.gap is None else item.gap
        lines: Lines = []
        match item:
            case StackText():
                lines = expand(item.text, words.values)
                drawn = bool(lines)
            case StackStars():
                drawn = words.content.stars is not None
            case StackRule():
                drawn = True
            case _:
                assert_never(item)
        if drawn and words.shown(item):
            row = _Row(item, lines, gap, item.id or f"{name}.items[{number}]")
            text.check_lines(
                words.sampled(lines), _style(item), words.fonts, **words.names(row.name)
            )
            rows.append(row)
    return rows


def _height(words: Words, row: _Row, w: float, h: float, scale: float, draft: bool) -> float | None:
    """Height of a row at *scale*, mm; the setting is kept in the row. None: too wide, or alone
    too high."""
    item = row.item
    match item:
        case StackStars():
            return item.size
        case StackRule():
            return item.width
        case StackText():
            if per_unit(item):
                row.found = words.set_unit(row.lines, item, row.name)
            else:
                points = max(item.floor, round(item.size * scale, 3))
                row.found = text.set_text(
                    row.lines, item, words.fonts, width=w, points=points, height=h, draft=draft
                )
            return row.found.height if row.found else None
        case _:
            assert_never(item)


def _refuse(words: Words, rows: Sequence[_Row], heights: Sequence[float | None]) -> None:
    """Name the row that is too wide, else the one with most words."""
    _, _, row = max(
        (
            (height is None, sum(len(run.text) for line in row.lines for run in line), row)
            for row, height in zip(rows, heights, strict=True)
        ),
        key=lambda found: found[:2],
    )
    style = _style(row.item)
    raise text.overflow(words.sampled(row.lines), style, **words.names(row.name))


def _draw_row(words: Words, row: _Row, element: StackElement, y: float) -> None:
    item = row.item
    match item:
        case StackStars():
            words.stars(element.x, y, element.w, item)
        case StackRule():
            length = min(element.w, item.length or element.w)
            x = element.x + SHARE[item.align] * (element.w - length)
            middle = y + item.width / 2
            colour = words.layout.colour(item.colour)
            words.static.append(LineOp(x, middle, x + length, middle, colour, item.width))
        case StackText():
            if row.found is not None:
                place = place_in(element.x, y, element.w, row.found.height, 0)
                words.emit(row.found, item, row.name, place, element.w, 0.0)
        case _:
            assert_never(item)


@dataclass
class _Row:
    """One item of a stack that is drawn."""

    item: StackItem
    lines: Lines
    gap: float
    name: str
    found: SetText | None = None

    def smallest(self, scale: float) -> bool:
        item = self.item
        return not isinstance(item, StackText) or item.size * scale <= item.floor


def _style(item: StackItem) -> TextStyle:
    return item if isinstance(item, TextStyle) else TextStyle.model_validate({"text": ""})
