"""Raster: renders a run as 1-bit pictures at the printer's own dots. Used by runs, calibration and the
read-back of rolls.

The PDF of the run is rendered at the resolution of the print head and cut at one shade, so a roll
looks like the preview; pictures alone are screened, since a print head has no greys and half of a
mark is paler than the cut. The symbols are then drawn over it dot by dot, so that each module is
the same whole number of dots wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image

from labelsvc.errors import BadInput
from labelsvc.labels.drawing.compose import Drawing, compose
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.ops import ImageOp
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.rendering import PDFIUM, grey_page
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.sheets.placement import Placement
from labelsvc.labels.sheets.profile import Profile
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.labels.symbols import batch
from labelsvc.labels.symbols import size as symbol_size

Bits = npt.NDArray[np.bool_]

#: Resolutions of label printers, dots per inch.
HEADS = (203, 300, 600)
#: Darker than this (0 black, 255 white) becomes a dot. Strokes of small letters are thinner than a
#: dot at 203 dpi and break at a half; much above it the eyes of small bold letters fill.
_INK = 150
#: Shades of a picture nearer than this to black or white are that: no stray dots on its ground.
_CLEAN = 12
#: A picture of which fewer dots than this share are black, or fewer white, shows nothing.
_SHOWN = 0.005
#: Rows of the roll that are rendered together.
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Media:
    """The roll at the printer's dots: size of one row of labels, and where the symbols stand."""

    dpi: int
    width: int
    height: int
    width_mm: float
    height_mm: float
    across: int
    #: Left and top of the modules of each label of a row, dots.
    corners: tuple[tuple[int, int], ...]
    #: Each label of a row as it lies on the roll: left, top, right, bottom in mm.
    cells: tuple[tuple[float, float, float, float], ...]
    dots: int
    modules: int
    module_mm: float
    #: Each picture of a row: left, top, right, bottom in dots.
    pictures: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def dots_per_mm(self) -> float:
        return symbol_size.dots_per_mm(self.dpi)

    @property
    def side(self) -> int:
        """Of a symbol without its quiet zone, dots."""
        return self.dots * self.modules


class Row(NamedTuple):
    """One row of labels: `labels` of them from number `first` (from 1); True is a dot."""

    first: int
    labels: int
    bits: Bits


def media_of(layout: Layout, drawing: Drawing, profile: Profile | None = None) -> Media:
    """The roll of *layout*, its symbols where *drawing* has them.

    :param profile: whose offset moves everything by whole dots; scale and turn are for sheets.
    :raises BadInput: the layout is for sheets, or for a resolution that no label printer has.
    """
    sheet, dpi = Sheet.of(layout), layout.resolution_dpi
    if layout.kind == "sheet" or sheet.rows > 1:
        raise BadInput(
            "The layout {layout} is for sheets; label printers take rolls.",
            fix="Choose a roll layout, or make a PDF file.",
            layout=layout.name,
        )
    if dpi not in HEADS:
        raise BadInput(
            "Label printers have 203, 300 or 600 dpi; the layout {layout} is made for {dpi}.",
            fix="Set resolution_dpi of the layout, or the resolution of the printer.",
            layout=layout.name,
            dpi=dpi,
        )
    scale, op = symbol_size.dots_per_mm(dpi), drawing.symbol
    right, down = _shift(profile, scale)
    width_mm, height_mm = float(sheet.page_width), float(sheet.page_height)
    corners, cells, pictures = [], [], []
    images = [op for op in drawing.static if isinstance(op, ImageOp)]
    for cell in range(1, sheet.columns + 1):
        x, y = sheet.origin(cell)
        cells.append((x, y, x + float(sheet.width), y + float(sheet.height)))
        corners.append((round((x + op.x) * scale) + right, round((y + op.y) * scale) + down))
        for image in images:
            box = (image.x, image.y, image.x + image.w, image.y + image.h)
            edges = [round(v * scale) for v in map(sum, zip(box, (x, y, x, y), strict=True))]
            pictures.append((edges[0], edges[1], edges[2], edges[3]))
    media = Media(
        dpi, round(width_mm * scale), round(height_mm * scale), width_mm, height_mm,
        sheet.columns, tuple(corners), tuple(cells), op.dots, op.modules, op.dots / scale,
        tuple(pictures),
    )  # fmt: skip
    for x, y in corners:
        if min(x, y) < 0 or x + media.side > media.width or y + media.side > media.height:
            raise BadInput(
                "The offset of the printer moves the symbol off the label.",
                fix="Measure the offset again; a roll printer needs a few millimetres at most.",
            )
    return media


