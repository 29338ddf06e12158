"""Telephone: hands messages to a gateway for SMS or Zalo ZNS: number, template, values.

The words stand in the templates that the gateway has approved; ours only fills them. A gateway of another
shape is another entry of `GATEWAYS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from labelsvc.messages.channels.channel import NotSentError, Outgoing, Why
from labelsvc.messages.channels.post import Answer, document, post
from labelsvc.settings import Settings


class Gateway(Protocol):
    """Protocol of one kind of gateway."""

    def headers(self, token: str) -> Mapping[str, str]:
        """The headers by which it knows us."""

    def body(self, outgoing: Outgoing, template: str) -> Mapping[str, Any]:
        """Give the body of the request."""

    def look(self, answer: Answer) -> None:
        """:raises NotSentError: it says no in an answer of the status 200."""


class Sms:
    """A gateway for SMS that takes JSON, with a token for the bearer."""

    def headers(self, token: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {token}"}

    def body(self, outgoing: Outgoing, template: str) -> Mapping[str, Any]:
        return {
            "id": outgoing.id, "to": f"+{international(outgoing.address)}", "template": template,
            "parameters": values(outgoing),
        }  # fmt: skip

    def look(self, answer: Answer) -> None:
        """The status says it."""


class Zalo:
    """Zalo Notification Service: POST …/message/template. Errors come with the status 200."""

    #: No account of Zalo has this number, or its person wants nothing of us.
    _REFUSED: Final = frozenset({-108, -114, -118, -119})
    #: Token, balance and quota are ours, not those of the message.
    _AWAY: Final = frozenset({-115, -124, -144, -147, -216})

    def headers(self, token: str) -> Mapping[str, str]:
        return {"access_token": token}

    def body(self, outgoing: Outgoing, template: str) -> Mapping[str, Any]:
        return {
            "phone": international(outgoing.address), "template_id": template,
            "template_data": values(outgoing), "tracking_id": outgoing.id,
        }  # fmt: skip

    def look(self, answer: Answer) -> None:
        told = answer.json()
        code = told.get("error", None)
        if code == 0:
            return
        why = Why.FAILED
        if code in self._REFUSED:
            why = Why.REFUSED
        elif code in self._AWAY or code is None:
            why = Why.AWAY
        raise NotSentError(why, f"{code} {told.get('message', '')}")


GATEWAYS: Final[dict[str, Gateway]] = {"sms": Sms(), "zns": Zalo()}


class Telephone:
    """The gateway of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._gateway = settings, GATEWAYS[settings.phone_gateway]

    def send(self, outgoing: Outgoing) -> None:
        template = self._settings.phone_kinds.get(outgoing.kind)
        if template is None:
            raise NotSentError(Why.FAILED, f"PHONE_TEMPLATES: {outgoing.kind}")
        answer = post(
            self._settings.phone_url,
            document(self._gateway.body(outgoing, template)),
            self._gateway.headers(self._settings.phone_token),
        )
        self._gateway.look(answer)

    def close(self) -> None:
        """Nothing is kept open."""


def international(number: str) -> str:
    """0912345678 as 84912345678."""
    return f"84{number.removeprefix('0')}"


def values(outgoing: Outgoing) -> dict[str, str]:
    """Values that a template may hold: the facts as texts, and the link."""
    return {name: str(value) for name, value in outgoing.facts.items() if name != "page"} | {
        "link": outgoing.letter.link
    }
