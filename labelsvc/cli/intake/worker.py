"""Worker: a serving process of gunicorn that scans cannot be kept out of.

Half of the processes take connections and serve scans, and the files of their pages; they hand every
other request over to the other half, connection and all. So neither slow pages, nor passwords, nor
uploads take a thread or the interpreter from a scan. Each process collects requests without a thread
(`Incoming`), with a deadline; where too many wait, the answer is 503 and when to come again.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import struct
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

from labelsvc.cli.intake.incoming import Incoming, Lane

#: Seconds for a head, for a pause within a body, and for the client to close after the answer.
HEAD_SECONDS, PAUSE_SECONDS, LINGER_SECONDS = 10.0, 20.0, 2.0
#: Seconds that any body may take, and bytes in each second more.
BODY_SECONDS, BODY_RATE = 30.0, 8 * 1024
#: Seconds that an answer waits for a client which takes nothing of it.
SEND_SECONDS: Final = 20
#: Open connections of a process; beyond, the one that is longest without a whole request goes.
MAX_OPEN: Final = 300
#: Bytes of bodies that a process holds at once.
MAX_HELD: Final = 512 * 1024 * 1024
#: Threads of each lane, and requests that may wait for one of them.
_THREADS = {Lane.SCAN: 4, Lane.FILE: 2, Lane.PAGE: 8}
_WAITING = {Lane.SCAN: 300, Lane.FILE: 100, Lane.PAGE: 24}
#: Room for a whole scan page in the kernel, so that its thread never waits for the client.
_SEND_BUFFER: Final = 208 * 1024
_HANDED: Final = 256 * 1024
_NICE: Final = 5
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


def _answer(status: str, vi: str, en: str, extra: str = "") -> bytes:
    page = (
        '<!doctype html><html lang="vi"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{status}</title>'
        f'<p>{vi}</p><p lang="en">{en}</p></html>'
    ).encode()
    lines = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(page)}\r\n"
        f"Cache-Control: no-store\r\nConnection: close\r\n{extra}\r\n"
    )
    return lines.encode() + page


BUSY: Final = _answer(
    "503 Service Unavailable",
    "Máy chủ đang bận. Hãy thử lại sau 5 giây.",
    "The server is busy. Try again in 5 seconds.",
    "Retry-After: 5\r\n",
)
TOO_SLOW: Final = _answer(
    "408 Request Timeout",
    "Dữ liệu gửi lên quá chậm hoặc bị ngắt. Hãy thử lại khi mạng tốt hơn.",
    "What was sent came too slowly or broke off. Try again with a better network.",
)
NO_LENGTH: Final = _answer(
    "411 Length Required",
    "Yêu cầu không cho biết độ dài. Hãy gửi lại kèm Content-Length.",
    "The request does not say how long it is. Send it with Content-Length.",
)


class Connection(TConn):  # type: ignore[misc]
    """A connection and the request that arrives on it."""

    incoming: Incoming
    #: Moments of `time.monotonic`: the latest for the request, and for its next byte.
    deadline: float
    pause: float


@dataclass
class _Threads:
    """The threads of a lane, and how many requests they have or wait for."""

    pool: ThreadPoolExecutor
    most: int
    count: int = 0


class Worker(ThreadWorker):  # type: ignore[misc]
    """Reads requests whole, then has them served by the threads of their lane."""

    #: Sockets between the processes: one end to hand over, the other to take.
    handover: ClassVar[tuple[socket.socket, socket.socket]]
    #: Bytes of the largest body that is taken.
    max_body: ClassVar[int] = 20 * 1024 * 1024
    #: Whether this process takes connections and serves scans; decided before the fork.
    takes_scans = True
    _accepting: bool

    @classmethod
    def prepare(cls, max_body: int) -> None:
        """Open what the processes share, before any of them is forked."""
        kind = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
        cls.handover = socket.socketpair(socket.AF_UNIX, kind)
        for end in cls.handover:
            end.setblocking(False)
        cls.max_body = max_body

    def init_process(self) -> None:
        self._reading: dict[Connection, None] = {}
        self._lingering: dict[socket.socket, tuple[float, int]] = {}
        self._held = 0
        lanes = (Lane.SCAN, Lane.FILE) if self.takes_scans else (Lane.PAGE,)
        self._lanes = {
            lane: _Threads(
                ThreadPoolExecutor(_THREADS[lane], lane), _THREADS[lane] + _WAITING[lane]
            )
            for lane in lanes
        }
        if not self.takes_scans:
            self.max_keepalived = 0  # the next request on the connection may be a scan
            with suppress(OSError):
                os.nice(_NICE)
        super().init_process()

    # --- connections -----------------------------------------------------------------------------

    def set_accept_enabled(self, enabled: bool) -> None:
        if self.takes_scans:
            super().set_accept_enabled(enabled)
        elif enabled != self._accepting:
            taken = self.handover[1]
            if enabled:
                self.poller.register(taken, selectors.EVENT_READ, self._take_over)
            else:
                self.poller.unregister(taken)
            self._accepting = enabled

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self._open(client, address, listener.getsockname())

    def _take_over(self, _end: Any) -> None:
        """Take a connection that another process accepted, and what it has read of the request."""
        try:
            data, handles, _, _ = socket.recv_fds(self.handover[1], _HANDED, 1)
        except BlockingIOError:
            return
        for handle in handles:
            client = socket.socket(fileno=handle)
            try:
                address, own = client.getpeername(), client.getsockname()
            except OSError:  # gone meanwhile
                client.close()
                continue
            self._open(client, address, own, data)

    def _open(self, client: socket.socket, address: Any, own: Any, data: bytes = b"") -> None:
        self.nr_conns += 1
        if self.nr_conns > MAX_OPEN and self._reading:
            self._drop(next(iter(self._reading)))
        with suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            wait = struct.pack("ll", SEND_SECONDS, 0)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, wait)
        conn = Connection(self.cfg, client, address, own)
        conn.initialized = True  # nothing of TLS or HTTP/2: that is the proxy's
        self._await(conn, data, HEAD_SECONDS)

    def _await(self, conn: Connection, data: bytes, seconds: float) -> None:
        """Wait for the next request of *conn*, of which *data* is here already."""
        conn.sock.setblocking(False)
        conn.incoming = Incoming(self.max_body)
        conn.deadline = conn.pause = time.monotonic() + seconds
        self._reading[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._readable, conn))
        if data:
            self._feed(conn, data)

    def _readable(self, conn: Connection, _sock: Any) -> None:
        try:
            data = conn.sock.recv(64 * 1024)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._feed(conn, data)
        else:
            self._drop(conn)

    def _feed(self, conn: Connection, data: bytes) -> None:
        request, now = conn.incoming, time.monotonic()
        begun, in_head, held = request.begun, request.in_head, request.held
        request.feed(data, body=not in_head)
        if not begun:
            conn.deadline = conn.pause = now + HEAD_SECONDS
        if in_head and not request.in_head:
            if self.takes_scans and request.lane is Lane.PAGE:
                return self._hand_over(conn)
            if request.chunked:
                return self._refuse(conn, NO_LENGTH)
            request.take_body()
            conn.deadline = now + BODY_SECONDS + self.max_body / BODY_RATE
            if request.expects and not request.whole:
                with suppress(OSError):
                    conn.sock.send(_CONTINUE)
        if not request.in_head:
            conn.pause = now + PAUSE_SECONDS
        self._held += request.held - held
        if request.whole:
            self._dispatch(conn)
        elif self._held > MAX_HELD:
            self._refuse(conn, BUSY)

    def _leave(self, conn: Connection) -> None:
        """No more bytes are awaited of *conn*."""
        self._reading.pop(conn, None)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        self._leave(conn)
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, conn: Connection) -> None:
        self._held -= conn.incoming.held
        conn.incoming.held = 0
        conn.incoming.close()

    def _hand_over(self, conn: Connection) -> None:
        """Give the connection to the processes for pages."""
        try:
            socket.send_fds(self.handover[0], [conn.incoming.received()], [conn.sock.fileno()])
        except OSError:  # their line is full
            return self._refuse(conn, BUSY)
        self._drop(conn)
        return None

    def _refuse(self, conn: Connection, answer: bytes) -> None:
        self._leave(conn)
        self._forget(conn)
        with suppress(OSError):
            conn.sock.send(answer)
        self._linger(conn)

    # --- serving ---------------------------------------------------------------------------------

    def _dispatch(self, conn: Connection) -> None:
        lane = self._lanes.get(conn.incoming.lane) or next(iter(self._lanes.values()))
        if lane.count >= lane.most:
            return self._refuse(conn, BUSY)
        self._leave(conn)
        lane.count += 1
        conn.parser = http.get_parser(self.cfg, conn.incoming.chunks(), conn.client)
        done = lane.pool.submit(self.handle, conn)
        done.add_done_callback(partial(self.method_queue.defer, self._served, conn, lane))
        return None

    def _served(self, conn: Connection, lane: _Threads, done: Future[Any]) -> None:
        lane.count -= 1
        self._forget(conn)
        kept = not done.cancelled() and done.exception() is None and bool(done.result())
        if kept and self.alive:
            self._await(conn, conn.incoming.rest, self.cfg.keepalive)
        else:
            self._linger(conn)

    def _linger(self, conn: Connection) -> None:
        """Close once the client has read the answer: what it still sends would tear the answer up."""
        self.nr_conns -= 1
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self._lingering[conn.sock] = time.monotonic() + LINGER_SECONDS, MAX_OPEN
            self.poller.register(conn.sock, selectors.EVENT_READ, self._drain)
            if len(self._lingering) > MAX_OPEN:
                self._end(next(iter(self._lingering)))
        except (OSError, ValueError, KeyError):
            self._end(conn.sock)

    def _drain(self, sock: Any) -> None:
        end, blocks = self._lingering[sock]
        try:
            more = sock.recv(64 * 1024)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not more or not blocks:
            return self._end(sock)
        self._lingering[sock] = end, blocks - 1
        return None

    def _end(self, sock: socket.socket) -> None:
        self._lingering.pop(sock, None)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(sock)
        sock.close()

    # --- what the loop of gunicorn calls ---------------------------------------------------------

    def murder_pending(self) -> None:
        """End what is past its deadline."""
        now = time.monotonic()
        for conn in [c for c in self._reading if min(c.deadline, c.pause) < now]:
            if conn.incoming.begun:
                self._refuse(conn, TOO_SLOW)
            else:
                self._drop(conn)
        for sock in [sock for sock, (end, _) in self._lingering.items() if end < now]:
            self._end(sock)

    def murder_keepalived(self, force: bool = False) -> None:
        if force:
            for conn in list(self._reading):
                self._drop(conn)
            for sock in list(self._lingering):
                self._end(sock)
            for lane in self._lanes.values():
                lane.pool.shutdown(wait=False)

    def _cap_keepalive(self, deadline: float) -> None:
        for conn in self._reading:
            conn.deadline = min(conn.deadline, deadline)
