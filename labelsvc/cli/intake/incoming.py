"""Incoming: one request as it arrives, until it is whole. Used by the serving processes.

No thread waits for a slow sender: bytes are collected here, and a request goes to a thread when its
last byte is there. What is wrong with a head is left to gunicorn's parser to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import IO, Final
from urllib.parse import unquote_to_bytes

#: Bytes of a head: gunicorn's own limits of a line and of all fields, together.
MAX_HEAD: Final = 48 * 1024
#: Bytes of a body that stay in memory.
_IN_MEMORY: Final = 256 * 1024
_BLOCK: Final = 64 * 1024
_FIELD = re.compile(rb"(?im)^(content-length|transfer-encoding|expect)[ \t]*:[ \t]*([^\r\n]*)")
_EXPECT = re.compile(rb"(?im)^expect[ \t]*:[^\r\n]*\r\n")
_FIRST = re.compile(rb"(GET|HEAD) (/[^ ]*) HTTP/1\.[01]\r\n")
#: First parts of addresses that are no code; a test goes over every page.
_FILES: Final = frozenset({b"static", b"media"})
_PAGES: Final = frozenset(
    b".well-known account changes check console data decision decisions figures help inner inspect log"
    b" office outlet outlets place producer product products report search sitemap sitemap.xml trust"
    b" village villages".split()
)


class Lane(StrEnum):
    """One set of threads that serves requests."""

    SCAN = "scan"
    #: Photos, styles and scripts, which scan pages show.
    FILE = "file"
    PAGE = "page"


def lane_of(head: bytes) -> Lane:
    """The lane of a request without body; everything doubtful is a page."""
    found = _FIRST.match(head)
    if found is None:
        return Lane.PAGE
    path = unquote_to_bytes(found[2].partition(b"?")[0])
    parts = [part for part in path.split(b"/") if part]
    if not parts or parts[0] in _PAGES:
        return Lane.PAGE
    return Lane.FILE if parts[0] in _FILES else Lane.SCAN


class Incoming:
    """Bytes of one request. `whole` tells when it can be served, `rest` is of the next one.

    :param max_body: a longer body is not waited for: the application says that it is too large.
    """

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body
        self._head = bytearray()
        self._body: IO[bytes] | None = None
        self._left = 0
        self.in_head, self.whole = True, False
        #: The sender waits for a word before it sends the body.
        self.expects = False
        #: A body without a length; nothing that people use sends one.
        self.chunked = False
        self.lane = Lane.PAGE
        #: Bytes of the body that are held here.
        self.held = 0
        self.rest = b""

    @property
    def begun(self) -> bool:
        return bool(self._head)

    def received(self) -> bytes:
        """Everything so far of a request whose head is whole and whose body was not begun."""
        return bytes(self._head) + self.rest

    def feed(self, data: bytes, *, body: bool = True) -> None:
        """Take what arrived.

        :param body: False leaves what follows the head in `rest`, for another process to read.
        """
        if self.in_head:
            self._head += data
            if self._head.startswith(b"\r\n"):
                del self._head[:2]
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                # The parser refuses both; it must not wait for more.
                bare = self._head.count(b"\n") != self._head.count(b"\r\n")
                self.whole = bare or len(self._head) > MAX_HEAD
                return
            data = bytes(self._head[end + 4 :])
            del self._head[end + 4 :]
            self._read_head()
        if not body:
            self.rest += data
            return
        taken = data[: self._left]
        if taken:
            if self._body is None:
                self._body = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed by `close`
            self._body.write(taken)
            self.held += len(taken)
            self._left -= len(taken)
        self.rest += data[len(taken) :]
        self.whole = not self._left

    def take_body(self) -> None:
        """Go on where `feed(body=False)` stopped."""
        data, self.rest = self.rest, b""
        self.feed(data)

    def _read_head(self) -> None:
        self.in_head = False
        fields = [(name.lower(), value.strip()) for name, value in _FIELD.findall(self._head)]
        lengths = [value for name, value in fields if name == b"content-length"]
        self.chunked = any(name == b"transfer-encoding" for name, _ in fields)
        self.lane = Lane.PAGE if lengths or self.chunked else lane_of(bytes(self._head))
        if len(lengths) == 1 and lengths[0].isdigit() and len(lengths[0]) < 13:
            length = int(lengths[0])
            self._left = length if length <= self._max_body else 0
        self.expects = self._left > 0 and (b"expect", b"100-continue") in [
            (name, value.lower()) for name, value in fields
        ]
        if self.expects:  # answered here; the parser would do so again
            self._head = bytearray(_EXPECT.sub(b"", self._head))

    def chunks(self) -> Iterator[bytes]:
        """Head and body, for the parser."""
        yield bytes(self._head)
        if self._body is not None:
            self._body.seek(0)
            while block := self._body.read(_BLOCK):
                yield block

    def close(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
