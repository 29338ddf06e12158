"""Cases of the label law that are kept outside: lawful ones pass, unlawful ones are refused."""

from __future__ import annotations

import pytest

from .shared_cases import FOLDER, HELD, cases, judged

_CASES = cases()
#: Not held yet; none stays here.
_OPEN = frozenset(
    [
        "c08-grain-season",
        "c13-beer",
        "c14-wine-no-storage",
        "c16-health-no-phrase",
        "c19-cosmetic-24-months",
        "c20-soap-no-use",
        "c22-silk-no-share",
        "c31-literal",
        "d06-words",
        "d07-words",
        "d25-format",
        "d29-format",
        "d40-two-lines",
        "d41-month",
        "e03-web-warning",
        "e04-web-expiry",
        "e06-e-label",
        "i03-order",
        "i05-additive",
        "k02-claim",
        "k04-claim",
        "k05-claim",
        "k08-claim",
        "l03-name-english",
        "l05-warning-english",
        "n01-nutrition",
        "o05-origin",
        "o06-origin",
        "o11-origin",
        "o12-origin",
        "o14-origin",
        "q02-quantity",
        "q09-quantity",
        "q11-quantity",
        "q12-quantity",
        "q14-quantity",
        "q15-quantity",
        "q16-no-space",
        "q17-about",
        "r09-3-province-2024",
        "r16-late-start",
        "t05-star-word",
        "t06-english-5",
        "t08-name-ocop",
        "t09-story-ocop",
        "t14-national",
        "x04-2029",
        "x05-dead-before",
    ]
)


@pytest.mark.skipif(not _CASES, reason=f"no shared cases in {FOLDER}: set LABELSVC_CASES")
@pytest.mark.parametrize("name", _CASES)
def test_a_shared_case_of_the_law_is_held(name: str) -> None:
    verdict = judged(name, _CASES[name])
    if name in _OPEN and verdict.outcome != HELD:
        pytest.xfail("not held yet")
    assert verdict.outcome == HELD, verdict
