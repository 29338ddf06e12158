"""Districts: the district that an owner's place lay in until 30 June 2025, as far as it is known.

Half of the communes of today are made of parts of several districts. There the address of before says it;
where it does not, nothing is guessed.
"""

from __future__ import annotations

from functools import lru_cache

from labelsvc.catalogue.address import read_address
from labelsvc.catalogue.districts import district_named

#: Several districts are possible, or no place is known.
UNCLEAR = ""


def former_district(possible: frozenset[str], old_address: str) -> str:
    """ "Huyện Gia Lâm"; `UNCLEAR` where the commune lay in several and the old address names none of them.

    :param possible: the districts that parts of the commune of today lay in; none where none is entered.
    """
    named = _named(old_address) if old_address else UNCLEAR
    if named and (not possible or named in possible):
        return named
    return next(iter(possible)) if len(possible) == 1 else UNCLEAR


@lru_cache(maxsize=8192)
def _named(address: str) -> str:
    found = district_named(read_address(address).district)
    return found[:1].upper() + found[1:]
