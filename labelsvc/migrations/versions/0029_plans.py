"""Targets of the programme's plans

Revision: 0029, after 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("least", sa.Numeric(precision=9, scale=1), nullable=False),
        sa.Column("most", sa.Numeric(precision=9, scale=1), nullable=True),
        sa.Column("reached", sa.Numeric(precision=9, scale=1), nullable=True),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=120), server_default="", nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_target_until")),
        sa.CheckConstraint("least > 0", name=op.f("ck_target_least")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("kind", "since", "until", name=op.f("uq_target_kind_since_until")),
    )


def downgrade() -> None:
    op.drop_table("target")
