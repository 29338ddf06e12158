"""Rendering: makes pixels of a PDF: whole pages, windows, previews as PNG. Used by checks, rolls and pages."""

from __future__ import annotations

import hashlib
import io
import math
import threading
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from labelsvc.errors import BadInput
from labelsvc.labels.drawing.compose import Drawing, compose
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.sample_content import sample_unit_of
from labelsvc.labels.drawing.svg import FIGURE
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.paper import SheetSpec
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.write import render_sheet_pdf

Grey = npt.NDArray[np.uint8]
#: pdfium keeps global state and may be entered by one thread at a time.
PDFIUM = threading.Lock()
#: The edge of a label in a picture: mm, and its colour.
_HAIRLINE, _EDGE = 0.12, "#9aa0a6"


class Window(NamedTuple):
    """Pixels of a page from its upper left corner; the last ones are not in it."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, picture: Grey) -> Grey:
        """Cut out of a whole page what is seen in the window."""
        return picture[self.top : self.bottom, self.left : self.right]


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
        parts.append(FIGURE.sub(lambda n: f"{float(n[0]):.2f}", repr(op)))
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
