"""SVG: draws the drawing list for a screen, glyphs as outlines. Used by pages and the command line.

Nothing is laid out again here, so what one sees is what is printed.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from typing import assert_never
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

from labelsvc.labels.drawing import shapes
from labelsvc.labels.drawing.compose import Drawing, compose
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.ops import ImageOp, LineOp, PathOp, RectOp, StaticOp, SymbolOp, TextOp
from labelsvc.labels.drawing.sample_content import sample_unit_of
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.path_data import Command
from labelsvc.labels.symbols import batch, encode

FIGURE = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
#: A box for a letter that the font lacks, in drafts.
_LACKING = "#c5221f"


def svg(
    layout: Layout,
    content: LabelContent,
    fonts: Fonts,
    *,
    unit: Unit | None = None,
    placeholders: bool = True,
) -> str:
    """One label as SVG at its true size in mm. Raises what `compose` raises."""
    unit = unit or sample_unit_of(layout)
    drawing = compose(layout, content, fonts, unit=unit, placeholders=placeholders)
    return drawing_svg(drawing, unit, fonts, corner=layout.label.corner_radius)


def drawing_svg(drawing: Drawing, unit: Unit, fonts: Fonts, *, corner: float = 0.0) -> str:
    """*drawing* for *unit* as SVG. Glyphs are outlines, so no font has to be there."""
    glyphs: dict[str, str] = {}
    body = [_draw(op, unit, fonts, glyphs) for op in drawing.resolve(unit, fonts)]
    width, height = drawing.width, drawing.height
    paper: Sequence[Command]
    if drawing.round:
        paper = shapes.ellipse(width / 2, height / 2, width / 2, height / 2)
    else:
        paper = shapes.rounded(0, 0, width, height, corner)
    outline = _d(paper)
    title = escape(f"{drawing.layout}: {drawing.record}")
    defs = "".join(f'<path id="{key}" d="{d}"/>' for key, d in sorted(glyphs.items()))
    clip = f"label-{drawing.layout}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label={quoteattr(title)}>'
        f'<defs>{defs}<clipPath id="{clip}"><path d="{outline}"/></clipPath></defs>'
        f'<path d="{outline}" fill="#fff"/><g clip-path="url(#{clip})">{"".join(body)}</g>'
        f'<path d="{outline}" fill="none" stroke="#dadce0" stroke-width="0.1"/></svg>'
    )


def _draw(op: StaticOp | SymbolOp, unit: Unit, fonts: Fonts, glyphs: dict[str, str]) -> str:
    match op:
        case TextOp():
            return _text(op, fonts, glyphs)
        case SymbolOp():
            return _symbol(op, unit)
        case LineOp():
            dash = f' stroke-dasharray="{" ".join(_n(v) for v in op.dash)}"' if op.dash else ""
            return (
                f'<path d="M{_n(op.x1)} {_n(op.y1)}L{_n(op.x2)} {_n(op.y2)}" stroke="{op.colour}" '
                f'stroke-width="{_n(op.width)}"{dash}/>'
            )
        case ImageOp():
            return _image(op)
        case RectOp() | PathOp():
            rule = ' fill-rule="evenodd"' if isinstance(op, PathOp) and op.even_odd else ""
            line = f' stroke="{op.stroke}" stroke-width="{_n(op.stroke_width)}"'
            edge = _d(shapes.outline(op))
            return f'<path d="{edge}" fill="{op.fill or "none"}"{rule}{line if op.stroke else ""}/>'
        case _:
            assert_never(op)


def _symbol(op: SymbolOp, unit: Unit) -> str:
    matrix = encode.matrix(unit.code, version=op.version, level=op.level, mask=batch.FIXED_MASK)
    return (
        f'<path transform="translate({_n(op.x)} {_n(op.y)}) scale({op.module:.6f})" '
        f'fill="{op.colour}" shape-rendering="crispEdges" d="{encode.outline(matrix)}"/>'
    )


def _text(op: TextOp, fonts: Fonts, glyphs: dict[str, str]) -> str:
    face = fonts[op.font]
    scale = op.size / face.em
    turn = f" rotate({_n(op.angle)})" if op.angle else ""
    parts = []
    x = 0.0
    for char in op.text:
        if char != " ":
            # The same character has the same outline on every page, so the ids may meet.
            key = f"{op.font}-{ord(char):x}"
            glyphs.setdefault(key, face.outline(char))
            lacks = "" if face.has(char) else f' fill="{_LACKING}"'
            parts.append(f'<use href="#{key}" x="{_n(x)}"{lacks}/>')
        x += face.advance(char) * face.em + op.tracking / scale
    return (
        f'<g fill="{op.colour}" transform="translate({_n(op.x)} {_n(op.y)}){turn} '
        f'scale({scale:.7f} {-scale:.7f})">{"".join(parts)}</g>'
    )


def _image(op: ImageOp) -> str:
    with Image.open(io.BytesIO(op.data)) as picture:
        kind = (picture.format or "png").lower()
    data = base64.b64encode(op.data).decode()
    return (
        f'<image x="{_n(op.x)}" y="{_n(op.y)}" width="{_n(op.w)}" height="{_n(op.h)}" '
        f'href="data:image/{kind};base64,{data}"/>'
    )


def _d(commands: Sequence[Command]) -> str:
    return "".join(
        str(command[0]) + " ".join(_n(float(v)) for v in command[1:]) for command in commands
    )


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
