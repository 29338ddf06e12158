"""Breaking the code on purpose: which changes a module allows, and which tests are held against them."""

from __future__ import annotations

import ast
import json
import sqlite3
import tomllib
from pathlib import Path

import pytest
from coverage.numbits import nums_to_numbits

from tools.mutants import __main__ as door
from tools.mutants.changes import KINDS, changes_of
from tools.mutants.tests_of import Trace

ROOT = Path(__file__).parents[1]


def made(source: str) -> set[tuple[str, str, str]]:
    """Kind, before and after of each change of the body of a function."""
    text = "def f(a, b, log, x):\n" + "".join(f"    {line}\n" for line in source.splitlines())
    found = changes_of("labelsvc/a.py", text.encode())
    for change in found:
        ast.parse(change.apply(text.encode()))
    return {(change.kind, change.before, change.after) for change in found}


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("a = a < b", {("comparison", "a < b", "a >= b"), ("bound", "a < b", "a <= b")}),
        ("a = a == b", {("comparison", "a == b", "a != b")}),
        ("a = a not in b", {("comparison", "a not in b", "a in b")}),
        ("a = a and not b", {("logic", "a and (not b)", "a or not b"), ("logic", "not b", "b")}),
        ("x.add(a)", {("call", "x.add(a)", "pass")}),
        ("log.info(7)", set()),
        ('"""A docstring of 7 words."""', set()),
        ("raise ValueError(7)", {("raise", "raise ValueError(7)", "pass")}),
        ("return a", {("return", "return a", "return None")}),
        ("return None", set()),
        ("x = a if b else None", {("branch", "a if b else None", "None if b else a")}),
        ("x = 7", {("constant", "7", "8")}),
        ("x: list[int] = a", set()),
        ('x = f"{a < b}"', set()),
        ("assert a == 7", set()),
    ],
)
def test_a_line_allows_these_changes(source: str, changes: set[tuple[str, str, str]]) -> None:
    assert made(source) == changes


def test_another_truth_is_returned_where_a_truth_is_promised() -> None:
    (change,) = changes_of("labelsvc/a.py", b"def f(a) -> bool:\n    return a\n")
    assert change.after == "return not (a)"


def test_a_default_is_held_against_the_body_and_a_constant_against_the_module() -> None:
    source = "MOST = 7\n\n\ndef f(\n    a,\n    b=True,\n):\n    x = (\n        a,\n        b,\n    )\n    return x\n"
    found = {change.kind: change for change in changes_of("labelsvc/a.py", source.encode())}
    assert found["default"].lines == {8, 9, 10, 11, 12}
    assert found["constant"].lines == frozenset()
    assert found["return"].lines == {12}
    assert found["default"].where == "f"
    assert found["default"].apply(source.encode()).count(b"b=False") == 1


def test_a_change_after_vietnamese_letters_is_where_it_should_be() -> None:
    source = 'def f(a):\n    return "Ổi đỏ", a == 1\n'.encode()
    changed = {change.apply(source).decode() for change in changes_of("labelsvc/a.py", source)}
    assert any('return "Ổi đỏ", (a != 1)' in text for text in changed)


def test_every_kind_is_told_and_every_equivalent_has_a_reason_and_is_still_there() -> None:
    listed = tomllib.loads(door.EQUIVALENT.read_text(encoding="utf-8")).get("change", [])
    for one in listed:
        assert one["kind"] in KINDS and one["reason"].strip(), one
        there = changes_of(one["path"], (ROOT / one["path"]).read_bytes())
        names = [(c.where, c.kind, c.before, c.after) for c in there]
        assert (one["where"], one["kind"], one["before"], one["after"]) in names, one


def traced(folder: Path, lines: dict[str, list[int]], source: str) -> Trace:
    """A trace of a package of one module with tests that execute *lines*, each a second long."""
    part = folder / "trace" / f"{len(list(folder.glob('trace/0*'))) + 1:03}"
    for place in (folder / "labelsvc", part / "sources" / "labelsvc"):
        place.mkdir(parents=True, exist_ok=True)
        (place / "a.py").write_text(source, encoding="utf-8")
    base = sqlite3.connect(part / "lines.x")
    base.executescript(
        "CREATE TABLE file (id, path); CREATE TABLE context (id, context);"
        "CREATE TABLE line_bits (file_id, context_id, numbits);"
        "INSERT INTO file VALUES (1, 'labelsvc/a.py');"
    )
    told = []
    for number, (test, executed) in enumerate(lines.items()):
        base.execute("INSERT INTO context VALUES (?, ?)", (number, test))
        base.execute("INSERT INTO line_bits VALUES (1, ?, ?)", (number, nums_to_numbits(executed)))
        told.append(json.dumps({"test": test, "seconds": 1.0, "good": test != "t::bad"}))
    base.commit()
    base.close()
    (part / "tests.x.jsonl").write_text("\n".join(told) + "\n", encoding="utf-8")
    (folder / "trace" / "collected.json").write_text(json.dumps(list(lines)), encoding="utf-8")
    return Trace(folder / "trace", folder)


SOURCE = "MOST = 7\n\n\ndef f(a):\n    return a\n\n\ndef g(a):\n    return a\n"
EXECUTED = {"t::both": [5, 9], "t::f": [5], "t::g": [9], "t::bad": [5], "t::none": []}


def test_the_tests_of_a_change_execute_it_and_the_narrowest_come_first(tmp_path: Path) -> None:
    trace = traced(tmp_path, EXECUTED, SOURCE)
    found = {c.where: c for c in changes_of("labelsvc/a.py", SOURCE.encode())}
    assert trace.tests(found["f"]) == ["t::f", "t::both"]  # and not the one that fails anyway
    assert trace.tests(found["g"]) == ["t::g", "t::both"]
    assert set(trace.tests(found[""])) == {"t::f", "t::g", "t::both"}
    assert trace.within(["t::f", "t::g", "t::both"], 2.0) == ["t::f", "t::g"]
    assert trace.within(["t::f", "t::g"], 0.0) == ["t::f"]
    assert trace.within([], 2.0) == []


def test_lines_are_followed_through_what_changed_since_the_trace(tmp_path: Path) -> None:
    trace = traced(tmp_path, EXECUTED, SOURCE)
    newer = SOURCE.replace("def g", "def h():\n    pass\n\n\ndef g")
    (tmp_path / "labelsvc" / "a.py").write_text(newer, encoding="utf-8")
    found = {c.where: c for c in changes_of("labelsvc/a.py", newer.encode())}
    assert found["g"].line == 13
    assert trace.tests(found["g"]) == ["t::g", "t::both"]


def test_a_test_that_was_traced_again_counts_as_it_is_now(tmp_path: Path) -> None:
    traced(tmp_path, EXECUTED, SOURCE)
    newer = SOURCE.replace("def g", "def h():\n    pass\n\n\ndef g")
    trace = traced(tmp_path, {"t::f": [13], "t::new": [5]}, newer)
    (tmp_path / "trace" / "collected.json").write_text(json.dumps([*EXECUTED, "t::new"]))
    found = {c.where: c for c in changes_of("labelsvc/a.py", newer.encode())}
    assert set(trace.tests(found["f"])) == {"t::both", "t::new"}
    assert set(trace.tests(found["g"])) == {"t::f", "t::g", "t::both"}
