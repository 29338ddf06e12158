"""Places: finds the present commune of an address, before and after 1 July 2025 in Hanoi. Used by
imports.

On that day 526 units became 126 and the districts ended; 199 of the 526 were divided among several
new ones. So an old address is never converted silently: `resolve` proposes, and only a candidate
that is `sure` may be taken without asking.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.address import Address, read_address, squeezed
from labelsvc.catalogue.fields import name_key
from labelsvc.catalogue.models import AdminUnit, AdminUnitChange
from labelsvc.i18n import fold
from labelsvc.resources import folder

#: The day the two-level administration began.
REFORM = date(2025, 7, 1)
#: Since when the list of the old units stood as we hold it.
BEFORE = date(2025, 1, 1)
PROVINCE = "Thành phố Hà Nội"
_LAST_OLD_DAY = date(2025, 6, 30)


@dataclass(frozen=True)
class Candidate:
    """A present unit that a text may mean.

    `via` is the old unit that was named, if one was. `partly`: only a part of it came here.
    `guessed`: the text did not name the unit exactly (other marks, a name from before 2025, ...).
    """

    unit: AdminUnit
    via: AdminUnit | None = None
    partly: bool = False
    guessed: bool = False

    @property
    def sure(self) -> bool:
        return not self.partly and not self.guessed


def load_places(session: Session) -> int:
    """Put the units and their changes into the database; gives how many units were added.

    Units that are there already stay as they are.
    """
    rows = _rows()
    present = set(session.execute(select(AdminUnit.code, AdminUnit.valid_from)))
    units = [
        _unit(row)
        for row in rows
        if (row["code"], date.fromisoformat(row["valid_from"])) not in present
    ]
    if units:
        session.execute(insert(AdminUnit), units)
    known = set(session.execute(select(AdminUnitChange.old_code, AdminUnitChange.new_code)))
    changes = [
        {"old_code": row["code"], "old_from": BEFORE, "new_code": code, "new_from": REFORM,
         "partly": row["partly"] == "1"}
        for row in rows
        for code in (row["into"] or "").split()
        if (row["code"], code) not in known
    ]  # fmt: skip
    if changes:
        session.execute(insert(AdminUnitChange), changes)
    return len(units)


def current_units(session: Session, on: date | None = None) -> list[AdminUnit]:
    """The units in force on a day (today's without one), in the order of their names."""
    units = session.scalars(
        select(AdminUnit).where(AdminUnit.valid_from >= REFORM)
        if on is None
        else select(AdminUnit).where(
            AdminUnit.valid_from <= on,
            (AdminUnit.valid_to.is_(None)) | (AdminUnit.valid_to >= on),
        )
    ).all()
    return sorted(units, key=lambda unit: fold(unit.name.partition(" ")[2] or unit.name))


def resolve(session: Session, text: str, *, written: date | None = None) -> list[Candidate]:
    """The present units that a commune, a district or a whole address may mean, likeliest first.

    Takes what lists hold: "xã Bát Tràng, huyện Gia Lâm", "P. Vạn Phúc, Q. Hà Đông",
    "TT Phung - Dan Phuong", "Huyện Gia Lâm". Empty when nothing fits.

    :param written: the day the text was written, where it is known: before 1 July 2025 a name that
        an old and a new unit share is the old one's.
    """
    return Gazetteer(session).candidates(read_address(text), written=written)


class Gazetteer:
    """Every unit of the database, ready for many questions; reads the tables once."""

    def __init__(self, session: Session) -> None:
        units = session.scalars(select(AdminUnit)).all()
        by_key = {(unit.code, unit.valid_from): unit for unit in units}
        self._into: dict[tuple[str, date], list[tuple[AdminUnit, bool]]] = {}
        self._districts_of: dict[str, set[str]] = {}
        for change in session.scalars(select(AdminUnitChange)):
            new = by_key[(change.new_code, change.new_from)]
            old = by_key[(change.old_code, change.old_from)]
            self._into.setdefault((old.code, old.valid_from), []).append((new, change.partly))
            self._districts_of.setdefault(new.code, set()).add(place_key(old.district))
        self._old = [unit for unit in units if unit.district]
        self._new = [unit for unit in units if not unit.district]
        self._named: dict[str, list[AdminUnit]] = {}
        for unit in units:
            self._named.setdefault(place_key(unit.name), []).append(unit)
        self._formerly: dict[str, list[AdminUnit]] = {}
        for row in _rows():
            unit_key = (row["code"], date.fromisoformat(row["valid_from"]))
            if unit_key in by_key:
                for former in (row["formerly"] or "").split():
                    self._formerly.setdefault(former, []).append(by_key[unit_key])
        self._districts = {place_key(unit.district) for unit in self._old}
        self._answers: dict[tuple[Address, bool], list[Candidate]] = {}

    def candidates(self, address: Address, *, written: date | None = None) -> list[Candidate]:
        """See `resolve`; answers are remembered."""
        past = written is not None and written < REFORM
        if (address, past) not in self._answers:
            self._answers[(address, past)] = self._find(address, past)
        return self._answers[(address, past)]

    def _find(self, address: Address, past: bool) -> list[Candidate]:
        if address.commune:
            return self._commune(address.commune, address.kind, address.district, past)
        if address.district and squeezed(address.district) in self._districts:
            return self._whole_district(address.district)
        # No word said which part is what: read from the right, as addresses are written.
        loose = list(address.loose)
        for last in range(len(loose) - 1, -1, -1):
            district = loose[last] if squeezed(loose[last]) in self._districts else ""
            if district and last:
                found = self._commune(loose[last - 1], "", district, past)
                if found:
                    return found
            found = self._commune(loose[last], "", address.district, past)
            if found:
                return found
            if district:
                return self._whole_district(district)
        return []

    def _commune(self, name: str, kind: str, district: str, past: bool) -> list[Candidate]:
        named, exact = self._by_name(name, kind)
        area = squeezed(district)
        old = [unit for unit in named if unit.district]
        new = [unit for unit in named if not unit.district]
        former = self._formerly.get(squeezed(name), [])
        if area:
            inside = [unit for unit in old if place_key(unit.district) == area]
            if inside:
                return self._moved(inside, guessed=not exact or len(inside) > 1)
            older = [unit for unit in former if place_key(unit.district) == area]
            # The new unit with its former district beside it, out of habit.
            here = [unit for unit in new if area in self._districts_of.get(unit.code, ())]
            if here:
                unsure = not exact or bool(older) or len(here) > 1
                return [Candidate(unit, guessed=unsure) for unit in here]
            if older:
                return self._moved(older, guessed=True)
            return self._moved(old, guessed=True) + [Candidate(u, guessed=True) for u in new]
        if past and old:
            return self._moved(old, guessed=not exact or len(old) > 1)
        if new:
            # Without a kind, "Yên Sở" may be a ward of today or a commune of yesterday elsewhere.
            elsewhere = not kind and any(self._goes_elsewhere(unit, new) for unit in old)
            unsure = not exact or elsewhere or len(new) > 1
            return [Candidate(unit, guessed=unsure) for unit in new]
        if old:
            return self._moved(old, guessed=not exact or len(old) > 1)
        return self._moved(former, guessed=True)

    def _goes_elsewhere(self, old: AdminUnit, new: Sequence[AdminUnit]) -> bool:
        codes = {unit.code for unit in new}
        return any(u.code not in codes for u, _ in self._into.get((old.code, old.valid_from), ()))

    def _by_name(self, name: str, kind: str) -> tuple[list[AdminUnit], bool]:
        """Units of that name, and whether it was named with its own marks and kind."""
        alike = self._named.get(squeezed(name), [])
        key = name_key(name)
        marked = [unit for unit in alike if name_key(bare_name(unit.name)) == key]
        exact = bool(marked) or name.isascii()
        found = marked or alike
        same_kind = [unit for unit in found if fold(unit.name).startswith(f"{kind} ")]
        if kind and same_kind:
            return same_kind, exact
        return found, exact and not kind

    def _moved(self, units: Sequence[AdminUnit], *, guessed: bool) -> list[Candidate]:
        """List the units that *units* became; the part that kept the name first."""
        found = [
            Candidate(new, via=old, partly=partly, guessed=guessed)
            for old in units
            for new, partly in self._into.get((old.code, old.valid_from), ())
        ]
        return sorted(
            found, key=lambda c: c.via is None or bare_name(c.via.name) != bare_name(c.unit.name)
        )

    def _whole_district(self, district: str) -> list[Candidate]:
        area = squeezed(district)
        return [
            Candidate(unit, partly=True, guessed=True)
            for unit in self._new
            if area in self._districts_of.get(unit.code, ())
        ]


def sure_one(candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate that may be taken without asking: the only one, whole and exactly named."""
    return candidates[0] if len(candidates) == 1 and candidates[0].sure else None


def old_units() -> list[tuple[str, str]]:
    """Name and district of every unit before 1 July 2025, with their kinds."""
    return [(row["name"], row["district"]) for row in _rows() if row["into"]]


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    path = folder("catalogue") / "data" / "hanoi_communes.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return tuple(csv.DictReader(lines, delimiter="\t", restval=""))


def _unit(row: dict[str, str]) -> dict[str, Any]:
    old = bool(row["into"])
    return {
        "code": row["code"],
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": _LAST_OLD_DAY if old else None,
        "name": row["name"],
        "district": row["district"] or "",
        "province": PROVINCE,
        "search_key": fold(f"{row['name']} {row['district']}"),
    }


@lru_cache(maxsize=4096)
def place_key(name: str) -> str:
    """The letters of a place's bare name, by which lists are compared with it."""
    return squeezed(bare_name(name))


def bare_name(name: str) -> str:
    """ "Thị trấn Phùng" → "Phùng"."""
    words = name.split()
    taken = 2 if fold(" ".join(words[:2])) in ("thi tran", "thi xa") else 1
    return " ".join(words[taken:])
