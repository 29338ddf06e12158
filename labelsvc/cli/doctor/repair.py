"""Repair: makes again what follows from the database. Used by `doctor --repair`.

Nothing is taken away and no row of an issue, withdrawal or entry is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import or_, select, update

from labelsvc import clock
from labelsvc.catalogue import photos
from labelsvc.catalogue.models import ProductPhoto
from labelsvc.catalogue.villages.models import VillagePhoto
from labelsvc.cli import base
from labelsvc.cli.doctor.stored import READ
from labelsvc.codes.register import numbers
from labelsvc.codes.register.keys import keyring_of, load_keyring
from labelsvc.codes.tlog import rebuild
from labelsvc.codes.trust import publish as lists
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.jobs.models import JobState, Part
from labelsvc.jobs.queue import LEASE, LONGEST_DELAY
from labelsvc.labels.models import RunFile
from labelsvc.labels.runs import again
from labelsvc.programme.search import keep
from labelsvc.settings import Settings
from labelsvc.worker.standing import AHEAD


def repairs(settings: Settings, database: Database, files: Files) -> dict[str, Callable[[], str]]:
    """Name of a check → what mends it, giving words for what was done."""
    return {
        "run files": lambda: _runs(settings, database, files),
        "log files": lambda: _log(database, files),
        "public log": lambda: _log(database, files),
        "withdrawal lists": lambda: _lists(settings, database, files),
        "pictures": lambda: _pictures(database, files),
        "numbers": lambda: _numbers(database),
        "jobs": lambda: _leases(database),
        "search": lambda: _search(database),
        "permissions": lambda: _permissions(settings, database),
    }


def _runs(settings: Settings, database: Database, files: Files) -> str:
    with database.reading() as session:
        wrong = again.look(session, files, most=READ).wrong
        rings = {}
        for row in wrong:
            run = row.run if isinstance(row, RunFile) else row
            run.touch()
            if run.base_url not in rings:
                rings[run.base_url] = load_keyring(
                    session, base_url=run.base_url, secrets=settings.keys
                )
    made = 0
    # Runs first: an archive copy is made of the file of its run.
    for row in sorted(wrong, key=lambda row: isinstance(row, RunFile)):
        run = row.run if isinstance(row, RunFile) else row
        try:
            made += again.render_again(row, rings[run.base_url], files)
        except LabelsvcError:
            continue  # the check that follows names it
    return base.say("{made} of {count} files were made again", made=made, count=len(wrong))


def _log(database: Database, files: Files) -> str:
    with database.reading() as session:
        made = rebuild.rebuild(session, files)
    return base.say("{count} files were made again", count=made)


def _lists(settings: Settings, database: Database, files: Files) -> str:
    with database.reading() as session:
        ring = keyring_of(session, settings)
    head = lists.publish(database, files, ring, secrets=settings.keys, anew=True)
    return base.say("{count} files were made again", count=len(head.lines) if head else 0)


def _pictures(database: Database, files: Files) -> str:
    with database.reading() as session:
        keys = session.scalars(select(ProductPhoto.key).union(select(VillagePhoto.key))).all()
    wrong = [key for key in keys if photos.lost(files, key)]
    made = sum(photos.draw_again(files, key) for key in wrong)
    return base.say("{made} of {count} files were made again", made=made, count=len(wrong))


def _numbers(database: Database) -> str:
    with database.writing() as session:
        missing = numbers.raise_counter(session)
    return base.say("the counter went on by {count}", count=missing)


def _leases(database: Database) -> str:
    far = clock.now() + max(LEASE, LONGEST_DELAY) + AHEAD
    with database.writing() as session:
        freed = session.execute(
            update(Part)
            .where(Part.leased_until > far)
            .where(or_(Part.state.in_((JobState.QUEUED, JobState.RUNNING)), Part.number == 1))
            .values(leased_until=None)
        )
        count = int(freed.rowcount)  # type: ignore[attr-defined]
    return base.say("{count} parts may be taken again", count=count)


def _search(database: Database) -> str:
    with database.writing() as session:
        mended = keep.rebuild(session)
    return base.say("{count} entries were made again", count=mended)


def _permissions(settings: Settings, database: Database) -> str:
    """Take from others what is theirs no more; only where it belongs to who runs this."""
    places = [settings.data_dir]
    local = urlsplit(settings.files)
    if local.scheme in ("", "file"):
        places.append(Path(local.path))
    if database.is_sqlite and database.url.database:
        places += sorted(Path(database.url.database).parent.glob(f"{Path(database.url.database).name}*"))  # fmt: skip
    changed = 0
    for place in places:
        for path in (place, *place.rglob("*")) if place.is_dir() else (place,):
            if not path.is_symlink() and path.exists() and path.stat().st_mode & 0o077:
                path.chmod(path.stat().st_mode & 0o700)
                changed += 1
    return base.say("{count} files and folders are for their owner alone now", count=changed)
