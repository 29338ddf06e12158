"""The layout language: one TOML file a label, in millimetres, origin at the top left.

`docs/layouts.md` is the reference for people who write layouts; the models below decide what is
accepted, and `json_schema()` is what an editor may check against. `layout_file` reads a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from labelsvc.labels.layouts.elements import (
    MIN_LEADING,
    MOST_ELEMENTS,
    Align,
    ArcText,
    Colour,
    Drawn,
    Element,
    EllipseElement,
    Hex,
    ImageElement,
    Length,
    Level,
    LineElement,
    Mm,
    Part,
    PathElement,
    Points,
    RectElement,
    StackElement,
    StackItem,
    StackRule,
    StackStars,
    StackText,
    StarsElement,
    SymbolElement,
    TextElement,
    TextStyle,
    VAlign,
    Weight,
)
from labelsvc.labels.layouts.paper import PAGES, Article, LabelShape, SheetSpec
from labelsvc.labels.layouts.variables import CONDITIONS, KNOWN

__all__ = [
    "MIN_LEADING",
    "PAGES",
    "Align",
    "ArcText",
    "Article",
    "Colour",
    "Drawn",
    "Element",
    "EllipseElement",
    "Form",
    "Hex",
    "ImageElement",
    "LabelShape",
    "Layout",
    "Length",
    "Level",
    "LineElement",
    "Mm",
    "Part",
    "PathElement",
    "Points",
    "RectElement",
    "SheetSpec",
    "StackElement",
    "StackItem",
    "StackRule",
    "StackStars",
    "StackText",
    "StarsElement",
    "SymbolElement",
    "TextElement",
    "TextStyle",
    "VAlign",
    "Weight",
    "json_schema",
]

Form = Literal["short", "gs1", "offline", "lot"]


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
        found: list[TextStyle] = []
        for element in self.elements:
            if isinstance(element, TextStyle):
                found.append(element)
            elif isinstance(element, StackElement):
                found.extend(item for item in element.items if isinstance(item, TextStyle))
        return tuple(found)

    @property
    def variables(self) -> frozenset[str]:
        """Every variable that some text shows."""
        return frozenset(name for text in self.texts for name in text.variables)

    @property
    def pictures(self) -> frozenset[str]:
        """Pictures that it draws, or whose being there decides what is drawn."""
        named: set[str | None] = set()
        for element in self.elements:
            parts: Sequence[Drawn] = [element]
            if isinstance(element, StackElement):
                parts = [element, *element.items]
            if isinstance(element, ImageElement):
                named.add(element.image)
            for part in parts:
                named |= {part.when, part.unless} & CONDITIONS
        return frozenset(name for name in named if name)

    @property
    def blank(self) -> bool:
        """Whether a label of this layout says nothing that needs a product or a lot."""
        return "short" in self.forms and not self.shows_stars and self.variables <= KNOWN

    @property
    def prints_inner_code(self) -> bool:
        """Whether a label of this layout has a code under a scratch layer."""
        return "inner_code" in self.variables

    @property
    def shows_stars(self) -> bool:
        """Whether a label of this layout claims a recognition: stars, their text, or the mark."""
        return (
            bool(self.variables & {"stars", "stars_text", "stars_text_en"})
            or any(isinstance(e, StarsElement) for e in self.elements)
            or any(isinstance(e, ImageElement) and e.image == "mark" for e in self.elements)
            or any(
                isinstance(item, StackStars)
                for e in self.elements
                if isinstance(e, StackElement)
                for item in e.items
            )
        )

    def colour(self, name: str) -> str:
        """`#rrggbb` for a colour written as such or as a name of `colours`."""
        return name.lower() if name.startswith("#") else self.colours[name].lower()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for index, element in enumerate(self.elements):
            parts: Sequence[Drawn] = [element]
            if isinstance(element, StackElement):
                parts = [element, *element.items]
            for part in parts:
                for key in ("colour", "fill", "stroke", "ground"):
                    name = getattr(part, key, None)
                    if name and not name.startswith("#") and name not in self.colours:
                        raise ValueError(f"elements[{index}]: colour {name!r} is not in [colours]")
            if isinstance(element, TextElement | StackElement | SymbolElement | ImageElement):
                w = element.size if isinstance(element, SymbolElement) else element.w
                h = element.size if isinstance(element, SymbolElement) else element.h
                out = max(
                    -element.x, -element.y, element.x + w - self.width, element.y + h - self.height
                )
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
