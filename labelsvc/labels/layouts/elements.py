"""Elements: what may stand in `[[elements]]` of a layout, as pydantic models. Used by the layout, by
its drawing and by the editor.

Millimetres from the label's top left corner, sizes of letters in points. `docs/layouts.md` is the
reference for people. What a layout and the checks ask of every element is a method here, so that a
further kind is a class here, a case of `drawing.compose.draw`, and its words in the editor.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, field_validator

from labelsvc.labels.layouts import path_data
from labelsvc.labels.layouts.parts import (
    MOST_ITEMS,
    Align,
    Box,
    Colour,
    Drawn,
    Length,
    Level,
    Mm,
    TextStyle,
    VAlign,
)
from labelsvc.labels.layouts.template import placeholders
from labelsvc.labels.layouts.variables import PER_UNIT


class TextElement(TextStyle):
    """A box of words: wraps in `w`, shrinks until it fits `h`, is refused below `min_size`."""

    type: Literal["text"]
    x: Mm
    y: Mm
    w: Length
    h: Length
    valign: VAlign = "top"
    rotate: Literal[0, 90, 180, 270] = Field(0, description="degrees clockwise, inside the box")
    kept_inside: ClassVar[bool] = True

    def bounds(self) -> Box:
        """The box that it takes by its numbers; every element has one."""
        return self.x, self.y, self.x + self.w, self.y + self.h


class StackText(TextStyle):
    type: Literal["text"]
    gap: float | None = Field(None, ge=0, le=50, description="mm above, default the stack's gap")


class StackStars(Drawn):
    type: Literal["stars"]
    size: Length = Field(3, description="height of a star, mm")
    spacing: float = Field(0.25, ge=0, le=3, description="space between, in star heights")
    colour: Colour = "#000000"
    align: Align = "left"
    gap: float | None = Field(None, ge=0, le=50)

    @property
    def claims_stars(self) -> bool:
        return True


class StackRule(Drawn):
    type: Literal["rule"]
    width: float = Field(0.2, gt=0, le=20, description="thickness, mm")
    length: Length | None = Field(None, description="mm; default the whole width")
    colour: Colour = "#000000"
    align: Align = "left"
    gap: float | None = Field(None, ge=0, le=50)


StackItem = Annotated[StackText | StackStars | StackRule, Field(discriminator="type")]


class StackElement(Drawn):
    """Texts, stars and rules under one another; all texts shrink together until they fit `h`."""

    type: Literal["stack"]
    x: Mm
    y: Mm
    w: Length
    h: Length
    valign: VAlign = "top"
    gap: float = Field(0.6, ge=0, le=50, description="mm between the items")
    items: tuple[StackItem, ...] = Field(min_length=1, max_length=MOST_ITEMS)
    kept_inside: ClassVar[bool] = True

    @property
    def parts(self) -> Sequence[Drawn]:
        return (self, *self.items)

    def bounds(self) -> Box:
        return self.x, self.y, self.x + self.w, self.y + self.h


class ArcText(TextStyle):
    """One line on a circle: `top` reads clockwise over the circle, `bottom` along its underside."""

    type: Literal["arc"]
    cx: Mm
    cy: Mm
    r: Length = Field(description="radius of the baseline, mm")
    side: Literal["top", "bottom"] = "top"
    span: float = Field(170, gt=0, le=350, description="degrees the text may take")

    def bounds(self) -> Box:
        return self.cx - self.r, self.cy - self.r, self.cx + self.r, self.cy + self.r

    @field_validator("text")
    @classmethod
    def _static(cls, text: str) -> str:
        if any(name in PER_UNIT for name in placeholders(text)):
            raise ValueError("what differs from label to label cannot stand on an arc")
        return text


class SymbolElement(Drawn):
    """The QR code. `size` is the room with the quiet zone of 4 modules; modules are whole dots."""

    type: Literal["symbol"]
    x: Mm
    y: Mm
    size: Length
    level: Level = Field("M", description="least error correction; raised where it costs nothing")
    min_module: float = Field(0.375, ge=0.25, le=2, description="mm; finer is refused")
    colour: Colour = "#000000"
    ground: Colour | None = Field(None, description="fill below symbol and quiet zone")
    kept_inside: ClassVar[bool] = True

    def bounds(self) -> Box:
        """The square of the symbol and its quiet zone."""
        return self.x, self.y, self.x + self.size, self.y + self.size


class StarsElement(Drawn):
    """The recognised stars, as many as the recognition has; nothing when it has none."""

    type: Literal["stars"]
    x: Mm
    y: Mm
    w: Length | None = Field(None, description="width to align in")
    size: Length = Field(description="height of a star, mm")
    spacing: float = Field(0.25, ge=0, le=3, description="space between, in star heights")
    align: Align = "left"
    colour: Colour = "#000000"

    @property
    def claims_stars(self) -> bool:
        return True

    def bounds(self) -> Box:
        """Without a width: room for five of them."""
        wide = self.w or self.size * 6
        return self.x, self.y, self.x + wide, self.y + self.size


class RectElement(Drawn):
    type: Literal["rect"]
    x: Mm
    y: Mm
    w: Length
    h: Length
    radius: float = Field(0, ge=0, le=500)
    fill: Colour | None = None
    stroke: Colour | None = None
    stroke_width: float = Field(0.2, gt=0, le=20)

    def bounds(self) -> Box:
        return self.x, self.y, self.x + self.w, self.y + self.h


class EllipseElement(Drawn):
    type: Literal["ellipse"]
    cx: Mm
    cy: Mm
    rx: Length
    ry: Length | None = Field(None, description="default rx: a circle")
    fill: Colour | None = None
    stroke: Colour | None = None
    stroke_width: float = Field(0.2, gt=0, le=20)

    def bounds(self) -> Box:
        ry = self.ry or self.rx
        return self.cx - self.rx, self.cy - ry, self.cx + self.rx, self.cy + ry


class LineElement(Drawn):
    type: Literal["line"]
    x1: Mm
    y1: Mm
    x2: Mm
    y2: Mm
    width: float = Field(0.2, gt=0, le=20)
    colour: Colour = "#000000"
    dash: tuple[float, ...] = Field((), max_length=8, description="mm on, mm off")

    def bounds(self) -> Box:
        xs, ys = sorted((self.x1, self.x2)), sorted((self.y1, self.y2))
        return xs[0], ys[0], xs[1], ys[1]


class PathElement(Drawn):
    """An ornament: SVG path data (M L H V C S Q T Z, both cases), moved by x, y, scaled by scale."""

    type: Literal["path"]
    d: str = Field(max_length=20_000)
    x: Mm = 0
    y: Mm = 0
    scale: float = Field(1, gt=0, le=100)
    fill: Colour | None = None
    stroke: Colour | None = None
    stroke_width: float = Field(0.2, gt=0, le=20)
    even_odd: bool = False

    def bounds(self) -> Box:
        """Around all points, handles too; a point where the path data cannot be read."""
        try:
            commands = path_data.parse(self.d, x=self.x, y=self.y, scale=self.scale)
        except ValueError:
            return self.x, self.y, self.x, self.y
        numbers = [[float(v) for v in command[1:]] for command in commands]
        xs = [v for row in numbers for v in row[::2]] or [self.x]
        ys = [v for row in numbers for v in row[1::2]] or [self.y]
        return min(xs), min(ys), max(xs), max(ys)

    @field_validator("d")
    @classmethod
    def _path(cls, d: str) -> str:
        if not re.fullmatch(r"[MmLlHhVvCcSsQqTtZz0-9eE+\-.,\s]*", d) or not re.match(r"\s*[Mm]", d):
            raise ValueError("path data begins with M and uses M L H V C S Q T Z only")
        return d


class ImageElement(Drawn):
    """A picture that the operator or producer supplies; nothing is printed where there is none."""

    type: Literal["image"]
    x: Mm
    y: Mm
    w: Length
    h: Length
    image: Literal["mark", "logo", "photo"]
    align: Align = "center"
    valign: VAlign = "middle"
    kept_inside: ClassVar[bool] = True

    @property
    def claims_stars(self) -> bool:
        return self.image == "mark"

    @property
    def pictures(self) -> frozenset[str]:
        return super().pictures | {self.image}

    def bounds(self) -> Box:
        return self.x, self.y, self.x + self.w, self.y + self.h


#: Elements that are ink as they stand: all but the symbol, which differs from unit to unit.
Inked: TypeAlias = (
    TextElement
    | StackElement
    | ArcText
    | StarsElement
    | RectElement
    | EllipseElement
    | LineElement
    | PathElement
    | ImageElement
)
Element = Annotated[Inked | SymbolElement, Field(discriminator="type")]
