"""Blank rolls, and files of a run for the print shop and the archive.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blank",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("kid", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_blank_count")),
        sa.ForeignKeyConstraint(["kid"], ["key_record.kid"], name=op.f("fk_blank_kid")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_blank_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blank")),
    )
    with op.batch_alter_table("blank", schema=None) as batch_op:
        batch_op.create_index("ix_blank_first", ["first"], unique=True)
        batch_op.create_index(batch_op.f("ix_blank_producer_id"), ["producer_id"], unique=False)

    op.create_table(
        "blank_roll",
        sa.Column("blank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("layout_name", sa.String(length=61), nullable=False),
        sa.Column("layout_toml", sa.Text(), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.Integer(), nullable=False),
        sa.Column("imprint", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("output", sa.String(length=8), server_default="pdf", nullable=False),
        sa.Column("profile", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("base_url", sa.String(length=120), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("file_key", sa.String(length=200), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("released_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("printer_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["blank_id"], ["blank.id"], name=op.f("fk_blank_roll_blank_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_blank_roll_job_id")),
        sa.ForeignKeyConstraint(
            ["printer_id"], ["printer.id"], name=op.f("fk_blank_roll_printer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blank_roll")),
        sa.UniqueConstraint("blank_id", name=op.f("uq_blank_roll_blank_id")),
    )
    with op.batch_alter_table("blank_roll", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blank_roll_state"), ["state"], unique=False)

    op.create_table(
        "run_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("file_key", sa.String(length=200), nullable=True),
        sa.Column("report_key", sa.String(length=200), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_run_file_job_id")),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_run_file_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_file")),
    )
    with op.batch_alter_table("run_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_file_run_id"), ["run_id"], unique=False)

    with op.batch_alter_table("print_run", schema=None) as batch_op:
        batch_op.alter_column(
            "layout_name",
            existing_type=sa.VARCHAR(length=60),
            type_=sa.String(length=61),
            existing_nullable=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("print_run", schema=None) as batch_op:
        batch_op.alter_column(
            "layout_name",
            existing_type=sa.String(length=61),
            type_=sa.VARCHAR(length=60),
            existing_nullable=False,
        )

    with op.batch_alter_table("run_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_file_run_id"))

    op.drop_table("run_file")
    with op.batch_alter_table("blank_roll", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blank_roll_state"))

    op.drop_table("blank_roll")
    with op.batch_alter_table("blank", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blank_producer_id"))
        batch_op.drop_index("ix_blank_first")

    op.drop_table("blank")
