"""The file of a run: places to 0.01 mm, fonts inside, no scaling, same bytes twice."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdfium2
import pytest

from labelsvc.errors import BadInput, LabelOverflow, MissingGlyph
from labelsvc.labels.checks.read_back import check_file, read_back_pdf
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent, Unit, sample_content
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import reading
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.pdf.write import render_sheet_pdf, write_pdf
from labelsvc.labels.sheets.placement import Placement
from labelsvc.labels.sheets.sheet import Sheet
from tests.labels.conftest import HEAD, SHEET65, SYMBOL, Write, units

MM = 25.4 / 72


def masks(page: pikepdf.Page) -> list[tuple[float, float, float]]:
    """x, y from the top (mm) and side (mm) of each symbol on *page*, in order."""
    height = float(page.mediabox[3])
    found, matrix = [], [0.0] * 6
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "cm":
            matrix = [float(v) for v in operands]
        elif str(operator) == "INLINE IMAGE":
            side, _, _, tall, x, y = matrix
            assert side == tall
            found.append((x * MM, (height - y - tall) * MM, side * MM))
    return found


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


#: Of the printer, mm, and what the edge of a symbol lies inside its dots.
HALF_A_DOT = 25.4 / 600 / 2 + 0.001


def test_symbols_lie_where_sheet_and_layout_say(
    sheet65: Layout, content: LabelContent, fonts: Fonts
) -> None:
    run = units(70)
    data = render_sheet_pdf(sheet65, [Block(content, run)], fonts, Placement(start_at=64))
    op = compose(sheet65, content, fonts, unit=run[0]).symbol
    cells = list(Sheet.of(sheet65).cells(70, Placement(start_at=64)))
    with opened(data) as pdf:
        assert len(pdf.pages) == 3
        placed = [(n, *mask) for n, page in enumerate(pdf.pages, 1) for mask in masks(page)]
    assert len(placed) == 70
    for cell, (page, x, y, side) in zip(cells, placed, strict=True):
        assert page == cell.page
        assert x == pytest.approx(cell.x + op.x, abs=HALF_A_DOT)
        assert y == pytest.approx(cell.y + op.y, abs=HALF_A_DOT)
        assert side == pytest.approx(op.dots * op.modules * 25.4 / 600, abs=0.01)
    # Page two begins at cell one.
    assert placed[2][0] == 2
    assert placed[2][1] == pytest.approx(Sheet.of(sheet65).origin(1)[0] + op.x, abs=HALF_A_DOT)


@pytest.mark.parametrize("used", [(), (1, 2, 10)])
def test_a_hundred_labels_read_back(
    sheet65: Layout, content: LabelContent, fonts: Fonts, used: tuple[int, ...]
) -> None:
    run = units(100)
    data = render_sheet_pdf(sheet65, [Block(content, run)], fonts, Placement(used=used))
    report = read_back_pdf(data, sheet65, [unit.code for unit in run], Placement(used=used))
    assert (report.codes, report.pages, report.unused_min) == (100, 2, 1.0)


@pytest.mark.parametrize("form", ["short", "gs1", "offline", "lot"])
def test_every_form_reads_back_from_single_labels(
    write: Write, content: LabelContent, fonts: Fonts, form: str
) -> None:
    layout = write()
    run = units(1, form=form) * 3 if form == "lot" else units(3, form=form)
    data = render_sheet_pdf(layout, [Block(content, run)], fonts)
    assert read_back_pdf(data, layout, [unit.code for unit in run]).pages == 3
    with opened(data) as pdf:
        assert [float(v) * MM for v in pdf.pages[0].mediabox] == pytest.approx(
            [0, 0, 60, 40], abs=0.01
        )


def test_a_roll_has_a_page_a_row(write: Write, content: LabelContent, fonts: Fonts) -> None:
    head = (
        HEAD.replace('"single"', '"roll"')
        + "[sheet]\npage = [126, 40]\ncolumns = 2\npitch_x = 63\n"
    )
    layout = write(head=head)
    run = units(5)
    data = render_sheet_pdf(layout, [Block(content, run)], fonts)
    assert read_back_pdf(data, layout, [unit.code for unit in run]).pages == 3


def test_few_and_many_labels_have_the_same_symbols(
    sheet65: Layout, content: LabelContent, fonts: Fonts
) -> None:
    """Small runs take the reference encoder, large ones the tables: the paper is the same."""
    run = units(65)
    layout = sheet65.model_copy(update={"kind": "single"})
    many = render_sheet_pdf(layout, [Block(content, run)], fonts)
    few = render_sheet_pdf(layout, [Block(content, run[:30]), Block(content, run[30:])], fonts)

    def images(data: bytes) -> list[bytes]:
        with opened(data) as pdf:
            return [
                bytes(operands[0].unparse())
                for operands, operator in pikepdf.parse_content_stream(pdf.pages[0])
                if str(operator) == "INLINE IMAGE"
            ]

    assert len(images(many)) == 65
    assert images(many) == images(few)


def test_the_same_job_gives_the_same_bytes(
    sheet65: Layout, content: LabelContent, fonts: Fonts
) -> None:
    def made() -> bytes:
        return render_sheet_pdf(
            sheet65, [Block(content, units(70))], fonts, job=Job(title="Lô 1", note="đợt in 7")
        )

    assert made() == made()


def test_fonts_are_embedded_and_nothing_else_is_named(
    sheet65: Layout, content: LabelContent, fonts: Fonts
) -> None:
    data = render_sheet_pdf(sheet65, [Block(content, units(2))], fonts)
    names = check_file(data)
    assert names
    assert all(name.split("+")[1].startswith("BeVietnamPro-") for name in names)
    assert b"Helvetica" not in data


def test_the_file_says_what_it_is(sheet65: Layout, content: LabelContent, fonts: Fonts) -> None:
    job = Job(title="Trà sen · L1", author="Hợp tác xã Suối Mây")
    out = io.BytesIO()
    written = write_pdf(out, sheet65, [Block(content, units(3))], fonts, job=job)
    with opened(out.getvalue()) as pdf:
        assert str(pdf.Root.ViewerPreferences.PrintScaling) == "/None"
        assert str(pdf.docinfo["/Title"]) == "Trà sen · L1"
        assert str(pdf.docinfo["/Author"]) == "Hợp tác xã Suối Mây"
        subject = str(pdf.docinfo["/Subject"])
    assert f"module {written.module_mm:.3f} mm = {written.dots} dots at 600 dpi" in subject
    assert f"mask {written.mask}" in subject
    assert (written.labels, written.pages) == (3, 1)


def test_the_words_can_be_copied_out(sheet65: Layout, content: LabelContent, fonts: Fonts) -> None:
    data = render_sheet_pdf(sheet65, [Block(content, units(65))], fonts)
    document = pypdfium2.PdfDocument(data)
    found = document[0].get_textpage().get_text_range()
    assert found.count("QĐ 1147/QĐ-UBND") == 65
    assert "Lô L2611-03 · 65 / 65" in found
    assert "In 100 %, không co giãn" in found
    document.close()


@pytest.mark.parametrize(("bottom", "ruled"), [(7.9, False), (8, True), (8.1, True)])
def test_a_lower_margin_of_8_mm_has_room_for_the_ruler(
    content: LabelContent, fonts: Fonts, bottom: float, ruled: bool
) -> None:
    top = f"margin_top = {297 - 13 * 21.2 - bottom:.1f}"
    layout = reading.load(SHEET65.replace("margin_top = 10.9", top), source="test.toml")
    assert float(Sheet.of(layout).bottom) == pytest.approx(bottom)
    with pypdfium2.PdfDocument(render_sheet_pdf(layout, [Block(content, units(2))], fonts)) as pdf:
        words = pdf[0].get_textpage().get_text_range()
    assert ("trang 1/1" in words) is ruled
    assert ("In 100 %, không co giãn" in words) is ruled


def test_records_can_share_a_sheet(sheet65: Layout, fonts: Fonts) -> None:
    run = units(6)
    blocks = [
        Block(sample_content(stars=3), run[:2]),
        Block(LabelContent({**sample_content(), "product_name": "Gốm Bát Tràng"}, None), run[2:]),
    ]
    data = render_sheet_pdf(sheet65, blocks, fonts)
    assert read_back_pdf(data, sheet65, [unit.code for unit in run]).codes == 6


@pytest.mark.parametrize(
    ("run", "error"),
    [
        ([], BadInput),
        ([*units(1), Unit("HTTPS://OCOP.EXAMPLE/0")], BadInput),
        ([*units(60), Unit("HTTPS://OCOP.EXAMPLE/0")], BadInput),
        ([*units(3), units(1)[0]._replace(unit_number="9" * 60)], LabelOverflow),
        ([units(1)[0]._replace(unit_number="№ 1")], MissingGlyph),
    ],
)
def test_a_run_that_cannot_be_printed_is_refused(
    sheet65: Layout, content: LabelContent, fonts: Fonts, run: list[Unit], error: Any
) -> None:
    with pytest.raises(error):
        render_sheet_pdf(sheet65, [Block(content, run)], fonts)


def test_hostile_words_stay_words(write: Write, fonts: Fonts) -> None:
    text = '[[elements]]\ntype = "text"\nx = 2\ny = 2\nw = 34\nh = 30\ntext = "{product_name} {unit_number}"'
    layout = write(text + "\nsize = 6\nmin_size = 3", head=HEAD, symbol=SYMBOL)
    content = LabelContent({"product_name": r"Tj) ET Q (\) <</JS>>"})
    run = [units(1)[0]._replace(unit_number=r"\) Tj ET (")]
    data = render_sheet_pdf(layout, [Block(content, run)], fonts)
    assert read_back_pdf(data, layout, [run[0].code]).codes == 1
