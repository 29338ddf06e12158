"""What was decided of like owners; merges of producers and products

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("producer", "product"):
        # In one statement: SQLite cannot add a constraint to a table that is there.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN merged_into_id INTEGER "
            f"CONSTRAINT fk_{table}_merged_into_id REFERENCES {table} (id)"
        )
        op.create_index(op.f(f"ix_{table}_merged_into_id"), table, ["merged_into_id"])
    op.create_table(
        "owner_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("place", sa.String(100), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=True),
        sa.Column("other_name", sa.String(300), nullable=False),
        sa.Column("other_place", sa.String(100), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("written", sa.String(200), nullable=False),
        sa.Column("decided_by", sa.String(60), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_owner_decision_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_decision")),
    )
    op.create_index("ix_owner_decision_name_place", "owner_decision", ["name", "place"])
    op.create_index(op.f("ix_owner_decision_producer_id"), "owner_decision", ["producer_id"])
    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("seen", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("proposed_by", sa.String(60), nullable=False),
        sa.Column("proposed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(60), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("undo_by", sa.String(60), nullable=False),
        sa.Column("undo_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(60), nullable=False),
        sa.Column("undone_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index("ix_merge_kind_gone_id", "merge", ["kind", "gone_id"])
    op.create_index("ix_merge_kind_kept_id", "merge", ["kind", "kept_id"])


def downgrade() -> None:
    op.drop_table("merge")
    op.drop_table("owner_decision")
    for table in ("product", "producer"):
        op.drop_index(op.f(f"ix_{table}_merged_into_id"), table)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("merged_into_id")
