"""Fields that the label law asks for: kind of goods, nutrition, rows of ingredients, repacker and more

What is entered already stays as it is; a product that lacks a new content is asked when its next
labels are printed. Goods on the shelf are scanned as before.

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

#: Table → column and its length; None: text without a limit.
_COLUMNS: dict[str, dict[str, int | None]] = {
    "product": {
        "goods_kind": 20,
        "ingredient_rows": None,
        "nutrition": None,
        "nutrition_exempt": 20,
        "allergens": 200,
        "artisan": 120,
        "dimensions": 120,
        "drained_weight": 40,
        "packs": 60,
        "date_kind": 12,
        "repacker": 300,
        "ordering_party": 300,
    },
    "lot": {"season": 60},
    "recognition": {
        "product_name": 200,
        "withdrawal_ground": 20,
        "withdrawal_authority": 160,
    },
}


def upgrade() -> None:
    for table, columns in _COLUMNS.items():
        for name, length in columns.items():
            kind = sa.Text() if length is None else sa.String(length=length)
            op.add_column(table, sa.Column(name, kind, server_default="", nullable=False))
    for table in ("recognition", "withdrawal_proposal"):
        op.add_column(table, sa.Column("found_on", sa.Date(), nullable=True))
    # The name as the decision has it: what was known of it is the name of the product today.
    op.execute(
        "UPDATE recognition SET product_name = "
        "(SELECT name FROM product WHERE product.id = recognition.product_id)"
    )


def downgrade() -> None:
    for table in ("recognition", "withdrawal_proposal"):
        op.drop_column(table, "found_on")
    for table, columns in _COLUMNS.items():
        for name in columns:
            op.drop_column(table, name)
