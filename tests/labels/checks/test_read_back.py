"""A file is released only when every symbol of it reads as its code, in its cell."""

from __future__ import annotations

import io

import pikepdf
import pytest

from labelsvc.errors import ReadBackFailed
from labelsvc.labels.checks.read_back import check_file, grade, read_back_pdf
from labelsvc.labels.drawing.content import LabelContent, sample_content
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.sheets.placement import Placement
from labelsvc.labels.sheets.sheet import Sheet
from tests.labels.conftest import units

RUN = units(70)
CODES = [unit.code for unit in RUN]


@pytest.fixture(scope="session")
def good(sheet65: Layout, fonts: Fonts) -> bytes:
    return render_sheet_pdf(sheet65, [Block(sample_content(), RUN)], fonts)


def changed(data: bytes, operators: bytes, *, page: int = 0) -> bytes:
    """*data* with more ink on one page."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.pages[page].contents_add(pdf.make_stream(operators))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def refusal(data: bytes, layout: Layout, codes: list[str], **options: int) -> ReadBackFailed:
    with pytest.raises(ReadBackFailed) as caught:
        read_back_pdf(data, layout, codes, Placement(**options))
    assert caught.value.fix
    return caught.value


def test_a_good_file_passes(good: bytes, sheet65: Layout) -> None:
    report = read_back_pdf(good, sheet65, CODES)
    assert (report.codes, report.pages, report.again, report.unused_min) == (70, 2, 0, 1.0)


def test_two_codes_in_each_others_place(good: bytes, sheet65: Layout) -> None:
    swapped = [*CODES[:7], CODES[8], CODES[7], *CODES[9:]]
    error = refusal(good, sheet65, swapped)
    assert (error.params["page"], error.params["cell"]) == (1, 8)
    assert error.params["found"] == CODES[7]
    assert error.params["expected"] == CODES[8]


def test_a_symbol_under_ink_names_page_and_cell(good: bytes, sheet65: Layout) -> None:
    x, y = Sheet.of(sheet65).origin(3)
    scale = 72 / 25.4
    ink = f"0 g {(x + 5) * scale} {(297 - y - 14) * scale} 30 30 re f".encode()
    error = refusal(changed(good, ink, page=1), sheet65, CODES)
    assert (error.params["page"], error.params["cell"]) == (2, 3)
    assert "page 2, cell 3: no symbol could be read" in str(error)


def test_text_printed_over_a_symbol_is_noticed(good: bytes, sheet65: Layout) -> None:
    x, y = Sheet.of(sheet65).origin(1)
    scale = 72 / 25.4
    ink = f"0 g {(x + 1) * scale} {(297 - y - 10) * scale} 44 7 re f".encode()
    assert refusal(changed(good, ink), sheet65, CODES).params["cell"] == 1


def test_labels_that_are_missing_or_too_many(good: bytes, sheet65: Layout) -> None:
    more = refusal(good, sheet65, [*CODES, units(1, seed=9)[0].code])
    assert (more.params["page"], more.params["cell"]) == (2, 6)
    assert "belongs to no cell" in str(refusal(good, sheet65, CODES[:-1]))
    assert "2 pages instead of 1" in str(refusal(good, sheet65, CODES[:65]))
    with pikepdf.open(io.BytesIO(good)) as pdf:
        del pdf.pages[1]
        out = io.BytesIO()
        pdf.save(out)
    assert "only 1 pages" in str(refusal(out.getvalue(), sheet65, CODES))


def test_labels_shifted_by_a_cell(good: bytes, sheet65: Layout) -> None:
    assert refusal(good, sheet65, CODES, start_at=2).params["cell"] == 2


def test_a_font_that_is_not_embedded(good: bytes) -> None:
    with pikepdf.open(io.BytesIO(good)) as pdf:
        pdf.pages[0].Resources.Font["/F9"] = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name.Helvetica,
            )
        )
        out = io.BytesIO()
        pdf.save(out)
    with pytest.raises(ReadBackFailed, match="Helvetica is not embedded"):
        check_file(out.getvalue())


def test_a_file_that_a_viewer_may_scale(good: bytes) -> None:
    with pikepdf.open(io.BytesIO(good)) as pdf:
        del pdf.Root.ViewerPreferences
        out = io.BytesIO()
        pdf.save(out)
    with pytest.raises(ReadBackFailed, match="without scaling"):
        check_file(out.getvalue())


def test_one_code_on_all_labels_is_right_for_a_lot(
    sheet65: Layout, content: LabelContent, fonts: Fonts
) -> None:
    run = [RUN[0]._replace(unit_number="")] * 10
    data = render_sheet_pdf(sheet65, [Block(content, run)], fonts)
    assert read_back_pdf(data, sheet65, [CODES[0]] * 10).codes == 10


@pytest.mark.parametrize(
    ("unused", "contrast", "wanted"),
    [
        (1.0, 1.0, "A"), (0.62, 0.7, "A"), (0.61, 1.0, "B"), (1.0, 0.69, "B"), (0.4, 0.9, "C"),
        (0.26, 0.21, "D"), (0.24, 1.0, "F"), (1.0, 0.1, "F"),
    ],
)  # fmt: skip
def test_the_grade_is_the_worse_of_two(unused: float, contrast: float, wanted: str) -> None:
    assert grade(unused, contrast) == wanted
