"""Lists under way as jobs, what each list changed, and lists handed to others

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staged_list",
        sa.Column("token", sa.String(length=50), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("uploaded_by", sa.String(length=60), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.Column("doing", sa.String(length=8), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_staged_list_job_id_job")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_staged_list")),
    )
    op.create_table(
        "import_trace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("thing", sa.String(length=16), nullable=False),
        sa.Column("made", sa.JSON(), nullable=True),
        sa.Column("changed_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_run.id"], name=op.f("fk_import_trace_import_id_import_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_trace")),
    )
    op.create_index(op.f("ix_import_trace_import_id"), "import_trace", ["import_id"], unique=False)
    op.add_column("import_run", sa.Column("token", sa.String(length=50), nullable=True))
    op.add_column("import_run", sa.Column("traced", sa.Boolean(), nullable=False, server_default=sa.false()))  # fmt: skip
    op.add_column("import_run", sa.Column("undone_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column(
        "import_run",
        sa.Column("undone_by", sa.String(length=60), nullable=False, server_default=""),
    )
    op.create_index(op.f("ix_import_run_token"), "import_run", ["token"], unique=True)
    op.create_index(op.f("ix_import_run_sha256"), "import_run", ["sha256"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("recognised", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )


def downgrade() -> None:
    op.drop_table("handover")
    op.drop_index(op.f("ix_import_run_sha256"), table_name="import_run")
    op.drop_index(op.f("ix_import_run_token"), table_name="import_run")
    for column in ("undone_by", "undone_at", "traced", "token"):
        op.drop_column("import_run", column)
    op.drop_table("import_trace")
    op.drop_table("staged_list")
