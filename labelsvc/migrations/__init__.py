"""The schema and its history. `upgrade` brings any database to the newest revision."""

from __future__ import annotations

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from labelsvc.db import Database
from labelsvc.migrations import tables as tables
from labelsvc.resources import folder

#: PostgreSQL advisory lock of whoever changes the schema.
LOCK = 0x6C61626D


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")))
    config.attributes["database"] = database
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply what is missing, in one transaction and under a lock: two at once are safe."""
    command.upgrade(_config(database), revision)


def revisions(database: Database) -> tuple[str | None, str | None]:
    """Revision of the database and newest revision of the program."""
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present, _history().get_current_head()


def known(revision: str) -> bool:
    """True if this program has *revision*; a newer one may have made it."""
    return any(found.revision == revision for found in _history().walk_revisions())


@cache  # each reading runs every migration's module; health and doctor ask again and again
def _history() -> ScriptDirectory:
    return ScriptDirectory(str(folder("migrations")))
