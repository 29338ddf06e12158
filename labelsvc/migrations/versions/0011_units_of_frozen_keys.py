"""Which lots are shuffled by another key since a key was frozen

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("key_record", sa.Column("lots_before", sa.Integer(), nullable=True))
    # As a key that is frozen now: lots that may be opened meanwhile keep the key that is told.
    op.execute(
        "UPDATE key_record SET lots_before = (SELECT coalesce(max(id), 0) FROM lot) + 1001"
        " WHERE state = 'frozen'"
    )


def downgrade() -> None:
    op.drop_column("key_record", "lots_before")
