"""Machine: the site map of the register, for those who look at all of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Outlet, Producer, Product, Village
from labelsvc.catalogue.recognition import Recognition
from labelsvc.clock import local
from labelsvc.programme.search.entries import slug
from labelsvc.web.site import site

bp = Blueprint("machine", __name__)

#: Addresses in one file of the map.
_SIZE: Final = 400
#: First part of an address → rows that have a page, and the page that must be there.
_ROWS: Final[dict[str, tuple[Callable[[], Any], str]]] = {
    "product": (lambda: _numbers(Product.id, Product.changed_at, Product.merged_into_id.is_(None)), "products.product"),
    "producer": (lambda: _numbers(Producer.id, Producer.changed_at, Producer.merged_into_id.is_(None)), "producers.producer"),
    "village": (lambda: _numbers(Village.id, literal(None), Village.merged_into_id.is_(None)), "villages.village"),
    "outlet": (lambda: _numbers(Outlet.id, literal(None), Outlet.active), "points.point"),
}  # fmt: skip
_LISTS: Final = (
    "products.products", "decisions.all_decisions", "changes.page", "villages.villages", "points.points",
    "figures.figures", "open_data.data",
)  # fmt: skip


def _numbers(number: Any, changed: Any, shown: Any) -> Any:
    return select(number, changed).where(shown).order_by(number)


def _decisions() -> Any:
    return (
        select(Recognition.decision_number, Recognition.decision_date)
        .distinct()
        .order_by(Recognition.decision_date, Recognition.decision_number)
    )


@bp.get("/sitemap.xml")
def index() -> ResponseReturnValue:
    """The files of the map: one of lists, and of each kind as many as its rows need."""
    names = ["lists-1"]
    with site().database.reading() as session:
        for kind, query in _kinds().items():
            rows = _count(session, query)
            names += [f"{kind}-{number + 1}" for number in range(-(-rows // _SIZE))]
    return _xml("public/sitemap_index.xml", names=names)


@bp.get("/sitemap/<kind>-<int:number>.xml")
def part(kind: str, number: int) -> ResponseReturnValue:
    """One file of the map: addresses, and the day of the last change where it is kept."""
    if kind == "lists" and number == 1:
        paths = [_path(name) for name in _LISTS if name in current_app.view_functions]
        return _xml("public/sitemap.xml", rows=[(path, None) for path in ["/", *paths]])
    query = _kinds().get(kind)
    if query is None or number < 1:
        abort(404)
    with site().database.reading() as session:
        found = session.execute(query.limit(_SIZE).offset((number - 1) * _SIZE)).all()
    if not found:
        abort(404)
    if kind == "decision":
        rows: list[tuple[str, str | None]] = [
            (f"/decision/{slug(name, day)}", None) for name, day in found
        ]
    else:
        rows = [(f"/{kind}/{key}", _day(changed)) for key, changed in found]
    return _xml("public/sitemap.xml", rows=rows)


def _kinds() -> dict[str, Any]:
    known: dict[str, Any] = {
        kind: query() for kind, (query, page) in _ROWS.items() if page in current_app.view_functions
    }
    return known | {"decision": _decisions()}


def _count(session: Session, query: Any) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _path(endpoint: str) -> str:
    return next(rule.rule for rule in current_app.url_map.iter_rules(endpoint))


def _day(changed: datetime | None) -> str | None:
    return local(changed).date().isoformat() if changed else None


def _xml(template: str, **facts: Any) -> Response:
    return Response(render_template(template, **facts), content_type="application/xml; charset=utf-8")  # fmt: skip


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Everything may be fetched: pages of codes say `noindex` themselves, which must be read."""
    text = f"User-agent: *\nDisallow:\nSitemap: {site().settings.base_url}/sitemap.xml\n"
    return Response(text, content_type="text/plain; charset=utf-8")
