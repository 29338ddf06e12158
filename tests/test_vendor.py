"""Files of others that browsers are given are the ones that were published, byte for byte."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).parent.parent / "labelsvc" / "static" / "vendor"


@pytest.mark.parametrize("folder", sorted(VENDOR.iterdir()), ids=lambda folder: folder.name)
def test_files_of_others_are_what_their_page_says(folder: Path) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    named = {name: digest for digest, name in re.findall(r"^([0-9a-f]{64})  (\S+)$", readme, re.M)}
    for name, digest in named.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    run = {
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix in (".js", ".wasm")
    }
    assert run and run | {"LICENSE"} <= named.keys()
