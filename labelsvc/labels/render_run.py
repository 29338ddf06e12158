"""Rendering of a run: cut into parts, each drawn, read back whole, put together, released."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import pikepdf
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.codes import revoke, uri
from labelsvc.codes.issue import codes_of
from labelsvc.codes.keyring import Keyring
from labelsvc.codes.models import Form
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.labels import fonts, library
from labelsvc.labels.content import LabelContent, Unit
from labelsvc.labels.layout import Layout, load
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.labels.pdf import Block, Job, render_sheet_pdf
from labelsvc.labels.preflight import read_back_pdf
from labelsvc.labels.run_check import position
from labelsvc.labels.sheet import Sheet

#: Pages of one part: a part is rendered, read back and kept in memory as a whole.
PART_PAGES = 50
#: Labels of one part on rolls, where a page is one row of labels.
PART_LABELS = 2000


@dataclass(frozen=True)
class Slice:
    """The labels of one part: *count* from *offset* on, the first in cell *start_at*."""

    offset: int
    count: int
    start_at: int


def slices(layout: Layout, run: PrintRun) -> list[Slice]:
    """How a run is cut into parts; the same for the same run, whoever asks."""
    sheet = Sheet.of(layout)
    size = min(PART_PAGES * sheet.per_page, max(PART_LABELS, sheet.per_page))
    size -= size % sheet.per_page
    cut = [Slice(0, min(run.count, size - run.start_at + 1), run.start_at)]
    while cut[-1].offset + cut[-1].count < run.count:
        offset = cut[-1].offset + cut[-1].count
        cut.append(Slice(offset, min(size, run.count - offset), 1))
    return cut


def layout_of(run: PrintRun) -> Layout:
    """The layout as it was when the run began."""
    return load(run.layout_toml, source=f"{run.layout_name}.toml", articles=library.articles())


def units_of(run: PrintRun, keyring: Keyring, part: Slice) -> list[Unit]:
    """What differs from label to label of a part."""
    if run.form == Form.LOT:
        code = codes_of(run.issue, keyring)[0]
        return [Unit(code, _caption(code, run.base_url))] * part.count
    codes = codes_of(run.issue, keyring, offset=part.offset, count=part.count)
    return [
        Unit(code, _caption(code, run.base_url), position(part.offset + n + 1, run.count))
        for n, code in enumerate(codes)
    ]


def render_part(run: PrintRun, keyring: Keyring, number: int) -> tuple[bytes, dict[str, Any]]:
    """The PDF of part *number* (from 1), every symbol of it read back, and the report.

    :raises ReadBackFailed: a symbol says something else, or nothing; names page and cell.
    """
    layout = layout_of(run)
    cut = slices(layout, run)
    part = cut[number - 1]
    content = LabelContent(run.content["values"], run.content["stars"], record=run.lot.code)
    units = units_of(run, keyring, part)
    job = Job(
        title=f"{content['product_name']} · {content['lot_code']}",
        author=content["producer_name"],
        note=f"Lô {run.lot.code} · đợt in {run.id}"
        + (f" · phần {number}/{len(cut)}" if len(cut) > 1 else ""),
    )
    pdf = render_sheet_pdf(
        layout, [Block(content, units)], fonts.load(), start_at=part.start_at, job=job
    )
    report = read_back_pdf(pdf, layout, [unit.code for unit in units], start_at=part.start_at)
    return pdf, {
        "decoded": report.codes,
        "pages": report.pages,
        "dpi": report.dpi,
        "again": report.again,
        "unused_min": round(report.unused_min, 3),
        "fonts": list(report.fonts),
        "bytes": len(pdf),
    }


def part_key(run_id: int, number: int) -> str:
    """Where the file of a part is kept."""
    return f"runs/{run_id}/part-{number:04d}.pdf"


def merge(files: Files, run: PrintRun) -> tuple[str, str, int]:
    """One file of all parts: its key, SHA-256 and length. A single part is taken as it is."""
    parts = [part_key(run.id, n + 1) for n in range(len(slices(layout_of(run), run)))]
    if len(parts) == 1:
        data = files.get(parts[0])
        return parts[0], hashlib.sha256(data).hexdigest(), len(data)
    out = io.BytesIO()
    with ExitStack() as opened:  # pages are copied lazily: their files stay open until saved
        whole, *rest = (
            opened.enter_context(
                pikepdf.open(cast(BinaryIO, opened.enter_context(files.open(part))))
            )
            for part in parts
        )
        for more in rest:
            whole.pages.extend(more.pages)
        whole.save(out, deterministic_id=True)
    key, data = f"runs/{run.id}/labels.pdf", out.getvalue()
    files.put(key, data)
    return key, hashlib.sha256(data).hexdigest(), len(data)


def release(
    session: Session,
    run: PrintRun,
    *,
    merged: tuple[str, str, int],
    reports: Sequence[dict[str, Any]],
) -> None:
    """The file may be fetched: every symbol of it was read back."""
    run.file_key, run.sha256, run.bytes = merged
    run.pages = sum(report["pages"] for report in reports)
    run.report = {
        "decoded": sum(report["decoded"] for report in reports),
        "again": sum(report["again"] for report in reports),
        "unused_min": min(report["unused_min"] for report in reports),
        "dpi": reports[0]["dpi"],
        "fonts": reports[0]["fonts"],
        "parts": len(reports),
    }
    run.state, run.released_at = RunState.RELEASED, clock.now()
    audit.record(
        session,
        actor="worker",
        action="print_run.release",
        subject=f"print_run:{run.id}",
        facts={"sha256": run.sha256, "pages": run.pages, "decoded": run.report["decoded"]},
    )


def fail(session: Session, run: PrintRun, error: LabelsvcError) -> None:
    """Nothing of the run is released; its numbers become void and free the quantity again."""
    run.state, run.report = RunState.FAILED, {"error": error.as_json()}
    revoke.void(
        session,
        first=run.issue.first,
        count=run.issue.count,
        reason=f"The run was not released: {error.code}",
        by="worker",
    )
    audit.record(
        session,
        actor="worker",
        action="print_run.fail",
        subject=f"print_run:{run.id}",
        facts=error.as_json(),
    )


def _caption(code: str, base_url: str) -> str:
    return uri.printed(code[len(uri.url(base_url, "")) :])
