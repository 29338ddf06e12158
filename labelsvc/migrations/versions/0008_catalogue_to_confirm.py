"""Criteria sets to confirm, owners that are organisations

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FLAGS = (("product", "set_guessed"), ("producer", "organisation"))


def upgrade() -> None:
    for table, name in _FLAGS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
            )


def downgrade() -> None:
    for table, name in _FLAGS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(name)
