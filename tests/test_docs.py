"""The documentation names what the program has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labelsvc.scans.verdict import Verdict
from labelsvc.settings import Settings

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_has_a_heading(name: str) -> None:
    headings = (ROOT / "docs/operate.md").read_text().splitlines()
    assert f"### {name.upper()}" in headings


def test_decisions_are_numbered_without_gaps_and_short() -> None:
    files = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(f.name[:4]) for f in files] == list(range(1, len(files) + 1))
    for file in files:
        assert len(file.read_text().splitlines()) <= 45, file.name


def test_every_verdict_stands_in_the_documentation() -> None:
    words = (ROOT / "docs/api.md").read_text()
    for verdict in Verdict:
        assert f"`{verdict}`" in words, verdict


def test_files_that_the_readme_points_to_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    for target in re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", readme):
        assert (ROOT / "".join(target)).exists(), target
