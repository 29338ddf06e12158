"""Nothing that is left on a disk names who scanned: a real server, every open page, every byte.

The server runs as an operator starts it, with JSON logs and behind one proxy. Known addresses,
browsers, referrers and coordinates are sent to every page that needs no sign-in; then the database
(with its write-ahead log), the data folder and the logs are searched for them.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

import labelsvc
from labelsvc.codes.register import inner_lots
from labelsvc.db import Base, Database
from labelsvc.scans.models import InnerTries, RefusedNetwork, Scan
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite
from tests.conftest import HOST
from tests.world import World

#: In no other test, whose leavings the files of PostgreSQL still hold.
ADDRESSES = ("198.18.77.77", "2001:db8:7788:88::99", "::ffff:198.19.88.23")
#: A browser that connects without the proxy, and sends what is no request.
DIRECT = "127.0.0.23"
AGENTS = (
    "Mozilla/5.0 (Linux; Android 14; Pixel-Seventy-Eight) Chrome/141.0.7788.55 Mobile",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_7_3 like Mac OS X) Version/19.7.3 Safari/604.1",
)
REFERRER = "https://chat.example/secret-group"
PLACE = {"latitude": "21.033519", "longitude": "105.849277"}
#: None of these may be found in any spelling that something could have been written in.
SECRETS = [
    b"198.18.77", b"198.19.88", b"127.0.0.23", b"2001:db8:7788", b"2001:0db8:7788", b"c6124d4d",
    b"c6135817", b"20010db87788", socket.inet_pton(socket.AF_INET6, ADDRESSES[1]), b"Pixel-Seventy-E",
    b"141.0.7788", b"19_7_3", b"secret-group", b"21.033519", b"105.849277",
]  # fmt: skip
MESSAGE = "Hộp khác ảnh trên trang, chữ nhòe"


@dataclass
class Running:
    """A server, and how to ask it."""

    port: int
    process: subprocess.Popen[bytes]
    logs: Path

    def ask(
        self, path: str, address: str, agent: str, form: dict[str, str] | None = None, **more: str
    ) -> tuple[int, str]:
        """Status and page, as asked by one browser through the proxy."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Host": HOST, "X-Forwarded-For": address, "X-Forwarded-Proto": "https",
            "Forwarded": f'for="{address}"', "X-Real-IP": address, "User-Agent": agent,
            "Referer": REFERRER,
        } | {name.replace("_", "-"): value for name, value in more.items()}  # fmt: skip
        body = urlencode(form | PLACE) if form is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, text


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


@pytest.fixture
def world(database: Database, world: World) -> World:
    with database.writing() as session:
        inner_lots.switch_on(session, world.lot, actor="test")
    return world


@pytest.fixture
def running(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, settings: Settings, world: World
) -> Iterator[Running]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    logs, override = tmp_path_factory.mktemp("logs"), tmp_path_factory.mktemp("override")
    for room, name in (("log", "log"), ("scan", "inner")):  # the second has a code in its address
        (override / room).mkdir()
        (override / room / f"{name}.html").write_text("{{ 1 // 0 }}")
    given = {
        "LABELSVC_DATABASE_URL": settings.database, "LABELSVC_DATA_DIR": str(settings.data_dir),
        "LABELSVC_BASE_URL": settings.base_url, "LABELSVC_SECRET_KEYS": settings.keys[0],
        "LABELSVC_PROXY_HOPS": "1", "LABELSVC_LOG_JSON": "true", "LABELSVC_RENDER_PROCESSES": "0",
        "LABELSVC_TEMPLATE_OVERRIDE": str(override), "LABELSVC_SCAN_MISSES": "2",
        "PYTHONPATH": str(Path(labelsvc.__file__).parents[1]), "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    with (logs / "out").open("wb") as out, (logs / "err").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "labelsvc", "serve", "--port", str(port), "--workers", "1"],
            env=os.environ | given, stdout=out, stderr=err, cwd=tmp_path,
        )  # fmt: skip
        made = Running(port, process, logs)
        try:
            until(lambda: _answers(made))
            yield made
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(server: Running) -> bool:
    assert server.process.poll() is None, (server.logs / "err").read_text()
    try:
        return server.ask("/health", "192.0.2.1", "")[0] == 200
    except OSError:
        return False


