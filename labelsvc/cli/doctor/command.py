"""doctor: checks what a page or a print run needs, and says how to mend what is wrong. What concerns the
machine alone is in `machine`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import click
from sqlalchemy import func, select, text

from labelsvc import clock, i18n, migrations
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import AdminUnit
from labelsvc.cli import base, causes
from labelsvc.cli.doctor import keys as doctor_keys
from labelsvc.cli.doctor import machine, rows, stored
from labelsvc.cli.doctor.repair import repairs
from labelsvc.codes.forms import uri
from labelsvc.codes.models import CODE_COUNTER, Counter, Form, Issue
from labelsvc.codes.register.keys import keyring_of
from labelsvc.codes.tlog.models import LogLeaf
from labelsvc.codes.trust import store
from labelsvc.db import Database
from labelsvc.errors import (
    ConfigurationError,
    Doubt,
    LabelsvcError,
    LayoutError,
)
from labelsvc.files import Files
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import sample_content, sample_unit
from labelsvc.labels.layouts import library
from labelsvc.labels.runs import artwork
from labelsvc.labels.runs.numbering import sample_printed
from labelsvc.settings import Settings
from labelsvc.worker.broker import reach

#: Check → those without which it says nothing new.
_AFTER = {
    "revision": ("database",),
    "places": ("database", "revision"),
    "signing keys": ("database", "revision", "secret keys"),
    "sealed secrets": ("database", "revision", "secret keys"),
    "public log": ("database", "revision", "secret keys"),
    "frozen keys": ("database", "revision", "secret keys"),
    "trust manifest": ("database", "revision"),
    "mark": ("database", "revision"),
    "clock": ("database", "revision"),
    "pages": ("database", "revision"),
    "numbers": ("database", "revision", "pages"),
    "jobs": ("database", "revision", "pages"),
    "audit trail": ("database", "revision", "pages"),
    "search": ("database", "revision", "pages"),
    "recurring work": ("database", "revision"),
    "messages": ("database", "revision"),
    "run files": ("database", "revision", "pages", "files"),
    "log files": ("database", "revision", "pages", "files"),
    "withdrawal lists": ("database", "revision", "pages", "files"),
    "pictures": ("database", "revision", "pages", "files"),
    "decisions": ("database", "revision", "pages", "files"),
}


@click.command()
@click.option(
    "--repair", is_flag=True,
    help="Make again what follows from the database: files of runs, log, lists, small pictures; rights.",
)  # fmt: skip
@base.json_option
@click.pass_context
def doctor(context: click.Context, repair: bool, as_json: bool) -> None:
    """Check what a page or a print run needs, and say how to mend what is wrong.

    Exit code 1 when something is wrong; doubts (!) do not count. With --repair what can be made again
    is made again, the same bytes, and then everything is looked at once more.

    Example: labelsvc doctor --json
    """
    settings, database, files = base.opened()
    checks = _checks(settings, database, files)
    found = _look(checks, database)
    if repair:
        mended = {}
        for name, verb in repairs(settings, database, files).items():
            if found[name]["state"] != "ok" and found[name]["fix"]:
                mended[name] = _looked(name, verb, database)
        if mended:
            found = _look(checks, database)
            for name, row in mended.items():
                found[name]["repair"] = row["what"]
    marks = {"ok": "✓", "doubt": "!", "bad": "✗"}
    words = "\n".join(
        f"{marks[row['state']]} {base.say(row['check'])}: {row['what']}"
        + (f"\n  + {row['repair']}" if row.get("repair") else "")
        + (f"\n  → {row['fix']}" if row.get("fix") else "")
        for row in found.values()
    )
    base.put(list(found.values()), as_json, words)
    if any(row["state"] == "bad" for row in found.values()):
        context.exit(base.REFUSED)


def _look(checks: dict[str, Callable[[], object]], database: Database) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, check in checks.items():
        first = next((n for n in _AFTER.get(name, ()) if found[n]["state"] == "bad"), None)
        found[name] = _looked(name, check, database) if first is None else _left_out(name, first)
    return found


def _looked(name: str, check: Callable[[], object], database: Database) -> dict[str, str]:
    try:
        return {"check": name, "state": "ok", "what": str(check())}
    except Exception as error:  # whatever it is, the other checks are wanted too
        cause = causes.cause(error, database.url) or LabelsvcError(
            "An error that is not foreseen: {reason}.",
            fix="labelsvc --verbose COMMAND shows where it came from; please report it.",
            reason=str(error).partition("\n")[0].rstrip(".") or type(error).__name__,
        )
        what, fix = i18n.explain(cause, base.language())
        state = "doubt" if isinstance(cause, Doubt) else "bad"
        return {"check": name, "state": state, "what": what, "fix": fix}


def _left_out(name: str, first: str) -> dict[str, str]:
    what = base.say("not looked at: first mend “{check}”", check=base.say(first))
    return {"check": name, "state": "bad", "what": what, "fix": ""}


def _checks(
    settings: Settings, database: Database, files: Files
) -> dict[str, Callable[[], object]]:
    def value(statement: Any) -> Any:
        with database.reading() as session:
            return session.scalar(statement)

    def answers() -> str:
        value(text("SELECT 1"))
        return database.url.get_backend_name()

    def revision() -> str:
        present, newest = migrations.revisions(database)
        if present is None:
            raise ConfigurationError("The database is empty.", fix="Run: labelsvc migrate")
        if not migrations.known(present):
            raise ConfigurationError(
                "The database is at revision {present}, which a newer release than this made.",
                fix="Install that release again, or restore a copy that this release made.",
                present=present,
            )
        if present != newest:
            raise ConfigurationError(
                "The database is at revision {present}, the program at {newest}.",
                fix="Run: labelsvc migrate",
                present=present,
                newest=newest,
            )
        return str(present)

    def places() -> str:
        count = value(select(func.count()).select_from(AdminUnit))
        if not count:
            raise ConfigurationError("There are no communes.", fix="Run: labelsvc migrate")
        return base.say("{count} communes, old and new", count=count)

    def keys() -> str:
        with database.reading() as session:
            ring = keyring_of(session, settings)
        taken = (value(select(Counter.next).where(Counter.name == CODE_COUNTER)) or 1) - 1
        return base.say(
            "key {kid} signs; {taken} codes were issued", kid=ring.active.kid, taken=taken
        )

    def manifest() -> str:
        with database.reading() as session:
            found, behind = store.newest(session), store.behind(session)
        if found is None and not value(select(Issue.id).where(Issue.form == Form.OFFLINE).limit(1)):
            return base.say("none; only labels that are checked without a network need one")
        if found is None:
            raise Doubt(
                "No trust manifest is published: nobody can check codes without a network.",
                fix="Run labelsvc keys ceremony, then keys draft, sign and publish.",
            )
        if behind:
            raise Doubt(
                "The trust manifest is behind the keys: {keys}.",
                fix="Run labelsvc keys draft, sign (two roots) and publish.",
                keys=", ".join(map(str, behind)),
            )
        return base.say(
            "version {version}, until {day}",
            version=found.content.version,
            day=f"{clock.local(found.content.expires):%d/%m/%Y}",
        )

    def mark_there() -> str:
        with database.reading() as session:
            row = artwork.current(session)
        if row is None:
            raise Doubt(
                "No artwork of the OCOP mark is uploaded: labels carry the stars without it.",
                fix="The programme office uploads it at {url}.",
                url=f"{settings.base_url}/office/mark",
            )
        artwork.picture(files, row)
        return base.say("{width} × {height} pixels", width=row.width, height=row.height)

    def when() -> str:
        for moment in (AuditEntry.at, LogLeaf.at, Issue.created_at):
            machine.check_clock(value(select(func.max(moment))))
        return f"{clock.local(clock.now()):%d/%m/%Y %H:%M} Asia/Ho_Chi_Minh"

    def told() -> str:
        return reach(settings) if settings.broker_url else base.say("none; the database is asked")

    return {
        "settings": machine.setting_names_known,
        "secret keys": lambda: machine.secret_keys(settings),
        "base URL": lambda: machine.base_url(settings),
        "database": answers,
        "revision": revision,
        "hosts of labels": lambda: rows.hosts(settings, database),
        "pages": lambda: rows.pages(database),
        "places": places,
        "signing keys": keys,
        "numbers": lambda: rows.ranges(database),
        "sealed secrets": lambda: doctor_keys.sealed(settings, database),
        "public log": lambda: doctor_keys.public_log(settings, database, files),
        "frozen keys": lambda: doctor_keys.frozen(settings, database),
        "trust manifest": manifest,
        "files": lambda: machine.files_kept(settings, files),
        "permissions": lambda: machine.permissions(settings, database.url),
        "run files": lambda: stored.run_files(database, files),
        "log files": lambda: stored.log_files(database, files),
        "withdrawal lists": lambda: stored.lists(settings, database, files),
        "pictures": lambda: stored.pictures(database, files),
        "decisions": lambda: stored.papers(database, files),
        "jobs": lambda: rows.leases(database),
        "audit trail": lambda: rows.trail(database),
        "search": lambda: rows.search(database),
        "recurring work": lambda: rows.recurring(database),
        "messages": lambda: rows.messages(settings, database),
        "layouts": lambda: _layouts(),
        "mark": mark_there,
        "host on labels": lambda: _host_on_labels(settings),
        "fonts": lambda: fonts.load()["regular"].name,
        "broker": told,
        "clock": when,
    }


def _layouts() -> str:
    names = library.names()
    for name in names:
        library.get(name)
    return ", ".join(names)


def _host_on_labels(settings: Settings) -> str:
    """The host stands in every symbol and in words beside it: which label is too small for it?"""
    host, names = uri.authority(settings.base_url), library.names()
    small = {name: forms for name in names if (forms := _too_small_for(name, settings.base_url))}
    if small:
        raise Doubt(
            "{host} is too long for: {layouts}.",
            fix="Choose a shorter host before the first label is printed, or do without these layouts.",
            host=host,
            layouts="; ".join(f"{name} ({', '.join(forms)})" for name, forms in small.items()),
        )
    return base.say("{host} fits on all {count} layouts", host=host, count=len(names))


@cache  # doctor looks again after each repair, and the layouts stay as they are
def _too_small_for(name: str, base_url: str) -> tuple[str, ...]:
    """Forms of the layout whose sample label cannot be drawn with the host."""
    layout, small = library.get(name), []
    sample = sample_content(stars=4 if layout.shows_stars else None)
    values = dict(sample.values_by_name) | {"host": urlsplit(base_url).netloc}
    content = replace(sample, values_by_name=values)
    for form in layout.forms:
        unit = sample_unit(form)
        path = urlsplit(unit.code).path.lstrip("/")
        unit = unit._replace(code=uri.url(base_url, path), code_printed=sample_printed(form))
        try:
            compose(layout, content, fonts.load(), unit=unit).resolve(unit, fonts.load())
        except LayoutError:
            small.append(str(form))
    return tuple(small)
