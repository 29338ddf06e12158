"""The same drawing list on a screen: SVG with the glyphs as outlines, PNG from the finished PDF.

Nothing is laid out again here, so what one sees is what is printed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import math
import re
import threading
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from labelsvc.errors import BadInput
from labelsvc.labels import batch, shapes, symbol
from labelsvc.labels.block import Block
from labelsvc.labels.content import LabelContent, Unit
from labelsvc.labels.draft_data import sample_unit_of
from labelsvc.labels.drawing import Drawing, compose
from labelsvc.labels.face import Fonts
from labelsvc.labels.layout import Layout, SheetSpec
from labelsvc.labels.ops import Command, ImageOp, LineOp, RectOp, StaticOp, SymbolOp, TextOp
from labelsvc.labels.pdf import render_sheet_pdf
from labelsvc.labels.sample import Window

#: pdfium keeps global state and may be entered by one thread at a time.
PDFIUM = threading.Lock()
_FIGURE = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
#: A box for a letter that the font lacks, in drafts.
_LACKING = "#c5221f"
#: The edge of a label in a picture: mm, and its colour.
_HAIRLINE, _EDGE = 0.12, "#9aa0a6"


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


def png(
    layout: Layout,
    content: LabelContent,
    fonts: Fonts,
    *,
    unit: Unit | None = None,
    dpi: int = 200,
) -> bytes:
    """One label as PNG, drawn by a PDF renderer from the PDF that would be printed."""
    unit = unit or sample_unit_of(layout)
    alone = layout.model_copy(update={"kind": "single", "sheet": SheetSpec.model_validate({})})
    return page_png(render_sheet_pdf(alone, [Block(content, [unit])], fonts), dpi=dpi)


def framed_png(
    layout: Layout, content: LabelContent, fonts: Fonts, *, unit: Unit | None = None, dpi: int = 400
) -> bytes:
    """One label as PNG with a hairline along its edge: for documents, where white labels lie on
    white pages. The text field `Drawing` tells what was drawn (`fingerprint`)."""
    unit = unit or sample_unit_of(layout)
    with Image.open(io.BytesIO(png(layout, content, fonts, unit=unit, dpi=dpi))) as picture:
        label = picture.convert("RGB")
    # Four times as fine, then halved twice: a smooth edge.
    size = (label.width, label.height)
    fine = Image.new("L", (size[0] * 4, size[1] * 4), 0)
    around = (0, 0, fine.width - 1, fine.height - 1)
    pen = ImageDraw.Draw(fine)
    if layout.label.round:
        pen.ellipse(around, fill=255)
    else:
        pen.rounded_rectangle(around, layout.label.corner_radius / 25.4 * dpi * 4, fill=255)
    inside = fine.resize(size, Image.Resampling.LANCZOS)
    edge = max(1, round(dpi * _HAIRLINE / 25.4))
    room = 2 * edge
    out = Image.new("RGB", (size[0] + 2 * room, size[1] + 2 * room), "#ffffff")
    rim = inside.resize((size[0] + 2 * edge, size[1] + 2 * edge), Image.Resampling.LANCZOS)
    out.paste(_EDGE, (edge, edge), rim)
    out.paste(label, (room, room), inside)
    said = PngInfo()
    said.add_text("Drawing", fingerprint(compose(layout, content, fonts, unit=unit), unit))
    data = io.BytesIO()
    out.quantize(128, dither=Image.Dither.NONE).save(
        data, "PNG", optimize=True, dpi=(dpi, dpi), pnginfo=said
    )
    return data.getvalue()


def fingerprint(drawing: Drawing, unit: Unit) -> str:
    """SHA-256 of all that is drawn, to a hundredth of a millimetre."""
    parts = [repr(unit), repr((drawing.width, drawing.height, drawing.round))]
    for op in (*drawing.static, *drawing.unit):
        parts.append(_FIGURE.sub(lambda n: f"{float(n[0]):.2f}", repr(op)))
    return hashlib.sha256("\n".join(parts).replace("-0.00", "0.00").encode()).hexdigest()


def page_png(
    pdf: bytes,
    *,
    page: int = 1,
    dpi: int = 100,
    box: tuple[float, float, float, float] | None = None,
) -> bytes:
    """Page *page* (from 1) of a PDF as PNG; of it only *box*: left, top, right, bottom in mm."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            if not 1 <= page <= len(document):
                raise BadInput("The file has no page {page}", page=page)
            one = document[page - 1]
            crop = (0.0, 0.0, 0.0, 0.0)
            if box is not None:
                left, top, right, bottom = (v / 25.4 * 72 for v in box)
                crop = (left, one.get_height() - bottom, one.get_width() - right, top)
            picture = one.render(scale=dpi / 72, crop=crop).to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True, dpi=(dpi, dpi))
    return out.getvalue()


