"""Rolls: the same picture as on paper, in whole dots, as commands that only draw."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zplkit
from hypothesis import given
from hypothesis import strategies as st
from zplkit.rendering import Limits

from labelsvc.errors import BadInput, LabelsvcError, ReadBackFailed
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent, Unit, sample_content
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf import rendering
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.rolls import pictures as rollfile
from labelsvc.labels.rolls import raster, tspl, zpl
from labelsvc.labels.rolls.languages import LANGUAGES
from labelsvc.labels.rolls.raster import Bits, Media, Row
from labelsvc.labels.rolls.read_back import Stretch, read_back_roll
from labelsvc.labels.sheets.profile import Profile
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.labels.symbols import encode, size
from tests.labels.rolls.tspl_printer import TsplPrinter

ROLLS = [layout.name for layout in library.for_packs() if layout.kind == "roll"]
HOSTILE = '^XZ~JA"PRINT 9,9\n_5E\\&^FS~HS'


#: What stands in a file now, and did not in one of edition 1.
STATE = {"zpl": b"^MUD^PON^PMN^LS0^LT0", "tspl": b"OFFSET 0 mm\r\nSHIFT 0\r\n"}


def layout_at(name: str, dpi: int, columns: int = 1, gap: float = 2.0) -> Layout:
    layout = library.get(name)
    sheet = layout.sheet.model_copy(
        update={"columns": columns, "pitch_x": layout.width + gap if columns > 1 else None}
    )
    return layout.model_copy(update={"resolution_dpi": dpi, "sheet": sheet})


def units(count: int, host: str = "OCOP.EXAMPLE") -> list[Unit]:
    return [
        Unit(f"HTTPS://{host}/{n:024d}", "7K3M 9QWX 2PTD 5V8H C4RN 6BJE", f"{n + 1} / {count}")
        for n in range(count)
    ]


def block(count: int, content: LabelContent | None = None) -> Block:
    return Block(content or sample_content(stars=4), units(count))


def rows_of(layout: Layout, made: Block, **facts: Any) -> list[Row]:
    return list(raster.rows(layout, made, fonts.load(), **facts))


def media_of(layout: Layout, made: Block, profile: Profile | None = None) -> Media:
    sample = made.units[0] if made.units else None
    return raster.media_of(
        layout, compose(layout, made.content, fonts.load(), unit=sample), profile
    )


def written(language: str, rows: list[Row], media: Media) -> bytes:
    out = io.BytesIO()
    LANGUAGES[language].write(out, rows, media.width_mm, media.height_mm)
    return out.getvalue()


def printed(language: str, data: bytes, media: Media) -> list[Bits]:
    """What comes out of a printer that is not ours."""
    return printed_at(language, data, media.dpi, media.width_mm, media.height_mm)


def printed_at(
    language: str, data: bytes, dpi: int, width_mm: float, height_mm: float
) -> list[Bits]:
    """The same, for a roll of this size."""
    scale = size.dots_per_mm(dpi)
    if language == "tspl":
        printer = TsplPrinter(scale)
        printer.feed(data)
        return printer.labels
    options = zplkit.Options(
        width=round(width_mm * scale), height=round(height_mm * scale), dpi=dpi
    )
    # It knows no commands that set back the state, and refuses what it does not know.
    data = data.replace(STATE["zpl"], b"")
    found = zplkit.render(data, options, limits=Limits(graphic_bytes=1 << 24))
    assert not found.warnings
    labels = []
    for scene in found.labels:
        picture = scene.rasterize()
        dots = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width)
        labels.append(dots < 128)
    return labels


@pytest.mark.parametrize("name", ROLLS)
@pytest.mark.parametrize("dpi", raster.HEADS)
def test_modules_are_whole_dots_at_every_resolution(name: str, dpi: int) -> None:
    layout = layout_at(name, dpi)
    made = block(3)
    media = media_of(layout, made)
    for row, unit in zip(rows_of(layout, made), made.units, strict=True):
        (x, y), side = media.corners[0], media.side
        area = row.bits[y : y + side, x : x + side]
        cells = area.reshape(media.modules, media.dots, media.modules, media.dots)
        matrix = cells[:, 0, :, 0]
        assert (cells == matrix[:, None, :, None]).all()
        quiet = 4 * media.dots
        around = row.bits[y - quiet : y + side + quiet, max(0, x - quiet) : x + side + quiet].copy()
        around[quiet : quiet + side, min(x, quiet) : min(x, quiet) + side] = False
        assert not around.any(), "the quiet zone is white"
        assert [r.text for r in encode.read_back(rollfile_grey(row))] == [unit.code]


def rollfile_grey(row: Row) -> Any:
    return next(rollfile.pictures([row])).grey


@pytest.mark.parametrize("name", ROLLS)
def test_a_roll_looks_like_the_pdf(name: str) -> None:
    layout, made = layout_at(name, 600), block(1)
    row = rows_of(layout, made)[0]
    pdf = render_sheet_pdf(layout, [made], fonts.load())
    document = pypdfium2.PdfDocument(pdf)
    dark = rendering.grey_page(document, 0, 600) < 150
    document.close()
    high, wide = (min(a, b) for a, b in zip(dark.shape, row.bits.shape, strict=True))
    different = (dark[:high, :wide] != row.bits[:high, :wide]).mean()
    assert different < 0.02  # the symbol moves by less than a dot


@pytest.mark.parametrize("language", ["zpl", "tspl"])
@pytest.mark.parametrize("dpi", raster.HEADS)
@pytest.mark.parametrize("columns", [1, 2, 3])
def test_a_printer_that_is_not_ours_prints_our_dots(language: str, dpi: int, columns: int) -> None:
    layout, made = layout_at("roll-35x22", dpi, columns), block(4)
    media, rows = media_of(layout, made), rows_of(layout, made)
    labels = printed(language, written(language, rows, media), media)
    assert len(labels) == len(rows) == -(-4 // columns)
    for label, row in zip(labels, rows, strict=True):
        assert np.array_equal(label, row.bits)


@pytest.mark.parametrize("language", ["zpl", "tspl"])
@pytest.mark.parametrize("name", ROLLS)
@pytest.mark.parametrize(
    ("columns", "count", "spares"), [(1, 7, 0), (2, 7, 0), (3, 7, 4), (2, 1, 1), (1, 0, 2)]
)
def test_every_code_of_a_roll_is_read_back(
    language: str, name: str, columns: int, count: int, spares: int
) -> None:
    layout, made = layout_at(name, 203, columns), block(count)
    media = media_of(layout, made)
    data = written(language, rows_of(layout, made, spares=spares), media)
    codes = [unit.code for unit in made.units]
    report = read_back_roll(data, codes, media, LANGUAGES[language], Stretch(spares=spares))
    assert (report.codes, report.pages) == (count, -(-(count + spares) // columns))
    assert (report.dpi, report.dots, report.module_mm) == (203, media.dots, media.dots / 8)


@pytest.mark.parametrize("language", ["zpl", "tspl"])
@pytest.mark.parametrize("dpi", raster.HEADS)
@pytest.mark.parametrize("name", ROLLS)
def test_every_built_in_roll_reads_back_and_measures_at_every_resolution(
    name: str, dpi: int, language: str
) -> None:
    """From our own reader, and from what a printer that is not ours makes of the file."""
    layout, made = layout_at(name, dpi, 2), block(3)
    media, codes = media_of(layout, made), [unit.code for unit in made.units]
    data = written(language, rows_of(layout, made), media)
    least = layout.symbols[0].min_module
    report = read_back_roll(data, codes, media, LANGUAGES[language], Stretch(least_mm=least))
    assert (report.codes, report.pages, report.dots) == (3, 2, media.dots)
    assert report.measured is not None
    assert report.measured.dots == media.dots
    assert report.measured.module_mm == pytest.approx(media.module_mm, abs=1e-4)
    assert report.measured.module_mm >= least
    assert report.measured.quiet >= 4
    there = [
        read.text
        for label in printed(language, data, media)
        for read in sorted(
            encode.read_back(np.where(label, np.uint8(0), np.uint8(255))), key=lambda r: r.x
        )
    ]
    assert there == codes


@pytest.mark.parametrize("language", ["zpl", "tspl"])
@pytest.mark.parametrize("dpi", raster.HEADS)
@pytest.mark.parametrize(("columns", "number"), [(1, 1), (1, 4), (1, 6), (2, 4), (2, 5), (3, 6)])
def test_what_is_left_from_a_label_on_is_exactly_the_tail(
    language: str, dpi: int, columns: int, number: int
) -> None:
    """The bytes of its row and of all that follow, after the setup, and nothing else."""
    layout, made = layout_at("roll-50x30", dpi, columns), block(6)
    media, rows = media_of(layout, made), rows_of(layout, made)
    data = written(language, rows, media)
    formats, command = LANGUAGES[language].formats, LANGUAGES[language].command
    rest = b"".join(
        part for _, part in rollfile.from_label(formats(io.BytesIO(data)), number, command)
    )
    kept = [row for row in rows if row.first + row.labels > number]
    assert rest == written(language, kept, media)
    assert data.endswith(
        rest if language == "zpl" else rest[len(tspl.setup(media.width_mm, media.height_mm)) :]
    )
    for label, row in zip(printed(language, rest, media), kept, strict=True):
        assert np.array_equal(label, row.bits)


@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_texts_never_become_commands(language: str) -> None:
    content = sample_content(stars=4)
    values = dict(content.values_by_name) | {"product_name": HOSTILE, "producer_name": "^XA ~DY \\"}
    values.pop("stars", None)
    values.pop("stars_text", None)
    made = Block(LabelContent(values, 4, record=HOSTILE), units(2))
    layout = layout_at("roll-50x30", 203)
    media = media_of(layout, made)
    data = written(language, rows_of(layout, made), media)
    assert len(printed(language, data, media)) == 2
    for word in (b"~JA", b"PRINT 9", b"~DY", b"~HS", b"_5E"):
        assert word not in data
    if language == "zpl":
        assert data.count(b"^XA") == data.count(b"^XZ") == 2
        assert set(data.replace(b"\n", b"")) <= set(range(32, 127))


@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_labels_that_are_all_alike_are_asked_for_together(language: str) -> None:
    layout = layout_at("roll-35x22", 203)
    same = Unit("HTTPS://OCOP.EXAMPLE/0123456789ABCDEFGHJKMNPQ", "7K3M")
    made = Block(sample_content(stars=4), [same] * 130)
    media = media_of(layout, made)
    data = written(language, rows_of(layout, made), media)
    assert len(data) < 20_000
    assert read_back_roll(data, [same.code] * 130, media, LANGUAGES[language]).pages == 130
    pictures = LANGUAGES[language].read(data)
    assert [picture.copies for picture in pictures] == [50, 50, 30]
    assert [picture.first for picture in pictures] == [1, 51, 101]


@pytest.mark.parametrize("language", ["zpl", "tspl"])
@pytest.mark.parametrize(("number", "first"), [(1, 1), (2, 1), (3, 3), (8, 7), (9, 9)])
def test_a_file_goes_on_from_any_label_after_a_jam(language: str, number: int, first: int) -> None:
    layout, made = layout_at("roll-35x22", 203, 2), block(9)
    media = media_of(layout, made)
    data = written(language, rows_of(layout, made), media)
    formats, command = LANGUAGES[language].formats, LANGUAGES[language].command
    rest = b"".join(
        part for _, part in rollfile.from_label(formats(io.BytesIO(data)), number, command)
    )
    codes = [unit.code for unit in made.units][first - 1 :]
    report = read_back_roll(rest, codes, media, LANGUAGES[language], Stretch(number=first))
    assert report.codes == 9 - first + 1
    assert data.endswith(rest[-200:])


@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_of_like_labels_only_those_that_are_missing_come_again(language: str) -> None:
    layout = layout_at("roll-35x22", 203, 2)
    same = Unit("HTTPS://OCOP.EXAMPLE/0123456789ABCDEFGHJKMNPQ", "7K3M")
    made = Block(sample_content(stars=4), [same] * 130)
    media = media_of(layout, made)
    data = written(language, rows_of(layout, made), media)
    formats, command = LANGUAGES[language].formats, LANGUAGES[language].command
    rest = b"".join(part for _, part in rollfile.from_label(formats(io.BytesIO(data)), 10, command))
    # Two side by side: label 10 is in the row that begins with 9.
    assert (
        read_back_roll(rest, [same.code] * 122, media, LANGUAGES[language], Stretch(number=9)).pages
        == 61
    )
    pictures = LANGUAGES[language].read(rest)
    assert [(p.first, p.labels, p.copies) for p in pictures] == [(9, 92, 46), (101, 30, 15)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda codes: [codes[1], codes[0], *codes[2:]], "says", id="swapped"),
        pytest.param(lambda codes: codes[:-1], "more labels than 4", id="one too many"),
        pytest.param(lambda codes: [*codes, codes[0]], "labels instead", id="one too few"),
    ],
)
@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_a_label_that_says_something_else_stops_the_release(
    language: str, change: Any, words: str
) -> None:
    layout, made = layout_at("roll-35x22", 203), block(5)
    media = media_of(layout, made)
    data = written(language, rows_of(layout, made), media)
    with pytest.raises(ReadBackFailed, match=words) as caught:
        read_back_roll(data, change([u.code for u in made.units]), media, LANGUAGES[language])
    assert caught.value.fix


def test_a_symbol_that_cannot_be_read_is_named() -> None:
    layout, made = layout_at("roll-35x22", 203), block(3)
    media, rows = media_of(layout, made), rows_of(layout, made)
    x, y = media.corners[0]
    rows[1].bits[y : y + 40, x : x + media.side] = True
    with pytest.raises(ReadBackFailed, match="label 2: no symbol could be read"):
        read_back_roll(
            written("zpl", rows, media), [u.code for u in made.units], media, LANGUAGES["zpl"]
        )


@pytest.mark.parametrize(("x", "y"), [(1.0, -0.5), (-0.5, 2.0), (0.25, 0.25)])
def test_the_printers_offset_moves_everything_by_whole_dots(x: float, y: float) -> None:
    layout, made = layout_at("roll-50x30", 203), block(2)
    profile = Profile(offset_x=x, offset_y=y)
    plain, media = rows_of(layout, made)[0].bits, media_of(layout, made, profile)
    moved = rows_of(layout, made, profile=profile)[0].bits
    right, down = round(x * 8), round(y * 8)
    assert media.corners[0] == tuple(
        a + b for a, b in zip(media_of(layout, made).corners[0], (right, down), strict=True)
    )
    high, wide = plain.shape
    inner = plain[max(0, -down) : high - max(0, down), max(0, -right) : wide - max(0, right)]
    there = moved[max(0, down) : high + min(0, down), max(0, right) : wide + min(0, right)]
    assert np.array_equal(inner, there)


def test_an_offset_that_pushes_the_symbol_off_is_refused() -> None:
    layout, made = layout_at("roll-35x22", 203), block(1)
    with pytest.raises(BadInput, match="off the label"):
        rows_of(layout, made, profile=Profile(offset_x=-10))


@pytest.mark.parametrize(
    ("name", "dpi", "words"), [("a4-65", 203, "rolls"), ("roll-35x22", 1200, "203, 300 or 600")]
)
def test_what_no_label_printer_can_print_is_refused(name: str, dpi: int, words: str) -> None:
    layout = library.get(name).model_copy(update={"resolution_dpi": dpi})
    with pytest.raises(BadInput, match=words) as caught:
        rows_of(layout, block(1))
    assert caught.value.fix


def test_long_rolls_are_drawn_in_pieces_that_meet() -> None:
    layout = layout_at("roll-35x22", 203, 3)
    made = block(raster._CHUNK * 3 + 5)
    rows = rows_of(layout, made, number=1001)
    firsts = [row.first for row in rows]
    assert firsts[0] == 1001
    assert all(b - a == 3 for a, b in pairwise(firsts))
    assert sum(row.labels for row in rows) == len(made.units)


def test_the_same_labels_give_the_same_bytes() -> None:
    layout, made = layout_at("roll-50x30", 300), block(3)
    media = media_of(layout, made)
    for language in ("zpl", "tspl"):
        one, two = (written(language, rows_of(layout, made), media) for _ in range(2))
        assert one == two


@pytest.mark.parametrize("name", ROLLS)
def test_the_roll_is_as_large_as_its_layout_to_a_dot(name: str) -> None:
    layout, made = layout_at(name, 203), block(1)
    media, sheet = media_of(layout, made), Sheet.of(layout)
    assert (media.width, media.height) == (
        round(float(sheet.page_width) * 8),
        round(float(sheet.page_height) * 8),
    )
    assert rows_of(layout, made)[0].bits.shape == (media.height, media.width)


@given(st.binary(min_size=1, max_size=2000))
def test_a_compressed_picture_expands_to_itself(data: bytes) -> None:
    assert zpl.expand(zpl.compress(data), len(data)) == data


@given(st.binary(max_size=300), st.integers(0, 400), st.booleans())
def test_any_bytes_are_a_roll_file_or_are_refused(noise: bytes, cut: int, zebra: bool) -> None:
    row = Row(1, 1, np.eye(16, 24, dtype=np.bool_))
    out = io.BytesIO()
    language = LANGUAGES["zpl" if zebra else "tspl"]
    language.write(out, [row], 3, 2)
    data = out.getvalue()[:cut] + noise
    try:
        pictures = language.read(data)
    except LabelsvcError as error:
        assert error.code == "read_back_failed"
    else:
        assert all(picture.height * picture.width < 1 << 28 for picture in pictures)


@given(
    st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=30),
    st.integers(1, 40),
    st.integers(1, 20),
)
def test_rows_come_back_as_they_were_written(
    stripes: list[tuple[int, bool]], width: int, height: int
) -> None:
    rows, number = [], 1
    for labels, dark in stripes:
        rows.append(Row(number, labels, np.full((height, width), dark)))
        number += labels
    out = io.BytesIO()
    zpl.write(out, rows, 1, 1)
    back = []
    for picture in LANGUAGES["zpl"].read(out.getvalue()):
        each = picture.labels // picture.copies
        for copy in range(picture.copies):
            back.append((picture.first + copy * each, each, bool(picture.bits.all())))
    assert back == [(row.first, row.labels, bool(row.bits.all())) for row in rows]


@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_what_another_program_left_is_set_back_and_old_runs_are_written_as_before(
    language: str,
) -> None:
    layout, made = layout_at("roll-35x22", 203), block(3)
    rows, media = rows_of(layout, made), media_of(layout, made)
    spoken = LANGUAGES[language]
    now, before = written(language, rows, media), io.BytesIO()
    assert spoken.write_first is not None
    spoken.write_first(before, rows, media.width_mm, media.height_mm)
    assert now.count(STATE[language]) == (3 if language == "zpl" else 1)
    assert before.getvalue() == now.replace(STATE[language], b"")
    assert spoken.read(before.getvalue()) == spoken.read(now)
