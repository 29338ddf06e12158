"""Programme-office pages: bringing in a list. Upload, look at every row, take over, keep the report.

The upload and its plan lie in the file store between looking and taking over, under a name that
begins with the time, so that what nobody took over can be cleared away after a day.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any

from flask import (
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from labelsvc import clock
from labelsvc.catalogue.importing import Plan, apply_import, plan_import
from labelsvc.catalogue.importing.report import in_words, notes_of
from labelsvc.catalogue.models import ImportRun
from labelsvc.errors import BadInput, Conflict, FileMissing, LabelsvcError
from labelsvc.i18n import nfc
from labelsvc.web.console.column_words import COLUMN_WORDS
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import PAGE, found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.recognitions import csv_pieces
from labelsvc.web.console.office.words import set_words
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: What a row of a list would be, in the order in which people want to see them.
STATES = {"refused": "Refused", "new": "New", "changed": "Changed", "unchanged": "Unchanged"}
_KEPT = timedelta(days=1)
_TOKEN = re.compile(r"\d{14}-[0-9a-f]{32}")


@bp.get("/imports")
def imports() -> ResponseReturnValue:
    return _start(Posted())


def _start(posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, select(ImportRun).order_by(ImportRun.id.desc()))
        people = names_of(session, [run.actor for run in shown.rows])
    page = render_template(
        "console/office/imports.html",
        shown=shown,
        people=people,
        problems=posted.problems,
        errors=posted.errors,
        most=site().settings.upload_mib,
    )
    return page, posted.status


@bp.post("/imports")
def upload() -> ResponseReturnValue:
    """Plan a list and show what it would do."""
    where, posted = site(), Posted()
    _clear()
    sent = request.files.get("list")
    try:
        if sent is None or not sent.filename:
            raise BadInput("No list was chosen.", fix="Choose an XLSX or CSV file.")
        data = sent.read()
        # Browsers send the name alone; an old one sends a path of its own machine.
        name = nfc(re.split(r"[/\\]", sent.filename)[-1])[-120:]
        with where.database.reading() as session:
            plan = plan_import(session, data=data, file_name=name)
    except LabelsvcError as error:
        error.params["field"] = "list"
        posted.add(error)
        return _start(posted)
    token = f"{clock.now():%Y%m%d%H%M%S}-{secrets.token_hex(16)}"
    where.files.put(f"imports/{token}", data)
    _keep(_preview_key(token), plan)
    return redirect(url_for("office.import_preview", token=token))


@bp.get("/imports/preview/<token>")
def import_preview(token: str) -> ResponseReturnValue:
    shown = Kept(_preview_key(_checked(token)))
    return _rows_page("console/office/import_preview.html", shown, token=token)


@bp.post("/imports/preview/<token>")
def import_apply(token: str) -> ResponseReturnValue:
    """Take the list over, if it still says what the preview showed."""
    where, seen = site(), Kept(_preview_key(_checked(token)))
    data = where.files.get(f"imports/{token}")
    try:
        with where.database.writing() as session:
            plan = plan_import(session, data=data, file_name=seen.facts["file"])
            if _states((row.number, row.state) for row in plan.rows) != seen.states():
                raise Conflict(
                    "The catalogue has changed since the preview.",
                    fix="Look at the rows again; nothing was taken over.",
                )
            run = apply_import(session, plan, actor=actor())
    except Conflict as error:
        _keep(_preview_key(token), plan)
        posted, shown = Posted(), Kept(_preview_key(token))
        posted.add(error)
        return _rows_page("console/office/import_preview.html", shown, posted, token=token)
    _keep(_report_key(run.id), plan)
    _forget(token)
    flash(gettext("The list is taken over."), "good")
    return redirect(url_for("office.import_run", import_id=run.id))


@bp.post("/imports/preview/<token>/drop")
def import_drop(token: str) -> ResponseReturnValue:
    """Throw the upload away."""
    _forget(_checked(token))
    flash(gettext("The list was thrown away; nothing was changed."), "good")
    return redirect(url_for("office.imports"))


@bp.get("/imports/<int:import_id>")
def import_run(import_id: int) -> ResponseReturnValue:
    """The report of a list that was taken over."""
    with site().database.reading() as session:
        run = found_or_404(session.get(ImportRun, import_id))
        people = names_of(session, [run.actor])
    try:
        shown = Kept(_report_key(import_id))
    except FileMissing:  # taken over on the command line, which prints the report
        counts = {state: getattr(run, state) for state in STATES}
        shown = Kept(None, {"file": run.file_name, "sheet": "", "columns": {}, "counts": counts})
    return _rows_page("console/office/import_run.html", shown, run=run, people=people)


@dataclass(frozen=True)
class RowsPage:
    """One page of the rows of a plan in one state."""

    rows: list[dict[str, Any]]
    page: int
    last: int
    total: int


def _rows_page(
    template: str, shown: Kept, posted: Posted | None = None, **more: Any
) -> ResponseReturnValue:
    """Rows by their state, refused ones first; or all of them for a spreadsheet."""
    if request.args.get("format") == "csv":
        return _csv(shown.facts["file"], shown.rows())
    asked, counts = request.args.get("state", ""), shown.facts["counts"]
    first = next((state for state in STATES if counts[state]), "")
    state = asked if asked in STATES else first
    total = counts[state] if state and shown.has_rows else 0
    last = max(1, -(-total // PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), last)
    chosen = (row for row in shown.rows() if row["state"] == state)
    wanted = islice(chosen, (number - 1) * PAGE, number * PAGE)
    rows = [in_words(row, current()) for row in wanted]
    page = RowsPage(rows, number, last, total)
    made = render_template(
        template,
        plan=shown.facts | {"rows": shown.has_rows or None},
        shown=page,
        state=state,
        states=STATES,
        field_words=COLUMN_WORDS | {"set_guessed": COLUMN_WORDS["set_number"]},
        set_words=set_words,
        problems=posted.problems if posted else [],
        **more,
    )
    return made, posted.status if posted else 200


def _csv(name: str, rows: Iterable[dict[str, Any]]) -> Response:
    header = ("Row", "State", "Product", "Producer", "Reason", "Note")
    lines = (
        (
            row["row"], gettext(STATES[row["state"]]), row["product"], row["producer"],
            " | ".join(f"{p['place']}: {p['text']} {p['fix_text']}" for p in row["problems"]),
            " | ".join(notes_of(row, current())),
        )
        for row in (in_words(row, current()) for row in rows)
    )  # fmt: skip
    pieces = csv_pieces(chain([[gettext(words) for words in header]], lines))
    answer = Response(stream_with_context(pieces), content_type="text/csv; charset=utf-8")
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name.rpartition(".")[0])[:60].strip("-.") or "list"
    answer.headers["Content-Disposition"] = f'attachment; filename="{plain}-report.csv"'
    return answer


class Kept:
    """A plan as it is kept in the file store: its facts on the first line, a row on each other.

    :raises FileMissing: nothing is kept under the key.
    """

    def __init__(self, key: str | None, facts: dict[str, Any] | None = None) -> None:
        self._key = key
        if key is not None:
            with site().files.open(key) as source:
                facts = json.loads(source.readline())
        self.facts: dict[str, Any] = facts or {}

    @property
    def has_rows(self) -> bool:
        return self._key is not None

    def rows(self) -> Iterator[dict[str, Any]]:
        if self._key is None:
            return
        with site().files.open(self._key) as source:
            source.readline()
            for line in source:
                yield json.loads(line)

    def states(self) -> str:
        """A hash of what would come of each row."""
        return _states((row["row"], row["state"]) for row in self.rows())


def _states(rows: Iterable[tuple[int, str]]) -> str:
    made = hashlib.sha256()
    for number, state in rows:
        made.update(f"{number}:{state};".encode())
    return made.hexdigest()


def _keep(key: str, plan: Plan) -> None:
    """Facts and rows, each on a line of its own."""
    with tempfile.TemporaryFile() as whole:
        whole.write(_line(plan.as_json()))
        for row in plan.rows:
            whole.write(_line(row.as_json()))
        whole.seek(0)
        site().files.put_stream(key, whole)


def _line(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, default=str).encode() + b"\n"


def _preview_key(token: str) -> str:
    return f"imports/{token}.json"


def _report_key(import_id: int) -> str:
    return f"import-reports/{import_id}.json"


def _checked(token: str) -> str:
    """*token* if it is one of ours, not older than a day, and still there; 404 otherwise."""
    if not _TOKEN.fullmatch(token) or _age(token) > _KEPT:
        abort(404)
    if not site().files.exists(_preview_key(token)):
        abort(404)
    return token


def _age(token: str) -> timedelta:
    try:
        made = datetime.strptime(token[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return timedelta.max
    return clock.now() - made


def _forget(token: str) -> None:
    for key in (f"imports/{token}", _preview_key(token)):
        site().files.delete(key)


def _clear() -> None:
    """Delete uploads that nobody took over within a day: they hold names and telephone numbers."""
    for key in site().files.names("imports"):
        if _age(key.partition("/")[2]) > _KEPT:
            site().files.delete(key)
