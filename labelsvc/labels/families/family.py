"""Family: a motif, its colours and its letters, as pydantic models. Used by everything that dresses labels.

A file in `label_layouts/families/` holds one; `docs/families.md` is the reference for people.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from labelsvc.labels.drawing.clearance import luminance
from labelsvc.labels.families import shade
from labelsvc.labels.layouts.parts import Hex, Length, Part, Weight

#: Colours by what they are for. `tint` and `mid` lie between `strong` and the paper.
Role = Literal[
    "strong", "deep", "mid", "light", "tint", "accent", "gilt", "shell", "paper", "white"
]
#: The palette of printers that have black alone.
BLACK = "den"


class Palette(Part):
    """Colours of one label: `paper` is its ground, `strong` the colour of band and name."""

    name: str = Field(pattern=r"^([a-z]{2,12}|[0-9a-f]{6})$")
    title_vi: str = Field(min_length=1, max_length=40)
    title_en: str = Field(min_length=1, max_length=40)
    strong: Hex
    accent: Hex
    paper: Hex = "#ffffff"
    ink: Hex | None = None

    @property
    def dark(self) -> bool:
        """True if words are lighter than the paper."""
        return luminance(self.paper) < 0.18

    @property
    def words(self) -> str:
        """The colour of most words."""
        return self.ink or shade.mix(self.strong, "#000000", 0.78)

    @property
    def soft(self) -> str:
        """The colour of lesser words."""
        return shade.legible(shade.mix(self.words, self.paper, 0.25), self.paper, 5.5)

    @property
    def name_colour(self) -> str:
        """The colour of the product's name: the strong one, or the accent where paper is dark."""
        return shade.legible(self.accent if self.dark else self.strong, self.paper)

    def by_day(self) -> Palette:
        """For pages of small words: light words on dark fill up in print, so dark on light instead."""
        if not self.dark:
            return self
        strong = shade.legible(self.strong, "#ffffff", 6)
        accent = shade.legible(self.accent, "#ffffff", shade.SIGNS)
        return self.model_copy(
            update={
                "strong": strong,
                "accent": accent,
                "paper": shade.mix(self.accent, "#ffffff", 0.9),
                "ink": None,
            }
        )

    def paint(self, role: Role) -> str:
        """The colour of *role*."""
        match role:
            case "strong" | "accent" | "paper":
                return str(getattr(self, role))
            case "deep":
                return shade.mix(self.strong, "#000000", 0.32)
            case "mid":
                return shade.mix(self.strong, "#ffffff", 0.3)
            case "light":
                return shade.mix(self.strong, "#ffffff", 0.62)
            case "tint":
                return shade.mix(self.strong, "#ffffff", 0.88)
            case "gilt":
                return shade.mix(self.accent, "#ffffff", 0.45)
            case "shell":
                return shade.mix(self.accent, "#ffffff", 0.8)
            case "white":
                return "#ffffff"

    def band_paint(self, role: Role, fill: Role | None) -> str:
        """The colour of *role* on a band filled with *fill*: of black alone, black or white and no grey."""
        if self.name != BLACK or role in ("paper", "white"):
            return self.paint(role)
        if fill in ("strong", "deep"):
            return "#000000" if role in ("strong", "deep") else "#ffffff"
        return "#ffffff" if role in ("light", "tint") else "#000000"


def black() -> Palette:
    """The palette of one colour, which every family has."""
    return Palette(
        name=BLACK, title_vi="Một màu đen", title_en="Black only",
        strong="#000000", accent="#000000", ink="#000000",
    )  # fmt: skip


class Layer(Part):
    """Path data of one tile in one colour; `line` is the width of a stroke, nothing fills the area."""

    d: str = Field(max_length=40_000)
    paint: Role
    line: Length | None = None


class Motif(Part):
    """A pattern that repeats every `w` × `h` mm; `shift` moves every second row by so much of `w`.

    `size` is the width of the band, mm, at which the tile has its own size.
    """

    w: Length
    h: Length
    shift: float = Field(0, ge=0, lt=1)
    size: Length = 7
    layers: tuple[Layer, ...] = Field(min_length=1, max_length=10)


class Edge(Part):
    """A line along the band, `gap` mm from it (below 0: on the band)."""

    gap: float = Field(ge=-3, le=3)
    width: Length
    paint: Role


class Letters(Part):
    """Weights of the name and of the lesser lines."""

    name: Weight = "bold"
    producer: Weight = "medium"
    tracking: float = Field(0, ge=0, le=120)
    village_upper: bool = False


class Family(Part):
    name: str = Field(pattern=r"^[a-z]{2,12}$")
    rank: int = Field(50, description="place in lists")
    title_vi: str = Field(min_length=1, max_length=40)
    title_en: str = Field(min_length=1, max_length=40)
    note_vi: str = Field("", max_length=200)
    note_en: str = Field("", max_length=200)
    #: Share of the usual width of the band.
    band: float = Field(1, gt=0, le=1.5)
    fill: Role | None = Field(None, description="of the band; none: the paper")
    edges: tuple[Edge, ...] = ()
    letters: Letters = Field(default_factory=lambda: Letters.model_validate({}))
    motif: Motif | None = None
    palettes: tuple[Palette, ...] = Field(min_length=6, max_length=6)

    def palette(self, name: str) -> Palette | None:
        """The palette *name*, black, or one of a producer's own colour (`1f5a3c`); None where unknown."""
        if name == BLACK:
            return black()
        found = next((row for row in self.palettes if row.name == name), None)
        if found is None and len(name) == 6 and set(name) <= set("0123456789abcdef"):
            return self._own(name)
        return found

    def _own(self, colour: str) -> Palette:
        strong = shade.own(colour)
        first = self.palettes[0]
        if first.dark:
            paper = shade.mix(strong, "#000000", 0.72)
            return first.model_copy(
                update={
                    "name": colour,
                    "title_vi": "Màu riêng",
                    "title_en": "Own colour",
                    "strong": strong,
                    "paper": shade.mix(paper, "#000000", 0.3),
                }
            )
        paper = shade.mix(strong, "#ffffff", 0.955) if first.paper != "#ffffff" else "#ffffff"
        accent = shade.turned(strong, 150, lightness=0.42, saturation=0.6)
        return Palette(
            name=colour, title_vi="Màu riêng", title_en="Own colour",
            strong=strong, accent=shade.legible(accent, paper, shade.SIGNS), paper=paper,
        )  # fmt: skip
