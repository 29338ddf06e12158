"""Rendering of a run: cut into parts, each drawn, read back whole, put together, released."""

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
from labelsvc.labels.checks import spot_check as sample
from labelsvc.labels.checks.read_back import ReadBackReport, grade, read_back_pdf
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import BlankRoll, PrintRun, RunState
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.rolls import raster
from labelsvc.labels.rolls.raster import Web
from labelsvc.labels.rolls.read_back import read_back_roll
from labelsvc.labels.rolls.tspl import write_tspl
from labelsvc.labels.rolls.zpl import write_zpl
from labelsvc.labels.runs.parts import (
    Printed,
    Slice,
    content_of,
    imprint_of,
    layout_of,
    numbers_of,
    slices,
    units_of,
)
from labelsvc.labels.sheets.profile import Profile
from labelsvc.labels.sheets.sheet import Sheet


@dataclass(frozen=True)
class Drawn:
    """A part as bytes, and what it takes to read it back."""

    data: bytes
    layout: Layout
    part: Slice
    codes: list[str]
    spares: int
    web: Web | None = None  # of a roll
    numbers: tuple[int, ...] = ()  # printed on its labels
    first_page: int = 1


def draw_part(run: Printed, keyring: Keyring, files: Files, number: int) -> Drawn:
    """The file of part *number* (from 1). The same run gives the same bytes."""
    layout, imprint = layout_of(run), imprint_of(run)
    cut = slices(layout, run)
    part = cut[number - 1]
    content = content_of(run, files)
    units = units_of(run, keyring, part)
    spares = imprint.spare_labels(run.count, part.offset, part.count)
    job = Job(
        title=" · ".join(filter(None, (content["product_name"], content["lot_code"])))
        or run.record,
        author=content["producer_name"],
        note=(f"Lô {run.record} · đợt in {run.id}" if isinstance(run, PrintRun) else run.record)
        + (f" · phần {number}/{len(cut)}" if len(cut) > 1 else ""),
    )
    codes = [unit.code for unit in units]
    sheet, numbers = Sheet.of(layout), tuple(numbers_of(run, part))
    first_page = 1 + sum(
        sheet.pages(piece.count, start_at=piece.start_at, used=piece.used, order=imprint.order)
        for piece in cut[: number - 1]
    )
    if run.output != "pdf":
        data, web = _roll(run, layout, Block(content, units), part, spares)
        return Drawn(data, layout, part, codes, spares, web, numbers, first_page)
    data = render_sheet_pdf(
        layout,
        [Block(content, units)],
        fonts.load(),
        start_at=part.start_at,
        used=part.used,
        order=imprint.order,
        spares=spares,
        profile=Profile.read(run.profile or {}),
        job=job,
    )
    return Drawn(data, layout, part, codes, spares, None, numbers, first_page)


def _roll(
    run: Printed, layout: Layout, block: Block, part: Slice, spares: int
) -> tuple[bytes, Web]:
    """Commands of a label printer for one part, and the roll that they are for."""
    profile = Profile.read(run.profile or {})
    sample = block.units[0] if block.units else None
    drawing = compose(layout, block.content, fonts.load(), unit=sample)
    web = raster.web_of(layout, drawing, profile)
    rows = raster.rows(
        layout, block, fonts.load(), number=part.offset + 1, spares=spares, profile=profile
    )
    out = io.BytesIO()
    if run.output == "zpl":
        write_zpl(out, rows)
    else:
        write_tspl(out, rows, width_mm=web.width_mm, height_mm=web.height_mm)
    return out.getvalue(), web


def _read_back(run: Printed, drawn: Drawn) -> ReadBackReport:
    if drawn.web is not None:
        return read_back_roll(
            drawn.data,
            drawn.codes,
            drawn.web,
            language="zpl" if run.output == "zpl" else "tspl",
            number=drawn.part.offset + 1,
            spares=drawn.spares,
            least_mm=drawn.layout.symbols[0].min_module,
            numbers=drawn.numbers,
            first_row=drawn.first_page,
        )
    return read_back_pdf(
        drawn.data,
        drawn.layout,
        drawn.codes,
        start_at=drawn.part.start_at,
        used=drawn.part.used,
        order=imprint_of(run).order,
        spares=drawn.spares,
        profile=Profile.read(run.profile or {}),
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
    report = _read_back(run, drawn)
    return drawn.data, {
        "decoded": report.codes,
        "spares": drawn.spares,
        "pages": report.pages,
        "dpi": report.dpi,
        "again": report.again,
        "unused_min": round(report.unused_min, 3),
        "contrast": round(report.contrast, 3),
        "dots": report.dots,
        "module_mm": round(report.module_mm, 4),
        "measured": report.measured.kept() if report.measured else None,
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
        "measured": sample.worst([report.get("measured") for report in reports]),
        "fonts": reports[0]["fonts"],
        "parts": len(reports),
    }
    run.state, run.released_at = RunState.RELEASED, clock.now()
