"""The certification mark on rolls, which are printed in black alone: seen, or refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from labelsvc.db import Database
from labelsvc.errors import BadInput
from labelsvc.labels.drawing.content import sample_content
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.rolls.languages import LANGUAGES
from labelsvc.labels.rolls.raster import HEADS, Bits
from labelsvc.labels.rolls.read_back import read_back_roll
from labelsvc.labels.runs import check as run_check
from tests.artwork import picture, ring
from tests.factories import make_lot
from tests.labels.rolls.test_rolls import media_of, printed, rows_of, units, written

FROM_MM, SIZE_MM = 2.0, 12.0
PLACE = f"""
[[elements]]
type = "image"
image = "mark"
x = {FROM_MM}
y = {FROM_MM}
w = {SIZE_MM}
h = {SIZE_MM}
when = "mark"
"""


def roll(dpi: int = 203, columns: int = 1) -> Layout:
    return load(
        f"""
name = "x"
title_vi = "x"
title_en = "x"
kind = "roll"
purpose = "seal"
forms = ["short"]
resolution_dpi = {dpi}
[label]
width = 50
height = 30
[sheet]
columns = {columns}
pitch_x = 52
{PLACE}
[[elements]]
type = "text"
x = 2
y = 16
w = 20
h = 5
size = 7
text = "Trà sen {{unit_number}}"
[[elements]]
type = "symbol"
x = 24
y = 3
size = 24
""",
        source="x.toml",
    )


def block(data: bytes | None, count: int = 1) -> Block:
    images = {} if data is None else {"mark": data}
    return Block(replace(sample_content(stars=4), images=images), units(count))


def mark_of(bits: Bits, dpi: int, column: int = 0) -> Bits:
    scale = 8.0 if dpi == 203 else dpi / 25.4
    x, y, side = (FROM_MM + 52 * column) * scale, FROM_MM * scale, SIZE_MM * scale
    return bits[round(y) : round(y + side), round(x) : round(x + side)]


def on_ring(window: Bits) -> tuple[Bits, Bits]:
    """Dots of the ring, and of its ground, a little away from its edges."""
    side = window.shape[0]
    y, x = np.mgrid[:side, :side] + 0.5
    far = np.hypot(x - side / 2, y - side / 2) / side
    return window[(far > 0.28) & (far < 0.42)], window[(far < 0.22) | (far > 0.48)]


@pytest.mark.parametrize("language", ["zpl", "tspl"])
@pytest.mark.parametrize("dpi", HEADS)
@pytest.mark.parametrize(
    ("shade", "share"),
    [("#202020", 0.87), ("#8c8c8c", 0.45), ("#b4b4b4", 0.29), ("#e0e0e0", 0.12), ("#ffdd00", 0.18)],
)
def test_a_mark_of_any_shade_is_printed_in_dots_as_dense_as_it_is_dark(
    language: str, dpi: int, shade: str, share: float
) -> None:
    layout, made = roll(dpi), block(ring(shade))
    rows, media = rows_of(layout, made), media_of(layout, made)
    data = written(language, rows, media)
    assert read_back_roll(data, [made.units[0].code], media, LANGUAGES[language]).codes == 1
    (label,) = printed(language, data, media)
    dots, ground = on_ring(mark_of(label, dpi))
    assert dots.mean() == pytest.approx(share, abs=0.04)
    assert not ground.any()


def test_what_is_no_picture_is_as_sharp_as_without_one() -> None:
    layout = roll()
    (plain,), (marked,) = rows_of(layout, block(None)), rows_of(layout, block(ring("#b4b4b4")))
    mark_of(plain.bits, 203)[:] = mark_of(marked.bits, 203)[:] = False
    assert (plain.bits == marked.bits).all()


def test_labels_side_by_side_carry_it_each_and_spares_none() -> None:
    layout, made = roll(columns=2), block(ring("#b4b4b4"), 3)
    first, second = rows_of(layout, made, spares=1)
    alike = mark_of(first.bits, 203)
    assert on_ring(alike)[0].mean() == pytest.approx(0.29, abs=0.04)
    assert (mark_of(first.bits, 203, 1) == alike).all()
    assert (mark_of(second.bits, 203) == alike).all()
    assert on_ring(mark_of(second.bits, 203, 1))[0].mean() != pytest.approx(0.29, abs=0.04)


@pytest.mark.parametrize(
    "data", [ring("#ffffff"), ring("#8c8c8c", alpha=6)], ids=["white", "faint"]
)
def test_a_mark_that_black_cannot_show_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(BadInput, match="shows nothing") as caught:
        rows_of(roll(), block(data))
    assert "PDF" in caught.value.fix


@pytest.mark.parametrize(
    ("data", "output", "said"),
    [
        (ring("#ffffff"), "zpl", True),
        (ring("#ffffff"), "tspl", True),
        (ring("#ffffff"), "pdf", False),
        (picture(), "zpl", False),
    ],
)
def test_the_producer_is_told_before_numbers_are_taken(
    database: Database, data: bytes, output: str, said: bool
) -> None:
    facts: dict[str, Any] = {"output": output, "pictures": {"mark": data}}
    with database.writing() as session:
        check = run_check.check_run(session, run_check.RunRequest(lot=make_lot(session), layout=roll(), count=2, base_url="https://qr.example.vn", **facts))  # fmt: skip
    assert any("shows nothing" in problem.message for problem in check.problems) is said
