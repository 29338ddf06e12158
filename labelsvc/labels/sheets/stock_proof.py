"""Stock proof: draws the test sheet of an article, to be held against a real sheet. Used by stock."""

from __future__ import annotations

import io
import threading
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from labelsvc.errors import fill
from labelsvc.i18n import translate
from labelsvc.labels.drawing.fonts_metrics import Face, Fonts
from labelsvc.labels.layouts.paper import Article
from labelsvc.labels.sheets.sheet import Sheet

PT = 72 / 25.4  # points in a millimetre
_RULER = 100  # mm
#: A page smaller than this, mm, has no room for words: a roll gets outlines and short rulers.
_ROOM = (140.0, 140.0)
#: ReportLab keeps the subset of a font in the font: one document at a time.
_SUBSETTING = threading.Lock()
_INK, _SOFT = (0.1, 0.1, 0.1), (0.45, 0.45, 0.45)


def test_sheet_pdf(name: str, article: Article, fonts: Fonts, *, language: str = "vi") -> bytes:
    """One page of the size of the article's: outline, number and cross hairs of every label,
    rulers of 100 mm both ways, and lines to write down what was measured. The same bytes each time.

    Pages under 140 mm have no words. Raises `LayoutError` when the labels do not fit the page.
    """
    sheet = Sheet.of_article(name, article)
    with _SUBSETTING:
        return _Proof(name, article, sheet, fonts, language).pdf()


def _font(face: Face) -> Any:  # ReportLab's stubs take the name for a number
    """Register *face* with ReportLab under a name of our own; that name."""
    name = f"proof-{face.name}"
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(face.data)))
    return name


