"""Quick selection: `pytest --quick` leaves out tests with servers, browsers, pages, workers, or long work.

Used by conftest; `make quick` runs it. What is left out is run by `make test`.
"""

from __future__ import annotations

import pytest

#: Folders that drive a browser, open whole pages, render whole runs, or measure.
_FOLDERS = {"e2e", "web", "worker", "bench"}
#: Files of ten seconds of processor time or more, and tests of five.
_LONG = {
    "accounts/test_two_people.py::test_the_table_above_has_every_act_of_two",
    "attack/test_fuzz.py",
    "catalogue/exporting/test_template.py::test_whatever_is_filled_in_comes_back",
    "catalogue/test_import.py::test_a_plan_of_many_rows_takes_hardly_more_memory_than_one_of_few",
    "cli/test_doctor_faults.py",
    "cli/test_press.py",
    "demo/test_labels.py",
    "labels/drawing/test_hostile.py",
    "recovery/test_backup.py",
    "recovery/test_set_back.py",
    "test_main_job.py",
}
#: Fixtures behind which another process stands.
_FIXTURES = {"_postgres", "_postgres_url", "softhsm"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option to the command line of pytest."""
    parser.addoption(
        "--quick", action="store_true", help="only tests without servers, browsers and long work"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, where --quick is given, what is not quick."""
    if not config.getoption("quick"):
        return
    config.hook.pytest_deselected(items=[item for item in items if not _is_quick(item)])
    items[:] = [item for item in items if _is_quick(item)]


def _is_quick(item: pytest.Item) -> bool:
    if any(item.get_closest_marker(name) for name in ("e2e", "exhaustive", "server", "slow")):
        return False
    if _FOLDERS & set(item.path.parts) or _FIXTURES & set(getattr(item, "fixturenames", ())):
        return False
    name = item.nodeid.partition("[")[0].removeprefix("tests/")
    if name in _LONG or name.partition("::")[0] in _LONG:
        return False
    call = getattr(item, "callspec", None)
    return call is None or call.params.get("database_url") != "postgresql"
