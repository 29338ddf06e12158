"""Editor: pages of the editor of an own label layout, and saving what it made."""

from __future__ import annotations

from typing import Any

from flask import jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from labelsvc.accounts.models import User
from labelsvc.catalogue.models import Lot
from labelsvc.errors import BadInput, Conflict, LayoutError
from labelsvc.i18n import moment
from labelsvc.labels import own_layouts
from labelsvc.labels.layouts import toml
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.paper import Article
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.layouts.variables import VARIABLES
from labelsvc.labels.layouts.writing import dumps, facts
from labelsvc.labels.models import OwnLayout
from labelsvc.web.console.editor.dressing import offered
from labelsvc.web.console.editor.layouts import copied, keep_new, own_layout
from labelsvc.web.console.editor.preview import posted_json, read_layout
from labelsvc.web.console.editor.words import SHOWN as EDITOR_WORDS
from labelsvc.web.console.forms import Problem, problem
from labelsvc.web.console.producer_scope import bp, producer_id
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: The newest lots, to look at a layout with.
_LOTS = 50


@bp.get("/layouts/own/<name>")
def edit_layout(name: str) -> ResponseReturnValue:
    """The editor. What it holds is JSON in the page; scripts/editor draws it."""
    with site().database.reading() as session:
        row = own_layout(session, name)
        held, problems = _held(row)
        page = render_template(
            "console/producer/layout_editor.html",
            row=row,
            title=_title(held, row),
            problems=problems,
            setup=None if held is None else _setup(session, row, held),
        )
    return page


def _title(held: dict[str, Any] | None, row: OwnLayout) -> str:
    if held is None:
        return row.title
    return str(held["title_en" if current() == "en" else "title_vi"])


def _held(row: OwnLayout) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The kept layout as JSON, its sheet still by name; None and the reason where it is broken."""
    try:
        return facts(Layout.model_validate(toml.loads(row.toml, source=f"{row.name}.toml"))), []
    except (ValidationError, LayoutError):
        try:
            load(row.toml, source=f"{row.name}.toml")
        except LayoutError as error:
            return None, [problem(error)]
        raise


def _setup(session: Session, row: OwnLayout, held: dict[str, Any]) -> dict[str, Any]:
    """All that the scripts of the editor start with."""
    english = current() == "en"
    lots = session.scalars(
        select(Lot)
        .where(Lot.product.has(producer_id=producer_id()))
        .options(joinedload(Lot.product))
        .order_by(Lot.id.desc())
        .limit(_LOTS)
    )
    sheets = own_layouts.articles(session, producer_id())
    mine = {sheet.name: sheet.title for sheet in own_layouts.own_sheets(session, producer_id())}
    return {
        "layout": held,
        "version": row.version,
        "language": current(),
        "variables": [
            {
                "name": v.name,
                "label": v.label_en if english else v.label_vi,
                "sample": v.sample,
                "unit": v.per_unit,
            }
            for v in VARIABLES.values()
        ],
        "conditions": [{"name": "mark", "label": gettext(EDITOR_WORDS["image_mark"])}],
        "lots": [{"id": lot.id, "words": f"{lot.product.name} · {lot.code}"} for lot in lots],
        "families": offered(),
        "articles": [_article(name, a, mine.get(name)) for name, a in sheets.items() if a.label],
        "words": {key: gettext(words) for key, words in EDITOR_WORDS.items()},
        "urls": {
            "preview": url_for("producer.preview_layout"),
            "dress": url_for("producer.dress_layout"),
            "ornament": url_for("producer.take_ornament"),
            "save": url_for("producer.save_layout", name=row.name),
            "list": url_for("producer.layouts"),
            "sheets": url_for("producer.sheets"),
        },
    }


def _article(name: str, article: Article, own_title: str | None) -> dict[str, Any]:
    assert article.label is not None  # noqa: S101 -- filtered by the caller
    width, height = article.label.size
    return {
        "name": name,
        "title": own_title or article.title or name,
        "own": own_title is not None,
        "unsure": article.unsure,
        "round": article.label.round,
        "width": width,
        "height": height,
        "corner": article.label.corner_radius,
        "per_page": article.columns * article.rows,
    }


@bp.post("/layouts/own/<name>")
def save_layout(name: str) -> ResponseReturnValue:
    """`{layout, version, copy}` → `{version, saved}`, or `{url}` of the copy.

    422 with `findings` where it is no layout; 409 with the version that is there where somebody
    saved it meanwhile.
    """
    posted = posted_json()
    version = posted.get("version")
    with site().database.reading() as session:
        own_layout(session, name)
        layout, whole, findings = read_layout(session, posted.get("layout"))
    if layout is None or whole is None:
        return jsonify({"findings": findings}), 422
    with site().database.writing() as session:
        row = own_layout(session, name)
        session.refresh(row, with_for_update=True)  # the second of two savers sees the first
        if posted.get("copy") is True:
            titles = {"title_vi": copied(layout.title_vi, "Bản sao: "), "title_en": copied(layout.title_en, "Copy of ")}  # fmt: skip
            made = keep_new(session, layout.model_copy(update=titles))
            return jsonify({"url": url_for("producer.edit_layout", name=made)})
        if type(version) is not int:
            raise BadInput("This request cannot be understood.", fix="Go back and try again.")
        if version != row.version:
            return jsonify(_conflict(session, row)), 409
        try:
            kept = own_layouts.save_layout(
                session,
                producer_id=producer_id(),
                written=own_layouts.Written(
                    dumps(layout.model_copy(update={"name": row.name})),
                    whole.model_copy(update={"name": row.name}),
                ),
                actor=actor(),
                name=row.name,
                version=version,
            )
        except Conflict:
            return jsonify(_conflict(session, row)), 409
        return jsonify({"version": kept.version, "saved": moment(kept.updated_at)})


def _conflict(session: Session, row: OwnLayout) -> dict[str, Any]:
    """Tell who saved it meanwhile, so that one can choose whose stays."""
    number = row.updated_by.removeprefix("user:")
    user = session.get(User, int(number)) if number.isdigit() else None
    return {
        "version": row.version,
        "saved": moment(row.updated_at),
        "by": user.full_name if user is not None else "",
    }
