"""Makes docs/asvs.md of docs/security/asvs.toml, and finds lines whose code or test is gone.

Run `python -m tools.audit.asvs` after a change; a test compares.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCE, PAGE = ROOT / "docs" / "security" / "asvs.toml", ROOT / "docs" / "asvs.md"
#: Lines of levels 1 and 2 in version 5.0.0, and those of level 1.
LINES, FIRST = 253, 70
HELD, REASONED, OPEN = "held", "reasoned", "open"

_HEAD = """# ASVS 5.0.0, levels 1 and 2

Line by line in sentences of our own; the wording that counts is OWASP's. *held* names code and test, and a test finds both.
*reasoned* says why nothing is to be held, or why otherwise. *open* says what is missing. Made of `docs/security/asvs.toml` by
`python -m tools.audit.asvs`.
"""


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(SOURCE.read_text("utf-8"))


def lines() -> Iterator[tuple[str, dict[str, str]]]:
    """Each number with what stands about it."""
    for chapter, rows in _read().items():
        if chapter != "one":
            yield from ((number, row) for number, row in rows.items() if number != "title")


def state(row: dict[str, str]) -> str:
    """How a line stands: by which words it has."""
    if "code" in row:
        return HELD
    return REASONED if "why" in row else OPEN


def counts() -> dict[str, int]:
    """Number of lines in each state."""
    found = Counter(state(row) for _, row in lines())
    return {one: found[one] for one in (HELD, REASONED, OPEN)}


@cache
def _named(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(found)


def wrong() -> list[str]:
    """Lines that are not whole, name what is gone, or are not all there."""
    told, seen = [], [number for number, _ in lines()]
    first = _read()["one"].split()
    if len(seen) != LINES or len(first) != FIRST or not set(first) <= set(seen):
        told.append(f"{len(seen)} lines, {len(first)} of level 1; there are {LINES} and {FIRST}")
    for number, row in lines():
        kinds = [one for one in ("code", "why", "open") if one in row]
        if len(kinds) != 1 or not row["says"] or ("code" in row) != ("test" in row):
            told.append(f"{number}: one of code with test, why, open")
        for kind in ("code", "test"):
            path, _, name = row.get(kind, "").partition(":")
            if path and not ((ROOT / path).is_file() and name in _named(ROOT / path)):
                told.append(f"{number}: {row[kind]} is not there")
    return told


def page() -> str:
    """The whole page."""
    first = set(_read()["one"].split())
    told = ", ".join(f"{number} {one}" for one, number in counts().items())
    parts = [_HEAD, f"{LINES} lines: {told}."]
    for chapter, rows in _read().items():
        if chapter == "one":
            continue
        parts.append(
            f"\n## {chapter} {rows['title']}\n\n| line | level | | state | where, or why |\n|---|---|---|---|---|"
        )
        for number, row in rows.items():
            if number == "title":
                continue
            where = row.get("why") or row.get("open") or f"`{row['code']}`; `{row['test']}`"
            level = 1 if number in first else 2
            parts.append(f"| {number} | {level} | {row['says']} | {state(row)} | {where} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
