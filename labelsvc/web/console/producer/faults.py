"""Faults: the producer's page and table of what is wrong with a run that was not released."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, abort
from flask.typing import ResponseReturnValue

from labelsvc.i18n import number, translate
from labelsvc.labels.press.csv_table import as_csv
from labelsvc.web.console.producer_scope import bp, own_run
from labelsvc.web.language import current
from labelsvc.web.site import site

_COLUMNS = ("page", "cell", "unit", "kind", "words", "expected", "found", "measured", "least")


@bp.get("/runs/<int:run_id>/faults.<any(csv, json):kind>")
def run_faults(run_id: int, kind: str) -> ResponseReturnValue:
    """The list of the run's page: as a table in the reader's language, or for programs."""
    with site().database.reading() as session:
        rows: list[dict[str, Any]] = (own_run(session, run_id).report or {}).get("faults") or []
    if not rows:
        abort(404)
    told = [row | {"words": _words(row)} for row in rows]
    if kind == "csv":
        cells = [[str(row.get(key, "")) for key in _COLUMNS] for row in told]
        data, content = as_csv([_COLUMNS, *cells]), "text/csv; charset=utf-8"
    else:
        text = json.dumps({"run": run_id, "faults": told}, ensure_ascii=False, indent=1)
        data, content = text.encode(), "application/json"
    answer = Response(data, content_type=content)
    answer.headers["Content-Disposition"] = f'attachment; filename="faults-{run_id}.{kind}"'
    return answer


def _words(row: dict[str, Any]) -> str:
    shown = {k: number(v, current()) if isinstance(v, float) else v for k, v in row.items()}
    return translate(row["reason"], current(), **shown)
