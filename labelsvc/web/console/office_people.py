"""Programme-office pages: producers with their products and users, and reports of consumers."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from labelsvc import clock
from labelsvc.accounts import audit, users
from labelsvc.accounts.models import Role, User
from labelsvc.catalogue import criteria
from labelsvc.catalogue.models import Producer, ProducerKind, Product
from labelsvc.catalogue.recognition import Certificate, Standing, ruling
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.i18n import fold, nfc
from labelsvc.inspections.models import Report, ReportState
from labelsvc.inspections.report import close_report, count_reports, list_reports
from labelsvc.web.console.office import PAGE, bp
from labelsvc.web.language import current, explain, gettext
from labelsvc.web.security import actor
from labelsvc.web.site import site

EDITABLE = (
    "phone",
    "email",
    "website",
    "street",
    "representative",
    "registration_number",
    "name_en",
)
KINDS = {
    ProducerKind.COOPERATIVE: "Cooperative",
    ProducerKind.COOPERATIVE_GROUP: "Cooperative group",
    ProducerKind.ENTERPRISE: "Small or medium enterprise",
    ProducerKind.FARM: "Farm",
    ProducerKind.HOUSEHOLD: "Registered household business",
}


@bp.get("/producers")
def producers() -> ResponseReturnValue:
    page, asked = max(1, request.args.get("page", 1, type=int)), request.args.get("q", "")
    query = select(Producer)
    for word in fold(asked).split():
        query = query.where(
            Producer.search_key.contains(word, autoescape=True)
            | Producer.products.any(Product.search_key.contains(word, autoescape=True))
        )
    with site().database.reading() as session:
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = session.scalars(
            query.options(
                joinedload(Producer.commune),
                selectinload(Producer.products),
                joinedload(Producer.village),
            )
            .order_by(Producer.name)
            .limit(PAGE)
            .offset((page - 1) * PAGE)
        ).all()
    return render_template(
        "console/office/producers.html", rows=rows, q=asked, page=page, total=total,
        last=max(1, -(-total // PAGE)), kinds=KINDS,
    )  # fmt: skip


@bp.get("/producers/<int:producer_id>")
def producer(producer_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        return _producer_page(session, producer_id)


def _producer_page(
    session: Session, producer_id: int, problem: tuple[str, str] | None = None, link: str = ""
) -> str:
    found = session.get(Producer, producer_id)
    if found is None:
        abort(404)
    today = clock.today()
    products = []
    for product in sorted(found.products, key=lambda p: p.name):
        recognition = ruling(product.recognitions, today)
        standing = recognition.standing(today) if recognition else Standing.NOT_RECOGNISED
        products.append((product, recognition, standing))
    people = session.scalars(
        select(User).where(User.producer_id == producer_id).order_by(User.id)
    ).all()
    return render_template(
        "console/office/producer.html", o=found, kinds=KINDS, products=products, people=people,
        problem=problem, link=link, form=request.form,
    )  # fmt: skip


@bp.post("/producers/<int:producer_id>")
def save_producer(producer_id: int) -> ResponseReturnValue:
    try:
        with site().database.writing() as session:
            found = session.get(Producer, producer_id)
            if found is None:
                abort(404)
            changed = {}
            for name in EDITABLE:
                limit = getattr(Producer.__table__.c[name].type, "length", 200)
                value = nfc(request.form.get(name, "")).strip()[:limit]
                if name == "website" and value and not value.startswith(("https://", "http://")):
                    raise BadInput(
                        "The website must begin with https://.", fix="Write the whole address."
                    )
                if value != getattr(found, name):
                    changed[name] = value
                    setattr(found, name, value)
            active = request.form.get("active") == "yes"
            if active != found.active:
                found.active = active
                changed["active"] = str(active)
            if changed:
                audit.record(
                    session, actor=actor(), action="producer.edit", subject=f"producer:{producer_id}",
                    facts={k: "…" if k == "representative" else v for k, v in changed.items()},
                )  # fmt: skip
    except LabelsvcError as error:
        with site().database.reading() as session:
            return _producer_page(session, producer_id, explain(error)), error.http_status
    flash(gettext("Saved."), "good")
    return redirect(url_for("office.producer", producer_id=producer_id))


@bp.post("/producers/<int:producer_id>/users")
def invite(producer_id: int) -> ResponseReturnValue:
    """A new user of the producer, or a fresh link for one; the link is shown once, to be handed over."""
    where = site()
    try:
        with where.database.writing() as session:
            known = request.form.get("user", type=int)
            user = session.get(User, known) if known else None
            if user is not None and user.producer_id != producer_id:
                abort(404)
            if user is None:
                user = users.create_user(
                    session, name=request.form.get("name", ""), full_name=request.form.get("full_name", ""),
                    role=Role.PRODUCER, producer_id=producer_id, actor=actor(),
                )  # fmt: skip
            else:
                audit.record(
                    session, actor=actor(), action="user.invite", subject=f"user:{user.id}"
                )
            value = users.invitation(user, keys=where.settings.keys)
    except LabelsvcError as error:
        with where.database.reading() as session:
            return _producer_page(session, producer_id, explain(error)), error.http_status
    link = where.settings.base_url + url_for("account.invitation", value=value)
    with where.database.reading() as session:
        return _producer_page(session, producer_id, link=link)


@bp.get("/products/<int:product_id>")
def product(product_id: int) -> ResponseReturnValue:
    today = clock.today()
    with site().database.reading() as session:
        found = session.get(Product, product_id)
        if found is None:
            abort(404)
        certificates = session.scalars(
            select(Certificate)
            .where(Certificate.product_id == product_id)
            .order_by(Certificate.kind)
        ).all()
        return render_template(
            "console/office/product.html",
            p=found,
            set_name=criteria.name(found.set_number, current()),
            recognitions=[(r, r.standing(today)) for r in found.recognitions],
            certificates=[(c, c.valid_on(today)) for c in certificates],
            lots=sorted(found.lots, key=lambda x: -x.id)[:20],
        )


@bp.get("/reports")
def reports() -> ResponseReturnValue:
    chosen = request.args.get("show", "")
    page = max(1, request.args.get("page", 1, type=int))
    state = ReportState.CLOSED if chosen == "closed" else ReportState.NEW if not chosen else None
    with site().database.reading() as session:
        rows = list_reports(session, state=state, limit=PAGE, offset=(page - 1) * PAGE)
        total = count_reports(session, state=state)
    return render_template(
        "console/office/reports.html", rows=rows, chosen=chosen, page=page,
        last=max(1, -(-(total or 0) // PAGE)),
    )  # fmt: skip


@bp.route("/reports/<int:report_id>", methods=["GET", "POST"])
def report(report_id: int) -> ResponseReturnValue:
    problem, status = None, 200
    if request.method == "POST":
        try:
            with site().database.writing() as session:
                found = session.get(Report, report_id)
                if found is None:
                    abort(404)
                close_report(session, found, answer=request.form.get("answer", ""), actor=actor())
            flash(gettext("The report is closed."), "good")
            return redirect(url_for("office.reports"))
        except LabelsvcError as error:
            problem, status = explain(error), error.http_status
    with site().database.reading() as session:
        found = session.get(Report, report_id)
        if found is None:
            abort(404)
        page = render_template(
            "console/office/report.html", r=found, product=found.product, problem=problem
        )
    return page, status
