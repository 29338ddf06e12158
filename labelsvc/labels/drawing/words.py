"""Words: turns boxes, rows of stars and circles into text operations at exact places. Used by compose."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from labelsvc.labels.drawing import line_breaking, shapes, text
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.drawing.fonts_metrics import PT, Fonts
from labelsvc.labels.drawing.ops import PLACES, PathOp, StaticOp, TextOp, UnitOp, UnitTextOp, put
from labelsvc.labels.drawing.text import SetText
from labelsvc.labels.layouts.elements import ArcText, StackStars, StarsElement, TextElement
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.parts import Drawn, TextStyle
from labelsvc.labels.layouts.path_data import Command
from labelsvc.labels.layouts.template import Run, expand
from labelsvc.labels.layouts.variables import PER_UNIT

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in mm
Corners = tuple[tuple[float, float], ...]
Lines = list[list[Run]]

#: Where a line hangs in its box.
SHARE = {"left": 0.0, "center": 0.5, "right": 1.0, "top": 0.0, "middle": 0.5, "bottom": 1.0}


@dataclass(frozen=True, slots=True)
class FittedText:
    """One text of the layout after fitting: for the law check and the editor."""

    field: str  # id of the element, or its place in the file
    variables: tuple[str, ...]
    text: str
    points: float
    x_height_mm: float
    lines: int
    weight: str
    colour: str
    box: Box


@dataclass
class Words:
    """Collects the operations of one label's words and stars. `unit` is the sample of the run."""

    layout: Layout
    content: LabelContent
    fonts: Fonts
    sample: Unit
    static: list[StaticOp] = field(default_factory=list)
    unit: list[UnitOp] = field(default_factory=list)
    texts: list[FittedText] = field(default_factory=list)
    ink: list[tuple[str, Corners]] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Unit values are put in label by label: marks stand for those that are not empty.
        marks = {name: mark if getattr(self.sample, name) else "" for name, mark in PLACES.items()}
        host = line_breaking.breakable(self.content["host"])
        self.values: Mapping[str, str] = {
            **self.content, **self.content.conditions, "host": host, **marks,
        }  # fmt: skip

    def shown(self, element: Drawn) -> bool:
        """True if `when` and `unless` of *element* hold."""

        def has(name: str) -> bool:
            return bool(self.values[name])

        if element.when is not None and not has(element.when):
            return False
        return element.unless is None or not has(element.unless)

    def box(self, element: TextElement, name: str) -> None:
        lines = expand(element.text, self.values)
        if not lines:
            return
        turned = element.rotate in (90, 270)
        w, h = (element.h, element.w) if turned else (element.w, element.h)
        if per_unit(element):
            found = self.set_unit(lines, element, name)
            if found.height > h + 1e-6 or len(lines) > (element.max_lines or len(lines)):
                raise text.overflow(self.sampled(lines), element, **self.names(name))
        else:
            found = text.fit(lines, element, self.fonts, (w, h), **self.names(name))
        place = place_in(element.x, element.y, element.w, element.h, element.rotate)
        self.emit(found, element, name, place, w, _top(found, element.valign, h), element.rotate)

    def stars(
        self, x: float, y: float, w: float | None, element: StarsElement | StackStars
    ) -> None:
        """As many stars as the recognition has, side by side; aligned in *w* when it is given."""
        count = self.content.stars
        if not count:
            return
        wide = shapes.stars_width(count, element.size, element.spacing)
        if w is not None:
            x += SHARE[element.align] * (w - wide)
        step = element.size * (shapes.STAR_WIDTH + element.spacing)
        commands: list[Command] = []
        for number in range(count):
            commands.extend(shapes.star(x + number * step, y, element.size))
        self.static.append(PathOp(tuple(commands), self.layout.colour(element.colour)))
        self.ink.append(
            ("stars", ((x, y), (x + wide, y), (x, y + element.size), (x + wide, y + element.size)))
        )

    def arc(self, element: ArcText, name: str) -> None:
        lines = expand(element.text, self.values)
        if not lines:
            return
        names = self.names(name)
        text.check_lines(lines, element, self.fonts, **names)
        room = math.radians(element.span) * element.r
        joined = " ".join("".join(run.text for run in line) for line in lines)
        words = line_breaking.solid(line_breaking.cased(element, joined))
        face = self.fonts[element.weight]
        for points in text.sizes(element.size, element.floor):
            size = points * PT
            tracking = element.tracking / 1000 * size
            wide = face.width(words, size, tracking) - tracking
            if wide <= room:
                break
        else:
            raise text.overflow(lines, element, **names)
        turn = 1 if element.side == "top" else -1
        # From twelve (or six) o'clock back to the left end of the words.
        angle = -wide / 2 / element.r
        colour = self.layout.colour(element.colour)
        for char in words:
            advance = face.advance(char) * size
            middle = angle + advance / 2 / element.r
            tilt = turn * middle
            cx = element.cx + element.r * math.sin(middle)
            cy = element.cy - turn * element.r * math.cos(middle)
            x, y = cx - advance / 2 * math.cos(tilt), cy - advance / 2 * math.sin(tilt)
            if char != " ":
                turned = math.degrees(tilt)
                self.static.append(TextOp(x, y, char, element.weight, size, colour, 0.0, turned))
                self.ink.append((name, _letter(face.bounds(char), x, y, size, tilt)))
            angle += (advance + tracking) / element.r
        reach = element.r + size
        box = (element.cx - reach, element.cy - reach, element.cx + reach, element.cy + reach)
        self._note(element, name, words, points, 1, box)

    # --- inside ---

    def names(self, name: str) -> dict[str, str]:
        return {"field": name, "record": self.content.record, "layout": self.layout.name}

    def sampled(self, lines: Lines) -> Lines:
        """*lines* with the values of the sample unit for the marks."""

        return [[Run(put(run.text, self.sample), run.bold) for run in line] for line in lines]

    def set_unit(self, lines: Lines, style: TextStyle, name: str) -> SetText:
        """Lines with unit values keep `size` and never wrap; `measure` squeezes a wide one."""
        sampled = self.sampled(lines)
        text.check_lines(sampled, style, self.fonts, **self.names(name))
        endless = style.model_copy(update={"max_lines": None, "balance": False})
        found = text.set_text(sampled, endless, self.fonts, width=1e6, points=style.size)
        assert found is not None  # noqa: S101 -- nothing is a kilometre wide
        return found

    def emit(
        self,
        found: SetText,
        style: TextStyle,
        name: str,
        place: Callable[[float, float], tuple[float, float]],
        w: float,
        top: float,
        angle: float = 0.0,
    ) -> None:
        """Emit *found*, its block *top* mm under the upper edge of a box *w* wide."""
        colour = self.layout.colour(style.colour)
        marked = expand(style.text, self.values) if per_unit(style) else None
        for number, line in enumerate(found.lines):
            baseline = top + found.ascent + number * found.leading
            wide = min(w, line.width)
            left = SHARE[style.align] * (w - wide)
            if marked is not None:
                joined = "".join(run.text for run in marked[number])
                template = line_breaking.solid(line_breaking.cased(style, joined))
                x, y = place(SHARE[style.align] * w, baseline)
                self.unit.append(
                    UnitTextOp(
                        x,
                        y,
                        template,
                        style.weight,
                        found.size,
                        style.floor * PT,
                        w,
                        style.align,
                        colour,
                        name,
                        style.tracking / 1000,
                        angle,
                    )
                )
            else:
                for run in line.runs:
                    x, y = place(left + run.x, baseline)
                    self.static.append(
                        TextOp(
                            x, y, run.text, run.weight, found.size, colour, found.tracking, angle
                        )
                    )
            bounds = [self.fonts[run.weight].bounds(c) for run in line.runs for c in run.text]
            if bounds:
                high = baseline - max(b[3] for b in bounds) * found.size
                low = baseline - min(b[1] for b in bounds) * found.size
                self.ink.append(
                    (name, tuple(place(u, v) for u in (left, left + wide) for v in (high, low)))
                )
        shown = " / ".join(line.text for line in found.lines)
        block = _hull(place(0.0, top), place(w, top + found.height))
        self._note(style, name, shown, found.points, len(found.lines), block)

    def _note(
        self, style: TextStyle, name: str, words: str, points: float, lines: int, box: Box
    ) -> None:
        height = self.fonts.x_height_mm(style.weight, points)
        colour = self.layout.colour(style.colour)
        self.texts.append(
            FittedText(
                name, style.variables, words, points, height, lines, style.weight, colour, box
            )
        )


