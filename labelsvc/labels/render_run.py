"""Rendering of a run: cut into parts, each drawn, read back whole, put together, released."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

import pikepdf
import tomli_w
from sqlalchemy import update
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.codes import revoke, uri
from labelsvc.codes.issue import codes_of
from labelsvc.codes.keyring import Keyring
from labelsvc.codes.models import Form
from labelsvc.errors import Conflict, LabelsvcError, ReadBackFailed
from labelsvc.files import Files
from labelsvc.labels import fonts
from labelsvc.labels.content import LabelContent, Unit
from labelsvc.labels.layout import Layout, load
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.labels.pdf import Block, Job, render_sheet_pdf
from labelsvc.labels.preflight import check_preferences, read_back_pdf
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


def kept(layout: Layout) -> str:
    """*layout* as TOML with the numbers of its sheet in it: what a run keeps.

    Later changes of the file, of `sheets.toml` or of the program's defaults do not reach it.
    """
    sheet = {"sheet": {"article"}}
    return tomli_w.dumps(layout.model_dump(mode="json", exclude_none=True, exclude=sheet))


def layout_of(run: PrintRun) -> Layout:
    """The layout as it was when the run began."""
    return load(run.layout_toml, source=f"{run.layout_name}.toml")


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


def merge(files: Files, run: PrintRun, hashes: Sequence[str]) -> tuple[str, str, int]:
    """One file of all parts: its key, SHA-256 and length. A single part is taken as it is.

    :param hashes: SHA-256 of each part, as it was when its symbols were read back.
    :raises ReadBackFailed: a part is not what was read back, or the whole is not its parts.
    """
    parts = [part_key(run.id, n + 1) for n in range(len(hashes))]
    with ExitStack() as opened:
        streams = [opened.enter_context(files.open(part)) for part in parts]
        for number, (stream, known) in enumerate(zip(streams, hashes, strict=True), 1):
            if _sha256(stream) != known:
                raise _unfit("part {part} is not the file that was read back", part=number)
        if len(parts) == 1:
            return parts[0], hashes[0], streams[0].seek(0, io.SEEK_END)
        whole = opened.enter_context(tempfile.TemporaryFile())
        pages = _join(streams, whole)
        _compare(whole, streams, pages)
        digest, length = _sha256(whole), whole.seek(0, io.SEEK_END)
        whole.seek(0)
        key = f"runs/{run.id}/labels.pdf"
        files.put_stream(key, whole)
    return key, digest, length


def _join(streams: Sequence[IO[bytes]], out: IO[bytes]) -> int:
    """Write the pages of all files to *out*, page by page, and say how many there are."""
    with (
        ExitStack() as opened
    ):  # pages are copied when the whole is saved: files stay open till then
        whole, *rest = (
            opened.enter_context(pikepdf.open(cast(BinaryIO, stream))) for stream in streams
        )
        for more in rest:
            whole.pages.extend(more.pages)
        whole.save(cast(BinaryIO, out), deterministic_id=True)
        return len(whole.pages)


def _compare(whole: IO[bytes], parts: Sequence[IO[bytes]], pages: int) -> None:
    """Every page of *whole* draws what the page of its part draws, whose symbols were read."""
    with pikepdf.open(cast(BinaryIO, whole)) as joined:
        check_preferences(joined)
        left = iter(joined.pages)
        seen = 0
        for part in parts:
            with pikepdf.open(cast(BinaryIO, part)) as one:
                for page in one.pages:
                    other = next(left, None)
                    seen += 1
                    if other is None or _drawn(other) != _drawn(page):
                        raise _unfit("page {page} is not the page that was read back", page=seen)
        if seen != pages or next(left, None) is not None:
            raise _unfit("the file has pages that no part has")


def _drawn(page: pikepdf.Page) -> tuple[object, ...]:
    contents = page.obj["/Contents"]
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return (
        [float(side) for side in page.mediabox],
        sorted(page.resources.keys()),
        [stream.read_bytes() for stream in streams],
    )


def _sha256(stream: IO[bytes]) -> str:
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _unfit(reason: str, **params: Any) -> ReadBackFailed:
    return ReadBackFailed(
        "The file was not released: " + reason,
        fix="Print nothing of it. Make the run again; if it fails again, report it with this message.",
        **params,
    )


def begin(session: Session, run_id: int) -> None:
    """The first part is being rendered."""
    session.execute(
        update(PrintRun)
        .where(PrintRun.id == run_id, PrintRun.state == RunState.QUEUED)
        .values(state=RunState.RENDERING)
    )


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
    with suppress(Conflict):  # withdrawn meanwhile: that says more than void
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
