"""Keep assignees and due days of reports and cases, and notes on reports

Revision: 0034, after 0033
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("report", "inspection_case"):
        op.add_column(table, sa.Column("assignee_id", sa.Integer(), nullable=True))
        op.add_column(table, sa.Column("due_on", sa.Date(), nullable=True))
        op.create_index(f"ix_{table}_assignee_id", table, ["assignee_id"])
    op.create_table(
        "report_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_note_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_note")),
    )
    op.create_index(op.f("ix_report_note_report_id"), "report_note", ["report_id"])


def downgrade() -> None:
    op.drop_table("report_note")
    for table in ("report", "inspection_case"):
        op.drop_index(f"ix_{table}_assignee_id", table)
        op.drop_column(table, "due_on")
        op.drop_column(table, "assignee_id")
