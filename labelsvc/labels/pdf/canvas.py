"""Canvas: sets up ReportLab for every PDF of ours, with our fonts alone. Used by all writers of PDF."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from reportlab import rl_config
from reportlab.lib import rl_accel
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from labelsvc.labels.drawing.fonts_metrics import Face, Fonts
from labelsvc.labels.drawing.ops import TextOp
from labelsvc.labels.pdf import paint
from labelsvc.labels.pdf.paint import PT

_SUBSETTING = threading.Lock()
_REGISTERED: set[str] = set()
# Page streams are binary: a fifth smaller, and no time lost on turning them into letters.
rl_config.useA85 = 0


def canvas_for_labels(out: BinaryIO, fonts: Fonts, width: float, height: float) -> Any:
    """A PDF of pages of *width* × *height* mm that is printed as it is; the same calls give the same
    bytes."""
    # Without an initial font of ours every file would carry Helvetica, not embedded.
    make: Any = Canvas
    canvas = make(
        out,
        pagesize=(width * PT, height * PT),
        pageCompression=1,
        pdfVersion=(1, 6),
        invariant=1,
        initialFontName=font_name(fonts["regular"]),
        lang="vi",
    )
    canvas.setViewerPreference("PrintScaling", "None")
    return canvas


def saved(canvas: Any) -> None:
    """Write the file of *canvas*. Cutting the font subsets moves a file position inside the shared
    font object, so one canvas is saved at a time."""
    with subsetting():
        canvas.save()


@contextmanager
def subsetting() -> Iterator[None]:
    """One canvas at a time: for whoever writes a file with the shared fonts in another way."""
    with _SUBSETTING:
        yield


def font_name(face: Face) -> str:
    """Register *face* with ReportLab once; its name there."""
    if face.name not in _REGISTERED:
        with _SUBSETTING:
            pdfmetrics.registerFont(TTFont(face.name, io.BytesIO(face.data)))
            _REGISTERED.add(face.name)
    return face.name


def show(canvas: Any, fonts: Fonts, op: TextOp, left: float, height: float) -> str:
    """Operators that show *op*, its label's top left corner at (left, height) mm, y up."""
    doc = canvas._doc
    font: Any = pdfmetrics.getFont(font_name(fonts[op.font]))
    x, y = (left + op.x) * PT, (height - op.y) * PT
    matrix = f"1 0 0 1 {paint.number(x)} {paint.number(y)}"
    if op.angle:
        turn = math.radians(op.angle)
        cos, sin = math.cos(turn), math.sin(turn)
        matrix = " ".join(paint.number(v) for v in (cos, -sin, sin, cos, x, y))
    out = [f"{paint.number(op.tracking * PT)} Tc {matrix} Tm"]
    size = paint.number(op.size * PT)
    for subset, data in font.splitString(op.text, doc):
        shown = rl_accel.escapePDF(data)
        out.append(f"{font.getSubsetInternalName(subset, doc)} {size} Tf ({shown}) Tj")
    return " ".join(out)
