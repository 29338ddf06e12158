"""demo: the main job on sample Hanoi data."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from labelsvc import clock, settings
from labelsvc.cli import base
from labelsvc.cli.server import run_server
from labelsvc.db import Database
from labelsvc.demo.build import PASSWORD, Demo, build
from labelsvc.errors import Conflict
from labelsvc.files import Files


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="demo-data",
    show_default=True,
    help="Folder of the demo.",
)
@click.option("--no-serve", is_flag=True, help="Build and print, but do not serve.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Port to serve on.",
)
@base.json_option
def demo(folder: Path, no_serve: bool, port: int, as_json: bool) -> None:
    """Build sample data of Hanoi's villages, print labels, and serve the site on 127.0.0.1.

    Everything goes into one folder that may be deleted afterwards; nothing else is touched.
    Example: labelsvc demo --dir /tmp/labelsvc-demo --port 8080
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "labelsvc-demo").is_file():
        raise Conflict(
            "The folder {folder} is not empty and holds no demo.", fix="Give an empty folder.", folder=folder
        )  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "labelsvc-demo").write_text("This folder is made anew by `labelsvc demo`.\n")
    found = settings.load(
        dev=True, data_dir=folder, base_url=f"http://127.0.0.1:{port}", database_url="", files_url="",
        broker_url="", secret_keys=(), proxy_hops=0, office_name="Văn phòng OCOP Hà Nội (mẫu)",
    )  # fmt: skip
    database, files = Database(found.database), Files(found.files)
    began = clock.now()
    built = build(found, database, files, step=lambda words: click.echo(f"… {words}", err=True))
    database.close()
    seconds = (clock.now() - began).total_seconds()
    base.put(_facts(built) | {"seconds": round(seconds, 1)}, as_json, _words(built, seconds))
    if not no_serve:
        run_server(
            found, host="127.0.0.1", port=port, workers=1,
            announce=lambda: click.echo(base.say("Serving. Stop with Ctrl-C."), err=True),
        )  # fmt: skip


def _facts(built: Demo) -> dict[str, object]:
    return {
        "folder": str(built.folder),
        "counts": built.counts,
        "pages": built.pages,
        "accounts": built.accounts,
        "password": PASSWORD,
        "print_files": [str(path) for path in built.print_files],
        "list_file": str(built.list_file),
    }


def _words(built: Demo, seconds: float) -> str:
    counts = ", ".join(f"{value} {name}" for name, value in built.counts.items())
    home = built.pages["home"]
    lines = [
        f"Built in {seconds:.0f} s: {counts}.",
        "",
        f"Home           {home}",
        f"Sign in        {home}account/sign-in",
        *(f"  {role:<12} {name}  /  {PASSWORD}" for role, name in built.accounts.items()),
        "Scan pages",
        *(f"  {name:<18}{url}" for name, url in built.pages.items() if name != "home"),
        f"Public log     {home}log/",
        f"Trust manifest {home}.well-known/labelsvc-trust.json",
        "Label files",
        *(f"  {path}" for path in built.print_files),
        f"List to import {built.list_file}",
    ]
    return "\n".join(lines)
