"""Sheet form: reads the numbers of an own label sheet as they are typed. Used by sheets.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from pydantic import ValidationError

from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.labels.layouts.paper import PAGES, Article
from labelsvc.labels.models import OwnSheet
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.web.console.editor import faults
from labelsvc.web.console.editor.preview import MAX_CELLS
from labelsvc.web.console.forms import Posted, Problem
from labelsvc.web.language import current, explain, gettext

_LENGTHS = {
    "page_width": "Width of the page",
    "page_height": "Height of the page",
    "width": "Width of a label",
    "height": "Height of a label",
    "diameter": "Diameter of a label",
    "corner_radius": "Rounded corners",
    "margin_left": "Left margin",
    "margin_top": "Upper margin",
    "pitch_x": "From label to label",
    "pitch_y": "From row to row",
    "across": "First to last label of a row",
    "down": "First to last label of a column",
}
_COUNTS = {"columns": "Columns", "rows": "Rows"}
_TEXTS = ("title", "page", "shape", "note")
#: Fields of the models → inputs of the form.
_INPUTS = {
    "label.width": "width",
    "label.height": "height",
    "label.diameter": "diameter",
    "label.corner_radius": "corner_radius",
    "sheet.columns": "columns",
    "sheet.rows": "rows",
    "sheet.page": "page",
    "sheet.pitch_x": "pitch_x",
    "sheet.pitch_y": "pitch_y",
    "label": "width",
}


def values_of(row: OwnSheet | None, article: Article) -> dict[str, str]:
    """Fill the inputs: with what was typed, else with the numbers of *article*."""
    names = (*_TEXTS, *_LENGTHS, *_COUNTS)
    if request.method == "POST":
        return {name: request.form.get(name, "").strip()[:200] for name in names}
    label = article.label
    size = article.page if isinstance(article.page, tuple) else ()
    if article.page is None and label is not None:
        sheet = Sheet.of_article("new", article)
        size = (float(sheet.page_width), float(sheet.page_height))
    numbers: dict[str, float | None] = {
        "page_width": size[0] if size else None,
        "page_height": size[1] if size else None,
        "width": label.width if label else None,
        "height": label.height if label else None,
        "diameter": label.diameter if label else None,
        "corner_radius": label.corner_radius if label else None,
        "margin_left": article.margin_left,
        "margin_top": article.margin_top,
        "pitch_x": article.pitch_x,
        "pitch_y": article.pitch_y,
        "columns": article.columns,
        "rows": article.rows,
    }
    title = row.title if row is not None else (article.title or "")
    texts = {
        "title": title,
        "page": article.page if isinstance(article.page, str) else "own",
        "shape": "round" if label is not None and label.round else "rect",
        "note": article.note,
    }
    shown = {name: _shown(value) for name, value in numbers.items()}
    return dict.fromkeys(names, "") | texts | shown


def _shown(value: float | None) -> str:
    text = "" if value is None else f"{value:g}"
    return text.replace(".", ",") if current() == "vi" else text


def read(values: Mapping[str, str], posted: Posted) -> Article | None:
    """The sheet of the typed numbers, to be drawn even if it is impossible; None where there is
    nothing to draw. *posted* says what is wrong."""
    lengths = {name: _length(values[name], name, posted) for name in _LENGTHS}
    counts = {name: _count(values[name], name, posted) for name in _COUNTS}
    if posted.problems:
        return None
    columns, rows = (1 if n is None else n for n in (counts["columns"], counts["rows"]))
    if values["shape"] == "round":
        label: dict[str, Any] = {"diameter": lengths["diameter"]}
    else:
        label = {name: lengths[name] for name in ("width", "height")}
        label["corner_radius"] = lengths["corner_radius"] or 0
    facts: dict[str, Any] = {
        "page": values["page"] if values["page"] in PAGES else _own_page(lengths),
        "columns": columns,
        "rows": rows,
        "margin_left": lengths["margin_left"],
        "margin_top": lengths["margin_top"],
        "pitch_x": lengths["pitch_x"],
        "pitch_y": lengths["pitch_y"],
        "note": values["note"],
        "label": label,
    }
    # Measured over many labels, the mistake of a single one is a tenth.
    if lengths["across"] is not None and columns > 1:
        facts["pitch_x"] = round(lengths["across"] / (columns - 1), 4)
    if lengths["down"] is not None and rows > 1:
        facts["pitch_y"] = round(lengths["down"] / (rows - 1), 4)
    article = None
    try:
        article = Article.model_validate(facts)
        if columns * rows > MAX_CELLS:
            raise BadInput(
                "A page holds {count} labels; at most {most} are possible.",
                fix="Use fewer columns or rows.",
                count=columns * rows,
                most=MAX_CELLS,
                field="columns",
            )
        Sheet.of_article(gettext("Sheet"), article)
    except ValidationError as error:
        for found in faults.of_model(error):
            field = _INPUTS.get(found["field"], str(found["field"]).rpartition(".")[2])
            message = str(found["message"])
            if field in _LENGTHS:
                message = f"{gettext(_LENGTHS[field])}: {message}"
            posted.problems.append(Problem(message, "", field))
        posted.status = 400
        return None
    except LabelsvcError as error:
        field = str(error.params.get("field", ""))
        message, fix = explain(error)
        posted.problems.append(Problem(message, fix, _INPUTS.get(field, field)))
        posted.status = error.http_status
        if columns * rows > MAX_CELLS:
            return None
    return article


def _own_page(lengths: Mapping[str, float | None]) -> tuple[float, float] | None:
    width, height = lengths["page_width"], lengths["page_height"]
    return None if width is None or height is None else (width, height)


def _length(text: str, name: str, posted: Posted) -> float | None:
    plain = text.replace(",", ".").removesuffix("mm").strip()
    if not plain:
        return None
    if not re.fullmatch(r"\d{1,4}(\.\d{0,6})?|\.\d{1,6}", plain):
        posted.add(
            BadInput(
                "{label}: “{text}” is no length.",
                fix="Write millimetres, for example 63,5.",
                label=gettext(_LENGTHS[name]),
                text=text[:20],
                field=name,
            )
        )
        return None
    return float(plain)


def _count(text: str, name: str, posted: Posted) -> int | None:
    if text and not re.fullmatch(r"\d{1,4}", text):
        posted.add(
            BadInput(
                "{label}: “{text}” is not a whole number.",
                fix="Write digits only, for example 500.",
                label=gettext(_COUNTS[name]),
                text=text[:20],
                field=name,
            )
        )
        return None
    return int(text) if text else None
