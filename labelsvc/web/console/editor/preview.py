"""Preview: draws a layout that is being edited, with the place of every element and its faults."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlalchemy.orm import Session

from labelsvc import clock, letters
from labelsvc.codes.models import Form
from labelsvc.errors import BadInput, LayoutError
from labelsvc.labels import legal, own_layouts
from labelsvc.labels.checks import paper_edge
from labelsvc.labels.drawing import fonts, sample_content, svg
from labelsvc.labels.drawing.content import LabelContent, Unit, sample_unit
from labelsvc.labels.drawing.draft import Draft, draft, words_of
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.layouts.writing import dumps, tidy
from labelsvc.labels.legal.finding import PROGRAMME
from labelsvc.labels.runs import artwork
from labelsvc.labels.runs.catalogue_content import lot_content
from labelsvc.labels.runs.numbering import (
    next_name,
    position,
    sample_code,
    sample_inner,
    sample_printed,
    widest_name,
)
from labelsvc.labels.sheets import stock
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.web.console.editor import faults
from labelsvc.web.console.producer_scope import bp, own_lot
from labelsvc.web.language import explain
from labelsvc.web.signed_in import current_user
from labelsvc.web.site import site

#: Labels of a page that are still drawn one by one; label sheets have at most some 300.
MAX_CELLS = 1000
#: Bytes of a layout as JSON; the largest built-in has 12,000.
MOST_BYTES = 400_000


@dataclass(frozen=True)
class Data:
    """The data that the label is drawn with: contents, a unit, and the criteria set for the law."""

    content: LabelContent
    unit: Unit
    widest: Unit
    set_number: int


def posted_json() -> dict[str, Any]:
    """The object that was posted, its texts tidied.

    :raises BadInput: too large, or not a JSON object; numbers are finite.
    """
    if (request.content_length or 0) > MOST_BYTES:
        raise BadInput(
            "The layout is larger than {most} bytes.",
            fix="Remove elements that are not needed.",
            most=MOST_BYTES,
        )
    try:
        found = json.loads(request.get_data(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadInput("This request cannot be understood.", fix="Go back and try again.")
    tidied: dict[str, Any] = tidy(found)
    return tidied


def _no_number(name: str) -> None:
    raise ValueError(name)


def read_layout(
    session: Session, data: Any
) -> tuple[Layout | None, Layout | None, list[faults.Row]]:
    """The posted layout as it is to be kept, the same with the numbers of its sheet, and what is
    wrong; None where there is none."""
    try:
        letters.check_all(data)
        layout = Layout.model_validate(data)
    except BadInput as error:
        return None, None, [faults.row(*explain(error))]
    except ValidationError as error:
        return None, None, faults.of_model(error)
    except RecursionError:
        return None, None, [faults.row(faults.say("This cannot stand here."))]
    whole = layout
    try:
        if layout.sheet.article is not None:
            mine = own_layouts.articles(session, _producer())
            whole = load(dumps(layout), source=layout.name, articles=mine)
        sheet = Sheet.of(whole)
        if sheet.per_page > MAX_CELLS:
            raise LayoutError(
                "A page holds {count} labels; at most {most} are possible.",
                fix="Use fewer columns or rows.",
                count=sheet.per_page,
                most=MAX_CELLS,
                field="sheet.columns",
            )
    except LayoutError as error:
        return layout, None, [faults.of_sheet(error, layout)]
    return layout, whole, []


@bp.post("/layouts/preview")
def preview_layout() -> ResponseReturnValue:
    """`{layout, data, form, sheet}` → `{svg, boxes, zone, symbol, texts, findings, sheet}`.

    `data` is a name of `draft_data` or the number of a lot. What can be drawn is drawn, whatever is
    wrong with it, and the answer is 200; 422 with `findings` and without a picture where it is no
    layout, as when it is saved.
    """
    posted = posted_json()
    with site().database.reading() as session:
        layout, whole, findings = read_layout(session, posted.get("layout"))
        if layout is None:
            return jsonify({"svg": None, "findings": findings}), 422
        form = str(posted.get("form"))
        form = form if form in layout.forms else layout.forms[0]
        data = _data(session, posted.get("data"), Form(form))
    answer: dict[str, Any] = {"sheet": None}
    if whole is not None:
        answer["sheet"] = _sheet(whole, with_picture=bool(posted.get("sheet")))
    drawn = draft(layout, data.content, fonts.load(), unit=data.widest, shown=data.unit)
    findings += faults.of_draft(drawn, layout)
    findings += _law(layout, drawn, data)
    if whole is not None:
        findings += faults.of_law(paper_edge.findings(whole, drawn.drawing), layout)
    answer |= _picture(layout, drawn, data)
    answer["findings"] = findings
    return jsonify(answer)


def _law(layout: Layout, drawn: Draft, data: Data) -> list[faults.Row]:
    found = legal.check_label(
        layout, drawn.drawing, data.content, data.set_number, _forgiving(), unit=data.unit
    )
    rows = faults.of_law(found, layout)
    if layout.shows_stars and data.content.stars is None:
        source = f"{PROGRAMME} art. 8.1"
        rows.insert(0, faults.no_stars(layout, data.content.record, source))
    return rows


def _picture(layout: Layout, drawn: Draft, data: Data) -> dict[str, Any]:
    symbol = drawn.drawing.symbol
    return {
        "svg": svg.drawing_svg(
            drawn.drawing, data.unit, _forgiving(), corner=layout.label.corner_radius
        ),
        "boxes": [None if box is None else [round(v, 3) for v in box] for box in drawn.boxes],
        "zone": [round(v, 3) for v in drawn.zone],
        "symbol": {
            "module": round(symbol.module, 3),
            "dots": symbol.dots,
            "dpi": layout.resolution_dpi,
            "version": symbol.version,
            "level": symbol.level,
            "size": round(symbol.size, 2),
        },
        "texts": [
            {
                "element": element,
                "item": item,
                "points": round(text.points, 2),
                "x_height": round(text.x_height_mm, 2),
                "lines": text.lines,
                "box": [round(v, 3) for v in text.box],
            }
            for element, item, text in words_of(drawn, layout)
        ],
    }


@cache
def _forgiving() -> Fonts:
    """The faces that drafts are drawn with."""
    return fonts.load().forgiving()


def _sheet(layout: Layout, *, with_picture: bool) -> dict[str, Any]:
    sheet = Sheet.of(layout)
    facts: dict[str, Any] = {
        "per_page": sheet.per_page,
        "page": [float(sheet.page_width), float(sheet.page_height)],
    }
    if with_picture:
        facts["svg"] = stock.drawing_svg(
            sheet,
            round_labels=layout.label.round,
            corner=layout.label.corner_radius,
        )
    return facts


def _data(session: Session, wanted: Any, form: Form) -> Data:
    """The posted choice; a lot must be the producer's own (404)."""
    name, pictures = str(wanted), artwork.pictures(session, site().files, _producer())
    if name.isascii() and name.isdigit() and len(name) < 10:
        lot = own_lot(session, int(name))
        base_url = site().settings.base_url
        content = lot_content(lot, base_url=base_url, on=clock.today(), pictures=pictures)
        unit = Unit(
            sample_code(lot, form, base_url),
            sample_unit(form).code_printed,
            "" if form is Form.LOT else position(1, lot.declared, next_name(session)),
            sample_unit(form).inner_code,
        )
        number = lot.product.set_number
        last = (
            "" if form is Form.LOT else position(lot.declared, lot.declared, widest_name(session))
        )
        widest = unit._replace(
            code_printed=sample_printed(form), unit_number=last, inner_code=sample_inner(form)
        )
        return Data(content, unit, widest, number)
    name = name if name in sample_content.NAMES else "usual"
    unit = sample_unit(form)
    widest = unit._replace(code_printed=sample_printed(form), inner_code=sample_inner(form))
    number = sample_content.CRAFT_SET if name == "craft" else sample_content.FOOD_SET
    return Data(replace(sample_content.content(name), images=pictures), unit, widest, number)


def _producer() -> int:
    producer = current_user().producer_id
    assert producer is not None  # noqa: S101 -- the gate lets producers in only
    return producer
