"""Symbol: measures symbols on a rendering and reads them back. Used by check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2

from labelsvc.labels.checks.measure import Measured, measure
from labelsvc.labels.pdf.rendering import PDFIUM, grey_page
from labelsvc.labels.press.inspect.finding import Finding, Wanted
from labelsvc.labels.symbols import encode, size

#: Resolution at which symbols are measured, and the most pixels of one page.
DPI = 600
_MOST_PIXELS = 90e6
#: A module may be off by this share.
_MODULE_TOLERANCE = 0.02
#: Measured quiet zones are whole modules to a pixel.
_QUIET_SLACK = 0.15

Boxes = dict[int, tuple[float, float, float, float] | None]


def measured(
    pdf: bytes, pages: Sequence[int], trims: Boxes, media: Boxes
) -> tuple[list[Measured], int]:
    """Every symbol of *pages*, and the resolution it was rows at."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
    found: list[Measured] = []
    least = DPI
    try:
        for number in pages:
            sheet = media[number] or (0.0, 0.0, 210.0, 297.0)
            width, height = sheet[2] - sheet[0], sheet[3] - sheet[1]
            pixels = width * height / 25.4**2
            dpi = min(DPI, int((_MOST_PIXELS / pixels) ** 0.5))
            least = min(least, dpi)
            trim = trims[number]
            edge = None
            if trim is not None:
                edge = (
                    trim[0] - sheet[0],
                    sheet[3] - trim[3],
                    trim[2] - sheet[0],
                    sheet[3] - trim[1],
                )
            found += measure(grey_page(document, number - 1, dpi), dpi, page=number, edge=edge)
    finally:
        with PDFIUM:
            document.close()
    return found, least


def of_symbols(rows: Sequence[Measured], wanted: Wanted, *, whole: bool) -> Iterator[Finding]:
    if wanted.codes is not None:
        yield from _texts(rows, wanted.codes, whole=whole)
    elif not rows:
        yield Finding(
            "warning",
            "no_symbol",
            0,
            "No symbol was found on the pages looked at.",
            "Look at the file.",
        )
    for row in rows:
        place = {"x": round(row.x, 1), "y": round(row.y, 1)}
        if not row.modules:
            yield Finding(
                "error",
                "quiet_zone",
                row.page,
                "The symbol at {x} × {y} mm has no quiet zone: ink touches it.",
                "Keep 4 modules around the symbol free.",
                place,
            )
            continue
        if row.quiet < encode.QUIET - _QUIET_SLACK:
            yield Finding(
                "error",
                "quiet_zone",
                row.page,
                "The symbol at {x} × {y} mm has only {found} free modules around it.",
                "Keep 4 modules around the symbol free.",
                {**place, "found": round(row.quiet, 1)},
            )
        yield from _module(row, wanted, place)


def _module(row: Measured, wanted: Wanted, place: dict[str, Any]) -> Iterator[Finding]:
    shown = {**place, "found": f"{row.module:.3f}"}
    if abs(row.module_x - row.module_y) > _MODULE_TOLERANCE * row.module:
        yield Finding(
            "error",
            "not_square",
            row.page,
            "The symbol at {x} × {y} mm is stretched.",
            "Place the page without changing its proportions.",
            place,
        )
    if row.module < wanted.least_module_mm * (1 - _MODULE_TOLERANCE):
        yield Finding(
            "error",
            "module_small",
            row.page,
            "The symbol at {x} × {y} mm has modules of {found} mm, under {least} mm.",
            "Make the symbol larger, or use a shorter code.",
            {**shown, "least": wanted.least_module_mm},
        )
    if (
        wanted.module_mm is not None
        and abs(row.module - wanted.module_mm) > _MODULE_TOLERANCE * wanted.module_mm
    ):
        yield Finding(
            "error",
            "module_size",
            row.page,
            "The symbol at {x} × {y} mm has modules of {found} mm, planned were {asked} mm: the "
            "page was scaled.",
            "Place the page at 100 %.",
            {**shown, "asked": f"{wanted.module_mm:.3f}"},
        )
    if wanted.resolution_dpi is not None:
        dots = row.dots(wanted.resolution_dpi)
        # What one pixel more or less in the whole width makes of a module.
        slack = max(0.1, wanted.resolution_dpi / DPI / row.modules * 2)
        if abs(dots - round(dots)) > slack:
            yield Finding(
                "warning",
                "not_whole_dots",
                row.page,
                "The symbol at {x} × {y} mm has modules of {dots} dots at {dpi} dpi.",
                "Choose a module of whole dots.",
                {**place, "dots": f"{dots:.2f}", "dpi": wanted.resolution_dpi},
            )


def _texts(rows: Sequence[Measured], codes: Sequence[str], *, whole: bool) -> Iterator[Finding]:
    expected, found = Counter(codes), Counter(row.text for row in rows)
    pages = {row.text: row.page for row in rows}
    for text in found - expected:
        yield Finding(
            "error",
            "symbol_unknown",
            pages[text],
            "A symbol says {text}, which is no code of this run or is there too often.",
            "Make the file again from the run.",
            {"text": text},
        )
    if whole:
        missing = expected - found
        for text in list(missing)[:20]:
            yield Finding(
                "error",
                "symbol_missing",
                0,
                "The symbol of {text} could not be read; missing in all: {count}",
                "Make the file again from the run.",
                {"text": text, "count": missing.total()},
            )


def figures(rows: Sequence[Measured], wanted: Wanted) -> dict[str, Any]:
    sound = [row for row in rows if row.modules]
    if not sound:
        return {"symbols": len(rows)}
    modules = [row.module for row in sound]
    unused = [row.unused for row in rows if row.unused is not None]
    figures: dict[str, Any] = {
        "symbols": len(rows),
        "modules": sound[0].modules,
        "module_mm": [round(min(modules), 4), round(max(modules), 4)],
        "quiet_min": round(min(row.quiet for row in rows), 2),
        "unused_min": round(min(unused), 3) if unused else None,
    }
    if wanted.resolution_dpi is not None:
        figures["dots"] = round(
            sum(modules) / len(modules) * size.dots_per_mm(wanted.resolution_dpi), 2
        )
    return figures
