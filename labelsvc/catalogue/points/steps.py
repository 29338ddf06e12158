"""Steps: brings a point of sale from one state to another, and writes down who, when and why.

Used by the register, by the office's pages, and by the link with which a point confirms itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.models import Outlet, OutletState
from labelsvc.catalogue.points.models import OutletStep
from labelsvc.clock import today
from labelsvc.errors import BadInput, Conflict

#: State → those that it may follow.
_AFTER: Final[dict[OutletState, frozenset[str]]] = {
    OutletState.PUBLISHED: frozenset(
        {OutletState.PROPOSED, OutletState.REFUSED, OutletState.CLOSED}
    ),
    OutletState.REFUSED: frozenset({OutletState.PROPOSED}),
    OutletState.CLOSED: frozenset({OutletState.PUBLISHED}),
    OutletState.PROPOSED: frozenset({OutletState.REFUSED, OutletState.CLOSED}),
}
_ACTIONS: Final = {
    OutletState.PUBLISHED: "outlet.publish",
    OutletState.REFUSED: "outlet.refuse",
    OutletState.CLOSED: "outlet.close",
    OutletState.PROPOSED: "outlet.propose",
}
_reason = partial(fields.line, most=300)


def begin(
    session: Session,
    outlet: Outlet,
    *,
    actor: str,
    units: Collection[str] = (),
    on: date | None = None,
) -> None:
    """Write down the first state of a point that was just entered; *on*: since when, today's without."""
    day = on or today()
    if outlet.state == OutletState.PUBLISHED and outlet.published_on is None:
        outlet.published_on = day
    session.add(
        OutletStep(outlet_id=outlet.id, state=outlet.state, on=day, actor=actor, units=list(units))
    )
    session.flush()


def step(
    session: Session, outlet: Outlet, state: OutletState, *, actor: str, reason: str = ""
) -> None:
    """Bring *outlet* to *state* from today on.

    :raises Conflict: it cannot come there from where it is. :raises BadInput: a refusal without a reason.
    """
    session.refresh(outlet, ["state"], with_for_update=True)
    if outlet.state not in _AFTER[state]:
        raise Conflict(
            "The point of sale {name} is in another state by now.",
            fix="Look again.",
            name=outlet.name,
        )
    reason = fields.checked("reason", _reason, reason)
    if state is OutletState.REFUSED and not reason:
        raise BadInput("Say why it is refused.", fix="One sentence is enough.", field="reason")
    outlet.state = str(state)
    if state is OutletState.PUBLISHED:
        outlet.published_on, outlet.confirmed_on = today(), None
    session.add(
        OutletStep(outlet_id=outlet.id, state=str(state), on=today(), actor=actor, reason=reason)
    )
    session.flush()
    facts: dict[str, Any] = {"reason": reason} if reason else {}
    audit.record(
        session, actor=actor, action=_ACTIONS[state], subject=f"outlet:{outlet.id}", facts=facts
    )


def of_outlet(session: Session, outlet: Outlet) -> Sequence[OutletStep]:
    """The steps of a point, the newest first."""
    return session.scalars(
        select(OutletStep)
        .where(OutletStep.outlet_id == outlet.id)
        .order_by(OutletStep.on.desc(), OutletStep.id.desc())
    ).all()
