"""Paging: shows lists page by page. Used by the consoles and the register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

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
