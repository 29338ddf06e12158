"""Room: moves what a layout holds together, so that a band of its label is free. Used by `dress`.

The symbol, and what stands over or below it, keeps its size; everything else gives way evenly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labelsvc.labels.layouts.elements import (
    Element,
    EllipseElement,
    LineElement,
    PathElement,
    RectElement,
    StarsElement,
)
from labelsvc.labels.layouts.layout import Layout


@dataclass(frozen=True)
class Scale:
    """One axis: *start* to *end* of before becomes *low* to *high*; *keep*, moved by *by*, keeps its size,
    and what follows it keeps *pad* more away."""

    start: float
    end: float
    low: float
    high: float
    keep: tuple[float, float]
    pad: float = 0.0

    @property
    def by(self) -> float:
        """With an edge that it stands at, the kept part moves; where words lie between, they give way."""
        near = 0.15 * (self.end - self.start)
        low = self.low - self.start if self.keep[0] - self.start < near else 0.0
        high = self.high - self.end if self.end - self.keep[1] < near else 0.0
        return low + high

    def __call__(self, at: float) -> float:
        """Give the new place of *at*, mm."""
        left, right = self.keep
        if at < left:
            share = (left + self.by - self.low) / max(left - self.start, 0.01)
            return self.low + (at - self.start) * share
        if at <= right:
            return at + self.by
        start = right + self.by + self.pad
        share = (self.high - start) / max(self.end - right, 0.01)
        return start + (at - right) * share


def scales(
    layout: Layout,
    before: tuple[float, float, float, float],
    after: tuple[float, float, float, float],
    pad: float,
) -> tuple[Scale, Scale]:
    """From the box *before* into the box *after*, across and down; *pad*: room beside the symbol's ground."""
    x0, y0, x1, y1 = layout.symbols[0].bounds()
    return (
        Scale(
            before[0], before[2], after[0], after[2], (x0, x1), pad if x0 < layout.width / 2 else 0
        ),
        Scale(before[1], before[3], after[1], after[3], (y0, y1)),
    )


def moved(element: Element, across: Scale, down: Scale) -> Element:
    """*element* at its new place."""
    e = element
    new: dict[str, Any] = {}
    match e:
        case EllipseElement():
            new = {"cx": across(e.cx), "cy": down(e.cy)}
        case LineElement():
            new = {"x1": across(e.x1), "x2": across(e.x2), "y1": down(e.y1), "y2": down(e.y2)}
        case PathElement():
            new = {"x": e.x + across.by, "y": e.y + down.by}
        case StarsElement(w=None):
            # Five of them keep clear of what stands beside them.
            wide = e.size * 6
            share = min(1.0, (across(e.x + wide) - across(e.x)) / wide)
            new = {"x": across(e.x), "y": down(e.y), "size": e.size * share}
        case _:
            values = e.model_dump(include={"x", "y", "w", "h"})
            x, y, w, h = (values.get(key) for key in ("x", "y", "w", "h"))
            if x is None or y is None:
                return e
            new = {"x": across(x), "y": down(y)}
            if w is not None:
                new["w"] = across(x + w) - new["x"]
            if h is not None:
                new["h"] = down(y + h) - new["y"]
    return e.model_copy(update={key: round(value, 3) for key, value in new.items()})


def bars(layout: Layout) -> list[RectElement]:
    """Plain bars along a whole edge of the label that hold no words: the band takes their place."""
    found = []
    for element in layout.elements:
        if not isinstance(element, RectElement) or element.fill is None:
            continue
        x0, y0, x1, y1 = element.bounds()
        wide, high = x1 - x0 >= layout.width - 0.2, y1 - y0 >= layout.height - 0.2
        thin = min(x1 - x0, y1 - y0) <= 0.15 * min(layout.width, layout.height)
        if wide != high and thin:
            found.append(element)
    return found
