"""Ranges of a frozen key that the public log lacks, to be believed by decision of two people

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "range_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kid", sa.Integer(), nullable=False),
        sa.Column("ranges", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=60), nullable=False),
        sa.Column("proposed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kid"], ["key_record.kid"], name=op.f("fk_range_claim_kid_key_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_range_claim")),
    )
    op.create_index(op.f("ix_range_claim_kid"), "range_claim", ["kid"])


def downgrade() -> None:
    op.drop_index(op.f("ix_range_claim_kid"), table_name="range_claim")
    op.drop_table("range_claim")
