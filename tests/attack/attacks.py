"""Attacks: each goes on until it is told to stop, and counts what the server said."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

from tests.attack.client import Browser, Target

PASSWORD = "lang-nghe-ha-noi"
Said = Counter[Any]


@contextmanager
def running(target: Target, attack: Callable[..., None]) -> Iterator[Said]:
    """*attack* goes on inside; gives status → how often it was answered."""
    said: Said = Counter()
    stop = threading.Event()
    with ExitStack() as open_:
        began = threading.Event()
        thread = threading.Thread(target=attack, args=(target, stop, said, began, open_))
        thread.start()
        try:
            assert began.wait(60)
            yield said
        finally:
            stop.set()
            thread.join(90)


def _many(count: int, work: Callable[[int], None], stop: threading.Event, said: Said) -> None:
    def again(number: int) -> None:
        while not stop.is_set():
            try:
                work(number)
            except OSError as error:
                said[type(error).__name__] += 1
                stop.wait(0.2)

    threads = [threading.Thread(target=again, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)


def sign_ins(
    target: Target, stop: threading.Event, said: Said, began: threading.Event, _open: ExitStack
) -> None:
    """24 people who do not exist sign in at once, again and again."""
    people = [Browser(target) for _ in range(24)]
    tokens = [person.token("/account/sign-in") for person in people]
    began.set()

    def work(number: int) -> None:
        said[people[number].sign_in(f"nobody{number}", "wrong words here", tokens[number])] += 1

    _many(24, work, stop, said)


def stalled_bodies(
    target: Target, stop: threading.Event, said: Said, began: threading.Event, open_: ExitStack,
    count: int = 60,
) -> None:  # fmt: skip
    """Forms whose head came and whose body never does."""
    for _ in range(count):
        line = open_.enter_context(target.raw())
        line.sendall(
            b"POST /account/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname="
        )
        said["open"] += 1
    began.set()
    stop.wait()


def slow_headers(
    target: Target, stop: threading.Event, said: Said, began: threading.Event, open_: ExitStack
) -> None:
    """200 connections that send a letter of their head each second."""
    lines: list[socket.socket] = []
    for _ in range(200):
        line = open_.enter_context(target.raw())
        line.sendall(b"GET /x HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        lines.append(line)
    said["open"] = len(lines)
    began.set()
    while not stop.wait(1):
        for line in lines:
            with suppress(OSError):
                line.send(b"a")


def toml_bomb(
    target: Target, stop: threading.Event, said: Said, began: threading.Event, _open: ExitStack,
    name: str = "",
) -> None:  # fmt: skip
    """A producer imports a layout of 40 kB with one key of 20,000 parts, four at a time."""
    person = Browser(target)
    assert person.sign_in(name, PASSWORD) == 302
    token = person.token("/console/layouts")
    bomb = b"a." * 20_000 + b"b = 1\n"
    began.set()

    def work(_number: int) -> None:
        said[person.upload("/console/layouts/import", token, "file", bomb)] += 1

    _many(4, work, stop, said)


def big_uploads(
    target: Target, stop: threading.Event, said: Said, began: threading.Event, _open: ExitStack
) -> None:
    """Six people send 19 MiB each, again and again."""
    people = [Browser(target) for _ in range(6)]
    tokens = [person.token("/account/sign-in") for person in people]
    data = bytes(19 * 1024 * 1024)
    began.set()

    def work(number: int) -> None:
        said[people[number].upload("/account/sign-in", tokens[number], "file", data)] += 1

    _many(6, work, stop, said)


def all_of_them(producer: str) -> dict[str, Callable[..., None]]:
    """Name → attack."""
    return {
        "24 sign-ins at once": sign_ins,
        "60 stalled bodies": stalled_bodies,
        "TOML bomb, 4 at once": partial(toml_bomb, name=producer),
        "200 slow headers": slow_headers,
        "6 uploads of 19 MiB": big_uploads,
    }
