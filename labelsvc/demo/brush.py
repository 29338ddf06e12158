"""A small brush for the demo's drawings: smooth shapes on a 400 × 300 ground, y upwards."""

from __future__ import annotations

import colorsys
import io
import math
from collections.abc import Sequence

import pypdfium2
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

Point = tuple[float, float]
WIDTH, HEIGHT = 400, 300


def tone(hue: float, saturation: float, lightness: float, alpha: float = 1.0) -> Color:
    """Colour from hue in degrees, saturation and lightness in percent."""
    red, green, blue = colorsys.hls_to_rgb((hue % 360) / 360, lightness / 100, saturation / 100)
    return Color(red, green, blue, alpha)


class Brush:
    """Draws filled shapes; `jpeg` gives the picture."""

    def __init__(self, hue: float) -> None:
        self.hue = hue
        self._buffer = io.BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=(WIDTH, HEIGHT), invariant=1)
        canvas = self._canvas
        canvas.linearGradient(0, HEIGHT, 0, 70, (tone(hue, 28, 95), tone(hue, 26, 86)))
        canvas.setFillColor(tone(hue + 12, 22, 78))
        canvas.rect(0, 0, WIDTH, 78, stroke=0, fill=1)
        canvas.setFillColor(tone(hue + 12, 20, 82))
        canvas.rect(0, 70, WIDTH, 8, stroke=0, fill=1)

    def shadow(self, x: float, y: float, half_width: float) -> None:
        """Soft shadow on the table."""
        for step in range(6, 0, -1):
            grow = 1 + step * 0.06
            self.ellipse(x, y, half_width * grow, 9 * grow, tone(self.hue, 30, 25, 0.06))

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Color) -> None:
        self._canvas.setFillColor(fill)
        self._canvas.ellipse(x - rx, y - ry, x + rx, y + ry, stroke=0, fill=1)

    def box(self, x: float, y: float, w: float, h: float, fill: Color, radius: float = 0) -> None:
        self._canvas.setFillColor(fill)
        self._canvas.roundRect(x, y, w, h, radius, stroke=0, fill=1)

    def line(self, points: Sequence[Point], colour: Color, width: float = 2) -> None:
        """A smooth line through *points*."""
        path = self._canvas.beginPath()
        path.moveTo(*points[0])
        for one, two, end in _beziers(points, closed=False):
            path.curveTo(*one, *two, *end)
        self._canvas.setStrokeColor(colour)
        self._canvas.setLineWidth(width)
        self._canvas.setLineCap(1)
        self._canvas.drawPath(path, stroke=1, fill=0)

    def polygon(self, points: Sequence[Point], fill: Color) -> None:
        path = self._canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        path.close()
        self._canvas.setFillColor(fill)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def blob(self, points: Sequence[Point], fill: Color) -> None:
        """A smooth closed shape through *points*."""
        path = self._canvas.beginPath()
        path.moveTo(*points[0])
        for one, two, end in _beziers(points, closed=True):
            path.curveTo(*one, *two, *end)
        path.close()
        self._canvas.setFillColor(fill)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def turned(self, x: float, profile: Sequence[Point], fill: Color, shade: Color) -> None:
        """A body turned on a wheel: (radius, height) pairs from foot to rim, lit from the left."""
        right = [(x + r, y) for r, y in profile]
        left = [(x - r, y) for r, y in reversed(profile)]
        path = self._canvas.beginPath()
        path.moveTo(*right[0])
        for part in (right, left):
            path.lineTo(*part[0])
            for one, two, end in _beziers(part, closed=False):
                path.curveTo(*one, *two, *end)
        path.close()
        self._canvas.saveState()
        self._canvas.setFillColor(fill)
        self._canvas.drawPath(path, stroke=0, fill=1)
        self._canvas.clipPath(path, stroke=0, fill=0)
        widest = max(r for r, _ in profile)
        low, high = profile[0][1], profile[-1][1]
        self.ellipse(x + widest * 1.25, (low + high) / 2, widest, (high - low) * 0.8, shade)
        light = tone(0, 0, 100, 0.25)
        self.ellipse(x - widest * 0.55, (low + high) / 2, widest * 0.14, (high - low) * 0.32, light)
        self._canvas.restoreState()

    def petals(self, x: float, y: float, size: float, count: int, fill: Color) -> None:
        """Petals around (x, y)."""
        for index in range(count):
            angle = 2 * math.pi * index / count
            dx, dy = math.cos(angle), math.sin(angle)
            self.blob(
                [
                    (x, y),
                    (x + size * (0.6 * dx - 0.32 * dy), y + size * (0.6 * dy + 0.32 * dx)),
                    (x + size * dx, y + size * dy),
                    (x + size * (0.6 * dx + 0.32 * dy), y + size * (0.6 * dy - 0.32 * dx)),
                ],
                fill,
            )

    def leaf(self, x: float, y: float, length: float, angle: float, fill: Color) -> None:
        """A leaf from its stem at (x, y); *angle* in degrees, 0 points right."""
        radians = math.radians(angle)
        dx, dy = math.cos(radians) * length, math.sin(radians) * length
        self.blob(
            [
                (x, y),
                (x + dx * 0.45 - dy * 0.2, y + dy * 0.45 + dx * 0.2),
                (x + dx, y + dy),
                (x + dx * 0.45 + dy * 0.2, y + dy * 0.45 - dx * 0.2),
            ],
            fill,
        )

    def png(self, width: int = 1200) -> bytes:
        """The finished picture as PNG, *width* pixels wide."""
        self._canvas.showPage()
        self._canvas.save()
        document = pypdfium2.PdfDocument(self._buffer.getvalue())
        page = document[0]
        image = page.render(scale=width / WIDTH).to_pil().convert("RGB")
        page.close()
        document.close()
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()


def _beziers(points: Sequence[Point], *, closed: bool) -> list[tuple[Point, Point, Point]]:
    """Catmull-Rom through *points* as cubic Bézier pieces."""
    count = len(points)
    pieces = []
    for index in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(index + k) % count] for k in (-1, 0, 1, 2))
        else:
            b, c = points[index], points[index + 1]
            a = points[index - 1] if index else b
            d = points[index + 2] if index + 2 < count else c
        one = (b[0] + (c[0] - a[0]) / 6, b[1] + (c[1] - a[1]) / 6)
        two = (c[0] - (d[0] - b[0]) / 6, c[1] - (d[1] - b[1]) / 6)
        pieces.append((one, two, c))
    return pieces
