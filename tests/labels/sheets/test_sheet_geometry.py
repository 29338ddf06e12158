"""Where the n-th label lies, to 0.01 mm; geometries that no printer can follow are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labelsvc.errors import BadInput, LayoutError
from labelsvc.labels.layouts import reading
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.sheets.placement import Placement
from labelsvc.labels.sheets.sheet import Sheet
from tests.conftest import vectors
from tests.labels.conftest import SYMBOL, Write

#: Overrun their page by 0.15 to 0.6 mm.
IMPOSSIBLE = {"Herma 4464", "Herma 4620", "Zweckform 3475"}


def made(row: dict[str, Any]) -> Layout:
    width, height = row["label_width_mm"], row["label_height_mm"]
    label = f"width = {width}\nheight = {height}"
    if row["shape"] == "round":
        label = f"diameter = {width}"
    toml = f"""
name = "t"
title_vi = "t"
title_en = "t"
kind = "sheet"
purpose = "seal"
[label]
{label}
[sheet]
page = [{row["page_width_mm"]}, {row["page_height_mm"]}]
columns = {row["columns"]}
rows = {row["rows"]}
margin_left = {row["left_margin_mm"]}
margin_top = {row["top_margin_mm"]}
pitch_x = {row["pitch_x_mm"] or width}
pitch_y = {row["pitch_y_mm"] or height}
[[elements]]
type = "symbol"
x = 0
y = 0
size = {min(width, height)}
"""
    return reading.load(toml, source=row["name"])


def test_real_sheets_lie_where_their_maker_says() -> None:
    rows = json.loads((vectors() / "sheet_geometries.json").read_text())["sheets"]
    seen = set()
    for row in rows:
        if row["media"] != "sheet":
            continue
        if row["name"] in IMPOSSIBLE:
            with pytest.raises(LayoutError, match="overrun"):
                Sheet.of(made(row))
            seen.add(row["name"])
            continue
        sheet = Sheet.of(made(row))
        assert sheet.per_page == row["labels_per_page"], row["name"]
        assert sheet.origin(sheet.per_page) == pytest.approx(
            row["last_label_origin_mm"], abs=0.01
        ), row["name"]
        assert float(sheet.right) == pytest.approx(row["right_margin_mm"], abs=0.01)
    assert seen == IMPOSSIBLE


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pitch_x_mm": 37.9}, "overlap sideways by 0.1 mm"),
        ({"pitch_y_mm": 20}, "overlap by 1 mm from row to row"),
        ({"columns": 6}, "overrun the right edge by"),
        ({"rows": 14}, "overrun the bottom edge by"),
    ],
)
def test_impossible_geometry_says_why(change: dict[str, Any], reason: str) -> None:
    row = {
        "name": "t",
        "shape": "rectangle",
        "page_width_mm": 210,
        "page_height_mm": 297,
        "label_width_mm": 38,
        "label_height_mm": 21,
        "columns": 5,
        "rows": 13,
        "left_margin_mm": 5,
        "top_margin_mm": 10,
        "pitch_x_mm": 40,
        "pitch_y_mm": 21,
    }
    with pytest.raises(LayoutError, match=reason):
        Sheet.of(made({**row, **change}))


def test_missing_margins_are_found_by_centring(write: Write) -> None:
    toml_head = """
name = "t"
title_vi = "t"
title_en = "t"
kind = "sheet"
purpose = "seal"
[label]
width = 60
height = 40
[sheet]
page = "A4"
columns = 3
rows = 7
pitch_x = 62
"""
    sheet = Sheet.of(write(head=toml_head, symbol=SYMBOL))
    assert (float(sheet.left), float(sheet.right)) == (13, 13)
    assert (float(sheet.top), float(sheet.bottom)) == (8.5, 8.5)


def test_a_single_label_is_its_own_page(write: Write) -> None:
    sheet = Sheet.of(write())
    assert (float(sheet.page_width), float(sheet.page_height), sheet.per_page) == (60, 40, 1)


def test_the_second_page_begins_at_cell_one(sheet65: Layout) -> None:
    cells = list(Sheet.of(sheet65).cells(80, Placement(start_at=60)))
    assert [(c.page, c.number) for c in cells[:7]] == [
        *((1, n) for n in range(60, 66)),
        (2, 1),
    ]
    assert (cells[-1].page, cells[-1].number) == (3, 9)
    assert (cells[6].x, cells[6].y) == Sheet.of(sheet65).origin(1)


def test_used_cells_stay_empty_on_the_first_page_only(sheet65: Layout) -> None:
    cells = list(Sheet.of(sheet65).cells(130, Placement(used={1, 3, 65})))
    first = {c.number for c in cells if c.page == 1}
    assert first == set(range(1, 66)) - {1, 3, 65}
    assert {c.number for c in cells if c.page == 2} == set(range(1, 66))


def test_order_down_fills_columns(sheet65: Layout) -> None:
    cells = [c.number for c in Sheet.of(sheet65).cells(14, Placement(order="down"))]
    assert cells == [*range(1, 62, 5), 2]


@pytest.mark.parametrize("order", ["across", "down"])
@pytest.mark.parametrize("start", [1, 33, 64])
@pytest.mark.parametrize("count", [0, 1, 33, 65, 66, 200])
def test_pages_are_counted_as_they_are_filled(
    sheet65: Layout, order: Any, start: int, count: int
) -> None:
    sheet = Sheet.of(sheet65)
    cells = list(sheet.cells(count, Placement(start_at=start, used={65, 2}, order=order)))
    assert len(cells) == count
    pages = sheet.pages(count, Placement(start_at=start, used={65, 2}, order=order))
    assert pages == max((c.page for c in cells), default=0)


@pytest.mark.parametrize(
    ("start", "used", "why"),
    [
        (0, (), "cells 1 to 65, not 0"),
        (66, (), "cells 1 to 65, not 66"),
        (1, (0,), "cells 1 to 65, not 0"),
        (1, (66,), "cells 1 to 65, not 66"),
        (65, (65,), "Every cell of the first sheet is marked as used"),
    ],
)
def test_cells_that_are_not_there_are_refused(
    sheet65: Layout, start: int, used: tuple[int, ...], why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        list(Sheet.of(sheet65).cells(1, Placement(start_at=start, used=used)))
