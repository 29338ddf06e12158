"""Webhook: tells another program of the office, signed as Standard Webhooks 1.0 (docs/messages.md).

The signature covers id, moment and body. Who receives it refuses what is older than five minutes, and
an id that came before: so nothing that was heard can be sent again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

from labelsvc.clock import now
from labelsvc.messages.channels.channel import Outgoing
from labelsvc.messages.channels.post import document, post
from labelsvc.settings import Settings

_PREFIX: Final = "whsec_"


class Webhook:
    """The address of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._url, self._key = settings.webhook_url, key_of(settings.webhook_secret)

    def send(self, outgoing: Outgoing) -> None:
        body = document(
            {
                "id": outgoing.id,
                "kind": outgoing.kind,
                "at": outgoing.at.isoformat(),
                "facts": dict(outgoing.facts),
                "text": outgoing.letter.subject,
                "link": outgoing.letter.link,
            }
        )
        moment = str(int(now().timestamp()))
        headers = {
            "webhook-id": outgoing.id,
            "webhook-timestamp": moment,
            "webhook-signature": sign(self._key, outgoing.id, moment, body),
        }
        post(self._url, body, headers)

    def close(self) -> None:
        """Nothing is kept open."""


def key_of(secret: str) -> bytes:
    """The bytes of a secret; those of "whsec_…" are written in Base64."""
    if secret.startswith(_PREFIX):
        return base64.b64decode(secret.removeprefix(_PREFIX))
    return secret.encode()


def sign(key: bytes, identity: str, moment: str, body: bytes) -> str:
    """The value of the header `webhook-signature`."""
    signed = hmac.digest(key, f"{identity}.{moment}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"
