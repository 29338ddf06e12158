"""Sign-in: pages for signing in and out, invitations, the own password and sign-ins, and the
language.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from labelsvc.accounts import notices, passwords, sessions, two_people, users
from labelsvc.accounts.contact import addresses, choices
from labelsvc.accounts.models import Stage, User
from labelsvc.accounts.notices import NOTICE_WORDS
from labelsvc.accounts.passkeys import Party
from labelsvc.errors import BadInput, Busy, LabelsvcError
from labelsvc.i18n import LANGUAGES
from labelsvc.web import signed_in, step_up
from labelsvc.web.browsers import device_cookie, sign_in_cookie
from labelsvc.web.browsers.browser import browser, device
from labelsvc.web.guards import gate
from labelsvc.web.guards.targets import local_target
from labelsvc.web.language import explain, gettext, keep
from labelsvc.web.signed_in import start_page
from labelsvc.web.site import site

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    if request.method == "GET":
        if g.user is not None:
            return redirect(start_page(g.user))
        return _sign_in_page()
    name, password = request.form.get("name", ""), request.form.get("password", "")
    where, status = site(), 200
    problem: tuple[str, str] | None = None
    if not name.strip() or not password:  # a button pressed too early is no try
        return _sign_in_page((gettext("Type your name and your password."), ""), name[:120]), 400
    try:
        found = sessions.sign_in(
            where.database,
            name=name,
            password=password,
            secret=where.settings.keys[0],
            browser=browser(),
            hours=where.settings.session_hours,
            second_factor=where.settings.asks_second_factor,
        )
        if found is None:
            problem, status = (gettext("Name or password is not right."), ""), 401
    except LabelsvcError as error:
        found, problem, status = None, explain(error), error.http_status
    if found is None:
        return _sign_in_page(problem, name[:120]), status
    return after_password(*found)


def after_password(value: str, user: User) -> AnyResponse:
    """On after a password that was right or just set: to the page, or to the second factor before it."""
    target = local_target(request.args.get("next")) or start_page(user)
    with site().database.reading() as session:
        row = sessions.find(session, value)
    if row is not None and row.stage != Stage.FULL:
        return welcome(value, user, gate.next_step(Stage(row.stage), target))
    return device_cookie.give(welcome(value, user, target), user.id)


def _sign_in_page(problem: tuple[str, str] | None = None, name: str = "") -> str:
    return render_template(
        "account/sign_in.html", problem=problem, name=name, passkeys=party().possible
    )


def welcome(value: str, user: User, target: str | None = None) -> AnyResponse:
    """On to where the user wanted to go, with the token in the cookie."""
    cookie.clear()  # forms of before the sign-in hold another CSRF token
    tell_news(user)
    answer = redirect(target or local_target(request.args.get("next")) or start_page(user))
    sign_in_cookie.remember(answer, value)
    return answer


def tell_news(user: User) -> None:
    """Say on the next page that others did something to the account."""
    with site().database.reading() as session:
        news = notices.unseen(session, user.id)
    if news:
        flash(
            gettext("Others did something to your account. Look at it under “My account”."),
            "caution",
        )


def party() -> Party:
    """This site as passkeys know it."""
    settings = site().settings
    return Party.of(settings.base_url, settings.office_name)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    with site().database.writing() as session:
        sessions.end(session, sign_in_cookie.token())
    answer = redirect(url_for("home.home"))
    sign_in_cookie.forget(answer)
    return answer


@bp.get("/")
def account() -> ResponseReturnValue:
    return _account_page()


def _account_page(problem: tuple[str, str] | None = None) -> str:
    mine = signed_in.current_user()
    with site().database.reading() as session:
        rows = sessions.of_user(session, mine)
        told, news = notices.of_user(session, mine.id), notices.unseen(session, mine.id)
        until = two_people.confirms_from(session, signed_in.actor())
        known = addresses.of_user(session, mine.id)
    if news:
        with site().database.writing() as session:
            notices.seen(session, mine.id)
    return render_template(
        "account/account.html", sign_ins=rows, problem=problem, held=signed_in.own_factors(),
        told=told, words=NOTICE_WORDS, me=signed_in.actor(), until=until, known=known,
        channels=offered_channels(),
    )  # fmt: skip


def offered_channels() -> list[str]:
    """The channels of persons that the settings name."""
    return [str(channel) for channel in choices.PERSONAL if channel in site().settings.channels]


@bp.post("/password")
def password() -> ResponseReturnValue:
    where, mine = site(), signed_in.current_user()
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if signed_in.own_factors():
        step_up.require_step_up()  # the password is one of two
    try:
        sessions.check_own(
            where.database,
            sign_in_cookie.token(),
            old,
            secret=where.settings.keys[0],
            network=signed_in.network(),
        )
        hashed = passwords.hash_password(new)
        with where.database.writing() as session:
            user = session.get_one(User, mine.id)
            users.set_password(session, user, hashed, actor=signed_in.actor())
            value = sessions.begin(
                session,
                user,
                hours=where.settings.session_hours,
                device=device(),
                factor=g.sign_in.factor,
                confirmed=True,
            )
    except LabelsvcError as error:
        return _account_page(explain(error)), error.http_status
    flash(gettext("The password is changed; all other devices are signed out."), "good")
    answer = redirect(url_for("account.account"))
    sign_in_cookie.remember(answer, value)
    return answer


@bp.post("/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    with site().database.writing() as session:
        sessions.end_all(session, signed_in.current_user())
    answer = redirect(url_for("account.sign_in"))
    sign_in_cookie.forget(answer)
    return answer


@bp.route("/invitation/<value>", methods=["GET", "POST"])
def invitation(value: str) -> ResponseReturnValue:
    keys = site().settings.keys
    with site().database.reading() as session:
        user = users.invited(session, value, keys=keys)
    return choose_password(
        user, lambda session, hashed: users.accept(session, value, hashed, keys=keys)
    )


def choose_password(user: User, keep: Callable[[Session, str], User]) -> ResponseReturnValue:
    """The page on which *user* chooses a password by a link; then they are signed in."""
    where, problem, status = site(), None, 200
    if request.method == "POST":
        try:
            if request.form.get("new") != request.form.get("again"):
                raise BadInput("The two passwords differ.", fix="Type the same password twice.")
            hashed = passwords.hash_password(request.form.get("new", ""))
            with where.database.writing() as session:
                value = sessions.by_password(
                    session, keep(session, hashed), browser=browser(),
                    hours=where.settings.session_hours,
                    second_factor=where.settings.asks_second_factor,
                )  # fmt: skip
            answer = after_password(value, user)
            flash(gettext("Your password is set, and you are signed in."), "good")
            return answer
        except (BadInput, Busy) as error:
            problem, status = explain(error), 200 if isinstance(error, BadInput) else 503
    return render_template("account/invitation.html", user=user, problem=problem), status


@bp.post("/language")
def language() -> ResponseReturnValue:
    chosen = request.form.get("lang", "")
    answer = redirect(local_target(request.form.get("next")) or url_for("home.home"))
    if chosen in LANGUAGES:
        keep(answer, chosen)
        if g.user is not None:
            with site().database.writing() as session:
                session.get_one(User, g.user.id).language = chosen
    return answer
