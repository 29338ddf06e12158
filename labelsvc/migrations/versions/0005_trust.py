"""Trust: status lists, manifests, withdrawals, activation

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_list",
        sa.Column("kid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("listed", sa.String(length=64), nullable=False),
        sa.Column("lots", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", "purpose", name=op.f("pk_status_list")),
    )
    op.create_table(
        "status_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_of", sa.String(length=120), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_state")),
    )
    op.create_table(
        "trust_manifest",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_trust_manifest")),
    )
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("kid", sa.Integer(), nullable=True),
        sa.Column("first", sa.BigInteger(), nullable=True),
        sa.Column("last", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=60), nullable=False),
        sa.Column("proposed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("read_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kid"], ["key_record.kid"], name=op.f("fk_withdrawal_kid")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_withdrawal_lot_id")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_withdrawal_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_withdrawal_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    op.create_index(op.f("ix_withdrawal_producer_id"), "withdrawal", ["producer_id"])
    op.create_index("ix_withdrawal_state", "withdrawal", ["state"])

    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("activation", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_column("activation")

    op.drop_index("ix_withdrawal_state", "withdrawal")
    op.drop_index(op.f("ix_withdrawal_producer_id"), "withdrawal")

    op.drop_table("withdrawal")
    op.drop_table("trust_manifest")
    op.drop_table("status_state")
    op.drop_table("status_list")
