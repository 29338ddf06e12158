"""Wait: answers wrong codes beyond the limit of a network: 429, its meaning and the way out."""

from __future__ import annotations

import json

from flask import Response, render_template

from labelsvc.web import language
from labelsvc.web.responses import HEADERS, STRICT_TRANSPORT, Sent
from labelsvc.web.scan import view as scan_view
from labelsvc.web.scan.cache import CODE, Page
from labelsvc.web.scan.state import ScanSite
from labelsvc.web.site import site

HEADLINE = "This code is not confirmed"
MEANING = (
    "It did not hold, and many wrong codes have come from your network in the last minute, so it is "
    "not looked into further. A right code is always answered."
)
FIX = "Wait a minute and scan the code again."
_TYPES = {"html": "text/html", "json": "application/json", "text": "text/plain"}


def page(own: ScanSite, code: str, kind: str, *, wait: int) -> Response:
    """The page about *code*; rendered once a language, for a flood of them has to stay cheap.

    :param wait: seconds until a wrong code is answered in full again.
    """
    lang = language.current()
    kept = own.waits.get((kind, lang))
    if kept is None:
        kept = own.waits[kind, lang] = Page(_document(own, kind))
    lines = dict([*HEADERS.items(), *scan_view.HEADERS.items()]) | {
        "Content-Type": f"{_TYPES[kind]}; charset=utf-8",
        "Content-Language": lang,
        "Content-Security-Policy": own.csp,
        "Cache-Control": "no-store",
        "Retry-After": str(wait),
    }
    if site().settings.base_url.startswith("https:"):
        lines |= [STRICT_TRANSPORT]
    return Sent(kept.fill({"C": code}, packed=False), 429, list(lines.items()))


def _document(own: ScanSite, kind: str) -> str:
    headline, meaning, fix = (language.gettext(words) for words in (HEADLINE, MEANING, FIX))
    if kind == "json":
        return json.dumps(
            {"code": "too_many_tries", "message": headline, "meaning": meaning, "fix": fix},
            ensure_ascii=False, indent=1,
        )  # fmt: skip
    if kind == "text":
        return f"{headline}\n{meaning}\n{fix}\n"
    return render_template(
        "scan/wait.html", headline=headline, meaning=meaning, fix=fix, path=CODE, host=own.host
    )
