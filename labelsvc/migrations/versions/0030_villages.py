"""Keep crafts, kinds, artisans and pictures of craft villages, with indexes for their pages

Revision: 0030, after 0029
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.catalogue.villages.crafts import named
from labelsvc.i18n import fold

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

#: Table → its new indexes by their columns.
_INDEXES: dict[str, tuple[tuple[str, ...], ...]] = {
    "outlet_product": (("product_id",),),
    "producer": (("village_id",), ("commune_code",)),
    "outlet": (("commune_code",),),
    "recognition": (("decision_number",),),
    "village": (("commune_code",), ("craft_code",), ("search_key",), ("merged_into_id",)),
}


def upgrade() -> None:
    for name, length in (("craft_code", 20), ("kind", 12), ("search_key", 520)):
        op.add_column(
            "village", sa.Column(name, sa.String(length=length), server_default="", nullable=False)
        )
    for name in ("withdrawn_on", "ended_on"):
        op.add_column("village", sa.Column(name, sa.Date(), nullable=True))
    for name in ("latitude", "longitude"):
        op.add_column("village", sa.Column(name, sa.Double(), nullable=True))
    # In one statement: SQLite cannot add a constraint to a table that is there.
    op.execute(
        "ALTER TABLE village ADD COLUMN merged_into_id INTEGER "
        "CONSTRAINT fk_village_merged_into_id REFERENCES village (id)"
    )
    for table, indexes in _INDEXES.items():
        for columns in indexes:
            op.create_index(op.f(f"ix_{table}_{columns[0]}"), table, list(columns))
    op.create_index("ix_product_set_number", "product", ["set_number", "set_guessed"])
    op.create_table(
        "village_artisan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), server_default="", nullable=False),
        sa.Column("agreed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_village_artisan_village_id"), "village_artisan", ["village_id"])
    op.create_table(
        "village_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_village_photo_village_id"), "village_photo", ["village_id"])
    _fill()


def _fill() -> None:
    """Make the villages that are there already searchable, and read their crafts."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, name, name_en, craft, craft_en FROM village"))
    for number, *words in rows.all():
        connection.execute(
            sa.text("UPDATE village SET search_key = :key, craft_code = :craft WHERE id = :id"),
            {"key": fold(" ".join(words)), "craft": named(words[2]), "id": number},
        )


def downgrade() -> None:
    op.drop_table("village_photo")
    op.drop_table("village_artisan")
    op.drop_index("ix_product_set_number", "product")
    for table, indexes in _INDEXES.items():
        for columns in indexes:
            op.drop_index(op.f(f"ix_{table}_{columns[0]}"), table)
    with op.batch_alter_table("village") as batch_op:
        batch_op.drop_column("merged_into_id")
    for name in ("longitude", "latitude", "ended_on", "withdrawn_on", "search_key", "kind", "craft_code"):  # fmt: skip
        op.drop_column("village", name)
