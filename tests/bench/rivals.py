"""One page of labels after another, as each tool would have it made: `python -m tests.bench.rivals
NAME COUNT FILE` draws, writes the PDF and says how long it took and how much memory it needed.

Each draws the words and symbols of `sample.Sample`, with the same font and version 3-Q, and is used
as its documentation shows. Where it has a choice it gets the faster or the smaller one.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
from reportlab.graphics import renderPDF, shapes
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from labelsvc.labels.checks.read_back import read_back_pdf
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.content import Unit
from labelsvc.labels.drawing.ops import TextOp
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.paint import PT
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.sheets.sheet import Sheet
from tests.bench.sample import PER_SHEET, Sample

_FONTS = Path(fonts.__file__).parent
_PAGE = (210.0, 297.0)
_WEIGHTS = {"regular": 400, "semibold": 600, "bold": 700}
_SHORTEST = 1.0


def ours(sample: Sample) -> bytes:
    return render_sheet_pdf(sample.layout, [Block(sample.content, sample.units)], fonts.load())


def ours_read_back(sample: Sample) -> bytes:
    data = ours(sample)
    report = read_back_pdf(data, sample.layout, [unit.code for unit in sample.units])
    assert report.codes == sample.count
    return data


# --- ReportLab's canvas ---


def qrcodewidget(sample: Sample) -> bytes:
    """ReportLab's own widget, drawn with `renderPDF`."""

    def symbol(canvas: Canvas, unit: Unit, x: float, y: float, size: float) -> None:
        drawing = shapes.Drawing(size, size)
        drawing.add(_widget(sample, unit))
        renderPDF.draw(drawing, canvas, x, y)

    return _on_canvas(sample, symbol)


def drawimage(sample: Sample) -> bytes:
    """python-qrcode, one pixel a module, and `Canvas.drawImage`."""
    import qrcode

    op = sample.symbol

    def symbol(canvas: Canvas, unit: Unit, x: float, y: float, size: float) -> None:
        code = qrcode.QRCode(op.version, qrcode.ERROR_CORRECT_Q, box_size=1, border=0)
        code.add_data(unit.code)
        picture = code.make_image().get_image()
        canvas.drawImage(ImageReader(picture), x, y, size, size)

    return _on_canvas(sample, symbol)


def _on_canvas(
    sample: Sample, symbol: Callable[[Canvas, Unit, float, float, float], None]
) -> bytes:
    _register()
    out, op = io.BytesIO(), sample.symbol
    canvas = Canvas(out, pagesize=(_PAGE[0] * PT, _PAGE[1] * PT), pageCompression=1)
    for cell, unit in zip(sample.cells(), sample.units, strict=True):
        if cell.number == 1 and cell.page > 1:
            canvas.showPage()
        top = _PAGE[1] - cell.y
        symbol(canvas, unit, (cell.x + op.x) * PT, (top - op.y - op.size) * PT, op.size * PT)
        for word in sample.words + sample.unit_words(unit):
            canvas.setFillColor(HexColor(word.colour))
            canvas.setFont(_face(word), word.size * PT)
            canvas.drawString((cell.x + word.x) * PT, (top - word.y) * PT, word.text)
    canvas.save()
    return out.getvalue()


def pylabels(sample: Sample) -> bytes:
    """pylabels lays the sheet out and ReportLab's widget draws the symbol."""
    import labels  # type: ignore[import-not-found]

    _register()
    sheet = Sheet.of(sample.layout)
    gap = float(sheet.pitch_x - sheet.width)
    where = labels.Specification(
        *_PAGE, sheet.columns, sheet.rows, float(sheet.width), float(sheet.height),
        left_margin=float(sheet.left), top_margin=float(sheet.top), column_gap=gap, row_gap=0,
    )  # fmt: skip
    op = sample.symbol

    def draw(label: shapes.Drawing, _width: float, height: float, unit: Unit) -> None:
        widget = _widget(sample, unit)
        place: Any = widget  # the stub believes in whole points
        place.x, place.y = op.x * PT, height - (op.y + op.size) * PT
        label.add(widget)
        for word in sample.words + sample.unit_words(unit):
            label.add(
                shapes.String(
                    word.x * PT, height - word.y * PT, word.text,
                    fontName=_face(word), fontSize=word.size * PT, fillColor=HexColor(word.colour),
                )
            )  # fmt: skip

    pages, out = labels.Sheet(where, draw), io.BytesIO()
    pages.add_labels(sample.units)
    pages.save(out)
    return out.getvalue()


def _widget(sample: Sample, unit: Unit) -> QrCodeWidget:
    size = sample.symbol.size * PT
    return QrCodeWidget(
        unit.code, barLevel="Q", qrVersion=sample.symbol.version, barBorder=0,
        barWidth=size, barHeight=size,
    )  # fmt: skip


def _register() -> None:
    for face in map(fonts.load().__getitem__, _WEIGHTS):
        if face.name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(face.name, str(_FONTS / f"{face.name}.ttf")))


def _face(word: TextOp) -> str:
    return fonts.load()[word.font].name


# --- HTML and Typst ---

