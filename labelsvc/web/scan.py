"""The page behind every code. One request, no script, no cookie; HTML, JSON or plain text.

The tag or signature is checked before the database is asked anything. What the page says about the
product is kept in memory per lot and language and is good while the database's revision stays the
same, so a withdrawal shows with the next request; what belongs to the one code is put in each time.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from labelsvc import clock
from labelsvc.codes import gs1, issue, offline, short, uri
from labelsvc.codes.models import Form
from labelsvc.errors import BadCode, BadSignature, ForeignHost, UnknownKey
from labelsvc.scans import lookup
from labelsvc.scans.lookup import Peek
from labelsvc.scans.verdict import SHOWN, CopyNotice, Facts, Mark, Verdict, copy_notice, judge
from labelsvc.web import language, scan_view
from labelsvc.web.scan_site import ScanSite
from labelsvc.web.site import site

bp = Blueprint("scan", __name__)

#: Put where the code itself stands in a kept page, and replaced for each request.
_CODE, _PRINTED, _POSITION, _NOTICE = (
    "\ue000C\ue001",
    "\ue000P\ue001",
    "\ue000N\ue001",
    "\ue000H\ue001",
)
_KEPT = 2000


class Pages:
    """Rendered pages by issue, language and kind; good for one revision and one day."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], tuple[tuple[Any, ...], Verdict, str]] = (
            OrderedDict()
        )

    def get(self, key: tuple[Any, ...], stamp: tuple[Any, ...]) -> tuple[Verdict, str] | None:
        found = self._kept.get(key)
        return found[1:] if found is not None and found[0] == stamp else None

    def put(
        self, key: tuple[Any, ...], stamp: tuple[Any, ...], verdict: Verdict, page: str
    ) -> None:
        self._kept[key] = (stamp, verdict, page)
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)


@bp.get("/01/<path:_rest>")
@bp.get("/<_code>")
def scan(_rest: str = "", _code: str = "") -> ResponseReturnValue:
    """The raw target is parsed, not Flask's decoded path: escapes are undone once, by `uri`."""
    own = ScanSite.of(current_app)
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path
    kind = _kind()
    try:
        parsed = uri.parse(str(raw), host=own.host)
    except ForeignHost:
        return _plain(Verdict.FOREIGN_HOST, kind)
    except BadCode:
        return _plain(Verdict.MALFORMED, kind)
    if isinstance(parsed, gs1.Gs1Link):
        return _link(parsed, kind)
    return _coded(own, parsed, kind)


def _coded(own: ScanSite, parsed: uri.ParsedCode, kind: str) -> ResponseReturnValue:
    where = site()
    try:
        verified = own.verify(parsed)
    except UnknownKey:
        return _plain(Verdict.UNKNOWN_KEY, kind, code=parsed.canonical)
    except BadSignature:
        verdict = (
            Verdict.BAD_SIGNATURE if isinstance(parsed, offline.OfflineCode) else Verdict.NOT_ISSUED
        )
        return _plain(verdict, kind, code=parsed.canonical)
    with where.database.reading() as session:
        if isinstance(verified, int):
            number: int | None = verified
        else:
            unit = issue.find_unit(session, own.keyring, verified)
            number = unit[1] if unit else None
        peek = lookup.peek(session, number) if number is not None else None
        if peek is None or not _form_fits(parsed, peek.form):
            return _plain(Verdict.NOT_ISSUED, kind, code=parsed.canonical)
        key = (peek.issue_id, peek.mark_id, kind, language.current())
        stamp = (peek.revision, clock.today())
        kept = own.pages.get(key, stamp)
        if kept is None:
            kept = _render(session, peek, kind)
            own.pages.put(key, stamp, *kept)
    verdict, page = kept
    own.record(verdict, peek.number, peek.issue_id, peek.form)
    return _send(verdict, kind, _fill(page, parsed.canonical, peek, kind))


def _render(session: Any, peek: Peek, kind: str) -> tuple[Verdict, str]:
    today = clock.today()
    found = lookup.by_issue(session, peek.issue_id, on=today)
    mark = lookup.mark(session, peek.mark_id) if peek.mark_id is not None else None
    facts = Facts(
        mark=Mark(mark.state) if mark else None,
        recalled=found.lot is not None and found.lot.recalled_at is not None,
        expires_on=found.lot.expires_on if found.lot else None,
    )
    verdict = judge(facts, today)
    view = scan_view.view(
        found, verdict, form=peek.form, mark=mark, base_url=site().settings.base_url
    )
    view["code"] = {"text": _CODE, "printed": _PRINTED, "position": _POSITION, "form": peek.form}
    return verdict, _document(view, kind)


