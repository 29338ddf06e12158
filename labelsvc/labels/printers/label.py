"""Label: makes calibration labels for printers of rolls: a cross, rulers, a ladder of symbols. Used by the
pages of printers.

The first label has the cross; how far it stands from two edges of the label gives the printer's
offset (`printers.moved`). The next ones have symbols of 2 to 6 dots a module, each with its dots
and millimetres: the finest that a phone reads at once is the finest to print on that printer.
Everything is dots of the printer, sent as the pictures that rolls are (`rolls.pictures`).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pypdfium2
from reportlab.pdfgen.canvas import Canvas

from labelsvc.errors import BadInput
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts.paper import Article
from labelsvc.labels.pdf.canvas import font_name, saved
from labelsvc.labels.pdf.paint import PT
from labelsvc.labels.pdf.rendering import PDFIUM, grey_page
from labelsvc.labels.rolls.languages import Language
from labelsvc.labels.rolls.raster import HEADS, Bits, Row, shifted
from labelsvc.labels.sheets.profile import Profile
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.labels.symbols import batch, encode
from labelsvc.labels.symbols import size as symbol_size

#: Dots of a module, from too fine for most printers to easy.
LADDER = (2, 3, 4, 5, 6)
#: From the left and the upper edge of the label to the cross, mm; of a round one it is the middle.
CROSS = 6.0
#: Free at every edge, mm; between two symbols of the ladder.
_MARGIN, _GAP = 1.0, 1.0
_ARM = 4.0
_LEAST = (17.0, 10.0)
#: Letters: mm high, between lines, the least that can be read at 203 dpi.
_LETTER, _LARGE, _LEADING, _SMALLEST = 2.3, 3.0, 1.3, 1.6
_INK = 150

_SAID = {
    "vi": (
        "Tem căn chỉnh", "A, từ mép trái: {x} mm", "C, từ mép trên: {y} mm",
        "{size} mm · {dpi} dpi", "{dots} chấm", "{mm} mm",
    ),
    "en": (
        "Calibration label", "A, from the left: {x} mm", "C, from the top: {y} mm",
        "{size} mm · {dpi} dpi", "{dots} dots", "{mm} mm",
    ),
}  # fmt: skip


class _Words(NamedTuple):
    """A line of letters: where it begins and its baseline, mm."""

    x: float
    y: float
    text: str
    size: float
    face: str = "regular"


#: A picture and where its corner is, mm.
_Ink = tuple[float, float, Bits]


class _Step(NamedTuple):
    """A symbol of the ladder with its words, from its own corner."""

    words: list[_Words]
    ink: list[_Ink]
    width: float
    height: float


class _Box(NamedTuple):
    """The room in which something may stand, mm."""

    left: float
    top: float
    right: float
    bottom: float


def cross_of(article: Article) -> tuple[float, float]:
    """Tell how far the cross stands from the left and the upper edge of the label, mm."""
    if article.label is not None and article.label.round:
        width, height = article.label.size
        return width / 2, height / 2
    height = article.label.size[1] if article.label is not None else 2 * CROSS
    return CROSS, min(CROSS, height / 2)


def calibration_file(
    article: Article,
    fonts: Fonts,
    *,
    dpi: int,
    output: Language,
    language: str = "vi",
    profile: Profile | None = None,
) -> bytes:
    """The commands of the labels in the language *output*, the same bytes every time.

    :param language: of the words, vi or en.

    :param profile: the printer's, to see whether its correction is right; otherwise none is made.
    :raises BadInput: the label is too small, or no label printer has *dpi*.
    """
    sheet = Sheet.of_article("roll", article)
    rows = calibration_rows(article, fonts, dpi=dpi, language=language, profile=profile)
    out = io.BytesIO()
    output.write(out, rows, float(sheet.page_width), float(sheet.page_height))
    return out.getvalue()


def calibration_rows(
    article: Article,
    fonts: Fonts,
    *,
    dpi: int,
    language: str = "vi",
    profile: Profile | None = None,
) -> list[Row]:
    """The rows of the roll. Raises what `calibration_file` raises."""
    if dpi not in HEADS:
        raise BadInput("A label printer has 203, 300 or 600 dpi.", field="dpi")
    sheet = Sheet.of_article("roll", article)
    width, height = float(sheet.width), float(sheet.height)
    if width < _LEAST[0] or height < _LEAST[1]:
        raise BadInput(
            "A label of {width} × {height} mm is too small to measure on.",
            fix="Choose a roll with labels of at least 17 × 10 mm.",
            width=f"{width:g}",
            height=f"{height:g}",
            field="roll",
        )
    said, scale = _SAID["en" if language == "en" else "vi"], symbol_size.dots_per_mm(dpi)
    roll = _Roll(sheet, scale, article.label is not None and article.label.round, fonts)
    roll.marks(cross_of(article), said, dpi)
    roll.ladder(said)
    return [Row(row.first, row.labels, shifted(row.bits, profile, scale)) for row in roll.rows()]


def _mm(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".").replace(".", ",")


class _Roll:
    """Labels drawn one after another; a row has as many as lie beside each other."""

    def __init__(self, sheet: Sheet, scale: float, is_round: bool, fonts: Fonts) -> None:
        self.sheet, self.scale, self.fonts = sheet, scale, fonts
        self.width, self.height = float(sheet.width), float(sheet.height)
        inset = 0.1464 * self.width if is_round else _MARGIN
        self.area = _Box(inset, inset, self.width - inset, self.height - inset)
        self.is_round = is_round
        self.letter = _LARGE if min(self.width, self.height) >= 40 else _LETTER
        #: Of each label: its words, and squares of ink: left, top, picture.
        self.labels: list[tuple[list[_Words], list[_Ink]]] = []

    # --- what stands on the labels, in mm from the corner of each ---

    def marks(self, mark: tuple[float, float], said: Sequence[str], dpi: int) -> None:
        x, y = mark
        ink = [self._bar(x - _ARM, y, x + _ARM, y), self._bar(x, y - _ARM, x, y + _ARM)]
        low = y + _ARM > self.area.bottom - 3.5
        rulers, words = self._rulers(x + _ARM + 1 if low else self.area.left)
        ink += rulers
        words += [
            _Words(x - _ARM, y - 0.7, "A", _LETTER, "bold"),
            _Words(x + 0.7, y - _ARM + _LETTER * 0.75, "C", _LETTER, "bold"),
        ]
        size = f"{_mm(self.width)} × {_mm(self.height)}"
        lines = [
            (said[0], "bold"),
            (said[1].replace("{x}", _mm(x)), "regular"),
            (said[2].replace("{y}", _mm(y)), "regular"),
            (said[3].replace("{size}", size).replace("{dpi}", str(dpi)), "regular"),
        ]
        left, right = self.area.left, self.area.right - 3.5
        top = self.area.top
        if self.is_round:
            top = y + _ARM + 0.5
        else:
            left = x + _ARM + 1.0
        room = right - left
        for line, face in lines:
            wide = self.fonts[face].width(line, 1.0)
            letter = min(self.letter, room / wide)
            if letter < _SMALLEST or top + letter > self.area.bottom - 5.0:
                continue
            words.append(_Words(left, top + letter, line, letter, face))
            top += letter * _LEADING + 0.3
        self.labels.append((words, ink))

    def ladder(self, said: Sequence[str]) -> None:
        """Symbols from the finest on, in rows, on as many labels as it takes."""
        # A quiet zone is free anyway: it may reach to the edge.
        room = self.area if self.is_round else _Box(0.0, 0.0, self.width, self.height)
        words: list[_Words] = []
        ink: list[_Ink] = []
        x, y, high = room.left, room.top, 0.0
        for dots in LADDER:
            step = self._step(dots, said, room)
            if step is None:
                continue  # no symbol of this size can stand on such a label
            if x + step.width > room.right + 1e-6 and ink:
                x, y, high = room.left, y + high + _GAP, 0.0
            if y + step.height > room.bottom + 1e-6:
                self.labels.append((words, ink))
                words, ink, x, y, high = [], [], room.left, room.top, 0.0
            ink += [(x + left, y + top, bits) for left, top, bits in step.ink]
            words += [word._replace(x=x + word.x, y=y + word.y) for word in step.words]
            x, high = x + step.width, max(high, step.height)
        if ink:
            self.labels.append((words, ink))

    def _step(self, dots: int, said: Sequence[str], room: _Box) -> _Step | None:
        """A symbol with its words beside it, or below where that does not fit."""
        matrix = encode.matrix(f"IN-THU {dots} CHAM", version=1, level="M", mask=batch.FIXED_MASK)
        picture = np.asarray(matrix, np.bool_).repeat(dots, 0).repeat(dots, 1)
        quiet = encode.QUIET * dots / self.scale
        side = len(picture) / self.scale + 2 * quiet
        told = [
            said[4].replace("{dots}", str(dots)),
            said[5].replace("{mm}", _mm(dots / self.scale)),
        ]
        faces = ("bold", "regular")
        wide = max(self.fonts[face].width(text, self.letter) for face, text in zip(faces, told, strict=True))  # fmt: skip
        ink: list[_Ink] = [(quiet, quiet, picture)]
        across, down = room.right - room.left, room.bottom - room.top
        line = self.letter * _LEADING
        if side + wide + 1 <= across and side <= down:
            at, first, size = side, side / 2 - 0.3, (side + wide + 1.5, side)
        elif max(side, wide + 1) <= across and side + 2 * line - quiet / 2 <= down:
            at, first = max(0.0, side / 2 - wide / 2), side - quiet / 2 + self.letter
            size = (max(side, wide + 1), first + line + 0.5)
        else:
            return None
        words = [
            _Words(at, first + number * line, text, self.letter, face)
            for number, (face, text) in enumerate(zip(faces, told, strict=True))
        ]
        return _Step(words, ink, *size)

    def _bar(self, x1: float, y1: float, x2: float, y2: float) -> _Ink:
        """A line of two dots or a sixth of a millimetre, its middle on the asked place."""
        thick = max(2, round(self.scale / 6))
        if x1 == x2:
            bits = np.ones((round((y2 - y1) * self.scale), thick), np.bool_)
            return x1 - thick / 2 / self.scale, y1, bits
        bits = np.ones((thick, round((x2 - x1) * self.scale)), np.bool_)
        return x1, y1 - thick / 2 / self.scale, bits

    def _rulers(self, start: float) -> tuple[list[_Ink], list[_Words]]:
        """Millimetres along the lower edge from *start* on and along the right one, counted from
        the corner of the label."""
        ink: list[_Ink] = []
        words: list[_Words] = []
        right, bottom = self.area.right, self.area.bottom
        for step in range(int(start) + 1, int(right) + 1):
            long = round(_tick(step) * self.scale)
            ink.append((step, bottom - long / self.scale, np.ones((long, 1), np.bool_)))
            if step % 10 == 0 and self.height >= 16 and step < right - 5:
                words.append(_Words(step - 0.9, bottom - 3.3, str(step), _SMALLEST))
        for step in range(int(self.area.top) + 1, int(bottom) - 3):
            long = round(_tick(step) * self.scale)
            ink.append((right - long / self.scale, step, np.ones((1, long), np.bool_)))
        return ink, words

    # --- the labels as rows of dots ---

    def rows(self) -> list[Row]:
        across, made = self.sheet.columns, []
        for start in range(0, len(self.labels), across):
            here = self.labels[start : start + across]
            bits = self._letters([words for words, _ in here])
            for column, (_, ink) in enumerate(here, 1):
                left, top = self.sheet.origin(column)
                for x, y, picture in ink:
                    _put(
                        bits, round((left + x) * self.scale), round((top + y) * self.scale), picture
                    )
            made.append(Row(start + 1, len(here), bits))
        return made

    def _letters(self, labels: Sequence[Sequence[_Words]]) -> Bits:
        page = float(self.sheet.page_width), float(self.sheet.page_height)
        make: Any = Canvas
        out = io.BytesIO()
        canvas = make(
            out,
            pagesize=(page[0] * PT, page[1] * PT),
            invariant=1,
            initialFontName=font_name(self.fonts["regular"]),
        )
        for column, words in enumerate(labels, 1):
            left, top = self.sheet.origin(column)
            for word in words:
                canvas.setFont(font_name(self.fonts[word.face]), word.size * PT)
                canvas.drawString((left + word.x) * PT, (page[1] - top - word.y) * PT, word.text)
        canvas.showPage()
        saved(canvas)
        with PDFIUM:
            document = pypdfium2.PdfDocument(out.getvalue())
        try:
            dark = grey_page(document, 0, self.scale * 25.4) < _INK
        finally:
            with PDFIUM:
                document.close()
        bits = np.zeros((round(page[1] * self.scale), round(page[0] * self.scale)), np.bool_)
        high, wide = (min(a, b) for a, b in zip(bits.shape, dark.shape, strict=True))
        bits[:high, :wide] = dark[:high, :wide]
        return bits


def _tick(step: int) -> float:
    return 3.0 if step % 10 == 0 else 2.2 if step % 5 == 0 else 1.2


def _put(bits: Bits, x: int, y: int, picture: Bits) -> None:
    """*picture* into *bits* with its corner at x, y; what is outside is cut off."""
    high, wide = picture.shape
    top, left = max(0, -y), max(0, -x)
    bottom, right = min(high, bits.shape[0] - y), min(wide, bits.shape[1] - x)
    if top < bottom and left < right:
        bits[y + top : y + bottom, x + left : x + right] |= picture[top:bottom, left:right]
