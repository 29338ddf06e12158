"""Language: chooses the reader's language and translates pages: `_()`, filters for days and numbers."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response as AnyResponse

from labelsvc import i18n
from labelsvc.errors import Busy, LabelsvcError, TooManyTries, fill
from labelsvc.web.site import site

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2})(?::\d{2})?)?")
#: Pages that may set a cookie; those for consumers never do.
_ROOMS = ("account", "office", "producer")


def current() -> str:
    """Language of this answer: `?lang=`, the choice of this browser, the user's own,
    `Accept-Language`, Vietnamese."""
    if not has_request_context():
        return i18n.DEFAULT
    known = g.get("language")
    if known is None:
        if request.query_string or "Cookie" in request.headers or g.get("user"):
            user = g.get("user")
            asked = (
                request.args.get("lang") or request.cookies.get("lang") or (user and user.language)
            )
            known = i18n.choose(list(request.accept_languages), asked=asked or None)
        else:  # who scans sends no more than the header, and few different ones
            known = of_header(request.headers.get("Accept-Language", ""))
        g.language = known
    return str(known)


@lru_cache(maxsize=1000)
def of_header(header: str) -> str:
    """The language of who sends this line `Accept-Language` and has chosen none."""
    return i18n.choose(list(parse_accept_header(header, LanguageAccept)))


def gettext(text: str, /, **params: Any) -> str:
    """*text* in the reader's language; `{name}` placeholders are filled, values escaped in pages."""
    words = i18n.sentence(text, current(), params)
    if not params:
        return words
    escaped = {name: escape(value) for name, value in params.items()}
    return Markup(fill(escape(words), escaped))  # noqa: S704 -- sentence and values are escaped


def explain(error: LabelsvcError) -> tuple[str, str]:
    """Tell what happened and what to do, in the reader's language.

    Whoever shows an error comes here: where it says when to try again, the response does as well.
    """
    if isinstance(error, Busy | TooManyTries) and has_request_context():
        g.retry_after = error.params.get("seconds")
    return i18n.explain(error, current())


def other_language() -> str:
    return "en" if current() == "vi" else "vi"


def keep(answer: AnyResponse, language: str) -> None:
    """This browser's choice, for a year."""
    answer.set_cookie(
        "lang",
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        httponly=True,
        secure=site().settings.https,
    )


def _carry(answer: Response) -> Response:
    """`?lang=` on a page of people who sign in holds for what they open next, too."""
    asked = request.args.get("lang")
    if asked in i18n.LANGUAGES and asked != request.cookies.get("lang"):
        keep(answer, asked)
    return answer


def typed_day(value: Any) -> str:
    """Fill a field for a day or a time: dd/mm/yyyy, or what somebody typed as it is."""
    if isinstance(value, datetime):
        return i18n.moment(value)
    if isinstance(value, date):
        return i18n.day(value)
    text = str(value or "")
    found = _ISO.fullmatch(text)
    return (
        f"{found[3]}/{found[2]}/{found[1]}{' ' + found[4] if found[4] else ''}" if found else text
    )


def install(app: Flask) -> None:
    """Give the templates the words and the formats, and answers the choice of a language."""
    for room in _ROOMS:
        app.after_request_funcs.setdefault(room, []).append(_carry)
    env = app.jinja_env
    env.globals.update(_=gettext, language=current, other_language=other_language, explain=explain)
    env.filters.update(
        day=i18n.day,
        typed_day=typed_day,
        moment=i18n.moment,
        number=lambda value: i18n.number(value, current()),
    )
