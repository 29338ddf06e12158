"""Tests of a change: reads the trace, and chooses the tests that execute a changed line.

Used by __main__.py. The trace is of an older tree, perhaps: lines are followed through what has
changed since.
"""

from __future__ import annotations

import ast
import difflib
import json
import sqlite3
from collections import defaultdict
from functools import cached_property
from pathlib import Path

from coverage.numbits import numbits_to_nums

from tools.mutants.changes import Change

#: File → line → tests that execute it.
Lines = dict[str, dict[int, set[str]]]
#: Seconds that a test is taken to need which nobody has timed.
_UNKNOWN = 1.0


class Trace:
    """What `tools.mutants.trace` wrote below *folder*: a numbered folder for each tree that was traced.

    Beside its lines and tests each has `sources`, the copy of the package that they speak of.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder, self._root = folder, root
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        #: Test → folder of the newest tree in which it ran.
        self._newest: dict[str, Path] = {}
        for part in self._parts:
            for file in sorted(part.glob("tests.*.jsonl")):
                for line in file.read_text(encoding="utf-8").splitlines():
                    told = json.loads(line)
                    self.seconds[told["test"]] = told["seconds"]
                    self._newest[told["test"]] = part
                    (self.failed.discard if told["good"] else self.failed.add)(told["test"])

    @property
    def _parts(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("[0-9]*") if path.is_dir())

    @cached_property
    def _there(self) -> set[str]:
        """Tests of the tree as it is: a trace keeps those that were renamed, too."""
        return set(json.loads((self._folder / "collected.json").read_text(encoding="utf-8")))

    @cached_property
    def _executed(self) -> tuple[dict[Path, Lines], dict[str, int]]:
        """Folder → file → line → tests, and how many lines each test executes."""
        found: dict[Path, Lines] = {}
        size: dict[str, int] = defaultdict(int)
        for part in self._parts:
            there: Lines = defaultdict(lambda: defaultdict(set))
            for file in sorted(part.glob("lines.*")):
                base = sqlite3.connect(file)
                query = (
                    "SELECT file.path, context.context, line_bits.numbits FROM line_bits"
                    " JOIN file ON file.id = file_id JOIN context ON context.id = context_id"
                )
                for path, test, bits in base.execute(query):
                    if self._newest.get(test) == part:
                        lines = numbits_to_nums(bits)
                        size[test] += len(lines)
                        for line in lines:
                            there[path][line].add(test)
                base.close()
            found[part] = there
        return found, size

    @cached_property
    def _importers(self) -> dict[str, set[str]]:
        """File → files that import it."""
        found: dict[str, set[str]] = defaultdict(set)
        for file in (self._root / "labelsvc").rglob("*.py"):
            path = file.relative_to(self._root).as_posix()
            for node in ast.walk(ast.parse(file.read_bytes())):
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    base = node.module.replace(".", "/")
                    for name in (base, *(f"{base}/{alias.name}" for alias in node.names)):
                        found[f"{name}.py"].add(path)
                        found[f"{name}/__init__.py"].add(path)
        return found

    def tests(self, change: Change) -> list[str]:
        """Tests that execute *change*, those first that execute little else and end soon.

        A line at module level runs when it is imported: then every test that executes the module,
        or, where it has no functions, one that imports it.
        """
        executed, size = self._executed
        found: set[str] = set()
        if change.lines:
            for part, there in executed.items():
                lines = self._then(part, change.path, change.lines)
                found.update(*(there.get(change.path, {}).get(line, ()) for line in lines))
        else:
            found = self._all(change.path)
            if not found:
                found = set().union(*map(self._all, self._importers[change.path]))
        found = (found & self._there) - self.failed
        return sorted(found, key=lambda test: (size[test] * (0.2 + self.seconds[test]), test))

    def _all(self, path: str) -> set[str]:
        parts = self._executed[0].values()
        return set().union(*(tests for there in parts for tests in there.get(path, {}).values()))

    def _then(self, part: Path, path: str, lines: frozenset[int]) -> set[int]:
        """Where *lines* of the tree were in the one of *part*; a new line: the ones around it."""
        before, now = part / "sources" / path, self._root / path
        if not before.exists():
            return set(lines)
        old, new = before.read_text(encoding="utf-8"), now.read_text(encoding="utf-8")
        if old == new:
            return set(lines)
        found: set[int] = set()
        matcher = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
        for kind, first, last, start, end in matcher.get_opcodes():
            touched = [line for line in lines if start < line <= end]
            if kind == "equal":
                found |= {line - start + first for line in touched}
            elif touched:
                found |= set(range(first, last + 2))
        return found

    def any_of(self, file: str) -> str | None:
        """A test of *file*, None where none was traced."""
        return next((test for test in sorted(self._there) if test.startswith(f"{file}::")), None)

    def within(self, tests: list[str], seconds: float) -> list[str]:
        """The first of *tests* that need no more than *seconds* together; one at least."""
        chosen, spent = tests[:1], self.seconds.get(tests[0], _UNKNOWN) if tests else 0.0
        for test in tests[1:]:
            spent += self.seconds.get(test, _UNKNOWN)
            if spent > seconds:
                break
            chosen.append(test)
        return chosen
