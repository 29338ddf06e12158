"""Messages under kills: a thousand are sent by processes that are ended by `kill -9`; counts lost and doubled.

python -m tests.faults.messages [--messages N] [--seed N] [--postgres URL]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import structlog
from aiosmtpd.smtp import SMTP
from sqlalchemy import func, select

from labelsvc import settings as settings_module
from labelsvc.db import Database
from labelsvc.messages import outbox
from labelsvc.messages.models import Channel, Message, MessageState
from labelsvc.messages.outbox import Note
from labelsvc.migrations import upgrade
from labelsvc.settings import Settings
from labelsvc.worker.posting import Sender


class Counted(NamedTuple):
    """What came of it."""

    messages: int
    kills: int
    lost: int
    #: Messages that arrived more than once, and those of them whose row does not say so.
    doubled: int
    unseen: int
    #: Rows that say that they may have arrived twice.
    doubtful: int


def run(
    settings: Settings, database: Database, folder: Path, *, messages: int, seed: int
) -> Counted:
    """Put *messages* in and send them by processes that die after a few."""
    chance, outbox.LEASE = random.Random(seed), timedelta(milliseconds=20)  # type: ignore[misc]
    with database.writing() as session:
        for number in range(messages):
            note = Note("case_opened", f"case:{number}", {"number": number})
            outbox.put(session, note, Channel.MAIL, address=f"a{number}@example.vn")
    database.engine.dispose()
    taken = folder / "taken"
    server = _child(lambda: _serve(settings.smtp_port, taken))
    kills = 0
    try:
        _wait_for(settings.smtp_port)
        while _left(database):
            sender = _child(lambda: _send(settings))
            _wait_to_kill(database, taken, chance)
            os.kill(sender, signal.SIGKILL)
            os.waitpid(sender, 0)
            kills += 1
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    arrived = Counter(taken.read_text().split())
    twice = {address for address, count in arrived.items() if count > 1}
    with database.reading() as session:
        doubtful = set(session.scalars(select(Message.address).where(Message.doubtful > 0)))
    return Counted(
        messages, kills, messages - len(arrived), len(twice), len(twice - doubtful), len(doubtful)
    )


def _wait_to_kill(database: Database, taken: Path, chance: random.Random) -> None:
    """Let a sender send a few, and a moment of the next: the kill falls anywhere between two answers."""
    goal = _count(taken) + chance.randint(1, 20)
    while _count(taken) < goal and _left(database):
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.03))


def _count(taken: Path) -> int:
    return taken.read_bytes().count(b"\n") if taken.exists() else 0


def _left(database: Database) -> int:
    with database.reading() as session:
        waiting = select(func.count()).where(Message.state != MessageState.SENT)
        found = session.scalar(waiting.select_from(Message)) or 0
    database.engine.dispose()  # closed: a child must not have the connection
    return found


def _send(settings: Settings) -> None:
    database = Database.of(settings)
    sender = Sender(database, settings)
    while True:
        if not sender.send_next():
            time.sleep(0.005)


class _Taker:
    """Writes down who got a message, before it says 250."""

    def __init__(self, taken: Path) -> None:
        self._file = taken.open("a", buffering=1)

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        self._file.write(f"{envelope.rcpt_tos[0]}\n")  # type: ignore[attr-defined]
        return "250 OK"


def _serve(port: int, taken: Path) -> None:
    async def forever() -> None:
        taker = _Taker(taken)
        loop = asyncio.get_running_loop()
        await loop.create_server(
            lambda: SMTP(taker, hostname="localhost", loop=loop), "127.0.0.1", port
        )
        await asyncio.Event().wait()

    asyncio.run(forever())


def _wait_for(port: int) -> None:
    import socket

    for _ in range(500):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise TimeoutError("the mail server does not answer")


def _child(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(1)
    return pid


def _free_port() -> int:
    import socket

    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def prepared(folder: Path, url: str = "") -> tuple[Settings, Database]:
    """Settings with a mail server of this machine, and an empty database."""
    made = settings_module.load(
        dev=True, data_dir=folder, database_url=url, smtp_host="127.0.0.1", smtp_port=_free_port(),
        smtp_tls="none", smtp_from="ocop@example.vn",
    )  # fmt: skip
    database = Database.of(made)
    upgrade(database)
    return made, database


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.messages", description=__doc__)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", default="", help="address of an empty database")
    given = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with tempfile.TemporaryDirectory(prefix="labelsvc-messages-") as name:
        settings, database = prepared(Path(name), given.postgres)
        found = run(settings, database, Path(name), messages=given.messages, seed=given.seed)
        database.close()
    print(
        f"messages {found.messages}, kills {found.kills}, lost {found.lost}, doubled {found.doubled} "
        f"(not counted in the row: {found.unseen}), perhaps doubled by the rows {found.doubtful}"
    )
    return 1 if found.lost or found.unseen else 0


if __name__ == "__main__":
    sys.exit(main())
