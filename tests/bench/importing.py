"""10,000 rows of a list: planned and applied on SQLite. `python -m tests.bench.importing`."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from labelsvc.catalogue.importing import apply_import, plan_import
from labelsvc.catalogue.places import load_places
from labelsvc.db import Database
from labelsvc.migrations import upgrade
from tests.catalogue import lists

ROWS = 10_000


def _rows() -> Iterator[tuple[object, ...]]:
    for n in range(ROWS):
        _, name, owner, *rest = lists.ROWS[n % 3]
        yield (n + 1, f"{name} số {n}", f"{owner} {n // 3}", *rest)


def run() -> list[dict[str, object]]:
    """Seconds and peak memory (MB, of the process so far) for XLSX and CSV."""
    head = ";".join(lists.HEAD)
    csv = "\n".join([head, *(";".join(str(c) for c in row) for row in _rows())]).encode("utf-8-sig")
    found = []
    for name, data in (("list.csv", csv), ("list.xlsx", lists.workbook([lists.HEAD, *_rows()]))):
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
            upgrade(database)
            with database.writing() as session:
                load_places(session)
            begun = time.perf_counter()
            with database.writing() as session:
                plan = plan_import(session, data=data, file_name=name)
                planned = time.perf_counter()
                apply_import(session, plan, actor="bench")
            done = time.perf_counter()
            assert plan.counts["new"] == ROWS
            database.close()
        found.append(
            {
                "file": name,
                "rows": ROWS,
                "plan_s": round(planned - begun, 2),
                "apply_s": round(done - planned, 2),
                "rows_per_s": round(ROWS / (done - begun)),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    return found


if __name__ == "__main__":
    for row in run():
        print(row)
