"""Paper: the shape of a label, and the sheet or roll that it lies on, as pydantic models. Used by layouts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from labelsvc.labels.layouts.parts import Length, Part

PAGES: Mapping[str, tuple[float, float]] = {
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "A6": (105.0, 148.0),
    "Letter": (215.9, 279.4),
}


class LabelShape(Part):
    """The piece of paper. `diameter` instead of width and height makes it round."""

    width: Length | None = None
    height: Length | None = None
    diameter: Length | None = None
    corner_radius: float = Field(0, ge=0, le=100)
    safe: float = Field(1.0, ge=0, le=20, description="mm at the edge that stay free of content")

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if (self.diameter is None) == (self.width is None or self.height is None):
            raise ValueError("give width and height, or diameter")
        return self

    @property
    def round(self) -> bool:
        return self.diameter is not None

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in mm."""
        if self.diameter is not None:
            return self.diameter, self.diameter
        assert self.width is not None and self.height is not None  # noqa: S101 -- validated above
        return self.width, self.height


class SheetSpec(Part):
    """The grid of labels on the page, in mm. Margins left out are found by centring the grid.

    Give `article` (a name in sheets.toml), or the numbers. A roll is a page of one row.
    """

    article: str | None = None
    page: Literal["A4", "A5", "A6", "Letter"] | tuple[Length, Length] | None = None
    columns: int = Field(1, ge=1, le=100)
    rows: int = Field(1, ge=1, le=200)
    margin_left: float | None = Field(None, ge=0, le=500)
    margin_top: float | None = Field(None, ge=0, le=500)
    pitch_x: Length | None = Field(None, description="default the label's width: no gap")
    pitch_y: Length | None = Field(None, description="default the label's height: no gap")
    marks: bool = Field(False, description="marks to cut along: the sheet has no cuts of its own")
    note: str = ""


class Article(SheetSpec):
    """A row of sheets.toml: a sheet or roll that one can buy, and the label that is on it."""

    label: LabelShape | None = None
    title: str = ""
    unsure: bool = Field(False, description="numbers from hearsay: print a test sheet first")
