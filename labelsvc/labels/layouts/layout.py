"""Layout: the language of layouts, one TOML file a label, in millimetres, origin at the top left.
Used by everything that draws or checks a label.

`docs/layouts.md` is the reference for people who write layouts; the models below decide what is
accepted, and `json_schema()` is what an editor may check against. `reading` reads a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from labelsvc.labels.layouts.elements import Element, SymbolElement
from labelsvc.labels.layouts.paper import LabelShape, SheetSpec
from labelsvc.labels.layouts.parts import MOST_ELEMENTS, Drawn, Hex, Part, TextStyle
from labelsvc.labels.layouts.variables import KNOWN

Form = Literal["short", "gs1", "offline", "lot"]


class Worn(Part):
    """The dress of a family: its name, and the band that it lies on, so that it can be exchanged."""

    dress: str = Field(pattern=r"^[a-z]{2,12}-([a-z]{2,12}|[0-9a-f]{6})(-hep)?$")
    side: Literal["left", "right", "top", "bottom", ""] = Field("", description="of the band")
    width: float = Field(0, ge=0, le=100, description="of the band, mm")
    logo: bool = Field(False, description="room for the logo on the band or beside the head")


class Layout(Part):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")
    title_vi: str = Field(min_length=1, max_length=120)
    title_en: str = Field(min_length=1, max_length=120)
    note_vi: str = Field("", max_length=500)
    note_en: str = Field("", max_length=500)
    kind: Literal["sheet", "roll", "single", "card"]
    purpose: Literal["seal", "full_label", "tag", "card", "carton"]
    sample: Literal["food", "craft"] = Field("food", description="the goods that previews show")
    forms: tuple[Form, ...] = Field(("short",), min_length=1, description="first is the default")
    resolution_dpi: int = Field(600, ge=100, le=2400, description="of the printer it is made for")
    edition: Literal[1, 2] = Field(2, description="how files are written; 1 as before 2026-12")
    worn: Worn | None = Field(None, description="the dress of a family, kept for its exchange")
    label: LabelShape
    sheet: SheetSpec = Field(default_factory=lambda: SheetSpec.model_validate({}))
    colours: dict[str, Hex] = Field(
        default_factory=dict, max_length=60, description="name -> #rrggbb"
    )
    elements: tuple[Element, ...] = Field(min_length=1, max_length=MOST_ELEMENTS)

    @property
    def width(self) -> float:
        """Of one label, mm."""
        return self.label.size[0]

    @property
    def height(self) -> float:
        return self.label.size[1]

    @property
    def symbols(self) -> tuple[SymbolElement, ...]:
        return tuple(e for e in self.elements if isinstance(e, SymbolElement))

    @property
    def texts(self) -> tuple[TextStyle, ...]:
        """Every text, those inside stacks too, in the order of the file."""
        return tuple(part for part in self._parts if isinstance(part, TextStyle))

    @property
    def _parts(self) -> Iterator[Drawn]:
        """Every element, and what it holds."""
        return (part for element in self.elements for part in element.parts)

    @property
    def variables(self) -> frozenset[str]:
        """Every variable that some text shows."""
        return frozenset(name for text in self.texts for name in text.variables)

    @property
    def pictures(self) -> frozenset[str]:
        """Pictures that it draws, or whose being there decides what is drawn."""
        return frozenset(name for part in self._parts for name in part.pictures)

    @property
    def blank(self) -> bool:
        """True if a label of this layout says nothing that needs a product or a lot."""
        return "short" in self.forms and not self.shows_stars and self.variables <= KNOWN

    @property
    def prints_inner_code(self) -> bool:
        """True if a label of this layout has a code under a scratch layer."""
        return "inner_code" in self.variables

    @property
    def shows_stars(self) -> bool:
        """True if a label of this layout claims a recognition: stars, their text, or the mark."""
        return bool(self.variables & {"stars", "stars_text", "stars_text_en"}) or any(
            part.claims_stars for part in self._parts
        )

    def colour(self, name: str) -> str:
        """`#rrggbb` for a colour written as such or as a name of `colours`."""
        return name.lower() if name.startswith("#") else self.colours[name].lower()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for index, element in enumerate(self.elements):
            for part in element.parts:
                for key in ("colour", "fill", "stroke", "ground"):
                    name = getattr(part, key, None)
                    if name and not name.startswith("#") and name not in self.colours:
                        raise ValueError(f"elements[{index}]: colour {name!r} is not in [colours]")
            if element.kept_inside:
                x0, y0, x1, y1 = element.bounds()
                out = max(-x0, -y0, x1 - self.width, y1 - self.height)
                if out > 0.01:
                    raise ValueError(
                        f"elements[{index}] ({element.type}): reaches {out:.2f} mm out of the label"
                    )
        if len(self.symbols) != 1:
            raise ValueError(f"a layout has exactly one symbol, this one {len(self.symbols)}")
        return self


def json_schema() -> dict[str, Any]:
    """JSON schema of a layout file, for editors and the documentation."""
    return Layout.model_json_schema()
