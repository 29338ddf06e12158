"""Causes: explains errors of the machine (database, disk, libraries) by what is wrong and what mends it.
Used by every command, and by `doctor`.

The libraries' own messages name neither the user who runs the program nor the owner of a folder.
"""

from __future__ import annotations

import errno
import os
import pwd
import re
import sqlite3
from pathlib import Path
from typing import Final

from alembic.util.exc import CommandError
from sqlalchemy import URL
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)

from labelsvc.errors import ConfigurationError, DatabaseUnusable, LabelsvcError

#: Library → the list of this release that has it.
OPTIONAL: Final = {
    "celery": "scale",
    "kombu": "scale",
    "redis": "scale",
    "s3fs": "scale",
    "pkcs11": "hsm",
}
#: Errors that may have a cause below; all others are defects, and keep their traceback.
LOOKED_AT: Final = (SQLAlchemyError, CommandError, OSError, ImportError)

_MIGRATE: Final = "Run: labelsvc migrate"
_TELL: Final = "Look at: labelsvc doctor. With labelsvc --verbose … it is told where it came from."
#: Classes of SQLSTATE (PostgreSQL, appendix A) or whole states → message and fix.
_SERVER_STATES: Final = {
    "42P01": ("The schema of the database is behind the program.", _MIGRATE),
    "42703": ("The schema of the database is behind the program.", _MIGRATE),
    "42501": (
        "The user {user} has no right to the tables of the database {database}.",
        "Give them to that user: ALTER DATABASE … OWNER TO …, and the tables likewise (docs/operate.md).",
    ),
    "53100": ("The disk of the database server is full.", "Make room there."),
    "53300": (
        "The database server has no connection left.",
        "Raise max_connections there, or serve with fewer --workers.",
    ),
    "25006": (
        "The database server only reads: it is a standby.",
        "Name the primary in LABELSVC_DATABASE_URL.",
    ),
    "57P": ("The database server is starting or stopping.", "Try again in a minute."),
}
#: What libpq says when no connection comes about → message and fix. A server may speak another
#: language: what is not found here is told as it came.
_SERVER_REFUSALS: Final = (
    (
        re.compile("the database system is"),
        "The database server is starting or stopping.",
        "Try again in a minute.",
    ),
    (
        re.compile("password authentication|no password supplied|pg_hba|Peer authentication"),
        "The database server does not let the user {user} in: {reason}.",
        "Correct user and password in LABELSVC_DATABASE_URL, or pg_hba.conf on the server.",
    ),
    (
        re.compile('role ".*" does not exist'),
        "The database server does not know the user {user}.",
        "Make it: sudo -u postgres createuser {user}",
    ),
    (
        re.compile('database ".*" does not exist'),
        "There is no database {database} on the server.",
        "Make it: sudo -u postgres createdb --owner {user} {database}",
    ),
)


def cause(error: BaseException, url: URL | None = None) -> LabelsvcError | None:
    """Explain an error of the machine by its cause and its cure; None for what may be a defect of the program.

    :param url: of the database that the settings name.
    """
    if isinstance(error, LabelsvcError):
        return error
    if isinstance(error, ImportError):
        return _library(error)
    if isinstance(error, OSError):
        return _operating_system(error)
    if isinstance(error, CommandError):
        return _schema(error)
    if isinstance(error, ArgumentError | NoSuchModuleError):
        return DatabaseUnusable(
            "LABELSVC_DATABASE_URL is no address of a database.",
            fix="Write it like postgresql://labelsvc@/labelsvc, or leave it out for SQLite.",
        )
    if isinstance(error, DBAPIError):
        return _database(error, url)
    return None


def _library(error: ImportError) -> LabelsvcError | None:
    words = str(error)
    for name, part in OPTIONAL.items():
        if (error.name or "").partition(".")[0] == name or f"Install {name} " in words:
            return ConfigurationError(
                "The settings need the library {name}, which is not installed.",
                fix="Install requirements/{part}.txt of this release: "
                "pip install --require-hashes -r requirements/{part}.txt",
                name=name,
                part=part,
            )
    return None


