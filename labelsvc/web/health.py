"""Health: tells load balancers and monitors that the process is alive, ready, and well.

Three questions, because they want three reactions: a process that does not live is started anew, one
that is not ready gets no requests, and somebody looks after a service that is not ok. Without the
files, and on a full disk, scans are still answered: a load balancer must not take that away.

`/health` writes, reads and compares, since a full disk, a folder that is gone or a log that stands
still show nowhere else. Only one word is told of each fault: those of libraries name hosts and folders.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from labelsvc import breakdown
from labelsvc.db import Database
from labelsvc.errors import DatabaseGone
from labelsvc.files import Files
from labelsvc.jobs import heartbeat
from labelsvc.migrations import revisions
from labelsvc.resources import version
from labelsvc.settings import loopback
from labelsvc.web.guards.incidents import rates
from labelsvc.web.site import Site, site
from labelsvc.worker import standing

bp = Blueprint("health", __name__)

#: Seconds that an answer is kept: everybody may ask, and it writes.
_KEPT: Final = 2.0
#: Seconds that an object store has for a small file.
_PATIENCE: Final = 5.0
#: Less free room than this is none, bytes: SQLite may still find room inside its own files.
_ROOM: Final = 1 << 20
#: Lines that only a proxy writes.
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Via")
#: Words for the database with which no scan can be answered rightly.
_DOWN: Final = {"deleted", "replaced"}


@bp.get("/health/live")
def live() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify({"status": "ok", "version": version()})


@bp.get("/health/ready")
def ready() -> ResponseReturnValue:
    """Scans can be answered: the database does, and has the schema of the program."""
    facts = {"status": "ok", "version": version(), **_reads(site().database)}
    facts["status"] = _status(facts)
    return jsonify(facts), 503 if facts["status"] in ("down", "migrate") else 200


@bp.get("/health")
def health() -> ResponseReturnValue:
    """Everything works: what is written is there, and what the world is shown is young enough."""
    found = _Looked.of(current_app).facts(site())
    return jsonify(found), 200 if found["status"] == "ok" else 503


@bp.get("/health/metrics")
def metrics() -> ResponseReturnValue:
    """Security events of the last hour as text for a collector on this machine; others find no page.

    A request that came through a proxy has a line that says so, also where `proxy_hops` is not set.
    """
    direct = not any(request.headers.get(line) for line in _FORWARDED)
    if not direct or not loopback(request.remote_addr or ""):
        abort(404)
    with site().database.reading() as session:
        found = rates(session)
    lines = [
        "# HELP labelsvc_security_events Refusals and acts on accounts in the last hour.",
        "# TYPE labelsvc_security_events gauge",
        *(f'labelsvc_security_events{{kind="{kind}"}} {count}' for kind, count in found.items()),
    ]
    return Response(
        "\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8"
    )


class _Looked:
    """The newest answer of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at, self._found = -_KEPT, dict[str, Any]()
        self._started = time.monotonic()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="health")

    @staticmethod
    def of(app: Flask) -> _Looked:
        found: _Looked = app.extensions.setdefault("labelsvc.health", _Looked())
        return found

    def facts(self, where: Site) -> dict[str, Any]:
        with self._lock:
            if time.monotonic() - self._at >= _KEPT:
                self._found = self._look(where)
                self._at = time.monotonic()
            return self._found

    def _look(self, where: Site) -> dict[str, Any]:
        facts = {"status": "ok", "version": version(), **_reads(where.database)}
        if _status(facts) == "ok":
            facts["database"] = _said(lambda: _write(where.database))
        facts["files"] = self._files(where.files)
        if _status(facts) == "ok":
            try:
                facts |= self._published(where)
            except Exception as error:  # whatever it is, the answer is wanted
                facts["log"] = _word(error)
        facts["status"] = _status(facts)
        return facts

    def _files(self, files: Files) -> str:
        folder = files.folder
        if folder is None:  # the libraries of object stores try for minutes
            try:
                return self._thread.submit(_said, lambda: _keep(files)).result(_PATIENCE)
            except TimeoutError:
                return "slow"
        return _said(lambda: _keep(files)) if _free(folder) >= _ROOM else breakdown.FULL

    def _published(self, where: Site) -> dict[str, Any]:
        with where.database.reading() as session:
            late = {row.name: row.problem or "late" for row in heartbeat.late(session)}
            found = {
                "log": standing.log_stands(session, where.files),
                "lists": standing.lists_stand(session, where.settings.host),
            }
        if time.monotonic() - self._started < heartbeat.PATIENCE.total_seconds():
            late = {}  # nobody published while the service stood still
        return {name: found.get(name, "ok") for name in (*found, *late)} | {
            name: problem for name, problem in late.items() if found.get(name, "ok") == "ok"
        }


def _status(facts: dict[str, Any]) -> str:
    database = facts["database"]
    if "revision" not in facts or database in _DOWN:
        return "down"
    if facts["revision"] != facts["newest"]:
        return "migrate"
    told = (facts.get(name, "ok") for name in ("database", "files", "log", "lists", "copies"))
    return "ok" if all(word == "ok" for word in told) else "degraded"


def _reads(database: Database) -> dict[str, Any]:
    try:
        database.check_file()
        with database.reading() as session:
            session.execute(text("SELECT 1"))
        present, newest = revisions(database)
    except DatabaseGone:
        there = Path(database.url.database or "").exists()
        return {"database": "replaced" if there else "deleted"}
    except SQLAlchemyError as error:
        return {"database": type(error).__name__}
    return {"database": "ok", "revision": present, "newest": newest}


def _write(database: Database) -> str:
    """Write a row; "ok", or why nothing more will fit soon."""
    with database.writing() as session:
        heartbeat.beat(session, heartbeat.PROBE)
    path = database.url.database
    full = database.is_sqlite and path and _free(Path(path).parent) < _ROOM
    return breakdown.FULL if full else "ok"


def _keep(files: Files) -> str:
    """Write a file, read it and take it away; and look into the folder, which is a right of its own."""
    files.names("health")
    key, data = f"health/{secrets.token_hex(8)}", secrets.token_bytes(4096)
    try:
        files.put(key, data)
        return "ok" if files.get(key) == data else "changed"
    finally:
        files.delete(key)


def _free(folder: Path) -> int:
    """Bytes that are free where *folder* is, or will be."""
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    return shutil.disk_usage(there).free


def _said(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # the libraries below have errors of their own
        return _word(error)


def _word(error: Exception) -> str:
    broken = breakdown.of(error)
    named = broken is not None and broken.kind != breakdown.AWAY
    return broken.kind if broken is not None and named else type(error).__name__
