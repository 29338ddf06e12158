"""Read back: renders a finished PDF, reads every symbol, and compares. Used by runs.

A page is rendered and read as a whole; each code must be found once, in its own cell. A symbol
that is missed is looked for again in its cell at a higher resolution before the run is refused, so
that a refusal means paper that a scanner could not read either.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby, repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2

from labelsvc.labels.checks import spot_check
from labelsvc.labels.checks.faults import Faults
from labelsvc.labels.checks.spot_check import Rule, Spot, SpotCheck
from labelsvc.labels.layouts.elements import SymbolElement
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.paint import bend
from labelsvc.labels.pdf.rendering import PDFIUM, Window, grey_page, grey_windows
from labelsvc.labels.sheets.placement import USUAL, Placement
from labelsvc.labels.sheets.profile import Profile
from labelsvc.labels.sheets.sheet import Cell, Sheet
from labelsvc.labels.symbols import encode, size

#: Pixels a module in the first rendering; readers want two to three, and whole ones: between them
#: the middle of a module lies between two pixels, and a reader that looks there may be wrong.
_PIXELS = 3
_LEAST_DPI = 130
_SECOND_DPI = 400


@dataclass(frozen=True)
class ReadBackReport:
    """The outcome of reading the file. `unused_min`: least unused error correction, 1 = all unused."""

    codes: int
    pages: int
    dpi: int
    again: int  # symbols that needed the second look
    unused_min: float
    fonts: tuple[str, ...]  # embedded
    dots: int  # a module, of the layout's printer
    module_mm: float
    #: Least difference of light and dark, 0 to 1, as ISO/IEC 15415 counts symbol contrast.
    contrast: float = 1.0
    #: What was measured on one page; None when the file has no symbol.
    measured: SpotCheck | None = None


#: ISO/IEC 15415: from which unused error correction and which symbol contrast up a symbol has a
#: grade.
_UNUSED = (("A", 0.62), ("B", 0.5), ("C", 0.37), ("D", 0.25))
_CONTRAST = (("A", 0.7), ("B", 0.55), ("C", 0.4), ("D", 0.2))


def grade(unused: float, contrast: float) -> str:
    """A to D, or F: the worse of the two grades that a finished file can be given.

    An estimate after ISO/IEC 15415: modulation, damage of fixed patterns and growth are of the
    print, not of the file.
    """
    found = [
        next((letter for letter, least in table if value >= least), "F")
        for table, value in ((_UNUSED, unused), (_CONTRAST, contrast))
    ]
    return max(found)


def read_back_pdf(
    pdf: bytes,
    layout: Layout,
    expected: Sequence[str],
    placement: Placement = USUAL,
    *,
    dpi: int | None = None,
    first_page: int = 1,
    numbers: Sequence[int] = (),
) -> ReadBackReport:
    """Read every symbol of *pdf* and compare with *expected* (texts in printing order), and measure
    those of its first page.

    *first_page* and *numbers* (what is printed on each label) are for the words of a refusal. Raises
    `ReadBackFailed` with page, cell, expected and found text of every fault, up to a limit; also
    when a font is not embedded, the file would be scaled, or the number of pages differs.
    """
    fonts = check_file(pdf)
    sheet, faults, spares = Sheet.of(layout), Faults(), placement.spares
    cells = sheet.cells(len(expected) + spares, placement)
    box = layout.symbols[0]
    dots, module_mm = 0, 0.5
    if expected:
        modules = 17 + 4 * encode.version_for(encode.segments(expected[0]), box.level)
        dots, module_mm = size.choose_module(
            box.size, modules, layout.resolution_dpi, min_mm=min(0.25, box.min_module)
        )
    first_dpi = dpi or min(_SECOND_DPI, max(_LEAST_DPI, math.ceil(_PIXELS * 25.4 / module_mm)))
    rule = Rule(box.min_module, module_mm, layout.resolution_dpi)
    document = _open(pdf)
    again, unused, pages, contrast = 0, 1.0, 0, 1.0
    measured: SpotCheck | None = None
    named = numbers or range(1, len(expected) + 1)
    try:
        for number, placed in groupby(
            zip(cells, chain(zip(expected, named, strict=True), repeat(None, spares)), strict=True),
            key=lambda row: row[0].page,
        ):
            pages += 1
            if number > len(document):
                raise faults.fatal(
                    "page {page}: the file has only {pages} pages",
                    pages=len(document) + first_page - 1,
                    page=number + first_page - 1,
                )
            reader = _Page(
                document, number, first_dpi, box, sheet, placement.profile, first_page - 1
            )
            spots: list[Spot] = []
            for cell, label in placed:
                if label is None:
                    continue
                found = reader.at(cell, *label, faults)
                if found is None:
                    continue
                again += found.again
                unused = min(unused, found.unused)
                if not spots:  # the symbols of a page have one colour
                    contrast = min(contrast, reader.contrast(cell))
                spots.append(reader.spot(cell, label[1]))
            reader.no_strays(faults)
            if measured is None and spots:
                some = spot_check.spread(spots)
                seen = reader.straight(
                    pdf, spot_check.DPI, spot_check.windows(some, spot_check.DPI)
                )
                measured = spot_check.take(
                    seen, spot_check.DPI, some, rule, faults, page=reader.shown
                )
        if len(document) != pages:
            raise faults.fatal(
                "the file has {pages} pages instead of {expected_pages}",
                pages=len(document),
                expected_pages=pages,
            )
        faults.settle()
    finally:
        with PDFIUM:
            document.close()
    return ReadBackReport(
        len(expected), pages, first_dpi, again, unused, fonts, dots, module_mm, contrast, measured
    )


def check_file(pdf: bytes) -> tuple[str, ...]:
    """Names of the embedded fonts. Raises `ReadBackFailed` when one is not embedded, or a viewer
    would be free to scale the pages."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        check_preferences(document)
        names = set()
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font":
                name = str(item.get("/BaseFont", "?")).lstrip("/")
                described: Any = item.get("/FontDescriptor", {})
                if not any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                    raise Faults().fatal("the font {font} is not embedded", font=name)
                names.add(name)
    return tuple(sorted(names))


