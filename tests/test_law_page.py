"""The clause matrix of docs/law/: its rows are whole, what they name exists, and docs/law.md is made from it."""

from __future__ import annotations

import ast
import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from labelsvc.labels.legal.rules import CHANGES, RULES

ROOT = Path(__file__).parent.parent
_SPEC = importlib.util.spec_from_file_location("law_page", ROOT / "tools" / "law_page.py")
assert _SPEC is not None and _SPEC.loader is not None
law_page = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(law_page)

CLAUSES: list[tuple[str, dict[str, Any]]] = [
    (f"{document['short']} {clause['at']}", clause)
    for document in law_page.documents()
    for clause in document["clause"]
]


@cache
def named(path: str) -> frozenset[str]:
    """Functions, classes and constants at the top of a module."""
    found: set[str] = set()
    for node in ast.parse((ROOT / path).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(found)


@pytest.mark.parametrize(("name", "clause"), CLAUSES, ids=[name for name, _ in CLAUSES])
def test_a_clause_is_held_by_code_and_test_or_says_why_not(
    name: str, clause: dict[str, Any]
) -> None:
    assert clause["state"] in law_page.STATES
    assert clause["at"] and clause["says"]
    if clause["state"] in ("held", "partly"):
        for target in (clause["code"], clause["test"]):
            path, _, word = target.partition(":")
            assert word in named(path), target
        assert clause["test"].startswith("tests/")
    if clause["state"] != "held":
        assert clause["why"].endswith(".")


def test_the_page_is_made_from_the_matrix_and_claims_no_percentage() -> None:
    made = law_page.page()
    assert law_page.PAGE.read_text("utf-8") == made, "run: python tools/law_page.py"
    assert not re.search(r"\d ?% (?:of|held|covered)", made)


def test_every_finding_has_a_source_and_a_day() -> None:
    codes = set()
    for path in (ROOT / "labelsvc" / "labels" / "legal").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                code = node.args[1] if len(node.args) > 1 else None
                if isinstance(code, ast.Constant):
                    codes.add(code.value)
    assert codes <= set(RULES)


def test_changes_name_findings_that_there_are() -> None:
    assert {code.partition(":")[0] for change in CHANGES for code in change.codes} <= set(RULES)
