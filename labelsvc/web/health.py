"""Health: tells load balancers and monitors that the process is alive, ready, and well.

Three questions, because they want three reactions: a process that does not live is started anew, one
that is not ready gets no requests, and somebody looks after a service that is not ok. Without the
files scans are still answered: a load balancer must not take that away.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from labelsvc.migrations import revisions
from labelsvc.resources import version
from labelsvc.web.site import site

bp = Blueprint("health", __name__)


@bp.get("/health/live")
def live() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify({"status": "ok", "version": version()})


@bp.get("/health/ready")
def ready() -> ResponseReturnValue:
    """Scans can be answered: the database does, and has the schema of the program."""
    found = _found()
    return jsonify(found), 503 if found["status"] in ("down", "migrate") else 200


@bp.get("/health")
def health() -> ResponseReturnValue:
    """Everything works, the files too."""
    found = _found()
    return jsonify(found), 200 if found["status"] == "ok" else 503


def _found() -> dict[str, Any]:
    facts: dict[str, Any] = {"status": "ok", "version": version(), **_database(), "files": _files()}
    if facts["database"] != "ok":
        facts["status"] = "down"
    elif facts["revision"] != facts["newest"]:
        facts["status"] = "migrate"
    elif facts["files"] != "ok":
        facts["status"] = "degraded"
    return facts


def _database() -> dict[str, Any]:
    where = site()
    try:
        with where.database.reading() as session:
            session.execute(text("SELECT 1"))
        present, newest = revisions(where.database)
    except SQLAlchemyError as error:
        return {"database": type(error).__name__}
    return {"database": "ok", "revision": present, "newest": newest}


def _files() -> str:
    """Only the kind of an error is told: its words may name hosts and folders."""
    try:
        site().files.names("health")
    except Exception as error:  # the libraries below have errors of their own
        return type(error).__name__
    return "ok"
