"""Trace: a pytest plugin that writes down which test executes which line, and the seconds of the processor that it takes.

Used by `python -m tools.mutants`, with `-p tools.mutants.trace` and MUTANTS_TRACE, the folder for
what it writes; above it lie `known.json`, the tests to leave out, and `collected.json`, all there are. A test that is in there already is left out, so a trace that broke off goes on.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

_FOLDER = Path(os.environ["MUTANTS_TRACE"])
_WORKER = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"
#: Seconds between two writings.
_PAUSE = 20.0


class _Tracer:
    def __init__(self) -> None:
        self._coverage = coverage.Coverage(
            data_file=str(_FOLDER / f"lines.{_WORKER}"), config_file=False, messages=False,
            source=["labelsvc"],
        )  # fmt: skip
        self._coverage.set_option("run:relative_files", True)
        self._coverage.set_option(
            "run:disable_warnings", ["no-data-collected", "module-not-imported", "couldnt-parse"]
        )
        self._coverage.start()
        self._tests: list[dict[str, object]] = []
        self._written = time.monotonic()
        self._good = True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._coverage.switch_context(item.nodeid)
        began, self._good = time.process_time(), True
        result = yield
        seconds = round(time.process_time() - began, 3)
        self._coverage.switch_context("")
        self._tests.append({"test": item.nodeid, "seconds": seconds, "good": self._good})
        if time.monotonic() - self._written > _PAUSE:
            self.write()
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._good = False

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        self.write()

    def write(self) -> None:
        self._coverage.save()
        with (_FOLDER / f"tests.{_WORKER}.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(test) + "\n" for test in self._tests)
        self._tests, self._written = [], time.monotonic()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    known = _FOLDER.parent / "known.json"
    done = set(json.loads(known.read_text(encoding="utf-8"))) if known.exists() else set()
    listed = json.dumps([item.nodeid for item in items])
    if not os.environ.get("PYTEST_XDIST_WORKER") or _WORKER.startswith("gw0-"):
        (_FOLDER.parent / "collected.json").write_text(listed, encoding="utf-8")
    left = [item for item in items if item.nodeid not in done]
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in done])
    items[:] = left


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("PYTEST_XDIST_WORKER") or not config.getoption("numprocesses", None):
        config.pluginmanager.register(_Tracer())
