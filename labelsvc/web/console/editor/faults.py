"""Faults: lists what the models, the label and the law object to in a layout, each with its element
and field, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from labelsvc import i18n
from labelsvc.errors import LabelOverflow, LayoutError
from labelsvc.labels import legal
from labelsvc.labels.drawing.draft import Draft, Fault
from labelsvc.labels.drawing.element_place import place_of
from labelsvc.labels.layouts import messages
from labelsvc.labels.layouts.layout import Layout
from labelsvc.web.language import current, explain

#: One finding as the page gets it: severity, element, item, field, message, fix, source, where.
Row = dict[str, Any]

#: Sentences for printing → shorter ones for who looks at the element.
_NEAR = {
    "{layout}: {field} comes nearer to the edge than {safe} mm ({record})": "safe",
    "{layout}: {what} lies on the symbol or its quiet zone ({record})": "quiet",
}
SHOWN = {
    "overflow": "“{text}” does not fit, even at {points} pt.",
    "overflow_fix": "Make the box larger, allow smaller letters, or shorten the text.",
    "safe": "Comes nearer to the edge than {safe} mm.",
    "safe_fix": "Move it inwards, make its box narrower, or lower the safe margin of the label.",
    "quiet": "Lies on the symbol or its quiet zone.",
    "quiet_fix": "Keep 4 modules around the symbol free.",
    "stars": "This layout claims stars, and {record} has no recognition in force: it cannot be "
    "printed with this layout.",
    "stars_fix": "Use a layout without stars for it.",
    "article": "The labels of this sheet are {theirs} mm, this label is {ours} mm.",
    "article_fix": "Choose a sheet with labels of this size, or take its size for the label.",
    "no_article": "The sheet {article} is not there any more.",
    "no_article_fix": "Choose another sheet, or give the numbers.",
}


def say(text: str, /, **params: Any) -> str:
    """*text* in the reader's language, unescaped: the answer is JSON, not a page."""
    return i18n.translate(text, current(), **params)


def row(
    message: str,
    fix: str = "",
    *,
    severity: str = "error",
    at: tuple[int | None, int | None] = (None, None),
    field: str = "",
    source: str = "",
    where: Sequence[float] | None = None,
) -> Row:
    return {
        "severity": severity,
        "element": at[0],
        "item": at[1],
        "field": field,
        "message": message,
        "fix": fix,
        "source": source,
        "where": None if where is None else [round(v, 3) for v in where],
    }


def of_model(error: ValidationError) -> list[Row]:
    """Every field that the models refuse, at most fifty."""
    return [_of_model(found) for found in error.errors(include_url=False)[:50]]


def _of_model(found: Mapping[str, Any]) -> Row:
    refused = messages.told(found)
    element, item, field = _place(refused.loc)
    words = say(refused.reason.text, **refused.reason.params)
    return row(words, at=(element, item), field=field or refused.field)


def _place(loc: Sequence[str | int]) -> tuple[int | None, int | None, str]:
    """`('elements', 3, 'stack', 'items', 1, 'text', 'size')` → 3, 1, "size"."""
    names = [part for part in loc if isinstance(part, str)]
    if loc[:1] != ("elements",) or len(loc) < 2 or not isinstance(loc[1], int):
        return None, None, ".".join(names[:2])
    element, rest = loc[1], loc[3:]
    if rest[:1] == ("items",) and len(rest) > 1 and isinstance(rest[1], int):
        item, rest = rest[1], rest[3:]
        return element, item, str(rest[0]) if rest else ""
    return element, None, str(rest[0]) if rest else ""


def of_sheet(error: LayoutError, layout: Layout) -> Row:
    """A sheet that is not there, is of another size, or is impossible."""
    params = error.params
    if "theirs" in params:
        facts = {"theirs": params["theirs"], "ours": params["ours"]}
        words = say(SHOWN["article"], **facts)
        return row(str(words), say(SHOWN["article_fix"]), field="sheet.article")
    if "article" in params:
        words = say(SHOWN["no_article"], article=params["article"])
        return row(str(words), say(SHOWN["no_article_fix"]), field="sheet.article")
    message, fix = explain(error)
    return row(_bare(message, layout), fix, field=str(params.get("field", "sheet")))


def of_draft(draft: Draft, layout: Layout) -> list[Row]:
    return [_of_fault(fault, draft, layout) for fault in draft.faults]


def _of_fault(fault: Fault, draft: Draft, layout: Layout) -> Row:
    error = fault.error
    message, fix = explain(error)
    message, field = _bare(message, layout), ""
    if isinstance(error, LabelOverflow):
        words = str(error.params.get("text", "")).replace("\n", " ")
        facts = {"text": words, "points": error.params.get("points", "")}
        message, fix = say(SHOWN["overflow"], **facts), say(SHOWN["overflow_fix"])
        field = "text"
    elif error.message in _NEAR:
        key = _NEAR[error.message]
        facts = {"safe": error.params.get("safe", "")}
        message, fix, field = say(SHOWN[key], **facts), say(SHOWN[f"{key}_fix"]), "x"
    where = draft.boxes[fault.element] if fault.element is not None else None
    return row(message, fix, at=(fault.element, fault.item), field=field, where=where)


def of_law(findings: Sequence[legal.Finding], layout: Layout) -> list[Row]:
    rows = []
    for found in findings:
        at = place_of(layout, found.element) if found.element else (None, None)
        rows.append(
            row(
                say(found.message, **found.params),
                say(found.fix, **found.params),
                severity=found.severity,
                at=at,
                source=legal.cite(found.article, current()),
                where=found.where,
            )
        )
    return rows


def no_stars(layout: Layout, record: str, source: str) -> Row:
    """The data have no recognition, the layout claims one: a run would be refused."""
    return row(
        say(SHOWN["stars"], record=record),
        say(SHOWN["stars_fix"]),
        at=place_of(layout, "stars"),
        source=legal.cite(source, current()),
    )


def _bare(message: str, layout: Layout) -> str:
    """Without the name of the layout, which is the page's heading."""
    message = message.removeprefix(f"{layout.name}: ")
    return message[:1].upper() + message[1:]
