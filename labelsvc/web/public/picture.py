"""Picture: draws what chats show of a page of the register, with Pillow. The OCOP mark is never drawn."""

from __future__ import annotations

import io
import math
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from labelsvc.resources import folder

#: Pixels; what Open Graph asks for.
WIDTH, HEIGHT = 1200, 630
_GROUND, _PAPER, _INK, _SOFT, _GREEN, _GOLD = "#f6f3ec", "#fffdf8", "#1d1b16", "#5e584b", "#17603a", "#b8791b"  # fmt: skip
_MARGIN: Final = 90
_LINES: Final = 3


@lru_cache(maxsize=8)
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(folder("labels") / "drawing" / "fonts" / f"BeVietnamPro-{weight}.ttf"), size)  # fmt: skip


@lru_cache(maxsize=256)
def drawn(name: str, owner: str, place: str, stars: int, office: str) -> bytes:
    """A PNG of 1200 × 630 pixels, some 30 kB; the newest of them are kept.

    :param stars: those in force; 0 draws none.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((40, 40, WIDTH - 40, HEIGHT - 40), 28, fill=_PAPER, outline="#d9d1bf", width=2)  # fmt: skip
    pen.rectangle((40, 96, 52, HEIGHT - 96), fill=_GREEN)
    room = WIDTH - 2 * _MARGIN
    pen.text((_MARGIN, 84), _cut(office, _font("SemiBold", 30), room), _GREEN, _font("SemiBold", 30))  # fmt: skip
    top, (size, lines) = 158, _fitted(name, room)
    for line in lines:
        pen.text((_MARGIN, top), line, _INK, _font("Bold", size))
        top += round(size * 1.28)
    top = max(top + 18, 340)
    for at in range(stars):
        pen.polygon(_star(_MARGIN + 26 + at * 62, top + 28, 27), fill=_GOLD)
    pen.text((_MARGIN, HEIGHT - 190), _cut(owner, _font("Medium", 34), room), _INK, _font("Medium", 34))  # fmt: skip
    pen.text((_MARGIN, HEIGHT - 138), _cut(place, _font("Regular", 30), room), _SOFT, _font("Regular", 30))  # fmt: skip
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=False)
    return out.getvalue()


def _fitted(name: str, room: int) -> tuple[int, list[str]]:
    """The largest size at which *name* stands in two lines, or three of the smallest."""
    for size in (68, 58, 48):
        lines = _wrapped(name, _font("Bold", size), room)
        if len(lines) <= 2:
            return size, lines
    lines = _wrapped(name, _font("Bold", 48), room)
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], _cut(" ".join(lines[_LINES - 1 :]), _font("Bold", 48), room)]
    return 48, lines


def _wrapped(text: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(_cut(word, font, room))
    return [line for line in lines if line]


def _cut(text: str, font: ImageFont.FreeTypeFont, room: int) -> str:
    """*text*, or its beginning with three points where it is wider than *room* pixels."""
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """Ten corners of a star with one tip upwards."""
    corners = []
    for turn in range(10):
        reach, angle = radius if turn % 2 == 0 else radius * 0.45, turn * math.pi / 5
        corners.append((x + math.sin(angle) * reach, y - math.cos(angle) * reach))
    return corners
