"""Parts: measures of a layout, and the fields that all elements or all words share. Used by `elements`, `paper`
and families of layouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from labelsvc.labels.layouts.template import expand, placeholders
from labelsvc.labels.layouts.variables import CONDITIONS, VARIABLES

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


#: Left, top, right and bottom edge, mm.
Box = tuple[float, float, float, float]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Drawn(Part):
    """The fields of every element. `when`/`unless` name a variable that must be given/absent."""

    id: str | None = Field(None, max_length=60, description="name used in messages")
    when: str | None = Field(None, description="draw only if this variable has a value")
    unless: str | None = Field(None, description="draw only if this variable has no value")

    #: Whether its box must lie on the label.
    kept_inside: ClassVar[bool] = False

    @property
    def parts(self) -> Sequence[Drawn]:
        """Itself, and what it holds."""
        return (self,)

    @property
    def claims_stars(self) -> bool:
        """True if it shows the stars or the mark of a recognition."""
        return False

    @property
    def pictures(self) -> frozenset[str]:
        """Pictures that it draws, or whose being there decides whether it is drawn."""
        return frozenset({self.when or "", self.unless or ""} & {"mark"})

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
