"""Post: sends one JSON document by HTTP and gives the answer. Used by the webhook and the telephone gateways."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from labelsvc.messages.channels.channel import NotSentError, Why

#: Seconds for the connection and for each read.
TIMEOUT: Final = 15
#: Bytes of an answer that are looked at.
MAX_ANSWER: Final = 64 * 1024
#: The other side does not know us, or is not there: no fault of the message.
_OUR_FAULT: Final = (401, 403, 404, 407)
_PASSES: Final = (408, 425, 429)


class Answer(NamedTuple):
    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """The JSON object of the answer; empty where it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def document(content: Mapping[str, Any]) -> bytes:
    """The bytes that are sent, and signed."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send *body*. No redirect is followed: it would carry the secret to another host.

    :raises NotSentError: nobody answers, or the answer is not 2xx.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
    except OSError as error:
        raise NotSentError(Why.AWAY, f"{type(error).__name__}: {error}") from None
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
        got = connection.getresponse()
        answer = Answer(got.status, got.read(MAX_ANSWER))
    except (http.client.HTTPException, OSError) as error:  # it may have come there or not
        raise NotSentError(Why.LATER, f"{type(error).__name__}: {error}") from None
    finally:
        connection.close()
    if 200 <= answer.status < 300:
        return answer
    raise NotSentError(_why(answer.status), f"HTTP {answer.status}")


def _why(status: int) -> Why:
    if status in _OUR_FAULT:
        return Why.AWAY
    if status in _PASSES or status >= 500:
        return Why.LATER
    return Why.FAILED
