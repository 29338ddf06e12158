"""A plan in words: lines for the terminal, a document for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from labelsvc.catalogue.importing.plan import Plan, PlanRow
from labelsvc.i18n import number, translate

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


#: Rows of one kind that a short report names.
_SHORT = 20


def as_lines(plan: Plan, language: str, *, short: bool = False) -> Iterator[str]:
    """Every row on a line, its reasons below it, and the counts at the end.

    :param short: only rows that want a look, and of each kind no more than a screen holds.
    """
    told: Counter[str] = Counter()
    for row in plan.rows:
        if short:
            judged = row.state in ("refused", "changed")
            if not judged and not row.line.notes:
                continue
            kind = str(row.state) if judged else "taken for granted"
            told[kind] += 1
            if told[kind] > _SHORT:
                continue
        yield f"{_SIGNS[row.state]} {row.number:>5}  {row.product} · {row.producer}"
        yield from (f"         {c.field}: {c.old or '–'} → {c.new}" for c in row.changes)
        yield from (f"         ✗ {text}" for text in reasons(row, language))
        yield from (f"         ! {text}" for text in notes(row, language))
    for kind, count in told.items():
        if count > _SHORT:
            more = "… and {count} more rows: {kind}. All of them: labelsvc --verbose import"
            yield translate(
                more,
                language,
                count=number(count - _SHORT, language),
                kind=translate(kind, language),
            )
    yield ", ".join(
        f"{translate(_WORDS[s], language)} {number(n, language)}" for s, n in plan.counts.items()
    )


def as_document(plan: Plan, *, applied: bool) -> Iterator[str]:
    """One JSON document in pieces, a row a line."""
    head = json.dumps(plan.as_json() | {"applied": applied}, ensure_ascii=False, indent=1)
    yield head.removesuffix("\n}") + ',\n "rows": ['
    before = ""
    for row in plan.rows:
        yield f"{before}  {json.dumps(row.as_json(), ensure_ascii=False, default=str)}"
        before = ",\n"
    yield "\n ]\n}"
