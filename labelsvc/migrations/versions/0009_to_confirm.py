"""Criteria sets to confirm, owners that are organisations, points of sale to be searched

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.i18n import fold

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FLAGS = (("product", "set_guessed"), ("producer", "organisation"))


def upgrade() -> None:
    # Added in place: SQLite cannot make these tables anew while others point to their rows.
    for table, name in _FLAGS:
        op.add_column(
            table, sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.add_column(
        "outlet",
        sa.Column("search_key", sa.String(length=400), server_default="", nullable=False),
    )
    connection = op.get_bind()
    for number, name, street in connection.execute(
        sa.text("SELECT id, name, street FROM outlet")
    ).all():
        connection.execute(
            sa.text("UPDATE outlet SET search_key = :key WHERE id = :id"),
            {"key": fold(f"{name} {street}"), "id": number},
        )


def downgrade() -> None:
    op.drop_column("outlet", "search_key")
    for table, name in _FLAGS:
        op.drop_column(table, name)
