"""Refused codes by network, for as long as the day lasts; where a unit was first reported

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0008"
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
    with op.batch_alter_table("unit_seen", schema=None) as batch_op:
        batch_op.add_column(sa.Column("province", sa.String(length=2), nullable=True))
        batch_op.add_column(sa.Column("province_at", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("unit_seen", schema=None) as batch_op:
        batch_op.drop_column("province_at")
        batch_op.drop_column("province")
    op.drop_table("refused_network")