@pytest.mark.server
def test_no_byte_that_is_kept_names_who_scanned(
    running: Running, world: World, database: Database, settings: Settings, tmp_path: Path
) -> None:
    visits = [(address, agent) for address in ADDRESSES for agent in AGENTS]
    statuses = {
        status for address, agent in visits for status in _visit(running, world, address, agent)
    }
    # Each of these has an own way through the code; a page that answers otherwise was not tested.
    assert statuses >= {200, 303, 400, 404, 410, 429, 500}
    _broken(running, world.codes["in_force"])
    until(lambda: _count(database, Scan) >= len(visits) * 8)
    # What is written once an hour, with the same day key: refused codes, cases, coarsening.
    app = create_app(settings, database)
    for address, agent in visits:
        app.test_client().get(
            world.codes["not_issued"], base_url=settings.base_url, headers={"User-Agent": agent},
            environ_overrides={"REMOTE_ADDR": address},
        )  # fmt: skip
    ScanSite.of(app).recorder.flush()
    ScanSite.of(app)._hourly()
    assert _count(database, RefusedNetwork) and _count(database, InnerTries)
    logs = b"".join((running.logs / name).read_bytes() for name in ("out", "err"))
    assert b"unexpected error" in logs and b"ZeroDivisionError" in logs, "the log was not on"
    assert b"Invalid request" in logs and b"/inner/<path:code>" in logs
    whole = [code.rpartition("/")[2].encode() for code in world.codes.values()]
    assert not [code for code in whole if len(code) > 15 and code in logs.upper()]
    kept = {"logs": logs} | _stored(database, tmp_path)
    assert any(b"Chrome/Android" in data for data in kept.values()), (
        "the search finds nothing at all"
    )
    assert any(MESSAGE.encode() in data for data in kept.values())
    found = [(secret, name) for name, data in kept.items() for secret in SECRETS if secret in data]
    assert not found


def _visit(server: Running, world: World, address: str, agent: str) -> list[int]:
    """Every page that needs no sign-in, as one browser."""
    codes, seen = world.codes, []

    def ask(path: str, form: dict[str, str] | None = None, **more: str) -> str:
        status, page = server.ask(path, address, agent, form, **more)
        seen.append(status)
        return page

    for code in codes.values():
        ask(code)
    good = codes["in_force"]
    for path in (
        f"{good}?lat={PLACE['latitude']}&lon={PLACE['longitude']}", good + "?format=json",
        good + "?format=text", good + "?lang=en", good.lower(), "/", "/robots.txt", "/favicon.ico",
        "/log/", "/log/checkpoint", "/.well-known/labelsvc-trust.json", "/account/sign-in", "/inspect/",
        "/media/" + "0" * 32 + ".jpg", "/nobody/knows", "/console/", f"/report{codes['not_issued']}",
        f"/report{good}", "/report/", f"/inner{good}", f"/place{good}", f"/inner{codes['not_issued']}",
    ):  # fmt: skip
        ask(path)
    ask(good, Cookie="lang=en; tracker=1", Accept="application/json")
    for path, form in (
        (f"/report{good}", {"kind": "suspected_fake", "message": MESSAGE, "province": "01"}),
        (f"/report{good}", {"kind": "quality", "message": "x"}),
        ("/report/", {"kind": "quality", "message": MESSAGE, "code": "XYZ"}),
        (f"/place{good}", {"province": "01"}),
        (f"/place{good}", {"province": "99"}),
    ):
        found = re.search(r'name="token" value="([^"]+)"', ask(path))
        assert found is not None
        ask(path, form | {"token": found[1]})
    ask(f"/inner{good}", {"inner": "0" * 12})
    ask("/account/sign-in", {"name": "lan", "password": "wrong"})
    return seen


def _broken(server: Running, code: str) -> None:
    """What is no HTTP, from an address of its own: the server's log would name it, and the code."""
    for line in (b"G\x00RBAGE / HTTP/9.9", b"GET " + code.encode() + b" again HTTP/1.1"):
        with socket.create_connection(("127.0.0.1", server.port), 10, (DIRECT, 0)) as connection:
            connection.sendall(line + b"\r\nUser-Agent: " + AGENTS[0].encode() + b"\r\n\r\n")
            while connection.recv(4096):
                pass


def _count(database: Database, table: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _stored(database: Database, folder: Path) -> dict[str, bytes]:
    """Every byte of the data folder, and of PostgreSQL all rows and, where they can be read, all files."""
    found = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if database.is_sqlite:
        assert any(name.endswith("-wal") for name in found), "the write-ahead log was not read"
        return found
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(select(table)).all()
            found[f"table {table.name}"] = "\n".join(str(tuple(row)) for row in rows).encode()
    root = Path(str(database.url.query.get("host", "/nowhere")))
    if root.is_dir() and os.access(root / "data", os.R_OK):
        found |= {
            str(path): path.read_bytes()
            for part in ("base", "pg_wal", "log")
            for path in (root / "data" / part).rglob("*")
            if path.is_file() and not path.is_symlink()
        }
    return found
