"""Variable data: makes one template and a table for presses with their own merging. Used by extra files.

The template is the press file of a label with everything that is common, and a box where each
thing that differs goes. The table is CSV for spreadsheets: UTF-8 with a byte order mark, every cell
quoted, no cell that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from labelsvc.labels.drawing.compose import Drawing, measure
from labelsvc.labels.drawing.content import Unit
from labelsvc.labels.drawing.fonts_metrics import PT, Fonts
from labelsvc.labels.drawing.ops import RectOp, StaticOp, TextOp, UnitTextOp
from labelsvc.labels.drawing.words import SHARE
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.press import icc
from labelsvc.labels.press.bleed import Trim, extend
from labelsvc.labels.press.csv_table import Row, as_csv, bare, guarded, read_variable, write_rows
from labelsvc.labels.press.finish import About, finish
from labelsvc.labels.press.imposition import frame
from labelsvc.labels.press.ink import Ink
from labelsvc.labels.press.palette import Palette
from labelsvc.labels.press.plate import Plate, Printed
from labelsvc.labels.press.prepare import prepare
from labelsvc.labels.press.settings import PressSettings
from labelsvc.labels.symbols import encode

__all__ = [
    "PLACEHOLDER",
    "Row",
    "VariableData",
    "bare",
    "guarded",
    "read_variable",
    "write_variable",
]

#: Spot ink of the boxes, to be switched off before printing.
PLACEHOLDER = "Placeholder"
_MARK = "#fe01dc"
_PLACES = ("template_page", "field", "x_mm", "y_mm", "width_mm", "height_mm", "about")


class VariableData(NamedTuple):
    """The template (PDF, a page for each block), the table of labels and the table of places."""

    template: bytes
    table: bytes
    places: bytes


def write_variable(
    layout: Layout,
    blocks: Sequence[Block],
    fonts: Fonts,
    *,
    settings: PressSettings | None = None,
    job: Job | None = None,
) -> VariableData:
    """Template and tables of the labels of *blocks*.

    Raises what `write_press_pdf` raises; every line of every label is measured here, because the
    print shop's program will not refuse one that is too long.
    """
    settings, job = settings or PressSettings(), job or Job()
    prepared = prepare(layout, blocks, settings)
    blocks, palette, profile = prepared.blocks, prepared.palette, prepared.profile
    palette.stated = {**palette.stated, _MARK: Ink((0.0, 1.0, 0.0, 0.0), PLACEHOLDER)}
    drawings = prepared.drawings(fonts)
    rows = list(_rows(blocks, drawings, fonts))
    template = _template(layout, drawings, fonts, palette, settings, profile, job)
    return VariableData(template, write_rows(rows), _places(drawings))


def _rows(blocks: Sequence[Block], drawings: Sequence[Drawing], fonts: Fonts) -> Iterator[Row]:
    number = 0
    for page, (block, drawing) in enumerate(zip(blocks, drawings, strict=True), 1):
        fields = list(_fields(drawing))
        for unit in block.units:
            number += 1
            texts = {}
            for name, op in fields:
                found = measure(op, unit, fonts, layout=drawing.layout)
                texts[name] = found.text if found else ""
            yield Row(number, page, unit.code, unit.code_printed, unit.unit_number, texts)


def _fields(drawing: Drawing) -> Iterator[tuple[str, UnitTextOp]]:
    """The lines that differ, each with a name of its own."""
    seen: dict[str, int] = {}
    for op in drawing.unit:
        if isinstance(op, UnitTextOp):
            seen[op.field] = seen.get(op.field, 0) + 1
            times = seen[op.field]
            yield f"text_{op.field}" + (f"_{times}" if times > 1 else ""), op


def _template(
    layout: Layout,
    drawings: Sequence[Drawing],
    fonts: Fonts,
    palette: Palette,
    settings: PressSettings,
    profile: icc.OutputProfile | None,
    job: Job,
) -> bytes:
    page = frame(
        (layout.width, layout.height),
        bleed_mm=settings.bleed_mm,
        marks=settings.marks,
        imposition=None,
    )
    trim = Trim(layout.width, layout.height, layout.label.round)
    static = [
        [*extend(drawing.static, trim, settings.bleed_mm).ops, *_boxes(drawing, fonts)]
        for drawing in drawings
    ]
    drawn = io.BytesIO()
    plate = Plate(drawn, layout, fonts, palette, page, settings)
    for places in page.places(len(drawings)):
        number = places[0].number
        label = Printed(number, replace(drawings[number], unit=()), Unit(""), b"")
        plate.page([(places[0], label)], static, [job.title, layout.name, "VDP"])
    plate.save()
    out = io.BytesIO()
    finish(
        drawn.getvalue(),
        out,
        frame=page,
        spots=(*palette.spots, *settings.die_inks),
        profile=profile if settings.standard == "pdfx4" else None,
        condition=settings.condition.strip(),
        about=About(
            job.title,
            job.author,
            settings.made,
            f"Template of variable data, layout {layout.name}",
        ),
    )
    return out.getvalue()


def _boxes(drawing: Drawing, fonts: Fonts) -> Iterator[StaticOp]:
    """A thin box for everything that differs, with its name as far as it fits."""
    op = drawing.symbol
    quiet = encode.QUIET * op.module
    whole = op.size + 2 * quiet
    yield RectOp(op.x, op.y, op.size, op.size, None, _MARK, 0.1)
    yield RectOp(op.x - quiet, op.y - quiet, whole, whole, None, _MARK, 0.05)
    words = [
        f"QR {op.version}-{op.level}",
        f"{op.size:.2f} × {op.size:.2f} mm",
        f"X {op.module:.3f} mm",
        f"x {op.x:.2f}  y {op.y:.2f}",
    ]
    size = min(1.8, op.size / 8)
    for number, word in enumerate(words):
        x, y = op.x + size, op.y + size * (2 + 1.4 * number)
        yield TextOp(x, y, word, "regular", _fitting(word, op.size - 2 * size, size, fonts), _MARK)
    for name, line in _fields(drawing):
        x, y, width, height = _box(line)
        if not line.angle:
            yield RectOp(x, y, width, height, None, _MARK, 0.05)
        label = name.removeprefix("text_")
        size = _fitting(label, width - 0.4, min(1.6, height * 0.8), fonts)
        yield TextOp(x + 0.2, y + height * 0.76, label, "regular", size, _MARK, 0.0, line.angle)


def _fitting(words: str, width: float, size: float, fonts: Fonts) -> float:
    return max(0.3, min(size, width / fonts["regular"].width(words)))


def _box(op: UnitTextOp) -> tuple[float, float, float, float]:
    """x, y of the top left corner, width, height of the line's room, mm."""
    x = op.x - SHARE[op.anchor] * op.max_width
    return x, op.y - 0.96 * op.size, op.max_width, 1.18 * op.size


def _places(drawings: Sequence[Drawing]) -> bytes:
    """Write where everything goes, in mm from the trimmed label's top left corner, y down."""
    lines: list[Sequence[Any]] = [_PLACES]
    for page, drawing in enumerate(drawings, 1):
        op = drawing.symbol
        about = (
            f"QR version {op.version}, level {op.level}, {op.modules} modules of "
            f"{op.module:.4f} mm, {encode.QUIET} modules free on every side, black 100 %"
        )
        lines.append([page, "code", *_mm(op.x, op.y, op.size, op.size), about])
        for name, line in _fields(drawing):
            about = (
                f"{line.font}, {line.size / PT:.2f} pt, {line.anchor}, at least "
                f"{line.min_size / PT:.2f} pt"
            )
            lines.append([page, name, *_mm(*_box(line)), about])
    return as_csv([[str(cell) for cell in line] for line in lines])


def _mm(*values: float) -> list[str]:
    return [f"{value:.3f}" for value in values]
