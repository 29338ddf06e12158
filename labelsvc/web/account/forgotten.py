"""Forgotten: pages for a new password by a link that is sent to a proven address."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from labelsvc.accounts.contact import forgotten as verbs
from labelsvc.accounts.contact import links
from labelsvc.accounts.contact.links import Purpose
from labelsvc.errors import TooManyTries
from labelsvc.web import signed_in
from labelsvc.web.account.sign_in import bp, choose_password, offered_channels
from labelsvc.web.language import explain, gettext
from labelsvc.web.site import site


@bp.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for a name, and answer the same for every one: whether it is known is nobody's business."""
    where, name = site(), request.form.get("name", "")
    problem, status, asked, sends = None, 200, False, bool(offered_channels())
    if request.method == "POST" and not sends:
        pass  # the page says so, and that the office helps
    elif request.method == "POST" and not name.strip():
        problem, status = (gettext("Type your name, e-mail address or telephone number."), ""), 400
    elif request.method == "POST":
        try:
            with where.database.writing() as session:
                key = where.settings.keys[0]
                verbs.ask(session, name, secret=key, network=signed_in.network())
            asked = True
        except TooManyTries as error:
            problem, status = explain(error), error.http_status
    page = render_template(
        "account/forgotten.html", problem=problem, name=name[:120], asked=asked, sends=sends,
    )  # fmt: skip
    return page, status


@bp.route("/reset/<value>", methods=["GET", "POST"])
def reset(value: str) -> ResponseReturnValue:
    """Choose a new password by the link of a message."""
    keys = site().settings.keys
    with site().database.reading() as session:
        _, user = links.find(session, Purpose.RESET, value)
    return choose_password(
        user, lambda session, hashed: verbs.reset(session, value, hashed, keys=keys)
    )
