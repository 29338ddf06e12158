from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms import alphabet
from labelsvc.errors import MalformedCode


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, 32**n - 1), st.just(n))))
def test_decode_undoes_encode(pair: tuple[int, int]) -> None:
    value, length = pair
    text = alphabet.encode(value, length)
    assert len(text) == length
    assert alphabet.decode(text) == value
    assert alphabet.spell(text) == text


@pytest.mark.parametrize(
    ("read", "canonical"),
    [
        ("7k3m", "7K3M"),
        ("O0o", "000"),
        ("IiLl1", "11111"),
        ("7K3M 9QXA", "7K3M9QXA"),
        ("7k3m-9qxa", "7K3M9QXA"),
        ("7K3M\u00a09QXA\u20132B4C", "7K3M9QXA2B4C"),
        (" \t7K3M\r\n", "7K3M"),
    ],
)
def test_reading_forgives_what_people_and_pages_do(read: str, canonical: str) -> None:
    assert alphabet.spell(read) == canonical


@pytest.mark.parametrize("text", ["", "U", "u", "0_0", "+1", "1.0", "é", "\u0131", "\u212a",
                                  "\u017f", "\uff11", "\u0661", "1\x00", "Đ"])  # fmt: skip
def test_other_characters_are_refused(text: str) -> None:
    with pytest.raises(MalformedCode):
        alphabet.decode(text)
    with pytest.raises(MalformedCode):
        alphabet.spell(text)


def test_groups_are_for_spell_not_for_decode() -> None:
    with pytest.raises(MalformedCode):
        alphabet.decode("7K3M 9QXA")


@pytest.mark.parametrize(("value", "length"), [(-1, 4), (32, 1), (2**40, 8)])
def test_a_value_that_does_not_fit_is_refused(value: int, length: int) -> None:
    with pytest.raises(MalformedCode):
        alphabet.encode(value, length)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        canonical = alphabet.spell(text)
    except MalformedCode:
        return
    assert alphabet.encode(alphabet.decode(canonical), len(canonical)) == canonical


@given(st.lists(st.binary(min_size=13, max_size=13), min_size=1, max_size=20))
def test_many_at_once_give_the_same(rows: list[bytes]) -> None:
    packed = np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 13)
    one_by_one = [alphabet.encode(int.from_bytes(row, "big") >> 4, 20) for row in rows]
    assert alphabet.encode_many(packed, 20) == one_by_one


@pytest.mark.parametrize(
    ("text", "character"), [("7K3U", "U"), ("ÉU", "É"), ("12!3", "!"), ("A_", "_")]
)
def test_the_first_strange_character_is_named(text: str, character: str) -> None:
    with pytest.raises(MalformedCode) as caught:
        alphabet.spell(text)
    assert caught.value.params["character"] == character
    assert "Compare with the label" in caught.value.fix


def test_nothing_is_no_code() -> None:
    with pytest.raises(MalformedCode, match="There is no code here") as caught:
        alphabet.spell(" - ")
    assert "type the code" in caught.value.fix
