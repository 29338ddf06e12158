"""serve, migrate, worker, doctor."""

from __future__ import annotations

import signal
import threading
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from sqlalchemy import select, text

from labelsvc import clock, migrations
from labelsvc.catalogue.models import AdminUnit
from labelsvc.catalogue.places import load_places
from labelsvc.cli import base
from labelsvc.codes import uri
from labelsvc.codes.issue import create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.labels import fonts
from labelsvc.settings import Settings
from labelsvc.worker.local import LocalPool, work_forever


def prepare(settings: Settings, database: Database) -> None:
    """Newest schema, a signing key and the communes: safe to call at every start."""
    migrations.upgrade(database)
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        load_places(session)


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema; make keys and places where missing.

    Example: LABELSVC_DATABASE_URL=postgresql://labelsvc@localhost/labelsvc labelsvc migrate
    """
    settings, database, _ = base.opened()
    prepare(settings, database)
    present, _ = migrations.revisions(database)
    click.echo(base.say("The database is at revision {revision}.", revision=present))


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with our application and hooks."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings, self._options = settings, options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        from labelsvc.web.app import create_app

        return create_app(self._settings)


def run_server(
    settings: Settings, *, host: str, port: int, workers: int, announce: Any = None
) -> None:
    """Serve until stopped, with the local rendering pool beside it."""
    pool = LocalPool(settings)

    def ready(server: Any) -> None:
        pool.start()
        if announce is not None:
            announce()

    Server(
        settings,
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": 8,
            "accesslog": None,
            "loglevel": "warning",
            "when_ready": ready,
            "on_exit": lambda server: pool.stop(),
            "max_requests": 0,
            "graceful_timeout": 20,
            "control_socket_disable": True,
        },
    ).run()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Serving processes."
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site and render print runs beside it.

    Example: labelsvc serve --host 0.0.0.0 --port 8000 --workers 2
    """
    settings, database, _ = base.opened()
    prepare(settings, database)
    database.close()
    run_server(settings, host=host, port=port, workers=workers)


@click.command()
def worker() -> None:
    """Render print runs of the database until stopped: one process, on any machine.

    Needs the same DATABASE_URL, FILES_URL and SECRET_KEYS as the server.
    """
    settings, database, _ = base.opened()
    settings.keys  # noqa: B018 -- fails here rather than at the first part
    database.close()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work_forever(settings, stop)


@click.command()
@base.json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check what a page or a print run needs, and say how to mend what is wrong.

    Example: labelsvc doctor --json
    """
    settings, database, files = base.opened()
    found: list[dict[str, str]] = []

    def look(name: str, check: Any) -> None:
        try:
            found.append({"check": name, "state": "ok", "what": str(check())})
        except LabelsvcError as error:
            found.append(
                {"check": name, "state": "bad", "what": str(error), "fix": error.as_json()["fix"]}
            )
        except Exception as error:
            found.append(
                {
                    "check": name,
                    "state": "bad",
                    "what": str(error).splitlines()[0],
                    "fix": "labelsvc migrate",
                }
            )

    def in_database(statement: Any) -> Any:
        with database.reading() as session:
            return session.scalar(statement)

    def revision() -> str:
        present, newest = migrations.revisions(database)
        if present != newest:
            raise LabelsvcError(
                "The database is at revision {present}, the program at {newest}.",
                fix="Run: labelsvc migrate", present=present, newest=newest,
            )  # fmt: skip
        return str(present)

    def keyring() -> str:
        with database.reading() as session:
            ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        return f"key {ring.active.kid} signs"

    def blobs() -> str:
        files.put("doctor/probe.txt", b"probe")
        good = files.get("doctor/probe.txt") == b"probe"
        files.delete("doctor/probe.txt")
        return "written and read" if good else "differs"

    look("settings", lambda: f"{len(settings.keys)} secret key(s)")
    look("base url", lambda: uri.authority(settings.base_url))
    look("database", lambda: in_database(text("SELECT 1")) and database.url.get_backend_name())
    look("revision", revision)
    look("places", lambda: f"{in_database(select(AdminUnit.code).limit(1)) and 'loaded'}")
    look("keys", keyring)
    look("files", blobs)
    look("fonts", lambda: type(fonts.load()).__name__)
    look("clock", lambda: f"{clock.local(clock.now()):%d/%m/%Y %H:%M} Asia/Ho_Chi_Minh")
    words = "\n".join(
        f"{'✓' if row['state'] == 'ok' else '✗'} {row['check']}: {row['what']}"
        + (f"\n  → {row['fix']}" if row.get("fix") else "")
        for row in found
    )
    base.put(found, as_json, words)
    if any(row["state"] == "bad" for row in found):
        context.exit(base.REFUSED)
