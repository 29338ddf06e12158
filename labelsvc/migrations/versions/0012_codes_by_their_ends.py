"""Codes in reports and in notes of cases by their ends: who has a whole code can show its page

Revision: 0012, after 0011
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What `labelsvc.inspections.ends` takes for a code today; a migration stays as it is.
_WHOLE = re.compile(r"[0-9A-Za-z]{20,}|\b(?:[0-9A-Za-z]{4}[ -]){4,}[0-9A-Za-z]{4}\b")
_TEXTS = {"report": ("code", "message", "place"), "case_note": ("text",)}


def upgrade() -> None:
    bind = op.get_bind()
    for name, columns in _TEXTS.items():
        table = sa.table(name, sa.column("id"), *(sa.column(column) for column in columns))
        for row in bind.execute(sa.select(table)).mappings().all():
            told = {column: _by_ends(row[column]) for column in columns}
            if any(told[column] != row[column] for column in columns):
                bind.execute(table.update().where(table.c.id == row["id"]).values(**told))


def downgrade() -> None:
    """What was cut off is gone."""


def _by_ends(text: str) -> str:
    return _WHOLE.sub(_ends, text)


def _ends(found: re.Match[str]) -> str:
    groups = re.split("[ -]", found[0])
    digits = sum(any(letter.isdigit() for letter in group) for group in groups)
    if len(groups) > 1 and not found[0].isupper() and digits < 2:
        return found[0]
    return f"{found[0][:4]}…{found[0][-4:]}"
