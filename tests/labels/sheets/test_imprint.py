"""How codes go on paper: used cells, order, copies, spares."""

from __future__ import annotations

import math

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.errors import BadInput
from labelsvc.labels.checks.read_back import read_back_pdf
from labelsvc.labels.drawing import spare
from labelsvc.labels.drawing.content import LabelContent, sample_content
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.ops import LineOp, TextOp
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.sheets.imprint import Imprint, usual_spares
from labelsvc.labels.sheets.placement import Placement
from labelsvc.labels.sheets.sheet import Sheet
from tests.labels.conftest import units

IMPRINTS = st.builds(
    Imprint,
    copies=st.integers(1, 4),
    collate=st.booleans(),
    spares=st.integers(0, 9),
)


def printed(imprint: Imprint, count: int, offset: int, length: int) -> list[int]:
    """Numbers of the codes on the labels of a stretch, from 0."""
    found: list[int] = []
    for part in imprint.stretches(count, offset, length):
        codes = range(part.first, part.first + part.codes)
        labels = [code for code in codes for _ in range(part.repeat)]
        found += labels[part.skip :][: part.labels]
    return found


@given(IMPRINTS, st.integers(1, 30), st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_parts_of_any_size_print_what_the_whole_prints(
    imprint: Imprint, count: int, sizes: list[int]
) -> None:
    total = imprint.labels(count)
    whole = list(range(count)) * imprint.copies if imprint.collate else [
        code for code in range(count) for _ in range(imprint.copies)
    ]  # fmt: skip
    found: list[int] = []
    spares = offset = 0
    while offset < total:
        size = min(sizes[offset % len(sizes)], total - offset)
        found += printed(imprint, count, offset, size)
        spares += imprint.spare_labels(count, offset, size)
        offset += size
    assert (found, spares) == (whole, imprint.spares)


@given(IMPRINTS)
def test_what_is_kept_is_read_again(imprint: Imprint) -> None:
    assert Imprint.from_json(imprint.to_json()) == imprint
    assert Imprint().to_json() == {}


@pytest.mark.parametrize(
    "imprint",
    [
        Imprint(start_at=66),
        Imprint(used=(0,)),
        Imprint(used=tuple(range(1, 66))),
        Imprint(copies=0),
        Imprint(copies=21),
        Imprint(spares=-1),
    ],
)
def test_an_impossible_imprint_is_refused(imprint: Imprint, sheet65: Layout) -> None:
    with pytest.raises(BadInput):
        imprint.check(Sheet.of(sheet65))


def test_print_shops_add_two_and_five_in_a_hundred() -> None:
    assert [usual_spares(n) for n in (1, 20, 100, 101, 1000)] == [3, 3, 7, 8, 52]


@pytest.mark.parametrize("name", library.names())
def test_a_spare_says_nothing_but_that_it_is_one(
    name: str, content: LabelContent, fonts: Fonts
) -> None:
    layout = library.get(name)
    pdf = render_sheet_pdf(layout, [Block(content, [])], fonts, Placement(spares=1))
    document = pypdfium2.PdfDocument(pdf)
    words = document[0].get_textpage().get_text_range().split("\r\n")
    document.close()
    margin = [line for line in words if line.startswith(("In 100 %", "50 mm"))]
    said = " ".join(line for line in words if line not in margin)
    assert said.replace(" – ", " ") == "TEM BÙ HAO KHÔNG DÙNG"
    # No star, picture or frame of the layout either: whatever the goods, the same paper.
    other = render_sheet_pdf(
        layout, [Block(sample_content(stars=None), [])], fonts, Placement(spares=1)
    )
    assert pdf == other


@pytest.mark.parametrize("name", library.names())
def test_what_is_drawn_on_a_spare_stays_on_its_label(name: str, fonts: Fonts) -> None:
    layout = library.get(name)
    lines = [op for op in spare.drawing(layout, fonts) if isinstance(op, LineOp)]
    words = [op for op in spare.drawing(layout, fonts) if isinstance(op, TextOp)]
    radius = layout.width / 2 if layout.label.round else None
    for x, y in [(op.x1, op.y1) for op in lines] + [(op.x2, op.y2) for op in lines]:
        assert 0 < x < layout.width
        assert 0 < y < layout.height
        if radius is not None:
            assert math.hypot(x - radius, y - radius) < radius
    for op in words:
        assert op.x > 0
        assert op.x + fonts[op.font].width(op.text) * op.size < layout.width


def test_used_cells_stay_white_and_spares_carry_no_code(
    sheet65: Layout, content: LabelContent, fonts: Fonts
) -> None:
    used, made = (1, 2, 7, 40), units(70)
    pdf = render_sheet_pdf(
        sheet65,
        [Block(content, made)],
        fonts,
        Placement(start_at=2, used=used, order="down", spares=5),
    )
    codes = [unit.code for unit in made]
    report = read_back_pdf(pdf, sheet65, codes, Placement(start_at=2, used=used, order="down", spares=5))  # fmt: skip
    assert (report.codes, report.pages) == (70, 2)
    dpi = 100
    sheet = Sheet.of(sheet65)
    document = pypdfium2.PdfDocument(pdf)
    first, second = grey_page(document, 0, dpi), grey_page(document, 1, dpi)
    document.close()
    placed = {
        (cell.page, cell.number)
        for cell in sheet.cells(75, Placement(start_at=2, used=used, order="down"))
    }

    def ink(page: int, number: int) -> bool:
        x, y = (round(v / 25.4 * dpi) for v in sheet.origin(number))
        w, h = round(38.1 / 25.4 * dpi), round(21.2 / 25.4 * dpi)
        picture = first if page == 1 else second
        return bool((picture[y + 3 : y + h - 3, x + 3 : x + w - 3] < 128).any())

    for page in (1, 2):
        for number in range(1, 66):
            assert ink(page, number) == ((page, number) in placed), (page, number)
