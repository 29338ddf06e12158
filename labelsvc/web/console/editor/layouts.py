"""Layouts: pages of own label layouts, copied from a built-in one, imported and exported."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlalchemy.orm import Session

from labelsvc.errors import BadInput, LabelsvcError, LayoutError
from labelsvc.labels import own_layouts
from labelsvc.labels.drawing import fonts, svg
from labelsvc.labels.drawing.sample_content import sample_of
from labelsvc.labels.layouts import library, toml
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.layouts.writing import dumps, tidy
from labelsvc.labels.models import OwnLayout
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.web.console.editor.picture import picture
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.producer_scope import bp, layout_titles, producer_id
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: Bytes of a file to import; `toml.MAX_CHARACTERS` counts its letters.
_MOST_FILE = 400_000


def own_layout(session: Session, name: str) -> OwnLayout:
    """The producer's own layout; 404 for everybody else's, as if there were none."""
    found = own_layouts.row(session, producer_id(), name)
    if found is None:
        abort(404)
    return found


@bp.get("/layouts")
def layouts() -> ResponseReturnValue:
    return _list(Posted())


def _list(posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        rows = own_layouts.layouts_of(session, producer_id())
        sheets = own_layouts.articles(session, producer_id())
        page = render_template(
            "console/producer/layouts.html",
            rows=[(row, _read(row, sheets)) for row in rows],
            built_in=[(x, Sheet.of(x).per_page) for x in library.for_packs()],
            titles=layout_titles(),
            problems=posted.problems,
            errors=posted.errors,
            most=own_layouts.MOST,
        )
    return page, posted.status


def _read(row: OwnLayout, sheets: Any) -> Layout | None:
    """None where it cannot be read any more, e.g. because its sheet was deleted."""
    try:
        return load(row.toml, source=row.name, articles=sheets)
    except LayoutError:
        return None


@bp.get("/layouts/picture/<name>.svg")
def layout_picture(name: str) -> ResponseReturnValue:
    """A built-in or own layout with sample contents."""
    with site().database.reading() as session:
        row = own_layouts.row(session, producer_id(), name)
        text = row.toml if row is not None else None

    def find() -> str:
        found = library.source(name) if text is None else text
        _plain(found)
        return found

    return picture(find, _drawn)


@lru_cache(maxsize=128)
def _plain(text: str) -> Layout:
    """A layout file; the sheet it is printed on makes no difference to its picture."""
    try:
        return Layout.model_validate(toml.loads(text, source="layout.toml"))
    except ValidationError:
        return load(text, source="layout.toml")  # says what is wrong


@lru_cache(maxsize=128)
def _drawn(text: str) -> str:
    """The picture of a layout file. A page shows a dozen, and they seldom change."""
    layout = _plain(text)
    return svg.svg(layout, sample_of(layout), fonts.load())


@bp.post("/layouts/new")
def new_layout() -> ResponseReturnValue:
    """A copy of the layout `source`, built-in or own, under a free name."""
    posted = Posted()
    try:
        with site().database.reading() as session:
            found = own_layouts.find(session, producer_id(), posted.text("source"))
    except LayoutError as error:
        posted.add(error)
        return _list(posted)

    def act(session: Session) -> str:
        titles = {"title_vi": copied(found.title_vi, "Bản sao: "), "title_en": copied(found.title_en, "Copy of ")}  # fmt: skip
        return keep_new(session, found.model_copy(update=titles))

    name = posted.attempt(act)
    if name is None:
        return _list(posted)
    return redirect(url_for("producer.edit_layout", name=name), code=303)


def copied(title: str, mark: str) -> str:
    """Title of a copy: *mark* before that of the original, once."""
    return title if title.startswith(mark) else f"{mark}{title}"[:120]


def keep_new(session: Session, layout: Layout) -> str:
    """Keep *layout* under a free name like its title; that name."""
    named = layout.model_copy(
        update={"name": own_layouts.free_name(session, producer_id(), layout.title_vi)}
    )
    written = own_layouts.Written(dumps(named), named)
    return own_layouts.save_layout(
        session, producer_id=producer_id(), written=written, actor=actor()
    ).name


@bp.post("/layouts/import")
def import_layout() -> ResponseReturnValue:
    """A TOML file as a new own layout; a name that is taken is changed."""
    posted = Posted()
    upload = request.files.get("file")
    try:
        found = _uploaded(upload.read(_MOST_FILE + 1) if upload else b"")
    except LabelsvcError as error:
        posted.add(error)
        return _list(posted)
    name = posted.attempt(lambda session: _import(session, *found))
    if name is None:
        return _list(posted)
    flash(gettext("Imported."), "good")
    return redirect(url_for("producer.edit_layout", name=name), code=303)


def _uploaded(data: bytes) -> tuple[own_layouts.Written, Layout]:
    """The layout as it stands in the file, and tidied; nothing is locked while it is read."""
    if not data or len(data) > _MOST_FILE:
        raise BadInput(
            "Choose a layout file of at most {most} kB.",
            fix="It is what “Export” gives: a text that ends in .toml.",
            most=_MOST_FILE // 1000,
            field="file",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            "The file is not a text in UTF-8.",
            fix="It is what “Export” gives: a text that ends in .toml.",
            field="file",
        ) from error
    with site().database.reading() as session:
        written = own_layouts.read(session, producer_id(), text)
    Sheet.of(written.layout)
    clean = Layout.model_validate(tidy(written.layout.model_dump(mode="json")))
    parsed = toml.loads(text, source="layout.toml")
    if tidy(parsed) != parsed:
        written = own_layouts.Written(dumps(clean), clean)
    return written, clean


def _import(session: Session, written: own_layouts.Written, clean: Layout) -> str:
    taken = {row.name for row in own_layouts.layouts_of(session, producer_id())} | set(
        library.names()
    )
    if written.layout.name in taken:  # else the text is kept as it is, with its comments
        free = own_layouts.free_name(session, producer_id(), clean.name)
        named = clean.model_copy(update={"name": free})
        written = own_layouts.Written(dumps(named), named)
    return own_layouts.save_layout(
        session, producer_id=producer_id(), written=written, actor=actor()
    ).name


@bp.get("/layouts/own/<name>/export")
def export_layout(name: str) -> ResponseReturnValue:
    with site().database.reading() as session:
        row = own_layout(session, name)
        answer = Response(row.toml, content_type="application/toml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.name}.toml"'
    return answer


@bp.post("/layouts/own/<name>/delete")
def delete_layout(name: str) -> ResponseReturnValue:
    with site().database.writing() as session:
        row = own_layout(session, name)
        own_layouts.delete_layout(session, producer_id=producer_id(), name=row.name, actor=actor())
    flash(gettext("The layout is deleted."), "good")
    return redirect(url_for("producer.layouts"), code=303)
