"""Withdrawals that lists propose, heads assigned by hand, a decision once for each product and day

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawal_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recognition_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=60), nullable=False),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=60), nullable=False),
        sa.Column("proposed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recognition_id"],
            ["recognition.id"],
            name=op.f("fk_withdrawal_proposal_recognition_id_recognition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_proposal")),
    )
    for column in ("recognition_id", "state"):
        op.create_index(
            op.f(f"ix_withdrawal_proposal_{column}"), "withdrawal_proposal", [column], unique=False
        )
    op.create_table(
        "head_assignment",
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("assigned_by", sa.String(length=60), nullable=False),
        sa.Column("assigned_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_head_assignment")),
    )
    # Two of one day are one decision written twice: where such are held, they stay as they are.
    doubles = op.get_bind().scalar(
        sa.text(
            "SELECT count(*) FROM (SELECT 1 AS one FROM recognition "
            "GROUP BY product_id, decision_number, decision_date HAVING count(*) > 1) AS held"
        )
    )
    op.create_index(
        "ix_recognition_decision",
        "recognition",
        ["product_id", "decision_number", "decision_date"],
        unique=not doubles,
    )


def downgrade() -> None:
    op.drop_index("ix_recognition_decision", table_name="recognition")
    op.drop_table("head_assignment")
    op.drop_table("withdrawal_proposal")
