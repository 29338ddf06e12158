"""Dress: derives a layout in the motif, colours and letters of a family from any plain one. Used by
runs, pages and commands.

What comes out is a layout like any other, so sheet, roll, print shop, law check, read-back and
archive know nothing of families, and a run keeps what it was printed with.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labelsvc.labels.drawing.clearance import luminance
from labelsvc.labels.families import band, room
from labelsvc.labels.families.band import Place, Side
from labelsvc.labels.families.family import BLACK, Family, Palette, black
from labelsvc.labels.families.shelf import MARK, Dress
from labelsvc.labels.layouts.elements import (
    ArcText,
    Element,
    EllipseElement,
    LineElement,
    PathElement,
    RectElement,
    StackElement,
    StackText,
    SymbolElement,
    TextElement,
)
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.parts import Box, TextStyle

#: Colour names of plain layouts → what a palette has for them.
_ROLES = {
    "ink": "words", "soft": "soft", "leaf": "name_colour", "lacquer": "name_colour",
    "gold": "accent", "line": "line", "pale": "pale",
}  # fmt: skip
#: Darker grounds of a plain layout carry white words.
_DARK = 0.18
#: What a scan answers, with stars and without.
_SCAN: tuple[dict[str, Any], ...] = (
    {"text": "Quét: ai làm, làng nào, mấy sao, còn hạn không", "when": "stars"},
    {"text": "Quét: ai làm, làng nào, còn hạn không", "unless": "stars"},
)
#: Names of the elements that a dress puts below the words begin so.
DRESS = "dress-"
#: Between the band and the margin of the words, mm.
_GAP = 0.4


def dress(layout: Layout, worn: Dress, *, logo: bool = False) -> Layout:
    """*layout* in the family, palette and width of *worn*. *logo*: leave room for the producer's.

    Words keep their least sizes: contents that no longer fit are refused when they are drawn, with
    the text that does not fit; the narrow dress leaves them the room of the plain layout.
    """
    family, palette = worn.family, fitting(layout, worn.palette)
    if worn.narrow or min(layout.width, layout.height) < 30:
        # Where every letter counts, words take the width that they have in the plain layout.
        close = family.letters.model_copy(update={"tracking": 0, "village_upper": False})
        family = family.model_copy(update={"letters": close})
    place = _place(layout, family, narrow=worn.narrow, logo=logo)
    old = room.bars(layout) if place and not worn.narrow else []
    before = _without(layout, old)
    inner = before if worn.narrow else _inner(layout, place, family)
    pad = 0.0 if worn.narrow or not place or palette.paper == "#ffffff" else 0.014 * layout.width
    across, down = room.scales(layout, before, inner, pad)
    kept = [
        styled(room.moved(e, across, down), family, palette, layout)
        for e in layout.elements
        if e not in old
    ]
    if logo and layout.purpose == "full_label" and not worn.narrow:
        kept = _beside_logo(kept)
    if not worn.narrow and place:
        kept = _inviting(layout, kept, palette)
    words = [
        e
        for e in kept
        if not isinstance(e, RectElement | EllipseElement | LineElement | PathElement)
    ]
    colours = colours_of(layout, palette)
    return Layout.model_validate(
        layout.model_dump(exclude={"elements", "colours", "name", "title_vi", "title_en"})
        | {
            "name": f"{layout.name}{MARK}{worn.name}",
            "title_vi": f"{layout.title_vi} · {family.title_vi}, {palette.title_vi.lower()}"[:120],
            "title_en": f"{layout.title_en} · {family.title_en}, {palette.title_en.lower()}"[:120],
            "colours": colours,
            "worn": _worn(worn, place, logo=logo),
            "elements": [
                *named(
                    [
                        *ground(layout, palette),
                        *(
                            band.drawn(layout, place, family, palette, words, logo=logo)
                            if place
                            else ()
                        ),
                    ]
                ),
                *kept,
            ],
        }
    )


def named(parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what belongs to the dress names by which `exchange` finds it again."""
    return [part | {"id": f"{DRESS}{number}"} for number, part in enumerate(parts, 1)]


