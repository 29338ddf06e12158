"""How far units of each lot were issued: bytes, and what is said of a unit beyond."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.trust.formats import issued
from labelsvc.codes.trust.formats.body import Body
from labelsvc.codes.trust.formats.status import Purpose, StatusList
from labelsvc.errors import BadStatusList
from tests.codes.trust.test_held import AT as NOW
from tests.codes.trust.test_held import LISTS, Service, a_list, code, fetched

_BITS = st.sampled_from([0, *range(10, 25)])
_ENDS = st.tuples(_BITS, _BITS).map(lambda both: (min(both), max(both)))
LOTS = st.dictionaries(st.integers(0, (1 << 24) - 1), _ENDS, max_size=40)


@given(LOTS)
def test_what_was_written_is_read(listed: dict[int, tuple[int, int]]) -> None:
    made = issued.encode(listed)
    assert issued.decode(made) == listed
    assert (made.count, made.k) == (len(listed), 0)


@given(LOTS, LOTS)
def test_a_delta_leads_from_any_list_to_any_other(
    older: dict[int, tuple[int, int]], newer: dict[int, tuple[int, int]]
) -> None:
    delta = issued.decode(issued.encode(issued.changed(older, newer)))
    wanted = {lot: ends for lot, ends in newer.items() if ends != issued.NOTHING}
    assert issued.merge(older, delta) == wanted


@pytest.mark.parametrize(
    "body",
    [
        Body(b"", 0, 0),
        Body(issued.encode({7: (10, 12)}).data, 2, 0),
        Body(issued.encode({7: (10, 12)}).data, 1, 1),
        Body(issued.encode({7: (10, 12)}).data + b"\0", 1, 0),
        Body(issued.encode({7: (10, 12)}).data[:-1], 1, 0),
        Body(issued.encode({1 << 24: (10, 12)}).data, 1, 0),
        Body(issued.encode({7: (10, 25)}).data, 1, 0),
    ],
    ids=["empty", "count", "k", "longer", "shorter", "lot", "bits"],
)
def test_other_bytes_are_refused(body: Body) -> None:
    with pytest.raises(BadStatusList):
        issued.decode(body)


@pytest.mark.parametrize(
    ("units", "bits"), [(0, 0), (1, 10), (1024, 10), (1025, 11), (2048, 11), (2049, 12), (1 << 24, 24)]
)  # fmt: skip
def test_units_end_with_a_block(units: int, bits: int) -> None:
    assert issued.blocks(units) == bits


def test_a_year_of_lots_is_small() -> None:
    """Ten thousand lots of 300 to 20,000 units, a tenth of them still open."""
    lots = {
        lot: (issued.blocks(300 + lot * 7919 % 19_700), 0) for lot in range(50_000, 150_000, 10)
    }
    listed = {lot: (was, was + (lot % 100 == 0)) for lot, (was, _) in lots.items()}
    assert len(issued.encode(listed).data) < 20_000


FAR = a_list(Purpose.ISSUED, 3, {7: (10, 12), 8: (0, 10)})


@pytest.mark.parametrize(
    ("lot", "unit", "said"),
    [
        (7, 6, "ISSUED_OK"), (7, 1023, "ISSUED_OK"),
        (7, 1024, "ISSUED_OK_STALE"), (7, 4095, "ISSUED_OK_STALE"),
        (7, 4096, "NOT_ISSUED"), (7, (1 << 24) - 1, "NOT_ISSUED"),
        (8, 0, "ISSUED_OK_STALE"), (8, 1024, "NOT_ISSUED"),
        (6, 0, "NOT_ISSUED"), (9, 0, "REVOKED"), (100, 0, "ISSUED_OK_STALE"),
    ],
)  # fmt: skip
def test_a_unit_that_was_never_issued_is_red(lot: int, unit: int, said: str) -> None:
    held = fetched(Service(*LISTS, FAR))
    assert held.say(code(lot=lot, unit=unit), NOW) == said
    # Of old lists nothing red is made: what was issued since would look the same.
    later = NOW + (FAR.expires - FAR.issued) * 2
    assert held.say(code(lot=lot, unit=unit), later) in ("ISSUED_OK_STALE", "REVOKED")


def test_a_list_that_the_head_names_must_be_there() -> None:
    held = fetched(Service(*LISTS, FAR))
    del held.lists[1, Purpose.ISSUED]
    assert held.say(code(), NOW) == "ISSUED_OK_STALE"


def test_a_delta_of_such_a_list() -> None:
    delta = replace(FAR, number=4, base=3, listed={7: (12, 12), 8: (0, 0)})
    found: StatusList = FAR.plus(delta)
    assert (found.number, found.listed) == (4, {7: (12, 12)})
