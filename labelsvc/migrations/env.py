"""Alembic's entry point; `labelsvc.migrations.upgrade` puts the database into the config."""

from typing import Any

from alembic import context

from labelsvc.db import Database
from labelsvc.migrations.tables import metadata

database: Database = context.config.attributes["database"]
with database.engine.connect() as connection:
    own: Any = connection.connection.driver_connection
    if database.is_sqlite:
        # Some revisions make a table anew, and SQLite drops none that rows point to. Outside of a
        # transaction, where alone it has an effect; checked before the commit, below.
        own.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=database.is_sqlite,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if database.is_sqlite and own.execute("PRAGMA foreign_key_check").fetchone():
            raise RuntimeError("rows point to nothing after the upgrade; it is rolled back")
    connection.commit()
    if database.is_sqlite:
        own.execute("PRAGMA foreign_keys=ON")
