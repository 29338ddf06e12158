"""Factors: pages that set second factors up, remove them, and show recovery codes."""

from __future__ import annotations

import base64

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.accounts import factors, passkeys, recovery, sessions, totp
from labelsvc.accounts.models import Factor, Stage
from labelsvc.accounts.roles import SECOND_FACTOR
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.i18n import nfc
from labelsvc.labels.symbols import encode
from labelsvc.web import signed_in, step_up
from labelsvc.web.account.answers import answer, credential, done, options, spoken
from labelsvc.web.account.sign_in import bp, party
from labelsvc.web.browsers import device_cookie, sign_in_cookie
from labelsvc.web.browsers.browser import device
from labelsvc.web.guards.targets import local_target
from labelsvc.web.language import explain, gettext
from labelsvc.web.signed_in import start_page
from labelsvc.web.site import site


def needed() -> bool:
    """True if the user's role needs a factor."""
    return site().settings.asks_second_factor and signed_in.person().role in SECOND_FACTOR


def _enrolling() -> bool:
    row = signed_in.half()
    return row is not None and row.stage == Stage.ENROL


def _gate() -> None:
    """Require a step-up, but not of somebody who just gave the password to set up the first factor."""
    if not _enrolling():
        step_up.require_step_up()


@bp.get("/factors", endpoint="factors")
def factors_page() -> ResponseReturnValue:
    _gate()
    return render_template(
        "account/factors.html",
        held=signed_in.own_factors(),
        needed=needed(),
        enrolling=_enrolling(),
        person=signed_in.person(),
        possible=party().possible,
        target=local_target(request.args.get("next")) or "",
        most=passkeys.MOST,
        device=device(),
    )


@bp.route("/factors/app", methods=["GET", "POST"], endpoint="totp")
def totp_page() -> ResponseReturnValue:
    """The QR code and the typed key of a new authenticator app, confirmed by its first code."""
    _gate()
    where, user, problem, status = site(), signed_in.person(), None, 200
    browser, keys = sign_in_cookie.token(), where.settings.keys
    if request.method == "POST":
        try:
            with where.database.writing() as session:
                sessions.changing_factors(session, browser)
                factors.add_totp(
                    session, user.id, request.form.get("code", ""), browser=browser, keys=keys
                )
                value = _enrolled(session, Factor.TOTP)
            flash(gettext("The authenticator app is set up."), "good")
            on = redirect(_onwards())
            sign_in_cookie.remember(on, value)
            return device_cookie.give(on, user.id)
        except LabelsvcError as error:
            problem, status = explain(error), error.http_status
    with where.database.writing() as session:
        secret = factors.offer_totp(session, user.id, browser=browser, keys=keys)
    link = totp.uri(secret, name=user.name, issuer=where.settings.office_name)
    page = render_template(
        "account/totp.html",
        problem=problem,
        errors={"code": problem[0]} if problem else {},
        qr=_picture(link),
        link=link,
        secret=totp.grouped(secret),
        replaces=signed_in.own_factors().totp is not None,
        enrolling=_enrolling(),
    )
    return page, status


def _picture(link: str) -> str:
    """The QR symbol of *link* as an address that holds the picture: nothing is fetched for it."""
    drawn = encode.png(encode.matrix(link, level="M"), scale=8)
    return f"data:image/png;base64,{base64.b64encode(drawn).decode()}"


def _enrolled(session: Session, factor: Factor) -> str:
    hours = site().settings.session_hours
    return sessions.enrolled(session, sign_in_cookie.token(), factor, hours=hours)


def _onwards() -> str:
    """After a factor: to the recovery codes if there are none, then to where the user was going."""
    target = local_target(request.args.get("next")) or None
    if not signed_in.own_factors().recovery:
        return url_for("account.recovery", next=target)
    return url_for("account.factors")


@bp.post("/factors/app/remove")
def remove_totp() -> ResponseReturnValue:
    return _remove(None)


@bp.post("/factors/passkeys/<int:key_id>/remove")
def remove_passkey(key_id: int) -> ResponseReturnValue:
    return _remove(key_id)


def _remove(key_id: int | None) -> ResponseReturnValue:
    step_up.require_step_up()
    user = signed_in.current_user()
    try:
        with site().database.writing() as session:
            factors.remove(session, user.id, passkey=key_id, needed=needed())
    except LabelsvcError as error:
        flash(" ".join(explain(error)), "bad")
    else:
        flash(gettext("The second factor is removed."), "good")
    return redirect(url_for("account.factors"))


@bp.post("/factors/passkeys/<int:key_id>/name")
def rename_passkey(key_id: int) -> ResponseReturnValue:
    """Only a word of the owner's: no step-up beyond that of the page."""
    step_up.require_step_up()
    name = nfc(request.form.get("name", "")).strip()[:60]
    with site().database.writing() as session:
        for key in passkeys.of_user(session, signed_in.current_user().id):
            if key.id == key_id and name:
                key.name = name
    return redirect(url_for("account.factors"))


@bp.post("/factors/passkeys/options")
@spoken
def passkey_options() -> ResponseReturnValue:
    _gate()
    with site().database.writing() as session:
        user = sessions.changing_factors(session, sign_in_cookie.token())
        text = passkeys.registration(session, party(), user, browser=sign_in_cookie.token())
    return options(text)


@bp.post("/factors/passkeys")
@spoken
def add_passkey() -> ResponseReturnValue:
    """Keep a passkey that the browser just made."""
    _gate()
    where, given = site(), answer()
    name = given.get("name")
    if not isinstance(name, str) or not name.strip():
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field="passkey-name")
    key = passkeys.new_key(
        where.database, party(), credential(given), browser=sign_in_cookie.token()
    )
    with where.database.writing() as session:
        user = sessions.changing_factors(session, sign_in_cookie.token())
        factors.add_passkey(session, user.id, key, name=name)
        value = _enrolled(session, Factor.PASSKEY)
    flash(gettext("The passkey is set up."), "good")
    made = done(_onwards())
    sign_in_cookie.remember(made, value)
    return device_cookie.give(made, user.id)


@bp.get("/recovery", endpoint="recovery")
def recovery_page() -> ResponseReturnValue:
    """Show how many codes are left, and the way to new ones."""
    return _recovery()


@bp.post("/recovery")
def new_recovery() -> ResponseReturnValue:
    """Ten new codes, shown in this answer and never again."""
    step_up.require_step_up()
    user, made = signed_in.current_user(), recovery.make()
    with site().database.writing() as session:
        factors.renew_recovery(session, user.id, made)
    return _recovery([one.shown for one in made])


def _recovery(codes: list[str] | None = None) -> str:
    return render_template(
        "account/recovery.html",
        codes=codes,
        held=signed_in.own_factors(),
        most=recovery.COUNT,
        person=signed_in.current_user(),
        target=local_target(request.args.get("next")) or start_page(signed_in.current_user()),
        asked=local_target(request.args.get("next")),
    )
