"""Variable data: a template with places, a table that reads back, nothing that calculates."""

from __future__ import annotations

import csv
import io

import pypdfium2
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.errors import BadInput, LabelOverflow
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent, Unit, sample_content
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.press.csv_table import Row, bare, guarded, read_variable, write_rows
from labelsvc.labels.press.inspect import painted
from labelsvc.labels.press.settings import PressSettings
from labelsvc.labels.press.variable_data import PLACEHOLDER, VariableData, write_variable
from labelsvc.labels.symbols import encode
from tests.labels.conftest import Write, units, units_of

from .icc_profile import cmyk_profile

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
DANGEROUS = st.sampled_from(
    ["=1+1", "+84", "-1", "@SUM(A1)", "\t=1", "\r=1", "'", "'=1", '"', ";,"]
)
CELL = TEXT | DANGEROUS


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    names = draw(st.lists(TEXT.map("text_".__add__), unique=True, max_size=3))
    count = draw(st.integers(1, 6))
    return [
        Row(
            number,
            draw(st.integers(1, 9)),
            draw(CELL),
            draw(CELL),
            draw(CELL),
            {name: draw(CELL) for name in names},
        )
        for number in range(1, count + 1)
    ]


@given(tables())
def test_a_table_reads_back_as_it_was(rows: list[Row]) -> None:
    assert read_variable(write_rows(rows)) == rows


@given(CELL)
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    shown = guarded(cell)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert bare(shown) == cell


@given(st.binary(max_size=60) | TEXT.map(str.encode))
def test_a_strange_table_is_refused_or_read(data: bytes) -> None:
    try:
        read_variable(data)
    except BadInput as error:
        assert error.fix and "line" in error.params


def test_a_table_saved_again_by_a_spreadsheet_is_read() -> None:
    rows = [Row(1, 1, "HTTPS://A/1", "A 1", "1 / 2", {"text_lot": "Lô 7"})]
    text = write_rows(rows).decode("utf-8-sig").replace('"', "").replace(",", ";")
    assert read_variable(text.encode()) == rows


HEAD = '"unit","template_page","code","code_printed","unit_number"\r\n'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a,b\r\n", 1),
        (HEAD + '"1","1","x","y"\r\n', 2),
        (HEAD + '"one","1","x","y","z"\r\n', 2),
        (HEAD + '"1","1","x","y","z"\r\n"1","1","x","y","z"\r\n', 3),
        (HEAD + '"1","1","x","y","z\r\n', 2),
    ],
)
def test_a_fault_names_its_line(text: str, line: int) -> None:
    with pytest.raises(BadInput) as caught:
        read_variable(text.encode())
    assert caught.value.params["line"] == line


def written(layout: Layout, fonts: Fonts, count: int = 3) -> VariableData:
    return write_variable(layout, [Block(sample_content(), units_of(layout, count))], fonts)


@pytest.mark.parametrize("name", library.names())
def test_every_layout_has_a_template(name: str, fonts: Fonts) -> None:
    layout = library.get(name)
    run = units_of(layout, 2)
    found = write_variable(layout, [Block(sample_content(), run)], fonts)
    rows = read_variable(found.table)
    assert [(row.code, row.code_printed, row.unit_number) for row in rows] == [
        (unit.code, unit.code_printed, unit.unit_number) for unit in run
    ]
    with painted.opened(found.template) as pdf:
        assert len(pdf.pages) == 1
        walked = painted.walk(pdf, [1])
        assert PLACEHOLDER in walked.spots
        assert walked.masks == 0
    assert encode.read_back(grey_page(pypdfium2.PdfDocument(found.template), 0, 200)) == []


def test_the_table_has_what_the_label_would_say(write: Write, fonts: Fonts) -> None:
    layout = write(
        '\n[[elements]]\nid = "no"\ntype = "text"\nx = 1\ny = 30\nw = 30\nh = 4\nsize = 6\n'
        'text = "Số {unit_number}"\n'
    )
    rows = read_variable(written(layout, fonts).table)
    assert [row.texts for row in rows] == [{"text_no": f"Số {n} / 3"} for n in (1, 2, 3)]
    assert [row.unit for row in rows] == [1, 2, 3]


def test_the_places_are_those_of_the_drawing(write: Write, fonts: Fonts) -> None:
    layout = write()
    found = written(layout, fonts)
    op = compose(layout, sample_content(), fonts, unit=units(1)[0]).symbol
    rows = list(csv.DictReader(io.StringIO(found.places.decode("utf-8-sig"))))
    assert rows[0]["field"] == "code"
    assert [float(rows[0][key]) for key in ("x_mm", "y_mm", "width_mm", "height_mm")] == (
        pytest.approx([op.x, op.y, op.size, op.size], abs=0.001)
    )
    assert f"level {op.level}" in rows[0]["about"]


def test_blocks_have_a_page_each(write: Write, fonts: Fonts, content: LabelContent) -> None:
    other = LabelContent({**content.values_by_name, "lot_code": "L9"}, 4, "L9")
    blocks = [Block(content, units(2)), Block(other, units(3, seed=2))]
    found = write_variable(write(), blocks, fonts, settings=PressSettings(icc=cmyk_profile()))
    assert [row.template_page for row in read_variable(found.table)] == [1, 1, 2, 2, 2]
    with painted.opened(found.template) as pdf:
        assert len(pdf.pages) == 2
        assert b"PDF/X-4" in pdf.Root.Metadata.read_bytes()


def test_a_line_that_does_not_fit_is_refused_before_it_is_sent(write: Write, fonts: Fonts) -> None:
    layout = write(
        '\n[[elements]]\ntype = "text"\nx = 1\ny = 30\nw = 6\nh = 4\nsize = 6\n'
        'text = "{unit_number}"\n'
    )
    run = [*units(1), Unit(units(2)[1].code, "A", "1.000.000 / 1.000.000")]
    with pytest.raises(LabelOverflow):
        write_variable(layout, [Block(sample_content(), run)], fonts)


def test_the_same_job_gives_the_same_bytes(write: Write, fonts: Fonts) -> None:
    layout = write()
    with time_machine.travel("2026-11-05 08:00", tick=False):
        first = written(layout, fonts)
    with time_machine.travel("2027-01-01 09:30", tick=False):
        assert written(layout, fonts) == first


def test_a_table_opens_in_spreadsheets() -> None:
    data = write_rows([Row(1, 1, "HTTPS://A/1", "Ổ Bì", "1")])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 2
