"""Propose: brings a point of sale before the office: by a commune, or a producer's own shop, workshop or e-shop."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from labelsvc.catalogue.models import OWN_KINDS, Outlet, OutletKind, OutletState, Producer
from labelsvc.catalogue.register import create_outlet
from labelsvc.errors import BadInput


def propose(session: Session, *, units: Collection[str], actor: str, **facts: Any) -> Outlet:
    """Enter a point that the public does not see before the office publishes it.

    :param units: communes or former districts that propose it; "12 districts" are counted by them.
    :raises BadInput: nobody proposes it, its kind is not said, or a field is wrong; `field` names it.
    """
    units = list(dict.fromkeys(" ".join(one.split()) for one in units if one.strip()))
    if not units:
        raise BadInput("Say who proposes it.", fix="Name the commune.", field="units")
    if not facts.get("kind"):
        raise BadInput("Say what kind of point of sale it is.", fix="Choose one.", field="kind")
    return create_outlet(
        session, actor=actor, units=[one[:80] for one in units], state=OutletState.PROPOSED, **facts
    )


def propose_own(session: Session, producer: Producer, *, actor: str, **facts: Any) -> Outlet:
    """A producer proposes its own point; its operator is the producer.

    :raises BadInput: the kind is not one of a producer's own; an e-shop without an address.
    """
    kind = facts.get("kind", "")
    if kind not in OWN_KINDS:
        raise BadInput(
            "A producer proposes its own shop, workshop or e-shop.", fix="Choose one.", field="kind"
        )
    if kind == OutletKind.E_SHOP and not facts.get("website"):
        raise BadInput(
            "An e-shop needs its address.", fix="Copy it from the browser.", field="website"
        )
    facts |= {"producer_id": producer.id, "operator": producer.name}
    return propose(session, units=[producer.name], actor=actor, **facts)
