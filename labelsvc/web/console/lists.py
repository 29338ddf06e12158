"""Lists: shows lists page by page, with names of persons. Used by both consoles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import User
from labelsvc.errors import BadInput

Row = TypeVar("Row")


#: Rows of a list on one page.
PAGE = 50


@dataclass(frozen=True)
class Paged:
    """One page of a list: the rows, which page, how many there are."""

    rows: list[Any]
    page: int
    last: int
    total: int


def paged(session: Session, query: Select[Any], *, size: int = PAGE) -> Paged:
    """The page of *query* that the address asks for; a page past the end is the last one."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    total = session.scalar(counted) or 0
    page, last = page_asked(total, size)
    rows = session.scalars(query.limit(size).offset((page - 1) * size)).all()
    return Paged(list(rows), page, last, total)


def page_asked(total: int, size: int) -> tuple[int, int]:
    """The page that the address asks for, of *total* rows with *size* on each, and the last one."""
    last = max(1, -(-total // size))
    return min(max(1, request.args.get("page", 1, type=int)), last), last


def choice_of(name: str, offered: Collection[str], usual: str = "") -> str:
    """The value *name* of the address; *usual* where it has none or an empty one.

    :raises BadInput: it is none that is *offered*. A list of everything, where something else was asked for,
        would be read as the answer to that.
    """
    return offered_or_refused(request.args.get(name, ""), offered, name) or usual


def offered_or_refused(value: str, offered: Collection[str], name: str) -> str:
    """*value* where it is empty or one of *offered*. :raises BadInput: it is something else."""
    if value and value not in offered:
        raise BadInput(
            "There is no “{value}” to choose here.", fix="Choose one of the list.",
            value=value[:40], field=name,
        )  # fmt: skip
    return value


def found_or_404(row: Row | None) -> Row:
    """*row*, or the page that says there is none."""
    if row is None:
        abort(404)
    return row


def names_of(session: Session, actors: list[str]) -> dict[str, str]:
    """ "user:12" → the name of that person."""
    numbers = {int(actor[5:]) for actor in actors if actor[:5] == "user:" and actor[5:].isdigit()}
    if not numbers:
        return {}
    users = session.execute(select(User.id, User.full_name).where(User.id.in_(numbers)))
    return {f"user:{number}": name for number, name in users}
