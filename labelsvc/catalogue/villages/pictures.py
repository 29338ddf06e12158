"""Pictures: enters, orders and removes the pictures of a village. Used by the office; photos.py draws them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.models import Village
from labelsvc.catalogue.photos import MAX_PHOTOS, StoredPhoto
from labelsvc.catalogue.villages.models import VillagePhoto
from labelsvc.errors import BadInput


def pictures_of(session: Session, *villages: int) -> list[VillagePhoto]:
    """Those of the villages of these numbers, the first one of each first."""
    query = select(VillagePhoto).where(VillagePhoto.village_id.in_(villages))
    return list(session.scalars(query.order_by(VillagePhoto.position, VillagePhoto.id)))


def add_picture(
    session: Session, village_id: int, stored: StoredPhoto, *, description: str, actor: str
) -> VillagePhoto:
    """Put a stored picture last. :raises BadInput: the village has enough of them."""
    # The row is taken again: two uploads at once must not both be the last one allowed.
    session.get_one(Village, village_id, with_for_update=True)
    shown = pictures_of(session, village_id)
    if len(shown) >= MAX_PHOTOS:
        raise BadInput(
            "A village has at most {most} pictures.", fix="Remove one first.", field="photo",
            most=MAX_PHOTOS,
        )  # fmt: skip
    picture = VillagePhoto(
        village_id=village_id, position=len(shown), key=stored.key, width=stored.width,
        height=stored.height, description=fields.line(description[:200]),
    )  # fmt: skip
    session.add(picture)
    _note(session, village_id, "village.photo", stored.key, actor)
    return picture


def put_first(session: Session, picture: VillagePhoto, *, actor: str) -> None:
    """Show a picture before the others."""
    others = [one for one in pictures_of(session, picture.village_id) if one is not picture]
    for place, one in enumerate([picture, *others]):
        one.position = place
    _note(session, picture.village_id, "village.photo.first", picture.key, actor)


def remove_picture(session: Session, picture: VillagePhoto, *, actor: str) -> None:
    """Show a picture no more; its file stays, as others may show the same one."""
    others = [one for one in pictures_of(session, picture.village_id) if one is not picture]
    for place, one in enumerate(others):
        one.position = place
    session.delete(picture)
    _note(session, picture.village_id, "village.photo.remove", picture.key, actor)


def _note(session: Session, village_id: int, action: str, key: str, actor: str) -> None:
    audit.record(
        session, actor=actor, action=action, subject=f"village:{village_id}", facts={"key": key}
    )
