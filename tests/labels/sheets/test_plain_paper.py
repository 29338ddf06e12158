"""Labels on plain paper that is cut by hand, and words where ordinary printers leave the paper white."""

from __future__ import annotations

import io

import pikepdf
import pytest

from labelsvc.errors import LayoutError
from labelsvc.labels.checks import paper_edge
from labelsvc.labels.checks.read_back import read_back_pdf
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.sample_content import sample_of, sample_unit_of
from labelsvc.labels.layouts import library, reading
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.sheets.plain_paper import WHITE, near_edge, on_plain_paper
from labelsvc.labels.sheets.sheet import Sheet
from tests.labels.conftest import units_of

#: A sheet without margins, 3 × 8 of 70 × 37 mm, and a line of words at the left of each label.
GAPLESS = """
name = "test-24"
title_vi = "Thử"
title_en = "Test"
kind = "{kind}"
purpose = "seal"
[label]
width = 70
height = 37
safe = 0
[sheet]
page = "A4"
columns = 3
rows = 8
[[elements]]
type = "symbol"
x = 24
y = 6
size = 20
[[elements]]
id = "words"
type = "text"
x = {x}
y = {y}
w = 16
h = 3
text = "truyxuat"
size = 6
"""


def drawn(layout: Layout, fonts: Fonts) -> list[tuple[str, float]]:
    unit = sample_unit_of(layout)
    drawing = compose(layout, sample_of(layout), fonts, unit=unit)
    return [(near.field, near.mm) for near in near_edge(layout, drawing)]


@pytest.mark.parametrize("name", library.names())
def test_every_layout_has_room_on_plain_paper_clear_of_its_edge(name: str, fonts: Fonts) -> None:
    layout = on_plain_paper(library.get(name))
    sheet = Sheet.of(layout)
    assert (layout.kind, float(sheet.page_width), float(sheet.page_height)) == ("sheet", 210, 297)
    assert min(sheet.left, sheet.top, sheet.right) >= WHITE
    assert sheet.bottom >= 8, "the line and the ruler need a lower margin"
    assert drawn(layout, fonts) == []


@pytest.mark.parametrize("name", ["a4-12", "round-30", "roll-50x30"])
def test_a_sheet_to_cut_reads_back_and_carries_its_marks(name: str, fonts: Fonts) -> None:
    layout = on_plain_paper(library.get(name))
    run = units_of(layout, Sheet.of(layout).per_page + 1)
    pdf = render_sheet_pdf(layout, [Block(sample_of(layout), run)], fonts)
    assert read_back_pdf(pdf, layout, [unit.code for unit in run]).codes == len(run)
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert file.Root.ViewerPreferences.Duplex == "/Simplex"
        assert file.Root.ViewerPreferences.PrintScaling == "/None"
        for page in file.pages:
            strokes = [op for op in pikepdf.parse_content_stream(page) if str(op.operator) == "RG"]
            assert float(strokes[0].operands[0]) == pytest.approx(0x8A / 255, abs=1e-3)


@pytest.mark.parametrize("paper", ["Letter", "letter", "US Letter", "A5", "Legal", ""])
def test_paper_other_than_a4_is_refused_with_words(paper: str) -> None:
    with pytest.raises(LayoutError) as refused:
        on_plain_paper(library.get("a4-65"), paper)
    assert "A4" in str(refused.value) and "Letter" in refused.value.fix


def test_a_label_larger_than_the_page_is_refused() -> None:
    layout = library.get("shelf-card-a5")
    label = layout.label.model_copy(update={"width": 205.0})
    with pytest.raises(LayoutError, match="no room on A4"):
        on_plain_paper(layout.model_copy(update={"label": label}))


@pytest.mark.parametrize(
    ("x", "y", "kind", "near"),
    [
        (2.7, 15, "sheet", True),
        (5.0, 15, "sheet", False),
        (50.0, 15, "sheet", True),  # the right column, whose words end 4 mm from the edge
        (6.0, 2.5, "sheet", True),
        (6.0, 31.2, "sheet", True),
        (2.7, 15, "roll", False),
    ],
)
def test_words_in_the_white_edge_of_the_paper_are_told(
    x: float, y: float, kind: str, near: bool, fonts: Fonts
) -> None:
    align = '\nalign = "right"' if x == 50 else ""
    layout = reading.load(GAPLESS.format(x=x, y=y, kind=kind) + align, source="test-24.toml")
    found = drawn(layout, fonts)
    assert bool(found) is near
    assert all(field == "words" and mm < WHITE for field, mm in found)


@pytest.mark.parametrize("name", library.names())
def test_no_built_in_layout_puts_words_into_the_white_edge(name: str, fonts: Fonts) -> None:
    layout = library.get(name)
    unit = sample_unit_of(layout)
    assert paper_edge.findings(layout, compose(layout, sample_of(layout), fonts, unit=unit)) == []
