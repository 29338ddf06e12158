"""When recurring work last went well, how often a part was put off, numbers of lists that are taken

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    with op.batch_alter_table("job_part") as batch:
        batch.add_column(sa.Column("delays", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("status_list") as batch:
        batch.add_column(sa.Column("taken", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("status_list") as batch:
        batch.drop_column("taken")
    with op.batch_alter_table("job_part") as batch:
        batch.drop_column("delays")
    op.drop_table("heartbeat")
