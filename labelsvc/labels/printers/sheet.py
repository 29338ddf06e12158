"""The calibration sheet: crosses to measure from, rulers, symbols, lines and letters from too fine
to easy, and the outline of a bank card.

A sheet printed at 100 % shows what a printer does to a page. Five distances, taken with a ruler and
typed in, give its profile (`printers.measured`).
"""

from __future__ import annotations

import io
from typing import NamedTuple

from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.pdf import paint
from labelsvc.labels.pdf.canvas import canvas_for_labels, font_name, saved
from labelsvc.labels.pdf.paint import PT, bend
from labelsvc.labels.sheets.profile import CROSSES_X, CROSSES_Y, Profile
from labelsvc.labels.symbols import batch, encode
from labelsvc.labels.symbols import size as symbol_size

PAGE = (210.0, 297.0)
_MID_X, _MID_Y = PAGE[0] / 2, PAGE[1] / 2
_INK, _SOFT, _LEAF = "#1b1b1b", "#5f6368", "#1f5a3c"
#: Text of the ladder's symbols: of the length of a short code, and none of ours.
_SAMPLE = "HTTPS://IN-THU.EXAMPLE/0123456789ABCDEFGHJKMNPQ"
#: Modules of the ladder in mm: two to six dots of a head of 203 dpi.
_LADDER = (0.25, 0.375, 0.5, 0.625, 0.75)
_HEADS = (203, 300, 600)
_LINES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
_LETTERS = (4, 5, 6, 7, 8, 9)
_SHADES = tuple(range(10, 101, 10))
#: A bank card (ISO/IEC 7810, ID-1): everybody has one to lay on the sheet.
_CARD = (85.6, 53.98, 3.18)
_LEFT, _RIGHT = 28.0, 182.0


class _Said(NamedTuple):
    title: str
    ask: str
    distances: tuple[str, ...]
    ladder: str
    ladder_ask: str
    dots: str
    lines: str
    letters: str
    sample: str
    shades: str
    card: tuple[str, str]


_SAID = {
    "vi": _Said(
        "Tờ căn chỉnh máy in",
        "In ở cỡ thật 100 %, không co giãn, không “vừa trang”. Đo bằng thước trên tờ đã in, tính bằng milimét.",
        (
            "từ mép trái tờ giấy đến dấu cộng trái (phải là {v} mm)",
            "từ mép trái tờ giấy đến dấu cộng phải (phải là {v} mm)",
            "từ mép trên tờ giấy đến dấu cộng trên (phải là {v} mm)",
            "từ mép trên tờ giấy đến dấu cộng dưới (phải là {v} mm)",
            "đầu phải của đường trên thấp hơn đầu trái bao nhiêu (phải là 0)",
        ),
        "Mã QR từ khó đến dễ",
        "Mã nhỏ nhất mà điện thoại quét được ngay là cỡ nhỏ nhất nên in trên máy này. Số chấm: ở 203 · 300 · 600 dpi.",
        "{d} chấm",
        "Nét mảnh nhất còn liền",
        "Chữ nhỏ nhất đọc được",
        "Ổi sấy dẻo, nước mắm cốt, bưởi Diễn",
        "Độ đậm, %: mười ô phải khác nhau",
        ("Đặt thẻ ngân hàng lên đây", "Khung vừa khít thẻ khi in đúng 100 %: 85,6 × 54 mm."),
    ),
    "en": _Said(
        "Printer calibration sheet",
        "Print at true size, 100 %, no “fit to page”. Measure on the printed sheet with a ruler, in millimetres.",
        (
            "from the left edge of the paper to the left cross (should be {v} mm)",
            "from the left edge of the paper to the right cross (should be {v} mm)",
            "from the top edge of the paper to the upper cross (should be {v} mm)",
            "from the top edge of the paper to the lower cross (should be {v} mm)",
            "how much lower the right end of the top line is than its left end (should be 0)",
        ),
        "Symbols from hard to easy",
        "The smallest symbol that a phone reads at once is the smallest to print on this printer. Dots: at 203 · 300 · 600 dpi.",
        "{d} dots",
        "Thinnest line that is whole",
        "Smallest letters that can be read",
        "Ổi sấy dẻo, nước mắm cốt, bưởi Diễn",
        "Shades, %: ten different fields",
        ("Lay a bank card here", "It fills the frame when printed at 100 %: 85.6 × 54 mm."),
    ),
}


def calibration_pdf(fonts: Fonts, *, language: str = "vi", profile: Profile | None = None) -> bytes:
    """One A4 page, the same bytes every time. *language*: vi or en; bent by *profile*, to see
    whether the correction is right."""
    out = io.BytesIO()
    words = _SAID["en" if language == "en" else "vi"]
    sheet = _Sheet(out, fonts, words.title, point=language == "en")
    matrix = bend(profile, *PAGE)
    if matrix:
        sheet.canvas._code.append(f"{matrix} cm")
    sheet.words(words)
    sheet.crosses()
    sheet.rulers()
    sheet.ladder(words)
    sheet.lines(words.lines)
    sheet.letters(words)
    sheet.shades(words.shades)
    sheet.card(words.card)
    sheet.canvas.showPage()
    saved(sheet.canvas)
    return out.getvalue()