_CSS = """@page { size: 210mm 297mm; margin: 0 } .print-area { width: 210mm; height: 297mm }
.item { position: absolute; width: 38.1mm; height: 21.2mm }
.item * { position: absolute; line-height: 0; white-space: pre }
"""
_HTML = """<div style="left: {{ x }}mm; top: {{ y }}mm"><img src="{{ label_tools.qr_code(
  code, version=version, error_correction=3) }}" style="left: {{ sx }}mm; top: {{ sy }}mm; width:
  {{ size }}mm; height: {{ size }}mm; image-rendering: pixelated">{% for word in words %}<span
  style="left: {{ word.x }}mm; top: {{ word.y }}mm; font: {{ word.weight }} {{ word.size }}mm/0 Bench;
  color: {{ word.colour }}">{{ word.text }}</span>{% endfor %}</div>"""


def blabel(sample: Sample) -> bytes:
    """An HTML template; WeasyPrint makes the pages."""
    from blabel import LabelWriter  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "labels.css"
        faces = (
            f'@font-face {{ font-family: Bench; font-weight: {_WEIGHTS[weight]};'
            f' src: url("{(_FONTS / f"{fonts.load()[weight].name}.ttf").as_uri()}") }}\n'
            for weight in _WEIGHTS
        )  # fmt: skip
        sheet.write_text(_CSS + "".join(faces), encoding="utf-8")
        writer = LabelWriter(
            item_template=_HTML, items_per_page=PER_SHEET, default_stylesheets=(str(sheet),)
        )
        made = writer.write_labels(list(_records(sample)))
    assert isinstance(made, bytes)
    return made


_TYPST = """#set page(width: 210mm, height: 297mm, margin: 0mm)
#set text(font: "Be Vietnam Pro", top-edge: "baseline", bottom-edge: "baseline")
#let mm(n) = n * 1mm
#for sheet in json(bytes(sys.inputs.labels)) { page({ for label in sheet {
  place(dx: mm(label.x + label.sx), dy: mm(label.y + label.sy),
    image(bytes(label.svg), format: "svg", width: mm(label.size), height: mm(label.size)))
  for word in label.words { place(dx: mm(label.x + word.x), dy: mm(label.y + word.y),
    text(size: mm(word.size), weight: word.weight, fill: rgb(word.colour), word.text)) }
} }) }
"""


def typst(sample: Sample) -> bytes:
    """A template that reads the labels as JSON; segno writes each symbol as SVG."""
    import segno
    import typst as compiler  # type: ignore[import-not-found]

    records = []
    for record in _records(sample):
        svg = io.BytesIO()
        code = segno.make(record["code"], error="q", version=record["version"], boost_error=False)
        code.save(svg, kind="svg", border=0, xmldecl=False)
        records.append(record | {"svg": svg.getvalue().decode()})
    pages = [records[n : n + PER_SHEET] for n in range(0, len(records), PER_SHEET)]
    made = compiler.compile(
        _TYPST.encode(), format="pdf", font_paths=[str(_FONTS)], ignore_system_fonts=True,
        sys_inputs={"labels": json.dumps(pages)}, pdf_tags=False,
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


def _records(sample: Sample) -> Iterator[dict[str, Any]]:
    op = sample.symbol
    for cell, unit in zip(sample.cells(), sample.units, strict=True):
        yield {
            "x": cell.x, "y": cell.y, "code": unit.code, "version": op.version,
            "sx": op.x, "sy": op.y, "size": op.size,
            "words": [
                {"x": word.x, "y": word.y, "text": word.text, "size": word.size,
                 "weight": _WEIGHTS[word.font], "colour": word.colour}
                for word in sample.words + sample.unit_words(unit)
            ],
        }  # fmt: skip


# --- one measurement in a process of its own ---


class Rival(NamedTuple):
    title: str
    draw: Callable[[Sample], bytes]
    sheets: int  # so that no tool needs much more than a few seconds
    packages: tuple[str, ...] = ()


RIVALS = {
    "ours": Rival("labelsvc", ours, 200),
    "ours-read": Rival("labelsvc, every symbol read back", ours_read_back, 60),
    "qrcodewidget": Rival("ReportLab QrCodeWidget", qrcodewidget, 10, ("reportlab",)),
    "drawimage": Rival("python-qrcode + drawImage", drawimage, 10, ("qrcode", "reportlab")),
    "pylabels": Rival("pylabels + QrCodeWidget", pylabels, 10, ("pylabels", "reportlab")),
    "blabel": Rival("blabel", blabel, 4, ("blabel", "weasyprint", "qrcode")),
    "typst": Rival("Typst + SVG by segno", typst, 20, ("typst", "segno")),
}


def versions(rival: Rival) -> str:
    return ", ".join(f"{name} {version(name)}" for name in rival.packages)


def bound(pdf: bytes) -> float:
    """Seconds that zlib alone needs for the page streams of *pdf*, at the level they were written."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        streams = [page.Contents.read_bytes() for page in document.pages]
    begun = time.perf_counter()
    for stream in streams:
        zlib.compress(stream)
    return time.perf_counter() - begun


def main(name: str, count: int, target: Path) -> None:
    """The best of up to three: on a shared machine the least disturbed one is nearest the truth."""
    rival = RIVALS[name]
    rival.draw(Sample(PER_SHEET))  # imports, fonts, tables
    taken: list[float] = []
    sample = Sample(count)
    assert sample.units and sample.words  # what is to be drawn is made before the clock starts
    while len(taken) < 3 and sum(taken) < 3 * _SHORTEST:
        begun = time.perf_counter()
        data = rival.draw(sample)
        taken.append(time.perf_counter() - begun)
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    target.write_bytes(data)
    found = {"seconds": min(taken), "bytes": len(data), "peak_mb": peak, "using": versions(rival)}
    if name == "ours":
        found["bound"] = bound(data)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
