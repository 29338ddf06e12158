"""Confirm: pages for the second half of a sign-in, for passkeys, and for a step-up."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from labelsvc.accounts import factors, passkeys, sessions
from labelsvc.accounts.challenges import Purpose
from labelsvc.accounts.models import Factor, User
from labelsvc.errors import LabelsvcError, SignInFailed, StepUpNeeded
from labelsvc.web import signed_in, step_up
from labelsvc.web.account.answers import answer, credential, done, options, spoken
from labelsvc.web.account.sign_in import bp, party, tell_news, welcome
from labelsvc.web.browsers import device_cookie, sign_in_cookie
from labelsvc.web.browsers.browser import browser
from labelsvc.web.guards.targets import local_target
from labelsvc.web.language import explain, gettext
from labelsvc.web.problems import wants_json
from labelsvc.web.signed_in import start_page
from labelsvc.web.site import site


@bp.route("/factor", methods=["GET", "POST"])
def factor() -> ResponseReturnValue:
    """After the password: the app's code, a recovery code, or a passkey."""
    row = signed_in.half()
    if row is None:
        return redirect(local_target(request.args.get("next")) or start_page(g.user))
    where, problem, status = site(), None, 200
    if request.method == "POST":
        try:
            given = factors.check_code(
                where.database,
                row.user_id,
                request.form.get("code", ""),
                keys=where.settings.keys,
                network=signed_in.network(),
                device=device_cookie.read(),
            )
            if given is not None:
                return _whole(row.user_id, given)
            problem, status = _wrong_code(), 401
        except LabelsvcError as error:
            problem, status = explain(error), error.http_status
    page = render_template(
        "account/factor.html", problem=problem, held=signed_in.own_factors(), user=row.user
    )
    return page, status


def _wrong_code() -> tuple[str, str]:
    return (
        gettext("The code is not right."),
        gettext("Type the code that your app shows now, or a recovery code."),
    )


def _whole(user_id: int, given: Factor) -> ResponseReturnValue:
    """The sign-in becomes full. Who used a recovery code is led to setting up a new factor."""
    value, user = _signed_in(user_id, given)
    if given is not Factor.RECOVERY:
        return device_cookie.give(welcome(value, user), user_id)
    with site().database.reading() as session:
        left = factors.held(session, user_id).recovery
    page = device_cookie.give(welcome(value, user, url_for("account.factors")), user_id)
    flash(
        gettext(
            "You signed in with a recovery code; {left} are left. If your telephone is lost, set up "
            "another one here now.",
            left=left,
        ),
        "caution",
    )
    return page


def _signed_in(user_id: int, given: Factor) -> tuple[str, User]:
    where = site()
    found = sessions.sign_in_by(
        where.database,
        user_id,
        given,
        hours=where.settings.session_hours,
        browser=browser(),
    )
    if found is None:
        raise SignInFailed("You are not signed in any more.", fix="Sign in again.")
    return found


@bp.post("/factor/options")
@spoken
def factor_options() -> ResponseReturnValue:
    return _request(Purpose.FACTOR)


@bp.post("/factor/passkey")
@spoken
def factor_passkey() -> ResponseReturnValue:
    user_id = signed_in.person().id
    _check(sign_in_cookie.token(), Purpose.FACTOR, user_id)
    return _welcome_script(user_id)


@bp.post("/sign-in/options")
@spoken
def sign_in_options() -> ResponseReturnValue:
    """A challenge for whoever asks. The browser keeps a random value, the server what it is for."""
    browser = cookie["passkey"] = secrets.token_urlsafe(24)
    with site().database.writing() as session:
        text = passkeys.request(session, party(), browser=browser, purpose=Purpose.SIGN_IN)
    return options(text)


@bp.post("/sign-in/passkey")
@spoken
def sign_in_passkey() -> ResponseReturnValue:
    """Instead of the password: the passkey says who it is, and has verified the person."""
    browser = str(cookie.pop("passkey", ""))
    return _welcome_script(_check(browser, Purpose.SIGN_IN, None))


def _welcome_script(user_id: int) -> Response:
    value, user = _signed_in(user_id, Factor.PASSKEY)
    cookie.clear()
    tell_news(user)
    made = done(local_target(request.args.get("next")) or start_page(user))
    sign_in_cookie.remember(made, value)
    return device_cookie.give(made, user_id)


@bp.route("/confirm", methods=["GET", "POST"])
def confirm() -> ResponseReturnValue:
    """Step-up on a page of its own; then back to where it was asked for."""
    problem, status = None, 200
    target = local_target(request.args.get("next")) or start_page(g.user)
    if request.method == "GET" and step_up.confirmed():
        return redirect(target)
    if request.method == "POST":
        try:
            step_up.confirm(request.form.get("password", ""))
            return redirect(target)
        except LabelsvcError as error:
            problem, status = explain(error), error.http_status
    page = render_template("account/confirm.html", problem=problem, target=target)
    return page, status


@bp.post("/confirm/options")
@spoken
def confirm_options() -> ResponseReturnValue:
    return _request(Purpose.CONFIRM)


@bp.post("/confirm/passkey")
@spoken
def confirm_passkey() -> ResponseReturnValue:
    _check(sign_in_cookie.token(), Purpose.CONFIRM, signed_in.current_user().id)
    sessions.confirmed(site().database, sign_in_cookie.token())
    return done(local_target(request.args.get("next")) or start_page(g.user))


def _request(purpose: Purpose) -> Response:
    with site().database.writing() as session:
        text = passkeys.request(
            session,
            party(),
            browser=sign_in_cookie.token(),
            purpose=purpose,
            user_id=signed_in.person().id,
        )
    return options(text)


def _check(browser: str, purpose: Purpose, user_id: int | None) -> int:
    return passkeys.check(
        site().database,
        party(),
        credential(answer()),
        browser=browser,
        purpose=purpose,
        user_id=user_id,
    )


@bp.app_errorhandler(StepUpNeeded)
def _lead_to_step_up(error: StepUpNeeded) -> ResponseReturnValue:
    """People are led to the page that asks, and back; programs are told."""
    message, fix = explain(error)
    if wants_json() or request.is_json:
        return jsonify(error.as_json() | {"message": message, "fix": fix}), error.http_status
    if request.method == "GET":
        return redirect(url_for("account.confirm", next=request.full_path.rstrip("?")))
    flash(f"{message} {fix}", "caution")
    came = urlsplit(request.referrer or "")
    back = f"{came.path}?{came.query}" if came.query else came.path
    return redirect(url_for("account.confirm", next=local_target(back)))
