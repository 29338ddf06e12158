"""The calibration sheet: crosses to measure from, rulers, and symbols from too fine to easy.

A sheet printed at 100 % shows what a printer does to a page. Five distances, taken with a ruler and
typed in, give its profile (`printers.measured`).
"""

from __future__ import annotations

import io
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from labelsvc.labels import batch, paint, symbol
from labelsvc.labels.face import Fonts
from labelsvc.labels.paint import PT
from labelsvc.labels.pdf import bend, font_name, saved
from labelsvc.labels.printers import MARKS_X, MARKS_Y, Profile

PAGE = (210.0, 297.0)
_MID_X, _MID_Y = PAGE[0] / 2, PAGE[1] / 2
_INK, _SOFT, _LEAF = "#1b1b1b", "#5f6368", "#1f5a3c"
#: Text of the ladder's symbols: of the length of a short code, and none of ours.
_SAMPLE = "HTTPS://IN-THU.EXAMPLE/0123456789ABCDEFGHJKMNPQ"
#: Modules of the ladder in mm: whole dots at 203 dpi from two up, and what finer heads can do.
_LADDER = (0.25, 0.3, 0.375, 0.5, 0.625)
_LINES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)

_SAID = {
    "vi": (
        "Tờ căn chỉnh máy in",
        "In ở cỡ thật 100 %, không co giãn, không “vừa trang”. Đo bằng thước trên tờ đã in, tính bằng milimét.",
        "từ mép trái tờ giấy đến dấu cộng trái (phải là {v} mm)",
        "từ mép trái tờ giấy đến dấu cộng phải (phải là {v} mm)",
        "từ mép trên tờ giấy đến dấu cộng trên (phải là {v} mm)",
        "từ mép trên tờ giấy đến dấu cộng dưới (phải là {v} mm)",
        "đầu phải của đường trên thấp hơn đầu trái bao nhiêu (phải là 0)",
        "Mã QR nhỏ nhất mà điện thoại của bạn quét được ngay là cỡ nhỏ nhất nên in trên máy này.",
        "Nét mảnh nhất còn liền",
    ),
    "en": (
        "Printer calibration sheet",
        "Print at true size, 100 %, no “fit to page”. Measure on the printed sheet with a ruler, in millimetres.",
        "from the left edge of the paper to the left cross (should be {v} mm)",
        "from the left edge of the paper to the right cross (should be {v} mm)",
        "from the top edge of the paper to the upper cross (should be {v} mm)",
        "from the top edge of the paper to the lower cross (should be {v} mm)",
        "how much lower the right end of the top line is than its left end (should be 0)",
        "The smallest symbol that your phone reads at once is the smallest to print on this printer.",
        "Thinnest line that is whole",
    ),
}  # fmt: skip


def calibration_pdf(fonts: Fonts, *, language: str = "vi", profile: Profile | None = None) -> bytes:
    """One A4 page, the same bytes every time. *language*: vi or en; bent by *profile*, to see
    whether the correction is right."""
    out = io.BytesIO()
    words = _SAID["en" if language == "en" else "vi"]
    sheet = _Sheet(out, fonts, words[0])
    matrix = bend(profile, *PAGE)
    if matrix:
        sheet.canvas._code.append(f"{matrix} cm")
    sheet.words(words)
    sheet.crosses()
    sheet.rulers()
    sheet.ladder(words[7])
    sheet.lines(words[8])
    sheet.canvas.showPage()
    saved(sheet.canvas)
    return out.getvalue()


def _mm(value: float) -> str:
    return f"{value:g}".replace(".", ",")


