"""Element place: finds the element that a name means, and gives an element more room. Used by drafts
and by the findings of the editor."""

from __future__ import annotations

from typing import Any, TypeAlias, assert_never

from labelsvc.labels.layouts.elements import ArcText, StackElement, TextElement
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.parts import TextStyle

_FAR = 10_000.0  # mm: a box that everything fits

#: Elements that set words.
Worded: TypeAlias = TextElement | StackElement | ArcText


def place_of(layout: Layout, name: str) -> tuple[int | None, int | None]:
    """Element and item of *name* as faults and findings give it: an id, `elements[3]`,
    `head.items[1]`; "stars" is the first that shows stars."""
    for index, element in enumerate(layout.elements):
        own = element.id or f"elements[{index}]"
        if name == own:
            return index, None
        for number, item in enumerate(element.parts[1:]):
            if name == (item.id or f"{own}.items[{number}]"):
                return index, number
    wanted = {"stars": "stars", "symbol": "symbol"}.get(name)
    for index, element in enumerate(layout.elements):
        if wanted is not None and element.type == wanted:
            return index, None
        for number, item in enumerate(element.items if isinstance(element, StackElement) else ()):
            if item.type == wanted:
                return index, number
    return None, None


def looser(element: Worded) -> list[Worded]:
    """*element* with more and more room, its words as small as they may be."""
    match element:
        case StackElement():
            items = tuple(
                item.model_copy(update={"max_lines": None, "size": item.floor})
                if isinstance(item, TextStyle)
                else item
                for item in element.items
            )
            tall = element.model_copy(update={"items": items, "h": _FAR, "valign": "top"})
            return [tall, tall.model_copy(update={"w": _FAR})]
        case ArcText():
            return [element.model_copy(update=_small(element) | {"span": 359.0})]
        case TextElement():
            upright = {"h": _FAR, "valign": "top", "rotate": 0}
            text = element.model_copy(update=_small(element) | upright)
            return [text, text.model_copy(update={"w": _FAR, "align": "left"})]
        case _:
            assert_never(element)


def _small(style: TextStyle) -> dict[str, Any]:
    return {"size": style.floor, "max_lines": None}
