"""Spoken: gives the words of a label before they are set. Used by the checks of wording and stars."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.parts import Drawn, TextStyle
from labelsvc.labels.layouts.template import expand
from labelsvc.labels.layouts.variables import CONDITIONS, PER_UNIT, VARIABLES

#: A text of more words says what it says by itself.
MOST_WORDS = 4


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
    whole |= (
        values.conditions if isinstance(values, LabelContent) else dict.fromkeys(CONDITIONS, "")
    )
    found = []
    for element, style, parts in _texts(layout):
        lines = expand(style.text, whole) if _shown(parts, whole) else []
        if lines:
            text = "\n".join("".join(run.text for run in line) for line in lines)
            found.append(Spoken(element, style, text))
    return found


def masked(text: Spoken, values: Mapping[str, str], names: Collection[str]) -> str:
    """The words of *text* with an ellipsis for the values of *names*."""
    shown = {}
    for name in VARIABLES:
        value = "" if name in PER_UNIT else values.get(name, "")
        shown[name] = "…" if value and name in names else value
    return "\n".join("".join(run.text for run in line) for line in expand(text.style.text, shown))


def adjoining(spoken: Sequence[Spoken]) -> list[Spoken]:
    """Short texts that follow each other, read as one: a claim may be split over two of them."""
    runs: list[list[Spoken]] = [[]]
    for text in spoken:
        if len(text.text.split()) > MOST_WORDS:
            runs.append([])
        else:
            runs[-1].append(text)
    return [
        replace(run[0], text=" ".join(text.text for text in run)) for run in runs if len(run) > 1
    ]


def named(layout: Layout) -> Iterator[tuple[str, TextStyle]]:
    """Every text of *layout*, shown or not, by the name that `compose` gives it."""
    return ((name, style) for name, style, _ in _texts(layout))


def _texts(layout: Layout) -> Iterator[tuple[str, TextStyle, tuple[Drawn, ...]]]:
    """Name, text, and the parts whose `when` and `unless` decide whether it is drawn."""
    for index, element in enumerate(layout.elements):
        name = element.id or f"elements[{index}]"
        if isinstance(element, TextStyle):
            yield name, element, (element,)
        for number, item in enumerate(element.parts[1:]):
            if isinstance(item, TextStyle):
                yield item.id or f"{name}.items[{number}]", item, (element, item)


def _shown(parts: tuple[Drawn, ...], values: Mapping[str, str]) -> bool:
    # What a unit brings is there when labels are printed, so it counts as given.
    def has(name: str) -> bool:
        return name in PER_UNIT or bool(values[name])

    return all(
        (part.when is None or has(part.when)) and (part.unless is None or not has(part.unless))
        for part in parts
    )
