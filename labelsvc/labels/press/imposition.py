"""Imposition: places labels on a page for the press, alone with marks or several on a sheet. Used by press
files.

Millimetres from the top left corner of the medium, y down; a place is a label's trimmed corner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from labelsvc.errors import BadInput

Order = Literal["across", "down", "stack"]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CropMarks:
    """Crop marks: `offset_mm` from the cut, `length_mm` long, `weight_pt` thick."""

    offset_mm: float = 3.0
    length_mm: float = 4.0
    weight_pt: float = 0.25


@dataclass(frozen=True, slots=True)
class Imposition:
    """n-up. `gutter_mm`: between the cuts of neighbours, sideways and downwards; `sheet_mm` width
    and height. Order "stack": after cutting, the piles laid on each other are in order."""

    columns: int
    rows: int
    gutter_mm: tuple[float, float] = (4.0, 4.0)
    sheet_mm: tuple[float, float] = (320.0, 450.0)
    order: Order = "across"


class Place(NamedTuple):
    """The place of a label. page from 0; x, y: its trimmed corner; `number` among all labels, from 0."""

    page: int
    slot: int
    x: float
    y: float
    number: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One page: boxes in mm from the top left corner (x0, y0, x1, y1), and its slots."""

    media: tuple[float, float]
    trim: Box
    bleed: Box
    slots: tuple[tuple[float, float], ...]
    label: tuple[float, float]
    bleed_mm: float
    gutter: tuple[float, float]
    order: Order = "across"
    columns: int = 1
    marks: CropMarks | None = field(default=None)

    @property
    def per_page(self) -> int:
        return len(self.slots)

    @property
    def clipped(self) -> bool:
        """True if neighbours' bleeds would meet: each then ends in the middle of the gutter."""
        return self.per_page > 1 and min(self.gutter) < 2 * self.bleed_mm

    def room(self, slot: int) -> Box:
        """The area that label and bleed of *slot* may ink."""
        x, y = self.slots[slot]
        column, row = slot % self.columns, slot // self.columns
        rows = self.per_page // self.columns
        gx, gy = (min(self.bleed_mm, gap / 2) for gap in self.gutter)
        return (
            x - (gx if column else self.bleed_mm),
            y - (gy if row else self.bleed_mm),
            x + self.label[0] + (gx if column < self.columns - 1 else self.bleed_mm),
            y + self.label[1] + (gy if row < rows - 1 else self.bleed_mm),
        )

    def pages(self, count: int) -> int:
        return -(-count // self.per_page)

    def places(self, count: int) -> Iterator[list[Place]]:
        """The places of *count* labels, page by page, in the order of the slots."""
        pages = self.pages(count)
        rows = self.per_page // self.columns
        for page in range(pages):
            placed = []
            for slot, (x, y) in enumerate(self.slots):
                if self.order == "stack":
                    number = slot * pages + page
                elif self.order == "down":
                    column, row = slot % self.columns, slot // self.columns
                    number = page * self.per_page + column * rows + row
                else:
                    number = page * self.per_page + slot
                if number < count:
                    placed.append(Place(page, slot, x, y, number))
            yield placed

    def cuts(self) -> tuple[list[float], list[float]]:
        """x of the upright cuts and y of the level ones, each once."""
        w, h = self.label
        xs = sorted({round(v, 4) for x, _ in self.slots for v in (x, x + w)})
        ys = sorted({round(v, 4) for _, y in self.slots for v in (y, y + h)})
        return xs, ys

    def crop_marks(self) -> list[Box]:
        """Lines (x0, y0, x1, y1), all outside of the bleed."""
        if self.marks is None:
            return []
        near = max(self.marks.offset_mm, self.bleed_mm)
        far = near + self.marks.length_mm
        x0, y0, x1, y1 = self.trim
        xs, ys = self.cuts()
        lines = [(x, y0 - far, x, y0 - near) for x in xs]
        lines += [(x, y1 + near, x, y1 + far) for x in xs]
        lines += [(x0 - far, y, x0 - near, y) for y in ys]
        lines += [(x1 + near, y, x1 + far, y) for y in ys]
        return lines


def frame(
    label: tuple[float, float],
    *,
    bleed_mm: float,
    marks: CropMarks | None,
    imposition: Imposition | None,
) -> Frame:
    """The page for labels of *label* mm. Raises `BadInput` when they do not fit the press sheet."""
    reach = bleed_mm
    if marks is not None:
        reach = max(marks.offset_mm, bleed_mm) + marks.length_mm + 1
    w, h = label
    if imposition is None:
        media = (w + 2 * reach, h + 2 * reach)
        trim = (reach, reach, reach + w, reach + h)
        return Frame(
            media,
            trim,
            _grown(trim, bleed_mm),
            ((reach, reach),),
            label,
            bleed_mm,
            (0.0, 0.0),
            marks=marks,
        )
    columns, rows, gutter = imposition.columns, imposition.rows, imposition.gutter_mm
    sheet_w, sheet_h = imposition.sheet_mm
    if not (1 <= columns <= 100 and 1 <= rows <= 200 and min(gutter) >= 0):
        raise BadInput(
            "This imposition is impossible", fix="Give columns and rows from 1, gutters from 0."
        )
    grid_w = columns * w + (columns - 1) * gutter[0]
    grid_h = rows * h + (rows - 1) * gutter[1]
    over = max(grid_w + 2 * reach - sheet_w, grid_h + 2 * reach - sheet_h)
    if over > 1e-6:
        raise BadInput(
            "{columns} × {rows} labels with bleed and marks need {width} × {height} mm, the press "
            "sheet has {sheet_width} × {sheet_height} mm",
            fix="Take fewer columns or rows, or a larger sheet.",
            columns=columns,
            rows=rows,
            width=f"{grid_w + 2 * reach:g}",
            height=f"{grid_h + 2 * reach:g}",
            sheet_width=f"{sheet_w:g}",
            sheet_height=f"{sheet_h:g}",
        )
    left, top = (sheet_w - grid_w) / 2, (sheet_h - grid_h) / 2
    slots = tuple(
        (left + column * (w + gutter[0]), top + row * (h + gutter[1]))
        for row in range(rows)
        for column in range(columns)
    )
    trim = (left, top, left + grid_w, top + grid_h)
    return Frame(
        (sheet_w, sheet_h),
        trim,
        _grown(trim, bleed_mm),
        slots,
        label,
        bleed_mm,
        gutter,
        imposition.order,
        columns,
        marks,
    )


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by
