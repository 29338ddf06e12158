"""Compose: makes the drawing list of one label from a layout and the facts of a record. Used by every
writer, checks and previews.

The list comes in two parts: operations equal on all labels of the record (`Drawing.static`, put
into a PDF once) and those that differ from unit to unit (`Drawing.unit`).
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import assert_never

from PIL import Image

from labelsvc.errors import LabelOverflow, LayoutError
from labelsvc.labels.drawing import clearance, shapes, stack
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.drawing.fonts_metrics import PT, Fonts
from labelsvc.labels.drawing.ops import (
    ImageOp,
    LineOp,
    PathOp,
    RectOp,
    StaticOp,
    SymbolOp,
    TextOp,
    UnitOp,
    UnitTextOp,
    put,
)
from labelsvc.labels.drawing.sample_content import sample_unit_of
from labelsvc.labels.drawing.words import SHARE, Box, FittedText, Words
from labelsvc.labels.layouts import path_data
from labelsvc.labels.layouts.elements import (
    ArcText,
    EllipseElement,
    ImageElement,
    Inked,
    LineElement,
    PathElement,
    RectElement,
    StackElement,
    StarsElement,
    SymbolElement,
    TextElement,
)
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.path_data import Command
from labelsvc.labels.layouts.variables import VARIABLES
from labelsvc.labels.symbols import encode as symbol
from labelsvc.labels.symbols import size as symbol_size

#: Outline of a picture that is missing, in previews only.
_PLACEHOLDER = "#9aa0a6"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One label. `width`, `height` mm; `round` when the paper is a circle."""

    layout: str
    record: str
    width: float
    height: float
    round: bool
    static: tuple[StaticOp, ...]
    unit: tuple[UnitOp, ...]
    texts: tuple[FittedText, ...]
    symbol: SymbolOp

    def resolve(self, unit: Unit, fonts: Fonts) -> tuple[StaticOp | SymbolOp, ...]:
        """All operations for one unit, in the order of drawing. Raises `LabelOverflow`."""
        ops: list[StaticOp | SymbolOp] = list(self.static)
        for op in self.unit:
            if isinstance(op, SymbolOp):
                ops.append(op)
            elif found := measure(op, unit, fonts, layout=self.layout):
                ops.append(found)
        return tuple(ops)


def measure(op: UnitTextOp, unit: Unit, fonts: Fonts, *, layout: str) -> TextOp | None:
    """The line for *unit*, smaller where it is wider than its box; None when it is empty.

    Raises `LabelOverflow` when it does not fit at its smallest size, `MissingGlyph`.
    """
    words = put(op.template, unit).strip()
    if not words:
        return None
    face = fonts[op.font]
    ems = face.width(words, 1.0, op.tracking) - op.tracking
    size = min(op.size, op.max_width / ems)
    record = unit.code_printed or unit.code

    def told() -> str:
        """Messages are kept and read by many: no secret in them."""
        masked = unit._replace(inner_code=VARIABLES["inner_code"].sample)
        return put(op.template, masked).strip()

    if size < op.min_size - 1e-6:
        raise LabelOverflow(
            "{layout}: “{text}” ({record}) does not fit at {points} pt",
            fix="Make the box of this text wider, or allow a smaller min_size.",
            layout=layout,
            field=op.field,
            record=record,
            text=told(),
            points=round(op.min_size / PT, 3),
        )
    face.check(words, field=op.field, record=record, layout=layout, quoted=told)
    shift = SHARE[op.anchor] * ems * size
    angle = math.radians(op.angle)
    return TextOp(
        op.x - shift * math.cos(angle),
        op.y - shift * math.sin(angle),
        words,
        op.font,
        size,
        op.colour,
        op.tracking * size,
        op.angle,
    )


def compose(
    layout: Layout,
    content: LabelContent,
    fonts: Fonts,
    *,
    unit: Unit | None = None,
    placeholders: bool = False,
) -> Drawing:
    """Draw *content* by *layout*. *unit* is any unit of the run (its code decides the symbol's
    version); without one a sample of the layout's first form stands in. *placeholders* outlines
    pictures that are missing, for previews.

    Raises `LabelOverflow`, `MissingGlyph`, and `LayoutError` when something leaves the paper or
    disturbs the symbol; each names the layout, the field and the record.
    """
    sample = unit or sample_unit_of(layout)
    words = Words(layout, content, fonts, sample)
    placed: tuple[SymbolOp, Box] | None = None
    for index, element in enumerate(layout.elements):
        name = element.id or f"elements[{index}]"
        if not words.shown(element):
            continue
        if isinstance(element, SymbolElement):
            if element.ground is not None:
                words.static.append(ground(element, layout))
            placed = symbol_in_box(element, layout, sample, content.record)
            words.unit.append(placed[0])
        else:
            draw(words, element, name, placeholders=placeholders)
    if placed is None:
        raise LayoutError(
            "{layout}: the symbol is not drawn for {record}",
            fix="Remove `when` and `unless` from the symbol.",
            layout=layout.name,
            record=content.record,
        )
    clearance.check(
        layout,
        content.record,
        symbol=placed[0],
        zone=placed[1],
        static=words.static,
        ink=words.ink,
    )
    return Drawing(
        layout.name,
        content.record,
        layout.width,
        layout.height,
        layout.label.round,
        tuple(words.static),
        tuple(words.unit),
        tuple(words.texts),
        placed[0],
    )


