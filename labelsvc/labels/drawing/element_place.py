"""Where the elements of a layout are: the one a name means, its box, and the same with more room."""

from __future__ import annotations

from labelsvc.labels.drawing import shapes
from labelsvc.labels.drawing.words import Box
from labelsvc.labels.layouts.layout import (
    ArcText,
    EllipseElement,
    Layout,
    LineElement,
    PathElement,
    StackElement,
    SymbolElement,
    TextElement,
    TextStyle,
)

_FAR = 10_000.0  # mm: a box that everything fits


def place_of(layout: Layout, name: str) -> tuple[int | None, int | None]:
    """Element and item of *name* as faults and findings give it: an id, `elements[3]`,
    `head.items[1]`; "stars" is the first that shows stars."""
    for index, element in enumerate(layout.elements):
        own = element.id or f"elements[{index}]"
        if name == own:
            return index, None
        for number, item in enumerate(element.items if isinstance(element, StackElement) else ()):
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


def looser(
    element: TextElement | StackElement | ArcText,
) -> list[TextElement] | list[StackElement] | list[ArcText]:
    """*element* with more and more room, its words as small as they may be."""
    if isinstance(element, StackElement):
        items = tuple(
            item.model_copy(update={"max_lines": None, "size": item.floor})
            if isinstance(item, TextStyle)
            else item
            for item in element.items
        )
        tall = element.model_copy(update={"items": items, "h": _FAR, "valign": "top"})
        return [tall, tall.model_copy(update={"w": _FAR})]
    small = {"size": element.floor, "max_lines": None}
    if isinstance(element, ArcText):
        return [element.model_copy(update=small | {"span": 359.0})]
    tall_text = element.model_copy(update=small | {"h": _FAR, "valign": "top", "rotate": 0})
    return [tall_text, tall_text.model_copy(update={"w": _FAR, "align": "left"})]


def square_of(element: SymbolElement) -> Box:
    """The square of a symbol and its quiet zone, mm."""
    return element.x, element.y, element.x + element.size, element.y + element.size


def box_of(element: object) -> Box:
    """The box that an element takes by its numbers, mm."""
    if isinstance(element, LineElement):
        xs, ys = sorted((element.x1, element.x2)), sorted((element.y1, element.y2))
        return xs[0], ys[0], xs[1], ys[1]
    if isinstance(element, EllipseElement):
        ry = element.ry or element.rx
        return element.cx - element.rx, element.cy - ry, element.cx + element.rx, element.cy + ry
    if isinstance(element, ArcText):
        r = element.r
        return element.cx - r, element.cy - r, element.cx + r, element.cy + r
    if isinstance(element, PathElement):
        try:
            commands = shapes.parse(element.d, x=element.x, y=element.y, scale=element.scale)
        except ValueError:
            return element.x, element.y, element.x, element.y
        numbers = [[float(v) for v in command[1:]] for command in commands]
        xs = [v for row in numbers for v in row[::2]] or [element.x]
        ys = [v for row in numbers for v in row[1::2]] or [element.y]
        return min(xs), min(ys), max(xs), max(ys)
    x, y, w, h = (float(getattr(element, name)) for name in ("x", "y", "w", "h"))
    return x, y, x + w, y + h