def grey_page(
    document: pypdfium2.PdfDocument, index: int, dpi: float, *, share: float = 1.0
) -> npt.NDArray[np.uint8]:
    """Page *index* (from 0) of an open document as a grey picture, rows x columns.

    :param share: how much of its width is drawn, from the left.
    """
    with PDFIUM:
        page = document[index]
        picture = _grey(page, dpi / 72, (0, 0, page.get_width() * (1 - share), 0))
        page.close()
    return picture


def grey_windows(
    document: pypdfium2.PdfDocument, index: int, dpi: float, windows: Iterable[Window]
) -> list[npt.NDArray[np.uint8]]:
    """`grey_page` in pieces, each of the pixels that a window shows: a page at 600 dpi has 35 million,
    of which a few symbols are a twentieth."""
    found, scale = [], dpi / 72
    with PDFIUM:
        page = document[index]
        width, height = (math.ceil(side * scale) for side in page.get_size())
        for window in windows:
            # PDFium rounds what it cuts off up to whole pixels.
            cut = (window.left, height - window.bottom, width - window.right, window.top)
            found.append(_grey(page, scale, tuple(max(0.0, (side - 0.5) / scale) for side in cut)))
        page.close()
    return found


def _grey(
    page: pypdfium2.PdfPage, scale: float, crop: tuple[float, ...] = (0, 0, 0, 0)
) -> npt.NDArray[np.uint8]:
    picture = page.render(scale=scale, crop=crop, grayscale=True).to_numpy().copy()
    return np.ascontiguousarray(picture.reshape(picture.shape[:2]))


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
    if isinstance(op, TextOp):
        return _text(op, fonts, glyphs)
    if isinstance(op, SymbolOp):
        matrix = symbol.matrix(unit.code, version=op.version, level=op.level, mask=batch.FIXED_MASK)
        return (
            f'<path transform="translate({_n(op.x)} {_n(op.y)}) scale({op.module:.6f})" '
            f'fill="{op.colour}" shape-rendering="crispEdges" d="{symbol.outline(matrix)}"/>'
        )
    if isinstance(op, LineOp):
        dash = f' stroke-dasharray="{" ".join(_n(v) for v in op.dash)}"' if op.dash else ""
        return (
            f'<path d="M{_n(op.x1)} {_n(op.y1)}L{_n(op.x2)} {_n(op.y2)}" stroke="{op.colour}" '
            f'stroke-width="{_n(op.width)}"{dash}/>'
        )
    if isinstance(op, ImageOp):
        return _image(op)
    commands: Sequence[Command]
    if isinstance(op, RectOp):
        commands, rule = shapes.rounded(op.x, op.y, op.w, op.h, op.radius), ""
    else:
        commands, rule = op.commands, ' fill-rule="evenodd"' if op.even_odd else ""
    stroke = f' stroke="{op.stroke}" stroke-width="{_n(op.stroke_width)}"' if op.stroke else ""
    return f'<path d="{_d(commands)}" fill="{op.fill or "none"}"{rule}{stroke}/>'


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
