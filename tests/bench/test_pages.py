"""Pages at the size of a city stay small; how long they take is measured by `make bench`, never tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import pages

#: Files are whole lists.
_FILES = (".csv", ".json", ".atom", ".xml", ".png", ".txt")
#: A choice of all producers, 129 kB: to be found by typing, as villages are.
_LARGE = {"/office/accounts/new"}


@pytest.mark.slow
def test_no_page_answers_with_a_fault_or_outgrows_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_TURNS", 1)
    rows = list(pages.run())
    assert len(rows) > 50
    assert [row["page"] for row in rows if int(str(row["status"])) >= 500] == []
    paged = [row for row in rows if not str(row["page"]).partition("?")[0].endswith(_FILES)]
    assert {str(row["page"]) for row in paged if float(str(row["kB"])) > pages.MAX_KB} == _LARGE
