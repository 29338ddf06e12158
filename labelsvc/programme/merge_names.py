"""Names that two producers both gave: the sheets, layouts and printers of one get another name."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from labelsvc.programme.moving import Rename, Step, assign

_LONGEST = 60


def _printer(session: Session, table: Table, row: dict[str, Any], kept: int) -> list[Step]:
    name = _free(session, table, row, kept, " ({n})")
    return assign(session, table, [[row["id"]]], "name", row["name"], name)


def _layout(session: Session, table: Table, row: dict[str, Any], kept: int) -> list[Step]:
    name = _free(session, table, row, kept, "-{n}")
    toml = _renamed(row["toml"], "name", row["name"], name)
    steps = assign(session, table, [[row["id"]]], "name", row["name"], name)
    return steps + assign(session, table, [[row["id"]]], "toml", row["toml"], toml)


def _sheet(session: Session, table: Table, row: dict[str, Any], kept: int) -> list[Step]:
    """The layouts of its producer follow it."""
    name = _free(session, table, row, kept, "-{n}")
    steps = assign(session, table, [[row["id"]]], "name", row["name"], name)
    layouts = table.metadata.tables["own_layout"]
    for layout in session.execute(
        select(layouts.c.id, layouts.c.toml).where(layouts.c.producer_id == row["producer_id"])
    ).all():
        toml = _renamed(layout.toml, "article", row["name"], name)
        if toml != layout.toml:
            steps += assign(session, layouts, [[layout.id]], "toml", layout.toml, toml)
    return steps


def _renamed(toml: str, key: str, old: str, new: str) -> str:
    """*toml* with the value of *key* changed where it is *old*."""
    found = re.compile(rf"""^(\s*{key}\s*=\s*)(["']){re.escape(old)}\2""", re.MULTILINE)
    return found.sub(rf'\g<1>"{new}"', toml)


def _free(session: Session, table: Table, row: dict[str, Any], kept: int, ending: str) -> str:
    """The name with a number behind it that neither of the two producers has given."""
    taken = set(
        session.scalars(
            select(table.c.name).where(table.c.producer_id.in_([kept, row["producer_id"]]))
        )
    )
    number = 2
    while True:
        end = ending.format(n=number)
        made = str(row["name"])[: _LONGEST - len(end)] + end
        if made not in taken:
            return made
        number += 1


RENAMES: dict[str, Rename] = {"printer": _printer, "own_layout": _layout, "own_sheet": _sheet}
