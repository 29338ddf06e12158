"""Points of sale: kind, hours, place, operator, steps, confirmation by a link, support, reports

Revision: 0031, after 0030
"""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

#: Column → its length.
_TEXTS = {
    "kind": 20, "website": 200, "hours": 300, "hours_note": 200, "operator": 200, "email": 120,
}  # fmt: skip
_NAMED = "fk_outlet_producer_id"


def upgrade() -> None:
    for name, length in _TEXTS.items():
        op.add_column(
            "outlet", sa.Column(name, sa.String(length=length), server_default="", nullable=False)
        )
    op.add_column("outlet", sa.Column("latitude", sa.Double(), nullable=True))
    op.add_column("outlet", sa.Column("longitude", sa.Double(), nullable=True))
    op.add_column("outlet", sa.Column("published_on", sa.Date(), nullable=True))
    op.add_column("outlet", sa.Column("confirmed_on", sa.Date(), nullable=True))
    state = sa.Column("state", sa.String(length=10), server_default="published", nullable=False)
    with op.batch_alter_table("outlet") as batch:
        batch.add_column(sa.Column("producer_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(_NAMED, "producer", ["producer_id"], ["id"])
        batch.add_column(state)
    op.execute("UPDATE outlet SET state = 'closed' WHERE NOT active")
    with op.batch_alter_table("outlet") as batch:
        batch.drop_column("active")
    for column in ("search_key", "producer_id", "state"):
        op.create_index(f"ix_outlet_{column}", "outlet", [column])
    op.add_column("outlet_product", sa.Column("as_of", sa.Date(), nullable=True))
    op.add_column("outlet_product", sa.Column("low_on", sa.Date(), nullable=True))
    _tables()
    _first_steps()
    with op.batch_alter_table("report") as batch:
        batch.add_column(sa.Column("outlet_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_report_outlet_id", "outlet", ["outlet_id"], ["id"], ondelete="SET NULL")  # fmt: skip
    op.create_index("ix_report_outlet_id", "report", ["outlet_id"])


def _tables() -> None:
    def of_outlet(table: str) -> list[sa.schema.SchemaItem]:
        return [
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("outlet_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                ["outlet_id"], ["outlet.id"], name=f"fk_{table}_outlet_id", ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        ]

    op.create_table(
        "outlet_step",
        *of_outlet("outlet_step"),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
    )
    op.create_index("ix_outlet_step_outlet_id_on", "outlet_step", ["outlet_id", "first_day"])
    op.create_table(
        "outlet_support",
        *of_outlet("outlet_support"),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(length=60), server_default="", nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=False),
        sa.Column("entered_at", UtcDateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_outlet_support_outlet_id", "outlet_support", ["outlet_id"])
    op.create_table(
        "outlet_link",
        *of_outlet("outlet_link"),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("token_hash", name="uq_outlet_link_token_hash"),
    )
    op.create_index("ix_outlet_link_outlet_id", "outlet_link", ["outlet_id"])


def _first_steps() -> None:
    """Points of before: published, as of the day they were entered where the trail says it."""
    connection, moment = op.get_bind(), datetime.now(UTC)
    rows = connection.execute(sa.text("SELECT id, state FROM outlet")).all()
    trail = sa.table("audit_entry", sa.column("subject"), sa.column("at"), sa.column("action"))
    query = sa.select(trail.c.subject, trail.c.at).where(trail.c.action == "outlet.create")
    entered = {subject: _day(at) for subject, at in connection.execute(query)} if rows else {}
    steps = sa.table(
        "outlet_step", sa.column("outlet_id"), sa.column("state"), sa.column("first_day", sa.Date()),
        sa.column("at", UtcDateTime(timezone=True)), sa.column("actor"), sa.column("units", sa.JSON()),
    )  # fmt: skip
    outlets = sa.table("outlet", sa.column("id"), sa.column("published_on", sa.Date()))
    for number, state in rows:
        # Nobody was asked to confirm before: the 120 days begin with this upgrade.
        connection.execute(
            outlets.update().where(outlets.c.id == number).values(published_on=moment.date())
        )
        first = entered.get(f"outlet:{number}", moment.date())
        kept = [("published", first)] + ([("closed", moment.date())] if state == "closed" else [])
        for name, day in kept:
            connection.execute(
                steps.insert().values(
                    outlet_id=number,
                    state=name,
                    first_day=day,
                    at=moment,
                    actor="upgrade",
                    units=[],
                )
            )


def _day(at: datetime | str) -> date:
    return date.fromisoformat(str(at)[:10])


def downgrade() -> None:
    op.drop_index("ix_report_outlet_id", "report")
    with op.batch_alter_table("report") as batch:
        batch.drop_constraint("fk_report_outlet_id", type_="foreignkey")
        batch.drop_column("outlet_id")
    for table in ("outlet_link", "outlet_support", "outlet_step"):
        op.drop_table(table)
    op.drop_column("outlet_product", "low_on")
    op.drop_column("outlet_product", "as_of")
    for column in ("search_key", "producer_id", "state"):
        op.drop_index(f"ix_outlet_{column}", "outlet")
    op.add_column(
        "outlet", sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.execute("UPDATE outlet SET active = (state = 'published')")
    with op.batch_alter_table("outlet") as batch:
        batch.drop_constraint(_NAMED, type_="foreignkey")
        batch.drop_column("producer_id")
        batch.drop_column("state")
    for name in ("latitude", "longitude", "published_on", "confirmed_on", *_TEXTS):
        op.drop_column("outlet", name)
