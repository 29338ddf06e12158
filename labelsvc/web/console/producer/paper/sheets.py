"""Sheets: the producer's pages of sheets and rolls, own ones with a live drawing, and test sheets."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from labelsvc.errors import BadInput
from labelsvc.i18n import fold
from labelsvc.labels import own_layouts
from labelsvc.labels.drawing import fonts
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.paper import PAGES, Article
from labelsvc.labels.models import OwnSheet
from labelsvc.labels.sheets import stock
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.web.console.forms import Posted, Problem
from labelsvc.web.console.lists import choice_of, page_asked
from labelsvc.web.console.producer.paper import sheet_form
from labelsvc.web.console.producer_scope import bp, producer_id
from labelsvc.web.language import current, explain, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

_PAGE = 25


def own_sheet(session: Session, name: str) -> OwnSheet:
    """The producer's own sheet; 404 for everybody else's, as if there were none."""
    for row in own_layouts.own_sheets(session, producer_id()):
        if row.name == name:
            return row
    abort(404)


@bp.get("/sheets")
def sheets() -> ResponseReturnValue:
    query, size = request.args.get("q", "").strip(), request.args.get("size", "").strip()
    found = dict(library.articles())
    problems: list[Problem] = []
    if size:
        try:
            found = dict(stock.by_size(found, *_size(size), near=0.6))
        except BadInput as error:
            problems.append(Problem(*explain(error), "size"))
    kind, unsure = choice_of("kind", ("roll", "sheet")), choice_of("unsure", ("1",)) == "1"
    words = fold(query).split()
    rows = [
        (name, article)
        for name, article in found.items()
        if all(word in fold(f"{name} {article.title}") for word in words)
        and (not kind or stock.is_roll(article) == (kind == "roll"))
        and (article.unsure or not unsure)
    ]
    page, last = page_asked(len(rows), _PAGE)
    with site().database.reading() as session:
        mine = [
            (row, _facts(row.name, Article.model_validate(row.article)))
            for row in own_layouts.own_sheets(session, producer_id())
        ]
    return render_template(
        "console/producer/sheets.html",
        mine=mine,
        rows=[_facts(*row) for row in rows[(page - 1) * _PAGE : page * _PAGE]],
        count=len(rows),
        query=query,
        size=size,
        kind=kind,
        unsure=unsure,
        page=page,
        last=last,
        problems=problems,
        errors={p.field: f"{p.message} {p.fix}" for p in problems},
    )


def _size(text: str) -> tuple[float, float]:
    parts = re.split(r"\s*[x×*]\s*", text.lower().replace(",", ".").removesuffix("mm").strip())
    try:
        width, height = (float(part) for part in parts)
    except ValueError as error:
        raise BadInput(
            "“{text}” is not a size.", fix="Write width × height in mm: 38 × 21.", text=text[:40]
        ) from error
    return width, height


def _facts(name: str, article: Article) -> dict[str, Any]:
    sheet = Sheet.of_article(name, article)
    return {
        "name": name,
        "title": article.title or name,
        "round": article.label is not None and article.label.round,
        "width": float(sheet.width),
        "height": float(sheet.height),
        "page_width": float(sheet.page_width),
        "page_height": float(sheet.page_height),
        "per_page": sheet.per_page,
        "roll": stock.is_roll(article),
        "unsure": article.unsure,
        "note": article.note,
        "drawing": Markup(  # noqa: S704 -- numbers only, made by us
            stock.thumbnail_svg(
                sheet,
                round_labels=article.label is not None and article.label.round,
                corner=article.label.corner_radius if article.label is not None else 0.0,
            )
        ),
    }


@bp.get("/sheets/<name>/test.pdf")
def test_sheet(name: str) -> ResponseReturnValue:
    """Outlines, cross hairs and rulers on plain paper, to be held against a real sheet."""
    with site().database.reading() as session:
        found = own_layouts.articles(session, producer_id()).get(name)
    if found is None:
        abort(404)
    pdf = stock.test_sheet_pdf(name, found, fonts.load(), language=current())
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}-test.pdf"'
    return answer


@bp.route("/sheets/new", methods=["GET", "POST"])
def new_sheet() -> ResponseReturnValue:
    """An own sheet: from nothing, or `?from=` a sheet of the stock whose numbers are corrected."""
    return _form(None)


@bp.route("/sheets/own/<name>", methods=["GET", "POST"])
def edit_sheet(name: str) -> ResponseReturnValue:
    return _form(name)


@bp.post("/sheets/own/<name>/delete")
def delete_sheet(name: str) -> ResponseReturnValue:
    with site().database.writing() as session:
        row = own_sheet(session, name)
        own_layouts.delete_sheet(session, producer_id=producer_id(), name=row.name)
    flash(gettext("The sheet is deleted."), "good")
    return redirect(url_for("producer.sheets"), code=303)


def _form(name: str | None) -> ResponseReturnValue:
    with site().database.reading() as session:
        row = own_sheet(session, name) if name is not None else None
        start = Article.model_validate(row.article) if row is not None else _start(session)
    values = sheet_form.values_of(row, start)
    posted = Posted()
    article = sheet_form.read(values, posted)
    saving = request.method == "POST" and request.form.get("do") == "save"
    if saving and not values["title"]:
        posted.add(BadInput("The sheet needs a name.", fix="For example: Tomy 145.", field="title"))
    if saving and article is not None and not posted.problems:
        kept = article

        def act(session: Session) -> OwnSheet:
            return own_layouts.save_sheet(
                session,
                producer_id=producer_id(),
                name=name or _free_name(session, values["title"]),
                title=values["title"][:120],
                article=kept.model_copy(update={"title": values["title"][:120]}),
                actor=actor(),
            )

        if posted.attempt(act) is not None:
            flash(gettext("Saved."), "good")
            return redirect(url_for("producer.sheets"), code=303)
    page = render_template(
        "console/producer/sheet_form.html",
        row=row,
        v=values,
        pages=[*PAGES, "own"],
        drawing=_drawing(article),
        facts=None if article is None or posted.problems else _facts(name or "new", article),
        problems=posted.problems,
        errors=posted.errors,
    )
    # What is only looked at is no refusal.
    return page, posted.status if saving else 200


def _start(session: Session) -> Article:
    """The sheet that `?from=` names, else a plain one."""
    known = own_layouts.articles(session, producer_id())
    if asked := choice_of("from", known):
        return known[asked]
    return Article.model_validate(
        {"page": "A4", "columns": 3, "rows": 8, "label": {"width": 63.5, "height": 33.9}}
    )


def _drawing(article: Article | None) -> Markup | None:
    if article is None or article.label is None:
        return None
    drawn = stock.drawing_svg(
        Sheet.of_article("new", article, checked=False),
        round_labels=article.label.round,
        corner=article.label.corner_radius,
    )
    return Markup(drawn)  # noqa: S704 -- numbers only, made by us


def _free_name(session: Session, title: str) -> str:
    taken = set(own_layouts.articles(session, producer_id()))
    slug = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:50] or "sheet"
    number, name = 1, slug
    while name in taken:
        number += 1
        name = f"{slug}-{number}"
    return name
