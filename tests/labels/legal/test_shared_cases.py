"""Cases of the label law that are kept outside: lawful ones pass, unlawful ones are refused."""

from __future__ import annotations

import pytest

from .shared_cases import FOLDER, HELD, cases, judged

_CASES = cases()


@pytest.mark.skipif(not _CASES, reason=f"no shared cases in {FOLDER}: set LABELSVC_CASES")
@pytest.mark.parametrize("name", _CASES)
def test_a_shared_case_of_the_law_is_held(name: str) -> None:
    verdict = judged(name, _CASES[name])
    assert verdict.outcome == HELD, verdict
