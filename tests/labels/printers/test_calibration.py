"""The calibration sheet, and the numbers that come back from it."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.errors import BadInput
from labelsvc.labels.checks import measure
from labelsvc.labels.drawing import fonts
from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.printers import sheet
from labelsvc.labels.sheets.profile import CROSSES_X, CROSSES_Y, Profile, measured
from labelsvc.labels.symbols import encode

PAGE = (210.0, 297.0)


def picture(data: bytes, dpi: int = 300) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    document = pypdfium2.PdfDocument(data)
    found = grey_page(document, 0, dpi)
    document.close()
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_sheet_is_a4_with_fonts_inside_and_prints_unscaled(language: str) -> None:
    data = sheet.calibration_pdf(fonts.load(), language=language)
    assert data == sheet.calibration_pdf(fonts.load(), language=language)
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages) == 1
        box = [float(v) / 72 * 25.4 for v in document.pages[0].MediaBox]
        assert box[2:] == pytest.approx(PAGE, abs=0.01)
        assert document.Root.ViewerPreferences.PrintScaling == "/None"
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                assert "/FontFile2" in item


def test_the_crosses_stand_where_the_arithmetic_takes_them_to_be() -> None:
    dark = picture(sheet.calibration_pdf(fonts.load()), 600) < 128
    scale = 600 / 25.4
    for x, y in ((20, 148.5), (190, 148.5), (105, 20), (105, 277)):
        column, row = round(x * scale), round(y * scale)
        reach = round(5.5 * scale)
        assert dark[row - 2 : row + 3, column - reach : column + reach].any(axis=0).all(), (x, y)
        assert dark[row - reach : row + reach, column - 2 : column + 3].any(axis=1).all(), (x, y)


def test_every_symbol_of_the_ladder_can_be_read_on_the_screen() -> None:
    reads = encode.read_back(picture(sheet.calibration_pdf(fonts.load()), 600))
    assert len(reads) == 5
    assert len({read.text for read in reads}) == 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_symbol_of_the_ladder_has_its_module_and_begins_above_its_words(language: str) -> None:
    data = sheet.calibration_pdf(fonts.load(), language=language)
    found = measure.measure(picture(data, 1200), 1200, page=1)
    assert [row.module for row in sorted(found, key=lambda row: row.x)] == pytest.approx(
        [0.25, 0.375, 0.5, 0.625, 0.75], rel=0.01
    )
    words = pypdfium2.PdfDocument(data)[0].get_textpage()
    text = words.get_text_bounded()
    for dots in ("2 · 3 · 6", "4 · 6 · 12", "6 · 9 · 18"):
        assert dots in text
    for row, shown in zip(sorted(found, key=lambda row: row.x), ("0,25", "0,375", "0,5", "0,625", "0,75"), strict=True):  # fmt: skip
        if language == "en":
            shown = shown.replace(",", ".")
        search = words.search(f"{shown} mm")
        lefts = []
        while (hit := search.get_next()) is not None:
            lefts.append(words.get_charbox(hit[0])[0] / 72 * 25.4)
        assert min(abs(left - row.x) for left in lefts) < 0.5, shown


def test_a_bank_card_fills_its_frame_and_nothing_leaves_the_paper() -> None:
    dark = picture(sheet.calibration_pdf(fonts.load()), 600) < 200
    scale = 600 / 25.4
    middle = dark[round(240 * scale), round(94 * scale) : round(184 * scale)].nonzero()[0] / scale
    assert middle[-1] - middle[0] == pytest.approx(85.6, abs=0.3)
    ys, xs = dark.nonzero()
    assert xs.min() > 12 * scale
    assert xs.max() < 206 * scale
    assert ys.max() < 284 * scale


def test_the_sheet_with_a_correction_is_moved_by_it() -> None:
    plain = picture(sheet.calibration_pdf(fonts.load()), 254) < 128
    bent = sheet.calibration_pdf(fonts.load(), profile=Profile(offset_x=2.0, offset_y=1.0))
    moved = picture(bent, 254) < 128
    high, wide = min(plain.shape[0], moved.shape[0]), min(plain.shape[1], moved.shape[1])
    same = plain[: high - 10, : wide - 20] == moved[10:high, 20:wide]
    assert same.mean() > 0.999


def printed(x: float, y: float, real: Profile) -> tuple[float, float]:
    """Where a printer that does *real* to its pages puts a point."""
    return real.place(x, y, *PAGE)


@given(
    st.floats(-3, 3), st.floats(-3, 3), st.floats(0.985, 1.015), st.floats(0.985, 1.015),
    st.floats(-0.6, 0.6),
)  # fmt: skip
def test_the_correction_brings_the_marks_back(
    x: float, y: float, wide: float, high: float, turn: float
) -> None:
    """What is printed with the correction lands within a few hundredths of where it should."""
    real = Profile(x, y, wide, high, turn)
    mid_y = sum(CROSSES_Y) / 2
    points = {
        "left": printed(CROSSES_X[0], mid_y, real)[0],
        "right": printed(CROSSES_X[1], mid_y, real)[0],
        "top": printed(105, CROSSES_Y[0], real)[1],
        "bottom": printed(105, CROSSES_Y[1], real)[1],
        "slope": printed(CROSSES_X[1], CROSSES_Y[0], real)[1]
        - printed(CROSSES_X[0], CROSSES_Y[0], real)[1],
    }
    profile = measured(**{name: float(value) for name, value in points.items()})  # type: ignore[arg-type]
    for mark in ((20.0, 148.5), (190.0, 148.5), (105.0, 20.0), (105.0, 277.0)):
        bent = profile.place(*mark, *PAGE)
        back = printed(*bent, real)
        assert abs(back[0] - mark[0]) < 0.12 and abs(back[1] - mark[1]) < 0.12, (mark, back)


@pytest.mark.parametrize(
    "facts",
    [
        {"left": 190, "right": 20, "top": 20, "bottom": 277},
        {"left": 20, "right": 190, "top": 20, "bottom": 20},
        {"left": 60, "right": 230, "top": 20, "bottom": 277},
        {"left": 20, "right": 150, "top": 20, "bottom": 277},
        {"left": float("nan"), "right": 190, "top": 20, "bottom": 277},
    ],
)
def test_distances_that_no_printer_gives_are_refused(facts: dict[str, float]) -> None:
    with pytest.raises(BadInput) as caught:
        measured(**facts)  # type: ignore[arg-type]
    assert caught.value.fix