def _document(view: dict[str, Any], kind: str) -> str:
    if kind == "json":
        return json.dumps(scan_view.public(view) | {"seen": _NOTICE}, ensure_ascii=False, indent=1)
    template = "scan/page.txt" if kind == "text" else "scan/page.html"
    return render_template(template, v=view, notice=_NOTICE)


def _fill(page: str, code: str, peek: Peek, kind: str) -> str:
    declared = None
    if peek.form == Form.LOT:
        declared = 10**9  # how often a lot code is seen says little; the office looks at the rate
    notice = copy_notice(sessions=peek.sessions, declared=declared)
    if kind == "json":
        first = peek.first_at.isoformat(timespec="minutes") if peek.first_at else None
        words = json.dumps({"notice": notice, "sessions": peek.sessions, "first_at": first})
        page = page.replace(json.dumps(_NOTICE, ensure_ascii=False), words)
    elif peek.form == Form.LOT:
        page = page.replace(_NOTICE, "")
    else:
        template = "scan/notice.txt" if kind == "text" else "scan/notice.html"
        page = page.replace(_NOTICE, _notice(template, notice, peek))
    position = "" if peek.form == Form.LOT else str(peek.position)
    return (
        page.replace(_CODE, code)
        .replace(_PRINTED, uri.printed(code) or code)
        .replace(_POSITION, position)
    )


def _notice(template: str, notice: CopyNotice, peek: Peek) -> str:
    return render_template(template, notice=notice, sessions=peek.sessions, first_at=peek.first_at)


def _link(link: gs1.Gs1Link, kind: str) -> ResponseReturnValue:
    """A plain GS1 link: product facts without any word about the item."""
    today = clock.today()
    with site().database.reading() as session:
        found = lookup.by_link(session, link.gtin, link.lot, on=today)
        if found is None:
            return _plain(Verdict.NOT_ISSUED, kind, code=link.canonical)
        view = scan_view.view(
            found, Verdict.LINK_ONLY, form="link", mark=None, base_url=site().settings.base_url
        )
        view["code"] = {"text": link.canonical, "printed": "", "position": "", "form": "link"}
        page = _document(view, kind).replace(json.dumps(_NOTICE, ensure_ascii=False), "null")
    ScanSite.of(current_app).record(Verdict.LINK_ONLY, None, None, "link")
    return _send(Verdict.LINK_ONLY, kind, page.replace(_NOTICE, ""))


def _plain(verdict: Verdict, kind: str, code: str = "") -> ResponseReturnValue:
    """A page about a code that is none of ours: what it means and what to do."""
    ScanSite.of(current_app).record(verdict, None, None, None)
    shown = SHOWN[verdict]
    if kind == "json":
        body = json.dumps(
            {"verdict": verdict, "headline": language.gettext(shown.headline),
             "meaning": language.gettext(shown.meaning), "code": code or None},
            ensure_ascii=False, indent=1,
        )  # fmt: skip
    elif kind == "text":
        body = f"{verdict}\n{language.gettext(shown.headline)}\n{language.gettext(shown.meaning)}\n"
    else:
        body = render_template(
            "scan/refused.html",
            verdict=verdict,
            shown=shown,
            code=code,
            host=ScanSite.of(current_app).host,
        )
    return _send(verdict, kind, body)


def _send(verdict: Verdict, kind: str, body: str) -> Response:
    types = {"html": "text/html", "json": "application/json", "text": "text/plain"}
    answer = Response(body, SHOWN[verdict].status, content_type=f"{types[kind]}; charset=utf-8")
    answer.headers.extend(scan_view.HEADERS)
    answer.headers["Content-Language"] = language.current()
    if kind == "html":
        answer.headers["Content-Security-Policy"] = ScanSite.of(current_app).csp
    return answer


def _kind() -> str:
    """html, json or text: what was asked for by `?format=` or `Accept`."""
    asked = request.args.get("format")
    if asked in ("html", "json", "text"):
        return asked
    if "application/json" not in request.headers.get(
        "Accept", ""
    ) and "text/plain" not in request.headers.get("Accept", ""):
        return "html"
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "text/plain"])
    return {"application/json": "json", "text/plain": "text"}.get(best or "", "html")


def _form_fits(parsed: uri.ParsedCode, form: str) -> bool:
    """A number issued in one form is not good in another: its symbol was never made."""
    if isinstance(parsed, short.ShortCode):
        return form in (Form.SHORT, Form.LOT)
    return form == (Form.GS1 if isinstance(parsed, gs1.Gs1Code) else Form.OFFLINE)
