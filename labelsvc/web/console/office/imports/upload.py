"""Upload: the first page of lists: sends a file, finds lists on their way and those taken over."""

from __future__ import annotations

import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from labelsvc.catalogue.importing import waiting
from labelsvc.catalogue.importing.files.guard import kind_of
from labelsvc.catalogue.importing.heads.header import HeaderMissing
from labelsvc.catalogue.importing.heads.kinds import KIND_WORDS
from labelsvc.catalogue.importing.waiting import Doing
from labelsvc.catalogue.models import ImportRun
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.i18n import nfc
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import names_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.imports.work import staging
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site


@bp.get("/imports")
def imports() -> ResponseReturnValue:
    return _start(Posted())


def _start(posted: Posted, unread: str = "") -> ResponseReturnValue:
    """*unread*: token of an upload whose heads no rule knows."""
    with site().database.reading() as session:
        shown = paged(session, select(ImportRun).order_by(ImportRun.id.desc()))
        under_way = waiting.all_waiting(session)
        actors = [run.actor for run in shown.rows] + [one.uploaded_by for one in under_way]
        people = names_of(session, actors)
    page = render_template(
        "console/office/imports.html",
        shown=shown,
        under_way=under_way,
        people=people,
        unread=unread,
        kind_words=KIND_WORDS,
        problems=posted.problems,
        errors=posted.errors,
        most=site().settings.upload_mib,
    )
    return page, posted.status


@bp.post("/imports")
def upload() -> ResponseReturnValue:
    """Read a short list and show what it would do; let a worker read a long one."""
    posted, sent = Posted(), request.files.get("list")
    unread = ""
    try:
        if sent is None or not sent.filename:
            raise BadInput("No list was chosen.", fix="Choose an XLSX or CSV file.")
        # Browsers send the name alone; an old one sends a path of its own machine.
        name = nfc(re.split(r"[/\\]", sent.filename)[-1])[-120:]
        data = sent.read()
        try:
            token = _sent(data, name)
        except HeaderMissing:
            unread = staging().put(data)
            _keep(unread, name, large=False)
            raise
    except LabelsvcError as error:
        error.params["field"] = "list"
        posted.add(error)
        return _start(posted, unread)
    return redirect(url_for("office.import_preview", token=token))


def _sent(data: bytes, name: str) -> str:
    """The token of a new upload. :raises ImportRefused: it cannot be read."""
    kind_of(data, name)  # what is no list at all is told beside the field
    if not waiting.is_large(data):
        token = staging().add(site().database, data, file_name=name)
        _keep(token, name, large=False)
        return token
    token = staging().put(data)
    _keep(token, name, large=True)
    with site().database.writing() as session:
        waiting.begin(session, token, Doing.PLAN, actor=actor())
    return token


def _keep(token: str, name: str, *, large: bool) -> None:
    with site().database.writing() as session:
        waiting.keep(session, token, file_name=name, actor=actor(), large=large)
