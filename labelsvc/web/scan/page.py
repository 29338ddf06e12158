"""Page: answers every code. One request, no script, no cookie; HTML, JSON or plain text.

The tag or signature is checked before the database is asked anything. What the page says about the
product is kept in memory per lot and language and is good while the database's revision stays the
same, so a withdrawal shows with the next request; what belongs to the one code is put in each time.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.routing import BaseConverter

from labelsvc import clock
from labelsvc.codes.forms import gs1, offline, short, uri, wrapping
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import inner_lots
from labelsvc.errors import (
    BadCode,
    BadSignature,
    ForeignHost,
    FrozenKey,
    RevokedKey,
    UnknownKey,
)
from labelsvc.i18n import fold
from labelsvc.labels.runs.comparable import compared
from labelsvc.partners import Partner, partner_of
from labelsvc.scans import lookup
from labelsvc.scans.lookup import Peek
from labelsvc.scans.verdict import FOREIGN_KNOWN, OUT, SHOWN, Verdict
from labelsvc.web import language
from labelsvc.web.responses import HEADERS, STRICT_TRANSPORT, Sent
from labelsvc.web.scan import carton, negotiate
from labelsvc.web.scan import view as scan_view
from labelsvc.web.scan import wait as scan_wait
from labelsvc.web.scan.agents import Agent, agent_of
from labelsvc.web.scan.cache import (
    CODE,
    NOTICE,
    POSITION,
    PRINTED,
    Kept,
    Page,
    document,
    fill,
    notices,
    stamp_of,
)
from labelsvc.web.scan.state import ScanSite
from labelsvc.web.site import site

bp = Blueprint("scan", __name__)

_LONGEST_NAME = 80
_PAGE_NAME = re.compile(r"[a-z]+(?:[-_. ][a-z]+)*")
_FILE_NAME = re.compile(
    r"\.[\w.-]+|[\w.-]+\.(?:xml|txt|ico|png|jpe?g|gif|webp|svg|php\d?|html?|aspx?|jsp|cgi|js|css|map|json|ya?ml|"
    r"webmanifest|env|sql|zip|gz|tar|bak|rss|atom)",
    re.IGNORECASE,
)

_TYPES = {
    "html": "text/html; charset=utf-8",
    "preview": "text/html; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}


class Rest(BaseConverter):
    """All that follows, line ends too: cameras hand over the one that a printer put into the symbol."""

    regex = r"[^/][\s\S]*?"
    part_isolating = False


class Tail(BaseConverter):
    """The tail that a chat or scanner left behind a code and its slash."""

    regex = r"[\s\x1c-\x1f]+|&[\s\S]*"
    part_isolating = False


@bp.record_once
def _convert(state: BlueprintSetupState) -> None:
    state.app.url_map.converters.update(rest=Rest, tail=Tail)


@bp.get("/01/<rest:_rest>")
@bp.get("/<_code>")
@bp.get("/<_code>/")
@bp.get("/<_code>/<tail:_rest>")
def scan(_rest: str = "", _code: str = "") -> ResponseReturnValue:
    """The raw target is parsed, not Flask's decoded path: escapes are undone once, by `uri`."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path
    # A whole address that a proxy passes on, of another programme say, is no page that is sought here.
    if not _rest and str(raw).startswith("/") and _is_page(_code):
        own = ScanSite.of(current_app)
        try:
            uri.parse(str(raw), host=own.host, former=own.former)
        except BadCode:
            abort(404)
    return answer(str(raw), asked_kind())


def _is_page(part: str) -> bool:
    """True for a name that sites give a page or file (`san-pham`, `wp-login.php`, `.env`): who asks for it read
    no label. A code is printed in capitals and has digits, so what is near to one is told what is wrong with it.
    """
    if len(part) > _LONGEST_NAME:
        return False
    if _FILE_NAME.fullmatch(part):
        return True
    plain = fold(part)
    return bool(_PAGE_NAME.fullmatch(plain)) and any(sign.islower() for sign in part)


def answer(text: str, kind: str) -> ResponseReturnValue:
    """Answer a code, given as the path of its page; `kind` is html, json or text.

    A visit of a page is recorded (`ScanSite.record`), a question by POST is none.
    """
    own = ScanSite.of(current_app)
    try:
        parsed = uri.parse(text, host=own.host, former=own.former)
    except ForeignHost as error:
        known = partner_of(str(error.params.get("host", "")), site().settings.partners)
        return _plain(Verdict.FOREIGN_HOST, kind, partner=known)
    except BadCode:
        return _plain(Verdict.MALFORMED, kind, typing=wrapping.mangled(text))
    if isinstance(parsed, gs1.Gs1Link):
        return _link(parsed, kind)
    return _coded(own, parsed, kind)


