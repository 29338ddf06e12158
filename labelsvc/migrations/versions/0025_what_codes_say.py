"""What signed codes of a run say of their goods; the status head in the format of before

Revision: 0025, after 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty for runs of before: what their labels say is not known for certain any more.
    with op.batch_alter_table("issue") as batch:
        batch.add_column(sa.Column("reference", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("expiry", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("flags", sa.Integer(), nullable=True))
    with op.batch_alter_table("status_state") as batch:
        batch.add_column(sa.Column("old_head", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("status_state") as batch:
        batch.drop_column("old_head")
    # Not in a batch, which on SQLite copies the table and loses the triggers of 0020.
    for column in ("flags", "expiry", "reference"):
        op.drop_column("issue", column)
