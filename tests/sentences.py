"""Collects every English sentence that may be shown to somebody: keys of the translations."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
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
    "GOODS_KINDS",
    "EXEMPTIONS",
    "DATE_KINDS",
    "CHANGES",
    "SHOWS",
    "REASONS",
    "REPORT_KINDS",
    "RISKS",
    "AUTHORITIES",
    "STATES",
    "COLUMN_WORDS",
    "FIELD_WORDS",
    "FIELD_GROUPS",
    "KIND_WORDS",
    "SECTION_WORDS",
    "ACTIONS",
    "_KINDS",
    "STANDINGS",
    "FILTERS",
    "FORM_WORDS",
    "ENTRIES",
    "WRITTEN",
    "SENDINGS",
    "STEPS",
    "_WORDS",
    "SHOWN",
    "SUBJECTS_SHOWN",
    "_MACHINES",
    "FACTS_SHOWN",
    "_SERVER_STATES",
    "_SERVER_REFUSALS",
    "NOTICE_WORDS",
    "CHANNEL_WORDS",
    "PRODUCER_KINDS",
    "MEASURES",
    "SETS",
    "BASES",
    "TARGETS",
    "_TOLD",
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
        for sentence in of_source(path.read_text(encoding="utf-8")):
            found[sentence] = str(path.relative_to(ROOT))
    return found


def of_source(source: str) -> set[str]:
    """The sentences of one module."""
    return set(_Module(ast.parse(source)).sentences())


@lru_cache
def _imported(module: str) -> dict[str, ast.expr]:
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return _constants(ast.parse(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Names that a module sets at its top."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update({t.id: node.value for t in targets if isinstance(t, ast.Name)})
    return found


class _Module:
    """Looks for sentences where they are shown, through constants and through functions that pass
    what they are given on to an error."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.constants = _constants(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("labelsvc"):
                theirs = _imported(node.module or "")
                for alias in node.names:
                    if alias.name in theirs:
                        self.constants[alias.asname or alias.name] = theirs[alias.name]
        self.classes = _ERRORS | {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            and any(isinstance(base, ast.Name) and base.id in _ERRORS for base in node.bases)
        }
        #: Function → its arguments that it shows, by place and by name ("**": all others), and the
        #: words that it puts before them.
        self.passing: dict[str, dict[int | str, str]] = {}
        for _ in range(2):  # one function may pass on to another
            self._find_passing()

    def sentences(self) -> Iterator[str]:
        yield from self._in_loops()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                for shown, before in self._shown(node):
                    yield from (before + words for words in self._words(shown))
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = {t.id for t in targets if isinstance(t, ast.Name)}
                if names & _TABLES and node.value is not None:
                    for inner in ast.walk(node.value):
                        value = inner.value if isinstance(inner, ast.Constant) else None
                        if isinstance(value, str) and re.match(r"[A-Z].*[a-z]", value):
                            yield value

    def _in_loops(self) -> Iterator[str]:
        """Words that `gettext` meets as the variable of a loop: heads of a table, say.

        Looked up are literals, and names that the module gives one; not what a function returns.
        """
        named: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).append(node.value)
        for outer in ast.walk(self.tree):
            loops = [outer] if isinstance(outer, ast.For) else getattr(outer, "generators", [])
            for loop in loops:
                called = {
                    call.args[0].id
                    for call in ast.walk(outer)
                    if isinstance(call, ast.Call) and _name(call.func) in ("gettext", "say")
                    and call.args and isinstance(call.args[0], ast.Name)
                }  # fmt: skip
                if isinstance(loop.target, ast.Name) and loop.target.id in called:
                    over = named.get(_name(loop.iter), [loop.iter])
                    for found in over:
                        for item in getattr(found, "elts", ()):
                            yield from self._words(item)

    def _shown(self, call: ast.Call) -> list[tuple[ast.expr, str]]:
        """Arguments of a call that somebody will read, and what stands before them."""
        name = _name(call.func)
        named = {k.arg: k.value for k in call.keywords}
        held = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        if name in self.classes or name in ("gettext", "say"):
            shown = [*call.args[:1], *(v for k, v in named.items() if k == "fix")]
        elif name == "Finding" or (name == "Problem" and len(call.args) > 3):
            shown = [*call.args[2:4], *(v for k, v in named.items() if k in ("message", "fix"))]
        elif name == "ProductColumn":
            shown = [v for k, v in named.items() if k in ("words", "hint")]
        elif name == "Shown":
            shown = call.args[2:4]
        elif name == "append" and _name(held) == "notes" and isinstance(call.args[0], ast.Tuple):
            shown = call.args[0].elts[:1]
        else:
            passed = self.passing.get(name, {})
            keys = [*enumerate(call.args), *((k or "", v) for k, v in named.items())]
            return [
                (value, passed[key if key in passed else "**"])
                for key, value in keys
                if key in passed or ("**" in passed and isinstance(key, str))
            ]
        return [(value, "") for value in shown]

    def _find_passing(self) -> None:
        for made in ast.walk(self.tree):
            if not isinstance(made, ast.FunctionDef) or made.name.startswith("__"):
                continue
            given = made.args
            plain = [a.arg for a in (*given.posonlyargs, *given.args)]
            method = bool(plain) and plain[0] in ("self", "cls")
            every = {*plain, *(a.arg for a in given.kwonlyargs)}
            others = _from_all(made, given.kwarg.arg) if given.kwarg is not None else set()
            passed: dict[int | str, str] = {}
            for call in ast.walk(made):
                for shown, before in self._shown(call) if isinstance(call, ast.Call) else ():
                    for name, more in _through(shown):
                        if name in every:
                            passed[name] = before + more
                        elif name in others:
                            passed["**"] = before + more
            passed |= {plain.index(n) - method: passed[n] for n in plain if n in passed}
            if passed:
                self.passing[made.name] = passed

    def _words(self, node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and node.value:
                yield node.value
        elif isinstance(node, ast.IfExp):
            yield from self._words(node.body)
            yield from self._words(node.orelse)
        elif isinstance(node, ast.Name) and node.id in self.constants:
            yield from self._words(self.constants[node.id])
        elif isinstance(node, ast.Subscript):
            yield from self._every(node.value)
        elif isinstance(node, ast.Call) and _name(node.func) == "get":
            yield from self._every(node.func)
            for default in node.args[1:]:
                yield from self._words(default)

    def _every(self, node: ast.expr) -> Iterator[str]:
        """The sentences of a table that one is chosen from."""
        if isinstance(node, ast.Attribute):
            node = node.value
        table = self.constants.get(node.id) if isinstance(node, ast.Name) else None
        for value in table.values if isinstance(table, ast.Dict) else ():
            yield from self._words(value)


def _name(node: ast.expr) -> str:
    """`f` of `f` and of `x.f`."""
    return getattr(node, "id", getattr(node, "attr", ""))


def _through(shown: ast.expr) -> Iterator[tuple[str, str]]:
    """Names whose value is shown, with the words that are put before it."""
    if isinstance(shown, ast.Name):
        yield shown.id, ""
    elif isinstance(shown, ast.IfExp):
        yield from (*_through(shown.body), *_through(shown.orelse))
    elif isinstance(shown, ast.BinOp) and isinstance(shown.left, ast.Constant):
        yield from ((name, f"{shown.left.value}{more}") for name, more in _through(shown.right))


def _from_all(made: ast.FunctionDef, given: str) -> set[str]:
    """Names that a loop over `**given` binds."""
    return {
        inner.id
        for loop in ast.walk(made)
        if isinstance(loop, ast.For)
        and any(isinstance(n, ast.Name) and n.id == given for n in ast.walk(loop.iter))
        for inner in ast.walk(loop.target)
        if isinstance(inner, ast.Name)
    }


def in_pieces() -> set[str]:
    """Files with errors whose message is put together: no catalogue can hold such a sentence."""
    found = set()
    for path in sorted((ROOT / "labelsvc").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and _name(node.func) in _ERRORS
                and isinstance(next(iter(node.args), None), ast.BinOp | ast.JoinedStr)
            ):
                found.add(str(path.relative_to(ROOT / "labelsvc")))
    return found
