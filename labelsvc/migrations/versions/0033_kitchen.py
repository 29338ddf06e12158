"""Lots that are ended, and acts that a telephone sends until it hears that they are entered

Revision: 0033, after 0032
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lot", sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "sent_act",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_sent_act_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_sent_act_run_id")),
        sa.PrimaryKeyConstraint("user_id", "uid", name=op.f("pk_sent_act")),
    )
    op.create_index(op.f("ix_sent_act_run_id"), "sent_act", ["run_id"])


def downgrade() -> None:
    op.drop_table("sent_act")
    with op.batch_alter_table("lot") as batch:
        batch.drop_column("ended_at")
