"""Paper edge: tells words that ordinary printers would cut off at the edge of the paper. Used by runs, the
editor and the command line."""

from __future__ import annotations

from labelsvc.labels.drawing.compose import Drawing
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal.finding import Finding
from labelsvc.labels.sheets.plain_paper import WHITE, near_edge

#: Where the number comes from; shown behind the message as an article of the law is.
SOURCE = "docs/sheets.md"


def findings(layout: Layout, drawing: Drawing) -> list[Finding]:
    """A warning for each text of *drawing* that stands in the white edge of the paper."""
    return [
        Finding(
            "warning",
            "paper_edge",
            "“{words}” stands {mm} mm from the edge of the paper; most printers leave {white} mm white and "
            "would cut letters off.",
            "Move it inwards in the layout, or print on a sheet with margins.",
            SOURCE,
            {"words": _short(near.words), "mm": f"{near.mm:g}", "white": f"{WHITE:g}"},
            near.field,
            near.box,
        )
        for near in near_edge(layout, drawing)
    ]


def _short(words: str) -> str:
    words = words.replace(" / ", " ")
    return words if len(words) <= 40 else words[:39] + "…"
