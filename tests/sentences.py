"""Collects every English sentence that may be shown to somebody: keys of the translations."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from labelsvc import errors
from labelsvc.resources import folder

ROOT = Path(__file__).parent.parent
_IN_TEMPLATE = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_ERRORS = {"Phrase"} | {
    name
    for name, thing in vars(errors).items()
    if isinstance(thing, type) and issubclass(thing, errors.LabelsvcError)
}
#: Tables of words that are translated where they are shown.
_TABLES = {
    "KINDS",
    "SHOWS",
    "REASONS",
    "REPORT_KINDS",
    "RISKS",
    "AUTHORITIES",
    "STATES",
    "FIELD_WORDS",
    "ACTIONS",
    "_KINDS",
    "_STANDINGS",
    "FILTERS",
    "FORM_WORDS",
    "ENTRIES",
    "WRITTEN",
    "SENDINGS",
    "STEPS",
    "_WORDS",
    "SHOWN",
}


def in_templates() -> dict[str, str]:
    """Sentence → file, of `_("…")` in every template."""
    found = {}
    for path in sorted(folder("templates").rglob("*")):
        if path.suffix in (".html", ".txt", ".svg"):
            for match in _IN_TEMPLATE.finditer(path.read_text(encoding="utf-8")):
                found[ast.literal_eval(match[1])] = str(path.relative_to(ROOT))
    return found


def in_code() -> dict[str, str]:
    """Sentence → file, of errors, `gettext("…")`, `say("…")` and tables of words."""
    found = {}
    for path in sorted((ROOT / "labelsvc").rglob("*.py")):
        if "demo" in path.parts:
            continue  # its sentences are data
        tree = ast.parse(path.read_text(encoding="utf-8"))
        classes = _ERRORS | {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            and any(isinstance(base, ast.Name) and base.id in _ERRORS for base in node.bases)
        }
        for sentence in _of(tree, classes):
            found[sentence] = str(path.relative_to(ROOT))
    return found


def _of(tree: ast.AST, classes: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in classes or name in ("gettext", "say", "_refused"):
                yield from _words(node.args[:1])
                yield from _words([k.value for k in node.keywords if k.arg == "fix"])
            elif name == "Finding":
                yield from _words(node.args[2:4])
                yield from _words([k.value for k in node.keywords if k.arg in ("message", "fix")])
            elif name == "Shown":
                yield from _words(node.args[2:4])
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {t.id for t in targets if isinstance(t, ast.Name)}
            if names & _TABLES and node.value is not None:
                for inner in ast.walk(node.value):
                    value = inner.value if isinstance(inner, ast.Constant) else None
                    if isinstance(value, str) and re.match(r"[A-Z].*[a-z]", value):
                        yield value


def _words(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from _words([node.body, node.orelse])