class _Sheet:
    """Draws in mm, y down."""

    def __init__(self, out: io.BytesIO, fonts: Fonts, title: str, *, point: bool) -> None:
        self.fonts, self.point = fonts, point
        self.canvas = canvas_for_labels(out, fonts, *PAGE)
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

    def mm(self, value: float) -> str:
        text = f"{value:g}"
        return text if self.point else text.replace(".", ",")

    def wrapped(self, text: str, size: float) -> list[str]:
        """*text* in lines that fit between the margins."""
        face, lines = self.fonts["regular"], [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and face.width(longer, size / PT) > _RIGHT - _LEFT:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.15) -> None:
        self.canvas.setStrokeColor(_INK)
        self.canvas.setLineWidth(width * PT)
        self.canvas.line(x1 * PT, (PAGE[1] - y1) * PT, x2 * PT, (PAGE[1] - y2) * PT)

    def words(self, words: _Said) -> None:
        self.text(_LEFT, 38, words.title, 17, face="bold", colour=_LEAF)
        at = 45.0
        for part in self.wrapped(words.ask, 9.5):
            self.text(_LEFT, at, part, 9.5, colour=_SOFT)
            at += 4.6
        values = (*CROSSES_X, *CROSSES_Y, 0.0)
        for number, (name, text, value) in enumerate(
            zip("ABCDE", words.distances, values, strict=True)
        ):
            y = 60 + number * 10.5
            self.canvas.setStrokeColor(_SOFT)
            self.canvas.setLineWidth(0.5)
            self.canvas.rect(_LEFT * PT, (PAGE[1] - y - 2) * PT, 26 * PT, 8 * PT)
            self.text(30, y, f"{name} =", 11, face="bold")
            self.text(57, y, text.replace("{v}", self.mm(value)), 9.5)

    def crosses(self) -> None:
        for x, y, name in (
            (CROSSES_X[0], _MID_Y, "A"),
            (CROSSES_X[1], _MID_Y, "B"),
            (_MID_X, CROSSES_Y[0], "C"),
            (_MID_X, CROSSES_Y[1], "D"),
        ):
            self.line(x - 6, y, x + 6, y)
            self.line(x, y - 6, x, y + 6)
            self.canvas.circle(x * PT, (PAGE[1] - y) * PT, 2.5 * PT)
            self.text(x + 3, y - 3, name, 12, face="bold", colour=_LEAF)
        self.line(CROSSES_X[0], CROSSES_Y[0], CROSSES_X[1], CROSSES_Y[0])
        for x in CROSSES_X:
            self.line(x, CROSSES_Y[0] - 3, x, CROSSES_Y[0] + 3)
        self.text(CROSSES_X[1] - 4, CROSSES_Y[0] - 3, "E", 12, face="bold", colour=_LEAF)

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

    def heading(self, x: float, y: float, words: str) -> None:
        self.text(x, y, words, 10.5, face="bold", colour=_LEAF)

    def ladder(self, words: _Said) -> None:
        """Symbols that stand on one line, each with its module in mm and in dots."""
        self.heading(_LEFT, 115, words.ladder)
        matrix = encode.matrix(_SAMPLE, version=3, level="M", mask=batch.FIXED_MASK)
        gap = (_RIGHT - _LEFT - sum(_LADDER) * len(matrix)) / (len(_LADDER) - 1)
        at, ground = _LEFT, 141.0
        for module in _LADDER:
            side = module * len(matrix)
            path = "".join(
                f"{paint.number((at + column * module) * PT)} "
                f"{paint.number((PAGE[1] - ground + side - (row + 1) * module) * PT)} "
                f"{paint.number(module * PT)} {paint.number(module * PT)} re "
                for row, line in enumerate(matrix)
                for column, dark in enumerate(line)
                if dark
            )
            self.canvas._code.append(f"{paint.fill(_INK)} {path} f")
            self.text(at, ground + 6.5, f"{self.mm(module)} mm", 9, face="bold")
            dots = " · ".join(str(round(module * symbol_size.dots_per_mm(dpi))) for dpi in _HEADS)
            self.text(at, ground + 10.5, words.dots.replace("{d}", dots), 8, colour=_SOFT)
            at += side + gap
        for number, part in enumerate(self.wrapped(words.ladder_ask, 9)):
            self.text(_LEFT, 158.5 + number * 4.4, part, 9, colour=_SOFT)

    def lines(self, words: str) -> None:
        self.heading(_LEFT, 173, words)
        step = (_RIGHT - _LEFT - 16) / (len(_LINES) - 1)
        for number, width in enumerate(_LINES):
            x = _LEFT + number * step
            self.line(x, 178.5, x + 9, 178.5, width)
            self.line(x + 14, 175.5, x + 14, 187, width)
            self.text(x, 184.5, f"{self.mm(width)} mm", 8)

    def letters(self, words: _Said) -> None:
        self.heading(_LEFT, 200, words.letters)
        y = 205.0
        for size in _LETTERS:
            self.text(_LEFT, y, f"{size} pt", 7, colour=_SOFT)
            self.text(_LEFT + 8, y, words.sample, size)
            y += 2.6 + size * 0.28

    def shades(self, words: str) -> None:
        self.heading(_LEFT, 243, words)
        for number, shade in enumerate(_SHADES):
            x = _LEFT + number * 5.8
            self.canvas.setFillGray(1 - shade / 100)
            self.canvas.rect(x * PT, (PAGE[1] - 252) * PT, 5.8 * PT, 6 * PT, stroke=0, fill=1)
            self.text(x + 2.9, 255.2, str(shade), 6.5, middle=True, colour=_SOFT)

    def card(self, words: tuple[str, str]) -> None:
        wide, high, radius = _CARD
        left, top = _RIGHT - wide, 197.0
        self.canvas.setStrokeColor(_LEAF)
        self.canvas.setLineWidth(0.2 * PT)
        self.canvas.roundRect(
            left * PT, (PAGE[1] - top - high) * PT, wide * PT, high * PT, radius * PT, fill=0
        )
        self.text(left + wide / 2, top + high / 2 - 1, words[0], 12, face="bold",
                  colour=_LEAF, middle=True)  # fmt: skip
        self.text(left + wide / 2, top + high / 2 + 5, words[1], 8.5, colour=_SOFT, middle=True)
