"""Links: makes, finds and revokes the links with which a point of sale confirms hours and products.

A link opens the page of its point and nothing else. It confirms once; until it expires it also says that
something runs low. A new one for the same point ends the older ones, and the office can revoke each.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from labelsvc.accounts import audit
from labelsvc.accounts.contact import links
from labelsvc.accounts.notices import takes
from labelsvc.catalogue.models import Outlet, OutletState
from labelsvc.clock import local, now
from labelsvc.errors import NotFound
from labelsvc.messages import outbox
from labelsvc.messages.models import Channel
from labelsvc.messages.outbox import Note
from labelsvc.programme.points.models import OutletLink

#: A quarter and a week: the link of the next one is there by then.
LIFE: Final = timedelta(days=100)
KIND: Final = "point_confirm"
_PURPOSE: Final = "point of sale"
#: Points that one run writes to, in one transaction; the next run, an hour later, goes on.
_AT_ONCE: Final = 100


def quarter_of(day: date) -> str:
    """ "2026Q4" for 1 December 2026."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def make(session: Session, outlet: Outlet, *, keys: Sequence[str], actor: str) -> OutletLink:
    """A new link for *outlet*; older ones end."""
    revoke(session, outlet)
    seed = secrets.token_hex(16)
    made = OutletLink(
        outlet_id=outlet.id, quarter=quarter_of(local(now()).date()), seed=seed, made_by=actor,
        token_hash=links.fingerprint(links.derived(keys[-1], _PURPOSE, seed)), expires_at=now() + LIFE,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, actor=actor, action="outlet.link", subject=f"outlet:{outlet.id}")
    return made


def token(session: Session, number: int, *, keys: Sequence[str]) -> str | None:
    """The token of link *number*; None where it works no more."""
    row = session.get(OutletLink, number)
    if row is None or row.revoked_at is not None or row.expires_at <= now():
        return None
    for key in reversed(keys):
        made = links.derived(key, _PURPOSE, row.seed)
        if hmac.compare_digest(links.fingerprint(made), row.token_hash):
            return made
    return None


def find(session: Session, value: str) -> OutletLink:
    """The link with this token. :raises NotFound: it is none of ours, revoked, or too old."""
    row = session.scalars(
        select(OutletLink)
        .where(OutletLink.token_hash == links.fingerprint(value))
        .options(joinedload(OutletLink.outlet))
    ).one_or_none()
    if (
        row is None or row.revoked_at is not None or row.expires_at <= now()
        or row.outlet.state != OutletState.PUBLISHED
    ):  # fmt: skip
        raise NotFound(
            "This link does not work any more.",
            fix="Ask the programme office for a new one: its telephone number is below.",
        )
    return row


def revoke(session: Session, outlet: Outlet, *, actor: str = "") -> int:
    """Let no link of *outlet* work any more; gives how many did. *actor*: who asked for just that."""
    ended = session.execute(
        update(OutletLink)
        .where(OutletLink.outlet_id == outlet.id, OutletLink.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(OutletLink.id)
    ).all()
    if ended and actor:
        audit.record(session, actor=actor, action="outlet.revoke", subject=f"outlet:{outlet.id}")
    return len(ended)


def current(session: Session, outlet: Outlet) -> OutletLink | None:
    """The link that works now, if there is one."""
    return session.scalars(
        select(OutletLink).where(
            OutletLink.outlet_id == outlet.id, OutletLink.revoked_at.is_(None),
            OutletLink.expires_at > now(),
        )
    ).first()  # fmt: skip


def send(session: Session, outlet: Outlet, *, keys: Sequence[str], actor: str) -> bool:
    """Make a link and put it into the outbox for the point's own address; False where it has none."""
    if not outlet.email or not takes(session, Channel.MAIL, KIND):
        return False
    made = make(session, outlet, keys=keys, actor=actor)
    facts = {"point": outlet.name, "point_link": made.id}
    return outbox.put(
        session, Note(KIND, f"link:{made.id}", facts), Channel.MAIL, address=outlet.email
    )


def due(session: Session, on: date) -> Sequence[Outlet]:
    """Points with an address that were sent no link in the quarter of *on*, and did not confirm in it."""
    quarter = quarter_of(on)
    begin = date(on.year, 3 * int(quarter[-1]) - 2, 1)
    had = select(OutletLink.outlet_id).where(OutletLink.quarter == quarter)
    return session.scalars(
        select(Outlet)
        .where(
            Outlet.state == OutletState.PUBLISHED, Outlet.email != "", Outlet.id.not_in(had),
            or_(Outlet.confirmed_on.is_(None), Outlet.confirmed_on < begin),
            or_(Outlet.published_on.is_(None), Outlet.published_on < begin),
        )
        .order_by(Outlet.id)
        .limit(_AT_ONCE)
    ).all()  # fmt: skip
