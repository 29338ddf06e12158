"""`make faults`: kills, crash points and planted bugs; prints the tables and ends with 1 when something is lost.

python -m tests.faults [--short] [--kills N] [--seeds N] [--minutes N] [--seed N]
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import pytest

from labelsvc.migrations import tables as tables
from tests import compiled, postgres
from tests.faults import kills
from tests.faults.crash import Tally, every_point, try_point
from tests.faults.planted import BUGS, found
from tests.faults.service import Bench, memory


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="20 kills and 100 crash points")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=16, help="times that every step is tried")
    parser.add_argument("--minutes", type=float, default=60.0, help="for the crash points, at most")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="labelsvc-faults-", dir=memory()) as name:
        folder, kept = Path(name), Path.cwd()
        os.chdir(folder)
        patch = pytest.MonkeyPatch()
        compiled.once(patch)
        try:
            bench = Bench(folder / "template", folder / "work")
            bench.build()
            count = 20 if given.short else given.kills
            rows = kills.run(bench, folder, count=count, seed=given.seed)
            tally = _points(bench, given, given.seeds)
            missed = [] if given.short else [bug.name for bug in BUGS if not found(bench, bug)]
            if not given.short and postgres.binaries():
                with postgres.cluster() as url:
                    other = Bench(folder / "template-pg", folder / "work-pg", url)
                    other.build()
                    rows += kills.run(other, folder, count=max(count // 4, 1), seed=given.seed)
                    beside = _points(other, given, max(given.seeds // 8, 1))
                    tally.add(beside, ", PostgreSQL")
        finally:
            patch.undo()
            os.chdir(kept)
    print(f"\n{'fault':<30} {'tries':>6} {'survived':>9}  lost")
    for row in rows:
        print(f"{row.fault:<30} {row.tries:>6} {row.survived:>9}  {row.lost or '–'}")
    print(f"\n{tally.table()}")
    for point, wrong in tally.broken.items():
        print(f"  {point}: {wrong}")
    if not given.short:
        print(f"\nplanted bugs found: {len(BUGS) - len(missed)} of {len(BUGS)} {missed or ''}")
    return 1 if tally.broken or missed or any(row.lost for row in rows) else 0


def _points(bench: Bench, given: argparse.Namespace, seeds: int) -> Tally:
    end, tally = time.monotonic() + 60 * given.minutes, Tally()
    points = list(every_point(bench, seeds=range(1 if given.short else seeds)))
    random.Random(given.seed).shuffle(points)
    for point in points[:100] if given.short else points:
        if time.monotonic() > end:
            print(f"stopped after {given.minutes:g} minutes, {sum(tally.tried.values())} of {len(points)} points")  # fmt: skip
            break
        tally.tried[point.act] += 1
        if wrong := try_point(bench, point):
            tally.broken[point] = wrong
    return tally


if __name__ == "__main__":
    sys.exit(main())
