"""Stock: finds sheets and rolls that one can buy by the size of their labels, and draws them.

Used by the pages of sheets and of the editor, and by `labelsvc layouts`. Articles come from
`library.articles()` or from a producer's own sheets.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from xml.sax.saxutils import escape

from labelsvc.labels.layouts.paper import Article
from labelsvc.labels.sheets.placement import USUAL, Placement
from labelsvc.labels.sheets.sheet import TOLERANCE, Sheet
from labelsvc.labels.sheets.stock_proof import test_sheet_pdf

__all__ = ["by_size", "drawing_svg", "is_roll", "test_sheet_pdf", "thumbnail_svg"]

#: Of what cannot be.
_WRONG = "#c8102e"
#: Fill and number of a cell in each state.
_COLOURS = {
    "free": ("#eef5ef", "#1b1b1b"),
    "next": ("#1f5a3c", "#fff"),
    "filled": ("#a9d3b8", "#123524"),
    "used": ("#e3ddd6", "#6b655d"),
    "before": ("#f1f1f1", "#6b655d"),
    "over": ("#f6c9c9", "#8b0a20"),
}
#: A layout may be up to this much larger or smaller than the label it is printed on, mm.
NEAR = 0.3


def by_size(
    articles: Mapping[str, Article], width: float, height: float, *, near: float = NEAR
) -> list[tuple[str, Article]]:
    """Articles whose labels are *width* x *height* mm, give or take *near*; best first.

    Exact before nearly, sure before unsure. Labels are not turned: a layout is not either.
    """

    def off(article: Article) -> float:
        w, h = article.label.size if article.label else (0.0, 0.0)
        return max(abs(w - width), abs(h - height))

    found = [(name, row) for name, row in articles.items() if off(row) <= near + 1e-9]
    return sorted(found, key=lambda row: (round(off(row[1]), 2), row[1].unsure, row[0]))


def is_roll(article: Article) -> bool:
    """True if the page is one row as high as its label: a roll or a continuous sheet."""
    if article.label is None or article.rows > 1:
        return False
    if article.page is None:
        return True
    return isinstance(article.page, tuple) and article.page[1] == article.label.size[1]


def drawing_svg(
    sheet: Sheet,
    placement: Placement = USUAL,
    *,
    labels: int = 0,
    title: str = "",
    round_labels: bool = False,
    corner: float = 0.0,
) -> str:
    """The sheet as SVG, its cells numbered, its dimensions in mm; for a page, which may style it.

    Each cell is a group `<g class="cell" data-cell="7" data-state="free">`; the states are `free`,
    `next` (the first to be printed), `filled` (by the first *labels* labels), `used`, `before` (ahead of the start) and `over` (of an
    impossible sheet: overlaps its neighbour, or leaves the page; the wrong distance stands beside
    it). *title* is what a screen reader says; numbers alone need no language. Raises `BadInput` for
    cells that are not there.
    """
    free = [cell.number for cell in sheet.cells(sheet.free_cells(placement), placement)]
    page_w, page_h = float(sheet.page_width), float(sheet.page_height)
    width, height = float(sheet.width), float(sheet.height)
    # Lettering grows with the page, so that it can be read at any size on the screen.
    x0, y0, x1, y1 = _extent(sheet)
    letter = max(x1 - x0, y1 - y0) / 45
    room = letter * 2.6
    said = title or f"{page_w:g} × {page_h:g} mm, {sheet.columns} × {sheet.rows}"
    faults = {str(fault.params["field"]).removeprefix("sheet.") for fault in sheet.faults()}
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sheet" role="img" '
        f'viewBox="{x0 - room:.2f} {y0 - room:.2f} {x1 - x0 + room * 1.6:.2f} '
        f'{y1 - y0 + room * 1.6:.2f}" '
        f'font-family="system-ui, sans-serif" font-size="{letter:.2f}">',
        f"<title>{escape(said)}</title>",
        f'<rect class="page" width="{page_w:g}" height="{page_h:g}" fill="#fff" stroke="#5f6368" '
        f'stroke-width="{letter / 16:.2f}"/>',
    ]
    number_size = min(letter * 1.3, height * 0.6, width / 3.2)
    radius = width / 2 if round_labels else corner
    for cell in range(1, sheet.per_page + 1):
        x, y = sheet.origin(cell)
        state = "used" if cell in placement.used else "free" if cell in free else "before"
        if cell in free[:labels]:
            state = "filled"
        if free and cell == free[0]:
            state = "next"
        if faults and _is_over(sheet, cell, faults):
            state = "over"
        fill, ink = _COLOURS[state]
        cross = (
            f'<path d="M{x:g} {y:g}l{width:g} {height:g}m0 {-height:g}l{-width:g} {height:g}" '
            f'stroke="#b5ab9f" stroke-width="{letter / 20:.2f}"/>'
            if state == "used" and not round_labels
            else ""
        )
        out.append(
            f'<g class="cell" data-cell="{cell}" data-state="{state}"><rect x="{x:g}" y="{y:g}" '
            f'width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}" '
            f'stroke="{_WRONG if state == "over" else "#8a9a8e"}" '
            f'fill-opacity="{0.6 if state == "over" else 1:g}" '
            f'stroke-width="{letter / 20:.2f}"/>{cross}'
            f'<text x="{x + width / 2:.2f}" y="{y + height / 2 + number_size * 0.36:.2f}" '
            f'text-anchor="middle" font-size="{number_size:.2f}" fill="{ink}">{cell}</text></g>'
        )
    out.append(_dimensions(sheet, letter))
    if faults:
        out.append(_wrong(sheet, letter, faults))
    return "".join(out) + "</svg>"


def thumbnail_svg(sheet: Sheet, *, round_labels: bool = False, corner: float = 0.0) -> str:
    """Page and labels to scale in one small picture without words, for a list."""
    page_w, page_h = float(sheet.page_width), float(sheet.page_height)
    width, height = float(sheet.width), float(sheet.height)
    radius = width / 2 if round_labels else min(corner, width / 2, height / 2)
    line = max(page_w, page_h) / 60
    cells = "".join(
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}"/>'
        for x, y in (sheet.origin(cell) for cell in range(1, sheet.per_page + 1))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="thumbnail" aria-hidden="true" '
        f'viewBox="{-line:.2f} {-line:.2f} {page_w + 2 * line:.2f} {page_h + 2 * line:.2f}" '
        f'stroke-width="{line / 2:.2f}"><rect width="{page_w:g}" height="{page_h:g}" fill="#fff" '
        f'stroke="#8f8877"/><g fill="#dcebe0" stroke="#1f5a3c">{cells}</g></svg>'
    )


def _extent(sheet: Sheet) -> tuple[float, float, float, float]:
    """Left, top, right and bottom edge of page and labels together."""
    last = sheet.origin(sheet.per_page)
    page = float(sheet.page_width), float(sheet.page_height)
    first = float(sheet.left), float(sheet.top)
    return (
        min(0.0, first[0]),
        min(0.0, first[1]),
        max(page[0], last[0] + float(sheet.width)),
        max(page[1], last[1] + float(sheet.height)),
    )


def _is_over(sheet: Sheet, cell: int, faults: Collection[str]) -> bool:
    """True if the label of *cell* leaves the page, or lies on the one before it."""
    x, y = sheet.origin(cell)
    slack = float(TOLERANCE)
    row, column = divmod(cell - 1, sheet.columns)
    return (
        min(x, y) < -slack
        or x + float(sheet.width) > float(sheet.page_width) + slack
        or y + float(sheet.height) > float(sheet.page_height) + slack
        or ("pitch_x" in faults and column > 0)
        or ("pitch_y" in faults and row > 0)
    )


def _wrong(sheet: Sheet, letter: float, faults: Collection[str]) -> str:
    """The distances that cannot be, beside the page: the whole grid, or one step of it."""
    _, _, x1, y1 = _extent(sheet)
    left, top = float(sheet.left), float(sheet.top)
    lines = []
    right = left + float((sheet.columns - 1) * sheet.pitch_x + sheet.width)
    below = top + float((sheet.rows - 1) * sheet.pitch_y + sheet.height)
    if "columns" in faults or ("page" in faults and left < 0):
        lines.append(_measure(left, right, y1 + letter * 1.3, letter * 1.3, across=True))
    if "rows" in faults or ("page" in faults and top < 0):
        lines.append(_measure(top, below, x1 + letter * 1.3, letter * 1.3, across=False))
    if "pitch_x" in faults:
        step = left + float(sheet.pitch_x)
        lines.append(_measure(left, step, y1 + letter * 1.3, letter * 1.3, across=True))
    if "pitch_y" in faults:
        step = top + float(sheet.pitch_y)
        lines.append(_measure(top, step, x1 + letter * 1.3, letter * 1.3, across=False))
    return (
        f'<g class="wrong" stroke="{_WRONG}" fill="{_WRONG}" font-weight="700">{"".join(lines)}</g>'
    )


def _dimensions(sheet: Sheet, letter: float) -> str:
    """Page, first margin, label and pitch as dimension lines above and at the left."""
    left, top = float(sheet.left), float(sheet.top)
    width, height = float(sheet.width), float(sheet.height)
    above, beside = -letter * 0.5, -letter * 0.5
    lines = [
        _measure(0, float(sheet.page_width), above - letter, letter, across=True),
        _measure(0, float(sheet.page_height), beside - letter, letter, across=False),
        _measure(left, left + width, above + letter * 0.25, letter, across=True),
        _measure(top, top + height, beside + letter * 0.25, letter, across=False),
    ]
    return f'<g class="dimensions" stroke="#8f1d1d" fill="#8f1d1d">{"".join(lines)}</g>'


def _measure(start: float, end: float, at: float, letter: float, *, across: bool) -> str:
    """A line with end marks and its length, in the middle of it."""
    tick, middle = letter * 0.25, (start + end) / 2
    words = f"{end - start:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    size = letter * 0.75
    if across:
        path = f"M{start:.2f} {at - tick:.2f}v{2 * tick:.2f}m0 {-tick:.2f}H{end:.2f}"
        path += f"m0 {-tick:.2f}v{2 * tick:.2f}"
        place = f'x="{middle:.2f}" y="{at - tick * 0.8:.2f}"'
    else:
        path = f"M{at - tick:.2f} {start:.2f}h{2 * tick:.2f}m{-tick:.2f} 0V{end:.2f}"
        path += f"m{-tick:.2f} 0h{2 * tick:.2f}"
        place = f'transform="translate({at - tick * 0.8:.2f} {middle:.2f}) rotate(-90)"'
    return (
        f'<path d="{path}" fill="none" stroke-width="{letter / 16:.2f}"/>'
        f'<text {place} text-anchor="middle" stroke="none" font-size="{size:.2f}">{words}</text>'
    )
