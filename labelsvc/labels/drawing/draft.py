"""Draft: draws a layout that is being made, and notes every fault with its element. Used by the editor.

`drawing.compose` stops at the first fault, as printing must. Whoever drags a box about wants to see
how far the words run over, and all that is wrong at once. Nothing that comes from here is printed: a letter that the
font lacks is a red box, drawn with `Fonts.forgiving`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from labelsvc.errors import LabelOverflow, LayoutError, MissingGlyph
from labelsvc.labels.drawing import clearance, shapes
from labelsvc.labels.drawing.compose import Drawing, draw, ground, measure, symbol_in_box
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.drawing.element_place import Worded, looser, place_of
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.ops import SymbolOp, UnitOp, UnitTextOp
from labelsvc.labels.drawing.words import Box, FittedText, Words
from labelsvc.labels.layouts.elements import (
    ArcText,
    Inked,
    StackElement,
    StarsElement,
    SymbolElement,
    TextElement,
)
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.parts import TextStyle
from labelsvc.labels.layouts.template import expand
from labelsvc.labels.symbols import encode

#: Letters of one text with its values filled in; a full label has half of that in all.
MOST_SET = 1500
#: Seconds of the processor that one draft may take, on however busy a machine; a heavy label takes a twentieth of one.
LONGEST = 2.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and the element that has it: its place in the layout and in its stack, or None."""

    error: LayoutError
    element: int | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """`boxes`: of each element, mm, None where nothing is drawn. `zone`: symbol and quiet zone."""

    drawing: Drawing
    faults: tuple[Fault, ...]
    boxes: tuple[Box | None, ...]
    zone: Box


def draft(
    layout: Layout,
    content: LabelContent,
    fonts: Fonts,
    *,
    unit: Unit,
    shown: Unit | None = None,
    placeholders: bool = True,
) -> Draft:
    """Draw *content* by *layout* as far as it goes, and note every fault.

    :param unit: whose words and code must fit. :param shown: whose fit the drawing (default *unit*).
    """
    return _Drafter(layout, content, fonts, unit, shown or unit, placeholders).run()


