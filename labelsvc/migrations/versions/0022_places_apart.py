"""Cases in which a code was reported at places far apart

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inspection_case") as batch:
        batch.add_column(
            sa.Column("apart", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    case = sa.table(
        "inspection_case",
        sa.column("id", sa.Integer),
        sa.column("facts", sa.JSON),
        sa.column("apart"),
    )
    bind = op.get_bind()
    apart = [
        row.id
        for row in bind.execute(sa.select(case.c.id, case.c.facts))
        if "travel" in (row.facts or {}).get("weights", {})
    ]
    for number in apart:
        bind.execute(sa.update(case).where(case.c.id == number).values(apart=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("inspection_case") as batch:
        batch.drop_column("apart")
