"""Doubles: pairs of producers that may be one owner, likeliest first. Used by the office's pages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Producer
from labelsvc.catalogue.owners.decisions import Decisions
from labelsvc.catalogue.owners.index import OwnerIndex
from labelsvc.catalogue.owners.likeness import Likeness, Owner, read_owner


@dataclass(frozen=True)
class Double:
    """Two producers by number, the older first, and how alike they are."""

    first: int
    second: int
    likeness: Likeness


def owners(session: Session) -> list[tuple[int, Owner]]:
    """Every producer that was not merged into another, ready to be compared."""
    query = select(
        Producer.id, Producer.name, Producer.tax_code, Producer.phone, Producer.representative,
        Producer.old_address, Producer.street, Producer.commune_code,
    ).where(Producer.merged_into_id.is_(None))  # fmt: skip
    return [
        (
            row.id,
            read_owner(
                row.name, tax_code=row.tax_code, phone=row.phone, representative=row.representative,
                address=row.old_address or row.street, commune=row.commune_code,
            ),
        )
        for row in session.execute(query.order_by(Producer.id))
    ]  # fmt: skip


def find_doubles(session: Session, producer_id: int | None = None) -> list[Double]:
    """Pairs of producers that may be one, without those of which a person said they are not.

    :param producer_id: only pairs with this one.
    """
    index = OwnerIndex(owners(session))
    found = [Double(*pair) for pair in index.doubles(Decisions(session), producer_id)]
    return sorted(
        found,
        key=lambda one: (
            one.likeness.verdict != "same",
            -one.likeness.score,
            one.first,
            one.second,
        ),
    )
