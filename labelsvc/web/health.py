"""For load balancers and monitors: does everything that a page needs answer?"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from labelsvc.migrations import revisions
from labelsvc.web.site import site

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> ResponseReturnValue:
    where = site()
    try:
        with where.database.reading() as session:
            session.execute(text("SELECT 1"))
        present, newest = revisions(where.database)
    except SQLAlchemyError as error:
        return jsonify({"status": "down", "database": type(error).__name__}), 503
    good = present == newest
    answer = {"status": "ok" if good else "migrate", "revision": present, "newest": newest}
    return jsonify(answer), 200 if good else 503
