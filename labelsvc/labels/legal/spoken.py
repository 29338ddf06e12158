"""The words of a label before they are set: element, template, and text with the values in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from labelsvc.labels.content import PER_UNIT, VARIABLES, expand
from labelsvc.labels.layout import Drawn, Layout, StackElement, TextStyle


@dataclass(frozen=True, slots=True)
class Spoken:
    """One text that would be drawn. `element` is named as `compose` names it."""

    element: str
    style: TextStyle
    text: str

    @property
    def variables(self) -> tuple[str, ...]:
        return self.style.variables


def words(layout: Layout, values: Mapping[str, str]) -> list[Spoken]:
    """Every text of *layout* that *values* give words to; what differs by unit reads as empty.

    *values* may lack variables: those are empty.
    """
    whole = {name: "" if name in PER_UNIT else values.get(name, "") for name in VARIABLES}
    found = []
    for element, style in _texts(layout, whole):
        lines = expand(style.text, whole)
        if lines:
            text = "\n".join("".join(run.text for run in line) for line in lines)
            found.append(Spoken(element, style, text))
    return found


def _texts(layout: Layout, values: Mapping[str, str]) -> Iterator[tuple[str, TextStyle]]:
    for index, element in enumerate(layout.elements):
        name = element.id or f"elements[{index}]"
        if not _shown(element, values):
            continue
        if isinstance(element, TextStyle):
            yield name, element
        elif isinstance(element, StackElement):
            for number, item in enumerate(element.items):
                if isinstance(item, TextStyle) and _shown(item, values):
                    yield item.id or f"{name}.items[{number}]", item


def _shown(element: Drawn, values: Mapping[str, str]) -> bool:
    # What a unit brings is there when labels are printed, so it counts as given.
    def has(name: str) -> bool:
        return name in PER_UNIT or bool(values[name])

    if element.when is not None and not has(element.when):
        return False
    return element.unless is None or not has(element.unless)
