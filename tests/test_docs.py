"""The documentation names what the program has."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from labelsvc.scans.verdict import Verdict
from labelsvc.settings import Settings

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_has_a_heading(name: str) -> None:
    headings = (ROOT / "docs/settings.md").read_text().splitlines()
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


PAGES = {name: (ROOT / "docs" / name).read_text() for name in ("architecture.md", "glossary.md")}


def _folders() -> set[str]:
    found = {f.parent.relative_to(ROOT) for f in (ROOT / "labelsvc").rglob("*.py")}
    return {str(folder) for folder in found if str(folder) != "labelsvc"}


def test_the_map_has_every_folder_of_the_package_and_no_other() -> None:
    rooms = PAGES["architecture.md"].split("```")[1]
    words = re.findall(r"(?<![\w/])[a-z]+(?:/[a-z]+)+(?![\w/])", rooms)
    named = {re.sub(r"^(?!labelsvc/)", "labelsvc/", word) for word in words}
    assert named ^ _folders() == set()


@pytest.mark.parametrize("target", sorted(set(re.findall(
    r"`((?:labelsvc|tests|docs|templates|label_layouts)/[\w./]*(?::[\w.]+)?)`",
    PAGES["architecture.md"],
))))  # fmt: skip
def test_the_architecture_page_names_what_is_there(target: str) -> None:
    path, _, name = target.partition(":")
    assert (ROOT / path).exists(), path
    scope: list[ast.stmt] = ast.parse((ROOT / path).read_text()).body if name else []
    for part in filter(None, name.split(".")):
        match = [
            x for x in scope if isinstance(x, ast.ClassDef | ast.FunctionDef) and x.name == part
        ]
        assert match, f"{path} has no {part}"
        scope = match[0].body


def test_words_of_the_glossary_stand_in_the_code() -> None:
    code = "\n".join(file.read_text() for file in (ROOT / "labelsvc").rglob("*.py"))
    paths = {str(f.relative_to(ROOT / "labelsvc")) for f in (ROOT / "labelsvc").rglob("*")}
    cells = [row.split("|")[3] for row in PAGES["glossary.md"].splitlines() if row.count("|") == 4]
    for name in re.findall(r"`([^`]+)`", " ".join(cells)):
        place = name in paths or f"{name}.py" in paths or any(p.endswith(name) for p in paths)
        assert place or re.search(rf"\b{re.escape(name)}\b", code), name
