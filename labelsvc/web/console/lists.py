"""Lists: choices of a list, and names of persons in it. Used by both consoles."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from flask import abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import User
from labelsvc.errors import BadInput
from labelsvc.web.paging import PAGE as PAGE
from labelsvc.web.paging import Paged as Paged
from labelsvc.web.paging import page_asked as page_asked
from labelsvc.web.paging import paged as paged

Row = TypeVar("Row")


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
