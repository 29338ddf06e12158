"""Report page: draws words, rules and boxes on an A4 page, in mm from its upper left corner. Used by report."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.pdf.canvas import font_name
from labelsvc.labels.pdf.paint import PT

#: Colours of words and of rules.
INK, LINE = "#1b1b1b", "#d5ddd7"
#: Of the page, mm.
WIDTH, HEIGHT = 210.0, 297.0


@dataclass
class Page:
    """One A4 page that is drawn on *out*; sizes of letters in points, all else in mm."""

    out: io.BytesIO
    fonts: Fonts

    def __post_init__(self) -> None:
        canvas: Any = Canvas
        self.canvas: Any = canvas(
            self.out,
            pagesize=(WIDTH * PT, HEIGHT * PT),
            pageCompression=1,
            invariant=1,
            initialFontName=font_name(self.fonts["regular"]),
            lang="vi",
        )

    def words(
        self,
        x: float,
        y: float,
        text: str,
        *,
        weight: str = "regular",
        size: float = 9.0,
        colour: str = INK,
        room: float = 0.0,
    ) -> float:
        """One line with its baseline at y; smaller when wider than *room*. Its width in mm."""
        face = self.fonts[weight]
        shown = "".join(char for char in text if char == " " or face.has(char))
        wide = face.width(shown, size / PT)
        if room and wide > room:
            size, wide = size * room / wide, room
        self.canvas.setFont(font_name(face), size)
        self.canvas.setFillColor(colour)
        self.canvas.drawString(x * PT, (HEIGHT - y) * PT, shown)
        return wide

    def lines(
        self, x: float, y: float, text: str, room: float, *, size: float = 8.6, colour: str = INK
    ) -> float:
        """Wrapped words; the baseline after the last."""
        face, current = self.fonts["regular"], ""
        for word in text.split(" "):
            longer = f"{current} {word}".strip()
            if current and face.width(longer, size / PT) > room:
                self.words(x, y, current, size=size, colour=colour, room=room)
                current, y = word, y + size / PT * 1.42
            else:
                current = longer
        self.words(x, y, current, size=size, colour=colour, room=room)
        return y + size / PT * 1.42

    def box(self, x: float, y: float, w: float, h: float, colour: str, radius: float = 0) -> None:
        """A filled box with its upper left corner at x, y."""
        self.canvas.setFillColor(colour)
        self.canvas.roundRect(
            x * PT, (HEIGHT - y - h) * PT, w * PT, h * PT, radius * PT, stroke=0, fill=1
        )

    def rule(self, x0: float, x1: float, y: float) -> None:
        """A thin level line from x0 to x1."""
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.5)
        self.canvas.line(x0 * PT, (HEIGHT - y) * PT, x1 * PT, (HEIGHT - y) * PT)
