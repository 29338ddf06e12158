"""serve, migrate, worker: start the service, and bring its database up to date."""

from __future__ import annotations

import errno
import re
import signal
import socket
import sys
import threading
import time
from typing import Any, Final

import click
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from labelsvc import i18n, migrations
from labelsvc.catalogue.places import load_places
from labelsvc.cli import base
from labelsvc.cli.intake.worker import MAX_OPEN, Worker
from labelsvc.codes.register.issue import create_keys
from labelsvc.codes.tlog import setback
from labelsvc.db import Database
from labelsvc.errors import ConfigurationError
from labelsvc.files import Files
from labelsvc.programme.search import keep
from labelsvc.recovery import notice
from labelsvc.scans.misses import Misses
from labelsvc.settings import Settings
from labelsvc.worker.broker import run_worker
from labelsvc.worker.local import (
    LocalPool,
    configure_logs,
    leave_processes_alone,
    processes,
    work_forever,
)

#: Seconds that a start waits for the port of the one before.
PORT_WAIT: Final = 60.0
_SENDER = re.compile(r" from ip=\S+(?=: )")
#: What a broken request said, after what is wrong with it: "Invalid HTTP request line: 'GET /…".
_SAID = re.compile(r"(?s)(?<=^Invalid request: )([^:'\"]*).*")


def prepare(settings: Settings, database: Database) -> int:
    """Bring schema, signing keys and communes up to date: safe to call at every start.

    :returns: the number of the key that signs.
    """
    settings.keys  # noqa: B018 -- without one nothing is made at all
    before, _ = migrations.revisions(database)
    migrations.upgrade(database)
    upgraded = migrations.revisions(database)[0] != before
    with database.writing() as session:
        kid = create_keys(session, secrets=settings.keys).kid
        load_places(session)
        session.flush()
        if upgraded or keep.is_empty(session):
            keep.rebuild(session)
    _warn_of_setback(settings, database)
    return kid


def _warn_of_setback(settings: Settings, database: Database) -> None:
    """Say on the error output that the database is older than what it published; scans go on."""
    found = notice.look(database, Files(settings.files), settings)
    if found is None:
        return
    for error in (setback.error(found.row), found.fault):
        if error is not None:
            message, fix = i18n.explain(error, base.language())
            click.secho(f"{message} {fix}", fg="red", err=True)


@click.command()
@base.json_option
def migrate(as_json: bool) -> None:
    """Bring the database to the newest schema; make keys and places where missing.

    Safe to run at any time, also twice.

    Example: LABELSVC_DATABASE_URL=postgresql://labelsvc@localhost/labelsvc labelsvc migrate
    """
    base.warn_of_unknown_settings()
    settings, database, _ = base.opened()
    before, _ = migrations.revisions(database)
    kid = prepare(settings, database)
    present, _ = migrations.revisions(database)
    words = base.say("The database is at revision {revision}. Key {kid} signs.", revision=present, kid=kid)  # fmt: skip
    base.put({"revision": present, "before": before, "kid": kid}, as_json, words)


class Log(Logger):  # type: ignore[misc]
    """gunicorn's log, without the address of who sent a broken request and without what it said:
    a path may be a whole code."""

    def warning(self, msg: str, *args: object, **kwargs: object) -> None:
        super().warning(_SAID.sub(r"\1", _SENDER.sub("", msg)), *args, **kwargs)

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        if isinstance(sys.exc_info()[1], BlockingIOError):  # the client took nothing of its answer
            return
        if msg.startswith("Error handling request"):  # its arguments are method and path
            msg, args = "Error handling request", ()
        super().exception(msg, *args, **kwargs)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with our application and hooks."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings, self._options = settings, options
        #: Made before the processes that serve, which share it: a limit for each would be twice the limit.
        self._misses = Misses(settings.scan_misses)
        super().__init__()

    def load_config(self) -> None:
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        from labelsvc.web.app import create_app
        from labelsvc.web.guards.incidents import Incidents

        app = create_app(self._settings, misses=self._misses)
        Incidents.of(app).begin()
        return app