def per_unit(style: TextStyle) -> bool:
    return any(name in PER_UNIT for name in style.variables)


def _top(found: SetText, valign: str, h: float) -> float:
    """Find the top of the block. Middle is judged by capitals and baseline, as the eye does."""
    if valign != "middle":
        return SHARE[valign] * (h - found.height)
    above = found.ascent - 0.72 * found.size  # over the capitals
    visual = found.height - found.descent - above
    return min(max((h - visual) / 2 - above, 0.0), h - found.height)


def place_in(
    x: float, y: float, w: float, h: float, rotate: int
) -> Callable[[float, float], tuple[float, float]]:
    """From the inside of a box turned clockwise by *rotate* to the label; w, h as on the label."""
    if rotate == 90:
        return lambda u, v: (x + w - v, y + u)
    if rotate == 180:
        return lambda u, v: (x + w - u, y + h - v)
    if rotate == 270:
        return lambda u, v: (x + v, y + h - u)
    return lambda u, v: (x + u, y + v)


def _hull(a: tuple[float, float], b: tuple[float, float]) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])


def _letter(
    bounds: tuple[float, float, float, float], x: float, y: float, size: float, angle: float
) -> Corners:
    """Corners of the ink of one turned letter."""
    cos, sin = math.cos(angle), math.sin(angle)
    return tuple(
        (x + size * (u * cos + v * sin), y + size * (u * sin - v * cos))
        for u in (bounds[0], bounds[2])
        for v in (bounds[1], bounds[3])
    )