def fitting(layout: Layout, palette: Palette) -> Palette:
    """*palette* as the layout can carry it: rolls are black alone, full and small labels dark on light.

    Around a small symbol dark paper costs up to 5 of 100 readings (docs/benchmarks.md, "Families of labels").
    """
    if layout.kind == "roll":
        return black()
    small = min(layout.width, layout.height) < 30
    return palette.by_day() if small or layout.purpose == "full_label" else palette


def _worn(worn: Dress, place: Place | None, *, logo: bool) -> dict[str, Any]:
    band = {"side": place.side, "width": round(place.width, 3)} if place else {}
    return {"dress": worn.name, "logo": logo, **band}


def _place(layout: Layout, family: Family, *, narrow: bool, logo: bool) -> Place | None:
    """The side that costs the words least: across the top of what is tall, else away from the symbol."""
    wide, high = layout.width, layout.height
    if layout.label.round or min(wide, high) < 20.5:
        return None
    if narrow:
        return Place(_side(layout), layout.label.safe * 0.8)
    side = _side(layout)
    if layout.kind == "roll":
        return Place(side, 2.8 * min(1.0, family.band)) if wide > 40 else None
    if min(wide, high) < 30:
        usual = 2.0
    elif layout.purpose == "full_label":
        return Place(side, 0.036 * high * min(1.0, family.band))
    elif side == "top":
        usual = high * 0.12
    else:
        usual = 0.095 * wide
    if logo and min(wide, high) >= 30:
        least = 0.12 * high if side == "top" else 0.13 * wide
        return Place(side, max(usual * family.band, least))
    return Place(side, usual * family.band)


def _side(layout: Layout) -> Side:
    symbol = layout.symbols[0]
    if layout.purpose == "full_label":
        return "top"
    if layout.height > 0.66 * layout.width and symbol.y > layout.height * 0.4:
        return "top"
    return "right" if symbol.x + symbol.size / 2 < layout.width / 2 else "left"


def _inner(layout: Layout, place: Place | None, family: Family) -> Box:
    box = [0.0, 0.0, layout.width, layout.height]
    if place is not None:
        at = {"left": 0, "top": 1, "right": 2, "bottom": 3}[place.side]
        taken = (
            place.width + (_GAP if layout.purpose != "full_label" else 0) + max(_reach(family), 0)
        )
        box[at] += taken if at < 2 else -taken
    return box[0], box[1], box[2], box[3]


def _reach(family: Family) -> float:
    """Give the mm by which lines along the band reach beyond it."""
    return max((edge.gap + edge.width for edge in family.edges), default=0.0)


def _without(layout: Layout, old: Iterable[RectElement]) -> Box:
    """The label without its plain bars."""
    left, top, right, bottom = 0.0, 0.0, layout.width, layout.height
    for bar in old:
        x0, y0, x1, y1 = bar.bounds()
        if x1 - x0 < layout.width - 0.2:
            left, right = (max(left, x1), right) if x0 < 0.2 else (left, min(right, x0))
        else:
            top, bottom = (max(top, y1), bottom) if y0 < 0.2 else (top, min(bottom, y0))
    return left, top, right, bottom


def colours_of(layout: Layout, palette: Palette) -> dict[str, str]:
    """The layout's colours as the palette has them; unknown names by how dark they are."""
    made = {
        "words": palette.words,
        "soft": palette.soft,
        "name_colour": palette.name_colour,
        "accent": palette.accent,
        "line": palette.paint("strong" if palette.dark else "light"),
        "pale": palette.paper,
    }
    if palette.name == BLACK:
        made |= {"soft": "#000000", "line": "#000000"}
    found = {}
    for name, colour in layout.colours.items():
        light = luminance(colour)
        role = _ROLES.get(name) or (
            "words" if light < 0.03 else "name_colour" if light < 0.5 else "pale"
        )
        found[name] = made[role]
    return found


