"""Plain paper: puts labels on a sheet that is cut by hand, and says what stands where printers leave it white.
Used by print runs, the wizard, the editor and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labelsvc.errors import LayoutError
from labelsvc.labels.drawing.compose import Drawing
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.paper import PAGES, SheetSpec
from labelsvc.labels.sheets.sheet import Sheet

#: What ordinary printers leave white at each edge of the paper, mm: 3 to 4.2 by their data sheets.
WHITE = 5.0
#: Room below the labels for the line that says 100 % and the ruler, mm.
_FOOT = 10.0
#: Between labels that are not cut with straight lines, mm.
_GAP = 2.0


class NearEdge(NamedTuple):
    """Words that stand nearer to an edge of the paper than printers print. `field`: the text of the
    layout; `mm`: how near; `box`: where they stand on the label."""

    field: str
    words: str
    mm: float
    box: tuple[float, float, float, float]


def on_plain_paper(layout: Layout, paper: str = "A4") -> Layout:
    """*layout* on plain A4 with marks to cut along, as many labels as have room.

    :raises LayoutError: Letter or another paper; a label that is too large for the page.
    """
    if paper.strip().upper() != "A4":
        raise LayoutError(
            "Labels to cut out are made for A4 paper (210 × 297 mm), not for {paper}.",
            fix="Put A4 into the printer and choose A4 in its settings: on Letter paper a printer "
            "shrinks the page, and the codes with it.",
            paper=paper.strip()[:40] or "–",
            field="paper",
        )
    page_width, page_height = PAGES["A4"]
    gap = _GAP if layout.label.round else 0.0
    columns = int((page_width - 2 * WHITE + gap) // (layout.width + gap))
    rows = int((page_height - WHITE - _FOOT + gap) // (layout.height + gap))
    if not columns or not rows:
        raise LayoutError(
            "{layout}: a label of {width} × {height} mm has no room on A4 with its marks to cut along.",
            fix="Choose a smaller label, or print on the paper that the layout is made for.",
            layout=layout.name,
            width=layout.width,
            height=layout.height,
            field="paper",
        )
    wide = columns * (layout.width + gap) - gap
    high = rows * (layout.height + gap) - gap
    top = max(WHITE, min((page_height - high) / 2, page_height - _FOOT - high))
    spec = SheetSpec(
        page="A4",
        columns=columns,
        rows=rows,
        margin_left=round((page_width - wide) / 2, 3),
        margin_top=round(top, 3),
        pitch_x=layout.width + gap,
        pitch_y=layout.height + gap,
        marks=True,
    )
    return layout.model_copy(update={"kind": "sheet", "sheet": spec})


def near_edge(layout: Layout, drawing: Drawing) -> Iterator[NearEdge]:
    """Words of *drawing* that would fall into the white edge of the paper, on some label of the sheet.

    Rolls and labels that are their own page are printed to the edge by their printers.
    """
    if layout.kind != "sheet" or layout.sheet.page is None:
        return
    sheet = Sheet.of(layout)
    left, top = float(sheet.left), float(sheet.top)
    right, bottom = float(sheet.right), float(sheet.bottom)
    for text in drawing.texts:
        x0, y0, x1, y1 = text.box
        near = min(left + x0, top + y0, right + layout.width - x1, bottom + layout.height - y1)
        if near < WHITE - 0.05:
            yield NearEdge(text.field, text.text, round(near, 1), text.box)
