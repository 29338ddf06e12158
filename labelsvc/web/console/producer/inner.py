"""Inner: the producer's pages that switch inner codes on and hand them to a printer of scratch
labels.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import inner
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import inner_lots
from labelsvc.codes.register.issue import codes_of, load_keyring
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.producer_scope import bp, own_lot
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

_CHUNK = 5000


@bp.get("/lots/<int:lot_id>/inner")
def lot_inner(lot_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        lot = own_lot(session, lot_id)
        return render_template(
            "console/producer/case_inner.html",
            lot=lot,
            p=lot.product,
            on=inner_lots.asked_for(session, lot_id),
            units=sum(issue.count for issue in _issues(session, lot_id)),
        )


@bp.post("/lots/<int:lot_id>/inner/on")
def switch_inner(lot_id: int) -> ResponseReturnValue:
    def act(session: Session) -> Lot:
        lot = own_lot(session, lot_id)
        inner_lots.switch_on(session, lot_id, actor=actor())
        return lot

    Posted().attempt(act)
    flash(gettext("Packs of this lot carry inner codes."), "good")
    return redirect(url_for("producer.lot_inner", lot_id=lot_id), 303)


@bp.post("/lots/<int:lot_id>/inner/list")
def inner_list(lot_id: int) -> ResponseReturnValue:
    """Link and inner code of every unit label as CSV; who took it stands in the audit trail."""
    where = site()
    with where.database.writing() as session:
        lot = own_lot(session, lot_id)
        inner_lots.switch_on(session, lot_id, actor=actor())
        audit.record(session, actor=actor(), action="lot.inner_list", subject=f"lot:{lot_id}")
        name = f"inner-{lot_id}.csv"
    secrets, base_url = where.settings.keys, where.settings.base_url

    def rows() -> Iterator[str]:
        yield "code,inner\r\n"
        with where.database.reading() as session:
            ring = load_keyring(session, base_url=base_url, secrets=secrets)
            key = ring.inner_key
            for issue in _issues(session, lot.id):
                for start in range(0, issue.count, _CHUNK):
                    many = min(_CHUNK, issue.count - start)
                    outer = codes_of(issue, ring, offset=start, count=many)
                    first = issue.first + start
                    yield "".join(
                        f"{text},{inner.inner_code(key, first + at)}\r\n"
                        for at, text in enumerate(outer)
                    )

    answer = Response(rows(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _issues(session: Session, lot_id: int) -> list[Issue]:
    query = select(Issue).where(Issue.lot_id == lot_id, Issue.form != Form.LOT)
    return list(session.scalars(query.order_by(Issue.first)))
