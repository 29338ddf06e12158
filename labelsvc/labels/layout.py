"""The layout language: one TOML file a label, in millimetres, origin at the top left.

`docs/layouts.md` is the reference for people who write layouts; the models below decide what is
accepted, and `json_schema()` is what an editor may check against. A file is read by `load`, which
raises `LayoutError` and nothing else, naming the file, the line, the field and the fix.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from labelsvc.errors import LayoutError
from labelsvc.labels import refusal
from labelsvc.labels.elements import (
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
from labelsvc.labels.paper import PAGES, Article, LabelShape, SheetSpec
from labelsvc.labels.variables import CONDITIONS, KNOWN

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
    "load",
    "load_articles",
]

Form = Literal["short", "gs1", "offline", "lot"]

_P = TypeVar("_P", bound=Part)


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


def load(text: str, *, source: str, articles: Mapping[str, Article] | None = None) -> Layout:
    """Read one layout from TOML *text*; *source* (a file name) is only for messages.

    *articles* are the sheets of `sheets.toml`; a layout that names one gets its numbers.
    Raises `LayoutError` with `source`, `where`, `line` (0 when unknown) and the reason.
    """
    layout = _validated(Layout, _parsed(text, source), text, source)
    return (
        layout
        if layout.sheet.article is None
        else _on_article(layout, articles or {}, text, source)
    )


def _on_article(layout: Layout, articles: Mapping[str, Article], text: str, source: str) -> Layout:
    """*layout* with the numbers of the sheet it names."""
    name = layout.sheet.article or ""
    facts = {"source": source, "article": name, "where": "sheet.article"}
    line = _line(text, ("sheet", "article"))
    article = articles.get(name)
    if article is None:
        raise LayoutError(
            "{source}, line {line}: the sheet {article} is not in sheets.toml",
            fix="Use the name of a sheet in label_layouts/sheets.toml, or give the numbers.",
            line=line,
            **facts,
        )
    if article.label is not None:
        label, own = article.label, layout.label
        off = max(abs(a - b) for a, b in zip(label.size, own.size, strict=True))
        if label.round != own.round or off > 0.3:
            raise LayoutError(
                "{source}, line {line}: the labels of {article} are {theirs} mm, the layout is "
                "made for {ours} mm",
                fix="Choose a sheet with labels of this size, or change the layout.",
                line=line,
                theirs=" × ".join(f"{v:g}" for v in label.size),
                ours=" × ".join(f"{v:g}" for v in own.size),
                **facts,
            )
    plain = article.model_dump(exclude={"label", "title", "unsure"}) | {"article": name}
    return layout.model_copy(update={"sheet": SheetSpec.model_validate(plain)})


def load_articles(text: str, *, source: str) -> dict[str, Article]:
    """The table of `sheets.toml`: article name -> geometry. Raises `LayoutError`."""
    return {
        name: _validated(Article, row if isinstance(row, dict) else {}, text, source, name)
        for name, row in _parsed(text, source).items()
    }


def json_schema() -> dict[str, Any]:
    """JSON schema of a layout file, for editors and the documentation."""
    return Layout.model_json_schema()


def _parsed(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        found = re.search(r"line (\d+), column (\d+)", str(error))
        raise LayoutError(
            "{source}, line {line}, column {column}: this is not valid TOML"
            if found
            else "{source}: not valid TOML",
            fix="Correct what stands there: texts in quotes, one key a line, brackets in pairs.",
            source=source,
            reason=str(error),
            where="",
            line=int(found[1]) if found else 0,
            column=int(found[2]) if found else 0,
        ) from error


def _validated(model: type[_P], data: dict[str, Any], text: str, source: str, *prefix: str) -> _P:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        refused = refusal.told(error.errors(include_url=False)[0])
        loc = (*prefix, *refused.loc)
        raise LayoutError(
            "{source}, line {line}: {where}: {reason}" if loc else "{source}: {reason}",
            fix=refused.fix,
            source=source,
            line=_line(text, loc),
            where=_where(loc),
            reason=refused.reason,
        ) from error


def _where(loc: Sequence[str | int]) -> str:
    """`elements[3].size`; the discriminator that pydantic puts into the path is left out."""
    out = ""
    for index, part in enumerate(loc):
        if isinstance(part, int):
            out += f"[{part}]"
        elif not (index and isinstance(loc[index - 1], int) and index < len(loc) - 1):
            out += f".{part}" if out else part
    return out


def _line(text: str, loc: Sequence[str | int]) -> int:
    """Line of the key at *loc*, or of the table it should be in: good enough to put a cursor."""
    lines = text.splitlines()
    start = 0
    if not loc:
        return 1
    index = next((p for p in loc if isinstance(p, int)), None)
    if index is not None:
        heads = [n for n, s in enumerate(lines) if s.strip() == f"[[{loc[0]}]]"]
        start = heads[index] if index < len(heads) else 0
    elif len(loc) > 1:
        start = next((n for n, s in enumerate(lines) if s.strip() == f"[{loc[0]}]"), 0)
    at = start + 1
    for number in range(start + (1 if start else 0), len(lines)):
        if start and lines[number].lstrip().startswith("["):
            break
        if re.match(rf"\s*\"?{re.escape(str(loc[-1]))}\"?\s*=", lines[number]):
            return number + 1
    return at
