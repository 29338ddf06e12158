"""The wheel holds what the program reads at run time, also the two folders beside the package."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_wheel_holds_every_file_that_is_read(tmp_path: Path) -> None:
    tracked = subprocess.run(
        ["git", "archive", "--format=tar", "HEAD"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    source = tmp_path / "source"
    source.mkdir()
    subprocess.run(["tar", "-x", "-C", source], input=tracked, check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir",
         tmp_path, source],
        check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "label_layouts"):
        for path in (source / folder).rglob("*"):
            if path.is_file():
                assert f"labelsvc/{folder}/{path.relative_to(source / folder)}" in names
    for path in (source / "labelsvc").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert f"labelsvc/{path.relative_to(source / 'labelsvc')}" in names
    assert not any(name.startswith(("tests/", "docs/")) for name in names)
    (info,) = {name.partition("/")[0] for name in names if ".dist-info/" in name}
    licences = {name.removeprefix(f"{info}/licenses/") for name in names if "/licenses/" in name}
    assert {"LICENSE", "NOTICE"} <= licences
    texts = ("OFL.txt", "LICENSE")
    others = {
        str(path.relative_to(source))
        for path in (source / "labelsvc").rglob("*")
        if path.name in texts
    }
    assert len(others) >= 3 and others <= licences
