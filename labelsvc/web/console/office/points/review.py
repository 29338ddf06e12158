"""Review: what the office does with a point of sale: publish, refuse, close, link, poster, support."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc import i18n
from labelsvc.catalogue.models import Outlet, OutletState
from labelsvc.catalogue.points import steps
from labelsvc.errors import BadInput, Conflict
from labelsvc.programme.points import links, poster, support
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.points.outlets import outlet_page
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: Button → state that it brings the point to, and what is said then.
_ACTS = {
    "publish": (OutletState.PUBLISHED, "The point of sale is published."),
    "refuse": (OutletState.REFUSED, "The proposal is refused."),
    "propose": (OutletState.PROPOSED, "The point of sale waits for a decision again."),
    "yes": (OutletState.PUBLISHED, "The point of sale is open again."),
    "no": (OutletState.CLOSED, "The point of sale is ended; scan pages no longer name it."),
}


@bp.post("/outlets/<int:outlet_id>/active")
def outlet_active(outlet_id: int) -> ResponseReturnValue:
    """Publish or refuse what was proposed; end a point, or open it again."""
    act = request.form.get("active", "")

    def change(session: Session, found: Outlet) -> None:
        if act not in _ACTS:
            raise BadInput("Choose what is to be done.", field="active")
        steps.step(
            session, found, _ACTS[act][0], actor=actor(), reason=request.form.get("reason", "")
        )

    return _done(outlet_id, change, _ACTS[act][1] if act in _ACTS else "")


@bp.post("/outlets/<int:outlet_id>/support")
def outlet_support(outlet_id: int) -> ResponseReturnValue:
    """Enter support that was given, and until when the point stands for it."""
    posted = Posted()
    facts = {
        "kind": posted.text("support_kind"), "amount": posted.number("amount", "Amount in dong"),
        "given_on": posted.day("given_on", "Given on"), "until": posted.day("until", "Binds until"),
        "decision": posted.text("decision"),
    }  # fmt: skip
    return _done(
        outlet_id, lambda session, found: support.give(session, found, actor=actor(), **facts), "Saved.",
        posted,
    )  # fmt: skip


@bp.post("/outlets/<int:outlet_id>/link")
def outlet_link(outlet_id: int) -> ResponseReturnValue:
    """Send the point its link, or let none work any more."""
    keys, act = site().settings.keys, request.form.get("act", "")

    def change(session: Session, found: Outlet) -> None:
        if act == "revoke":
            links.revoke(session, found, actor=actor())
        elif not links.send(session, found, keys=keys, actor=actor()):
            raise Conflict(
                "No message can be sent to this point.",
                fix="Enter its e-mail address, or hand out the sheet with the link.",
            )

    return _done(
        outlet_id,
        change,
        "The link works no more." if act == "revoke" else "The link is on its way.",
    )


def _done(
    outlet_id: int,
    change: Callable[[Session, Outlet], object],
    said: str,
    posted: Posted | None = None,
) -> ResponseReturnValue:
    posted = posted or Posted()

    def act(session: Session) -> bool:
        change(session, found_or_404(session.get(Outlet, outlet_id)))
        return True

    if posted.attempt(act) is None:
        return outlet_page(outlet_id, posted)
    flash(gettext(said), "good")
    return redirect(url_for("office.outlet", outlet_id=outlet_id))


@bp.post("/outlets/<int:outlet_id>/sheet")
def outlet_sheet(outlet_id: int) -> ResponseReturnValue:
    """A sheet with a new link, for a point without e-mail; older links end."""
    settings = site().settings
    with site().database.writing() as session:
        found = found_or_404(session.get(Outlet, outlet_id))
        if not found.active:
            raise Conflict("A point that is not published has no link.", fix="Publish it first.")
        made = links.make(session, found, keys=settings.keys, actor=actor())
        value = links.token(session, made.id, keys=settings.keys)
        until = i18n.day(made.expires_at)
    address = f"{settings.base_url}/outlet/confirm/{value}"
    with site().database.reading() as session:
        outlet = session.get_one(Outlet, outlet_id)
        file = poster.link_sheet(outlet, address, until=until, office=settings.office_name)
    return _pdf(file, f"phieu-xac-nhan-{outlet_id}.pdf")


@bp.get("/outlets/<int:outlet_id>/poster.pdf")
def outlet_poster(outlet_id: int) -> ResponseReturnValue:
    """The poster for the door, with the symbol of the point's own page."""
    settings = site().settings
    with site().database.reading() as session:
        found = found_or_404(session.get(Outlet, outlet_id))
        file = poster.draw(found, base_url=settings.base_url, office=settings.office_name)
    return _pdf(file, f"diem-ban-{outlet_id}.pdf")


def _pdf(file: bytes, name: str) -> Response:
    answer = Response(file, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
