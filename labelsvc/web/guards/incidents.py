"""Incidents: counts refusals of the site, and tells them in the log and, once a minute, in the audit trail.

Used by `app.py`. A flood fills neither: the first of a network in a minute is a line of the log, up to a
bound, and the trail gets one entry a minute, kind and process. Networks are told by a word that is keyed and
changes each day; accounts by their number.
"""

from __future__ import annotations

import atexit
import hashlib
import hmac
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, cast

import structlog
from flask import Flask, Response, g, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import audit, roles
from labelsvc.accounts.models import AuditEntry
from labelsvc.db import Database
from labelsvc.web.signed_in import network

logger = structlog.get_logger()

#: Kinds of refusals, as the trail names them.
SIGN_IN, STEP_UP, REFUSED, FORM, THROTTLED = KINDS = (
    "security.sign_in",
    "security.step_up",
    "security.refused",
    "security.form",
    "security.throttled",
)
#: Acts on accounts that the trail has one by one; the metrics count them beside the refusals.
ACTS: Final = (
    "sign_in",
    "user.create",
    "user.role",
    "user.active",
    "user.password",
    "account.confirm",
    "account.factor.add",
    "account.factor.remove",
    "account.factor.suspect",
)
#: Networks of a kind that are told apart in a minute, and lines of the log for them.
MOST_SOURCES, MOST_LINES = 1000, 20
#: Accounts that an entry names.
_MOST_ACCOUNTS = 10
#: Seconds between two looks of the thread, and looks between two entries.
_PAUSE, _LOOKS = 1.0, 60
_LOOKED_AT: Final = frozenset({400, 401, 403, 429})


@dataclass
class _Minute:
    """Refusals of one kind since the last entry."""

    count: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    accounts: set[int] = field(default_factory=set)


class Incidents:
    """Counts of one process. Any thread may add; one writes."""

    def __init__(self, database: Database, key: str) -> None:
        self._database = database
        self._key = key.encode()
        self._lock = threading.Lock()
        self._minutes: dict[str, _Minute] = {}

    @staticmethod
    def of(app: Flask) -> Incidents:
        return cast(Incidents, app.extensions["labelsvc.incidents"])

    def add(self, kind: str, *, source: str, page: str, user: int | None = None) -> None:
        """Count one refusal; *source* is a network."""
        word = self._word(source)
        with self._lock:
            minute = self._minutes.setdefault(kind, _Minute())
            minute.count += 1
            minute.pages[page] += 1
            new = word not in minute.sources
            if new and len(minute.sources) >= MOST_SOURCES:
                word = ""  # all further ones together: memory has a bound
            minute.sources[word] += 1
            told = new and len(minute.sources) <= MOST_LINES
            if user is not None and len(minute.accounts) < _MOST_ACCOUNTS:
                minute.accounts.add(user)
        if told:
            logger.warning("security", kind=kind, page=page, source=word, user=user)

    def write(self) -> None:
        """Put what was counted into the trail; it is kept for the next time where that fails."""
        with self._lock:
            counted, self._minutes = self._minutes, {}
        if not counted:
            return
        try:
            with self._database.writing() as session:
                for kind, minute in sorted(counted.items()):
                    audit.record(
                        session, actor="system", action=kind, subject="site", facts=_facts(minute)
                    )
        except Exception:
            logger.exception("incidents not written", kinds=sorted(counted))
            self._put_back(counted)
            return
        for kind, minute in sorted(counted.items()):
            logger.warning("security counted", kind=kind, **_facts(minute))

    def _put_back(self, counted: dict[str, _Minute]) -> None:
        with self._lock:
            for kind, minute in counted.items():
                kept = self._minutes.setdefault(kind, _Minute())
                kept.count += minute.count
                kept.pages += minute.pages
                kept.accounts |= set(sorted(minute.accounts)[:_MOST_ACCOUNTS])
                for word, count in minute.sources.items():
                    known = word in kept.sources or len(kept.sources) < MOST_SOURCES
                    kept.sources[word if known else ""] += count

    def begin(self) -> None:
        """Start the thread that writes, in a process that serves: after the fork."""
        threading.Thread(target=self._run, name="incidents", daemon=True).start()
        atexit.register(self.write)

    def _run(self) -> None:
        wait, looks = threading.Event(), 0
        while not wait.wait(_PAUSE) and not self._database.closed:
            looks += 1
            if looks % _LOOKS == 0:
                self.write()
        atexit.unregister(self.write)

    def _word(self, source: str) -> str:
        """Eight characters for a network, others tomorrow: they join lines and lead to nobody."""
        message = f"incident {clock.today().isoformat()} {source}".encode()
        return hmac.digest(self._key, message, hashlib.sha256).hex()[:8]


def _facts(minute: _Minute) -> dict[str, str | int]:
    (source, most), (page, _) = minute.sources.most_common(1)[0], minute.pages.most_common(1)[0]
    facts: dict[str, str | int] = {
        "count": minute.count,
        "networks": len(minute.sources),
        "most": most,
        "source": source,
        "page": page,
    }
    if minute.accounts:
        facts["accounts"] = ", ".join(str(one) for one in sorted(minute.accounts))
    return facts


def rates(session: Session) -> dict[str, int]:
    """Refusals and acts on accounts in the last hour, of all processes, as the trail has them."""
    since = clock.now() - timedelta(hours=1)
    found = dict.fromkeys((*KINDS, *ACTS), 0)
    recent = AuditEntry.at > since
    for action, count in session.execute(
        select(AuditEntry.action, func.count())
        .where(AuditEntry.action.in_(ACTS), recent)
        .group_by(AuditEntry.action)
    ):
        found[action] = count
    for action, facts in session.execute(
        select(AuditEntry.action, AuditEntry.facts).where(AuditEntry.action.in_(KINDS), recent)
    ):
        found[action] += int(facts.get("count", 0))
    return found


def install(app: Flask) -> None:
    """Look at each answer that refuses, and at each act that asked for a step-up."""
    where = app.extensions["labelsvc"]
    incidents = Incidents(where.database, where.settings.keys[-1])
    app.extensions["labelsvc.incidents"] = incidents

    @app.after_request
    def look(answer: Response) -> Response:
        user = g.get("user")
        if answer.status_code in _LOOKED_AT and (kind := _kind(answer.status_code)):
            incidents.add(
                kind,
                source=network(),
                page=request.endpoint or "",
                user=user.id if user is not None else None,
            )
        elif (
            request.method == "POST"
            and answer.status_code < 400
            and request.endpoint in roles.STEP_UP
            and user is not None
        ):
            # The trail has the act itself, where it was done; the log has who was at the door.
            logger.info("security act", page=request.endpoint, user=user.id)
        return answer


def _kind(status: int) -> str | None:
    """Kind of a refusal; None for a fault of typing."""
    if status == 429:
        return THROTTLED
    if status == 403:
        return REFUSED
    if status == 400:
        return FORM if g.get("stale_form") else None
    if g.get("user") is not None:
        return STEP_UP
    # A form that is sent without a sign-in is refused; one that signs in has failed.
    endpoint = request.endpoint or ""
    on_the_way = g.get("half") is not None or roles.is_public(endpoint)
    if g.get("resuming"):
        return SIGN_IN
    return SIGN_IN if on_the_way and endpoint.startswith("account.") else REFUSED