def check_preferences(document: pikepdf.Pdf) -> None:
    """Raises `ReadBackFailed` when a viewer would be free to scale the pages."""
    preferences: Any = document.Root.get("/ViewerPreferences", {})
    if str(preferences.get("/PrintScaling", "")) != "/None":
        raise Faults().fatal("the file does not ask for printing without scaling")


def _open(pdf: bytes) -> pypdfium2.PdfDocument:
    with PDFIUM:
        return pypdfium2.PdfDocument(pdf)


@dataclass(frozen=True, slots=True)
class _Found:
    unused: float
    again: bool


class _Page:
    """The symbols of one rendered page, taken cell by cell; *before*: pages of earlier parts."""

    def __init__(
        self,
        document: pypdfium2.PdfDocument,
        number: int,
        dpi: int,
        box: SymbolElement,
        sheet: Sheet,
        profile: Profile,
        before: int,
    ) -> None:
        self.document, self.number, self.dpi = document, number, dpi
        self.shown = number + before
        self.box, self.size, self.sheet = box, box.size, sheet
        self.page = float(sheet.page_width), float(sheet.page_height)
        self.profile = profile if profile.changes else None
        self.picture = grey_page(document, number - 1, dpi)
        self.finer: dict[int, npt.NDArray[np.uint8]] = {dpi: self.picture}
        self.reads = encode.read_back(self.picture)

    def middle(self, cell: Cell) -> tuple[float, float]:
        """Of the symbol in *cell*, on the page as it is bent; mm."""
        x, y = (at + self.size / 2 for at in (cell.x + self.box.x, cell.y + self.box.y))
        return (x, y) if self.profile is None else self.profile.place(x, y, *self.page)

    def straight(
        self, pdf: bytes, dpi: int, windows: Sequence[Window]
    ) -> list[npt.NDArray[np.uint8]]:
        """Render *windows* of the page, bent back as its printer does it."""
        bent = bend(self.profile, *self.page)
        if not bent:
            return grey_windows(self.document, self.number - 1, dpi, windows)
        with pikepdf.open(io.BytesIO(pdf)) as source, pikepdf.new() as alone:
            alone.pages.append(source.pages[self.number - 1])
            back = pikepdf.Matrix(*(float(v) for v in bent.split())).inverse()
            alone.pages[0].contents_add(alone.make_stream(back.encode() + b" cm\n"), prepend=True)
            out = io.BytesIO()
            alone.save(out)
        document = _open(out.getvalue())
        try:
            return grey_windows(document, 0, dpi, windows)
        finally:
            with PDFIUM:
                document.close()

    def spot(self, cell: Cell, unit: int) -> Spot:
        """Place the measure of the symbol in *cell*, on the page as it comes out of its printer."""
        right, down = self.box.x + self.size / 2, self.box.y + self.size / 2
        wide, high = float(self.sheet.width), float(self.sheet.height)
        reach = right, down, wide - right, high - down
        return Spot(cell.x + right, cell.y + down, self.size / 2, reach, cell.number, unit)

    def at(self, cell: Cell, text: str, unit: int, faults: Faults) -> _Found | None:
        scale = 25.4 / self.dpi
        x, y = self.middle(cell)
        left, top = x - self.size / 2, y - self.size / 2
        here = [
            read
            for read in self.reads
            if 0 <= read.x * scale - left <= self.size and 0 <= read.y * scale - top <= self.size
        ]
        again = not here
        if again:
            here = self._again(left, top, (self.dpi, _SECOND_DPI, 2 * _SECOND_DPI))
        else:
            self.reads = [read for read in self.reads if read not in here]
        place: dict[str, Any] = {
            "page": self.shown, "cell": cell.number, "unit": unit, "expected": text,
        }  # fmt: skip
        if not here:
            faults.add("unreadable", **place)
        elif len(here) > 1:
            faults.add("several", count=len(here), **place)
        elif here[0].text != text:
            faults.add("text", found=here[0].text, **place)
        else:
            unused = here[0].unused
            if unused is not None and unused < 1:  # of the print, or only of this picture of it
                finer = self._again(left, top, (_SECOND_DPI,))
                unused = max([unused, *(r.unused or 0 for r in finer if r.text == text)])
            return _Found(1.0 if unused is None else unused, again)
        return None

    def _again(self, left: float, top: float, resolutions: Sequence[int]) -> list[encode.Read]:
        """A second look at one place alone, in finer pictures until one can be read."""
        for dpi in resolutions:
            if dpi not in self.finer:
                self.finer[dpi] = grey_page(self.document, self.number - 1, dpi)
            picture = self.finer[dpi]
            x0, y0, x1, y1 = (
                round(v / 25.4 * dpi) for v in (left, top, left + self.size, top + self.size)
            )
            found = encode.read_back(picture[max(0, y0) : y1, max(0, x0) : x1].copy())
            if found:
                return found
        return []

    def contrast(self, cell: Cell) -> float:
        """Difference of the lightest and the darkest spot of the symbol in *cell*, 0 to 1."""
        x, y = cell.x + self.box.x, cell.y + self.box.y
        x0, y0, x1, y1 = (
            max(0, round(v / 25.4 * self.dpi)) for v in (x, y, x + self.size, y + self.size)
        )
        area = self.picture[y0:y1, x0:x1]
        return float(int(area.max()) - int(area.min())) / 255 if area.size else 1.0

    def no_strays(self, faults: Faults) -> None:
        scale = 25.4 / self.dpi
        for read in self.reads:
            x, y = round(read.x * scale, 1), round(read.y * scale, 1)
            faults.add("stray", page=self.shown, x=x, y=y, found=read.text)
