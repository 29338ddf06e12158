"""A short run of the fuzzer; `python -m tests.attack.fuzz` has the long one."""

from __future__ import annotations

from tests.attack.fuzz import fuzzing


def test_no_request_ends_in_an_error_of_ours_and_none_is_told_a_path() -> None:
    with fuzzing(seed=20261130) as fuzz:
        fuzz.run(1200)
    found = {**fuzz.errors, **fuzz.leaks}
    assert not found, "\n".join(fuzz.report())
    for (
        role,
        answers,
    ) in fuzz.answers.items():  # as somebody who may do something, and of every kind
        assert answers.total() > 60 and answers[200] > 5, role
