"""Address: what a page of the register answers where its row moved, ended or is gone, and as of which day.

Used by all pages of the register that have a number: product, producer, village, point of sale.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from flask import abort, redirect, request, url_for
from sqlalchemy.orm import Session, class_mapper
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from labelsvc import clock
from labelsvc.errors import BadInput
from labelsvc.programme.removed import removed
from labelsvc.web.links import link

Row = TypeVar("Row")

#: Further than any chain of merges; a ring of them would be a defect.
_MAX_HOPS = 50


class Moved(HTTPException):
    """301 to the page that stays, with what was asked for behind it."""

    code = 301

    def __init__(self, endpoint: str, **values: Any) -> None:
        super().__init__()
        self._to = link(endpoint, request.args.to_dict(), **values)

    def get_response(self, *_: Any, **__: Any) -> Response:
        return redirect(self._to, 301)


def settled(session: Session, mapped: type[Row], number: int, *, endpoint: str, place: str) -> Row:
    """The row of a page: what was merged leads on in one hop, what was removed is 410, other numbers 404.

    An address that spells the number otherwise (`/product/01`, `/product/1/`) leads to the one that stays.

    :param endpoint: of the page. :param place: name of the number in its route.
    :raises HTTPException: 301, 404 or 410.
    """
    kind = str(class_mapper(mapped).local_table)
    here, wanted = url_for(endpoint, **_values(place, number)), number
    row = session.get(mapped, number)
    for _ in range(_MAX_HOPS):
        if row is None:
            gone = removed(session, kind, number)
            if gone is None:
                abort(404)
            if gone.into is None:
                abort(410)
            number = gone.into
        else:
            following = getattr(row, "merged_into_id", None)
            if following is None:
                break
            number = following
        row = session.get(mapped, number)
    if row is None:
        abort(404)
    if number != wanted or request.path != here:
        raise Moved(endpoint, **{place: number})
    return row


def _values(place: str, number: int) -> dict[str, Any]:
    return {place: number}


def asked_day() -> date:
    """The day that the reader asks about by `?on=2026-05-01` or `?on=01/05/2026`; today without it.

    :raises BadInput: it is no day, or has not come yet: what will be true nobody can say.
    """
    typed = request.args.get("on", "").strip()
    if not typed:
        return clock.today()
    try:
        day = (
            datetime.strptime(typed, "%d/%m/%Y").date()  # noqa: DTZ007 -- a calendar day
            if "/" in typed
            else date.fromisoformat(typed)
        )
    except ValueError:
        raise BadInput(
            "“{value}” is not a day.", fix="Write it like this: 2026-05-01.", value=typed[:40], field="on"
        ) from None  # fmt: skip
    if day > clock.today():
        raise BadInput(
            "The day {value} has not come yet.",
            fix="Choose today or a day before.", value=f"{day:%d/%m/%Y}", field="on",
        )  # fmt: skip
    return day


def past() -> bool:
    """True if the page is asked for as of a day before today."""
    return asked_day() != clock.today()
