"""Node, which runs the verifier outside of a browser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "verifier"
#: From this version on it reads modules of a folder without a package.json, as the static files are.
OLDEST = (20, 19)

Node = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def node() -> Node:
    """Calls `node verifier/NAME WORDS` from the root of the repository."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("Node.js is not installed: apt-get install nodejs")
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(int(part) for part in told.strip("v\n").split(".")[:2]) < OLDEST:
        pytest.skip(f"Node.js 20.19 or newer is needed, this is {told.strip()}")

    def call(name: str, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [found, FOLDER / name, *(str(word) for word in words)],
            cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return call
