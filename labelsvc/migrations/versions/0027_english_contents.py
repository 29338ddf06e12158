"""What the scan page says of a product to readers of English

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

#: Column → its length; None: text without a limit.
_COLUMNS: dict[str, int | None] = {
    "ingredients_en": None,
    "instructions_en": None,
    "storage_en": None,
    "warning_en": None,
    "origin_en": 120,
}


def upgrade() -> None:
    for name, length in _COLUMNS.items():
        kind = sa.Text() if length is None else sa.String(length=length)
        op.add_column("product", sa.Column(name, kind, server_default="", nullable=False))


def downgrade() -> None:
    for name in _COLUMNS:
        op.drop_column("product", name)
