"""Channel: the protocol that each way out fulfils, and what the other side may answer. Used by the worker."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from labelsvc.messages.letter import Letter
from labelsvc.messages.models import Message


class Why(StrEnum):
    """Meaning of a refusal for the message."""

    #: The channel itself does not work at the moment, whatever the message.
    AWAY = "away"
    #: Not now.
    LATER = "later"
    #: Never, but another message may go there.
    FAILED = "failed"
    #: There is no such address.
    REFUSED = "refused"


class NotSentError(Exception):
    """The other side did not take a message; the text is what it said."""

    def __init__(self, why: Why, said: str) -> None:
        super().__init__(said)
        self.why = why


@dataclass(frozen=True)
class Outgoing:
    """A message on its way out."""

    #: The same each time that it is sent, of no other message.
    id: str
    kind: str
    address: str
    at: datetime
    letter: Letter
    facts: Mapping[str, Any]

    @classmethod
    def of(cls, row: Message, letter: Letter) -> Outgoing:
        """Keys come again after an old copy was put back, so the moment is part of the id."""
        named = f"{row.key} {row.created_at.isoformat()}"
        made = hashlib.sha256(named.encode()).hexdigest()[:32]
        return cls(made, row.kind, row.address, row.created_at, letter, row.facts)


class Way(Protocol):
    """A way out. One thread uses it."""

    def send(self, outgoing: Outgoing) -> None:
        """Hand one message over. :raises NotSentError: the other side did not take it."""

    def close(self) -> None:
        """End what is kept open between two messages."""
