"""Changes: what was recognised, renewed, withdrawn or ended, as page, Atom feed, JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from labelsvc import clock
from labelsvc.errors import BadInput
from labelsvc.programme.decided import Change, Changed, changes, count_changes, every_change
from labelsvc.programme.search.entries import slug
from labelsvc.web.language import gettext
from labelsvc.web.paging import PAGE, Paged, page_asked
from labelsvc.web.problems import wants_json
from labelsvc.web.public import structured
from labelsvc.web.site import site
from labelsvc.web.spreadsheet import csv_lines

bp = Blueprint("changes", __name__, url_prefix="/changes")

#: Entries of the feed; readers of feeds come every day.
_FEED: Final = 60
#: Days of a file without `since`.
_DAYS: Final = 366
WORDS: Final = {
    Change.RECOGNISED: "Recognised",
    Change.RENEWED: "Recognised again",
    Change.WITHDRAWN: "Withdrawn",
    Change.ENDED: "Ended by time",
}
_HEAD: Final = (
    "change", "day", "product", "producer", "stars", "decision", "decision_day", "valid_from", "last_day",
    "withdrawn_on", "withdrawal_decision", "page",
)  # fmt: skip


@bp.get("")
def page() -> ResponseReturnValue:
    until = clock.today()
    with site().database.reading() as session:
        total = count_changes(session, until)
        number, last = page_asked(total, PAGE)
        rows = changes(session, until, offset=(number - 1) * PAGE, limit=PAGE)
    if wants_json():
        return jsonify({
            "licence": structured.LICENCE, "number": number, "last": last, "total": total,
            "changes": [_json(one) for one in rows],
        })  # fmt: skip
    return render_template(
        "public/changes.html", rows=[(one, _slug(one)) for one in rows], words=WORDS, found=Paged([], number, last, total),
        canonical="/changes", licence=structured.LICENCE,
        machine=structured.dataset("OCOP: changes of the register", "/changes", until, site().settings),
    )  # fmt: skip


@bp.get("/feed.atom")
def feed() -> ResponseReturnValue:
    with site().database.reading() as session:
        rows = changes(session, clock.today(), limit=_FEED)
    text = render_template(
        "public/changes.xml", rows=[(one, _slug(one)) for one in rows], words=WORDS, licence=structured.LICENCE
    )  # fmt: skip
    return Response(text, content_type="application/atom+xml; charset=utf-8")


@bp.get("/list.json")
def as_json() -> ResponseReturnValue:
    return Response(
        stream_with_context(_pieces(_since())), content_type="application/json; charset=utf-8"
    )


@bp.get("/list.csv")
def as_file() -> ResponseReturnValue:
    since = _since()

    def rows() -> Iterator[Any]:
        yield _HEAD
        with site().database.reading() as session:
            for one in every_change(session, clock.today(), since):
                told = _json(one)
                yield [told[name] for name in _HEAD]

    answer = Response(
        stream_with_context(csv_lines(rows())), content_type="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="ocop-changes-{since}.csv"'
    return answer


def _pieces(since: date) -> Iterator[str]:
    yield f'{{"licence": "{structured.LICENCE}", "since": "{since}", "changes": ['
    with site().database.reading() as session:
        between = ""
        for one in every_change(session, clock.today(), since):
            yield between + jsonify(_json(one)).get_data(as_text=True)
            between = ","
    yield "]}\n"


def _since() -> date:
    """The first day of a file. :raises BadInput: `since` is no day."""
    typed = request.args.get("since", "").strip()
    if not typed:
        return clock.today() - timedelta(days=_DAYS)
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise BadInput(
            "“{value}” is not a day.", fix="Write it like this: 2026-05-01.", value=typed[:40], field="since"
        ) from None  # fmt: skip


def _slug(one: Changed) -> str:
    row = one.recognition
    if one.kind is Change.WITHDRAWN and row.withdrawal_decision and row.withdrawn_on:
        return slug(row.withdrawal_decision, row.withdrawn_on)
    return slug(row.decision_number, row.decision_date)


def _json(one: Changed) -> dict[str, Any]:
    row = one.recognition
    return {
        "change": str(one.kind), "change_name": gettext(WORDS[one.kind]), "day": one.day.isoformat(),
        "product": row.product_name or row.product.name, "producer": row.product.producer.name, "stars": row.stars,
        "decision": row.decision_number, "decision_day": row.decision_date.isoformat(),
        "valid_from": row.valid_from.isoformat(), "last_day": row.last_day.isoformat(),
        "withdrawn_on": row.withdrawn_on.isoformat() if row.withdrawn_on else None,
        "withdrawal_decision": row.withdrawal_decision or None,
        "page": f"{site().settings.base_url}/product/{row.product_id}",
    }  # fmt: skip
