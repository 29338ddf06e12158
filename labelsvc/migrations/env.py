"""Alembic's entry point; `labelsvc.migrations.upgrade` puts the database into the config.

One transaction holds all steps and a lock: of two that are started at once the second waits, and then
finds nothing to do.
"""

from typing import Any

from alembic import context
from sqlalchemy import text

from labelsvc.db import Database
from labelsvc.errors import DatabaseUnusable
from labelsvc.migrations import LOCK
from labelsvc.migrations.tables import metadata

database: Database = context.config.attributes["database"]
# SQLite: the write lock from the first statement on. A lock that waits after reading is refused.
engine = database.engine.execution_options(labelsvc_write=True)
with engine.connect() as connection:
    own: Any = connection.connection.driver_connection

    def dangling() -> set[str]:
        """Tables with rows that point to nothing."""
        return {row[0] for row in own.execute("PRAGMA foreign_key_check")}

    if database.is_sqlite:
        # Some revisions make a table anew, and SQLite drops none that rows point to. Outside of a
        # transaction, where alone it has an effect; checked before the commit, below.
        own.execute("PRAGMA foreign_keys=OFF")
    # Begun before alembic is told of the connection: else it commits after each step on SQLite.
    with connection.begin():
        if not database.is_sqlite:
            # Of the transaction, not of the session: a pooler may hand the session to others.
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = dangling() if database.is_sqlite else set()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=database.is_sqlite,
            compare_type=True,
        )
        context.run_migrations()
        # What pointed to nothing before is no fault of a step: `doctor` tells of it.
        if database.is_sqlite and (found := dangling() - before):
            raise DatabaseUnusable(
                "Rows of {tables} point to nothing after the upgrade; it is rolled back.",
                fix="Keep the database as it is and report it; start the earlier release meanwhile.",
                tables=", ".join(sorted(found)),
            )
    if database.is_sqlite:
        own.execute("PRAGMA foreign_keys=ON")
