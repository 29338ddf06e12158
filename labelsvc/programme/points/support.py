"""Support: enters what a point of sale was given out of public money, and until when it stands for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.changes import past, required
from labelsvc.catalogue.models import Outlet, OutletState
from labelsvc.catalogue.points.models import OutletSupport
from labelsvc.errors import BadInput

_kind = partial(fields.line, most=120)


def give(session: Session, outlet: Outlet, *, actor: str, **facts: Any) -> OutletSupport:
    """Enter support. Needed: `kind`; also `amount` in dong, `given_on`, `until`, `decision`.

    :raises BadInput: a field is wrong; `field` names it.
    """
    required("support_kind", facts.get("kind"))
    amount, given, until = facts.get("amount"), facts.get("given_on"), facts.get("until")
    if amount is not None and not 0 < amount < 10**15:
        raise BadInput("The amount is no sum of money.", fix="Write it in dong.", field="amount")
    past("given_on", given)
    if given and until and until < given:
        raise BadInput("The end is before the beginning.", fix="Check the year.", field="until")
    made = OutletSupport(
        outlet_id=outlet.id, kind=fields.checked("support_kind", _kind, facts["kind"]), amount=amount,
        given_on=given, until=until, entered_by=actor,
        decision=fields.checked("decision", fields.decision_number, facts.get("decision", "")),
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, actor=actor, action="outlet.support", subject=f"outlet:{outlet.id}",
        facts={"kind": made.kind, "amount": amount, "until": str(until or "")},
    )  # fmt: skip
    return made


def of_outlet(session: Session, outlet: Outlet) -> Sequence[OutletSupport]:
    """Support of a point, the newest first."""
    query = select(OutletSupport).where(OutletSupport.outlet_id == outlet.id)
    return session.scalars(query.order_by(OutletSupport.id.desc())).all()


def broken(session: Session, on: date) -> Sequence[tuple[OutletSupport, Outlet]]:
    """Support that still binds on the day *on*, of points that are closed."""
    rows = session.execute(
        select(OutletSupport, Outlet)
        .join(Outlet, Outlet.id == OutletSupport.outlet_id)
        .where(OutletSupport.until >= on, Outlet.state == OutletState.CLOSED)
        .order_by(OutletSupport.until.desc())
        .limit(100)
    ).all()
    return [(row[0], row[1]) for row in rows]
