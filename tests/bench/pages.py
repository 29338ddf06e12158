"""Processor time and bytes of the pages of the office and of the register, at the size of `register`.

    python -m tests.bench pages

Every page that answers a GET without more than numbers in its address is asked, so that new pages are
measured as they come; searches and filters are named here.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import Client

from labelsvc import clock
from labelsvc import settings as settings_module
from labelsvc.accounts import roles, sessions
from labelsvc.accounts.models import Stage, User
from labelsvc.db import Database
from labelsvc.migrations import upgrade
from labelsvc.web.app import create_app
from tests.bench import register
from tests.bench.table import Row

BASE = "http://127.0.0.1:8000"
#: What a page may take: milliseconds of a core, and bytes of its text.
MAX_MS, MAX_KB = 100, 60
_TURNS = 5
#: Place in a route → the number that is asked for: the row that has most of everything.
_NUMBERS = {
    "product_id": register.FIRST, "producer_id": register.FIRST, "village_id": register.FIRST,
    "outlet_id": register.FIRST + register.OUTLETS - 1, "recognition_id": register.FIRST,
}  # fmt: skip
_SEARCHES = (
    "/office/villages?q=gom+gia+lam", "/office/villages?state=recognised&page=6", "/office/producers?q=gia+lam",
    "/office/outlets?q=hoan+kiem", f"/office/outlets?product={register.FIRST}",
    f"/office/products/{register.FIRST}?q=cua+hang", "/office/recognitions?show=ending_180",
    "/office/recognitions?show=ending_120", "/office/recognitions?page=60", "/villages?q=gom&place=gia+lam",
    "/villages?on=2021-12-31&page=9", "/villages?format=json", "/products?q=gia+lam", "/products?stars=4",
    "/search?q=san+pham+gia+lam", "/search?q=lang+gom",
)  # fmt: skip
#: Rooms whose pages are not of the register or the office, and files that are downloads.
_ROOMS = ("office", "home")
_LEFT_OUT = ("office.village_names", "office.mark_picture")


def addresses(app: Flask) -> Iterator[str]:
    """Addresses of the pages that are measured: every one of the office and of the register, then searches."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if _measured(rule):
            path = rule.rule
            for place in rule.arguments:
                path = path.replace(f"<int:{place}>", str(_NUMBERS[place]))
            yield path
    known = {path.partition("?")[0] for path in _SEARCHES}
    shown = {path for path in known if app.url_map.bind("").test(path)}
    yield from (path for path in _SEARCHES if path.partition("?")[0] in shown)


def _measured(rule: Rule) -> bool:
    room = rule.endpoint.partition(".")[0]
    mine = room in _ROOMS or _public_register(rule.endpoint)
    return mine and "GET" in (rule.methods or ()) and rule.endpoint not in _LEFT_OUT and all(
        place in _NUMBERS for place in rule.arguments
    )  # fmt: skip


def _public_register(endpoint: str) -> bool:
    from flask import current_app

    view = current_app.view_functions[endpoint]
    return roles.is_public(endpoint) and view.__module__.startswith("labelsvc.web.public")


def run() -> Iterator[Row]:
    """One row a page, the dearest first."""
    with tempfile.TemporaryDirectory() as name:
        app, cookie, database = site(Path(name))
        with app.app_context():
            paths = list(addresses(app))
        rows = [asked(app, cookie, path) for path in paths]
        database.close()
    yield from sorted(rows, key=lambda row: -float(str(row["CPU ms"])))


def site(folder: Path) -> tuple[Flask, str, Database]:
    """The application over a register of full size, and the session of somebody of the office."""
    from tests import world as worlds

    settings = settings_module.load(
        dev=True, data_dir=folder, database_url="", secret_keys=(), base_url=BASE
    )
    database = Database(settings.database)
    upgrade(database)
    worlds.build(database, settings)
    with database.writing() as session:
        register.build(session, clock.today())
        _index(session)
        user = session.query(User).filter_by(name="office").one()
        token = sessions.begin(
            session, user, hours=9, device="bench", stage=Stage.FULL, confirmed=True
        )
    return create_app(settings, database), token, database


def _index(session: object) -> None:
    """Make the index of the search: rows in bulk went past it."""
    from labelsvc.programme.search import keep

    keep.rebuild(session)  # type: ignore[arg-type]


def asked(app: Flask, cookie: str, path: str) -> Row:
    """The page of *path*: status, the best of a few turns in processor time, and bytes."""
    client: Client = app.test_client()
    for name in ("__Host-session", "session"):
        client.set_cookie(name, cookie, domain="127.0.0.1")
    best = float("inf")
    for _ in range(_TURNS):
        began = time.process_time()
        answer = client.get(path, base_url=BASE, buffered=True)
        best = min(best, (time.process_time() - began) * 1000)
    size = len(answer.data) / 1000
    over = best > MAX_MS or size > MAX_KB
    return {
        "page": path, "status": answer.status_code, "CPU ms": round(best, 1), "kB": round(size, 1),
        "over": "yes" if over else "",
    }  # fmt: skip
