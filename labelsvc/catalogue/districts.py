"""The districts of Hanoi that ended on 1 July 2025: by their name, and by a commune of theirs."""

from __future__ import annotations

from functools import lru_cache

from labelsvc.catalogue.address import squeezed
from labelsvc.catalogue.places import old_units, place_key


@lru_cache(maxsize=1)
def _districts() -> dict[str, str]:
    return {place_key(district): district for _, district in old_units()}


@lru_cache(maxsize=1)
def _by_commune() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, district in old_units():
        found.setdefault(place_key(name), set()).add(district)
    return {name: frozenset(districts) for name, districts in found.items()}


def district_named(name: str) -> str:
    """ "Gia Lâm" → "huyện Gia Lâm"; "" where there was none of that name."""
    found = _districts().get(squeezed(name), "")
    return found[:1].lower() + found[1:]


def district_of(commune: str) -> str:
    """The district that the old commune of that name lay in; "" where there were several or none."""
    found = _by_commune().get(squeezed(commune), frozenset())
    name = next(iter(found)) if len(found) == 1 else ""
    return name[:1].lower() + name[1:]
