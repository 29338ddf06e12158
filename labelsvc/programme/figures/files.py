"""Files: writes a figure as a workbook with a chart, and as PDF pages. Used by the page of figures."""

from __future__ import annotations

import io
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)
from xlsxwriter import Workbook

from labelsvc import i18n
from labelsvc.i18n import translate
from labelsvc.inspections.day_report_pdf import Numbered
from labelsvc.labels.drawing import fonts
from labelsvc.labels.pdf.canvas import font_name, subsetting
from labelsvc.programme.figures.counting import Counted

#: Rows that the chart of a workbook shows.
_CHARTED: Final = 20
_WORDS: Final = ("Row", "Products", "Owners", "Share in %", "A month before", "In a month")
_TOLD: Final = {
    "sum": "Together",
    "day": "As of {day}",
    "shares": "Each share is rounded by itself to a tenth: as shown they add up to {sum} %.",
}
_MARGIN, _FOOT = 18 * mm, 18 * mm
_BAR: Final = 40 * mm
_LINE, _GREEN = HexColor("#c9c9c2"), HexColor("#17603a")


def heads(counted: Counted, language: str) -> list[str]:
    """Words above the columns of `lines`."""
    row, products, owners, *rest = _WORDS
    what = owners if counted.measure.counts == "owners" else products
    return [translate(words, language) for words in (row, what, *rest)]


def lines(counted: Counted, language: str) -> list[list[Any]]:
    """A figure as a table: its rows, and their sum."""
    found: list[list[Any]] = [
        [row.words, row.count, row.share, row.before, row.change] for row in counted.rows
    ]
    together = translate(_TOLD["sum"], language)
    return [*found, [together, counted.total, counted.shares, counted.before, counted.change]]


def title(counted: Counted, language: str) -> str:
    """The figure and its day in one line."""
    day = translate(_TOLD["day"], language, day=i18n.day(counted.on))
    return f"{translate(counted.measure.title, language)} · {day}"


def workbook(counted: Counted, *, language: str, office: str) -> bytes:
    """The figure as XLSX: one sheet with a bar chart beside the table."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, sheet = book.add_format({"bold": True}), book.add_worksheet(counted.name[:31])
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 4, 14)
        sheet.write_string(0, 0, title(counted, language), bold)
        sheet.write_string(1, 0, office)
        sheet.write_row(3, 0, heads(counted, language), bold)
        for at, line in enumerate(lines(counted, language), 4):
            sheet.write_string(at, 0, line[0])
            sheet.write_row(at, 1, [float(value) for value in line[1:]])
        sheet.freeze_panes(4, 1)
        shown = min(len(counted.rows), _CHARTED)
        if shown:
            chart: Any = book.add_chart({"type": "bar"})
            chart.add_series(
                {
                    "name": heads(counted, language)[1],
                    "categories": [sheet.name, 4, 0, 3 + shown, 0],
                    "values": [sheet.name, 4, 1, 3 + shown, 1],
                }
            )
            chart.set_y_axis({"reverse": True})
            chart.set_legend({"none": True})
            sheet.insert_chart(3, 6, chart)
    return out.getvalue()


def pages(counted: Counted, *, language: str, office: str) -> bytes:
    """The figure as A4 pages in our fonts; the same figure gives the same bytes."""
    faces = fonts.load()
    plain, bold = font_name(faces["regular"]), font_name(faces["bold"])

    def words(text: str, size: float = 9.5, font: str = plain, **more: Any) -> Paragraph:
        face = faces["regular"]
        known = "".join(one if one == " " or face.has(one) else "?" for one in text)
        style = ParagraphStyle("s", fontName=font, fontSize=size, leading=size * 1.38, **more)
        return Paragraph(escape(known), style)

    first, *rest = heads(counted, language)
    right = [words(head, font=bold, alignment=TA_RIGHT) for head in rest]
    rows: list[list[Any]] = [[words(first, font=bold), "", *right]]
    for at, line in enumerate(lines(counted, language)):
        last = at == len(counted.rows)
        font = bold if last else plain
        bar = "" if last else _Bar(line[1] / (counted.most or 1))
        # Plain texts: a paragraph for each number of a long figure takes a second.
        numbers = [i18n.number(value, language) for value in line[1:]]
        rows.append([words(line[0], font=font), bar, *numbers])
    width = A4[0] - 2 * _MARGIN
    wide = [20 * mm, 18 * mm, 20 * mm, 20 * mm]
    table = Table(rows, colWidths=[width - _BAR - sum(wide), _BAR, *wide], repeatRows=1)
    table.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("FONT", (2, 1), (-1, -2), plain, 9.5),
            ("FONT", (2, -1), (-1, -1), bold, 9.5),
            ("ALIGN", (2, 1), (-1, -1), "RIGHT"),
        ]
    )
    story: list[Flowable] = [words(title(counted, language), 14, bold), Spacer(0, 3 * mm), table]
    if counted.measure.note:
        story += [Spacer(0, 3 * mm), words(translate(counted.measure.note, language), 8.5)]
    if counted.rows and counted.shares != 100:
        together = i18n.number(float(counted.shares), language)
        story.append(words(translate(_TOLD["shares"], language, sum=together), 8.5))
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, title=title(counted, language), author=office, creator="labelsvc",
        lang=language, invariant=1,
    )  # fmt: skip
    frame = Frame(_MARGIN, _FOOT, width, A4[1] - _MARGIN - _FOOT, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))

    class Foot(Numbered):
        words, font = f"{office} · {title(counted, language)}", plain

    with subsetting():
        document.build(story, canvasmaker=Foot)
    return out.getvalue()


class _Bar(Flowable):
    """A bar as long as its part of the largest row."""

    def __init__(self, part: float) -> None:
        super().__init__()
        self.width, self.height, self.part = _BAR - 4 * mm, 2.4 * mm, part

    def draw(self) -> None:
        self.canv.setFillColor(_GREEN)
        self.canv.rect(0, 0, self.width * self.part, self.height, stroke=0, fill=1)
