"""Sets: the office's page of criteria sets that an import guessed, to confirm or change."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Product
from labelsvc.catalogue.register import confirm_set
from labelsvc.errors import BadInput
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import choice_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.words import set_choices, set_words
from labelsvc.web.console.typed import whole
from labelsvc.web.guards.targets import local_target
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: Rows of a page: each has a choice of 26.
_ROWS = 15


@bp.get("/sets")
def sets() -> ResponseReturnValue:
    return _sets_page(Posted())


def _sets_page(posted: Posted) -> ResponseReturnValue:
    asked = int(choice_of("set", [str(number) for number in range(1, 27)]) or 0)
    guessed_now = (Product.set_guessed, Product.merged_into_id.is_(None))
    waiting = select(Product).where(*guessed_now)
    counted = (
        select(Product.set_number, func.count())
        .where(*guessed_now)
        .group_by(Product.set_number)
        .order_by(Product.set_number)
    )
    with site().database.reading() as session:
        guessed = [(number, set_words(number), n) for number, n in session.execute(counted)]
        if asked in [number for number, _, _ in guessed]:
            waiting = waiting.where(Product.set_number == asked)
        rows = waiting.options(joinedload(Product.producer)).order_by(
            Product.set_number, Product.search_key, Product.id
        )
        shown = paged(session, rows, size=_ROWS)
    page = render_template(
        "console/office/sets.html",
        shown=shown,
        guessed=guessed,
        asked=asked,
        choices=set_choices(),
        ticked=request.form.getlist("product"),
        typed=request.form,
        problems=posted.problems,
        errors=posted.errors,
    )
    return page, posted.status


@bp.post("/sets")
def confirm_sets() -> ResponseReturnValue:
    """Confirm one product (`one`), the ticked ones, or all of the page; each with its chosen set."""
    posted = Posted()
    one = request.form.get("one", "")
    every = request.form.getlist("shown" if request.form.get("do") == "all" else "product")
    wanted = [one] if one else every

    def change(session: Session) -> int:
        if not wanted:
            raise BadInput("No product is ticked.", fix="Tick the products whose set is right.")
        done = 0
        for text in wanted[:500]:
            product = session.get(Product, whole(text, gettext("Product")))
            if product is not None:
                name = f"set-{product.id}"
                number = whole(posted.text(name), gettext("Criteria set (Decision 26/2026)"), name)
                confirm_set(session, product, number=number, actor=actor())
                done += 1
        return done

    done = posted.attempt(change)
    if done is None:
        return _sets_page(posted)
    flash(gettext("{count} confirmed.", count=done), "good")
    back = local_target(request.form.get("next"))
    return redirect(back or url_for("office.sets", set=request.args.get("set")))