@dataclass
class _Drafter:
    layout: Layout
    content: LabelContent
    fonts: Fonts
    sample: Unit
    shown: Unit
    placeholders: bool
    faults: list[Fault] = field(default_factory=list)
    boxes: list[Box | None] = field(default_factory=list)
    forgiving: Fonts = field(init=False)
    #: Element of each static operation.
    owners: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.forgiving = self.fonts.forgiving()

    def run(self) -> Draft:
        ends = time.thread_time() + LONGEST
        words = Words(self.layout, self.content, self.fonts, self.sample)
        placed: tuple[SymbolOp, Box] | None = None
        for index, element in enumerate(self.layout.elements):
            name = element.id or f"elements[{index}]"
            box: Box | None = None
            if time.thread_time() > ends:
                self._note(
                    LayoutError(
                        "{layout}: the label takes too long to draw",
                        fix="Use fewer elements, or shorter texts.",
                        layout=self.layout.name,
                        field=name,
                    ),
                    index,
                )
                break
            if isinstance(element, SymbolElement):
                if not words.shown(element):
                    self._note(
                        LayoutError(
                            "{layout}: the symbol is not drawn for {record}",
                            fix="Remove `when` and `unless` from the symbol.",
                            layout=self.layout.name,
                            record=self.content.record,
                        ),
                        index,
                    )
                placed = self._symbol(element, words, index)
                box = element.bounds()
            elif words.shown(element):
                box = self._ink(words, element, name, index)
            self.owners.extend([index] * (len(words.static) - len(self.owners)))
            self.boxes.append(box)
        self.boxes.extend([None] * (len(self.layout.elements) - len(self.boxes)))
        if placed is None:  # the time was up before it
            symbol_element = self.layout.symbols[0]
            placed = self._symbol(symbol_element, words, self.layout.elements.index(symbol_element))
        self._clearances(words, placed)
        unit_ops = [self._unit_line(op) if isinstance(op, UnitTextOp) else op for op in words.unit]
        drawing = Drawing(
            self.layout.name,
            self.content.record,
            self.layout.width,
            self.layout.height,
            self.layout.label.round,
            tuple(words.static),
            tuple(unit_ops),
            tuple(words.texts),
            placed[0],
        )
        return Draft(drawing, tuple(self.faults), tuple(self.boxes), placed[1])

    def _note(
        self, error: LayoutError, element: int | None = None, item: int | None = None
    ) -> None:
        if element is None:
            element, item = place_of(self.layout, str(error.params.get("field", "")))
        same = (str(error), element, item)
        if all((str(f.error), f.element, f.item) != same for f in self.faults):
            self.faults.append(Fault(error, element, item))

    def _ink(self, words: Words, element: Inked, name: str, index: int) -> Box:
        """Draw *element* as far as it goes; its box."""
        if isinstance(element, TextElement | StackElement | ArcText):
            return self._words(words, element, name, index)
        try:
            draw(words, element, name, placeholders=self.placeholders)
        except LayoutError as error:
            self._note(error, index)
        return self._stars(element) if isinstance(element, StarsElement) else element.bounds()

    def _words(self, words: Words, element: Worded, name: str, index: int) -> Box:
        """Set the words; where they do not fit, as small as allowed and over the box."""
        nominal = element.bounds()
        if (long := self._too_long(words, element, name)) is not None:
            self._note(long, index)
            return nominal
        words.fonts = self.fonts
        trials: list[Worded] = [element, *looser(element)]
        while trials:
            try:
                draw(words, trials[0], name, placeholders=False)
                break
            except LayoutError as error:
                if trials[0] is element:
                    _, item = place_of(self.layout, str(error.params.get("field", "")))
                    self._note(error, index, item)
                if isinstance(error, MissingGlyph) and words.fonts is self.fonts:
                    words.fonts = self.forgiving  # once more, with a box for the letter
                elif isinstance(error, LabelOverflow):
                    del trials[0]
                else:
                    break
        return nominal

    def _too_long(self, words: Words, element: Worded, name: str) -> LayoutError | None:
        count = sum(
            len(run.text)
            for style in element.parts
            if isinstance(style, TextStyle)
            for line in expand(style.text, words.values)
            for run in line
        )
        if count <= MOST_SET:
            return None
        return LayoutError(
            "{layout}: {field} has {count} letters; at most {most} are set",
            fix="Shorten the text.",
            layout=self.layout.name,
            field=name,
            count=count,
            most=MOST_SET,
        )

    def _stars(self, element: StarsElement) -> Box:
        """Find the box of the stars; that of five if this record has none."""
        wide = shapes.stars_width(self.content.stars or 5, element.size, element.spacing)
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[element.align]
        x = element.x + (share * (element.w - wide) if element.w is not None else 0.0)
        if element.w is not None:
            x, wide = min(x, element.x), max(wide, element.w)
        return x, element.y, x + wide, element.y + element.size

    def _symbol(self, element: SymbolElement, words: Words, index: int) -> tuple[SymbolOp, Box]:
        if element.ground is not None:
            words.static.append(ground(element, self.layout))
        try:
            placed = symbol_in_box(element, self.layout, self.sample, self.content.record)
        except LayoutError as error:
            self._note(error, index)
            placed = self._squeezed(element)
        words.unit.append(placed[0])
        return placed

    def _squeezed(self, element: SymbolElement) -> tuple[SymbolOp, Box]:
        """The symbol as if any module could be printed."""
        parts = encode.segments(self.sample.code)
        version = encode.version_for(parts, element.level)
        modules = 17 + 4 * version
        module = element.size / (modules + 2 * encode.QUIET)
        edge = encode.QUIET * module
        colour = self.layout.colour(element.colour)
        op = SymbolOp(
            element.x + edge, element.y + edge, module, 0, modules, version, element.level, colour
        )
        return op, element.bounds()

    def _clearances(self, words: Words, placed: tuple[SymbolOp, Box]) -> None:
        for error in clearance.faults(
            self.layout,
            self.content.record,
            symbol=placed[0],
            zone=placed[1],
            static=words.static,
            ink=words.ink,
        ):
            op = error.params.get("op")
            self._note(error, self.owners[op] if isinstance(op, int) else None)

    def _unit_line(self, op: UnitTextOp) -> UnitOp:
        """*op*, allowed to be as small as it must where it does not fit."""
        try:
            # A letter without a glyph was told when the line was set.
            measure(op, self.sample, self.forgiving, layout=self.layout.name)
            measure(op, self.shown, self.forgiving, layout=self.layout.name)
        except LabelOverflow as error:
            self._note(error)
            return replace(op, min_size=0.01)
        return op


def words_of(draft: Draft, layout: Layout) -> list[tuple[int | None, int | None, FittedText]]:
    """List what became of every text, with the element and the item it belongs to."""
    return [(*place_of(layout, text.field), text) for text in draft.drawing.texts]
