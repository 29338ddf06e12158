"""Hostile requests against every route, method, parameter and JSON body, as each role, in this process.

python -m tests.attack.fuzz [--requests 5000] [--seed 1]

Deterministic but for tokens and times. Prints the table of answers, each error of ours once, and the slowest pages;
exit code 1 where an answer was an error of ours (5xx), or held a path of this machine.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import shutil
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask, Response
from sqlalchemy.exc import NoResultFound
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from labelsvc import settings as settings_module
from labelsvc.accounts import passwords, roles
from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.db import Database
from labelsvc.migrations import upgrade
from labelsvc.resources import folder
from labelsvc.web import problems
from labelsvc.web.app import create_app
from tests import world as worlds
from tests.web.belongings import belongings
from tests.web.desk import BASE, Desk
from tests.web.test_access import PEOPLE

ROLES = tuple(PEOPLE)
NUMBERS = ["0", "1", "2", "-1", "7", "2147483647", "2147483648", "9" * 19, "9" * 400, "9" * 5000, "-0", "1e9", "1.5",
           "1,5", "NaN", "Infinity", "0x10", "²", "٣", "1 000", "+1", "00"]  # fmt: skip
MOMENTS = ["2026-11-24", "24/11/2026", "0001-01-01", "9999-12-31", "2026-02-30", "31/12/9999 23:59",
           "2026-11-24T02:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00",
           "2026-11-24T02:00", "2026-11-24T02:00:60Z", "10000-01-01T00:00:00Z", "-1", "1e400"]  # fmt: skip
TEXTS = ["", " ", "a", "Chè lam", "x" * 300, "y" * 70_000, "a\r\nSet-Cookie: b=c", "%0d%0a", "a\0b", "\ue000P\ue001",
         "\u202e", "\ud800", "🍵" * 50, "../../etc/passwd", "..%2f..%2f", "/etc/passwd", "C:\\x", "'; DROP TABLE user;--",
         "<script>", "{{7*7}}", "{x}", "%s%n", "=1+1", "\\", "//evil.com", "null", "[]", "{}", "true", "e\u0301" * 99,
         "a4-65", "tspl", "short", "vi", "en", "pdf", "html", "json", "released", "on", "1147/QĐ-UBND", "L-MAIN"]  # fmt: skip
JSONS: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    10**30,
    "",
    "x" * 5000,
    "\0",
    "\ud800",
    [],
    {},
    [[]],
    {"a": {}},
    [None] * 50,
]
HEADERS = [("Accept", "application/json"), ("Accept", "*/*;q=x"), ("Accept-Language", "en;q=9,\xff"),
           ("Cookie", "lang=\xff; __Host-session=" + "a" * 300), ("If-None-Match", '"' + "x" * 300), ("Range", "bytes=-1"),
           ("If-Modified-Since", "Thu, 32 Foo 99999"), ("X-Forwarded-For", "x, " * 99), ("User-Agent", "\xa0" * 500),
           ("Content-Type", "application/json; charset=x"), ("Content-Type", "multipart/form-data"), ("Referer", "x:\x80")]  # fmt: skip
_NAMES = re.compile(
    r'(?:args|form|values|files|text|day|number|decimal|posted|get|getlist)\(?\[?\(?"([a-z_]\w*)"'
    r'|name="([a-z_][\w-]*)"'
)
UID = "0b7e6a52-6d1c-4f0e-9a53-8f6f2d1f0002"
#: What scripts send, as the services take it; mutated below.
BODIES: dict[str, Any] = {
    "inspect.sync": {"uid": UID, "at": "2026-11-24T02:00:00Z", "code": "x", "verdict": "ISSUED_OK", "items": 1, "place": "Hà Nội",
                     "latitude": 21.0, "longitude": 105.8, "note": "một", "missing": ["net"], "photos": [{"uid": UID, "data": "AAAA"}]},
    "inspect.seen": {"sightings": [{"uid": UID, "code": "x", "at": "2026-11-24T02:00:00Z", "place": "Hà Nội"}]},
    "inspect.report": {"began": "2026-11-24T02:00:00Z", "place": "x", "entries": [{"code": "x", "verdict": "ISSUED_OK", "at": "2026-11-24T02:00:00Z"}]},
    "inspect.verdict": {"code": "x"},
    "": {"layout": {"name": "x", "title_vi": "x", "title_en": "x", "forms": ["short"], "label": {"width": 50, "height": 30}, "sheet": {"article": "x"},
         "elements": [{"kind": "text", "text": "x", "x": 1, "y": 1, "w": 9, "h": 9, "size": 8}]}, "version": 1, "data": 1, "form": "short", "sheet": True,
         "credential": {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA"}}, "name": "x"},
}  # fmt: skip


class Fuzz:
    """An application with the small world behind it, and what it answered."""

    def __init__(self, place: Path, seed: int) -> None:
        self.random, self.place = random.Random(seed), place
        passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        settings = settings_module.load(
            second_factor=False, base_url=BASE, data_dir=place, secret_keys=("fuzz-key-that-is-long-enough-0123456789-abcdef",),
            render_processes=0, scan_misses=100_000,
        )  # fmt: skip
        settings_module.settings.cache_clear()
        settings_module.settings = lambda: settings  # type: ignore[assignment]
        self.database = Database(settings.database)
        upgrade(self.database)
        world = worlds.build(self.database, settings)
        with self.database.writing() as session:
            create_user(
                session, name="viewer", full_name="Viewer", role=Role.VIEWER, producer_id=None,
                password=worlds.PASSWORD, actor="test",
            )  # fmt: skip
        self.things = belongings(self.database, settings, world.lot, prefix="lan")
        self.codes = list(world.codes.values())
        self.app = create_app(settings, self.database)
        self.app.config["WTF_CSRF_METHODS"] = set()  # forged forms have a test of their own
        self.rules = [rule for rule in self.app.url_map.iter_rules() if rule.endpoint != "static"]
        self.open = {
            name: [
                rule
                for rule in self.rules
                if roles.is_public(rule.endpoint) or kind in roles.allowed(rule.endpoint)
            ]
            for name, kind in PEOPLE.items()
        }
        self.names = {rule.endpoint: _names(self.app, rule) for rule in self.rules}
        self.answers: dict[str, Counter[int]] = {name: Counter() for name in ROLES}
        self.errors: dict[str, str] = {}
        self.leaks: dict[str, str] = {}
        self.slow: Counter[str] = Counter()
        self._listen()
        self._kept = place / "kept.sqlite3"
        shutil.copy(self.database.url.database or "", self._kept)
        self._copy(str(self.database.url.database), str(self._kept))
        self.desks: dict[str, Desk] = {}

    def _listen(self) -> None:
        """Each error once, with where it came from."""
        found = self.errors

        def keep(error: Exception) -> Any:
            frames = [
                f for f in traceback.extract_tb(error.__traceback__) if "/labelsvc/" in f.filename
            ]
            last = frames[-1] if frames else None
            where = f"{Path(last.filename).name}:{last.lineno}" if last else "?"
            answer = problems._unexpected(error)
            found.setdefault(
                f"{type(error).__name__} in {where}", f"{self.asked} -> {error!s:.300}"
            )
            return answer

        self.app.register_error_handler(Exception, keep)

    def _copy(self, source: str, target: str) -> None:
        one, other = sqlite3.connect(source), sqlite3.connect(target, timeout=30)
        one.backup(other)
        one.close()
        other.close()

    def afresh(self) -> None:
        """The world as it was, and everybody signed in."""
        self._copy(str(self._kept), str(self.database.url.database))
        self.desks = {name: Desk(self.app, self.database, name) for name in ROLES}

    def _again(self, role: str) -> None:
        if self.desks[role].get("/account/").status_code == 200:
            return
        try:
            self.desks[role] = Desk(self.app, self.database, role)
        except NoResultFound:  # it has another name now
            self.afresh()

    def run(self, requests: int) -> None:
        for number in range(requests):
            if number % 700 == 0:
                self.afresh()
            self.one()

    def one(self) -> None:
        pick = self.random
        # Each role as often, and as far as the page itself; tests/web/test_access.py has the closed doors.
        role = pick.choice(ROLES)
        rule = pick.choice(self.open[role] if pick.random() < 0.92 else self.rules)
        method = pick.choice(sorted(rule.methods or {"GET"})) if pick.random() < 0.97 else pick.choice(["PUT", "DELETE", "PATCH", "TRACE"])  # fmt: skip
        path, options = self._path(rule), self._options(rule, method)
        self.asked = f"{method} {path[:200]!r} as {role or 'nobody'} {str(options)[:600]}"
        begun = time.process_time()
        try:
            answer = self.desks[role].client.open(
                path, method=method, base_url=BASE, buffered=True, **options
            )
        except (
            Exception
        ) as error:  # out of the application: a defect, or of the client's own encoding
            if "/labelsvc/" not in "".join(traceback.format_tb(error.__traceback__)):
                return
            self.errors.setdefault(
                f"escaped: {type(error).__name__}", f"{self.asked} {error!s:.200}"
            )
            return
        self.slow[rule.rule] = max(self.slow[rule.rule], int((time.process_time() - begun) * 1000))
        self.answers[role][answer.status_code] += 1
        if role and answer.status_code in (302, 401):  # it may have signed itself out
            self._again(role)
        self._look(rule, answer)

    def _look(self, rule: Rule, answer: Response) -> None:
        health = rule.endpoint.startswith("health.")  # says 503 of a service without a worker
        if answer.status_code >= 500 and not health:
            self.errors.setdefault(f"{answer.status_code} of {rule.endpoint}", self.asked)
        if answer.status_code >= 400 and answer.mimetype in (
            "text/html",
            "application/json",
            "text/plain",
        ):
            text = answer.get_data(as_text=True)
            for hint in (str(self.place), "site-packages", "Traceback", "/labelsvc/web/"):
                if hint in text:
                    self.leaks.setdefault(f"{hint} in {rule.endpoint}", self.asked)

    def _path(self, rule: Rule) -> str:
        pick, values = self.random, {}
        for name, kind in rule._converters.items():
            if isinstance(kind, IntegerConverter):
                own = self.things.get(name, 1)
                values[name] = own if pick.random() < 0.7 else pick.choice([0, 1, 2, 3, 2**31 - 1])
            elif isinstance(kind, AnyConverter):
                values[name] = pick.choice(sorted(kind.items))
            elif pick.random() < 0.4:
                key = (
                    ("sheet" if "sheet" in rule.endpoint else "layout") if name == "name" else name
                )
                values[name] = str(self.things.get(key) or pick.choice(self.codes).strip("/"))
            else:
                values[name] = self.value() or "x"
        built = rule.build(values, append_unknown=False)
        path = str(built[1]) if built else "/"
        if pick.random() < 0.05:
            path += pick.choice(["/", "//", "%00", "%ff", "?", "/..", "%0d%0a", ";x", "%2e%2e%2f"])
        return path.encode("utf-8", "replace").decode()

    def value(self) -> str:
        pick = self.random
        kind = pick.random()
        if kind < 0.3:
            return pick.choice(NUMBERS)
        if kind < 0.4:
            return pick.choice(MOMENTS)
        if kind < 0.5:
            return str(pick.choice([*self.things.values()]))
        if kind < 0.55:
            return pick.choice(self.codes)
        return pick.choice(TEXTS).encode("utf-8", "replace").decode()

    def _options(self, rule: Rule, method: str) -> dict[str, Any]:
        pick, names = self.random, self.names[rule.endpoint]
        options: dict[str, Any] = {"headers": {}}
        if pick.random() < 0.5:
            options["query_string"] = {
                pick.choice(names): self.value() for _ in range(pick.randint(1, 4))
            }
        if method not in ("GET", "HEAD", "OPTIONS"):
            json_body = (
                rule.endpoint.startswith("inspect.")
                or pick.random() < 0.15
                or "preview" in rule.endpoint
            )
            if json_body:
                options["headers"]["X-Labelsvc-Inspect"] = "1"
                options["data"] = self._body(rule.endpoint)
                options["content_type"] = "application/json"
            else:
                options["data"] = self._form(names)
        if pick.random() < 0.15:
            name, value = pick.choice(HEADERS)
            if (
                name != "Content-Type"
                or "data" not in options
                or not isinstance(options["data"], dict)
            ):
                options["headers"][name] = value
        return options

    def _form(self, names: list[str]) -> dict[str, Any]:
        pick = self.random
        form: dict[str, Any] = {}
        for _ in range(pick.randint(0, 12)):
            form[pick.choice(names)] = self.value()
        if pick.random() < 0.6:
            form.setdefault(
                "do",
                pick.choice(["look", "withdraw", "bind", "enter", "save", "print", "first", "all"]),
            )
            form.setdefault("password", worlds.PASSWORD)
        if pick.random() < 0.2:
            data = pick.choice([b"", b"x" * 2000, b"PK\x03\x04" + bytes(200), b"\x89PNG\r\n\x1a\n" + bytes(99), b"a,b\n1,2\n",
                                b"\xff\xd8\xff\xe0" + bytes(50), b"name = 'x'\n", b"%PDF-1.7\n", b"\x00\x00\x02\x0cacsp" * 30])  # fmt: skip
            name = self.value()[:300].replace("\r", "").replace("\n", "").replace("\0", "")
            form[pick.choice(["file", "photo", "profile", "artwork", "list"])] = (
                io.BytesIO(data),
                name or "x",
            )
        return form

    def _body(self, endpoint: str) -> bytes:
        pick = self.random
        kind = pick.random()
        if kind < 0.05:
            return pick.choice(
                [
                    b"",
                    b"{",
                    b"[" * 100_000,
                    b'{"a":' * 50_000,
                    b"\xff",
                    b"1" * 6000,
                    b"NaN",
                    b'"\\ud800"',
                ]
            )
        body = json.loads(json.dumps(BODIES.get(endpoint, BODIES[""])))
        for _ in range(pick.randint(0, 3)):
            body = self._mutated(body)
        return json.dumps(body).encode()

    def _mutated(self, value: Any) -> Any:
        """*value* with something inside it exchanged."""
        pick = self.random
        if isinstance(value, dict) and value and pick.random() < 0.9:
            name = pick.choice(sorted(value))
            if pick.random() < 0.1:
                return {key: one for key, one in value.items() if key != name}
            return value | {name: self._mutated(value[name])}
        if isinstance(value, list) and value and pick.random() < 0.8:
            index = pick.randrange(len(value))
            return [
                self._mutated(one) if place == index else one for place, one in enumerate(value)
            ]
        if isinstance(value, str) and pick.random() < 0.6:
            return pick.choice([self.value(), *MOMENTS])
        if isinstance(value, int | float) and pick.random() < 0.6:
            return pick.choice([0, -1, 1, 2**31, 2**63, 10**40, 1e308, -90.0, 105, True, 0.1])
        return pick.choice(JSONS)

    def report(self) -> Iterator[str]:
        statuses = sorted({status for found in self.answers.values() for status in found})
        yield "| role | " + " | ".join(map(str, statuses)) + " |"
        yield "|---" * (len(statuses) + 1) + "|"
        for role, found in self.answers.items():
            yield f"| {role or 'nobody'} | " + " | ".join(str(found[s]) for s in statuses) + " |"
        yield "slowest, ms of CPU: " + ", ".join(
            f"{rule} {ms}" for rule, ms in self.slow.most_common(6)
        )
        for kind, found_ in (("ERROR", self.errors), ("PATH TOLD", self.leaks)):
            for name, asked in found_.items():
                yield f"{kind} {name}\n    {asked}"


def _names(app: Flask, rule: Rule) -> list[str]:
    """Names of parameters that the module of a page and the templates of its room speak of."""
    view = app.view_functions[rule.endpoint]
    module = sys.modules[view.__module__]
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    for template in re.findall(r'"([a-z_/]+\.html)"', source):
        path = folder("templates") / template
        source += path.read_text(encoding="utf-8") if path.is_file() else ""
    found = {name for pair in _NAMES.findall(source) for name in pair if name}
    return sorted(
        found | {"lang", "page", "next", "q", "do", "_external", "_method", "endpoint", "format"}
    )


@contextmanager
def fuzzing(seed: int) -> Iterator[Fuzz]:
    """A fuzzer in a folder of its own, which goes with it."""
    before = settings_module.settings
    place = Path(tempfile.mkdtemp(prefix="labelsvc-fuzz-"))
    made = Fuzz(place, seed)
    try:
        yield made
    finally:
        made.database.close()
        settings_module.settings = before
        shutil.rmtree(place, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun = time.process_time()
    with fuzzing(asked.seed) as fuzz:
        fuzz.run(asked.requests)
        for line in fuzz.report():
            print(line)
        print(
            f"{asked.requests} requests, seed {asked.seed}, {time.process_time() - begun:.0f} s of CPU"
        )
        return 1 if fuzz.errors or fuzz.leaks else 0


if __name__ == "__main__":
    sys.exit(main())
