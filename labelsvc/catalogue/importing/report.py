"""A plan in words: a table for the terminal, CSV for the office."""

from __future__ import annotations

import csv
import io

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


def as_table(plan: Plan, language: str) -> str:
    """Every row on a line, its reasons below it, and the counts at the end."""
    lines = []
    for row in plan.rows:
        lines.append(f"{_SIGNS[row.state]} {row.number:>5}  {row.product} · {row.producer}")
        lines += [f"         {c.field}: {c.old or '–'} → {c.new}" for c in row.changes]
        lines += [f"         ✗ {text}" for text in reasons(row, language)]
        lines += [f"         ! {text}" for text in notes(row, language)]
    counts = ", ".join(f"{translate(_WORDS[s], language)} {n}" for s, n in plan.counts.items())
    return "\n".join([*lines, counts])


def as_csv(plan: Plan, language: str) -> str:
    """The report for a spreadsheet; no cell of it is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["row", "state", "product", "producer", "reason", "note"])
    for row in plan.rows:
        cells = (
            row.number, row.state, row.product, row.producer,
            " | ".join(reasons(row, language)), " | ".join(notes(row, language)),
        )  # fmt: skip
        writer.writerow([_plain(str(cell)) for cell in cells])
    return "\ufeff" + out.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
