"""Check digits and the other rules of single fields."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.catalogue import fields
from labelsvc.errors import BadInput

#: Digits without the check digit, of the four lengths that a GTIN has.
BODIES = st.sampled_from((7, 11, 12, 13)).flatmap(
    lambda length: st.text("0123456789", min_size=length, max_size=length)
)


def check_digit(body: str) -> str:
    """GS1 General Specifications 7.9, written out from the other end than in the code."""
    padded = body.zfill(17)
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(padded))
    return str((10 - total % 10) % 10)


@given(BODIES.filter(lambda body: bool(body.strip("0"))))
def test_a_gtin_with_its_check_digit_is_kept_as_14_digits(body: str) -> None:
    written = body + check_digit(body)
    assert fields.gtin(written) == written.zfill(14)
    assert fields.gtin(f" {written[:1]} {written[1:5]}-{written[5:]} ") == written.zfill(14)


@given(BODIES.filter(lambda body: bool(body.strip("0"))), st.integers(1, 9))
def test_another_check_digit_is_refused_and_the_right_one_named(body: str, more: int) -> None:
    right = check_digit(body)
    with pytest.raises(BadInput) as told:
        fields.gtin(body + str((int(right) + more) % 10))
    assert told.value.params["right"] == int(right)


@given(BODIES.filter(lambda body: bool(body.strip("0"))), st.data())
def test_one_wrong_digit_is_always_noticed(body: str, data: st.DataObject) -> None:
    written = body + check_digit(body)
    place = data.draw(st.integers(0, len(written) - 1))
    other = str((int(written[place]) + data.draw(st.integers(1, 9))) % 10)
    with pytest.raises(BadInput):
        fields.gtin(written[:place] + other + written[place + 1 :])


@pytest.mark.parametrize("text", ["1", "123456789", "00000000", "893456789012x", "８９３４５６７８９０１２５", "1" * 15])  # fmt: skip
def test_what_is_no_gtin_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        fields.gtin(text)


def test_a_producer_may_have_no_gtin() -> None:
    assert fields.gtin("  ") == ""


@given(st.text(max_size=60))
def test_what_is_shown_of_a_refused_text_can_itself_be_shown(text: str) -> None:
    made = fields.shown(text)
    assert fields.line(made) == made
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u0000-\u001f]", made)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Bánh \u202egai\u202c Yên Sở", "Bánh gai Yên Sở"),
        ("\u2067Lụa\u2069", "Lụa"),
        ("Trà\u200b sen\u0007", "Trà sen"),
        ("Chè\tlam\n", "Chè lam"),
    ],
)
def test_a_name_with_turning_marks_is_shown_without_them(text: str, made: str) -> None:
    assert fields.shown(text) == made
