"""Everything that is wrong with a file is told at once, with where it is; nothing is released."""

from __future__ import annotations

import io
from itertools import product

import pikepdf
import pytest

from labelsvc.errors import ReadBackFailed
from labelsvc.i18n import catalog
from labelsvc.labels.checks import faults
from labelsvc.labels.checks.read_back import read_back_pdf
from labelsvc.labels.drawing.content import sample_content
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.rolls.languages import LANGUAGES
from labelsvc.labels.rolls.read_back import Stretch, read_back_roll
from labelsvc.labels.sheets.placement import Placement
from labelsvc.labels.sheets.profile import Profile
from labelsvc.labels.sheets.sheet import Sheet
from tests.labels.conftest import units
from tests.labels.rolls.test_rolls import block, layout_at, media_of, rows_of, written

RUN = units(140)
CODES = [unit.code for unit in RUN]
SCALE = 72 / 25.4


@pytest.fixture(scope="module")
def good(sheet65: Layout, fonts: Fonts) -> bytes:
    return render_sheet_pdf(sheet65, [Block(sample_content(), RUN)], fonts)


def inked(data: bytes, ink: dict[int, bytes]) -> bytes:
    """*data* with more ink on its pages (from 1)."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page, operators in ink.items():
            pdf.pages[page - 1].contents_add(pdf.make_stream(operators))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def over(layout: Layout, cell: int, x: float, y: float, w: float, h: float) -> bytes:
    """Ink on the symbol of *cell*; x, y, w, h in mm from the corner of its box."""
    left, top = Sheet.of(layout).origin(cell)
    box = layout.symbols[0]
    return (
        f"0 g {(left + box.x + x) * SCALE} {(297 - top - box.y - y - h) * SCALE} "
        f"{w * SCALE} {h * SCALE} re f\n"
    ).encode()


def refusal(data: bytes, layout: Layout, codes: list[str] = CODES, **how: int) -> ReadBackFailed:
    with pytest.raises(ReadBackFailed) as caught:
        read_back_pdf(data, layout, codes, Placement(**how))
    return caught.value


def test_all_faults_of_a_file_are_told_with_page_cell_and_number(
    good: bytes, sheet65: Layout
) -> None:
    data = inked(
        good,
        {1: over(sheet65, 4, 3, 3, 10, 10) + over(sheet65, 11, 3, 3, 10, 10),
         3: over(sheet65, 2, 3, 3, 10, 10)},
    )  # fmt: skip
    swapped = [*CODES[:69], CODES[70], CODES[69], *CODES[71:]]
    error = refusal(data, sheet65, swapped)
    assert [(row["kind"], row["page"], row["cell"], row["unit"]) for row in error.faults] == [
        ("unreadable", 1, 4, 4),
        ("unreadable", 1, 11, 11),
        ("text", 2, 5, 70),
        ("text", 2, 6, 71),
        ("unreadable", 3, 2, 132),
    ]
    assert (error.faults[2]["found"], error.faults[2]["expected"]) == (CODES[69], CODES[70])
    assert str(error).endswith("page 1, cell 4: no symbol could be read.")
    assert error.params["places"] == 5


@pytest.mark.parametrize(("count", "many"), [(1, False), (2, True), (3, True)])
def test_the_advice_is_for_one_place_or_for_several(count: int, many: bool) -> None:
    rows = [faults.Fault(1, cell, cell, "unreadable", {}).to_json() for cell in range(1, count + 1)]
    error = faults.refused(rows)
    assert error.fix == faults.FIXES[many]
    assert error.params.get("places") == (count if many else None)
    assert [row["cell"] for row in error.faults] == list(range(1, count + 1))


def test_a_part_of_a_run_names_pages_and_numbers_of_the_run(good: bytes, sheet65: Layout) -> None:
    data = inked(good, {2: over(sheet65, 1, 3, 3, 10, 10)})
    with pytest.raises(ReadBackFailed) as caught:
        read_back_pdf(data, sheet65, CODES, first_page=40, numbers=range(2601, 2741))
    (row,) = caught.value.faults
    assert (row["page"], row["cell"], row["unit"]) == (41, 1, 2666)


def test_a_file_with_too_many_faults_is_read_no_further(good: bytes, sheet65: Layout) -> None:
    error = refusal(good, sheet65, [*CODES[1:], CODES[0]])
    assert len(error.faults) == faults.MOST
    assert {row["kind"] for row in error.faults} == {"text"}


def test_ink_in_the_quiet_zone_is_a_fault_though_the_symbol_can_be_read(
    good: bytes, sheet65: Layout
) -> None:
    box = sheet65.symbols[0]
    data = inked(good, {1: over(sheet65, 1, 0.9, 1, 0.3, box.size - 2)})
    (row,) = refusal(data, sheet65).faults
    assert (row["kind"], row["page"], row["cell"], row["least"]) == ("quiet", 1, 1, 4)
    assert 0 < row["measured"] < 3.85


@pytest.mark.parametrize(("by", "kind"), [(0.9, "scaled"), (0.7, "module")])
def test_a_page_that_was_scaled_is_a_fault(
    by: float, kind: str, sheet65: Layout, fonts: Fonts
) -> None:
    """One label in the middle of the page, so that it stays in its cell."""
    cell = 33
    layout = sheet65
    data = render_sheet_pdf(
        layout, [Block(sample_content(), RUN[:1])], fonts, Placement(start_at=cell)
    )
    left, top = Sheet.of(layout).origin(cell)
    half = layout.symbols[0].size / 2
    x, y = ((left + layout.symbols[0].x + half) * SCALE, (297 - top - layout.symbols[0].y - half) * SCALE)  # fmt: skip
    with pikepdf.open(io.BytesIO(data)) as pdf:
        matrix = f"{by} 0 0 {by} {x * (1 - by)} {y * (1 - by)} cm\n".encode()
        pdf.pages[0].contents_add(pdf.make_stream(matrix), prepend=True)
        out = io.BytesIO()
        pdf.save(out)
    (row,) = refusal(out.getvalue(), layout, CODES[:1], start_at=cell).faults
    assert row["kind"] == kind
    assert row["measured"] < row["least"]


@pytest.mark.parametrize("name", [x.name for x in library.for_packs() if x.kind == "sheet"])
@pytest.mark.parametrize(
    "profile",
    [
        Profile(),
        Profile(offset_x=1.3, offset_y=-0.7),
        Profile(scale_x=0.985, scale_y=1.012, rotation=0.8),
        Profile(rotation=-3.0),
    ],
)
def test_every_layout_measures_as_planned_however_its_printer_bends_it(
    name: str, profile: Profile, fonts: Fonts
) -> None:
    layout = library.get(name)
    start = Sheet.of(layout).per_page // 2  # a turned page loses its corners
    content = Block(sample_content(), RUN[:2])
    data = render_sheet_pdf(
        layout, [content], fonts, Placement(profile=profile, start_at=max(1, start))
    )
    report = read_back_pdf(
        data, layout, CODES[:2], Placement(profile=profile, start_at=max(1, start))
    )
    found = report.measured
    assert found is not None
    assert found.dpi == 600
    assert found.module_mm == pytest.approx(report.module_mm, rel=0.015)
    assert found.dots == pytest.approx(report.dots, rel=0.015)
    assert found.quiet >= 3.85


def test_all_faults_of_a_roll_are_told() -> None:
    layout, made = layout_at("roll-35x22", 203, 2), block(6)
    media, rows = media_of(layout, made), rows_of(layout, made)
    (x, y), (x2, y2) = media.corners
    rows[0].bits[y2 : y2 + 40, x2 : x2 + media.side] = True
    rows[2].bits[y : y + 40, x : x + media.side] = True
    codes = [unit.code for unit in made.units]
    with pytest.raises(ReadBackFailed, match="label 12: no symbol could be read") as caught:
        read_back_roll(
            written("tspl", rows, media),
            codes,
            media,
            LANGUAGES["tspl"],
            Stretch(numbers=range(11, 17)),
        )
    assert [(row["page"], row["cell"], row["unit"]) for row in caught.value.faults] == [
        (1, 2, 12),
        (3, 1, 15),
    ]


def test_ink_in_the_quiet_zone_of_a_roll_is_a_fault() -> None:
    layout, made = layout_at("roll-50x30", 203), block(2)
    media, rows = media_of(layout, made), rows_of(layout, made)
    x, y = media.corners[0]
    rows[0].bits[y : y + media.side, x - 2 * media.dots] = True
    with pytest.raises(ReadBackFailed) as caught:
        read_back_roll(
            written("zpl", rows, media), [u.code for u in made.units], media, LANGUAGES["zpl"]
        )
    (row,) = caught.value.faults
    assert (row["kind"], row["unit"]) == ("quiet", 1)
    assert row["measured"] < 2


def test_a_module_under_the_rule_is_a_fault_of_a_roll() -> None:
    layout, made = layout_at("roll-50x30", 203), block(2)
    media = media_of(layout, made)
    data = written("zpl", rows_of(layout, made), media)
    codes = [unit.code for unit in made.units]
    report = read_back_roll(data, codes, media, LANGUAGES["zpl"], Stretch(least_mm=media.module_mm))
    assert report.measured is not None
    assert (report.measured.dpi, report.measured.dots) == (203, media.dots)
    with pytest.raises(ReadBackFailed, match="a module measures"):
        read_back_roll(
            data, codes, media, LANGUAGES["zpl"], Stretch(least_mm=media.module_mm * 1.1)
        )


def test_every_refusal_has_its_vietnamese_words() -> None:
    messages = [
        faults.REFUSED + place + reason + "."
        for place, reason in product(faults.PLACES, faults.REASONS.values())
    ]
    known = catalog("vi")
    assert [text for text in (*messages, *faults.REASONS.values(), *faults.FIXES) if text not in known] == []  # fmt: skip
