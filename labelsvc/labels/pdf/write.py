"""Write: makes the PDF of a run: static parts once, a 1-bit mask and a few words per unit. Used by runs
and rolls.

Written for speed and for printing presses alike: a page first draws its static forms, then the
symbols, then the words; a symbol is an inline image mask, so its modules are whole samples without
seams and without smoothing. The same job gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby, repeat
from typing import BinaryIO

from labelsvc.errors import BadInput
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block, Label, labelled
from labelsvc.labels.pdf.pages import Job, Pages
from labelsvc.labels.sheets.placement import USUAL, Placement
from labelsvc.labels.symbols import batch


@dataclass(frozen=True)
class Written:
    """The figures of a file. The symbol figures are those of the first block."""

    labels: int
    pages: int
    version: int
    level: str
    mask: int
    dots: int
    module_mm: float
    resolution_dpi: int


def render_sheet_pdf(
    layout: Layout,
    blocks: Sequence[Block],
    fonts: Fonts,
    placement: Placement = USUAL,
    job: Job | None = None,
) -> bytes:
    """The PDF of a run as bytes; see `write_pdf`."""
    out = io.BytesIO()
    write_pdf(out, layout, blocks, fonts, placement, job)
    return out.getvalue()


def write_pdf(
    out: BinaryIO,
    layout: Layout,
    blocks: Sequence[Block],
    fonts: Fonts,
    placement: Placement = USUAL,
    job: Job | None = None,
) -> Written:
    """Write the labels of *blocks*, one after another, to the binary file *out*.

    The spares of *placement* say no more than that they are some (`drawing.spare`). A block without
    units gives its drawing to spares only.
    Raises what `compose` raises, `LabelOverflow` for a unit whose line is too wide, and `BadInput`
    for an empty run or codes of differing structure.
    """
    count = sum(len(block.units) for block in blocks) + placement.spares
    if not count or not blocks:
        raise BadInput("A run of no labels", fix="Give at least one code.")
    writer = Pages(out, layout, fonts, job or Job(), placement.profile)
    cells = writer.sheet.cells(count, placement)
    drawings = [
        compose(layout, block.content, fonts, unit=block.units[0] if block.units else None)
        for block in blocks
    ]
    labels = chain(
        labelled(blocks, drawings),
        repeat(Label(drawings[-1], None, b""), placement.spares),
    )
    pages = writer.sheet.pages(count, placement)
    first = drawings[0].symbol
    writer.describe(first, count)
    for number, placed in groupby(zip(cells, labels, strict=True), key=lambda row: row[0].page):
        writer.page(list(placed), number, pages)
    writer.save()
    return Written(
        count,
        pages,
        first.version,
        first.level,
        batch.FIXED_MASK,
        first.dots,
        first.module,
        layout.resolution_dpi,
    )