class _Sheet:
    """Draws in mm, y down."""

    def __init__(self, out: io.BytesIO, fonts: Fonts, title: str) -> None:
        self.fonts = fonts
        canvas: Any = Canvas
        self.canvas: Any = canvas(
            out,
            pagesize=(PAGE[0] * PT, PAGE[1] * PT),
            pageCompression=1,
            pdfVersion=(1, 6),
            invariant=1,
            initialFontName=font_name(fonts["regular"]),
            lang="vi",
        )
        self.canvas.setViewerPreference("PrintScaling", "None")
        self.canvas.setTitle(title)
        self.canvas.setAuthor("labelsvc")

    def text(
        self, x: float, y: float, text: str, size: float, *, face: str = "regular",
        colour: str = _INK, middle: bool = False,
    ) -> None:  # fmt: skip
        self.canvas.setFillColor(colour)
        self.canvas.setFont(font_name(self.fonts[face]), size)
        draw = self.canvas.drawCentredString if middle else self.canvas.drawString
        draw(x * PT, (PAGE[1] - y) * PT, text)

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.15) -> None:
        self.canvas.setStrokeColor(_INK)
        self.canvas.setLineWidth(width * PT)
        self.canvas.line(x1 * PT, (PAGE[1] - y1) * PT, x2 * PT, (PAGE[1] - y2) * PT)

    def words(self, words: tuple[str, ...]) -> None:
        self.text(28, 38, words[0], 17, face="bold", colour=_LEAF)
        at = 45.0
        for part in _wrapped(words[1], 92):
            self.text(28, at, part, 9.5, colour=_SOFT)
            at += 4.6
        values = (*MARKS_X, *MARKS_Y, 0.0)
        for number, (name, text, value) in enumerate(zip("ABCDE", words[2:7], values, strict=True)):
            y = 60 + number * 10.5
            self.canvas.setStrokeColor(_SOFT)
            self.canvas.setLineWidth(0.5)
            self.canvas.rect(28 * PT, (PAGE[1] - y - 2) * PT, 26 * PT, 8 * PT)
            self.text(30, y, f"{name} =", 11, face="bold")
            self.text(57, y, text.replace("{v}", _mm(value)), 9.5)

    def crosses(self) -> None:
        for x, y, name in (
            (MARKS_X[0], _MID_Y, "A"),
            (MARKS_X[1], _MID_Y, "B"),
            (_MID_X, MARKS_Y[0], "C"),
            (_MID_X, MARKS_Y[1], "D"),
        ):
            self.line(x - 6, y, x + 6, y)
            self.line(x, y - 6, x, y + 6)
            self.canvas.circle(x * PT, (PAGE[1] - y) * PT, 2.5 * PT)
            self.text(x + 3, y - 3, name, 12, face="bold", colour=_LEAF)
        self.line(MARKS_X[0], MARKS_Y[0], MARKS_X[1], MARKS_Y[0])
        for x in MARKS_X:
            self.line(x, MARKS_Y[0] - 3, x, MARKS_Y[0] + 3)
        self.text(MARKS_X[1] - 4, MARKS_Y[0] - 3, "E", 12, face="bold", colour=_LEAF)

    def rulers(self) -> None:
        """150 mm across and down: a stretched page shows at once against a real ruler."""
        for step in range(151):
            long = 4.0 if step % 10 == 0 else 2.8 if step % 5 == 0 else 1.6
            self.line(30 + step, 262, 30 + step, 262 - long, 0.1)
            self.line(200, 70 + step, 200 - long, 70 + step, 0.1)
            if step % 10 == 0:
                self.text(30 + step, 265.5, str(step), 6, middle=True, colour=_SOFT)
                self.text(201, 70.8 + step, str(step), 6, colour=_SOFT)
        self.line(30, 262, 180, 262, 0.1)
        self.line(200, 70, 200, 220, 0.1)

    def ladder(self, words: str) -> None:
        at = 28.0
        matrix = symbol.matrix(_SAMPLE, version=3, level="M", mask=batch.FIXED_MASK)
        for module in _LADDER:
            side = module * len(matrix)
            path = "".join(
                f"{paint.number((at + column * module) * PT)} "
                f"{paint.number((PAGE[1] - 112 - (row + 1) * module) * PT)} "
                f"{paint.number(module * PT)} {paint.number(module * PT)} re "
                for row, line in enumerate(matrix)
                for column, dark in enumerate(line)
                if dark
            )
            self.canvas._code.append(f"{paint.fill(_INK)} {path} f")
            self.text(at + side / 2, 135.5, f"{_mm(module)} mm", 8, middle=True)
            at += side + 10
        for number, part in enumerate(_wrapped(words, 100)):
            self.text(28, 141.5 + number * 4.6, part, 9.5, colour=_SOFT)

    def lines(self, words: str) -> None:
        self.text(28, 166, words, 9.5, colour=_SOFT)
        for number, width in enumerate(_LINES):
            x = 30 + number * 22
            self.line(x, 172, x + 14, 172, width)
            self.line(x + 7, 176, x + 7, 188, width)
            self.text(x + 7, 193.5, f"{_mm(width)}", 8, middle=True)


def _wrapped(text: str, most: int) -> list[str]:
    lines: list[str] = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
