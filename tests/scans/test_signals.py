"""From counts to signals, and the statistics behind them against slow and exact arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import exp, factorial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelsvc.scans import provinces, signals
from labelsvc.scans.place import Place
from labelsvc.scans.signals import (
    Kind,
    Signal,
    Spread,
    Thresholds,
    Unit,
)
from labelsvc.scans.significance import benjamini_hochberg, poisson_tail
from labelsvc.scans.verdict import Verdict

AT = Thresholds()
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sessions", "raised"), [(0, False), (9, False), (10, True), (10_000, True)]
)
def test_a_unit_code_opens_a_case_at_ten_sessions(sessions: int, raised: bool) -> None:
    found = signals.sessions_of_unit(sessions, AT)
    assert (found is not None) is raised
    if found is not None:
        assert found.facts == {"sessions": sessions, "limit": 10}


@pytest.mark.parametrize(
    ("sessions", "declared", "raised"), [(300, 100, False), (301, 100, True), (4, 1, True)]
)
def test_a_lot_code_may_be_seen_three_times_a_pack(
    sessions: int, declared: int, raised: bool
) -> None:
    assert (signals.sessions_of_lot(sessions, declared, AT) is not None) is raised


@pytest.mark.parametrize(
    ("kind", "sessions", "raised"),
    [
        (Kind.AFTER_SOLD, 0, False),
        (Kind.AFTER_SOLD, 1, True),
        (Kind.AFTER_VOID, 1, True),
        (Kind.NOT_ACTIVATED, 1, True),
        (Kind.AFTER_EXPIRY, 19, False),
        (Kind.AFTER_EXPIRY, 20, True),
    ],
)
def test_one_look_at_a_sold_label_is_enough_and_old_jars_are_many(
    kind: Kind, sessions: int, raised: bool
) -> None:
    assert (signals.after(kind, units=1, sessions=sessions, at=AT) is not None) is raised


def test_verdicts_that_are_signs_are_verdicts() -> None:
    assert set(signals.BY_VERDICT) <= set(Verdict)
    assert not set(signals.BY_VERDICT) & {Verdict.ISSUED_OK, Verdict.ISSUED_OK_STALE}


@pytest.mark.parametrize(
    ("sessions", "others", "issued", "raised"),
    [
        (6, 3, 99, False),  # a page that advises, no case yet
        (7, 3, 99, True),  # a lot hardly anybody scans: seven are strange
        (7, 200, 99, False),  # everybody scans this lot twice
        (40, 200, 99, True),
        (5, 0, 99, False),  # never below the notice
    ],
)
def test_a_unit_is_compared_with_the_others_of_its_lot(
    sessions: int, others: int, issued: int, raised: bool
) -> None:
    found = signals.rates([Unit(7, sessions, others, issued)], looked_at=1, at=AT)
    assert (7 in found) is raised


def test_the_more_units_are_looked_at_the_more_it_takes() -> None:
    unit = Unit(7, 7, 3, 99)
    assert signals.rates([unit], looked_at=1, at=AT)
    assert not signals.rates([unit], looked_at=100_000, at=AT)


def test_honest_lots_raise_nothing_and_a_copied_roll_does() -> None:
    random = Random(4)
    for _ in range(200):  # lots of 500, honest buyers, some of whom look again
        counts: dict[int, int] = {}
        for _ in range(random.randint(1, 600)):
            unit = random.randrange(500)
            counts[unit] = counts.get(unit, 0) + 1 + (random.random() < 0.3)
        spread = Spread(1, len(counts), sum(counts.values()), 500)
        assert not signals.repeats([spread], at=AT), spread
    copied = Spread(2, 10, 45, 500)  # ten labels of a roll, copied, four or five looks each
    assert list(signals.repeats([copied], at=AT)) == [2]
    assert not signals.repeats([Spread(3, 4, 20, 500)], at=AT), "four units are no spread"


@pytest.mark.parametrize(
    ("first", "second", "minutes", "raised"),
    [
        (("01",), ("79",), 90, True),  # Hà Nội, Hồ Chí Minh City
        (("01",), ("79",), 150, False),  # there is an aeroplane
        (("01",), ("31",), 5, False),  # Hải Phòng is next door
        (("01",), ("40",), 30, False),  # the middles are 190 km apart
        (("01", 21.0, 105.85), ("48", 16.05, 108.2), 60, True),
        (("01", 21.0, 105.85), ("01", 21.05, 105.9), 1, False),
        (("99",), ("79",), 1, False),  # no such province
    ],
)
def test_only_reported_places_that_are_surely_too_far_apart_count(
    first: tuple[object, ...], second: tuple[object, ...], minutes: int, raised: bool
) -> None:
    places = [Place(NOON, *first), Place(NOON + timedelta(minutes=minutes), *second)]  # type: ignore[arg-type]
    found = signals.travel(reversed(places), AT)
    assert (found is not None) is raised
    if found is not None:
        assert found.facts["km"] > 300 and found.facts["minutes"] == minutes


@pytest.mark.parametrize(
    ("declared", "places", "raised"),
    [
        (["01"], {"01": 8, "79": 2}, False),  # a fifth is not more than a fifth
        (["01"], {"01": 7, "79": 3}, True),
        ([], {"79": 50}, False),  # nothing was declared
        (["01"], {"79": 4}, False),  # too few to take a share of
    ],
)
def test_the_range_of_sale_is_a_share_of_reports(
    declared: list[str], places: dict[str, int], raised: bool
) -> None:
    assert (signals.outside(declared, places, AT) is not None) is raised


def test_a_decided_case_needs_twice_as_much_or_something_new() -> None:
    def seen(weight: float, kind: Kind = Kind.SESSIONS) -> list[Signal]:
        return [Signal(kind, weight, {})]

    known = {"sessions": 12.0}
    assert not signals.worsened(known, seen(12)) and not signals.worsened(known, seen(23))
    assert signals.worsened(known, seen(24)) and signals.worsened(known, seen(1, Kind.AFTER_SOLD))


@given(st.integers(0, 60), st.integers(1, 400))
def test_the_tail_is_that_of_exact_arithmetic(count: int, tenths: int) -> None:
    mean = Fraction(tenths, 10)
    below = sum((mean**k / factorial(k) for k in range(count)), Fraction(0))
    # e^mean by its series, far beyond the precision of a float.
    whole = sum((mean**k / factorial(k) for k in range(300)), Fraction(0))
    assert poisson_tail(count, float(mean)) == pytest.approx(
        float((whole - below) / whole), rel=1e-9, abs=1e-300
    )


@given(st.integers(0, 3000), st.floats(0, 2000))
def test_the_tail_is_a_probability_and_falls(count: int, mean: float) -> None:
    here = poisson_tail(count, mean)
    assert 0 <= here <= 1
    assert poisson_tail(count + 1, mean) <= here * (1 + 1e-9)
    assert poisson_tail(count, mean * 1.5 + 0.1) >= here * (1 - 1e-9)


def test_the_tail_at_its_ends() -> None:
    assert poisson_tail(0, 5) == poisson_tail(-3, 0) == 1
    assert poisson_tail(1, 0) == 0
    assert poisson_tail(1, 0.001) == pytest.approx(1 - exp(-0.001), rel=1e-12)
    assert poisson_tail(10, 1e9) == 1 and poisson_tail(10**6, 0.5) == 0
    with pytest.raises(ValueError, match="negative"):
        poisson_tail(1, -1)


P_VALUES = st.lists(st.floats(0, 1), max_size=40)


@given(P_VALUES, st.sampled_from([1e-4, 0.05, 0.3]))
def test_benjamini_hochberg_is_the_largest_step_that_holds(
    tails: list[float], share: float
) -> None:
    """The definition, tried for every k."""
    ordered, most = sorted(tails), 0
    for k in range(1, len(tails) + 1):
        if ordered[k - 1] <= k / len(tails) * share:
            most = k
    kept = benjamini_hochberg(tails, share)
    assert sum(kept) >= most  # equal values stand or fall together
    assert all(tail <= ordered[most - 1] for tail, yes in zip(tails, kept, strict=True) if yes)


@given(P_VALUES, st.integers(0, 1000))
def test_tests_that_are_not_told_count_like_ones(tails: list[float], more: int) -> None:
    whole = benjamini_hochberg([*tails, *[1.0] * more], 0.05)[: len(tails)]
    assert benjamini_hochberg(tails, 0.05, tests=len(tails) + more) == whole


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_under_the_null_hardly_anything_is_believed(seed: int) -> None:
    random = Random(seed)
    assert sum(benjamini_hochberg([random.random() for _ in range(200)], 1e-4)) <= 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Chợ Đồng Xuân, Hà Nội", "Hà Nội"),
        ("siêu thị ở TP.HCM", "Hồ Chí Minh"),
        ("quán ở da nang", "Đà Nẵng"),
        ("Đường Hà Nội, Huế", "Huế"),  # an address ends with its province
        ("TP Vũng Tàu", "Hồ Chí Minh"),  # one of those that went into it
        ("ngoài chợ", None),
        ("", None),
        ("Huếch", None),
    ],
)
def test_provinces_are_found_in_the_words_of_people(text: str, name: str | None) -> None:
    found = provinces.find(text)
    assert (found.name if found else None) == name


def test_there_are_34_provinces_each_on_a_tile_of_its_own() -> None:
    everything = provinces.BY_CODE.values()
    assert len({p.name for p in everything}) == 34
    assert len({(p.column, p.row) for p in everything}) == 34
    for province in everything:
        assert provinces.nearest(province.latitude, province.longitude) is province
        assert provinces.find(province.name) is province


def test_distance_of_two_known_points() -> None:
    km = provinces.distance(21.0285, 105.8542, 10.7769, 106.7009)
    assert km == pytest.approx(1144, abs=6)  # Hà Nội to Hồ Chí Minh City by air
