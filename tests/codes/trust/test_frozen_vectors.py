"""tests/vectors/trust.json through the package. `tests/e2e/verifier` has the browser read it.

`tests/vectors/make_trust.py` made it with nothing of labelsvc. No test writes it: an entry that fails
is a defect of the program.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.codes.trust.formats.body import Whole
from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.formats.status import StatusHead, StatusList
from labelsvc.errors import BadStatusList, BadTrust, LabelsvcError, TrustRollback

FILE = Path(__file__).parents[2] / "vectors" / "trust.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="ascii"))
HOST: str = VECTORS["host"]
KEYS = [NoteKey.parse(VECTORS["status_key"])]


def _named(rows: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("row", rows, ids=[row["note"] for row in rows])


def _read(row: dict[str, Any]) -> Manifest:
    found = Manifest.parse(row["file"].encode())
    if row["held"] is None:
        found.check_first()
    else:
        found.check_next(Manifest.parse(row["held"].encode()))
    return found


@_named(VECTORS["manifests"])
def test_manifests(row: dict[str, Any]) -> None:
    if row["result"] == "ok":
        assert _read(row).content.host == HOST
        return
    with pytest.raises(BadTrust) as caught:
        _read(row)
    assert isinstance(caught.value, TrustRollback) is (row["result"] == "rollback")


@_named(VECTORS["heads"])
def test_heads(row: dict[str, Any]) -> None:
    def read(file: str, held: StatusHead | None = None) -> StatusHead:
        return StatusHead.read(bytes.fromhex(file), host=HOST, keys=KEYS, held=held)

    held = read(row["held"]) if row["held"] else None
    if row["result"] == "ok":
        assert read(row["file"], held).host == HOST
        return
    with pytest.raises(BadStatusList):
        read(row["file"], held)


@_named(VECTORS["lists"])
def test_lists(row: dict[str, Any]) -> None:
    try:
        found = StatusList.read(bytes.fromhex(row["file"]), host=HOST, keys=KEYS)
    except LabelsvcError:
        assert row["result"] != "ok"
        return
    units = {
        str(lot): None if isinstance(some, Whole) else list(some)
        for lot, some in found.listed.items()
    }
    assert (row["result"], units) == ("ok", row["units"])
