"""Hashes of what inspectors sent, and of the photos of cases

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inspection_case") as batch:
        batch.add_column(
            sa.Column("sent_hash", sa.String(length=64), nullable=False, server_default="")
        )
    with op.batch_alter_table("case_file") as batch:
        batch.add_column(
            sa.Column("sha256", sa.String(length=64), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("case_file") as batch:
        batch.drop_column("sha256")
    with op.batch_alter_table("inspection_case") as batch:
        batch.drop_column("sent_hash")
