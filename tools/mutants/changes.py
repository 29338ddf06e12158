"""Changes: finds every small change that a module allows, each as a span of its text.

Used by __main__.py. A change is one of nine kinds; `KINDS` says in words.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = {
    "comparison": "a comparison is negated",
    "bound": "a bound is shifted by one: < and <=, > and >=",
    "logic": "`and` for `or`, or `not` left out",
    "call": "a call whose result nobody takes is dropped",
    "raise": "an error is not raised",
    "return": "None, or the other truth, is returned",
    "default": "a parameter has another default",
    "constant": "a number is one more, True is False",
    "branch": "the two values of `a if c else b` change places",
}
_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
_SHIFTED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
#: Calls for whoever reads a log; and those that only types see.
_UNSEEN = ("log.", "warnings.", "cast(", "assert_never(")
_LONGEST = 110

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Change:
    """One change of one file.

    :param where: names of the classes and functions around it, with dots; empty at module level.
    :param lines: a test that executes one of these may notice; empty: any that uses the module.
    :param start, end: span of the file's bytes that `text` replaces.
    """

    path: str
    where: str
    kind: str
    line: int
    before: str
    after: str
    lines: frozenset[int]
    start: int
    end: int
    text: str

    @property
    def name(self) -> str:
        """Says which change it is, whatever line it has moved to."""
        return f"{self.path}|{self.where}|{self.kind}|{self.before}|{self.after}"

    @property
    def number(self) -> str:
        return hashlib.sha256(f"{self.name}|{self.start}".encode()).hexdigest()[:12]

    @property
    def room(self) -> str:
        """Folder that counts as one in the rates: two deep below codes, labels and web."""
        parts = Path(self.path).parts[1:-1]
        return (
            "/".join(parts[: 2 if parts and parts[0] in ("codes", "labels", "web") else 1]) or "."
        )

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.line} [{self.kind}] {_short(self.before)}  ->  {_short(self.after)}"
        )


def changes_of(path: str, source: bytes) -> list[Change]:
    """Every change of the module *source*, in order."""
    found = _Finder(path, source)
    found.visit(ast.parse(source))
    return sorted(found.changes, key=lambda change: (change.start, change.kind, change.after))


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str, source: bytes) -> None:
        self.changes: list[Change] = []
        self._path, self._source = path, source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._names: list[str] = []
        self._functions: list[Function] = []
        self._lines: frozenset[int] = frozenset()

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.stmt) and self._functions:
            before, self._lines = self._lines, _lines(node)
            super().visit(node)
            self._lines = before
        else:
            super().visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        before, self._lines = self._lines, frozenset()
        functions, self._functions = self._functions, []
        self._names.append(node.name)
        for child in node.body:
            self.visit(child)
        self._names.pop()
        self._lines, self._functions = before, functions

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._names.append(node.name)
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if isinstance(default, ast.Constant):
                self._default(node, default)
        self._functions.append(node)
        for child in node.body:
            self.visit(child)
        self._functions.pop()
        self._names.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.body)

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" not in ast.unparse(node.test):
            self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        """Leave it: an assertion is for types and readers."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave it: before Python 3.12 the places inside are wrong."""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        if self._functions:
            self.visit(node.slice)

    def visit_Compare(self, node: ast.Compare) -> None:
        for kind, table in (("comparison", _NEGATED), ("bound", _SHIFTED)):
            if kind == "comparison" and len(node.ops) > 1:
                self._replace(kind, node, f"(not {ast.unparse(node)})")
                continue
            for place, op in enumerate(node.ops):
                if type(op) in table:
                    ops = [*node.ops]
                    ops[place] = table[type(op)]()
                    made = ast.Compare(node.left, ops, node.comparators)
                    self._replace(kind, node, f"({ast.unparse(made)})")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        self._replace("logic", node, f"({ast.unparse(ast.BoolOp(other, node.values))})")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._replace("logic", node, f"({ast.unparse(node.operand)})")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        made = ast.IfExp(node.test, node.orelse, node.body)
        self._replace("branch", node, f"({ast.unparse(made)})")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring
        if (
            self._functions
            and isinstance(node.value, ast.Call)
            and not ast.unparse(node.value).startswith(_UNSEEN)
        ):
            self._replace("call", node, "pass")
        if not ast.unparse(node.value).startswith(_UNSEEN):
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        if self._functions:
            self._replace("raise", node, "pass")
        # What an error says is held by its own tests: no numbers are changed in it.

    def visit_Return(self, node: ast.Return) -> None:
        value = node.value
        if value is None or (isinstance(value, ast.Constant) and value.value is None):
            return
        function = self._functions[-1]
        wanted = getattr(function, "returns", None)
        if wanted is not None and ast.unparse(wanted) == "bool":
            self._replace("return", node, f"return not ({ast.unparse(value)})")
        else:
            self._replace("return", node, "return None")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        text = _other(node.value)
        if text is not None and not isinstance(node.value, str):
            self._replace("constant", node, text)

    def _default(self, node: ast.FunctionDef | ast.AsyncFunctionDef, value: ast.Constant) -> None:
        text = _other(value.value)
        if text is not None:
            before, self._lines = self._lines, frozenset().union(*map(_lines, node.body))
            self._replace("default", value, text)
            self._lines = before

    def _replace(self, kind: str, node: ast.expr | ast.stmt, text: str) -> None:
        end = node.end_lineno or node.lineno
        self.changes.append(
            Change(
                path=self._path,
                where=".".join(self._names),
                kind=kind,
                line=node.lineno,
                before=ast.unparse(node),
                after=text.removeprefix("(").removesuffix(")") if text[0] == "(" else text,
                lines=self._lines,
                start=self._starts[node.lineno - 1] + node.col_offset,
                end=self._starts[end - 1] + (node.end_col_offset or 0),
                text=text,
            )
        )


def _lines(node: ast.stmt) -> frozenset[int]:
    """Lines of a statement itself, without those of the statements in it."""
    end = node.end_lineno or node.lineno
    inner = [child.lineno for child in ast.walk(node) if isinstance(child, ast.stmt)]
    below = [line for line in inner if line > node.lineno]
    return frozenset(range(node.lineno, min([end + 1, *below])))


def _other(value: object) -> str | None:
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int):
        return str(value + 1)
    if isinstance(value, str):
        return repr("" if value else "x")
    return None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def draw(root: Path, *, rooms: str = "") -> Iterator[Change]:
    """Every change of the package below *root*, or of the files whose path begins with *rooms*."""
    for file in sorted((root / "labelsvc").rglob("*.py")):
        path = file.relative_to(root).as_posix()
        # A migration is never changed again; the build hook runs when a wheel is made.
        if "/migrations/versions/" in path or path == "labelsvc/_build.py":
            continue
        if path.startswith(rooms):
            yield from changes_of(path, file.read_bytes())