def _operating_system(error: OSError) -> LabelsvcError | None:
    path = Path(os.fsdecode(error.filename)) if error.filename else None
    if error.errno in (errno.EACCES, errno.EPERM) and path:
        return not_permitted(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ConfigurationError("The disk is full.", fix="Make room (df -h).")
    if error.errno == errno.EROFS:
        return ConfigurationError(
            "{path} is on a file system that is mounted for reading only.",
            fix="Mount it for writing, or in a unit of systemd name the folder in ReadWritePaths.",
            path=path or "?",
        )
    return None


def not_permitted(path: Path) -> LabelsvcError:
    """Names the file or folder that stands in the way of *path*, its owner, and the user who runs."""
    found = _barrier(path.absolute())
    if found is None:
        return ConfigurationError(
            "{path} may not be opened.", fix="Look at: ls -ld {path}", path=path
        )
    facts = {
        "path": found,
        "owner": user_name(found.stat().st_uid),
        "user": user_name(os.geteuid()),
    }
    if facts["user"] == facts["owner"]:
        return ConfigurationError(
            "{path} may not be read and written, not even by its owner {owner}.",
            fix="Run: chmod u+rwX {path}",
            **facts,
        )
    # Never the advice to give away what belongs to the system: /, /root, /var/lib.
    return ConfigurationError(
        "{path} belongs to {owner}; this runs as {user}, who may not read and write there.",
        fix="Run it as {owner} (runuser -u {owner} -- labelsvc …), or give the place to {user}: "
        "chown -R {user}: {path}"
        if len(found.parts) > 3
        else "Make a folder for {user} as root (install -d -m 700 -o {user} FOLDER) and name it.",
        **facts,
    )


def _barrier(path: Path) -> Path | None:
    """The lowest part of *path* that is there and may not be used by the user who runs."""
    for place in (path, *path.parents):
        try:
            place.stat()
        except OSError:
            continue  # not there, or a folder above may not be searched
        wanted = os.R_OK | os.W_OK | (os.X_OK if place.is_dir() else 0)
        if not os.access(place, wanted, effective_ids=os.access in os.supports_effective_ids):
            return place
        if place != path:
            return None
    return None


def user_name(uid: int) -> str:
    """The name of a user of the machine, or the number where there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _schema(error: CommandError) -> LabelsvcError:
    words = str(error)
    if "Can't locate revision" in words:
        return DatabaseUnusable(
            "The database has the schema of a newer release than this program.",
            fix="Install that release again, or restore a copy that this release made.",
        )
    return DatabaseUnusable(
        "The schema cannot be changed: {reason}.", fix=_TELL, reason=words.rstrip(".")
    )


def _database(error: DBAPIError, url: URL | None) -> LabelsvcError:
    below = error.orig
    if isinstance(below, sqlite3.Error):
        return _sqlite(below, Path((url and url.database) or "labelsvc.sqlite3"))
    facts = {
        "user": (url and url.username) or user_name(os.geteuid()),
        "database": (url and url.database) or "",
        "host": (url and (url.host or url.query.get("host"))) or "localhost",
        "reason": _reason(below),
    }
    state = getattr(below, "sqlstate", None) or ""
    for known in (state, state[:3]):
        if known in _SERVER_STATES:
            message, fix = _SERVER_STATES[known]
            return DatabaseUnusable(message, fix=fix, **facts)
    if not state and isinstance(error, OperationalError):
        for pattern, message, fix in _SERVER_REFUSALS:
            if pattern.search(str(below)):
                return DatabaseUnusable(message, fix=fix, **facts)
        return DatabaseUnusable(
            "There is no connection to the database server {host}: {reason}.",
            fix="Start it, or correct LABELSVC_DATABASE_URL.",
            **facts,
        )
    return DatabaseUnusable(
        "The database does not answer as it should: {reason}.", fix=_TELL, **facts
    )


def _sqlite(error: sqlite3.Error, file: Path) -> LabelsvcError:
    code = getattr(error, "sqlite_errorname", "") or ""
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return not_permitted(file)
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseUnusable(
            "Another program holds the database {file}.",
            fix="Try again; if that does not help, look for it: fuser {file}",
            file=file,
        )
    if code.startswith("SQLITE_FULL"):
        return DatabaseUnusable("The disk is full.", fix="Make room (df -h).")
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DatabaseUnusable(
            "{file} is damaged, or no database.",
            fix="Keep the file, and restore a copy: labelsvc restore FILE --force",
            file=file,
        )
    if code.startswith("SQLITE_IOERR"):
        return DatabaseUnusable(
            "The disk of {file} does not work: {reason}.",
            fix="Look at the log of the machine (dmesg), and restore a copy on another disk.",
            file=file,
            reason=str(error),
        )
    if str(error).startswith(("no such table", "no such column")) or "has no column" in str(error):
        return DatabaseUnusable("The schema of the database is behind the program.", fix=_MIGRATE)
    return DatabaseUnusable(
        "The database does not answer as it should: {reason}.", fix=_TELL, reason=str(error)
    )


def _reason(error: BaseException | None) -> str:
    """The first line that says something, without its end."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")
