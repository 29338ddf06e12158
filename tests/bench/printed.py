"""Printed labels as a phone sees them: blur, slant, uneven light and damage, and how many read.

Synthetic: it ranks symbols and sizes, it does not replace prints and real phones.
python -m tests.bench.printed
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from labelsvc.labels.drawing.content import sample_unit
from labelsvc.labels.symbols import encode
from tests.bench.table import Row

#: Symbols for each row.
COUNT = 120
_QUIET = 4
#: Pixels of the camera for each millimetre on the label: held far, normal, close.
_CAMERA = (8, 11, 16)
#: Form, level, dots a module on a 203 dpi head (0.125 mm): what the layouts print.
_SYMBOLS = (("short", "M", 5), ("short", "Q", 5), ("short", "Q", 3), ("offline", "M", 3))
_DOT_MM = 25.4 / 203


def run() -> Iterator[Row]:
    for form, level, dots in _SYMBOLS:
        text = sample_unit(form).code
        parts = encode.segments(text)
        version = encode.version_for(parts, level)  # type: ignore[arg-type]
        rates = {}
        for camera in _CAMERA:
            read = sum(_reads(form, level, dots, camera, seed) for seed in range(COUNT))
            rates[f"{camera} px/mm"] = f"{100 * read / COUNT:.0f} %"
        modules = 4 * version + 17 + 2 * _QUIET
        yield {
            "symbol": f"{form} v{version}-{level}",
            "module mm": round(dots * _DOT_MM, 3),
            "with quiet zone mm": round(modules * dots * _DOT_MM, 1),
            **rates,
        }


def _reads(form: str, level: str, dots: int, camera: int, seed: int) -> bool:
    draw = random.Random(f"{form} {level} {seed}")
    text = _text(form, draw)
    image = photograph(text, level, dots * _DOT_MM, camera, draw)
    found = zxingcpp.read_barcodes(np.asarray(image), formats=zxingcpp.BarcodeFormat.QRCode)
    return any(code.text == text for code in found)


def _text(form: str, draw: random.Random) -> str:
    """A code of that form with other characters."""
    text = sample_unit(form).code
    head, _, tail = text.rpartition("/")
    letters = "0123456789" if form == "offline" else "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return head + "/" + "".join(draw.choice(letters) for _ in tail)


def photograph(
    text: str, level: str, module_mm: float, camera: float, draw: random.Random
) -> Image.Image:
    """A grey picture of a label: printed dots, 4 % damage, slant, light from one side, blur, noise."""
    parts = encode.segments(text)
    version = encode.version_for(parts, level)  # type: ignore[arg-type]
    made: Any = encode.matrix(text, version=version, level=level)  # type: ignore[arg-type]
    dark = np.asarray([list(row) for row in made], dtype=bool)
    fine = 12  # pixels a module before the camera
    paper = np.where(np.pad(dark, _QUIET + 2), 25, 235).astype(np.uint8)
    label = Image.fromarray(paper.repeat(fine, 0).repeat(fine, 1))
    _damage(label, draw, fine, len(dark))
    return seen(label, label.width / fine * module_mm, camera, draw)


def seen(label: Image.Image, size_mm: float, camera: float, draw: random.Random) -> Image.Image:
    """A square grey *label* of *size_mm* as a phone sees it: slant, light from one side, blur, noise."""
    side = round(size_mm * camera)
    canvas = Image.new("L", (round(side * 1.6), round(side * 1.6)), 180)
    photo = _slanted(label, side, canvas.size, draw)
    canvas = Image.composite(photo, canvas, photo.point(lambda value: 255 if value else 0))
    light = np.asarray(canvas, dtype=np.float64)
    angle, depth = draw.uniform(0, 6.283), draw.uniform(0.1, 0.45)
    y, x = np.mgrid[-1 : 1 : light.shape[0] * 1j, -1 : 1 : light.shape[1] * 1j]
    light *= 1 - depth * (1 + x * np.cos(angle) + y * np.sin(angle)) / 2
    noise = np.random.default_rng(draw.randrange(1 << 30)).normal(0, 6, light.shape)
    dim = Image.fromarray(np.clip(light + noise, 0, 255).astype(np.uint8))
    # A phone that is held still is sharp to about a tenth of a millimetre.
    return dim.filter(ImageFilter.GaussianBlur(draw.uniform(0.06, 0.14) * camera))


def _damage(label: Image.Image, draw: random.Random, fine: int, size: int) -> None:
    """Scratches and rubbed spots over 4 % of the symbol, outside of the finders' corners."""
    pen, left = ImageDraw.Draw(label), 0.04 * (size * fine) ** 2
    start, end = (_QUIET + 2) * fine, (_QUIET + 2 + size) * fine
    while left > 0:
        wide, high = draw.uniform(1, 5) * fine, draw.uniform(1, 3) * fine
        x, y = draw.uniform(start + 8 * fine, end - wide), draw.uniform(start, end - high)
        if y < start + 8 * fine and x > end - 9 * fine - wide:
            continue  # a symbol without a finder is not read by anything
        pen.rectangle((x, y, x + wide, y + high), fill=draw.choice((235, 130)))
        left -= wide * high


def _slanted(
    label: Image.Image, side: int, canvas: tuple[int, int], draw: random.Random
) -> Image.Image:
    """Seen from the side, and turned."""
    turn = draw.uniform(-0.25, 0.25)
    middle = (canvas[0] / 2, canvas[1] / 2)
    corners = []
    for dx, dy in ((-0.5, -0.5), (-0.5, 0.5), (0.5, 0.5), (0.5, -0.5)):
        depth = 1 + draw.uniform(-0.09, 0.09)
        x = side * depth * (dx * np.cos(turn) - dy * np.sin(turn))
        y = side * depth * (dx * np.sin(turn) + dy * np.cos(turn))
        corners.append((middle[0] + x, middle[1] + y))
    whole = label.width
    source = ((0, 0), (0, whole), (whole, whole), (whole, 0))
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    found = np.linalg.solve(np.array(rows), np.array(values))
    return label.transform(
        canvas, Image.Transform.PERSPECTIVE, tuple(found), Image.Resampling.BICUBIC, fillcolor=0
    )


if __name__ == "__main__":
    for line in run():
        print(line)