def rows(
    layout: Layout,
    block: Block,
    fonts: Fonts,
    *,
    number: int = 1,
    spares: int = 0,
    profile: Profile | None = None,
) -> Iterator[Row]:
    """The rows of the roll, in order; the first label is number *number* of its run.

    *spares* labels without a code follow. Raises what `render_sheet_pdf` and `media_of` raise, and
    `BadInput` for a picture that shows nothing in black alone.
    """
    units, content = block.units, block.content
    if not units and not spares:
        raise BadInput("A run of no labels", fix="Give at least one code.")
    drawing = compose(layout, content, fonts, unit=units[0] if units else None)
    media = media_of(layout, drawing, profile)
    total = len(units) + spares
    for start in range(0, total, _CHUNK * media.across):
        part = units[start : start + _CHUNK * media.across]
        blank = min(start + _CHUNK * media.across, total) - start - len(part)
        pdf = render_sheet_pdf(layout, [Block(content, part)], fonts, Placement(spares=blank))
        pictures = _pictures(pdf, media, profile, len(part))
        matrices = _matrices(drawing, part)
        for index, bits in enumerate(pictures):
            at = index * media.across
            here = part[at : at + media.across]
            for corner, matrix in zip(media.corners, matrices[at : at + len(here)], strict=False):
                _draw(bits, corner, matrix, media)
            labels = min(media.across, len(part) + blank - at)
            yield Row(number + start + at, labels, bits)


def _shift(profile: Profile | None, scale: float) -> tuple[int, int]:
    """The printer's offset in dots, right and down."""
    if profile is None:
        return 0, 0
    return round(profile.offset_x * scale), round(profile.offset_y * scale)


def shifted(bits: Bits, profile: Profile | None, scale: float) -> Bits:
    """*bits* moved by the printer's offset; what leaves the row is cut off."""
    right, down = _shift(profile, scale)
    return _moved(bits, right, down, bits.shape) if right or down else bits


def _moved(dark: Bits, right: int, down: int, size: tuple[int, ...]) -> Bits:
    height, width = size
    bits = np.zeros((height, width), np.bool_)
    source = dark[max(0, -down) : height - down, max(0, -right) : width - right]
    at_y, at_x = max(0, down), max(0, right)
    high, wide = min(source.shape[0], height - at_y), min(source.shape[1], width - at_x)
    bits[at_y : at_y + high, at_x : at_x + wide] = source[:high, :wide]
    return bits


def check_pictures(layout: Layout, content: LabelContent, unit: Unit, fonts: Fonts) -> None:
    """True if the pictures of a label of *layout* come out on a label printer; nothing is drawn
    where it has none.

    :raises BadInput: what `rows` raises.
    """
    media = media_of(layout, compose(layout, content, fonts, unit=unit))
    if media.pictures:
        pdf = render_sheet_pdf(layout, [Block(content, [unit])], fonts)
        for _ in _pictures(pdf, media, None, 1):
            pass


def _screened(grey: npt.NDArray[np.uint8]) -> Bits:
    """A picture in dots whose density is its shade, by the diffusion of Floyd and Steinberg.

    :raises BadInput: it comes out as plain paper or plain black.
    """
    shades = np.where(grey < _CLEAN, 0, np.where(grey > 255 - _CLEAN, 255, grey))
    dots = ~np.asarray(Image.fromarray(shades.astype(np.uint8)).convert("1"), np.bool_)
    if not _SHOWN <= dots.mean() <= 1 - _SHOWN:
        raise BadInput(
            "A picture on the label shows nothing when it is printed in black alone.",
            fix="Have the office upload the mark with darker colours, or print on a colour printer "
            "with a PDF file.",
        )
    return dots


def _pictures(pdf: bytes, media: Media, profile: Profile | None, labels: int) -> Iterator[Bits]:
    """Each page, cut at one shade, the pictures of its first *labels* labels screened, and moved by
    the printer's offset."""
    each = len(media.pictures) // media.across
    scale = symbol_size.dots_per_mm(media.dpi)
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        pages = len(document)
    right, down = _shift(profile, scale)
    try:
        for index in range(pages):
            grey = grey_page(document, index, scale * 25.4)
            dark = grey < _INK
            here = min(media.across, max(0, labels - index * media.across))
            for x0, y0, x1, y1 in media.pictures[: here * each]:
                dark[y0:y1, x0:x1] = _screened(grey[y0:y1, x0:x1])
            yield _moved(dark, right, down, (media.height, media.width))
    finally:
        with PDFIUM:
            document.close()


def _matrices(drawing: Drawing, units: Sequence[Unit]) -> npt.NDArray[np.bool_]:
    """Modules of each unit's symbol, as the PDF has them."""
    if not units:
        return np.zeros((0, 0, 0), np.bool_)
    op, shape = drawing.symbol, batch.shape_of(units[0].code)
    encoder = batch.encoder(op.version, op.level, batch.FIXED_MASK, shape)
    return encoder.matrices([unit.code for unit in units])


def _draw(bits: Bits, corner: tuple[int, int], matrix: Bits, media: Media) -> None:
    """The symbol over its rendering; a dot around it is wiped, where the rendering was soft."""
    x, y = corner
    side = media.side
    bits[max(0, y - 1) : y + side + 1, max(0, x - 1) : x + side + 1] = False
    bits[y : y + side, x : x + side] = matrix.repeat(media.dots, 0).repeat(media.dots, 1)
