"""Recognitions: the office's list of decisions, their withdrawal and their extension."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.certify import ending_within, extend_recognition, withdraw_recognition
from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.recognition import (
    EXTENSION_MAX_DAYS,
    RENEWAL_CLOSES_DAYS,
    RENEWAL_OPENS_DAYS,
    Recognition,
    Standing,
    number_key,
)
from labelsvc.errors import BadInput
from labelsvc.i18n import fold
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.words import points_above
from labelsvc.web.console.spreadsheet import as_csv
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

#: What the list may be narrowed to, in the order of the choice.
SHOWS = {
    "": "All states",
    "ending_120": "End within 120 days",
    "ending_180": "End within 180 days",
    Standing.IN_FORCE: "In force",
    Standing.ENDING_SOON: "Ends soon",
    Standing.EXTENDED: "Extended (art. 12)",
    Standing.EXPIRED: "Expired",
    Standing.WITHDRAWN: "Withdrawn",
    Standing.NOT_RECOGNISED: "Not recognised yet",
}
STANDING_WORDS = {key: words for key, words in SHOWS.items() if isinstance(key, Standing)}
_ENDING = {"ending_120": RENEWAL_CLOSES_DAYS, "ending_180": RENEWAL_OPENS_DAYS}
_MOST_ROWS = 50_000
#: Reasons of Decision 26/2026/QĐ-TTg art. 8.1, offered while typing. Vietnamese whoever types: the
#: reason stands on the scan page.
WITHDRAWAL_REASONS = (
    "Hồ sơ đề nghị công nhận không trung thực hoặc giả mạo",
    "Không còn đáp ứng các tiêu chí của sản phẩm OCOP",
    "Vi phạm pháp luật về chất lượng, an toàn thực phẩm, môi trường, sở hữu trí tuệ hoặc nhãn hàng hóa",
    "Sử dụng biểu trưng OCOP sai quy định",
    "Không còn sản xuất sản phẩm",
)


def standing_is(standing: Standing, on: date) -> ColumnElement[bool]:
    """`Recognition.standing(on) == standing` as the database asks it."""
    withdrawn = and_(Recognition.withdrawn_on.is_not(None), Recognition.withdrawn_on <= on)
    begun, held = Recognition.valid_from <= on, Recognition.valid_to >= on
    soon = Recognition.valid_to <= on + timedelta(days=RENEWAL_OPENS_DAYS)
    kept = and_(Recognition.extended_to.is_not(None), Recognition.extended_to >= on)
    if standing is Standing.WITHDRAWN:
        return withdrawn
    rules = {
        Standing.NOT_RECOGNISED: ~begun,
        Standing.IN_FORCE: and_(begun, held, ~soon),
        Standing.ENDING_SOON: and_(begun, held, soon),
        Standing.EXTENDED: and_(begun, ~held, kept),
        Standing.EXPIRED: and_(begun, ~held, ~kept),
    }
    # NULL-safe "not withdrawn": NOT over a NULL comparison is NULL, which filters everything.
    live = or_(Recognition.withdrawn_on.is_(None), Recognition.withdrawn_on > on)
    return and_(live, rules[standing])


def chosen(session: Session, on: date) -> Select[Any]:
    """The recognitions that the address asks for: state, stars, words; first to end first."""
    show, words = request.args.get("show", ""), request.args.get("q", "")
    stars = request.args.get("stars", type=int)
    query = (
        select(Recognition)
        .join(Product)
        .join(Producer)
        .options(joinedload(Recognition.product).joinedload(Product.producer))
    )
    if show in _ENDING:
        ending = [found.id for found in ending_within(session, _ENDING[show], on=on)]
        query = query.where(Recognition.id.in_(ending))
    elif show in STANDING_WORDS:
        query = query.where(standing_is(Standing(show), on))
    if stars in (3, 4, 5):
        query = query.where(Recognition.stars == stars)
    for word in fold(words).split()[:8]:
        query = query.where(
            or_(
                Product.search_key.contains(word, autoescape=True),
                Producer.search_key.contains(word, autoescape=True),
                number_key().contains(word, autoescape=True),
            )
        )
    newest_first = show in ("", Standing.EXPIRED, Standing.WITHDRAWN)
    end = Recognition.valid_to.desc() if newest_first else Recognition.valid_to
    return query.order_by(end, Recognition.id)


@bp.get("/recognitions")
def recognitions() -> ResponseReturnValue:
    today = clock.today()
    with site().database.reading() as session:
        shown = paged(session, chosen(session, today))
    return render_template(
        "console/office/recognitions.html",
        shown=shown,
        rows=[(found, found.standing(today)) for found in shown.rows],
        shows=SHOWS,
        today=today,
    )


@bp.get("/recognitions.csv")
def recognitions_csv() -> ResponseReturnValue:
    """The same list for a spreadsheet."""
    today = clock.today()
    header = (
        "Product", "Producer", "Stars", "Decision", "Date of the decision", "Authority", "Valid from",
        "Valid until", "Extended until", "State", "OCOP product code",
    )  # fmt: skip
    with site().database.reading() as session:
        rows = [
            (
                r.product.name, r.product.producer.name, r.stars, r.decision_number,
                r.decision_date, r.authority_name, r.valid_from, r.valid_to, r.extended_to,
                gettext(SHOWS[r.standing(today)]), r.product.ocop_code,
            )
            for r in session.scalars(chosen(session, today).limit(_MOST_ROWS))
        ]  # fmt: skip
    answer = Response(
        as_csv([[gettext(words) for words in header], *rows]),
        content_type="text/csv; charset=utf-8",
    )
    name = f"ocop-{today:%Y%m%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/recognitions/<int:recognition_id>")
def recognition(recognition_id: int) -> ResponseReturnValue:
    return _recognition_page(recognition_id, Posted())


def _recognition_page(recognition_id: int, posted: Posted, doing: str = "") -> ResponseReturnValue:
    """The page; *doing* is the form whose problems it shows."""
    today = clock.today()
    with site().database.reading() as session:
        found = found_or_404(session.get(Recognition, recognition_id))
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject == f"recognition:{recognition_id}")
            .order_by(AuditEntry.id.desc())
        ).all()
        standing = found.standing(today)
        page = render_template(
            "console/office/recognition.html",
            r=found,
            p=found.product,
            standing=standing,
            above=points_above(found),
            window=found.renewal_window(),
            latest=found.valid_to + timedelta(days=EXTENSION_MAX_DAYS),
            may_extend=standing in (Standing.ENDING_SOON, Standing.EXTENDED, Standing.EXPIRED),
            reasons=WITHDRAWAL_REASONS,
            entries=entries,
            people=names_of(session, [entry.actor for entry in entries]),
            form=request.form,
            doing=doing,
            problems=posted.problems,
            errors=posted.errors,
            confirmed=confirmed(),
            today=today,
        )
    return page, posted.status


@bp.post("/recognitions/<int:recognition_id>/withdraw")
def withdraw(recognition_id: int) -> ResponseReturnValue:
    posted = Posted()
    on = posted.day("on", "First day without stars")
    posted.confirm()

    def change(session: Session) -> Recognition:
        found = found_or_404(session.get(Recognition, recognition_id))
        withdraw_recognition(
            session,
            recognition=found,
            decision=posted.text("decision"),
            reason=posted.text("reason"),
            on=on or clock.today(),
            actor=actor(),
        )
        return found

    if posted.attempt(change) is None:
        return _recognition_page(recognition_id, posted, "withdraw")
    flash(gettext("The recognition is withdrawn. The scan page shows it from now on."), "good")
    return redirect(url_for("office.recognition", recognition_id=recognition_id))


@bp.post("/recognitions/<int:recognition_id>/extend")
def extend(recognition_id: int) -> ResponseReturnValue:
    posted = Posted()
    until = posted.day("until", "Extended until")
    posted.confirm()

    def change(session: Session) -> Recognition:
        found = found_or_404(session.get(Recognition, recognition_id))
        if until is None:
            raise BadInput("This field cannot be empty.", fix="Fill it in.", field="until")
        extend_recognition(
            session,
            recognition=found,
            until=until,
            evidence=posted.text("evidence"),
            actor=actor(),
        )
        return found

    if posted.attempt(change) is None:
        return _recognition_page(recognition_id, posted, "extend")
    flash(gettext("The extension is entered."), "good")
    return redirect(url_for("office.recognition", recognition_id=recognition_id))
