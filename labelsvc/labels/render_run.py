"""Rendering of a run: cut into parts, each drawn, read back whole, put together, released."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any, TypeAlias

import numpy as np
import pypdfium2
import tomli_w
from sqlalchemy import update
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.codes import inner, uri
from labelsvc.codes.keyring import Keyring
from labelsvc.codes.models import Form
from labelsvc.errors import ReadBackFailed
from labelsvc.files import Files
from labelsvc.labels import fonts, mark, raster, sample
from labelsvc.labels.content import LabelContent, Unit
from labelsvc.labels.drawing import compose
from labelsvc.labels.imprint import Imprint
from labelsvc.labels.join import join
from labelsvc.labels.layout import Layout, load
from labelsvc.labels.models import BlankRoll, PrintRun, RunState
from labelsvc.labels.pdf import Block, Job, render_sheet_pdf
from labelsvc.labels.preflight import ReadBackReport, grade, read_back_pdf
from labelsvc.labels.preview import PDFIUM, grey_page
from labelsvc.labels.printers import Profile
from labelsvc.labels.raster import Web
from labelsvc.labels.roll_check import read_back_roll
from labelsvc.labels.run_check import position
from labelsvc.labels.sheet import Sheet
from labelsvc.labels.tspl import write_tspl
from labelsvc.labels.zpl import write_zpl

#: What is rendered: labels of a lot, or blank ones.
Printed: TypeAlias = PrintRun | BlankRoll

#: Labels of one part: a part is rendered, read back and kept in memory as a whole. Small runs are
#: cut finer, so that every processor has something to do, but a part has its own price too
#: (about that of three hundred labels).
LEAST_PART, LARGEST_PART = 5000, 10_000
#: Runs of several parts have a multiple of this, all about the same: two processors end together.
_EVEN = 2
#: Enough to tell two pages of symbols apart.
_COMPARE_DPI = 72


@dataclass(frozen=True)
class Slice:
    """The labels of one part: *count* from *offset* on (spares too), the first in cell *start_at*;
    only the first sheet of a run has used cells."""

    offset: int
    count: int
    start_at: int = 1
    used: tuple[int, ...] = ()


def imprint_of(run: Printed) -> Imprint:
    """How its labels go on paper."""
    return replace(Imprint.read(run.imprint or {}), start_at=run.start_at)


def slices(layout: Layout, run: Printed) -> list[Slice]:
    """How a run is cut into parts; the same for the same run, whoever asks."""
    sheet, imprint = Sheet.of(layout), imprint_of(run)
    total = imprint.labels(run.count)
    parts = -(-total // min(LARGEST_PART, max(LEAST_PART, total // 16)))
    if parts > 1:
        parts += -parts % _EVEN
    sheets = -(-total // (parts * sheet.per_page))
    size = sheets * sheet.per_page
    on_first = sheet.free_cells(imprint.start_at, imprint.used, imprint.order)
    first = size - sheet.per_page + on_first
    cut = [Slice(0, min(total, first), imprint.start_at, imprint.used)]
    while cut[-1].offset + cut[-1].count < total:
        offset = cut[-1].offset + cut[-1].count
        cut.append(Slice(offset, min(size, total - offset)))
    return cut


def kept(layout: Layout) -> str:
    """*layout* as TOML with the numbers of its sheet in it: what a run keeps.

    Later changes of the file, of `sheets.toml` or of the program's defaults do not reach it.
    """
    sheet = {"sheet": {"article"}}
    return tomli_w.dumps(layout.model_dump(mode="json", exclude_none=True, exclude=sheet))


def layout_of(run: Printed) -> Layout:
    """The layout as it was when the run began."""
    return load(run.layout_toml, source=f"{run.layout_name}.toml")


def units_of(run: Printed, keyring: Keyring, part: Slice) -> list[Unit]:
    """What differs from label to label of a part, its spares left out."""
    units: list[Unit] = []
    inside = _inner_codes(run, keyring)
    for stretch in imprint_of(run).stretches(run.count, part.offset, part.count):
        if run.form == Form.LOT:
            code = run.codes(keyring)[0]
            units += [Unit(code, _caption(code, run.base_url))] * stretch.labels
            continue
        codes = run.codes(keyring, offset=stretch.first, count=stretch.codes)
        single = [
            Unit(
                code,
                _caption(code, run.base_url),
                position(number, run.count, run.mark),
                inside(number - 1),
            )
            for number, code in enumerate(codes, stretch.first + 1)
        ]
        if stretch.repeat > 1:
            single = [unit for unit in single for _ in range(stretch.repeat)][stretch.skip :]
        units += single[: stretch.labels]
    return units


def _inner_codes(run: Printed, keyring: Keyring) -> Callable[[int], str]:
    """What lies under the scratch layer of a unit, by its place in the run: nothing where the layout
    has no such field. The codes are derived for the label and kept nowhere."""
    if not isinstance(run, PrintRun) or not layout_of(run).prints_inner_code:
        return lambda at: ""
    key, first = keyring.inner_key, run.issue.first
    return lambda at: inner.printed(inner.inner_code(key, first + at))


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


def numbers_of(run: Printed, part: Slice) -> list[int]:
    """What is printed on each label of a part, its spares left out; labels of one code for all are
    counted."""
    if run.form == Form.LOT:
        labels = run.count * imprint_of(run).copies
        return list(range(part.offset + 1, min(part.offset + part.count, labels) + 1))
    numbers: list[int] = []
    for stretch in imprint_of(run).stretches(run.count, part.offset, part.count):
        units = range(stretch.first + 1, stretch.first + stretch.codes + 1)
        all_of_them = [unit for unit in units for _ in range(stretch.repeat)][stretch.skip :]
        numbers += all_of_them[: stretch.labels]
    return numbers


def content_of(run: Printed, files: Files) -> LabelContent:
    """What its labels say and show, as it was when the run began.

    :raises FileMissing: a picture of it is not among *files*.
    """
    kept = run.content
    images = mark.kept(files, kept.get("images") or {})
    return LabelContent(kept["values"], kept["stars"], record=run.record, images=images)


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


def part_key(run: Printed, number: int) -> str:
    """Where the file of a part is kept."""
    return f"{run.folder}/part-{number:04d}"


def merge(files: Files, run: Printed, hashes: Sequence[str]) -> tuple[str, str, int]:
    """One file of all parts: its key, SHA-256 and length. A single part is taken as it is.

    :param hashes: SHA-256 of each part, as it was when its symbols were read back.
    :raises ReadBackFailed: a part is not what was read back, or the whole is not its parts.
    """
    parts = [part_key(run, n + 1) for n in range(len(hashes))]
    with ExitStack() as opened:
        streams = [opened.enter_context(files.open(part)) for part in parts]
        for number, (stream, known) in enumerate(zip(streams, hashes, strict=True), 1):
            if _sha256(stream) != known:
                raise _unfit("part {part} is not the file that was read back", part=number)
        if len(parts) == 1:
            return parts[0], hashes[0], streams[0].seek(0, io.SEEK_END)
        whole = opened.enter_context(tempfile.TemporaryFile())
        if run.output == "pdf":
            pages = join(streams, whole)
            _compare(whole, streams, pages)
        else:  # commands of a label printer: one after another
            for stream in streams:
                stream.seek(0)
                shutil.copyfileobj(stream, whole)
        digest, length = _sha256(whole), whole.seek(0, io.SEEK_END)
        whole.seek(0)
        key = f"{run.folder}/labels.{run.output}"
        files.put_stream(key, whole)
    return key, digest, length


def _compare(whole: IO[bytes], parts: Sequence[IO[bytes]], pages: int) -> None:
    """*whole* has as many pages as its parts, and the first page of each part and the last of all
    look as they did when their symbols were read. (`join` copies pages byte by byte; a page too
    many or too few moves the first page of the next part.)"""
    with _opened(whole) as joined:
        if len(joined) != pages:
            raise _unfit("the file has pages that no part has")
        before = 0
        for part in parts:
            with _opened(part) as one:
                for index in {0, len(one) - 1} if part is parts[-1] else {0}:
                    if before + index >= pages or not np.array_equal(
                        grey_page(joined, before + index, _COMPARE_DPI),
                        grey_page(one, index, _COMPARE_DPI),
                    ):
                        page = before + index + 1
                        raise _unfit("page {page} is not the page that was read back", page=page)
                before += len(one)
        if before != pages:
            raise _unfit("the file has pages that no part has")


@contextmanager
def _opened(stream: IO[bytes]) -> Iterator[pypdfium2.PdfDocument]:
    """Pages are read as they are asked for."""
    stream.seek(0)
    with PDFIUM:
        document = pypdfium2.PdfDocument(stream, autoclose=False)
    try:
        yield document
    finally:
        with PDFIUM:
            document.close()


def _sha256(stream: IO[bytes]) -> str:
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _unfit(reason: str, **params: Any) -> ReadBackFailed:
    return ReadBackFailed(
        "The file was not released: " + reason,
        fix="Print nothing of it. Make the run again; if it fails again, report it with this message.",
        **params,
    )


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


def _caption(code: str, base_url: str) -> str:
    return uri.printed(code[len(uri.url(base_url, "")) :])