def _coded(own: ScanSite, parsed: uri.ParsedCode, kind: str) -> ResponseReturnValue:
    where = site()
    try:
        if isinstance(parsed, CartonCode):
            return _carton(own, parsed, kind)
        number = own.number(parsed)
    except UnknownKey:
        return _missed(own, Verdict.UNKNOWN_KEY, kind, parsed)
    except BadSignature as error:
        return _missed(own, _refusal(parsed, error), kind, parsed)
    peek = lookup.peek(where.database, number) if number is not None else None
    if peek is None and isinstance(parsed, short.ShortCode):
        with where.database.reading() as session:
            verdict, producer = lookup.unissued(session, number)
        if verdict is Verdict.NOT_ISSUED:
            return _missed(own, verdict, kind, parsed)
        return _plain(verdict, kind, parsed, producer=producer)
    if peek is None or not lookup.fits(parsed, peek.form):
        return _missed(own, Verdict.NOT_ISSUED, kind, parsed)
    if own.outdated(peek.revision):
        return _coded(own, parsed, kind)
    kind, lang = kind_for_agent(kind), language.current()
    # The revision was read before anything else: a page of newer data is at worst made again.
    stamp, kept = stamp_of(peek), own.pages.get(peek, kind, lang)
    if kept is None:
        with where.database.reading() as session:
            kept = _render(session, peek, kind, stamp)
        own.pages.put(peek, kind, lang, kept)
    own.record(kept.verdict, peek.number, peek.issue_id, peek.form)
    packed = _takes_gzip()
    body = fill(
        kept, parsed.canonical, peek,
        kind=kind, lang=lang, packed=packed, rules=where.settings,
    )  # fmt: skip
    return send(kept.verdict, kind, body, packed=packed)


def _carton(own: ScanSite, parsed: CartonCode, kind: str) -> ResponseReturnValue:
    """Cartons are scanned seldom: nothing of their pages is kept."""
    shown = carton.shown(own, parsed)
    if shown is None:
        return _missed(own, Verdict.NOT_ISSUED, kind, parsed)
    page = document(shown.view, kind, later="").replace(NOTICE, "null" if kind == "json" else "")
    own.record(shown.verdict, None, shown.issue_id, "carton")
    return send(shown.verdict, kind, page.encode())


def _missed(
    own: ScanSite, verdict: Verdict, kind: str, parsed: uri.ParsedCode
) -> ResponseReturnValue:
    """A code that did not hold: the page that says so, or to wait when its network sent many."""
    wait = own.missed(parsed)
    if wait:
        return scan_wait.page(own, parsed.canonical, kind, wait=wait)
    return _plain(verdict, kind, parsed)


def _refusal(parsed: uri.ParsedCode, error: BadSignature) -> Verdict:
    """A server-checked form has one answer for every reason: it says nothing to who guesses."""
    if not isinstance(parsed, offline.OfflineCode | CartonCode):
        return Verdict.NOT_ISSUED
    if isinstance(error, FrozenKey | RevokedKey):
        return Verdict.FROZEN_KEY_OUTSIDE_RANGE
    return Verdict.BAD_SIGNATURE


def _render(session: Session, peek: Peek, kind: str, stamp: tuple[Any, ...]) -> Kept:
    today = clock.today()
    found = lookup.by_issue(session, peek.issue_id, on=today)
    mark = lookup.mark_of(session, peek)
    issue = session.get_one(Issue, peek.issue_id)
    verdict = lookup.judge(mark, issue, today)
    view = scan_view.view(
        found, verdict, form=peek.form, mark=mark, base_url=site().settings.base_url, code=CODE,
        apart=peek.apart,
    )  # fmt: skip
    view["code"] = {"text": CODE, "printed": PRINTED, "position": POSITION, "form": peek.form}
    view["compare"] = compared(session, issue)
    if peek.form == Form.OFFLINE and view["compare"] != "host":
        view["compare"] = ""  # nobody compares 193 digits
    view["one_unit"] = peek.form != Form.LOT and verdict not in OUT
    view["inner"] = (
        peek.form != Form.LOT
        and found.lot is not None
        and inner_lots.asked_for(session, found.lot.id)
    )
    declared = found.lot.declared if found.lot and peek.form == Form.LOT else None
    return Kept(stamp, verdict, declared, Page(document(view, kind)), notices(kind, declared))


