"""Bodies of status lists: exact, short, and harmless whatever the bytes."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelsvc.codes.trust.formats import body
from labelsvc.codes.trust.formats.bits import Reader, Writer, best_k, gamma_bits, gaps, rice_bits
from labelsvc.codes.trust.formats.body import (
    WHOLE,
    Body,
    Listed,
    added,
    decode,
    encode,
    merge,
)
from labelsvc.errors import BadStatusList

units = st.sets(st.integers(0, (1 << 24) - 1), min_size=1, max_size=40)
#: Runs of neighbours, as a withdrawn print run leaves them.
runs = st.tuples(st.integers(0, 3000), st.integers(1, 90)).map(lambda r: set(range(r[0], sum(r))))
holes = st.tuples(runs, st.sets(st.integers(0, 3600), max_size=20)).map(lambda r: r[0] - r[1])
some = st.one_of(units, runs, holes.filter(bool)).map(lambda found: tuple(sorted(found)))
sets = st.dictionaries(st.integers(0, (1 << 24) - 1), st.one_of(some, st.just(WHOLE)), max_size=12)


@given(sets)
def test_what_was_written_is_read(listed: Listed) -> None:
    assert decode(encode(listed)) == listed


@given(sets)
def test_the_same_set_gives_the_same_bytes_in_any_order(listed: Listed) -> None:
    turned = dict(reversed(listed.items()))
    assert encode(turned) == encode(listed)


@given(sets, sets)
def test_a_list_and_what_was_added_give_the_newer_list(older: Listed, more: Listed) -> None:
    newer = merge(older, more)
    assert merge(older, added(older, newer)) == newer
    assert not added(newer, older)


@settings(deadline=None)  # three bytes may name sixteen million units, all but none of them
@given(st.binary(max_size=300), st.integers(-1, 400), st.integers(-1, 30))
def test_any_bytes_are_a_list_or_refused(data: bytes, count: int, k: int) -> None:
    try:
        found = decode(Body(data, count, k))
    except BadStatusList:
        return
    assert decode(encode(found)) == found


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(Body(b"", 0, 0), id="no bits at all"),
        pytest.param(Body(b"\x80\x00", 0, 0), id="a byte too many"),
        pytest.param(Body(b"\x81", 0, 0), id="filling that is not zero"),
        pytest.param(Body(b"\x80", 1, 0), id="fewer gaps than promised"),
        pytest.param(Body(b"\x00" * 40, 0, 0), id="a number without an end"),
        pytest.param(Body(b"\x80", 0, 25), id="a parameter beyond what positions need"),
        pytest.param(Body(b"\x80" * ((4 << 20) + 1), 0, 0), id="too large"),
    ],
)
def test_impossible_bodies_are_refused(body: Body) -> None:
    with pytest.raises(BadStatusList):
        decode(body)


def written(*fields: tuple[int, int]) -> bytes:
    out = Writer()
    for value, width in fields:
        if width:
            out.fixed(value, width)
        else:
            out.gamma(value)
    return bytes(out)


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        pytest.param([(2, 0), ((1 << 24) + 1, 0), (1, 1)], 0, id="lot of 25 bits"),
        pytest.param([(2, 0), (1, 0), (0, 1), (0, 1), (25, 5)], 0, id="units of 25 bits"),
        pytest.param([(2, 0), (1, 0), (0, 1), (0, 1), (0, 5), (2, 2)], 1, id="place at the end"),
        pytest.param(
            [(2, 0), (1, 0), (0, 1), (1, 1), (0, 5), (0, 1), (0, 5), (2, 0), (0, 1)],
            0,
            id="a dense list longer than the whole",
        ),
        pytest.param(
            [(2, 0), (1, 0), (0, 1), (1, 1), (1, 5), (0, 1), (0, 5), (2, 0), (6, 3)],
            1,
            id="a unit behind the end of a dense list",
        ),
    ],
)
def test_impossible_fields_are_refused(fields: list[tuple[int, int]], count: int) -> None:
    with pytest.raises(BadStatusList):
        decode(Body(written(*fields), count, 0))


def test_units_are_counted_up_to_the_most_that_a_list_may_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body, "MOST_UNITS", 16)

    def all_but(*good: int) -> list[tuple[int, int]]:
        """Of the 16 units of the next lot."""
        rows = [((1 << gap + 1) - 2, gap + 1) for gap in gaps(good)]
        return [(1, 0), (0, 1), (1, 1), (4, 5), (1, 1), (0, 5), (len(good) + 1, 0), *rows]

    assert decode(Body(written((2, 0), *all_but()), 0, 0)) == {0: tuple(range(16))}
    assert decode(Body(written((2, 0), *all_but(2)), 1, 0)) == {
        0: tuple(unit for unit in range(16) if unit != 2)
    }
    with pytest.raises(BadStatusList):
        decode(Body(written((3, 0), *all_but(), *all_but(*range(15))), 15, 0))


@pytest.mark.parametrize(
    "listed",
    [{1 << 24: WHOLE}, {-1: WHOLE}, {0: ()}, {0: (2, 1)}, {0: (1, 1)}, {0: (1 << 24,)}],
    ids=repr,
)
def test_what_no_list_can_hold_is_not_written(listed: Listed) -> None:
    with pytest.raises(ValueError, match="lot"):
        encode(listed)


@given(st.lists(st.integers(0, 200), max_size=30), st.integers(0, 10))
def test_the_length_of_a_code_is_known_before_it_is_written(distances: list[int], k: int) -> None:
    out = Writer()
    out.rice(distances, k)
    assert len("".join(out._parts)) == rice_bits(distances, k)


@given(st.integers(1, 1 << 48))
def test_the_length_of_a_gamma_code_is_known_before_it_is_written(value: int) -> None:
    out = Writer()
    out.gamma(value)
    assert len("".join(out._parts)) == gamma_bits(value)


def test_no_whole_byte_of_zeros_follows_a_list() -> None:
    Reader(b"").finish()
    with pytest.raises(BadStatusList) as caught:
        Reader(b"\0").finish()
    assert caught.value.fix == "Fetch it again from the programme's site."


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        pytest.param({7: tuple(range(8, 16))}, "42027f8000", id="half of a lot, by the others"),
        pytest.param({7: tuple(range(10, 16))}, "42027fe000", id="less than half, one by one"),
        pytest.param(
            {3: (5, 900, 40_000), 9: (17,), 200: (8_000_000,)},
            "21181a4001437ef62ecc9435880bf2f7424000",
            id="few of large lots",
        ),
        pytest.param(
            {1: tuple(range(0, 999, 7)), 2: (5, 70_000), 3: WHOLE},
            "225410090155555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555555556273000be45ab0",
            id="a mixture",
        ),
    ],
)
def test_the_same_bytes_are_written_for_ever(listed: Listed, written: str) -> None:
    """A hash of these bytes stands in signed heads: two workers must write the same."""
    made = encode(listed)
    assert bytes(made.data).hex() == written
    assert decode(made) == listed


def test_the_whole_of_a_lot_says_so_in_a_failing_test() -> None:
    assert repr(WHOLE) == "WHOLE"


def test_fifty_thousand_of_ten_million_fit_in_sixty_kilobytes() -> None:
    chosen = tuple(sorted(random.Random(7).sample(range(10_000_000), 50_000)))
    made = encode({0: chosen})
    assert len(made.data) <= 60_000
    least = math.log2(math.comb(10_000_000, 50_000))  # no exact code does with fewer bits
    assert 8 * len(made.data) <= 1.01 * least
    assert decode(made) == {0: chosen}


def test_a_recalled_lot_takes_bits_and_a_withdrawn_run_a_bit_or_two_a_label() -> None:
    assert len(encode({lot: WHOLE for lot in range(100)}).data) < 40
    assert len(encode({7: tuple(range(5000))}).data) < 5000 / 8 + 10
    assert len(encode({7: tuple(u for u in range(4096) if u % 100 != 1)}).data) < 200


@given(st.lists(st.integers(0, 1 << 30), max_size=20))
def test_the_chosen_parameter_is_the_least_of_the_shortest(distances: list[int]) -> None:
    lengths = [rice_bits(distances, k) for k in range(25)]
    assert best_k(distances) == (lengths.index(min(lengths)), min(lengths))


def test_no_parameter_is_larger_than_a_list_can_say() -> None:
    assert best_k([1 << 40] * 3) == (24, rice_bits([1 << 40] * 3, 24))


@pytest.mark.parametrize(
    ("fields", "k"),
    [
        pytest.param([(24, 5), (0, 1), (5, 24)], 24, id="with the others"),
        pytest.param([(24, 5), (0, 1), (24, 5), (2, 3), (0, 1), (5, 24)], 0, id="by itself"),
    ],
)
def test_the_largest_parameter_is_read(fields: list[tuple[int, int]], k: int) -> None:
    own = len(fields) > 3
    data = written((2, 3), (1, 1), (0, 1), (own, 1), *fields)
    assert decode(Body(data, 1, k)) == {0: (5,)}


def test_gamma_codes_are_read_up_to_the_widest_number_and_no_further() -> None:
    for value, good in (((1 << 49) - 1, True), (1 << 49, False)):
        out = Writer()
        out.gamma(value)
        if good:
            assert Reader(bytes(out)).gamma() == value
        else:
            with pytest.raises(BadStatusList):
                Reader(bytes(out)).gamma()


@given(st.sets(st.integers(0, 5000)), st.integers(0, 12))
def test_positions_come_back_from_their_gaps(chosen: set[int], k: int) -> None:
    out = Writer()
    out.rice(gaps(sorted(chosen)), k)
    reader = Reader(bytes(out))
    assert reader.positions(len(chosen), k, 5001) == sorted(chosen)
    reader.finish()


def test_where_the_bits_end_nothing_is_read() -> None:
    for ask in (
        lambda: Reader(b"").fixed(1),
        lambda: Reader(b"\xff").positions(1, 0, 100),  # no zero ends the first gap
        lambda: Reader(b"\xff").positions(1, 3, 100),
        lambda: Reader(b"\xfe").positions(1, 1, 100),  # a zero, and no low bit
        lambda: Reader(b"\x00").positions(9, 0, 100),
    ):
        with pytest.raises(BadStatusList):
            ask()
    assert Reader(b"\x00").positions(8, 0, 100) == list(range(8))
