"""Pages: draws static forms, symbols and words of one page after another. Used by write."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, assert_never

from reportlab.lib.utils import ImageReader

from labelsvc.labels.drawing import spare
from labelsvc.labels.drawing.compose import Drawing, measure
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.ops import (
    ImageOp,
    LineOp,
    PathOp,
    RectOp,
    StaticOp,
    SymbolOp,
    TextOp,
    UnitTextOp,
)
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.path_data import Command
from labelsvc.labels.pdf import cutting, paint
from labelsvc.labels.pdf.canvas import canvas_for_labels, saved, show
from labelsvc.labels.pdf.label_block import Label
from labelsvc.labels.pdf.paint import PT
from labelsvc.labels.sheets.profile import Profile
from labelsvc.labels.sheets.sheet import Cell, Sheet
from labelsvc.labels.symbols import batch, encode
from labelsvc.labels.symbols.size import dots_per_mm

#: Of a dot, at each edge of a symbol: an edge on the line between two dots is counted with both by
#: programs that round outwards (poppler).
_INSET = 0.02


@dataclass(frozen=True)
class Job:
    """The facts that the file says about itself; `note` is printed in the margin of sheets that have one."""

    title: str = "Tem truy xuất nguồn gốc"
    author: str = "labelsvc"
    note: str = ""


class Pages:
    """Puts drawing lists on the pages of one PDF."""

    def __init__(
        self, out: BinaryIO, layout: Layout, fonts: Fonts, job: Job, profile: Profile | None
    ) -> None:
        self.layout, self.fonts, self.job = layout, fonts, job
        self.sheet = Sheet.of(layout)
        self.page_height = float(self.sheet.page_height)
        self.canvas = canvas_for_labels(out, fonts, float(self.sheet.page_width), self.page_height)
        if self.layout.sheet.marks:
            self.canvas.setViewerPreference("Duplex", "Simplex")
        self._bend = paint.bend(profile, float(self.sheet.page_width), self.page_height)
        self._forms: dict[int, str] = {}
        self._full: dict[int, str] = {}
        self._spare = ""

    def describe(self, op: SymbolOp, count: int) -> None:
        """Say of the file that it has *count* labels with symbols as *op*."""
        self.canvas.setTitle(self.job.title)
        self.canvas.setAuthor(self.job.author)
        self.canvas.setCreator("labelsvc")
        self.canvas.setProducer("labelsvc, ReportLab")
        self.canvas.setSubject(
            f"{count} {'label' if count == 1 else 'labels'}, layout {self.layout.name}, QR version {op.version}-{op.level}, "
            f"mask {batch.FIXED_MASK}, module {op.module:.3f} mm = {op.dots} dots "
            f"at {self.layout.resolution_dpi} dpi, quiet zone {encode.QUIET} modules"
        )
        self.module_note = (
            f"In 100 %, không co giãn · mô-đun QR {op.module:.3f} mm".replace(".", ",")
            + f" = {op.dots} chấm ở {self.layout.resolution_dpi} dpi"
        )
        self.fonts["regular"].check(
            self.job.note, field="job.note", record=self.job.title, layout=self.layout.name
        )

    def save(self) -> None:
        """Write the file; no page follows."""
        saved(self.canvas)

    def page(self, placed: Sequence[tuple[Cell, Label]], number: int, pages: int) -> None:
        """One page: static forms, then symbols, then words."""
        if self._bend:
            self._emit(f"q {self._bend} cm")
        labels = [(cell, label) for cell, label in placed if label.unit is not None]
        drawings = {id(label.drawing): label.drawing for _, label in labels}
        if len(labels) == self.sheet.per_page > 1 and len(drawings) == 1:
            self.canvas.doForm(self._full_form(next(iter(drawings.values()))))
        else:
            for key, drawing in drawings.items():
                form = self._form(drawing)
                for cell, label in labels:
                    if id(label.drawing) == key:
                        self._stamp(form, cell)
        for cell, label in placed:
            if label.unit is None:
                self._stamp(self._spare_form(), cell)
        colour = None
        for cell, label in labels:
            op = label.drawing.symbol
            if op.colour != colour:
                colour = op.colour
                self._emit(paint.fill(colour))
            self._symbol(op, label.rows, cell)
        self._words(labels)
        if self.layout.sheet.marks:
            self._emit(cutting.marks(self.sheet, round_labels=self.layout.label.round))
        self._margin(number, pages)
        if self._bend:
            self._emit("Q")
        self.canvas.showPage()

    def _symbol(self, op: SymbolOp, rows: bytes, cell: Cell) -> None:
        """On whole dots of the printer in place as well as in size, so that no program that turns
        the page into dots makes a row or a column of it wider."""
        x, y, inset = cell.x + op.x, cell.y + op.y, 0.0
        if self.layout.edition > 1:
            scale = dots_per_mm(self.layout.resolution_dpi)
            x, y, inset = round(x * scale) / scale, round(y * scale) / scale, _INSET / scale
        self._emit(paint.mask(op, rows, x, self.page_height - y - op.size, inset=inset))

    # --- static part ---

    def _form(self, drawing: Drawing) -> str:
        name = self._forms.get(id(drawing))
        if name is None:
            name = self._forms[id(drawing)] = f"label{len(self._forms) + 1}"
            self._make(name, drawing.static)
        return name

    def _spare_form(self) -> str:
        if not self._spare:
            self._spare = "spare"
            self._make(self._spare, spare.drawing(self.layout, self.fonts))
        return self._spare

    def _make(self, name: str, ops: Iterable[StaticOp]) -> None:
        self.canvas.beginForm(name, 0, 0, self.layout.width * PT, self.layout.height * PT)
        for op in ops:
            self._draw(op, self.layout.height)
        self.canvas.endForm()

    def _full_form(self, drawing: Drawing) -> str:
        """The static part of a whole page: one operation for 65 labels."""
        name = self._full.get(id(drawing))
        if name is None:
            form = self._form(drawing)
            name = self._full[id(drawing)] = f"page{len(self._full) + 1}"
            self.canvas.beginForm(name)
            for number in range(1, self.sheet.per_page + 1):
                cell = Cell(1, number, *self.sheet.origin(number))
                self._stamp(form, cell)
            self.canvas.endForm()
        return name

    def _emit(self, operators: str) -> None:
        # Never keep `_code` in a variable: beginForm and endForm put another list in its place.
        self.canvas._code.append(operators)

    def _stamp(self, form: str, cell: Cell) -> None:
        y = self.page_height - cell.y - float(self.sheet.height)
        self._emit(f"q 1 0 0 1 {paint.number(cell.x * PT)} {paint.number(y * PT)} cm")
        self.canvas.doForm(form)
        self._emit("Q")

    def _draw(self, op: StaticOp, height: float) -> None:
        """One static operation; *height* of the space it is drawn in, mm."""
        canvas = self.canvas
        match op:
            case TextOp():
                words = show(canvas, self.fonts, op, 0.0, height)
                self._emit(f"BT {paint.fill(op.colour)} {words} ET")
            case ImageOp():
                picture = ImageReader(io.BytesIO(op.data))
                y = (height - op.y - op.h) * PT
                canvas.drawImage(picture, op.x * PT, y, op.w * PT, op.h * PT, mask="auto")
            case LineOp() | RectOp() | PathOp():
                if operators := paint.shape(op, height):
                    self._emit(operators)
            case _:
                assert_never(op)

    # --- words ---

    def _words(self, placed: Sequence[tuple[Cell, Label]]) -> None:
        parts: list[str] = []
        colour = None
        for cell, label in placed:
            for op in label.drawing.unit:
                if isinstance(op, UnitTextOp) and label.unit is not None:
                    found = measure(op, label.unit, self.fonts, layout=label.drawing.layout)
                    if found is None:
                        continue
                    if found.colour != colour:
                        colour = found.colour
                        parts.append(paint.fill(colour))
                    parts.append(
                        show(self.canvas, self.fonts, found, cell.x, self.page_height - cell.y)
                    )
        if parts:
            self._emit(" ".join(["BT", *parts, "ET"]))

    def _margin(self, number: int, pages: int) -> None:
        """A line and a ruler in the lower margin, where the sheet has one wide enough."""
        if self.layout.kind != "sheet" or self.sheet.bottom < 8:
            return
        width = float(self.sheet.page_width)
        left, baseline = max(8.0, float(self.sheet.left)), self.page_height - 4.6
        grey = "#5f6368"
        note = " · ".join(
            part for part in (self.job.note, self.module_note, f"trang {number}/{pages}") if part
        )
        ruler = 50.0
        room = width - 2 * left - ruler - 4
        size = min(2.1, room / self.fonts["regular"].width(note))
        if size >= 1.2:
            op = TextOp(left, baseline, note, "regular", size, grey)
            self._emit(
                f"BT {paint.fill(grey)} {show(self.canvas, self.fonts, op, 0.0, self.page_height)} ET"
            )
        right = width - left
        marks: list[Command] = [("M", right - ruler, baseline), ("L", right, baseline)]
        for step in range(6):
            x, high = right - ruler + step * 10, 1.6 if step in (0, 5) else 1.0
            marks += [("M", x, baseline), ("L", x, baseline - high)]
        self._emit(f"q {paint.stroke(grey)} 0.4 w {paint.path(marks, self.page_height)} S Q")
        label = TextOp(right - ruler + 0.6, baseline - 1.2, "50 mm", "regular", 1.7, grey)
        self._emit(
            f"BT {paint.fill(grey)} {show(self.canvas, self.fonts, label, 0.0, self.page_height)} ET"
        )
