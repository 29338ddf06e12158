"""Plate: draws the pages of a press file in inks. Used by write and variable data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, assert_never

from PIL import Image
from reportlab.lib.utils import ImageReader

from labelsvc.labels.drawing import clearance, shapes
from labelsvc.labels.drawing.compose import Drawing, measure
from labelsvc.labels.drawing.content import Unit
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.ops import (
    ImageOp,
    LineOp,
    PathOp,
    RectOp,
    StaticOp,
    TextOp,
    UnitTextOp,
)
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.path_data import Command
from labelsvc.labels.pdf import paint
from labelsvc.labels.pdf.canvas import canvas_for_labels, saved, show
from labelsvc.labels.pdf.paint import PT
from labelsvc.labels.press import ink, palette
from labelsvc.labels.press.contour import outline
from labelsvc.labels.press.imposition import Frame, Place
from labelsvc.labels.press.ink import BLACK, Ink
from labelsvc.labels.press.palette import Palette
from labelsvc.labels.press.settings import PressSettings


@dataclass(frozen=True, slots=True)
class Printed:
    """One label: number of its block, drawing, unit, packed rows of its symbol (none: no symbol,
    as on the template of variable data)."""

    block: int
    drawing: Drawing
    unit: Unit
    rows: bytes


class Plate:
    """Draws pages of one frame into *out*; `finish` then adds boxes and colour spaces."""

    def __init__(
        self,
        out: BinaryIO,
        layout: Layout,
        fonts: Fonts,
        inks: Palette,
        frame: Frame,
        settings: PressSettings,
    ) -> None:
        self.layout, self.fonts, self.inks, self.frame = layout, fonts, inks, frame
        self.overprint, self.vector = settings.overprint_black, settings.vector
        self.die = settings.die_line
        self.canvas = canvas_for_labels(out, fonts, *frame.media)
        self._forms: dict[int, str] = {}
        self._marks = ""
        self._lattice: Any = None

    def save(self) -> None:
        # Cutting the font subsets moves a file position inside the shared font object.
        saved(self.canvas)

    def page(
        self,
        placed: Sequence[tuple[Place, Printed]],
        static: Sequence[Sequence[StaticOp]],
        slug: Sequence[str],
    ) -> None:
        """One page: static forms, then symbols, then words, then marks."""
        high = self.frame.media[1]
        for place, label in placed:
            form = self._form(label, static[label.block])
            clip = ""
            if self.frame.clipped:
                x0, y0, x1, y1 = self.frame.room(place.slot)
                clip = self._rect(x0, high - y1, x1 - x0, y1 - y0) + " W n "
            y = high - place.y - self.frame.label[1]
            self._emit(f"q {clip}1 0 0 1 {paint.number(place.x * PT)} {paint.number(y * PT)} cm")
            self.canvas.doForm(form)
            self._emit("Q")
        last: Ink | None = None
        for place, label in placed:
            if not label.rows:
                continue
            op = label.drawing.symbol
            used = self.inks.symbol(op.colour)
            if used != last:
                self._emit(self._overprinting(used) + palette.fill(used))
                last = used
            x, y = place.x + op.x, high - place.y - op.y - op.size
            self._emit(
                outline(op, label.rows, x, y) if self.vector else paint.mask(op, label.rows, x, y)
            )
        self._words(placed)
        self._frame(slug)
        self.canvas.showPage()

    # --- static part ---

    def _form(self, label: Printed, static: Sequence[StaticOp]) -> str:
        name = self._forms.get(label.block)
        if name is None:
            name = self._forms[label.block] = f"label{label.block + 1}"
            (width, height), bleed = self.frame.label, self.frame.bleed_mm
            self.canvas.beginForm(
                name, -bleed * PT, -bleed * PT, (width + bleed) * PT, (height + bleed) * PT
            )
            for number, op in enumerate(static):
                self._draw(op, height, static[:number])
            self.canvas.endForm()
        return name

    def _emit(self, operators: str) -> None:
        # Never keep `_code` in a variable: beginForm and endForm put another list in its place.
        self.canvas._code.append(operators)

    def _draw(self, op: StaticOp, height: float, below: Sequence[StaticOp]) -> None:
        match op:
            case TextOp():
                used = self.inks.words(op.colour)
                words = show(self.canvas, self.fonts, op, 0.0, height)
                self._emit(f"BT {self._overprinting(used)}{palette.fill(used)} {words} ET")
            case ImageOp():
                self._picture(op, height, below)
            case LineOp() | RectOp() | PathOp():
                if operators := self._shape(op, height):
                    self._emit(operators)
            case _:
                assert_never(op)

    def _picture(self, op: ImageOp, height: float, below: Sequence[StaticOp]) -> None:
        if self._lattice is None:
            self._lattice = ink.lattice(self.inks.separate)
        under = ground(op, below)
        if under in self.inks.stated:  # an ink of its own, which the picture's inks only resemble
            under = None
        picture, cover = ink.picture(op.data, under, self._lattice)
        y = (height - op.y - op.h) * PT
        self.canvas.drawImage(
            _reader(picture, cover), op.x * PT, y, op.w * PT, op.h * PT, mask="auto"
        )

    def _shape(self, op: RectOp | PathOp | LineOp, height: float) -> str:
        if isinstance(op, LineOp):
            dash = " ".join(paint.number(v * PT) for v in op.dash)
            commands: Sequence[Command] = [("M", op.x1, op.y1), ("L", op.x2, op.y2)]
            used = palette.stroke(self.inks.area(op.colour))
            width = paint.number(op.width * PT)
            return self._knocking(f"[{dash}] 0 d {width} w {used} {paint.path(commands, height)} S")
        commands = shapes.outline(op)
        parts, how = [], ""
        if op.fill is not None:
            parts.append(palette.fill(self.inks.area(op.fill)))
            how = "f*" if isinstance(op, PathOp) and op.even_odd else "f"
        if op.stroke is not None:
            used = palette.stroke(self.inks.area(op.stroke))
            parts.append(f"{used} {paint.number(op.stroke_width * PT)} w")
            how = {"": "S", "f": "B", "f*": "B*"}[how]
        if not how:
            return ""
        return self._knocking(" ".join([*parts, paint.path(commands, height), how]))

    def _knocking(self, operators: str) -> str:
        """Areas and lines leave nothing of what is below them: white stays white."""
        return f"q /{palette.KNOCK} gs {operators} Q"

    def _overprinting(self, used: Ink) -> str:
        """Black prints over the other inks, so that no white hem shows; all else does not."""
        over = self.overprint and used.black
        return f"/{palette.OVER if over else palette.KNOCK} gs "

    # --- words ---

    def _words(self, placed: Sequence[tuple[Place, Printed]]) -> None:
        parts: list[str] = []
        last: Ink | None = None
        high = self.frame.media[1]
        for place, label in placed:
            for op in label.drawing.unit:
                if not isinstance(op, UnitTextOp):
                    continue
                found = measure(op, label.unit, self.fonts, layout=label.drawing.layout)
                if found is None:
                    continue
                used = self.inks.words(found.colour)
                if used != last:
                    parts.append(self._overprinting(used) + palette.fill(used))
                    last = used
                parts.append(show(self.canvas, self.fonts, found, place.x, high - place.y))
        if parts:
            self._emit(" ".join(["BT", *parts, "ET"]))

    # --- around the labels ---

    def _frame(self, slug: Sequence[str]) -> None:
        """Crop marks on all plates, the die line, and a line that says what this is."""
        if not self._marks:
            self._marks = "marks"
            self.canvas.beginForm(self._marks)
            self._emit(self._crop_marks())
            if self.die:
                self._emit(self._die_lines())
            self.canvas.endForm()
        self.canvas.doForm(self._marks)
        if self.frame.marks is not None:
            self._slug(slug)

    def _crop_marks(self) -> str:
        marks, high = self.frame.marks, self.frame.media[1]
        if marks is None:
            return ""
        lines = " ".join(
            f"{paint.number(x0 * PT)} {paint.number((high - y0) * PT)} m "
            f"{paint.number(x1 * PT)} {paint.number((high - y1) * PT)} l"
            for x0, y0, x1, y1 in self.frame.crop_marks()
        )
        weight = paint.number(marks.weight_pt)
        return f"q /{palette.ALL} CS 1 SCN {weight} w {lines} S Q"

    def _die_lines(self) -> str:
        (width, height), corner = self.frame.label, self.layout.label.corner_radius
        parts = [f"q /{palette.OVER} gs {palette.stroke(Ink(BLACK, self.die))} 0.5 w"]
        for x, y in self.frame.slots:
            if self.layout.label.round:
                half = width / 2
                cut = shapes.ellipse(x + half, y + half, half, half)
            else:
                cut = shapes.rounded(x, y, width, height, corner)
            parts.append(paint.path(cut, self.frame.media[1]) + " S")
        return " ".join([*parts, "Q"])

    def _slug(self, slug: Sequence[str]) -> None:
        """Below the trimmed area, between the outer crop marks; shortened until it fits."""
        x0, _, x1, y1 = self.frame.trim
        face = self.fonts["regular"]
        reach = max(self.frame.marks.offset_mm if self.frame.marks else 0.0, self.frame.bleed_mm)
        size = 1.5
        baseline = y1 + reach + (self.frame.marks.length_mm if self.frame.marks else 0.0) - 0.4
        if self.frame.per_page > 1:
            # The cuts of the inner columns have their marks here.
            baseline += 2.6
        room = x1 - x0 - 2
        for words in (slug, slug[-3:], slug[-2:], slug[-1:]):
            text = " · ".join(
                word for word in words if word and all(map(face.has, word.replace(" ", "")))
            )
            if text and face.width(text, size) <= room and baseline < self.frame.media[1] - 0.6:
                op = TextOp(x0 + 1, baseline, text, "regular", size, "#000000")
                self._emit(
                    f"BT /{palette.KNOCK} gs {palette.fill(Ink(BLACK))} "
                    f"{show(self.canvas, self.fonts, op, 0.0, self.frame.media[1])} ET"
                )
                return

    @staticmethod
    def _rect(x: float, y: float, w: float, h: float) -> str:
        return " ".join(paint.number(v * PT) for v in (x, y, w, h)) + " re"


def _reader(picture: Image.Image, cover: Image.Image | None) -> Any:
    """*picture* as ReportLab draws it, *cover* as its soft mask: it takes one from RGBA only."""
    reader: Any = ImageReader(picture)
    if cover is not None:
        reader.getRGBData()
        reader._dataA = ImageReader(cover)
    return reader


def ground(op: ImageOp, below: Sequence[StaticOp]) -> str | None:
    """The one colour that a picture lies on, paper where nothing is; None where it is more than one."""
    box = (op.x, op.y, op.x + op.w, op.y + op.h)
    for other in reversed(below):
        lies = clearance.lies(other, box)
        if lies == "holds":
            return getattr(other, "fill", None)
        if lies == "crosses":
            return None
    return "#ffffff"
