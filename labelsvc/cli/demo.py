"""demo: the main job on sample Hanoi data."""

from __future__ import annotations

import shutil
import sys
from contextlib import redirect_stdout
from pathlib import Path

import click
from alembic.util.exc import CommandError

from labelsvc import clock, settings
from labelsvc.cli import base
from labelsvc.cli.server import prepare, run_server
from labelsvc.db import Database
from labelsvc.demo import record
from labelsvc.demo.build import PASSWORD, build
from labelsvc.demo.ceremony import PASSPHRASE, ROOTS
from labelsvc.demo.record import Record
from labelsvc.errors import Conflict
from labelsvc.files import Files
from labelsvc.settings import Settings

PORT = 8000


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="demo-data",
    show_default=True,
    help="Folder of the demo.",
)
@click.option("--fresh", is_flag=True, help="Delete the demo that is there and build a new one.")
@click.option("--no-serve", is_flag=True, help="Build and print, but do not serve.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port to serve on: 8000, or the one that the demo was built for.",
)
@base.json_option
def demo(folder: Path, fresh: bool, no_serve: bool, port: int | None, as_json: bool) -> None:
    """Build sample data of Hanoi's villages, print labels, and serve the site on 127.0.0.1.

    A demo that is there already is served as it is, with all that was done in it.

    Everything goes into one folder that may be deleted afterwards; nothing else is touched.
    Example: labelsvc demo --dir /tmp/labelsvc-demo --port 8080
    """
    if folder.is_dir() and any(folder.iterdir()) and not record.present(folder):
        raise Conflict(
            "The folder {folder} is not empty and holds no demo.", fix="Give an empty folder.", folder=folder
        )  # fmt: skip
    kept = None if fresh else _kept(folder, port)
    found = _settings(folder, kept.port if kept else port or PORT)
    shown = _built(found, port or PORT) if kept is None else kept
    if kept is not None:
        _renew(found, folder)
    base.put(_facts(shown) | {"built": kept is None}, as_json, _words(shown, new=kept is None))
    if not no_serve:
        run_server(
            found, host="127.0.0.1", port=shown.port, workers=1,
            announce=lambda: click.echo(base.say("Serving. Stop with Ctrl-C."), err=True),
        )  # fmt: skip


def _settings(folder: Path, port: int) -> Settings:
    return settings.load(
        dev=True, data_dir=folder, base_url=f"http://127.0.0.1:{port}", database_url="", files_url="",
        broker_url="", secret_keys=(), proxy_hops=0, office_name="Văn phòng OCOP Hà Nội (mẫu)",
    )  # fmt: skip


def _kept(folder: Path, port: int | None) -> Record | None:
    """Find the finished demo in *folder*; None where one is to be built.

    :raises Conflict: an older program built it, or it was built for another port.
    """
    if not record.present(folder):
        return None
    try:
        kept = record.read(folder)
    except ValueError:
        raise Conflict(
            "The demo in {folder} was built by an older version.",
            fix="Build a new one with --fresh, which deletes it, or give another folder.",
            folder=folder,
        ) from None
    if kept is None:
        click.echo(base.say("Building the demo was interrupted: it begins anew."), err=True)
        return None
    if port not in (None, kept.port):
        raise Conflict(
            "The codes of the demo in {folder} name port {port}.",
            fix="Serve it there, or build a new one with --fresh.",
            folder=folder,
            port=str(kept.port),
        )
    return kept


def _built(found: Settings, port: int) -> Record:
    """Build the demo in its folder, which is emptied first."""
    shutil.rmtree(found.data_dir, ignore_errors=True)
    found.data_dir.mkdir(parents=True)
    record.begin(found.data_dir)
    database, files = Database.of(found), Files(found.files)
    began = clock.now()
    try:
        with redirect_stdout(sys.stderr):  # the log's lines are no part of the answer
            made = build(
                found, database, files, step=lambda words: click.echo(f"… {words}", err=True)
            )
    finally:
        database.close()
    finished = Record(made, port, round((clock.now() - began).total_seconds(), 1))
    record.finish(finished)
    return finished


def _renew(found: Settings, folder: Path) -> None:
    """Bring the database of a demo to the schema of this program.

    :raises Conflict: a newer program built it.
    """
    database = Database.of(found)
    try:
        prepare(found, database)
    except CommandError:
        raise Conflict(
            "The demo in {folder} was built by a newer version.",
            fix="Build a new one with --fresh, which deletes it, or give another folder.",
            folder=folder,
        ) from None
    finally:
        database.close()


def _facts(shown: Record) -> dict[str, object]:
    built = shown.demo
    return {
        "folder": str(built.folder),
        "counts": built.counts,
        "pages": built.pages,
        "accounts": built.accounts,
        "password": PASSWORD,
        "roots": str(built.folder / ROOTS),
        "passphrase": PASSPHRASE,
        "print_files": [str(path) for path in built.print_files],
        "list_file": str(built.list_file),
        "seconds": shown.seconds,
    }


def _words(shown: Record, *, new: bool) -> str:
    built = shown.demo
    counts = ", ".join(f"{value} {name}" for name, value in built.counts.items())
    home = built.pages["home"]
    lines = [
        f"Built in {shown.seconds:.0f} s: {counts}."
        if new
        else f"The demo in {built.folder} goes on, built with {counts}. Build a new one: --fresh",
        "",
        f"Home           {home}",
        f"Sign in        {home}account/sign-in",
        *(f"  {role:<12} {name}  /  {PASSWORD}" for role, name in built.accounts.items()),
        "Scan pages",
        *(f"  {name:<18}{url}" for name, url in built.pages.items() if name != "home"),
        f"Public log     {home}log/",
        f"Trust manifest {home}.well-known/labelsvc-trust.json",
        f"Root keys      {built.folder / ROOTS}  /  {PASSPHRASE}",
        "Label files",
        *(f"  {path}" for path in built.print_files),
        f"List to import {built.list_file}",
    ]
    return "\n".join(lines)
