"""Facts: reads what is counted: every recognition, who holds it, and the names of places and villages.

Everything is read once; a day is then counted in memory. Eight years of decisions are some seven
thousand rows of numbers, and twelve months of one page would otherwise be as many queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import AdminUnit, AdminUnitChange, Producer, Product, Village
from labelsvc.catalogue.places import REFORM
from labelsvc.catalogue.recognition import Recognition
from labelsvc.db import Revision
from labelsvc.programme.figures.districts import former_district

#: Code of a unit and since when: codes are used again.
Commune = tuple[str, date]
#: Stands for the row of what has no place, village or craft.
NONE: Final = "-"


class Award(NamedTuple):
    """One recognition. `ends` is its last day, with extension and withdrawal counted in."""

    recognition_id: int
    product_id: int
    producer_id: int
    set_number: int
    stars: int
    potential: bool
    decided: date
    begins: date
    ends: date


class Maker(NamedTuple):
    """A producer as far as figures ask for it, in the words that stand for a row; `NONE` for none."""

    kind: str
    #: Code and since when, as an address has it: "00577.20250701".
    commune: str
    district: str
    village: str
    craft: str


class Place(NamedTuple):
    """A craft village by the words that its row has; `craft` is a code of the list of crafts."""

    name: str
    name_en: str
    craft: str


@dataclass(frozen=True)
class Facts:
    """All that is counted. `awards` are in the order in which a later one replaces an earlier one."""

    awards: Sequence[Award]
    makers: Mapping[int, Maker]
    villages: Mapping[int, Place]
    #: `Maker.commune` → name of the unit.
    communes: Mapping[str, str]

    def held(self, on: date) -> dict[int, Award]:
        """Product → the recognition in force on *on*: the newest where there are several, as `ruling`."""
        return {one.product_id: one for one in self.awards if one.begins <= on <= one.ends}

    def given(self, on: date) -> dict[int, Award]:
        """Product → the newest recognition that had begun by *on*, whatever became of it."""
        return {one.product_id: one for one in self.awards if one.begins <= on}

    @cached_property
    def first_decided(self) -> Mapping[int, date]:
        """Product → day of its first decision."""
        found: dict[int, date] = {}
        for one in self.awards:
            found[one.product_id] = min(found.get(one.product_id, one.decided), one.decided)
        return found


def version(session: Session) -> int:
    """A number that changes with whatever pages show: facts kept in memory are good while it stays."""
    return session.scalar(select(func.sum(Revision.number))) or 0


def load(session: Session) -> Facts:
    """Read the facts of the whole register."""
    units = session.execute(select(AdminUnit.code, AdminUnit.valid_from, AdminUnit.name))
    communes = {(code, since): name for code, since, name in units}
    villages = _villages(session)
    return Facts(
        awards=_awards(session),
        makers=_makers(session, villages, _former(session)),
        villages=villages,
        communes={_commune_key(unit): name for unit, name in communes.items()},
    )


def _commune_key(unit: Commune) -> str:
    return f"{unit[0]}.{unit[1]:%Y%m%d}"


def _awards(session: Session) -> list[Award]:
    one = Recognition
    rows = session.execute(
        select(
            one.id, one.product_id, Product.producer_id, Product.set_number, one.stars,
            one.potential_five, one.decision_date, one.valid_from, one.valid_to, one.extended_to,
            one.withdrawn_on,
        )
        .join(Product, Product.id == one.product_id)
        .where(Product.merged_into_id.is_(None))
        .order_by(one.valid_from, one.id)
    )  # fmt: skip
    return [Award(*row[:8], _ends(*row[8:])) for row in rows]


def _ends(valid_to: date, extended: date | None, withdrawn: date | None) -> date:
    """The last day on which it allows stars: as `Recognition.standing` sees it."""
    last = valid_to if extended is None else max(valid_to, extended)
    return last if withdrawn is None else min(last, withdrawn - timedelta(days=1))


def _makers(
    session: Session, villages: Mapping[int, Place], former: Mapping[Commune, frozenset[str]]
) -> dict[int, Maker]:
    rows = session.execute(
        select(
            Producer.id, Producer.kind, Producer.commune_code, Producer.commune_from,
            Producer.village_id, Producer.old_address,
        ).where(Producer.merged_into_id.is_(None))
    )  # fmt: skip
    found = {}
    for number, kind, code, since, village_id, old in rows:
        unit = (code, since) if code and since else None
        possible = former.get(unit, frozenset()) if unit else frozenset()
        village = villages.get(village_id) if village_id else None
        found[number] = Maker(
            kind,
            _commune_key(unit) if unit else NONE,
            former_district(possible, old) or NONE,
            str(village_id) if village else NONE,
            (village.craft if village else "") or NONE,
        )
    return found


def _villages(session: Session) -> dict[int, Place]:
    rows = session.execute(select(Village.id, Village.name, Village.name_en, Village.craft_code))
    return {row[0]: Place(*row[1:]) for row in rows}


def _former(session: Session) -> dict[Commune, frozenset[str]]:
    change = AdminUnitChange
    rows = session.execute(
        select(change.new_code, change.new_from, AdminUnit.district)
        .join(
            AdminUnit,
            (AdminUnit.code == change.old_code) & (AdminUnit.valid_from == change.old_from),
        )
        .where(change.new_from >= REFORM)
    )
    found: dict[Commune, set[str]] = {}
    for code, since, district in rows:
        found.setdefault((code, since), set()).add(district)
    return {unit: frozenset(districts) for unit, districts in found.items()}
