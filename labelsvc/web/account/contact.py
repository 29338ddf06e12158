"""Contact: pages for the own addresses, their check, and the choice of messages."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labelsvc.accounts import users
from labelsvc.accounts.contact import addresses, choices, links
from labelsvc.accounts.contact.links import Purpose
from labelsvc.accounts.contact.models import Contact
from labelsvc.accounts.models import User
from labelsvc.errors import LabelsvcError
from labelsvc.messages.kinds import CHANNEL_WORDS, KINDS
from labelsvc.messages.models import Channel
from labelsvc.web import signed_in, step_up
from labelsvc.web.account.sign_in import bp, offered_channels
from labelsvc.web.language import explain, gettext
from labelsvc.web.site import site


@bp.route("/messages", methods=["GET", "POST"])
def messages() -> ResponseReturnValue:
    """The own addresses, and which messages come by which of them."""
    where, mine, problem, status = site(), signed_in.current_user(), None, 200
    if request.method == "POST":
        yes = {
            (kind, channel)
            for kind in KINDS
            for channel in offered_channels()
            if request.form.get(f"{kind}-{channel}")
        }
        try:
            with where.database.writing() as session:
                proven = _proven(addresses.of_user(session, mine.id))
                choices.keep(session, session.get_one(User, mine.id), yes, channels=proven)
            flash(gettext("Saved."), "good")
            return redirect(url_for("account.messages"), code=303)
        except LabelsvcError as error:
            problem, status = explain(error), error.http_status
    with where.database.reading() as session:
        known = addresses.of_user(session, mine.id)
        off = choices.refused_kinds(session, mine.id)
    page = render_template(
        "account/messages.html", problem=problem, known=known, off=off, channels=offered_channels(),
        proven=_proven(known), kinds=[(kind, KINDS[kind]) for kind in choices.kinds_of(mine)],
        words=CHANNEL_WORDS,
    )  # fmt: skip
    return page, status


def _proven(known: dict[str, Contact]) -> list[str]:
    """The channels by which messages arrive."""
    return [c for c in offered_channels() if c in known and known[c].verified_at]


@bp.post("/address/<channel>")
def address(channel: str) -> ResponseReturnValue:
    """Enter an address, or take it away where nothing is typed. Asked again first: it resets passwords."""
    step_up.require_step_up()
    where, text = site(), request.form.get("address", "")
    if channel not in offered_channels():
        return redirect(url_for("account.messages"), code=303)
    try:
        with where.database.writing() as session:
            user = session.get_one(User, signed_in.current_user().id)
            users.set_address(session, user, Channel(channel), text, keys=where.settings.keys)
    except LabelsvcError as error:
        flash(" ".join(explain(error)), "caution")
    else:
        words = "A link was sent there. Open it, and messages come to this address."
        flash(gettext(words) if text.strip() else gettext("The address was removed."), "good")
    return redirect(url_for("account.messages"), code=303)


@bp.route("/address-check/<value>", methods=["GET", "POST"])
def address_check(value: str) -> ResponseReturnValue:
    """The link of a message. A button, since mail programs open links to look at them."""
    where = site()
    with where.database.reading() as session:
        link, _ = links.find(session, Purpose.ADDRESS, value)
    if request.method == "POST":
        with where.database.writing() as session:
            addresses.prove(session, value)
        return render_template("account/address_check.html", address=link.address, done=True)
    return render_template("account/address_check.html", address=link.address, done=False)
