"""Refused codes by network, for as long as the day lasts

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_scans"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refused_network",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("network", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "prefix", "network", name=op.f("pk_refused_network")),
    )


def downgrade() -> None:
    op.drop_table("refused_network")
