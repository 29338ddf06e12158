"""Alembic's entry point; `labelsvc.migrations.upgrade` puts the database into the config."""

from alembic import context

from labelsvc.db import Database
from labelsvc.migrations.tables import metadata

database: Database = context.config.attributes["database"]
with database.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=database.is_sqlite,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
