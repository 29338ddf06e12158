"""tests/vectors/stolen.json through the package: what a stolen key may still say. `tests/e2e/verifier` has
the browser read it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from labelsvc.cli import main
from labelsvc.codes.forms import offline
from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.held import HeldTrust
from labelsvc.errors import BadTrust

FILE = Path(__file__).parents[2] / "vectors" / "stolen.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="ascii"))
#: Verdicts that no reader may take for a good one.
RED = {"FROZEN_KEY_OUTSIDE_RANGE", "SHORT_CODE_NEEDS_NETWORK"}


@pytest.mark.parametrize("row", VECTORS["cases"], ids=[row["note"] for row in VECTORS["cases"]])
def test_a_code_of_a_stolen_key(row: dict[str, Any]) -> None:
    held = HeldTrust(Manifest.parse(VECTORS["manifests"][row["manifest"]].encode()))
    at = datetime.fromisoformat(VECTORS["at"])
    assert held.say(offline.parse(row["code"]), at) == row["verdict"]


@pytest.mark.parametrize("place", range(len(VECTORS["damaged"])))
def test_a_manifest_with_facts_that_are_none(place: int) -> None:
    with pytest.raises(BadTrust):
        Manifest.parse(VECTORS["damaged"][place].encode())


def test_the_command_says_the_same(tmp_path: Path) -> None:
    """A manifest, and the key file of an operator, which has the same ranges."""
    for row in VECTORS["cases"]:
        signed = VECTORS["manifests"][row["manifest"]]
        facts = json.loads(json.loads(signed)["signed"])
        keys = {"format": "labelsvc-trust-1", "host": VECTORS["host"], "keys": facts["keys"]}
        for number, text in enumerate((signed, json.dumps(keys))):
            file = tmp_path / f"trust-{number}.json"
            file.write_text(text)
            link = f"HTTPS://{VECTORS['host'].upper()}/{row['code']}"
            found = CliRunner().invoke(main, ["verify", link, "--trust", str(file), "--json"])
            assert json.loads(found.output)["verdict"] == row["verdict"], row["note"]
            assert (found.exit_code == 0) is (row["verdict"] not in RED)
