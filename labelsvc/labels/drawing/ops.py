"""Ops: the operations of a drawing list, in millimetres from the label's top left corner, y down. Used by
every renderer.

Every renderer (PDF, screen, thermal printer, print shop) draws these and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from labelsvc.labels.drawing.content import Unit
from labelsvc.labels.layouts.parts import Level
from labelsvc.labels.layouts.path_data import Command

#: What stands for each per-unit variable inside `UnitTextOp.template`: private-use characters,
#: which no value can contain (`content` drops them). A new variable goes last, so that the drawings
#: of layouts without it stay as they are.
PLACES = {
    name: chr(0xE000 + number)
    for number, name in enumerate(
        ("code", "code_bottom", "code_printed", "code_top", "unit_number", "inner_code")
    )
}


def put(template: str, unit: Unit) -> str:
    """*template* with the values of *unit* for the marks."""
    for name, mark in PLACES.items():
        if mark in template:
            template = template.replace(mark, getattr(unit, name))
    return template


@dataclass(frozen=True, slots=True)
class TextOp:
    """One run of one line. x, y: left end of the baseline; `size` is the em in mm."""

    x: float
    y: float
    text: str
    font: str
    size: float
    colour: str
    tracking: float = 0.0  # mm after each character
    angle: float = 0.0  # degrees clockwise about (x, y)


@dataclass(frozen=True, slots=True)
class RectOp:
    x: float
    y: float
    w: float
    h: float
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 0.2
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class LineOp:
    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    width: float
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PathOp:
    commands: tuple[Command, ...]
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 0.2
    even_odd: bool = False


@dataclass(frozen=True, slots=True)
class ImageOp:
    """A picture scaled into the box; `data` is PNG or JPEG."""

    x: float
    y: float
    w: float
    h: float
    data: bytes


@dataclass(frozen=True, slots=True)
class UnitTextOp:
    """A line that differs from unit to unit. x, y: its `anchor` (left, center, right) on the
    baseline; `size` and `min_size` are ems in mm. `template` has `PLACES` where unit values go."""

    x: float
    y: float
    template: str
    font: str
    size: float
    min_size: float
    max_width: float
    anchor: str
    colour: str
    field: str
    tracking: float = 0.0  # in ems
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class SymbolOp:
    """The symbol of the unit. x, y: corner of the first dark module, quiet zone outside of it."""

    x: float
    y: float
    module: float  # mm
    dots: int
    modules: int
    version: int
    level: Level
    colour: str

    @property
    def size(self) -> float:
        """mm without the quiet zone."""
        return self.module * self.modules


StaticOp = TextOp | RectOp | LineOp | PathOp | ImageOp
UnitOp = UnitTextOp | SymbolOp
