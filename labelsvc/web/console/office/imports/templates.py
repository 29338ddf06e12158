"""Templates: empty lists of each kind to download and fill in."""

from __future__ import annotations

from flask import Response, abort
from flask.typing import ResponseReturnValue

from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.web.console.office.dashboard import bp

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/imports/templates/<kind>.xlsx")
def import_template(kind: str) -> ResponseReturnValue:
    """The template of a kind of list."""
    from labelsvc.catalogue.exporting.columns import FILES  # few requests need the writer
    from labelsvc.catalogue.exporting.template import template

    if kind not in list(ListKind):
        abort(404)
    answer = Response(template(ListKind(kind)), content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{FILES[ListKind(kind)]}.xlsx"'
    return answer
