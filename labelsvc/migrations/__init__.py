"""The schema and its history. `upgrade` brings any database to the newest revision."""

from __future__ import annotations

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
    return present, ScriptDirectory.from_config(_config(database)).get_current_head()


def known(database: Database, revision: str) -> bool:
    """True if this program has *revision*; a newer one may have made it."""
    script = ScriptDirectory.from_config(_config(database))
    return any(found.revision == revision for found in script.walk_revisions())
