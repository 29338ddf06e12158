"""Pick: a pytest plugin that runs the tests of a list, in its order, and names the one that fails.

Used by `python -m tools.mutants`, with `-p tools.mutants.pick` and MUTANTS_PICK, a JSON list.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

_FILE = Path(os.environ["MUTANTS_PICK"])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: at for at, name in enumerate(json.loads(_FILE.read_text(encoding="utf-8")))}
    items[:] = sorted(
        (item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid]
    )


def pytest_runtest_logstart(nodeid: str) -> None:
    # Whatever ends the process in this test, a signal or an endless loop: this names it.
    _FILE.with_suffix(".last").write_text(nodeid, encoding="utf-8")
