"""Hidden: finds words that something lies on (Decree 37/2026/NĐ-CP art. 38). Used by legal.

A content under a picture is not on the label, although the layout names it; words on words are
neither the one nor the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple, assert_never

from labelsvc.labels.drawing.clearance import fills
from labelsvc.labels.drawing.compose import Drawing, measure
from labelsvc.labels.drawing.content import Unit
from labelsvc.labels.drawing.fonts_metrics import PT, Fonts
from labelsvc.labels.drawing.ops import (
    ImageOp,
    LineOp,
    PathOp,
    RectOp,
    StaticOp,
    TextOp,
    UnitTextOp,
)
from labelsvc.labels.drawing.words import FittedText
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal.finding import Box, Finding, article, grave, quoted

#: Height of small letters in ems, and how far two lines may reach into each other: lines that
#: touch are close, not unreadable.
_BODY, _TOUCH = 0.5, 0.15
#: Runs of words that are looked at; a label for goods has some dozens.
_MOST = 2000


class _Piece(NamedTuple):
    """A run of one line: whose it is, and where its small letters are."""

    text: FittedText | None
    op: TextOp
    box: Box
    place: int  # in the order of drawing


def check(
    layout: Layout, drawing: Drawing, mandatory: frozenset[str], fonts: Fonts, unit: Unit
) -> list[Finding]:
    """Texts under a later shape or picture, and texts that lie on one another; each once."""
    pieces = list(islice(_pieces(drawing, fonts, unit), _MOST))
    shapes = [
        (place, op)
        for place, op in enumerate(drawing.static)
        if isinstance(op, ImageOp) or (isinstance(op, RectOp | PathOp) and op.fill)
    ]
    found: dict[tuple[str, ...], Finding] = {}
    for piece in pieces:
        if piece.text is None or ("covered", piece.text.field) in found:
            continue
        if any(place > piece.place and _covers(op, piece) for place, op in shapes):
            must = bool(mandatory & set(piece.text.variables))
            found[("covered", piece.text.field)] = Finding(
                "error" if must else grave(layout),
                "words_covered",
                "“{words}” is hidden by something that is drawn over it.",
                "Put the words after it in the order of drawing, or move one of them.",
                article("38"),
                {"words": quoted(piece.text)},
                piece.text.field,
                piece.text.box,
            )
    for one, other in _meeting(pieces):
        first, second = one.text, other.text
        if first is None or second is None or first.field == second.field:
            continue
        found[("meet", *sorted((first.field, second.field)))] = Finding(
            "error" if mandatory & {*first.variables, *second.variables} else grave(layout),
            "words_overlap",
            "“{words}” and “{other}” lie on each other.",
            "Move one of them, or make its box smaller.",
            article("38"),
            {"words": quoted(second), "other": quoted(first)},
            second.field,
            second.box,
        )
    return list(found.values())


def _pieces(drawing: Drawing, fonts: Fonts, unit: Unit) -> Iterator[_Piece]:
    """Every run of words in the order of drawing; what differs by unit comes last, as it is drawn."""
    for index, op in enumerate(drawing.static):
        if isinstance(op, TextOp):
            yield _Piece(_owner(op, drawing), op, _body(op, fonts), index)
    by_field = {text.field: text for text in drawing.texts}
    for index, template in enumerate(drawing.unit, len(drawing.static)):
        if isinstance(template, UnitTextOp):
            found = measure(template, unit, fonts, layout=drawing.layout)
            if found is not None:
                yield _Piece(by_field.get(template.field), found, _body(found, fonts), index)


def _owner(op: TextOp, drawing: Drawing) -> FittedText | None:
    """The text that *op* is a run of: of its size and colour, in its box, with its words."""
    fitting = [
        text
        for text in drawing.texts
        if abs(text.points * PT - op.size) < 1e-6
        and text.colour == op.colour
        and text.box[0] - 1e-6 <= op.x <= text.box[2] + 1e-6
        and text.box[1] - 1e-6 <= op.y <= text.box[3] + 1e-6
    ]
    said = [text for text in fitting if op.text.strip() in text.text]
    return next(iter(said or fitting), None)


def _body(op: TextOp, fonts: Fonts) -> Box:
    """Find the box of the small letters of *op*, mm."""
    wide = fonts[op.font].width(op.text, op.size, op.tracking) - op.tracking
    turn = math.radians(op.angle)
    across, up = (math.cos(turn), math.sin(turn)), (math.sin(turn), -math.cos(turn))
    corners = [
        (op.x + along * across[0] + high * up[0], op.y + along * across[1] + high * up[1])
        for along in (0.0, wide)
        for high in (0.0, _BODY * op.size)
    ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _covers(op: StaticOp, piece: _Piece) -> bool:
    """True if *op* hides the beginning, the middle or the end of *piece*."""
    x0, y0, x1, y1 = piece.box
    points = [(x0 + share * (x1 - x0), y0 + share * (y1 - y0)) for share in (0.1, 0.5, 0.9)]
    match op:
        case ImageOp():
            return any(op.x <= x <= op.x + op.w and op.y <= y <= op.y + op.h for x, y in points)
        case RectOp():
            near = op.x < x1 and x0 < op.x + op.w and op.y < y1 and y0 < op.y + op.h
            return near and any(fills(op, point) for point in points)
        case PathOp():
            return any(fills(op, point) for point in points)
        case TextOp() | LineOp():
            return False
        case _:
            assert_never(op)


def _meeting(pieces: Sequence[_Piece]) -> Iterator[tuple[_Piece, _Piece]]:
    """Pairs of runs whose small letters are on each other; letters of arcs meet at their feet."""
    straight = [piece for piece in pieces if piece.op.angle % 90 == 0 and piece.op.text.strip()]
    straight.sort(key=lambda piece: piece.box[1])
    open_ones: list[_Piece] = []
    for piece in straight:
        open_ones = [other for other in open_ones if other.box[3] > piece.box[1]]
        for other in open_ones:
            if _meet(other, piece):
                yield (other, piece) if other.place < piece.place else (piece, other)
        open_ones.append(piece)


def _meet(one: _Piece, other: _Piece) -> bool:
    touch = _TOUCH * min(one.op.size, other.op.size)
    return all(
        min(one.box[axis + 2], other.box[axis + 2]) - max(one.box[axis], other.box[axis]) > touch
        for axis in (0, 1)
    )
