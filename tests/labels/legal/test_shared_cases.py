"""Cases of the label law that are kept outside: lawful ones pass, unlawful ones are refused."""

from __future__ import annotations

import pytest

from .shared_cases import FOLDER, HELD, cases, judged

_CASES = cases()
#: Not held yet; none stays here.
_OPEN = frozenset(
    [
        "c13-beer",
        "c14-wine-no-storage",
        "c16-health-no-phrase",
        "c19-cosmetic-24-months",
        "c20-soap-no-use",
        "c22-silk-no-share",
        "i03-order",
        "i05-additive",
        "n01-nutrition",
        "r09-3-province-2024",
        "r16-late-start",
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