def styled(element: Element, family: Family, palette: Palette, layout: Layout) -> Element:
    """*element* in the letters of the family, and readable on its paper."""
    match element:
        case SymbolElement():
            return (
                element
                if palette.paper == "#ffffff"
                else element.model_copy(update={"ground": "#ffffff"})
            )
        case StackElement():
            items = [
                item.model_copy(update=_letters(item, family, palette))
                if isinstance(item, StackText)
                else item
                for item in element.items
            ]
            return element.model_copy(update={"items": tuple(items)})
        case RectElement(fill=str(fill)) if luminance(layout.colour(fill)) < _DARK:
            return element.model_copy(
                update={"fill": palette.paint("deep" if palette.dark else "strong")}
            )
        case TextElement() | ArcText():
            return element.model_copy(update=_letters(element, family, palette))
        case _:
            return element


def _letters(text: TextStyle, family: Family, palette: Palette) -> dict[str, Any]:
    new: dict[str, Any] = {}
    if isinstance(text, ArcText):
        pass  # a circle's span is measured for the letters that it has
    elif "product_name" in text.variables:
        new = {"weight": family.letters.name, "tracking": family.letters.tracking}
    elif "producer_name" in text.variables and text.weight == "medium":
        new = {"weight": family.letters.producer}
    elif text.variables == ("village",) and family.letters.village_upper:
        new = {"upper": True, "tracking": 40}
    if "decision_number" in text.variables and text.max_lines == 1 and isinstance(text, StackText):
        new["max_lines"] = 2  # its column is narrower now
    if palette.dark and text.colour.startswith("#") and luminance(text.colour) < 0.18:
        new["colour"] = palette.words
    return new


def ground(layout: Layout, palette: Palette) -> list[dict[str, Any]]:
    """The paper's colour over the whole label."""
    if palette.paper == "#ffffff":
        return []
    if layout.label.round:
        half = layout.width / 2
        return [{"type": "ellipse", "cx": half, "cy": half, "rx": half, "fill": palette.paper}]
    return [
        {
            "type": "rect",
            "x": 0,
            "y": 0,
            "w": layout.width,
            "h": layout.height,
            "fill": palette.paper,
        }
    ]


def _beside_logo(elements: list[Element]) -> list[Element]:
    """The head of a full label, moved aside for the logo on its left."""
    out: list[Element] = []
    plates = []
    for e in elements:
        if isinstance(e, StackElement) and any(
            isinstance(item, StackText) and "product_name" in item.variables for item in e.items
        ):
            side = min(e.h, 0.2 * e.w)
            y = e.y + (e.h - side) / 2
            plates = [(e.x, y, e.x + side, y + side)]
            e = e.model_copy(update={"x": e.x + side + 1.5, "w": e.w - side - 1.5})
        out.append(e)
    parts = [part for plate in plates for part in band.logo_on(plate)]
    return [
        *out,
        *(p.model_copy(update={"id": f"{DRESS}logo-{n}"}) for n, p in enumerate(parts, 1)),
    ]


def _inviting(layout: Layout, elements: list[Element], palette: Palette) -> list[Element]:
    """With the line that says what scanning shows, in the words beside the symbol, where there is room."""
    if layout.height < 40 or layout.purpose not in ("seal", "tag"):
        return elements
    if any("Quét" in text.text for text in layout.texts):
        return elements
    found = next(e for e in elements if isinstance(e, SymbolElement))
    bottom = found.y + found.size
    out: list[Element] = []
    for e in elements:
        beside = isinstance(e, StackElement) and e.x > found.x + found.size - 1
        if (
            isinstance(e, StackElement)
            and beside
            and min(bottom, e.y + e.h) - max(found.y, e.y) > 0.5 * found.size
        ):
            line: dict[str, Any] = {
                "type": "text", "size": 5.8, "min_size": 4.9, "weight": "medium", "balance": True,
                "colour": palette.name_colour, "leading": 1.25, "max_lines": 3, "gap": 1.2,
                "align": next((i.align for i in e.items if isinstance(i, StackText)), "left"),
            }  # fmt: skip
            asked = [StackText.model_validate(line | words) for words in _SCAN]
            e = e.model_copy(update={"items": (*e.items, *asked)})
        out.append(e)
    return out
