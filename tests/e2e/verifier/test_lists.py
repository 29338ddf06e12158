"""Bodies of status lists are read alike, and in a moment."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Page

from labelsvc.codes.trust.formats.body import WHOLE, Body, Listed, decode, encode
from labelsvc.errors import BadStatusList
from tests.codes.trust.test_body import sets
from tests.e2e.verifier.signed import (
    b64,
)
from tests.fuzz.__main__ import mutated

pytestmark = pytest.mark.e2e


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sets)
def test_lists_are_read_alike(page: Page, listed: Listed) -> None:
    made = encode(listed)
    found = page.evaluate(
        "([d, c, k]) => listed(v.status.decodeBody(raw(d), c, k))",
        [b64(made.data), made.count, made.k],
    )
    assert {lot: WHOLE if units is None else tuple(units) for lot, units in found} == listed


def test_damaged_lists_are_refused_alike(page: Page) -> None:
    draw = random.Random(3)
    seeds = [
        encode({1: (0, 5, 9), 7: tuple(range(40, 90)), 9: WHOLE}),
        encode({2: tuple(range(200))}),
    ]
    rows: list[list[Any]] = []
    expected: list[Any] = []
    for _ in range(4000):
        seed = draw.choice(seeds)
        data = mutated(seed.data, draw)
        rows.append([b64(data), seed.count, seed.k])
        try:
            found: Any = decode(Body(data, seed.count, seed.k))
            if sum(len(u) for u in found.values() if not isinstance(u, type(WHOLE))) > 20_000:
                rows.pop()
                continue
            expected.append(
                [[lot, None if u is WHOLE else list(u)] for lot, u in sorted(found.items())]
            )
        except BadStatusList:
            expected.append(None)
    answers = page.evaluate(
        """(rows) => rows.map(([d, c, k]) => {
          try { return listed(v.status.decodeBody(raw(d), c, k)).sort((a, b) => a[0] - b[0]); }
          catch (error) { if (error.code !== "damaged") throw error; return null; }
        })""",
        rows,
    )
    assert answers == expected
    assert expected.count(None) > 1000


def test_fifty_thousand_of_ten_million_are_read_in_a_moment(page: Page) -> None:
    chosen = tuple(sorted(random.Random(7).sample(range(10_000_000), 50_000)))
    made = encode({0: chosen})
    found = page.evaluate(
        """([d, c, k]) => {
          const data = raw(d); let best = Infinity, units;
          for (let turn = 0; turn < 5; turn++) {
            const begun = performance.now();
            units = v.status.decodeBody(data, c, k).get(0);
            best = Math.min(best, performance.now() - begun);
          }
          return {best, count: units.length, last: units[units.length - 1]};
        }""",
        [b64(made.data), made.count, made.k],
    )
    print(f"{len(made.data)} bytes decoded in {found['best']:.1f} ms")
    assert (found["count"], found["last"]) == (50_000, chosen[-1])
