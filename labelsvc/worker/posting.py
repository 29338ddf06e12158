"""Posting: a thread that sends the messages of the outbox, one after the other.

Each takes two short transactions: one leases it, one writes down what came of it. Between them nothing is
open but the connection to the other side.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.orm import Session

from labelsvc.accounts import users
from labelsvc.accounts.contact import addresses, links
from labelsvc.accounts.models import User
from labelsvc.codes.tlog import setback
from labelsvc.db import Database
from labelsvc.messages import letter, outbox
from labelsvc.messages.channels.channel import NotSentError, Outgoing, Way, Why
from labelsvc.messages.channels.mail import Mail
from labelsvc.messages.channels.telephone import Telephone
from labelsvc.messages.channels.webhook import Webhook
from labelsvc.messages.models import Channel, Message, MessageState
from labelsvc.programme.points import links as point_links
from labelsvc.settings import Settings

log = structlog.get_logger()

#: Seconds between two looks at the outbox, and after a stumble.
_EVERY, _BREATH = 1.0, 5.0
#: Seconds that a channel is left alone when nobody answers there.
REST: Final = 30.0
#: Seconds in which the message on its way may end when the process does.
_PATIENCE = 8.0
WAYS: Final[Mapping[str, Callable[[Settings], Way]]] = {
    Channel.MAIL: Mail,
    Channel.PHONE: Telephone,
    Channel.WEBHOOK: Webhook,
}
#: Reason of a message whose link works no more.
_STALE: Final = "its link works no more"


class Sender:
    """Sends one message after the other; of one thread."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._ways: dict[str, Way] = {}
        self._rests: dict[str, float] = {}

    def send_next(self) -> bool:
        """Send the message whose turn it is; False where none waits for a channel that works."""
        resting = frozenset(c for c, until in self._rests.items() if until > time.monotonic())
        resting |= frozenset(WAYS) - set(self._settings.channels)
        with self._database.reading() as session:
            if not outbox.is_due(session, resting=resting) or setback.found(session) is not None:
                return False
        with self._database.writing() as session:
            row = outbox.claim(session, resting=resting)
        if row is None:
            return False
        with self._database.reading() as session:
            link = self._link(session, row)
        if link is None:
            self._write(lambda session: outbox.ended(session, row, MessageState.DROPPED, _STALE))
            return True
        try:
            self._way(row.channel).send(Outgoing.of(row, self._letter(row, link)))
        except NotSentError as error:
            self._refused(row, error)
        else:
            self._write(lambda session: outbox.sent(session, row))
        return True

    def close(self) -> None:
        """End the connections."""
        for way in self._ways.values():
            way.close()
        self._ways.clear()

    def _way(self, channel: str) -> Way:
        if channel not in self._ways:
            self._ways[channel] = WAYS[channel](self._settings)
        return self._ways[channel]

    def _letter(self, row: Message, link: str) -> letter.Letter:
        return letter.write(
            row.kind, row.facts, language=row.language, link=self._settings.base_url + link,
            office=self._settings.office_name,
        )  # fmt: skip

    def _link(self, session: Session, row: Message) -> str | None:
        """The path that the message leads to; None where a link that it was to bring holds no more."""
        facts, keys = row.facts, self._settings.keys
        if "link" in facts:
            value = links.token(session, facts["link"], keys=keys)
            page = "reset" if row.kind == "reset" else "address-check"
            return f"/account/{page}/{value}" if value is not None else None
        if "point_link" in facts:
            value = point_links.token(session, facts["point_link"], keys=keys)
            return f"/outlet/confirm/{value}" if value is not None else None
        if "invited" in facts:
            user = session.get(User, facts["invited"])
            if user is None or not user.active:
                return None
            value = users.invitation(user, keys=keys, sent_to=(facts["contact"], row.address))
            return f"/account/invitation/{value}"
        return str(facts.get("page", "/"))

    def _refused(self, row: Message, error: NotSentError) -> None:
        said = str(error)
        log.warning("message not sent", message=row.id, channel=row.channel, why=str(error.why))
        if error.why is Why.AWAY:
            self._rests[row.channel] = time.monotonic() + REST
            wait = timedelta(seconds=REST)
            self._write(lambda session: outbox.give_back(session, row, said, wait))
        elif error.why is Why.LATER:
            self._write(lambda session: outbox.later(session, row, said))
        elif error.why is Why.FAILED:
            self._write(lambda session: outbox.ended(session, row, MessageState.FAILED, said))
        else:
            self._write(lambda session: _no_such(session, row, said))

    def _write(self, verb: Callable[[Session], object]) -> None:
        with self._database.writing() as session:
            verb(session)


def _no_such(session: Session, row: Message, said: str) -> None:
    if outbox.ended(session, row, MessageState.REFUSED, said):
        addresses.refused(session, row.channel, row.address, said)


class Postman:
    """The thread of a process that sends; nothing where the settings name no channel."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._sender = Sender(database, settings)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send_forever, daemon=True)
        self._idle = not settings.channels

    def __enter__(self) -> Postman:
        if not self._idle:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """The message on its way may end, but holds the process up only so long."""
        self._stop.set()
        if not self._idle:
            self._thread.join(_PATIENCE)

    def _send_forever(self) -> None:
        while not self._stop.is_set():
            pause = _EVERY
            try:
                while not self._stop.is_set() and self._sender.send_next():
                    pass
                self._sender.close()
            except Exception:  # a database that is away for a moment must not end it
                log.exception("postman stumbled")
                pause = _BREATH
            self._stop.wait(pause)
        self._sender.close()
