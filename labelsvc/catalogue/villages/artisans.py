"""Artisans: enters and removes the people known for a village's craft, and whether they agreed to be named.

Their names stay out of the audit trail, which is never deleted.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.changes import required
from labelsvc.catalogue.models import Village
from labelsvc.catalogue.villages.models import VillageArtisan
from labelsvc.errors import BadInput

#: Of one village; more is a list, not a page.
MAX_ARTISANS = 60


def artisans_of(session: Session, village_id: int) -> list[VillageArtisan]:
    """Everybody entered, in the order of entry; pages for anybody show only who agreed."""
    query = select(VillageArtisan).where(VillageArtisan.village_id == village_id)
    return list(session.scalars(query.order_by(VillageArtisan.id)))


def add_artisan(
    session: Session,
    village: Village,
    *,
    name: str,
    title: str = "",
    agreed: bool = False,
    actor: str,
) -> VillageArtisan:
    """Enter a person. :raises BadInput: the name is missing or wrong, or the village has too many."""
    required("artisan", name)
    entered = select(func.count()).where(VillageArtisan.village_id == village.id)
    if (session.scalar(entered) or 0) >= MAX_ARTISANS:
        raise BadInput(
            "A village has at most {most} artisans.", fix="Remove one first.", field="artisan",
            most=MAX_ARTISANS,
        )  # fmt: skip
    artisan = VillageArtisan(
        village_id=village.id,
        name=fields.checked("artisan", partial(fields.name, most=120), name),
        title=fields.checked("title", partial(fields.line, most=120), title),
        agreed=agreed,
    )
    session.add(artisan)
    session.flush()
    _note(session, artisan, "village.artisan", actor, agreed=agreed)
    return artisan


def set_agreed(session: Session, artisan: VillageArtisan, agreed: bool, *, actor: str) -> None:
    """Note that a person agreed to be named in public, or does no longer."""
    if artisan.agreed is not agreed:
        artisan.agreed = agreed
        _note(session, artisan, "village.artisan.agreed", actor, agreed=agreed)


def remove_artisan(session: Session, artisan: VillageArtisan, *, actor: str) -> None:
    """Forget a person."""
    session.delete(artisan)
    _note(session, artisan, "village.artisan.remove", actor)


def _note(
    session: Session, artisan: VillageArtisan, action: str, actor: str, **facts: bool
) -> None:
    audit.record(
        session, actor=actor, action=action, subject=f"village:{artisan.village_id}",
        facts={"artisan": artisan.id} | facts,
    )  # fmt: skip