def _link(link: gs1.Gs1Link, kind: str) -> ResponseReturnValue:
    """A plain GS1 link: product facts without any word about the item."""
    asked, kind = kind, kind_for_agent(kind)
    today = clock.today()
    with site().database.reading() as session:
        found = lookup.by_link(session, link.gtin, link.lot, on=today)
        if found is None:
            return _plain(Verdict.NOT_ISSUED, asked, link)
        view = scan_view.view(
            found, Verdict.LINK_ONLY, form="link", mark=None, base_url=site().settings.base_url,
            code=link.canonical,
        )  # fmt: skip
        view["code"] = {"text": link.canonical, "printed": None, "position": None, "form": "link"}
        view["unknown_lot"] = link.lot if found.lot is None else None
        page = document(view, kind, later="").replace(NOTICE, "null" if kind == "json" else "")
    ScanSite.of(current_app).record(Verdict.LINK_ONLY, None, None, "link")
    return send(Verdict.LINK_ONLY, kind, page.encode())


def _plain(
    verdict: Verdict,
    kind: str,
    parsed: uri.ParsedCode | None = None,
    *,
    producer: str = "",
    typing: bool = False,
    partner: Partner | None = None,
) -> ResponseReturnValue:
    """A page about a code that is none of ours, or on no goods: what it means and what to do.

    :param producer: who was given the blank label.
    :param typing: Vietnamese typing spoilt the text.
    :param partner: the other programme whose host it names.
    """
    code = parsed.canonical if parsed else ""
    ScanSite.of(current_app).record(verdict, None, None, None)
    shown = FOREIGN_KNOWN if partner else SHOWN[verdict]
    if kind == "json":
        body = json.dumps(
            {"verdict": verdict, "headline": language.gettext(shown.headline),
             "meaning": language.gettext(shown.meaning), "code": code or None}
            | ({"producer": {"name": producer}} if producer else {})
            | ({"partner": partner._asdict()} if partner else {}),
            ensure_ascii=False, indent=1,
        )  # fmt: skip
    elif kind == "text":
        body = f"{verdict}\n{language.gettext(shown.headline)}\n{language.gettext(shown.meaning)}\n"
        if partner:
            body += "\n".join(part for part in partner if part) + "\n"
    else:
        body = render_template(
            "scan/refused.html",
            verdict=verdict,
            shown=shown,
            code=code if isinstance(parsed, gs1.Gs1Link) else uri.printed(code) or code,
            path=code,
            producer=producer,
            typing=typing,
            partner=partner,
            host=ScanSite.of(current_app).host,
        )
    return send(verdict, kind, body.encode())


def send(verdict: Verdict, kind: str, body: bytes, *, packed: bool = False) -> Response:
    """The answer with its headers; also for the JSON of a product (`web/public`)."""
    own = ScanSite.of(current_app)
    if not packed and len(body) > 500 and _takes_gzip():
        body, packed = gzip.compress(body, 5, mtime=0), True
    lang = language.current()
    lines = own.headers.get((kind, packed, lang))
    if lines is None:
        lines = [*HEADERS.items(), *scan_view.HEADERS.items(), ("Content-Type", _TYPES[kind])]
        if packed:  # nothing secret is on these pages, so their size tells nothing
            lines.append(("Content-Encoding", "gzip"))
        lines.append(("Content-Language", lang))
        csp = (
            own.csp if kind in ("html", "preview") else "default-src 'none'; frame-ancestors 'none'"
        )
        lines.append(("Content-Security-Policy", csp))
        if site().settings.https:
            lines.append(STRICT_TRANSPORT)
        lines = own.headers[kind, packed, lang] = list(dict(lines).items())
    status = 200 if kind == "preview" else SHOWN[verdict].status
    return Sent(body, status, lines)


def _takes_gzip() -> bool:
    return negotiate.packs(request.headers.get("Accept-Encoding", ""))


def kind_for_agent(kind: str) -> str:
    """*kind*, or "preview": a chat draws a product, and passes no verdict on to who was sent the link."""
    preview = kind == "html" and agent_of(request.environ) is Agent.PREVIEW
    return "preview" if preview else kind


def asked_kind() -> str:
    """html, json or text: what was asked for by `?format=` or `Accept`."""
    asked = request.args.get("format")
    if asked in ("html", "json", "text"):
        return asked
    return negotiate.kind_of(request.headers.get("Accept", ""))
