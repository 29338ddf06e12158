"""Lists that are kept outside: every row comes out right, none wrong, none lost."""

from __future__ import annotations

import json

import pytest

from labelsvc.catalogue.importing.heads.words import field_of
from labelsvc.db import Database
from tests.catalogue.shared_lists import FOLDER, expected, outcomes

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no shared lists in {FOLDER}: set LABELSVC_CASES"
)
_CASES = expected() if FOLDER.is_dir() else {}
#: Parts of an address that have columns of their own.
_PARTS = {"hamlet", "commune", "district"}


@pytest.mark.parametrize("name", _CASES)
def test_every_row_of_a_shared_list_comes_out_right(database: Database, name: str) -> None:
    found = outcomes(database, FOLDER / name, _CASES[name])
    assert [one for one in found if one[1] != "right"] == []


def test_every_shared_head_is_understood() -> None:
    told = json.loads((FOLDER / "heads.json").read_text("utf-8"))
    wrong = {
        head: found
        for field, heads in told.items()
        for head in heads
        if (found := field_of(head)) != field and not (field == "address" and found in _PARTS)
    }
    assert wrong == {}
