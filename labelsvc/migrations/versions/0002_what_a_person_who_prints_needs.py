"""What a person who prints needs

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=61), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("toml", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_own_layout_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_layout")),
        sa.UniqueConstraint("producer_id", "name", name="uq_own_layout_producer_id_name"),
    )
    op.create_table(
        "own_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=61), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("article", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_own_sheet_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_sheet")),
        sa.UniqueConstraint("producer_id", "name", name="uq_own_sheet_producer_id_name"),
    )
    op.create_table(
        "printer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=60), nullable=False),
        sa.Column("removed_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_printer_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer")),
        sa.UniqueConstraint("producer_id", "name", name="uq_printer_producer_id_name"),
    )
    op.create_table(
        "print_ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("printer_id", sa.Integer(), nullable=True),
        sa.Column("other_run_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint('"last" >= "first" AND "first" > 0', name=op.f("ck_print_ledger_range")),
        sa.ForeignKeyConstraint(
            ["other_run_id"], ["print_run.id"], name=op.f("fk_print_ledger_other_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["printer_id"], ["printer.id"], name=op.f("fk_print_ledger_printer_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_print_ledger_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_ledger")),
    )
    with op.batch_alter_table("print_ledger", schema=None) as batch_op:
        batch_op.create_index("ix_print_ledger_run_id_kind", ["run_id", "kind"], unique=False)

    op.create_table(
        "sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("printer_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("from_unit", sa.Integer(), nullable=False),
        sa.Column("sent_units", sa.Integer(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_sending_job_id")),
        sa.ForeignKeyConstraint(["printer_id"], ["printer.id"], name=op.f("fk_sending_printer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_sending_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
    )
    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sending_run_id"), ["run_id"], unique=False)

    with op.batch_alter_table("print_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("imprint", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("output", sa.String(length=8), server_default="pdf", nullable=False)
        )
        batch_op.add_column(sa.Column("printer_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("profile", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("reprint_of", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.Text(), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_print_run_reprint_of"), ["reprint_of"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_print_run_printer_id"), "printer", ["printer_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_print_run_reprint_of"), "print_run", ["reprint_of"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("print_run", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_print_run_reprint_of"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_print_run_printer_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_print_run_reprint_of"))
        batch_op.drop_column("reason")
        batch_op.drop_column("reprint_of")
        batch_op.drop_column("profile")
        batch_op.drop_column("printer_id")
        batch_op.drop_column("output")
        batch_op.drop_column("imprint")

    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sending_run_id"))

    op.drop_table("sending")
    with op.batch_alter_table("print_ledger", schema=None) as batch_op:
        batch_op.drop_index("ix_print_ledger_run_id_kind")

    op.drop_table("print_ledger")
    op.drop_table("printer")
    op.drop_table("own_sheet")
    op.drop_table("own_layout")
