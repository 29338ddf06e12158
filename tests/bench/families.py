"""Families of labels beside the plain label: labels a second, bytes, and how many a phone reads.

python -m tests.bench.families
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw

from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.content import Unit
from labelsvc.labels.drawing.sample_content import sample_of, sample_unit_of
from labelsvc.labels.families import named, shelf
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.sheets.sheet import Sheet
from tests.bench.printed import seen
from tests.bench.table import Row

#: Layout → pixels of the camera for each millimetre, around those where the plain label begins to fail.
CAMERAS = {"a4-65": (3.5, 4.0, 5.0), "a4-24": (2.0, 2.5, 3.5)}
#: Photographs for each figure, the same slant, light, damage and noise for every family.
COUNT = 300
#: Turns of the clock, one family after the other, and labels of each, as in the comparison of tools.
_TURNS, _LABELS = 3, 13_000
_DPI = 600


def run() -> Iterator[Row]:
    for name, cameras in CAMERAS.items():
        dresses = [
            name,
            *(f"{name}--{one.name}-{one.palettes[0].name}" for one in shelf.families().values()),
        ]
        layouts = [named.get(one) for one in dresses]
        speeds = _speeds(layouts)
        rates = [_rates(layout, cameras) for layout in layouts]
        for layout, (speed, size), read in zip(layouts, speeds, rates, strict=True):
            yield {
                "label": layout.name,
                "labels/s beside plain": f"{speed / speeds[0][0]:.2f}",
                "bytes beside plain": f"{size / speeds[0][1]:.2f}",
                **{
                    f"{camera} px/mm": f"{100 * found / COUNT:.1f} % ({100 * (found - plain) / COUNT:+.1f})"
                    for camera, found, plain in zip(cameras, read, rates[0], strict=True)
                },
            }  # fmt: skip


def _units(layout: Layout, count: int) -> list[Unit]:
    unit = sample_unit_of(layout)
    letters, draw = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", random.Random(1)
    head = unit.code.rpartition("/")[0]
    return [
        unit._replace(code=f"{head}/{''.join(draw.choices(letters, k=24))}") for _ in range(count)
    ]


def _speeds(layouts: Sequence[Layout]) -> list[tuple[float, float]]:
    """Labels a second of processor time, the best turn of each, and bytes a label."""
    faces = fonts.load()
    units = {layout.name: _units(layout, _LABELS) for layout in layouts}
    best = dict.fromkeys(units, 0.0)
    sizes = dict.fromkeys(units, 0.0)
    for _ in range(_TURNS):
        for layout in layouts:
            begun = time.process_time()
            data = render_sheet_pdf(layout, [Block(sample_of(layout), units[layout.name])], faces)
            rate = len(units[layout.name]) / (time.process_time() - begun)
            best[layout.name] = max(best[layout.name], rate)
            sizes[layout.name] = len(data) / len(units[layout.name])
    return [(best[layout.name], sizes[layout.name]) for layout in layouts]


def _rates(layout: Layout, cameras: Sequence[float]) -> list[int]:
    """Photographs that are read, for each camera."""
    label, side, symbol, text = _label(layout)
    return [sum(_reads(label, side, symbol, text, camera, seed) for seed in range(COUNT)) for camera in cameras]  # fmt: skip


def _label(layout: Layout) -> tuple[Image.Image, float, tuple[float, float, float], str]:
    """The first label of a sheet as a grey square picture; its side, mm; the symbol's x, y, size in pixels; its code."""
    unit = sample_unit_of(layout)
    data = render_sheet_pdf(layout, [Block(sample_of(layout), [unit])], fonts.load())
    document = pypdfium2.PdfDocument(data)
    page = grey_page(document, 0, _DPI)
    document.close()
    scale, sheet = _DPI / 25.4, Sheet.of(layout)
    left, top = float(sheet.left) * scale, float(sheet.top) * scale
    wide, high = layout.width * scale, layout.height * scale
    side = max(wide, high)
    square = Image.new("L", (round(side), round(side)), 255)
    x, y = (side - wide) / 2, (side - high) / 2
    square.paste(Image.fromarray(page[round(top) : round(top + high), round(left) : round(left + wide)]), (round(x), round(y)))  # fmt: skip
    # Ink and paper as a camera sees them; `seen` takes pure black for what lies outside of the label.
    square = square.point([25 + round(tone * 210 / 255) for tone in range(256)])
    found = layout.symbols[0]
    return (
        square,
        side / scale,
        (x + found.x * scale, y + found.y * scale, found.size * scale),
        unit.code,
    )


def _reads(label: Image.Image, side: float, symbol: tuple[float, float, float], text: str, camera: float, seed: int) -> bool:  # fmt: skip
    draw = random.Random(seed)
    hurt = label.copy()
    _damage(hurt, symbol, draw)
    photo = seen(hurt, side, camera, draw)
    found = zxingcpp.read_barcodes(np.asarray(photo), formats=zxingcpp.BarcodeFormat.QRCode)
    return any(code.text == text for code in found)


def _damage(label: Image.Image, symbol: tuple[float, float, float], draw: random.Random) -> None:
    """Scratches over 3 % of the symbol, outside of the finders' corners."""
    x0, y0, size = symbol
    pen, left = ImageDraw.Draw(label), 0.03 * size * size
    while left > 0:
        wide, high = draw.uniform(0.03, 0.15) * size, draw.uniform(0.03, 0.1) * size
        x, y = draw.uniform(x0 + 0.32 * size, x0 + size - wide), draw.uniform(y0, y0 + size - high)
        if y < y0 + 0.32 * size and x + wide > x0 + 0.66 * size:
            continue
        pen.rectangle((x, y, x + wide, y + high), fill=draw.choice((235, 130)))
        left -= wide * high


if __name__ == "__main__":
    for line in run():
        print(line)
