"""A small part of `make faults`: crash points and kills, and planted bugs that must be found."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import kills
from tests.faults.crash import _quiet, every_point, try_point
from tests.faults.planted import BUGS, Bug, found
from tests.faults.service import ACTS, Bench, memory

#: Crash points of each act; `make faults` tries them all.
_POINTS = 6
_KILLS = 20


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(dir=memory()) as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        patch.chdir(folder)
        made = Bench(folder / "template", folder / "work")
        made.build()
        yield made


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
def test_acts_that_break_off_lose_nothing_and_double_nothing(
    bench: Bench,
) -> None:
    points, chance = list(every_point(bench, seeds=[0])), random.Random(20261130)
    chosen = [
        point
        for act in ACTS
        for point in chance.sample([p for p in points if p.act == act], _POINTS)
    ]
    wrong = {str(p): w for p in chosen if (w := try_point(bench, p))}
    assert wrong == {}


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "-"))
def test_a_planted_bug_is_found(bench: Bench, bug: Bug) -> None:
    assert found(bench, bug)


@pytest.mark.slow
def test_without_a_bug_no_trial_finds_one(bench: Bench) -> None:
    for trial in {bug.trial for bug in BUGS if bug.trial is not None}:
        service = bench.fresh()
        with _quiet():
            trial(service)
        service.close()


@pytest.mark.slow
def test_processes_killed_at_any_moment_lose_nothing(bench: Bench) -> None:
    rows = kills.run(bench, bench.work.parent, count=_KILLS, seed=20261130)
    assert sum(row.tries for row in rows) == _KILLS
    assert [row for row in rows if row.lost] == []
