"""Rules of the house that no other tool holds."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from labelsvc.labels.rolls.languages import LANGUAGES

ROOT = Path(__file__).parent.parent / "labelsvc"
MOST_PARAMETERS = 7
MOST_MODULES = 25
QUESTION = re.compile(r"(?:Wh(?:at|o|om|ose|oever|atever|ether|ere|en|ich|y)|How)\b")
#: Where the name of a printer language may stand: its own module, and the table.
LANGUAGE_HOME = {"languages.py", *(f"{name}.py" for name in LANGUAGES)}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """What a caller may give: `self` and `cls` do not count."""
    given = function.args
    names = [arg.arg for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    names += [arg.arg for arg in (given.vararg, given.kwarg) if arg is not None]
    return len(names[1:] if names[:1] in (["self"], ["cls"]) else names)


def test_no_function_takes_more_than_seven_parameters() -> None:
    found = {
        f"{name}:{node.name}": parameters(node)
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: count for name, count in found.items() if count > MOST_PARAMETERS} == {}


def test_no_folder_holds_more_modules_than_one_overlooks() -> None:
    counts = Counter(Path(name).parent.as_posix() for name, _ in modules())
    # The history of the schema grows by a file a step, and nobody looks for one by its subject.
    del counts["migrations/versions"]
    assert {name: count for name, count in counts.items() if count > MOST_MODULES} == {}


def test_a_printer_language_is_named_in_its_module_and_in_the_table_alone() -> None:
    named = {
        name
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.removeprefix(".") in LANGUAGES
    }
    assert {Path(name).name for name in named} <= LANGUAGE_HOME


def test_no_docstring_begins_with_a_question_word() -> None:
    """CONTRIBUTING: a verb says what a function does, a noun what a class is."""
    begun = {
        f"{name}:{getattr(node, 'name', '')}"
        for name, module in modules()
        # A title of the history of the schema, as it was given.
        if not name.startswith("migrations/versions/")
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and QUESTION.match(ast.get_docstring(node) or "")
    }
    assert begun == set()
