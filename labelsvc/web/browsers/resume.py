"""Resume: asks for the password on the page where a sign-in ended, and goes on with what was sent.

Used by `gate` and `problems`. The fields of the form come back with the password, in the page itself; its
files wait in the file store (`kept_files`). A form is kept only where its token or its `Origin` says that a
page of ours sent it: else a form of another site would be carried out by whoever types the password.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import after_this_request, flash, g, redirect, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from labelsvc.accounts import factors, sessions
from labelsvc.accounts.devices import Device
from labelsvc.accounts.models import Stage, User
from labelsvc.errors import LabelsvcError
from labelsvc.web import signed_in
from labelsvc.web.browsers import kept_files, sign_in_cookie
from labelsvc.web.browsers.browser import browser
from labelsvc.web.language import explain, gettext
from labelsvc.web.site import site

#: Fields of this page beside those of the form.
NAME, SECRET, FILES = "resume-name", "resume-secret", "resume-files"
#: Fields that a page never brings back: tokens of forms, and passwords.
_NEVER: Final = frozenset({NAME, SECRET, FILES, "csrf_token", "password", "old", "new", "again"})
#: Who used this browser last, in the cookie of form tokens.
_WHO: Final = "who"


def note() -> None:
    """Note who works in this browser: a form that comes when they are signed out is theirs."""
    if request.method == "GET" and g.user is not None and cookie.get(_WHO) != g.user.id:
        cookie[_WHO] = g.user.id


def possible() -> bool:
    """True where the request holds a form that can be brought back."""
    endpoint = request.endpoint or ""
    if request.method != "POST" or endpoint.startswith("account."):
        return False
    return bool(request.form or request.files)


def own_page() -> bool:
    """True where the browser says that a page of this site sent the form."""
    # On plain http anybody on the way could write a page of this host.
    schemes = ("https",) if site().settings.https else ("https", "http")
    return request.headers.get("Origin") in {f"{scheme}://{request.host}" for scheme in schemes}


def came_back() -> bool:
    """True for the form of `page`, with a name or a password."""
    return request.method == "POST" and SECRET in request.form


def page(problem: tuple[str, str] | None = None, *, status: int = 401) -> ResponseReturnValue:
    """The page that asks, with the whole form in it; who is signed in is asked for nothing but the click."""
    user, half = g.get("user"), g.get("half")
    who = _who()
    ticket = request.form.get(FILES, "")
    if not ticket and (user is not None or who is not None):
        ticket = kept_files.keep(site().settings, site().files, request.files.items(multi=True))
    lost = not ticket and any(file.filename for file in request.files.values())
    shown = render_template(
        "account/resume.html",
        problem=problem,
        fields=[(k, v) for k, v in request.form.items(multi=True) if k not in _NEVER],
        ticket=ticket,
        files_lost=lost,
        name=request.form.get(NAME, who.name if who is not None else "")[:120],
        half=half,
        address="/" + request.full_path.removesuffix("?").lstrip("/\\"),
    )
    return shown, status


def go_on() -> ResponseReturnValue | None:
    """Sign in who sent the form; None where the request may now go on as if nothing had been."""
    if g.half is not None and g.half.stage == Stage.ENROL:
        return page()
    if g.user is None:
        try:
            found = _by_code() if g.half is not None else _by_password()
        except LabelsvcError as error:
            return page(explain(error), status=error.http_status)
        if found is None:
            return page(_wrong())
        value, user = found
        belongs = cookie.get(_WHO) in (None, user.id)
        _remember(value)
        if not belongs:
            flash(gettext("The form was another person’s and was not sent."), "caution")
            return redirect(signed_in.start_page(user), code=303)
        cookie[_WHO] = user.id
        with site().database.reading() as session:
            row = sessions.find(session, value)
        if row is None or row.stage != Stage.FULL:
            g.half = row
            return page()
        g.user, g.sign_in, g.half = row.user, row, None
        # Forms of before the sign-in hold another token; this one was looked at already.
        cookie.clear()
        cookie[_WHO] = user.id
    if ticket := request.form.get(FILES, ""):
        sent = kept_files.bring_back(site().settings, site().files, ticket)
        request.files = ImmutableMultiDict(sent)
    return None


def _wrong() -> tuple[str, str]:
    if g.half is not None:
        return (
            gettext("The code is not right."),
            gettext("Type the code that your app shows now, or a recovery code."),
        )
    return gettext("Name or password is not right."), ""


def _by_password() -> tuple[str, User] | None:
    name, password = request.form.get(NAME, ""), request.form.get(SECRET, "")
    where = site()
    g.resuming = True  # for `incidents`: a sign-in that failed, not a page that was refused
    if not name.strip() or not password:  # a button pressed too early is no try
        return None
    return sessions.sign_in(
        where.database,
        name=name,
        password=password,
        secret=where.settings.keys[0],
        browser=replace(browser(), known=_device()),
        hours=where.settings.session_hours,
        second_factor=where.settings.asks_second_factor,
    )


def _by_code() -> tuple[str, User] | None:
    where, user_id = site(), g.half.user_id
    g.resuming = True
    if not request.form[SECRET].strip():
        return None
    given = factors.check_code(
        where.database, user_id, request.form[SECRET], keys=where.settings.keys,
        network=signed_in.network(), device=_device(),
    )  # fmt: skip
    if given is None:
        return None
    return sessions.sign_in_by(
        where.database, user_id, given, hours=where.settings.session_hours, browser=browser()
    )


def _device() -> Device:
    """A browser in which this person was signed in before, by the signed cookie of form tokens: the one of
    devices is sent to the pages of accounts only."""
    who = cookie.get(_WHO)
    return Device(f"form {cookie.get('csrf_token', '')}", (who,) if isinstance(who, int) else ())


def _who() -> User | None:
    who = cookie.get(_WHO)
    if not isinstance(who, int):
        return None
    with site().database.reading() as session:
        return session.get(User, who)


def _remember(value: str) -> None:
    @after_this_request
    def put(answer: Response) -> Response:
        sign_in_cookie.remember(answer, value)
        return answer
