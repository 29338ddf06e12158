"""Open data: sends the sets of the register as CSV, JSON and GeoJSON as of any day, and says what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from flask import Blueprint, Response, abort, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from labelsvc import clock
from labelsvc.programme.figures.facts import version
from labelsvc.programme.opendata.formats import as_geojson, as_json, cell
from labelsvc.programme.opendata.rows import SETS, Asked, Set
from labelsvc.web.kept_facts import kept_facts
from labelsvc.web.public.address import asked_day
from labelsvc.web.site import site
from labelsvc.web.spreadsheet import csv_lines

bp = Blueprint("open_data", __name__, url_prefix="/data")

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
#: Ending of an address → type.
FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "geojson": "application/geo+json; charset=utf-8",
}


@bp.get("")
def data() -> ResponseReturnValue:
    """List the sets with their formats and fields."""
    return render_template(
        "public/open_data.html", sets=SETS, formats=FORMATS, day=asked_day(), licence=LICENCE
    )


@bp.get("/<name>.<any(csv, json, geojson):form>")
def data_set(name: str, form: str) -> ResponseReturnValue:
    """Send one set. Asked again with its ETag while nothing has changed, it is 304."""
    wanted = SETS.get(name)
    if wanted is None or (form == "geojson" and not wanted.placed):
        abort(404)
    day, database = asked_day(), site().database
    with database.reading() as session:
        tag = f"{version(session)}-{day:%Y%m%d}"
        if request.if_none_match.contains_weak(tag):
            return _headed(Response(status=304), tag)
        asked = Asked(day, kept_facts(session), site().settings.base_url)
    pieces = _pieces(wanted, form, wanted.rows(database, asked), asked)
    answer = Response(stream_with_context(pieces), content_type=FORMATS[form])
    answer.headers["Content-Disposition"] = f'inline; filename="ocop-{name}-{day:%Y%m%d}.{form}"'
    return _headed(answer, tag)


def _pieces(
    wanted: Set, form: str, rows: Iterator[dict[str, object]], asked: Asked
) -> Iterator[str]:
    if form == "csv":
        lines = ([cell(row[name]) for name in wanted.fields] for row in rows)
        return csv_lines(chain([wanted.fields], lines))
    about = {
        "title": wanted.title, "on": asked.on.isoformat(), "licence": LICENCE,
        "publisher": site().settings.office_name,
    }  # fmt: skip
    return (as_geojson if form == "geojson" else as_json)(about, rows, wanted.fields)


def _headed(answer: Response, tag: str) -> Response:
    """Weak, for parts are read one after the other while others may write."""
    answer.set_etag(tag, weak=True)
    answer.last_modified = clock.now()
    answer.headers["Link"] = f'<{LICENCE}>; rel="license"'
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
