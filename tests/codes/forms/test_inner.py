"""Inner codes: which text is the one of a unit, and which is a slip."""

from __future__ import annotations

import pytest

from labelsvc.codes.forms import inner
from labelsvc.errors import MalformedCode

KEY = inner.key_of(b"permutation secret of the tests!")
CODE = inner.inner_code(KEY, 7)


def test_every_unit_has_its_own_of_twelve_characters() -> None:
    codes = {inner.inner_code(KEY, number) for number in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {inner.LENGTH} == {12}
    assert CODE not in {inner.inner_code(inner.key_of(b"another"), n) for n in range(20)}


@pytest.mark.parametrize(
    "text", [CODE, CODE.lower(), inner.printed(CODE), f" {CODE[:5]}-{CODE[5:]}"]
)
def test_case_and_groups_make_no_difference(text: str) -> None:
    assert inner.fits(KEY, 7, text)
    assert not inner.fits(KEY, 8, text)


@pytest.mark.parametrize("text", [CODE[:-1], CODE + "0", "0"])
def test_another_length_is_a_slip_and_no_guess(text: str) -> None:
    with pytest.raises(MalformedCode) as told:
        inner.fits(KEY, 7, text)
    assert told.value.params == {"expected": 12, "count": len(text)}
