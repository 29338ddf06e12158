"""Sheet: places labels on a page in exact millimetres (Decimal), and refuses impossible geometries. Used
by everything that fills pages.

Cells are numbered from 1 along the rows, as one reads. The first page may begin at any cell and
leave out cells that are used up; later pages are whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from labelsvc.errors import BadInput, LayoutError
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.paper import PAGES, Article, SheetSpec
from labelsvc.labels.sheets.placement import USUAL, Order, Placement

#: What a cutting die is trusted with; data sheets are rounded to hundredths (Avery 7161: 0.035).
TOLERANCE = Decimal("0.05")


class Cell(NamedTuple):
    """The place of a label. `page` and `number` from 1; x, y: its top left corner, mm."""

    page: int
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of labels, in mm."""

    page_width: Decimal
    page_height: Decimal
    width: Decimal
    height: Decimal
    columns: int
    rows: int
    left: Decimal
    top: Decimal
    pitch_x: Decimal
    pitch_y: Decimal

    def faults(self) -> Iterator[LayoutError]:
        """List what makes the sheet impossible: labels that overlap, or leave the page."""
        gap_x, gap_y = self.pitch_x - self.width, self.pitch_y - self.height
        if self.columns > 1 and gap_x < -TOLERANCE:
            yield _misfit("{layout}: the labels overlap sideways by {by} mm", -gap_x, "pitch_x")
        if self.rows > 1 and gap_y < -TOLERANCE:
            yield _misfit(
                "{layout}: the labels overlap by {by} mm from row to row", -gap_y, "pitch_y"
            )
        if self.left < 0 or self.top < 0:
            by = max(-self.left, -self.top) * 2
            yield _misfit("{layout}: the labels are {by} mm larger than the page", by, "page")
            return
        if self.right < -TOLERANCE:
            yield _misfit(
                "{layout}: the labels overrun the right edge by {by} mm", -self.right, "columns"
            )
        if self.bottom < -TOLERANCE:
            yield _misfit(
                "{layout}: the labels overrun the bottom edge by {by} mm", -self.bottom, "rows"
            )

    @classmethod
    def of(cls, layout: Layout) -> Sheet:
        """The sheet of *layout*; a missing page is as large as the label, or the row of a roll."""
        return cls._of(layout.name, layout.sheet, (layout.width, layout.height))

    @classmethod
    def of_article(cls, name: str, article: Article, *, checked: bool = True) -> Sheet:
        """The sheet of a row of the stock. Raises `LayoutError` when it has no label, or, unless
        it is only to be drawn, is impossible."""
        if article.label is None:
            raise LayoutError(
                "{layout}: the size of the label is missing",
                fix="Give its width and height, or its diameter, in mm.",
                layout=name,
                field="label",
            )
        return cls._of(name, article, article.label.size, checked=checked)

    @classmethod
    def _of(
        cls, name: str, spec: SheetSpec, label: tuple[float, float], *, checked: bool = True
    ) -> Sheet:
        width, height = _mm(label[0]), _mm(label[1])
        pitch_x = width if spec.pitch_x is None else _mm(spec.pitch_x)
        pitch_y = height if spec.pitch_y is None else _mm(spec.pitch_y)
        grid_width = (spec.columns - 1) * pitch_x + width
        grid_height = (spec.rows - 1) * pitch_y + height
        if spec.page is None:
            page_width = grid_width + 2 * _mm(spec.margin_left or 0)
            page_height = grid_height + 2 * _mm(spec.margin_top or 0)
        else:
            size = PAGES[spec.page] if isinstance(spec.page, str) else spec.page
            page_width, page_height = _mm(size[0]), _mm(size[1])
        left = (page_width - grid_width) / 2 if spec.margin_left is None else _mm(spec.margin_left)
        top = (page_height - grid_height) / 2 if spec.margin_top is None else _mm(spec.margin_top)
        sheet = cls(
            page_width, page_height, width, height, spec.columns, spec.rows, left, top, pitch_x,
            pitch_y,
        )  # fmt: skip
        for fault in sheet.faults() if checked else ():
            fault.params["layout"] = name
            raise fault
        return sheet

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    @property
    def right(self) -> Decimal:
        """Free at the right edge, mm."""
        return self.page_width - self.left - (self.columns - 1) * self.pitch_x - self.width

    @property
    def bottom(self) -> Decimal:
        return self.page_height - self.top - (self.rows - 1) * self.pitch_y - self.height

    def origin(self, number: int) -> tuple[float, float]:
        """Top left corner of cell *number* (from 1), mm from the top left of the page."""
        row, column = divmod(number - 1, self.columns)
        return float(self.left + column * self.pitch_x), float(self.top + row * self.pitch_y)

    def cells(self, count: int, placement: Placement = USUAL) -> Iterator[Cell]:
        """Places of *count* labels, spares too.

        Raises `BadInput` when *placement* names a cell that the page does not have, or leaves none
        free.
        """
        sequence = self._sequence(placement.order)
        first = self._first(placement)
        page, left = 1, count
        origins = {n: self.origin(n) for n in sequence}
        while left > 0:
            for number in (first if page == 1 else sequence)[:left]:
                yield Cell(page, number, *origins[number])
            left -= len(first) if page == 1 else self.per_page
            page += 1

    def pages(self, count: int, placement: Placement = USUAL) -> int:
        """Pages that *count* labels take, spares too. Raises as `cells`."""
        rest = count - self.free_cells(placement)
        return 0 if count <= 0 else 1 + max(0, -(-rest // self.per_page))

    def free_cells(self, placement: Placement = USUAL) -> int:
        """Cells of the first page that are to be filled. Raises as `cells`."""
        return len(self._first(placement))

    def _sequence(self, order: Order) -> list[int]:
        numbers = range(1, self.per_page + 1)
        if order == "across":
            return list(numbers)
        return sorted(numbers, key=lambda n: ((n - 1) % self.columns, n))

    def _first(self, placement: Placement) -> list[int]:
        """The cells of the first page that are to be filled, in order."""
        for number in (placement.start_at, *placement.used):
            if not 1 <= number <= self.per_page:
                raise BadInput(
                    "The sheet has cells 1 to {last}, not {cell}",
                    fix="Choose a cell of the sheet.",
                    last=self.per_page,
                    cell=number,
                )
        sequence = self._sequence(placement.order)
        begin = sequence.index(placement.start_at)
        first = [n for n in sequence[begin:] if n not in placement.used]
        if not first:
            raise BadInput(
                "Every cell of the first sheet is marked as used",
                fix="Free a cell, or begin with a new sheet.",
            )
        return first


def cells(text: str, field: str = "") -> tuple[int, ...]:
    """Cells as people write them: "3, 5, 9-12". Raises `BadInput`."""
    found: set[int] = set()
    for part in text.replace(";", ",").split(","):
        first, dash, last = (piece.strip() for piece in part.replace("–", "-").partition("-"))
        if not first and not dash:
            continue
        known = first.isdecimal() and (last.isdecimal() or not dash) and len(part) <= 12
        if not known or int(last or first) - int(first) > 1000:
            raise BadInput(
                "“{text}” names no cells.",
                fix="Write them like 3,5,9-12.",
                text=part.strip()[:40],
                field=field,
            )
        found.update(range(int(first), int(last or first) + 1))
    return tuple(sorted(found))


def _mm(value: float) -> Decimal:
    # By way of the shortest text: 4.7 is 4.7, not 4.70000000000000017763568394002504646778106689
    return Decimal(repr(value))


def _misfit(message: str, by: Decimal, field: str) -> LayoutError:
    return LayoutError(
        message,
        fix="Correct the numbers of the sheet; measure a printed sheet with a ruler.",
        layout="",
        by=int(by) if by == int(by) else float(by),
        field=f"sheet.{field}",
    )
