"""Render: draws a part of a run, reads it back, and releases the whole. Used by the worker."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.files import Files
from labelsvc.labels.checks import spot_check
from labelsvc.labels.checks.read_back import ReadBackReport, grade, read_back_pdf
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import BlankRoll, PrintRun, RunState
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.rolls import raster
from labelsvc.labels.rolls.languages import Language, language_of
from labelsvc.labels.rolls.raster import Media
from labelsvc.labels.rolls.read_back import Stretch, read_back_roll
from labelsvc.labels.runs.parts import (
    Printed,
    Slice,
    layout_of,
    numbers_of,
    run_content,
    slices,
    units_of,
)
from labelsvc.labels.sheets.sheet import Sheet


@dataclass(frozen=True)
class Drawn:
    """A part as bytes, and what it takes to read it back."""

    data: bytes
    layout: Layout
    part: Slice
    codes: list[str]
    numbers: tuple[int, ...]  # printed on its labels
    first_page: int
    #: Of a roll: what its printer understands, and its paper.
    roll: tuple[Language, Media] | None = None


def draw_part(run: Printed, keyring: Keyring, files: Files, number: int) -> Drawn:
    """The file of part *number* (from 1). The same run gives the same bytes."""
    layout = layout_of(run)
    cut = slices(layout, run)
    part = cut[number - 1]
    content = run_content(run, files)
    units = units_of(run, keyring, part)
    job = Job(
        title=" · ".join(filter(None, (content["product_name"], content["lot_code"])))
        or run.record,
        author=content["producer_name"],
        note=(f"Lô {run.record} · đợt in {run.id}" if isinstance(run, PrintRun) else run.record)
        + (f" · phần {number}/{len(cut)}" if len(cut) > 1 else ""),
    )
    codes = [unit.code for unit in units]
    sheet, numbers = Sheet.of(layout), tuple(numbers_of(run, part))
    first_page = 1 + sum(sheet.pages(piece.count, piece.placement) for piece in cut[: number - 1])
    block, language = Block(content, units), language_of(run.output)
    if language is not None:
        data, media = _roll(language, layout, block, part)
        return Drawn(data, layout, part, codes, numbers, first_page, (language, media))
    data = render_sheet_pdf(layout, [block], fonts.load(), part.placement, job)
    return Drawn(data, layout, part, codes, numbers, first_page)


def _roll(language: Language, layout: Layout, block: Block, part: Slice) -> tuple[bytes, Media]:
    """Commands of a label printer for one part, and the roll that they are for."""
    spares, profile = part.placement.spares, part.placement.profile
    sample = block.units[0] if block.units else None
    drawing = compose(layout, block.content, fonts.load(), unit=sample)
    media = raster.media_of(layout, drawing, profile)
    rows = raster.rows(
        layout, block, fonts.load(), number=part.offset + 1, spares=spares, profile=profile
    )
    out = io.BytesIO()
    write = (language.write_first if layout.edition == 1 else None) or language.write
    write(out, rows, media.width_mm, media.height_mm)
    return out.getvalue(), media


def _read_back(drawn: Drawn) -> ReadBackReport:
    if drawn.roll is not None:
        language, media = drawn.roll
        stretch = Stretch(
            drawn.part.offset + 1,
            drawn.part.placement.spares,
            drawn.layout.symbols[0].min_module,
            drawn.numbers,
            drawn.first_page,
        )
        return read_back_roll(drawn.data, drawn.codes, media, language, stretch)
    return read_back_pdf(
        drawn.data,
        drawn.layout,
        drawn.codes,
        drawn.part.placement,
        first_page=drawn.first_page,
        numbers=drawn.numbers,
    )


def render_part(
    run: Printed, keyring: Keyring, files: Files, number: int
) -> tuple[bytes, dict[str, Any]]:
    """The file of part *number* (from 1), every symbol of it read back, and the report.

    :raises ReadBackFailed: symbols say something else, or nothing, or are smaller than the rule; with
        page, cell and number of each.
    """
    drawn = draw_part(run, keyring, files, number)
    report = _read_back(drawn)
    return drawn.data, {
        "decoded": report.codes,
        "spares": drawn.part.placement.spares,
        "pages": report.pages,
        "dpi": report.dpi,
        "again": report.again,
        "unused_min": round(report.unused_min, 3),
        "contrast": round(report.contrast, 3),
        "dots": report.dots,
        "module_mm": round(report.module_mm, 4),
        "measured": report.measured.to_json() if report.measured else None,
        "fonts": list(report.fonts),
        "bytes": len(drawn.data),
    }


def begin(session: Session, model: type[PrintRun] | type[BlankRoll], run_id: int) -> None:
    """The first part is being rendered."""
    session.execute(
        update(model)
        .where(model.id == run_id, model.state == RunState.QUEUED)
        .values(state=RunState.RENDERING)
    )


def release(
    run: Printed, *, merged: tuple[str, str, int], reports: Sequence[dict[str, Any]]
) -> None:
    """The file may be fetched: every symbol of it was read back."""
    run.file_key, run.sha256, run.bytes = merged
    run.pages = sum(report["pages"] for report in reports)
    unused = min(report["unused_min"] for report in reports)
    contrast = min(report.get("contrast", 1.0) for report in reports)
    run.report = {
        "grade": grade(unused, contrast),
        "contrast": contrast,
        "decoded": sum(report["decoded"] for report in reports),
        "again": sum(report["again"] for report in reports),
        "unused_min": unused,
        "spares": sum(report["spares"] for report in reports),
        "dpi": reports[0]["dpi"],
        "dots": max(report["dots"] for report in reports),
        "module_mm": max(report["module_mm"] for report in reports),
        "measured": spot_check.worst([report.get("measured") for report in reports]),
        "fonts": reports[0]["fonts"],
        "parts": len(reports),
    }
    run.state, run.released_at = RunState.RELEASED, clock.now()
