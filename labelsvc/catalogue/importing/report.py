"""A plan in words: lines for the terminal, a document for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from labelsvc.catalogue import criteria
from labelsvc.catalogue.importing.heads.kinds import KIND_WORDS
from labelsvc.catalogue.importing.plan import Plan, PlanRow
from labelsvc.i18n import DEFAULT, number, translate

_WORDS = {"new": "new", "changed": "changed", "unchanged": "unchanged", "refused": "refused"}
_SIGNS = {"new": "+", "changed": "~", "unchanged": "=", "refused": "✗", "proposed": "?"}
#: Where the words of a list stand that said its kind.
PLACES = {
    "title": "title", "sheet": "name of the sheet", "heading": "heading", "column": "column", "file": "name of the file",
}  # fmt: skip


def reasons(row: PlanRow, language: str) -> list[str]:
    """Tell for what reasons a row is refused: column, what is wrong, what to do."""
    return reasons_of(in_words(row.as_json(), language))


def reasons_of(row: dict[str, Any]) -> list[str]:
    """The same of a row of a document in words; a problem of the whole row names no column."""
    return [
        f"{p['place'] and p['place'] + ': '}{p['text']} {p['fix_text']}".strip()
        for p in row["problems"]
    ]


def notes(row: PlanRow, language: str) -> list[str]:
    """Tell what was taken for granted in a row."""
    return notes_of(in_words(row.as_json(), language), language)


def notes_of(row: dict[str, Any], language: str) -> list[str]:
    """The same of a row of a document in words, with the guess that is a field of its own there."""
    said = [str(note["text"]) for note in row["notes"]]
    if row.get("set_guessed") and row.get("set") and row["state"] != "refused":
        guess = "Criteria set {set} is a guess from “{words}”: confirm it."
        name = f"{row['set']} ({criteria.name(row['set'], language)})"
        said.append(translate(guess, language, set=name, words=row.get("set_words", "")))
    return said


def in_words(row: dict[str, Any], language: str) -> dict[str, Any]:
    """A row of a document with its sentences filled in and translated.

    Each problem gets `place`, the column with its letter, `text` and `fix_text`; each note `text`.
    """
    problems = [
        problem
        | {
            "place": " ".join(
                filter(None, (problem["column"], problem["letter"] and f"({problem['letter']})"))
            ),
            "text": translate(problem["message"], language, **problem["params"]),
            "fix_text": translate(problem["fix"], language, **problem["params"]),
        }
        for problem in row["problems"]
    ]
    said = [
        note | {"text": translate(note["message"], language, **_told(note["params"], language))}
        for note in row["notes"]
    ]
    return row | {"problems": problems, "notes": said}


def _told(params: dict[str, Any], language: str) -> dict[str, Any]:
    """The parameters of a note; where something stands in the list is told in *language*."""
    place = str(params.get("place", ""))
    return params | ({"place": translate(place, language)} if place in PLACES.values() else {})


#: Rows of one kind that a short report names.
_SHORT = 20


def as_lines(plan: Plan, language: str, *, short: bool = False) -> Iterator[str]:
    """Every row on a line, its reasons below it, and the counts at the end.

    :param short: only rows that want a look, and of each kind no more than a screen holds.
    """
    yield from head_lines(plan, language)
    told: Counter[str] = Counter()
    several = len(plan.read) > 1
    for row in plan.rows:
        if short:
            judged = row.state in ("refused", "changed", "proposed")
            if not judged and not row.line.notes:
                continue
            kind = str(row.state) if judged else "taken for granted"
            told[kind] += 1
            if told[kind] > _SHORT:
                continue
        sheet = f"  [{row.line.sheet}]" if several else ""
        yield f"{_SIGNS[row.state]} {row.number:>5}  {row.product} · {row.producer}{sheet}"
        yield from (f"         {c.field}: {c.old or '–'} → {c.new}" for c in row.changes)
        yield from (f"         ✗ {text}" for text in reasons(row, language))
        yield from (f"         ! {text}" for text in notes(row, language))
        yield from _asked(row, language)
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


def _asked(row: PlanRow, language: str) -> Iterator[str]:
    """The owners that this one may be, each with the option that says so."""
    for one in row.asked:
        said = f"{row.number}={one['producer'] or 'row:' + str(one['row'])}"
        facts = ", ".join(str(one[name]) for name in ("name", "address", "tax_code", "phone") if one[name])  # fmt: skip
        yield f"         ? {facts}"
        yield f"           {translate('the same: {option}', language, option='--same ' + said)}"
    if row.asked:
        option = f"--another {row.number}"
        yield f"         ? {translate('none of them: {option}', language, option=option)}"


def head_lines(plan: Plan, language: str) -> Iterator[str]:
    """Tell what was understood of the file before its rows: kind, sheets, what waits for an answer."""
    if plan.before is not None:
        yield translate("The very same file was taken over before, on {day}.", language, day=plan.before["at"])  # fmt: skip
    for sheet in plan.sheets:
        name = sheet.name or plan.file_name
        if sheet.header is None or sheet.state == "left_out":
            yield translate("Sheet {name} is left out: {reason}", language, name=name, reason=translate(sheet.reason, language))  # fmt: skip
            continue
        kind = translate(KIND_WORDS[sheet.judgement.kind], language)
        words = "; ".join(
            f"“{one.shown or one.words}” ({translate(PLACES.get(one.place, one.place), language)})"
            for one in sheet.judgement.sayings
        )
        yield f"{name}: {kind}" + (f" – {words}" if words else "")
        if sheet.reason:
            yield f"  {translate(sheet.reason, language)}"
        if sheet.hidden_rows or sheet.table.traits.hidden_columns:
            yield "  " + translate("Hidden rows: {rows}; hidden columns: {columns}.", language, rows=len(sheet.hidden_rows), columns=len(sheet.table.traits.hidden_columns))  # fmt: skip
    for question in plan.questions:
        params = {k: translate(v, language) if k in ("reason", "place") else v for k, v in question.params.items()}  # fmt: skip
        yield ("✗ " if question.blocks else "! ") + translate(question.message, language, **params)
    if plan.proposals:
        yield translate("Proposed withdrawals: {count}.", language, count=number(plan.proposals, language))  # fmt: skip


def as_document(plan: Plan, *, applied: bool, language: str = DEFAULT) -> Iterator[str]:
    """One JSON document in pieces, a row a line; sentences as keys and in *language*.

    :param applied: the plan was taken over. It says so only where a row was left to take.
    """
    taken = applied and not plan.blocked and plan.counts["refused"] < len(plan.rows)
    head = json.dumps(plan.as_json() | {"applied": taken}, ensure_ascii=False, indent=1)
    yield head.removesuffix("\n}") + ',\n "rows": ['
    before = ""
    for row in plan.rows:
        yield f"{before}  {json.dumps(in_words(row.as_json(), language), ensure_ascii=False, default=str)}"
        before = ",\n"
    yield "\n ]\n}"
