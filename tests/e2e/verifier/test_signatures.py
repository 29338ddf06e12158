"""Types of the modules; signatures and public keys, judged alike in Python and in the browser."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from labelsvc.codes.forms.signing import check_public_key
from labelsvc.errors import KeyUnavailable
from tests.conftest import vectors
from tests.e2e.verifier.signed import (
    b64,
)

pytestmark = pytest.mark.e2e


STATIC = Path(__file__).parents[3] / "labelsvc" / "static" / "inspect"
#: Options of the type checker, for editors too; not shipped.
TYPES = Path(__file__).parents[1] / "tsconfig.json"


@pytest.mark.parametrize("part", ["verify", "app"])
def test_the_modules_have_the_types_they_say(tmp_path: Path, part: str) -> None:
    tsc = shutil.which("tsc")
    if tsc is None:
        pytest.skip("tsc is not installed: apt-get install node-typescript")
    files = sorted(str(path) for path in (STATIC / part).glob("*.js"))
    config = tmp_path / "tsconfig.json"
    config.write_text(json.dumps({"extends": str(TYPES), "files": files}))
    found = subprocess.run([tsc, "-p", str(config)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


# --- signatures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["webcrypto", "noble"])
def test_public_vectors_of_ed25519_have_their_answers(page: Page, engine: str) -> None:
    rows = json.loads((vectors() / "ed25519.json").read_text())["vectors"]
    answers = page.evaluate(
        """async ([engine, rows]) => {
          v.ed25519.force(engine);
          const found = [];
          for (const row of rows) found.push(await v.ed25519.verify(
            v.bytes.fromHex(row.public_key) ?? new Uint8Array(),
            v.bytes.fromHex(row.message), v.bytes.fromHex(row.signature) ?? new Uint8Array()));
          v.ed25519.force(null);
          return found;
        }""",
        [engine, rows],
    )
    wrong = []
    for row, answer in zip(rows, answers, strict=True):
        expected = {"valid": True, "invalid": False}.get(row["result"])
        try:
            check_public_key(bytes.fromhex(row["public_key"]))
        except KeyUnavailable:
            expected = False  # such keys are refused before any signature is looked at
        if expected is not None and answer is not expected:
            wrong.append((row["id"], answer))
    assert not wrong
    assert sum(answers) > 100


def test_the_browser_is_asked_before_it_is_believed(page: Page) -> None:
    assert page.evaluate("v.ed25519.ready()") in ("webcrypto", "noble")
    engine = page.evaluate(
        """async () => {
          const real = crypto.subtle.verify;
          v.ed25519.force(null);
          crypto.subtle.verify = async () => true;  // one that accepts everything
          const found = await v.ed25519.ready();
          crypto.subtle.verify = real;
          v.ed25519.force(null);
          return found;
        }"""
    )
    assert engine == "noble"


def test_public_keys_that_are_none_are_refused_alike(page: Page) -> None:
    draw = random.Random(9)
    prime = 2**255 - 19
    small = json.loads((vectors() / "ed25519.json").read_text())["vectors"]
    keys = {bytes.fromhex(row["public_key"]) for row in small}
    keys |= {(y + sign).to_bytes(32, "little") for y in (0, 1, prime - 1, prime, prime + 1, prime + 3)
             for sign in (0, 1 << 255)}  # fmt: skip
    keys |= {draw.randbytes(32) for _ in range(300)} | {b"", bytes(31), bytes(33)}
    ordered = sorted(keys)
    found = page.evaluate(
        "keys => keys.map((key) => v.ed25519.isKey(raw(key)))", [b64(key) for key in ordered]
    )
    expected = []
    for key in ordered:
        try:
            check_public_key(key)
            expected.append(True)
        except KeyUnavailable:
            expected.append(False)
    assert found == expected
    assert 100 < sum(expected) < len(expected) - 100
