"""State: keyring, pages, recorder and style hash that the scan pages keep in memory."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar, cast

import structlog
from flask import Flask, request
from sqlalchemy import select

from labelsvc import clock
from labelsvc.codes.forms import gs1, offline, short, uri
from labelsvc.codes.forms.carton import CartonCode, CartonPayload
from labelsvc.codes.forms.offline import OfflinePayload
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.register.issue import find_unit
from labelsvc.codes.register.keys import keyring_of
from labelsvc.db import Revision
from labelsvc.errors import BadSignature, KeyUnavailable
from labelsvc.inspections import watch
from labelsvc.inspections.places import coarsen_places
from labelsvc.resources import folder
from labelsvc.revisions import EVERYTHING
from labelsvc.scans.day_key import DayKey, network_of
from labelsvc.scans.record import Recorder, Seen, coarsen
from labelsvc.scans.refusals import Refusals
from labelsvc.scans.verdict import Verdict
from labelsvc.web import language, signed_in
from labelsvc.web.scan.agents import Agent, agent_of
from labelsvc.web.scan.cache import Page
from labelsvc.web.site import Site

Verified = TypeVar("Verified")

logger = structlog.get_logger()

#: The keyring is loaded anew at most this often, after a failed check or a change of the data:
#: another process may have rotated or frozen a key.
_RELOAD_SECONDS = 5.0
#: In the cookies of who is signed in (`sign_in_cookie.cookie_name`): office and producers look at their own
#: labels, also at withdrawn ones, and are no consumers. Nobody gains by pretending: it is the buyers'
#: scans that show a copy.
_SIGNED_IN = "session="
_BROWSERS = (("SamsungBrowser", "Samsung Internet"), ("Edg", "Edge"), ("OPR", "Opera"), ("CocCoc", "Cốc Cốc"),
             ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


class ScanSite:
    """One per application."""

    def __init__(self, where: Site, pages: Any) -> None:
        self.where = where
        self.host = uri.authority(where.settings.base_url)
        self.former = where.settings.former_hosts
        self.pages = pages
        self.day_key = DayKey(where.settings.data_dir)
        self.recorder = Recorder(where.database, self._hourly)
        self.refusals = Refusals()
        self.misses = where.misses
        #: Pages of `scan_wait` by kind and language.
        self.waits: dict[tuple[str, str], Page] = {}
        style = (folder("templates") / "scan" / "style.css").read_text(encoding="utf-8").strip()
        self.style = " ".join(style.split())
        digest = base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()
        self.csp = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        #: Header lines by kind, packing and language.
        self.headers: dict[tuple[str, bool, str], list[tuple[str, str]]] = {}
        self._keyring: Keyring | None = None
        self._revision = -1
        self._loaded = 0.0
        self._lock = threading.Lock()

    @staticmethod
    def of(app: Flask) -> ScanSite:
        return cast(ScanSite, app.extensions["labelsvc.scan"])

    @property
    def keyring(self) -> Keyring:
        if self._keyring is None:
            self._reload()
        return cast(Keyring, self._keyring)

    def verify(self, parsed: uri.ParsedCode) -> int | OfflinePayload:
        """The number of a server-checked code, or the payload of an offline one.

        :raises BadSignature: also with the newest keys; `UnknownKey` likewise.
        """
        return self._with_newest(lambda: self._verify(parsed))

    def number(self, parsed: uri.ParsedCode) -> int | None:
        """Number of a code that holds; it need not have been issued. None: an offline one of no run.

        :raises BadSignature: as `verify`.
        """
        verified = self.verify(parsed)
        if isinstance(verified, int):
            return verified
        with self.where.database.reading() as session:
            unit = find_unit(session, self.keyring, verified)
        return unit[1] if unit else None

    def verify_carton(self, code: CartonCode) -> CartonPayload:
        """Read a carton code; its units are still to be compared with the register.

        :raises BadSignature: as `verify`.
        """
        return self._with_newest(lambda: self.keyring.verify_carton(code, logged=True))

    def _with_newest(self, verify: Callable[[], Verified]) -> Verified:
        try:
            return verify()
        except (BadSignature, KeyUnavailable):
            if not self._reload():
                raise
            return verify()

    def outdated(self, revision: int) -> bool:
        """True if the keyring was loaded anew, for data that changed since it was loaded.

        Else a key that was frozen after a theft would be believed until the process ends.
        """
        return revision != self._revision and self._reload()

    def _verify(self, parsed: uri.ParsedCode) -> int | OfflinePayload:
        if isinstance(parsed, short.ShortCode):
            return self.keyring.verify_short(parsed)
        if isinstance(parsed, gs1.Gs1Code):
            return self.keyring.verify_gs1(parsed)
        if isinstance(parsed, offline.OfflineCode):
            return self.keyring.verify_offline(parsed)
        raise BadSignature("A plain link is not signed.")

    def _reload(self) -> bool:
        with self._lock:
            if self._keyring is not None and time.monotonic() - self._loaded < _RELOAD_SECONDS:
                return False
            settings = self.where.settings
            with self.where.database.reading() as session:
                self._revision = (
                    session.scalar(select(Revision.number).where(Revision.id == EVERYTHING)) or 0
                )
                self._keyring = keyring_of(session, settings)
            self._loaded = time.monotonic()
            return True

    def record(
        self, verdict: Verdict, number: int | None, issue_id: int | None, form: str | None
    ) -> None:
        """`note` of the request at hand."""
        self.note(request.environ, language.current(), verdict, number, issue_id, form)

    def note(
        self, environ: Mapping[str, Any], lang: str, verdict: Verdict,
        number: int | None, issue_id: int | None, form: str | None,
    ) -> None:  # fmt: skip
        """Write the scan down; nothing that goes wrong here may reach the page.

        Only a page that somebody opened who is not signed in: an inspector's application asks by POST
        (`web/inspect/verdict.py`), and an official act is no anonymous visitor. Programs are counted apart.

        :param environ: of the request (PEP 3333).
        """
        if environ["REQUEST_METHOD"] != "GET" or _SIGNED_IN in environ.get("HTTP_COOKIE", ""):
            return
        try:
            if (agent := agent_of(environ)) is not Agent.PERSON:
                self.recorder.add_machine(agent)
                return
            device = device_family(environ.get("HTTP_USER_AGENT", ""))
            token = self._token(environ, device)
            self.recorder.add(
                Seen(clock.now(), verdict, number, issue_id, form, lang, device, token)
            )
        except Exception:
            logger.exception("scan not recorded")

    def visitor(self) -> str:
        """Token of the network that asks and its browser family, the same until midnight."""
        environ = request.environ
        return self._token(environ, device_family(environ.get("HTTP_USER_AGENT", "")))

    def _token(self, environ: Mapping[str, Any], device: str) -> str:
        return self.day_key.token(network_of(environ.get("REMOTE_ADDR", "")), device)

    def missed(self, parsed: uri.ParsedCode) -> int:
        """Count a code that did not hold. Gives the seconds its network has to wait, 0 for none.

        A forged code that inspector, office or auditor look at by their office raises no case of codes
        that the public meets; here the cookie is looked up, since who tries codes would gain by
        pretending. Beyond the limit of a minute nothing is looked up any more and all count.
        """
        network = network_of(request.remote_addr or "")
        wait = self.misses.add(network)
        if not wait and signed_in.official():
            return wait
        try:
            self.refusals.add(parsed, self.day_key.token(network, ""))
        except OSError:
            logger.exception("refused code not counted")
        return wait

    def waits_for(self) -> int:
        """Seconds until another code of this network is looked at by pages beside the scan page."""
        return self.misses.wait(network_of(request.remote_addr or ""))

    def _hourly(self) -> None:
        self.day_key.forget()
        before = clock.now() - timedelta(days=self.where.settings.scan_minutes_days)
        with self.where.database.writing() as session:
            coarsen(session, before=before)
            coarsen_places(session, before=before)
        self.refusals.flush(self.where.database)
        watch.look(self.where.database, self.where.settings)


def device_family(agent: str) -> str:
    """ "Chrome/Android" and no more of the browser's string."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "?")
    return f"{browser}/{next((name for mark, name in _SYSTEMS if mark in agent), '?')}"


def install(app: Flask, pages: Any) -> None:
    own = app.extensions["labelsvc.scan"] = ScanSite(app.extensions["labelsvc"], pages)
    app.jinja_env.globals["scan_style"] = own.style
