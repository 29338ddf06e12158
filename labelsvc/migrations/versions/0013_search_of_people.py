"""Names of people, folded for the search

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.i18n import fold

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_USER = sa.table(
    "user", sa.column("id"), sa.column("name"), sa.column("full_name"), sa.column("search_key")
)


def upgrade() -> None:
    op.add_column(
        "user", sa.Column("search_key", sa.String(length=250), server_default="", nullable=False)
    )
    connection = op.get_bind()
    people = sa.select(_USER.c.id, _USER.c.full_name, _USER.c.name)
    for number, full_name, name in connection.execute(people).all():
        connection.execute(
            sa.update(_USER)
            .where(_USER.c.id == number)
            .values(search_key=fold(f"{full_name} {name}"))
        )


def downgrade() -> None:
    op.drop_column("user", "search_key")