def draw(words: Words, element: Inked, name: str, *, placeholders: bool) -> None:
    """Put *element* on *words*. Raises `LayoutError` where it does not fit or cannot be read."""
    match element:
        case TextElement():
            words.box(element, name)
        case StackElement():
            stack.draw(words, element, name)
        case ArcText():
            words.arc(element, name)
        case StarsElement():
            words.stars(element.x, element.y, element.w, element)
        case ImageElement():
            words.static.extend(image(element, words.content, placeholders))
        case RectElement() | EllipseElement() | LineElement() | PathElement():
            words.static.append(ornament(element, words.layout, name))
        case _:
            assert_never(element)


def symbol_in_box(
    element: SymbolElement, layout: Layout, sample: Unit, record: str
) -> tuple[SymbolOp, Box]:
    """The symbol in the middle of its box, and the box of its quiet zone. Raises `LayoutError`."""
    try:
        plan = symbol_size.plan(
            sample.code,
            size_mm=element.size,
            dpi=layout.resolution_dpi,
            level=element.level,
            min_mm=element.min_module,
        )
    except LayoutError as error:
        raise LayoutError(
            "{layout}: a symbol of {modules} modules needs {needed} mm with its quiet zone at {dpi} "
            "dpi; the layout gives {size} mm",
            fix=error.fix,
            **{**error.params, "layout": layout.name, "field": "symbol", "record": record},
        ) from error
    slack = (element.size - plan.total_mm) / 2
    x, y = element.x + slack, element.y + slack
    quiet = symbol.QUIET * plan.module_mm
    op = SymbolOp(
        x + quiet,
        y + quiet,
        plan.module_mm,
        plan.dots,
        plan.modules,
        plan.version,
        plan.level,
        layout.colour(element.colour),
    )
    return op, (x, y, x + plan.total_mm, y + plan.total_mm)


def ground(element: SymbolElement, layout: Layout) -> RectOp:
    """Draw the ground below the symbol and its quiet zone."""
    fill = layout.colour(element.ground or "#ffffff")
    return RectOp(element.x, element.y, element.size, element.size, fill)


def ornament(
    element: RectElement | EllipseElement | LineElement | PathElement, layout: Layout, name: str
) -> StaticOp:
    """A line or a shape. Raises `LayoutError` for path data that cannot be read."""
    e = element
    match e:
        case LineElement():
            return LineOp(e.x1, e.y1, e.x2, e.y2, layout.colour(e.colour), e.width, e.dash)
        case RectElement():
            fill, stroke = _paints(e, layout)
            return RectOp(e.x, e.y, e.w, e.h, fill, stroke, e.stroke_width, e.radius)
        case EllipseElement():
            path = shapes.ellipse(e.cx, e.cy, e.rx, e.ry or e.rx)
            return PathOp(path, *_paints(e, layout), e.stroke_width)
        case PathElement():
            path = _path(e, layout, name)
            return PathOp(path, *_paints(e, layout), e.stroke_width, e.even_odd)
        case _:
            assert_never(e)


def _paints(
    element: RectElement | EllipseElement | PathElement, layout: Layout
) -> tuple[str | None, str | None]:
    """Colours of the area and of the outline."""
    return (
        element.fill and layout.colour(element.fill),
        element.stroke and layout.colour(element.stroke),
    )


def _path(element: PathElement, layout: Layout, name: str) -> tuple[Command, ...]:
    try:
        return path_data.parse(element.d, x=element.x, y=element.y, scale=element.scale)
    except ValueError as error:
        raise LayoutError(
            "{layout}: {field}: the path data cannot be read",
            fix="Each letter stands before as many numbers as it takes: M 0 0 L 10 5 Z.",
            layout=layout.name,
            field=name,
            reason=str(error),
        ) from error


def image(element: ImageElement, content: LabelContent, placeholders: bool) -> list[StaticOp]:
    """The picture in its box; nothing, or crossed lines for *placeholders*, where there is none."""
    if element.image == "mark" and content.stars is None:
        return []  # not even the place of it
    data = content.images.get(element.image)
    if data is not None:
        wide, high = _pixels(data)
        scale = min(element.w / wide, element.h / high)
        w, h = wide * scale, high * scale
        x = element.x + SHARE[element.align] * (element.w - w)
        y = element.y + SHARE[element.valign] * (element.h - h)
        return [ImageOp(x, y, w, h, data)]
    if not placeholders:
        return []
    x, y, w, h = element.x, element.y, element.w, element.h
    return [
        RectOp(x, y, w, h, None, _PLACEHOLDER, 0.15, 0.6),
        LineOp(x, y + h, x + w, y, _PLACEHOLDER, 0.15),
        LineOp(x, y, x + w, y + h, _PLACEHOLDER, 0.15),
    ]


def _pixels(data: bytes) -> tuple[int, int]:
    """Width and height; of a PNG from its head: a run is begun while the database is locked, and no
    decoder may run then."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    with Image.open(io.BytesIO(data)) as picture:
        return picture.width, picture.height
