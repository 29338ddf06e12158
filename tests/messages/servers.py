"""Servers that take messages in tests: a mail server that answers as told, and a recording HTTP server."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.smtp import SMTP


class MailServer:
    """Keeps what it took. *answers* maps an address, or "data", to what is said instead of 250."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.port = 0
        self._arrived = threading.Condition()
        #: Called after a message was kept and before the answer.
        self.after: Callable[[], None] = lambda: None

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "data" in self.answers:
            return self.answers["data"]
        with self._arrived:
            letter = message_from_bytes(envelope.content, policy=policy.default)
            self.taken.append(cast(EmailMessage, letter))
            self._arrived.notify_all()
        self.after()
        return "250 OK"

    def wait(self, count: int, seconds: float = 20) -> list[EmailMessage]:
        """The letters, once there are so many."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.taken) >= count, seconds), self.taken
            return list(self.taken)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on a free port of this machine, in a thread of its own."""
    made, ready = MailServer(), threading.Event()
    loop, ended = asyncio.new_event_loop(), asyncio.Event()

    async def run() -> None:
        server = await loop.create_server(
            lambda: SMTP(made, hostname="localhost", loop=loop), "127.0.0.1", 0
        )
        made.port = server.sockets[0].getsockname()[1]
        ready.set()
        await ended.wait()
        server.close()
        mine = asyncio.current_task()
        left = [task for task in asyncio.all_tasks() if task is not mine]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def work() -> None:
        loop.run_until_complete(run())
        loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)


class Recorder:
    """Keeps the requests that came; `answers` are given in turn, the last one for ever."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, bytes]] = [(200, b"{}")]
        self.url = ""

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.requests]


@contextmanager
def recorder() -> Iterator[Recorder]:
    """A recording HTTP server on a free port of this machine."""
    made = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status, answer = made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", f"{made.url}/elsewhere")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing on the error output of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
