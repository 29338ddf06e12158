"""Exchange: gives a layout another family, palette or logo where it stands, with the words as they are.

Used by the editor. A layout that wears none is dressed anew; of one that wears a dress the parts named
`dress-…` are drawn anew on the same band, and its colours follow the new palette.
"""

from __future__ import annotations

from typing import Any

from labelsvc.labels.families import band, shelf
from labelsvc.labels.families.band import Place
from labelsvc.labels.families.dress import DRESS, colours_of, dress, fitting, ground, named, styled
from labelsvc.labels.families.family import Family, Palette, Role
from labelsvc.labels.families.shelf import Dress
from labelsvc.labels.layouts.elements import (
    Element,
    EllipseElement,
    ImageElement,
    LineElement,
    PathElement,
    RectElement,
    StackElement,
    StackText,
    SymbolElement,
    TextElement,
)
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.parts import TextStyle

_ROLES: tuple[Role, ...] = (
    "strong", "deep", "accent", "paper", "mid", "light", "tint", "gilt", "shell",
)  # fmt: skip


def exchange(layout: Layout, worn: Dress, *, logo: bool) -> Layout:
    """*layout* in another dress, under its own name and titles.

    :raises NoSuchLayout: the family that it wears is none of the program's any more.
    """
    names = {"name": layout.name, "title_vi": layout.title_vi, "title_en": layout.title_en}
    if layout.worn is None:
        return dress(layout, worn, logo=logo).model_copy(update=names)
    old = shelf.dress_of(layout.worn.dress)
    before = fitting(layout, old.palette)
    after = fitting(layout, worn.palette)
    turned = _turned(before, after)
    kept = [_styled(_plain(one, old.family), worn, turned, after, layout) for one in _own(layout)]
    place = Place(layout.worn.side, layout.worn.width) if layout.worn.side else None
    below: list[dict[str, Any]] = []
    if place is not None:
        words = [
            one
            for one in kept
            if not isinstance(one, RectElement | EllipseElement | LineElement | PathElement)
        ]
        on_band = logo and layout.purpose != "full_label"
        below = band.drawn(layout, place, worn.family, after, words, logo=on_band)
    head = [one for one in layout.elements if (one.id or "").startswith(f"{DRESS}logo")]
    return Layout.model_validate(
        layout.model_dump(exclude={"elements", "colours", "worn"})
        | {
            "colours": _colours(layout, before, after, turned),
            "worn": {**layout.worn.model_dump(), "dress": worn.name, "logo": logo},
            "elements": [
                *named([*ground(layout, after), *below]),
                *kept,
                *(head if logo else ()),
            ],
        }
    )


def undress(layout: Layout) -> Layout:
    """*layout* without band, motif and ground; words and colours stay."""
    return layout.model_copy(update={"elements": tuple(_own(layout)), "worn": None})


def _own(layout: Layout) -> list[Element]:
    """Elements that are no part of the dress."""
    return [one for one in layout.elements if not (one.id or "").startswith(DRESS)]


def _turned(before: Palette, after: Palette) -> dict[str, str]:
    """Colour of the old palette → that of the new one; of two roles with one colour the first counts."""
    pairs = {
        before.words: after.words, before.name_colour: after.name_colour, before.soft: after.soft,
    }  # fmt: skip
    for role in _ROLES:
        pairs.setdefault(before.paint(role), after.paint(role))
    return {old.lower(): new for old, new in pairs.items() if old.lower() != "#ffffff"}


def _colours(
    layout: Layout, before: Palette, after: Palette, turned: dict[str, str]
) -> dict[str, str]:
    """Named colours: those that the old palette gave follow, those that somebody chose stay."""
    old, new = colours_of(layout, before), colours_of(layout, after)
    return {
        name: new[name]
        if colour.lower() == old[name].lower()
        else turned.get(colour.lower(), colour)
        for name, colour in layout.colours.items()
    }


def _styled(
    one: Element, worn: Dress, turned: dict[str, str], palette: Palette, layout: Layout
) -> Element:
    """*one* with the letters of the new family and the colours that it wrote out turned."""
    if isinstance(one, ImageElement):
        return one
    one = styled(one, worn.family, palette, layout)
    if isinstance(one, StackElement):
        items = [item.model_copy(update=_written(item, turned)) for item in one.items]
        return one.model_copy(update={"items": tuple(items)})
    if isinstance(one, SymbolElement):
        return one  # black on white, whatever the palette is
    return one.model_copy(update=_written(one, turned))


def _plain(one: Element, family: Family) -> Element:
    """*one* without the letters of the family that it wore."""
    if isinstance(one, StackElement):
        items = [
            item.model_copy(update=_usual(item, family)) if isinstance(item, StackText) else item
            for item in one.items
        ]
        return one.model_copy(update={"items": tuple(items)})
    if isinstance(one, TextElement):
        return one.model_copy(update=_usual(one, family))
    return one


def _usual(text: TextStyle, family: Family) -> dict[str, Any]:
    if text.variables == ("village",) and family.letters.village_upper:
        return {"upper": False, "tracking": 0}
    if "producer_name" in text.variables and text.weight == family.letters.producer:
        return {"weight": "medium"}
    return {}


def _written(part: Any, turned: dict[str, str]) -> dict[str, str]:
    """Colours of *part* that are written as figures and belong to the old palette."""
    found = {}
    for key in ("colour", "fill", "stroke"):
        value = getattr(part, key, None)
        if isinstance(value, str) and value.lower() in turned:
            found[key] = turned[value.lower()]
    return found
