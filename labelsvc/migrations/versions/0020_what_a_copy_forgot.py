"""A copy that is older than the log: noticed, its ids raised; no number in two ranges

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

from labelsvc.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

#: Of each table: the first range behind NEW's beginning must end before it, and the roll that holds
#: an end of an issue must hold both. Ranges do not overlap, so looking at one neighbour is enough.
_BEFORE = (
    "(SELECT first + count FROM {table} WHERE first < {stop}{but} ORDER BY first DESC LIMIT 1)"
)


def _overlaps(table: str, but: str) -> str:
    """SQL that is true where the row NEW of *table* must not be written."""
    stop = "NEW.first + NEW.count"
    own = f"{_BEFORE.format(table=table, stop=stop, but=but)} > NEW.first"
    if table == "issue":
        roll = (
            "SELECT 1 FROM blank WHERE first < NEW.first + NEW.count AND first + count > NEW.first"
        )
        apart = "AND NOT (first <= NEW.first AND first + count >= NEW.first + NEW.count)"
        return f"{own} OR EXISTS ({roll} {apart})"
    start = _BEFORE.format(table="issue", stop="NEW.first", but="")
    end = _BEFORE.format(table="issue", stop=stop, but="")
    return f"{own} OR {start} > NEW.first OR {end} > {stop}"


def upgrade() -> None:
    op.create_table(
        "id_floor",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_id_floor")),
    )
    op.create_table(
        "setback",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("noticed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("sign", sa.String(length=12), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("leaves", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setback")),
    )
    op.create_table(
        "journal_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("number", "leaves", "entries", "marks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_state")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("issue", "blank"):
        (_sqlite if sqlite else _postgresql)(table)


def _sqlite(table: str) -> None:
    for verb, but in (("INSERT", ""), ("UPDATE OF first, count", " AND id <> OLD.id")):
        op.execute(
            f"CREATE TRIGGER {table}_apart_{verb[:6].lower()} BEFORE {verb} ON {table} "
            f"WHEN {_overlaps(table, but)} "
            f"BEGIN SELECT RAISE(ABORT, 'numbers of {table} overlap'); END"
        )


def _postgresql(table: str) -> None:
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_apart() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {_overlaps(table, ' AND id <> NEW.id')} THEN "
        f"RAISE EXCEPTION 'numbers of {table} overlap' USING ERRCODE = 'exclusion_violation'; "
        "END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_apart BEFORE INSERT OR UPDATE OF first, count ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_apart()"
    )


def downgrade() -> None:
    for table in ("issue", "blank"):
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("insert", "update"):
                op.execute(f"DROP TRIGGER {table}_apart_{verb}")
        else:
            op.execute(f"DROP TRIGGER {table}_apart ON {table}")
            op.execute(f"DROP FUNCTION {table}_apart")
    for name in ("journal_state", "setback", "id_floor"):
        op.drop_table(name)