class _Proof:
    def __init__(
        self, name: str, article: Article, sheet: Sheet, fonts: Fonts, language: str
    ) -> None:
        self.name, self.article, self.sheet, self.language = name, article, sheet, language
        self.width, self.height = float(sheet.page_width), float(sheet.page_height)
        self.regular, self.bold = _font(fonts["regular"]), _font(fonts["bold"])
        self.out = io.BytesIO()
        self.canvas = Canvas(
            self.out,
            pagesize=(self.width * PT, self.height * PT),
            invariant=1,
            initialFontName=self.regular,
        )
        # A viewer that scales to fit would make every measurement wrong.
        self.canvas.setViewerPreference("PrintScaling", "None")
        self.canvas.setTitle(article.title or name)

    def say(self, text: str, **params: Any) -> str:
        return fill(translate(text, self.language), params)

    def pdf(self) -> bytes:
        roomy = self.width >= _ROOM[0] and self.height >= _ROOM[1]
        for cell in range(1, self.sheet.per_page + 1):
            self._label(cell, clear=not roomy)
        if roomy:
            self._notes()
        else:
            self._rulers(0.0, self.height - 1.5, 0.0, min(self.width, self.height))
            self._title()
        self.canvas.showPage()
        self.canvas.save()
        return self.out.getvalue()

    def _title(self) -> None:
        """The name on a page without room for more: beside the ruler, as much as one label holds."""
        words, size = self.article.title or self.name, min(5.0, self.height * PT / 5)
        wide = float(self.sheet.left) + float(self.sheet.width) - 4.5
        if stringWidth(words, self.regular, size) > wide * PT:
            words = self.name
        if stringWidth(words, self.regular, size) <= wide * PT:
            self._words(4.5, size / PT + 0.9, words, size, soft=True)

    def _label(self, cell: int, *, clear: bool) -> None:
        """*clear*: its number stays away from the rulers at the left and the lower edge."""
        x, y = self.sheet.origin(cell)
        w, h = float(self.sheet.width), float(self.sheet.height)
        shape = self.article.label
        self._pen(0.15, _INK)
        if shape is not None and shape.round:
            self.canvas.circle(
                (x + w / 2) * PT, (self.height - y - h / 2) * PT, w / 2 * PT, stroke=1, fill=0
            )
        else:
            radius = shape.corner_radius if shape else 0.0
            self.canvas.roundRect(
                x * PT, (self.height - y - h) * PT, w * PT, h * PT, radius * PT, stroke=1, fill=0
            )
        # Cross hairs in the middle: they meet those of a second sheet held against the light.
        arm = min(w, h) / 6
        self._line(x + w / 2 - arm, y + h / 2, x + w / 2 + arm, y + h / 2)
        self._line(x + w / 2, y + h / 2 - arm, x + w / 2, y + h / 2 + arm)
        size = min(7.0, h * PT / 4)
        left, base = x + min(w, h) / 8, y + h - min(h / 8, 1.5)
        if clear:
            wide = stringWidth(str(cell), self.regular, size) / PT
            left, base = x + w - wide - min(w, h) / 8, y + h / 2 + size / PT + min(h / 16, 1.0)
        self._words(left, base, str(cell), size, soft=True)

    def _notes(self) -> None:
        """A white panel in the middle of the page with the advice, the rulers, and the lines."""
        w, h = 128.0, 118.0
        x, y = (self.width - w) / 2, (self.height - h) / 2
        self.canvas.setFillColorRGB(1, 1, 1)
        self._pen(0.3, _INK)
        self.canvas.roundRect(
            x * PT, (self.height - y - h) * PT, w * PT, h * PT, 3 * PT, stroke=1, fill=1
        )
        left = x + 16
        self._words(left, y + 9, self.article.title or self.name, 12, bold=True)
        shape = " × ".join(f"{v:g}" for v in (self.width, self.height))
        self._words(left, y + 14.5, f"{self.name} · {shape} mm", 7.5, soft=True)
        advice = [
            self.say("Print at 100 %, never “fit to page”. Both rulers must measure 100 mm."),
            self.say("Hold this page and an empty sheet against the light, or measure the sheet."),
        ]
        if self.article.unsure:
            advice.insert(0, self.say("Measure again: the numbers of this sheet are not certain."))
        for number, line in enumerate(advice):
            bold = self.article.unsure and number == 0
            self._words(left, y + 21 + 4.4 * number, line, 8, bold=bold)
        self._rulers(left, y + 40, y + 9, _RULER, x + 7)
        at = y + 57
        self._words(left, at - 6.5, self.say("Measured on the sheet, mm"), 9, bold=True)
        for words, value in self._facts():
            self._words(left, at, words, 8)
            self._words(left + 75, at, value, 8, soft=True)
            self._pen(0.15, _SOFT)
            self._line(left + 88, at + 0.8, left + 109, at + 0.8)
            at += 8.6

    def _facts(self) -> list[tuple[str, str]]:
        s = self.sheet
        rows = [
            (self.say("Left edge of the page to the first label"), s.left),
            (self.say("Upper edge of the page to the first label"), s.top),
            (self.say("Width of a label"), s.width),
            (self.say("Height of a label"), s.height),
        ]
        if s.columns > 1:
            across = (s.columns - 1) * s.pitch_x
            rows.append((self.say("Left edge of the first to that of the last in the row"), across))
        if s.rows > 1:
            down = (s.rows - 1) * s.pitch_y
            rows.append((self.say("Upper edge of the first to that of the last below"), down))
        point = "," if self.language == "vi" else "."
        return [(words, f"{float(value):.2f}".replace(".", point)) for words, value in rows]

    def _rulers(
        self, x: float, y: float, top: float, length: float, column: float | None = None
    ) -> None:
        """One ruler to the right from x, y; one down from *top* at *column* (x unless given)."""
        column = x if column is None else column
        whole = int(length)
        self._pen(0.15, _INK)
        self._line(x, y, x + whole, y)
        self._line(column, top, column, top + whole)
        for mm in range(whole + 1):
            long = 3.0 if mm % 10 == 0 else 2.0 if mm % 5 == 0 else 1.2
            self._line(x + mm, y, x + mm, y - long)
            self._line(column, top + mm, column + long, top + mm)
            if mm % 20 == 0 and length >= _RULER:
                self._words(x + mm - (0.7 if mm < 10 else 1.8), y + 3, str(mm), 6)
                self._words(column - 4.6, top + mm + 0.8, str(mm), 6)

    def _pen(self, width: float, colour: tuple[float, float, float]) -> None:
        self.canvas.setLineWidth(width * PT)
        self.canvas.setStrokeColorRGB(*colour)

    def _line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.canvas.line(x0 * PT, (self.height - y0) * PT, x1 * PT, (self.height - y1) * PT)

    def _words(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, soft: bool = False
    ) -> None:
        self.canvas.setFillColorRGB(*(_SOFT if soft else _INK))
        self.canvas.setFont(self.bold if bold else self.regular, size)
        self.canvas.drawString(x * PT, (self.height - y) * PT, text)
