"""Door of `make mutants`: draws random changes, holds each against its tests, prints what survives.

    python -m tools.mutants [--seed 1] [--count 60] [--rooms labelsvc/labels/] [--processes 2]

docs/mutation.md says how to read the result.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.mutants import changes, copies
from tools.mutants.changes import KINDS, Change
from tools.mutants.copies import Outcome
from tools.mutants.tests_of import Trace

ROOT = Path(__file__).parents[2]
WORK = ROOT / ".mutants"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
#: Share of the changes that tests must notice.
_WANTED = 0.9
#: Tests that need a browser, measure or take long are left out, and one kind of database does.
_CHOSEN = (
    "-m", "not exhaustive", "-k", "not postgresql", "--ignore=tests/e2e", "--ignore=tests/bench",
    "--ignore=tests/fuzz", "tests",
)  # fmt: skip


def main() -> int:
    asked = _asked()
    WORK.mkdir(exist_ok=True)
    if asked.fresh:
        shutil.rmtree(WORK / "trace", ignore_errors=True)
        shutil.rmtree(WORK / "results", ignore_errors=True)
    folders = [copies.make(ROOT, WORK / f"copy-{n}") for n in range(asked.processes)]
    trace = _traced(folders[0], asked.processes)
    if asked.trace_only:
        return 0
    drawn, equivalent = _drawn(asked)
    results = _held(drawn, trace, folders, asked)
    _check_kills(results, trace, folders[0])
    return _told(results, equivalent, asked)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--count", type=int, default=60, help="0: every change there is")
    parser.add_argument("--rooms", default="", help="only files whose path begins so")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=90, help="of tests for one change")
    parser.add_argument("--fresh", action="store_true", help="trace anew, and forget results")
    parser.add_argument("--trace-only", action="store_true", help="trace, and hold nothing")
    return parser.parse_args()


def _traced(copy: Path, processes: int) -> Trace:
    """The trace of this tree: what is new or has changed among the tests is run once more."""
    folder = WORK / "trace"
    folder.mkdir(exist_ok=True)
    part = _part(folder, copy)
    kept = folder / "tests.sources"
    known = Trace(folder, ROOT)
    now = {
        path.relative_to(copy).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((copy / "tests").rglob("test_*.py"))
    }
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else now
    same = {
        test
        for test in known.seconds
        if now.get(file := test.partition("::")[0]) == before.get(file)
    }
    (folder / "known.json").write_text(json.dumps(sorted(same)), encoding="utf-8")
    kept.write_text(json.dumps(now), encoding="utf-8")
    print(f"Tracing the tests that are not among {len(same)} known ones.", flush=True)
    words = copies.pytest(
        "-p", "tools.mutants.trace", f"--numprocesses={processes}", "--dist=loadfile", "--tb=line",
        "--timeout=900", *_CHOSEN,
    )  # fmt: skip
    subprocess.run(
        words, cwd=copy, env=copies.environment(ROOT, MUTANTS_TRACE=str(part)), check=False
    )
    return Trace(folder, ROOT)


def _part(folder: Path, copy: Path) -> Path:
    """Where this tree is traced: the newest part, or one more where the package has changed."""
    parts = sorted(path for path in folder.glob("[0-9]*") if path.is_dir())
    if parts and _modules(parts[-1] / "sources" / "labelsvc") == _modules(copy / "labelsvc"):
        return parts[-1]
    part = folder / f"{len(parts) + 1:03}"
    shutil.copytree(copy / "labelsvc", part / "sources" / "labelsvc")
    return part


def _modules(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.py")}


def _drawn(asked: argparse.Namespace) -> tuple[list[Change], dict[str, str]]:
    """Changes of the seed, each kind as likely as another, and names of those that change nothing."""
    every = list(changes.draw(ROOT, rooms=asked.rooms))
    listed = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("change", [])
    names = {change.name for change in every}
    equivalent = {
        "|".join(one[key] for key in ("path", "where", "kind", "before", "after")): one["reason"]
        for one in listed
    }
    for name in sorted(equivalent):
        if name not in names and name.startswith(asked.rooms):
            print(f"No longer there, remove it from {EQUIVALENT.name}: {name}")
    if not asked.count:
        return every, equivalent
    chance, left = random.Random(asked.seed), defaultdict(list)
    for change in every:
        left[change.kind].append(change)
    drawn: list[Change] = []
    while len(drawn) < min(asked.count, len(every)):
        kind = chance.choice([kind for kind in KINDS if left[kind]])
        drawn.append(left[kind].pop(chance.randrange(len(left[kind]))))
    return drawn, equivalent


def _held(
    drawn: list[Change], trace: Trace, folders: list[Path], asked: argparse.Namespace
) -> dict[Change, Outcome]:
    """What the tests say of each; one that was noticed before in the same file is not tried again."""
    store = WORK / "results"
    store.mkdir(exist_ok=True)
    free: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for folder in folders:
        free.put(folder)
    done = Counter[str]()

    def hold(change: Change) -> Outcome:
        kept = store / f"{change.number}.json"
        tests = trace.within(trace.tests(change), asked.seconds)
        if not tests:
            outcome = Outcome("unreached", 0, 0.0)
        elif kept.exists() and json.loads(kept.read_text())["state"] == "noticed":
            outcome = Outcome(**json.loads(kept.read_text()))
        else:
            copy = free.get()
            try:
                seconds = sum(trace.seconds[test] for test in tests)
                outcome = copies.hold(change, tests, copy, ROOT, seconds)
            finally:
                free.put(copy)
        kept.write_text(json.dumps(vars(outcome)), encoding="utf-8")
        done[outcome.state] += 1
        print(f"{sum(done.values()):>4}/{len(drawn)} {outcome.state:<9} {change}"
              f"  ({outcome.tests} tests, {outcome.seconds:.0f} s) {outcome.by}", flush=True)  # fmt: skip
        return outcome

    with ThreadPoolExecutor(len(folders)) as pool:
        return dict(zip(drawn, pool.map(hold, drawn), strict=True))


def _check_kills(results: dict[Change, Outcome], trace: Trace, copy: Path) -> None:
    """Run what failed once more without a change: a test that fails then has noticed nothing."""
    by = {outcome.by for outcome in results.values() if outcome.by}
    # A file that could not even be imported: one of its tests stands for it.
    tests = sorted(
        test
        for name in by
        for test in [name if name in trace.seconds else trace.any_of(name)]
        if test is not None
    )
    if not tests:
        return
    seconds = sum(trace.seconds[test] for test in tests)
    _, failed, _ = copies.run(copy, ROOT, tests, seconds=seconds, every=True)
    broken = {test.partition("::")[0] for test in failed if "::" not in test}
    for change, outcome in results.items():
        if outcome.by in failed or outcome.by.partition("::")[0] in broken:
            results[change] = Outcome("shaky", outcome.tests, outcome.seconds, outcome.by)
            (WORK / "results" / f"{change.number}.json").unlink(missing_ok=True)


def _told(
    results: dict[Change, Outcome], equivalent: dict[str, str], asked: argparse.Namespace
) -> int:
    counted = {c: o for c, o in results.items() if c.name not in equivalent}
    rooms: dict[str, Counter[str]] = defaultdict(Counter)
    for change, outcome in counted.items():
        rooms[change.room][outcome.state] += 1
    print("\nNot noticed:")
    for change, outcome in counted.items():
        if outcome.state != "noticed":
            print(f"  {outcome.state:<9} {change}  in {change.where or 'the module'}"
                  f" ({outcome.tests} tests) {outcome.by}")  # fmt: skip
    print("\nRoom: noticed of all")
    for room, states in sorted(rooms.items()):
        print(f"  {room:<22} {states['noticed']:>3} of {states.total():>3}")
    noticed = sum(outcome.state == "noticed" for outcome in counted.values())
    rate = noticed / max(len(counted), 1)
    print(f"\nSeed {asked.seed}: {noticed} of {len(counted)} noticed, {rate:.0%}; "
          f"{len(results) - len(counted)} drawn that change nothing ({EQUIVALENT.name}).")  # fmt: skip
    return 0 if rate >= _WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
