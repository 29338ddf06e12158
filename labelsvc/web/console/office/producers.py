"""Producers: the office's pages of producers and the people who sign in for them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from labelsvc import clock
from labelsvc.accounts import audit, users
from labelsvc.accounts.models import Role, User
from labelsvc.catalogue.finding import villages as village_finding
from labelsvc.catalogue.models import (
    PRODUCER_KINDS,
    AdminUnit,
    Lot,
    Producer,
    ProducerKind,
    Product,
    Village,
)
from labelsvc.catalogue.places import current_units
from labelsvc.catalogue.recognition import Certificate, Standing, ruling
from labelsvc.catalogue.register import create_producer, update_producer
from labelsvc.errors import BadInput
from labelsvc.programme.desk.asked import Asked
from labelsvc.programme.desk.finding import owner_rules
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import choice_of, found_or_404, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.typed import row_number
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import require_step_up

KINDS = PRODUCER_KINDS
_TEXTS = (
    "name", "name_en", "kind", "tax_code", "representative", "phone", "email", "website", "street",
    "old_address", "registration_number",
)  # fmt: skip
_FIELDS = (*_TEXTS, "organisation", "registration_date", "commune_code")


def query_producers(session: Session) -> Select[Any]:
    """The producers that the address asks for, by name."""
    kind = choice_of("kind", list(ProducerKind))
    state = choice_of("state", ("active", "closed"))
    commune = choice_of("commune", [str(code) for code, _ in commune_options(session)])
    asked = Asked.of(request.args.get("q", ""))
    rules: list[ColumnElement[bool]] = [Producer.merged_into_id.is_(None)]
    for word, placed in zip(asked.words, owner_rules(asked), strict=True):
        made = Producer.products.any(Product.search_key.contains(word, autoescape=True))
        rules.append(or_(placed, Producer.tax_code == word, made))
    if kind:
        rules.append(Producer.kind == kind)
    if state:
        rules.append(Producer.active.is_(state == "active"))
    if commune:
        rules.append(Producer.commune_code == commune)
    if village := row_number(request.args.get("village", "")):
        rules.append(Producer.village_id == village)
    return (
        select(Producer)
        .options(
            joinedload(Producer.commune),
            joinedload(Producer.village),
            selectinload(Producer.products),
        )
        .where(*rules)
        .order_by(Producer.search_key, Producer.id)
    )


@bp.get("/producers")
def producers() -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, query_producers(session))
        village = session.get(Village, row_number(request.args.get("village", "")))
        communes = commune_options(session)[1:]
    return render_template(
        "console/office/producers.html",
        shown=shown,
        kinds=KINDS,
        communes=communes,
        village=village,
    )


@bp.get("/producers/<int:producer_id>")
def producer(producer_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        kept = found_or_404(session.get(Producer, producer_id)).merged_into_id
    if kept is not None:
        return redirect(url_for("office.producer", producer_id=kept))
    return _producer_page(producer_id, Posted())


def _producer_page(
    producer_id: int, posted: Posted, link: str = "", guest: str = ""
) -> ResponseReturnValue:
    """The page of a producer; *link* is the invitation just made for *guest*."""
    today = clock.today()
    with site().database.reading() as session:
        found = found_or_404(session.get(Producer, producer_id))
        products = []
        for product in sorted(found.products, key=lambda one: one.search_key):
            recognition = ruling(product.recognitions, today)
            standing = recognition.standing(today) if recognition else Standing.NOT_RECOGNISED
            products.append((product, recognition, standing))
        lots = session.scalars(
            select(Lot)
            .where(Lot.product.has(producer_id=producer_id))
            .options(joinedload(Lot.product))
            .order_by(Lot.id.desc())
            .limit(10)
        ).all()
        people = session.scalars(
            select(User).where(User.producer_id == producer_id).order_by(User.full_name)
        ).all()
        certificates = session.scalars(
            select(Certificate).where(Certificate.producer_id == producer_id)
        ).all()
        page = render_template(
            "console/office/producer.html",
            o=found,
            kinds=KINDS,
            products=products,
            lots=lots,
            people=people,
            certificates=[(one, one.valid_on(today)) for one in certificates],
            link=link,
            guest=guest,
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status


@bp.route("/producers/new", methods=["GET", "POST"])
def new_producer() -> ResponseReturnValue:
    return _edit(None)


@bp.route("/producers/<int:producer_id>/edit", methods=["GET", "POST"])
def edit_producer(producer_id: int) -> ResponseReturnValue:
    return _edit(producer_id)


def _edit(producer_id: int | None) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        saved = posted.attempt(_saver(posted, producer_id))
        if saved is not None:
            flash(gettext("Saved."), "good")
            return redirect(url_for("office.producer", producer_id=saved.id))
    with site().database.reading() as session:
        found = found_or_404(session.get(Producer, producer_id)) if producer_id else None
        values, villages = shown_values(found, _FIELDS), []
        if request.method == "POST":
            values["village"] = posted.text("village")
            if "village" in posted.errors:
                villages = village_finding.offered(session, posted.text("village"), clock.today())
        else:
            values["village"] = found.village.name if found and found.village else ""
        page = render_template(
            "console/office/producer_form.html",
            o=found,
            v=values,
            villages=villages,
            kind_options=[("", gettext("Choose one"))]
            + [(kind, gettext(words)) for kind, words in KINDS.items()],
            commune_options=commune_options(session),
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status


def _saver(posted: Posted, producer_id: int | None) -> Any:
    facts: dict[str, Any] = {name: posted.text(name) for name in _TEXTS}
    facts["organisation"] = posted.text("organisation") == "1"
    facts["registration_date"] = posted.day("registration_date", "Date of registration")

    def change(session: Session) -> Producer:
        facts["commune"] = commune_of(session, posted.text("commune_code"))
        facts["village_id"] = _village_of(session, posted)
        if producer_id is None:
            return create_producer(session, actor=actor(), **facts)
        found = found_or_404(session.get(Producer, producer_id))
        update_producer(session, found, actor=actor(), **facts)
        return found

    return change


def commune_options(session: Session) -> list[tuple[str, str]]:
    """The wards and communes of today, for a choice."""
    units = current_units(session)
    return [("", gettext("Choose one")), *((unit.code, unit.name) for unit in units)]


def commune_of(session: Session, code: str) -> AdminUnit | None:
    """The present unit of a choice; None for "none" and for a code that is not offered."""
    return next((unit for unit in current_units(session) if unit.code == code), None)


def _village_of(session: Session, posted: Posted) -> int | None:
    """The village that was chosen among several, or the one that was typed; None for none.

    :raises BadInput: what was typed is no village, or may be several.
    """
    text, typed = posted.text("village_id"), posted.text("village").strip()[:120]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if session.get(Village, number) is not None:
        return number
    if not typed:
        return None
    found = village_finding.offered(session, typed, clock.today())
    if len(found) == 1:
        return found[0].id
    if found:
        raise BadInput(
            "Several villages match “{typed}”.",
            fix="Choose one below.",
            field="village",
            typed=typed,
        )
    raise BadInput(
        "No village matches “{typed}”.", fix="Type a part of its name, or leave it empty.",
        field="village", typed=typed,
    )  # fmt: skip


@bp.post("/producers/<int:producer_id>/active")
def producer_active(producer_id: int) -> ResponseReturnValue:
    """Close a producer and keep its people out, or open it again; then they are let in one by one,
    because some may have been kept out before.
    """
    require_step_up()
    active = request.form.get("active") == "yes"

    def change(session: Session) -> Producer:
        found = found_or_404(session.get(Producer, producer_id))
        update_producer(session, found, actor=actor(), active=active)
        for user in session.scalars(select(User).where(User.producer_id == producer_id)):
            if user.active and not active:
                users.set_active(session, user, False, actor=actor())
        return found

    posted = Posted()
    if posted.attempt(change) is None:
        return _producer_page(producer_id, posted)
    if active:
        flash(gettext("The producer is active again. Let its people in below."), "good")
    else:
        flash(gettext("The producer is closed; its people cannot sign in any more."), "good")
    return redirect(url_for("office.producer", producer_id=producer_id))


@bp.post("/producers/<int:producer_id>/users")
def invite(producer_id: int) -> ResponseReturnValue:
    """A new user of the producer, or a fresh link for one. The link is shown once, to hand over."""
    require_step_up()
    posted, keys = Posted(), site().settings.keys

    def change(session: Session) -> tuple[str, str]:
        found_or_404(session.get(Producer, producer_id))
        if posted.text("user"):
            user = _user_of(session, producer_id)
            audit.record(session, actor=actor(), action="user.invite", subject=f"user:{user.id}")
        else:
            user = users.create_user(
                session, name=posted.text("name"), full_name=posted.text("full_name"),
                role=Role.PRODUCER, producer_id=producer_id, actor=actor(),
            )  # fmt: skip
        return users.invitation(user, keys=keys), user.full_name

    made = posted.attempt(change)
    if made is None:
        return _producer_page(producer_id, posted)
    value, guest = made
    link = site().settings.base_url + url_for("account.invitation", value=value)
    return _producer_page(producer_id, posted, link, guest)


@bp.post("/producers/<int:producer_id>/users/active")
def user_active(producer_id: int) -> ResponseReturnValue:
    """Keep a person out, or let them in again."""
    require_step_up()
    active = request.form.get("active") == "yes"

    def change(session: Session) -> User:
        user = _user_of(session, producer_id)
        users.set_active(session, user, active, actor=actor())
        return user

    posted = Posted()
    if posted.attempt(change) is None:
        return _producer_page(producer_id, posted)
    flash(gettext("Saved."), "good")
    return redirect(url_for("office.producer", producer_id=producer_id))


def _user_of(session: Session, producer_id: int) -> User:
    """The person that the form means, if they are the producer's."""
    text = request.form.get("user", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    user = session.get(User, number)
    return found_or_404(user if user and user.producer_id == producer_id else None)