def run_server(
    settings: Settings, *, host: str, port: int, workers: int, announce: Any = None
) -> None:
    """Serve until stopped, with the local rendering pool beside it.

    :param announce: called once the port is open.
    :raises ConfigurationError: another program keeps the port.
    """
    configure_logs(settings)
    wait_for_port(host, port)
    Worker.prepare((settings.upload_mib + 1) * 1024 * 1024)
    pool = LocalPool(settings)
    beside = processes(settings) > 0

    def ready(server: Any) -> None:
        if beside:
            pool.start()
        if announce is not None:
            announce()

    def before_fork(server: Any, worker: Worker) -> None:
        scanning = sum(other.takes_scans for other in server.WORKERS.values())
        worker.takes_scans = scanning < workers

    def serving(worker: Worker) -> None:
        # After the fork: a thread and its connections must not be copied from the master.
        if not beside and not worker.takes_scans:
            pool.start()

    Server(
        settings,
        {
            "bind": f"{host}:{port}",
            "workers": 2 * workers,
            "worker_class": Worker,
            "worker_connections": MAX_OPEN + 100,
            # Its loop would wait for ever for a client that takes nothing.
            "sendfile": False,
            "accesslog": None,
            "loglevel": "warning",
            "logger_class": Log,
            "when_ready": ready,
            "pre_fork": before_fork,
            "post_fork": lambda server, worker: leave_processes_alone(),
            "post_worker_init": serving,
            "worker_exit": lambda server, worker: None if beside else pool.stop(),
            "on_exit": lambda server: pool.stop() if beside else None,
            "max_requests": 0,
            "graceful_timeout": 20,
            "control_socket_disable": True,
        },
    ).run()


def wait_for_port(host: str, port: int, seconds: float = PORT_WAIT) -> None:
    """Wait until the port is free: the workers of a master that was killed keep it until they see that
    it is gone, some twenty seconds under load.

    :raises ConfigurationError: it is not, after *seconds*.
    """
    end, told = time.monotonic() + seconds, False
    while not _is_free(host, port):
        if time.monotonic() > end:
            raise ConfigurationError(
                "Another program keeps port {port} of {host}.",
                fix="Look for it: ss -ltnp 'sport = :{port}'. Stop it, or give another --port.",
                port=port,
                host=host,
            )
        if not told:
            words = base.say("Port {port} is still taken; waiting for up to {seconds} seconds.", port=port, seconds=round(seconds))  # fmt: skip
            click.echo(words, err=True)
            told = True
        time.sleep(0.2)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host.strip("[]"), port))
        except OSError as error:  # whatever else it is, the server says it better
            return error.errno != errno.EADDRINUSE
    return True


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True,
    help="Address to listen on; 0.0.0.0 for every network.",
)  # fmt: skip
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535),
    help="Port to serve on.",
)  # fmt: skip
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64),
    help="Processes for scans, and as many for everything else.",
)  # fmt: skip
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site and render print runs beside it.

    Example: labelsvc serve --host 0.0.0.0 --port 8000 --workers 2
    """
    base.warn_of_unknown_settings()
    settings, database, _ = base.opened()
    prepare(settings, database)
    database.close()
    words = base.say("Serving {url} on {host}:{port}. Stop with Ctrl-C.", url=settings.base_url, host=host, port=port)  # fmt: skip
    run_server(
        settings,
        host=host,
        port=port,
        workers=workers,
        announce=lambda: click.echo(words, err=True),
    )


@click.command()
@click.option(
    "--processes", "count", default=1, show_default=True, type=click.IntRange(1, 64),
    help="Parts that are rendered at once; more than one needs BROKER_URL.",
)  # fmt: skip
def worker(count: int) -> None:
    """Render print runs until stopped, on any machine.

    Needs the same DATABASE_URL, FILES_URL and SECRET_KEYS as the server. With BROKER_URL it is a
    Celery worker that waits for messages; without, it looks at the database.

    Example: LABELSVC_BROKER_URL=redis://queue.internal/0 labelsvc worker --processes 4
    """
    base.warn_of_unknown_settings()
    settings, database, _ = base.opened()
    settings.keys  # noqa: B018 -- fails here rather than at the first part
    database.close()
    configure_logs(settings)
    if settings.broker_url:
        run_worker(settings, processes=count)
        return
    if count > 1:
        words = "Without BROKER_URL start {count} workers instead of --processes {count}."
        raise click.UsageError(base.say(words, count=count))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work_forever(settings, stop)
