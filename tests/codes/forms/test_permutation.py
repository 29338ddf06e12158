from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms.permutation import Permutation
from labelsvc.codes.forms.units import LAST_LOT, Units, unit_keys

KEY = bytes(range(32))


@pytest.mark.parametrize("bits", range(1, 13))
def test_small_ranges_are_shuffled_without_loss(bits: int) -> None:
    shuffle = Permutation(KEY, bits)
    places = [shuffle.forward(n) for n in range(shuffle.size)]
    assert sorted(places) == list(range(shuffle.size))
    assert [shuffle.backward(place) for place in places] == list(range(shuffle.size))


@given(
    st.integers(1, 48).flatmap(lambda b: st.tuples(st.just(b), st.integers(0, 2**b - 1))),
    st.integers(0, 2**32 - 1),
)
def test_backward_undoes_forward_at_any_width(pair: tuple[int, int], tweak: int) -> None:
    bits, number = pair
    shuffle = Permutation(KEY, bits, tweak=tweak)
    place = shuffle.forward(number)
    assert 0 <= place < 2**bits
    assert shuffle.backward(place) == number
    assert shuffle.forward(shuffle.backward(number)) == number


@pytest.mark.parametrize("bits", [1, 2, 7, 20, 39, 40, 48])
def test_many_at_once_give_the_same(bits: int) -> None:
    shuffle = Permutation(KEY, bits, tweak=5)
    numbers = [n % shuffle.size for n in (0, 1, 2, 3, 1000, 2**20, 2**39 + 7, 2**48 - 1)]
    many = shuffle.forward_many(np.array(numbers, dtype=np.uint64))
    assert many.tolist() == [shuffle.forward(n) for n in numbers]


def test_key_and_tweak_change_the_shuffle() -> None:
    numbers = range(64)
    plain = [Permutation(KEY, 40).forward(n) for n in numbers]
    assert plain != [Permutation(KEY[::-1], 40).forward(n) for n in numbers]
    assert plain != [Permutation(KEY, 40, tweak=1).forward(n) for n in numbers]


def test_neighbours_are_not_neighbours_any_more() -> None:
    shuffle = Permutation(KEY, 40)
    places = shuffle.forward_many(np.arange(20_000, dtype=np.uint64))
    assert len(set(places.tolist())) == 20_000
    # One bit more in the number turns about half of the 40 bits of its place: 0.5 ± 5 sigma.
    turned = places[0::2] ^ places[1::2]
    share = np.unpackbits(turned.view(np.uint8)).sum() / (40 * len(turned))
    assert abs(share - 0.5) < 0.005
    # Places fill 16 equal bins evenly: chi-square with 15 degrees, p < 1e-6 above 55.
    bins = np.bincount((places >> np.uint64(36)).astype(int), minlength=16)
    assert ((bins - 1250.0) ** 2 / 1250.0).sum() < 55


@pytest.mark.parametrize("number", [-1, 1 << 40])
def test_numbers_outside_the_range_are_refused(number: int) -> None:
    shuffle = Permutation(KEY, 40)
    with pytest.raises(ValueError, match=r"outside 0 to 1099511627775$"):
        shuffle.forward(number)
    with pytest.raises(ValueError, match=r"outside 0 to 1099511627775$"):
        shuffle.backward(number)


def test_many_outside_the_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"outside 0 to 255$"):
        Permutation(KEY, 8).forward_many(np.array([0, 256], dtype=np.uint64))


@pytest.mark.parametrize(
    ("key", "bits", "tweak", "words"),
    [
        (b"", 40, 0, "the key of a permutation has 32 bytes"),
        (KEY, 0, 0, "a permutation has 1 to 48 bits"),
        (KEY, 49, 0, "a permutation has 1 to 48 bits"),
        (KEY, 40, -1, "the tweak has 32 bits"),
        (KEY, 40, 2**32, "the tweak has 32 bits"),
    ],
)
def test_impossible_parameters_are_refused(key: bytes, bits: int, tweak: int, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{words}$"):
        Permutation(key, bits, tweak=tweak)


def test_units_stay_dense_and_shuffled_while_a_lot_grows() -> None:
    units = Units(unit_keys(KEY))
    printed = units.printed_many(7, 0, 5000)
    for block in (0, 1024), (1024, 2048), (2048, 4096):
        inside = printed[slice(*block)]
        assert sorted(inside) == list(range(*block))
        assert inside != sorted(inside)
    assert max(printed) < 8192
    assert printed == [units.printed(7, index) for index in range(5000)]
    assert units.printed_many(7, 1000, 100) == printed[1000:1100]
    assert printed != units.printed_many(8, 0, 5000)


@given(st.integers(0, 2**24 - 1), st.integers(0, 2**24 - 1))
def test_the_index_of_a_printed_unit_is_found_again(lot: int, index: int) -> None:
    units = Units(unit_keys(KEY, [9, 70_000]))
    assert units.index(lot, units.printed(lot, index)) == index


def test_lots_after_a_change_are_shuffled_by_another_key_and_those_before_as_ever() -> None:
    before, after = Units(unit_keys(KEY)), Units(unit_keys(KEY, [30, 30, 12]))
    same = [before.printed_many(lot, 0, 99) == after.printed_many(lot, 0, 99) for lot in range(40)]
    assert same == [lot < 12 for lot in range(40)]
    first, second, third = unit_keys(KEY, [30, 12])
    assert [(k.first, k.stop) for k in (first, second, third)] == [
        (0, 12),
        (12, 30),
        (30, LAST_LOT),
    ]
    assert len({k.secret for k in (first, second, third)}) == 3
    # Who knows one of them knows the units of its lots.
    assert Units([second]).index(29, after.printed(29, 1500)) == 1500
    for lot in (11, 30):
        with pytest.raises(KeyError) as caught:
            Units([second]).index(lot, 0)
        assert caught.value.args == (lot,)
    assert first.secret.hex() not in repr(first)


def test_a_thread_begins_its_cipher_once() -> None:
    """Beginning one costs more than ten blocks."""
    shuffle, begun = Permutation(KEY, 40), []
    cipher = shuffle._cipher

    class Counting:
        def encryptor(self) -> object:
            begun.append(threading.get_ident())
            return cipher.encryptor()

    shuffle._cipher = Counting()
    for number in range(5):
        shuffle.backward(shuffle.forward(number))
    other = threading.Thread(target=shuffle.forward, args=(1,))
    other.start()
    other.join()
    assert len(begun) == len(set(begun)) == 2
