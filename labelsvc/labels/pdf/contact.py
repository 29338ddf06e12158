"""Contact: puts every size and palette of one family on one picture, to be looked at. Used by commands."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from labelsvc.errors import LabelOverflow
from labelsvc.labels.drawing import fonts, sample_content
from labelsvc.labels.families.dress import dress
from labelsvc.labels.families.family import Family, Palette
from labelsvc.labels.families.shelf import Dress
from labelsvc.labels.layouts import library
from labelsvc.labels.pdf import rendering

#: Rows of the picture: layout, and the number of its palette.
ROWS: Final = (
    (("shelf-card-a5", 0), ("craft-tag", 1), ("craft-tag", 3), ("food-100x70", 0)),
    (("a4-8", 2), ("a4-8", 4), ("roll-50x30", 0)),
    (("a4-12", 1), ("a4-12", 5), ("roll-35x22", 0)),
    tuple(("a4-24", number) for number in (0, 1, 2)),
    tuple(("a4-24", number) for number in (3, 4, 5)),
    (*(("a4-65", number) for number in (0, 1, 2, 3)), ("round-30", 0), ("round-30", 4)),
)
_GAP, _GROUND, _COLOURS = 10, "#e7e4de", 96


def contact_sheet(family: Family, *, dpi: int = 100) -> bytes:
    """PNG of *family*: all sizes, and all of its palettes.

    :raises LayoutError: a sample does not fit even the narrow dress.
    """
    rows = [[_label(family, name, number, dpi) for name, number in row] for row in ROWS]
    wide = max(sum(label.width + _GAP for label in row) for row in rows) + _GAP
    high = sum(max(label.height for label in row) + _GAP for row in rows) + _GAP
    sheet = Image.new("RGB", (wide, high), _GROUND)
    y = _GAP
    for row in rows:
        x = _GAP
        for label in row:
            sheet.paste(label, (x, y))
            x += label.width + _GAP
        y += max(label.height for label in row) + _GAP
    out = io.BytesIO()
    sheet.quantize(_COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _label(family: Family, name: str, number: int, dpi: int) -> Image.Image:
    palette = family.palettes[number]
    try:
        data = _drawn(name, family, palette, dpi, narrow=False)
    except LabelOverflow:
        data = _drawn(name, family, palette, dpi, narrow=True)
    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert("RGB")


def _drawn(name: str, family: Family, palette: Palette, dpi: int, *, narrow: bool) -> bytes:
    layout = dress(library.get(name), Dress(family, palette, narrow))
    content = sample_content.sample_of(layout)
    return rendering.framed_png(layout, content, fonts.load(), dpi=dpi)
