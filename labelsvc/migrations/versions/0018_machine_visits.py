"""Scan pages that programs fetched, counted apart

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "machine_visits",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agent", sa.String(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "agent", name=op.f("pk_machine_visits")),
    )


def downgrade() -> None:
    op.drop_table("machine_visits")
