"""A plan in words: lines for the terminal, a document for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator

from labelsvc.catalogue.importing.plan import Plan, PlanRow
from labelsvc.i18n import translate

_WORDS = {"new": "new", "changed": "changed", "unchanged": "unchanged", "refused": "refused"}
_SIGNS = {"new": "+", "changed": "~", "unchanged": "=", "refused": "✗"}


def reasons(row: PlanRow, language: str) -> list[str]:
    """Why a row is refused: column, what is wrong, what to do."""
    said = []
    for problem in row.problems:
        place = f"{problem.column} ({problem.letter})" if problem.letter else problem.column
        message = translate(problem.message, language, **problem.params)
        fix = translate(problem.fix, language, **problem.params)
        said.append(f"{place}: {message} {fix}".strip())
    return said


def notes(row: PlanRow, language: str) -> list[str]:
    """What was taken for granted."""
    return [translate(message, language, **params) for message, params in row.line.notes]


def as_lines(plan: Plan, language: str) -> Iterator[str]:
    """Every row on a line, its reasons below it, and the counts at the end."""
    for row in plan.rows:
        yield f"{_SIGNS[row.state]} {row.number:>5}  {row.product} · {row.producer}"
        yield from (f"         {c.field}: {c.old or '–'} → {c.new}" for c in row.changes)
        yield from (f"         ✗ {text}" for text in reasons(row, language))
        yield from (f"         ! {text}" for text in notes(row, language))
    yield ", ".join(f"{translate(_WORDS[s], language)} {n}" for s, n in plan.counts.items())


def as_document(plan: Plan, *, applied: bool) -> Iterator[str]:
    """One JSON document in pieces, a row a line."""
    head = json.dumps(plan.as_json() | {"applied": applied}, ensure_ascii=False, indent=1)
    yield head.removesuffix("\n}") + ',\n "rows": ['
    before = ""
    for row in plan.rows:
        yield f"{before}  {json.dumps(row.as_json(), ensure_ascii=False, default=str)}"
        before = ",\n"
    yield "\n ]\n}"
