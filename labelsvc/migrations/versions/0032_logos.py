"""Logos of producers, beside the mark of the programme

Revision: 0032, after 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("artwork") as batch:
        batch.add_column(sa.Column("producer_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_artwork_producer_id_producer"), "producer", ["producer_id"], ["id"]
        )
        batch.create_index(op.f("ix_artwork_producer_id"), ["producer_id"])


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM artwork WHERE producer_id IS NOT NULL"))
    with op.batch_alter_table("artwork") as batch:
        batch.drop_index(op.f("ix_artwork_producer_id"))
        batch.drop_constraint(op.f("fk_artwork_producer_id_producer"), type_="foreignkey")
        batch.drop_column("producer_id")
