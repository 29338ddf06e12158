"""The elements of a layout: what may stand in `[[elements]]`, as pydantic models.

Millimetres from the label's top left corner, sizes of letters in points. `docs/layouts.md` is the
reference for people.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from labelsvc.labels.layouts.template import expand, placeholders
from labelsvc.labels.layouts.variables import CONDITIONS, PER_UNIT, VARIABLES

Weight = Literal["regular", "medium", "semibold", "bold", "italic"]
Align = Literal["left", "center", "right"]
VAlign = Literal["top", "middle", "bottom"]
Level = Literal["L", "M", "Q", "H"]

Mm = Annotated[float, Field(ge=-50, le=1000)]
Length = Annotated[float, Field(gt=0, le=1000)]
Points = Annotated[float, Field(ge=2, le=200)]
Colour = Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6}|[a-z][a-z0-9_-]*)$")]
Hex = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]

#: Vietnamese stacks two marks on a letter; closer lines let them touch the line above.
MIN_LEADING = 1.2


#: What one layout may hold; a real one stays ten times below. Each preview costs what it draws.
MOST_ELEMENTS, MOST_ITEMS, MOST_LETTERS = 200, 60, 2000


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Drawn(Part):
    """What every element has. `when`/`unless` name a variable that must be given/absent."""

    id: str | None = Field(None, max_length=60, description="name used in messages")
    when: str | None = Field(None, description="draw only if this variable has a value")
    unless: str | None = Field(None, description="draw only if this variable has no value")

    @field_validator("when", "unless")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None and name not in VARIABLES and name not in CONDITIONS:
            raise ValueError(f"unknown variable {name!r}")
        return name


class TextStyle(Drawn):
    """Words. Sizes in points; a text shrinks from `size` to `min_size`, then is refused."""

    text: str = Field(
        max_length=MOST_LETTERS,
        description="template: {variable}, **bold**, [part left out when a variable in it is empty]",
    )
    size: Points = 7
    min_size: Points | None = Field(None, description="default: `size`, so no shrinking")
    weight: Weight = "regular"
    bold_weight: Weight = Field("semibold", description="weight of **this**")
    align: Align = "left"
    colour: Colour = "#000000"
    leading: float = Field(1.3, ge=MIN_LEADING, le=3, description="line height in ems")
    tracking: float = Field(0, ge=0, le=500, description="extra space, thousandths of an em")
    upper: bool = Field(False, description="set in capitals")
    max_lines: int | None = Field(None, ge=1)
    balance: bool = Field(False, description="make the lines about equally long")
    lang: Literal["vi", "en"] = Field(
        "vi", description="en: of another language, so not larger than the Vietnamese"
    )

    @field_validator("text")
    @classmethod
    def _variables(cls, text: str) -> str:
        unknown = [name for name in placeholders(text) if name not in VARIABLES]
        if unknown:
            raise ValueError(f"unknown variable {{{unknown[0]}}}")
        expand(text, {name: "" for name in VARIABLES})  # raises ValueError on unpaired marks
        return text

    @model_validator(mode="after")
    def _shrinks(self) -> Self:
        if self.min_size is not None and self.min_size > self.size:
            raise ValueError("min_size is larger than size")
        return self

    @property
    def floor(self) -> float:
        """Smallest size in points."""
        return self.size if self.min_size is None else self.min_size

    @property
    def variables(self) -> tuple[str, ...]:
        return placeholders(self.text)


class TextElement(TextStyle):
    """A box of words: wraps in `w`, shrinks until it fits `h`, is refused below `min_size`."""

    type: Literal["text"]
    x: Mm
    y: Mm
    w: Length
    h: Length
    valign: VAlign = "top"
    rotate: Literal[0, 90, 180, 270] = Field(0, description="degrees clockwise, inside the box")


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


class ArcText(TextStyle):
    """One line on a circle: `top` reads clockwise over the circle, `bottom` along its underside."""

    type: Literal["arc"]
    cx: Mm
    cy: Mm
    r: Length = Field(description="radius of the baseline, mm")
    side: Literal["top", "bottom"] = "top"
    span: float = Field(170, gt=0, le=350, description="degrees the text may take")

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


class EllipseElement(Drawn):
    type: Literal["ellipse"]
    cx: Mm
    cy: Mm
    rx: Length
    ry: Length | None = Field(None, description="default rx: a circle")
    fill: Colour | None = None
    stroke: Colour | None = None
    stroke_width: float = Field(0.2, gt=0, le=20)


class LineElement(Drawn):
    type: Literal["line"]
    x1: Mm
    y1: Mm
    x2: Mm
    y2: Mm
    width: float = Field(0.2, gt=0, le=20)
    colour: Colour = "#000000"
    dash: tuple[float, ...] = Field((), max_length=8, description="mm on, mm off")


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


Element = Annotated[
    TextElement
    | StackElement
    | ArcText
    | SymbolElement
    | StarsElement
    | RectElement
    | EllipseElement
    | LineElement
    | PathElement
    | ImageElement,
    Field(discriminator="type"),
]
