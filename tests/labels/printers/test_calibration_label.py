"""Calibration labels of label printers: dots where they are said to be, on every roll."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.errors import BadInput
from labelsvc.labels.checks import measure
from labelsvc.labels.drawing import fonts
from labelsvc.labels.layouts import library
from labelsvc.labels.printers import label as calibration_label
from labelsvc.labels.printers.label import calibration_file, calibration_rows, cross_of
from labelsvc.labels.rolls import raster
from labelsvc.labels.rolls.languages import LANGUAGES
from labelsvc.labels.rolls.raster import Bits
from labelsvc.labels.sheets import stock
from labelsvc.labels.sheets.profile import Profile, moved
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.labels.symbols import encode
from labelsvc.labels.symbols import size as symbol_size
from tests.labels.rolls.test_rolls import printed_at

ROLLS = {n: a for n, a in library.articles().items() if stock.is_roll(a)}


def labels_of(
    name: str, dpi: int, output: str, profile: Profile | None = None, language: str = "vi"
) -> list[Bits]:
    """What a printer that is not ours makes of the file."""
    article = ROLLS[name]
    data = calibration_file(
        article, fonts.load(), dpi=dpi, output=LANGUAGES[output], profile=profile, language=language
    )
    sheet = Sheet.of_article(name, article)
    return printed_at(output, data, dpi, float(sheet.page_width), float(sheet.page_height))


def grey(bits: Bits) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.where(bits, np.uint8(0), np.uint8(255))


@pytest.mark.parametrize("output", ["zpl", "tspl"])
@pytest.mark.parametrize("dpi", raster.HEADS)
@pytest.mark.parametrize("name", ["roll-35x22", "roll-50x30", "roll-35x22-3", "roll-100x70"])
def test_the_ladder_reads_back_with_the_dots_that_it_says(name: str, dpi: int, output: str) -> None:
    found = {}
    for bits in labels_of(name, dpi, output):
        for row in measure.measure(grey(bits), symbol_size.dots_per_mm(dpi) * 25.4, page=1):
            found[row.text] = row
    assert sorted(found) == [f"IN-THU {dots} CHAM" for dots in calibration_label.LADDER]
    for text, row in found.items():
        assert row.dots(dpi) == pytest.approx(int(text.split()[1]), abs=1e-6)
        assert row.modules == 21
        assert row.quiet >= 4


@pytest.mark.parametrize("output", ["zpl", "tspl"])
@pytest.mark.parametrize("dpi", raster.HEADS)
@pytest.mark.parametrize("name", ["roll-35x22", "roll-round-30", "roll-75x10", "dymo-30252"])
def test_the_cross_stands_where_the_arithmetic_takes_it_to_be(
    name: str, dpi: int, output: str
) -> None:
    first, scale = labels_of(name, dpi, output)[0], symbol_size.dots_per_mm(dpi)
    x, y = (round(v * scale) for v in cross_of(ROLLS[name]))
    reach = round(3.8 * scale)
    assert first[y, x - reach : x + reach].all()
    assert first[y - reach : y + reach, x].all()


@pytest.mark.parametrize("name", sorted(ROLLS))
def test_every_roll_has_its_labels_and_their_size(name: str) -> None:
    rows = calibration_rows(ROLLS[name], fonts.load(), dpi=203, language="en")
    sheet = Sheet.of_article(name, ROLLS[name])
    size = (round(float(sheet.page_height) * 8), round(float(sheet.page_width) * 8))
    assert {row.bits.shape for row in rows} == {size}
    read = [read.text for row in rows for read in encode.read_back(grey(row.bits))]
    assert "IN-THU 2 CHAM" in read
    assert len(read) == len(set(read))


@given(st.floats(-4, 4), st.floats(-4, 4))
def test_what_is_measured_on_the_label_brings_the_cross_back(x: float, y: float) -> None:
    """A printer that moves everything by x, y prints with the correction where it should."""
    mark = cross_of(ROLLS["roll-50x30"])
    profile = moved(left=mark[0] + x, top=mark[1] + y, cross=mark, dpi=203)
    assert abs(profile.offset_x + x) < 0.001
    assert abs(profile.offset_y + y) < 0.001
    assert profile.dpi == 203


def test_the_labels_with_the_correction_are_moved_by_whole_dots() -> None:
    plain = labels_of("roll-50x30", 203, "zpl")[0]
    bent = labels_of("roll-50x30", 203, "zpl", Profile(offset_x=1.0, offset_y=0.5))[0]
    assert np.array_equal(bent[4:, 8:], plain[:-4, :-8])


@pytest.mark.parametrize(
    ("left", "top"), [(40.0, 6.0), (6.0, -30.0), (float("nan"), 6.0)]
)  # fmt: skip
def test_distances_that_no_printer_gives_are_refused(left: float, top: float) -> None:
    with pytest.raises(BadInput) as caught:
        moved(left=left, top=top, cross=(6.0, 6.0), dpi=203)
    assert caught.value.fix


@pytest.mark.parametrize(("name", "dpi"), [("roll-50x30", 1200), ("roll-50x30", 0)])
def test_a_resolution_that_no_label_printer_has_is_refused(name: str, dpi: int) -> None:
    with pytest.raises(BadInput, match="203, 300 or 600 dpi"):
        calibration_file(ROLLS[name], fonts.load(), dpi=dpi, output=LANGUAGES["zpl"])
