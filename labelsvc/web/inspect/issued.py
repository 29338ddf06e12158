"""Issued: shows an inspector the label of a code as it was printed, and what the law wants on it."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import uri
from labelsvc.errors import BadCode, LabelsvcError
from labelsvc.labels import legal
from labelsvc.labels.drawing import fonts, svg
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs.parts import layout_of, run_content, unit_of
from labelsvc.web.inspect.pages import bp
from labelsvc.web.inspect.sent import sent_as
from labelsvc.web.inspect.verdict import Asked
from labelsvc.web.scan.state import ScanSite
from labelsvc.web.scan.unit import held
from labelsvc.web.site import site


@bp.post("/issued")
def issued() -> ResponseReturnValue:
    """`{code}` → `{svg, printed, purpose, texts, contents}`: the label as its run keeps it.

    404 for a code that does not hold, or that no run printed; 409 where a picture of the label is gone.
    A withdrawn code has its label too: that is what a suspect one is compared with.
    """
    own, where = ScanSite.of(current_app), site()
    try:
        parsed = uri.parse(sent_as(Asked).code, host=own.host, former=own.former)
    except BadCode:
        abort(404)
    peek = held(own, parsed)
    if peek is None:
        abort(404)
    with where.database.reading() as session:
        run = session.scalars(
            select(PrintRun)
            .where(PrintRun.issue_id == peek.issue_id)
            .options(joinedload(PrintRun.lot).joinedload(Lot.product))
        ).one_or_none()
        if run is None:
            abort(404)
        layout, unit = layout_of(run), unit_of(run, parsed.canonical, peek.position)
        content = run_content(run, where.files)
        try:
            drawing = compose(layout, content, fonts.load(), unit=unit)
        except LabelsvcError:  # of a release whose layouts were drawn by other rules
            abort(404)
        contents = legal.required(run.lot.product.set_number, content)
        return jsonify({
            "svg": svg.drawing_svg(drawing, unit, fonts.load(), corner=layout.label.corner_radius),
            "printed": clock.local(run.created_at).date().isoformat(),
            "purpose": layout.purpose,
            "texts": [text.text for text in drawing.texts],
            "contents": [_named(one) for one in contents],
        })  # fmt: skip


def _named(content: legal.Content) -> dict[str, Any]:
    return {"vi": content.name_vi, "en": content.name_en}
