"""Pages: the shell of the inspector's application. Nothing in it is personal: it starts cold,
offline.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from labelsvc.codes.forms import uri
from labelsvc.codes.trust.gather import newest_manifest
from labelsvc.i18n import catalog
from labelsvc.resources import folder
from labelsvc.scans.verdict import SHOWN
from labelsvc.web.inspect.words import WORDS
from labelsvc.web.site import site

bp = Blueprint("inspect", __name__, url_prefix="/inspect")

#: `wasm-unsafe-eval`: the reader of QR codes for browsers without one of their own.
CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=()"
#: Folders of static files that the shell is made of.
_SHELL = ("inspect", "vendor/noble-ed25519", "vendor/zxing-wasm")
_SUFFIXES = (".js", ".css", ".wasm", ".png", ".svg")


@bp.get("/")
def shell() -> ResponseReturnValue:
    """The page. The same bytes for everybody, so that a service worker may keep them."""
    answer = Response(render_template("inspect/shell.html", words=_words(), w=WORDS))
    answer.headers["Content-Security-Policy"] = CSP
    answer.headers["Permissions-Policy"] = PERMISSIONS
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/sw.js")
def service_worker() -> ResponseReturnValue:
    """The service worker, with the list of what it keeps."""
    files = [url_for("inspect.shell"), url_for("inspect.manifest"), *_files()]
    text = render_template(
        "inspect/sw.js", files=json.dumps(files), version=_version(), shell=url_for("inspect.shell")
    )
    answer = Response(text, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Content-Security-Policy"] = CSP
    return answer


@bp.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """Send what a phone needs to put the application onto its home screen."""
    sizes = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"),
             ("icon-maskable.png", "512x512", "maskable"))  # fmt: skip
    facts = {
        "name": f"Kiểm tra tem – {site().settings.office_name}",
        "short_name": "Kiểm tra tem",
        "lang": "vi",
        "id": "/inspect/",
        "start_url": "/inspect/",
        "scope": "/inspect/",
        "display": "standalone",
        "background_color": "#f4f1ea",
        "theme_color": "#17613b",
        "icons": [
            {
                "src": url_for("static", filename=f"inspect/{name}"),
                "sizes": size,
                "type": "image/png",
                "purpose": purpose,
            }
            for name, size, purpose in sizes
        ],
    }
    answer = Response(
        json.dumps(facts, ensure_ascii=False), content_type="application/manifest+json"
    )
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _words() -> str:
    """Everything the scripts say, in both languages, safe inside of a script element."""
    vietnamese = catalog("vi")
    verdicts, words = {}, dict(WORDS)
    for verdict, shown in SHOWN.items():
        headline = {"en": shown.headline, "vi": vietnamese[shown.headline]}
        meaning = {"en": shown.meaning, "vi": vietnamese[shown.meaning]}
        verdicts[str(verdict)] = {
            "tone": str(shown.tone), "headline": headline, "meaning": meaning,
        }  # fmt: skip
        words[f"v_{verdict}"] = headline
    host = uri.authority(site().settings.base_url)
    with site().database.reading() as session:
        lowest = newest_manifest(session)  # of the first manifest that a device takes
    former = list(site().settings.former_hosts)
    facts = {
        "host": host,
        "former": former,
        "manifest": lowest,
        "partners": [partner._asdict() for partner in site().settings.partners],
        "words": words,
        "verdicts": verdicts,
    }
    return json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")


@lru_cache(maxsize=1)
def _files() -> tuple[str, ...]:
    root = folder("static")
    return tuple(
        f"/static/{path.relative_to(root).as_posix()}"
        for part in _SHELL
        for path in sorted((root / part).rglob("*"))
        if path.suffix in _SUFFIXES
    )


def _version() -> str:
    """Changes with every byte of the shell."""
    digest = hashlib.sha256()
    root = folder("static")
    for name in _files():
        digest.update(name.encode() + (root / name.removeprefix("/static/")).read_bytes())
    digest.update(render_template("inspect/shell.html", words=_words(), w=WORDS).encode())
    return digest.hexdigest()[:16]
