"""Groups: the product groups as the decisions of 2019, 2023 and 2026 name and cut them.

Sets are those of Decision 26/2026/QĐ-TTg. The groups of 2019 are those of Decision 490/QĐ-TTg art. 1, which
Decision 1048/QĐ-TTg scored: textiles stood apart from other crafts, and plants had no group of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from labelsvc.catalogue import criteria
from labelsvc.catalogue.criteria import Group

#: Set of garments and cloth; those of ornamental plants and animals.
_TEXTILES: Final = 22
_PLANTS: Final = frozenset({23, 24, 25})
_OF_2019: Final = (
    Group("I", "Thực phẩm", "Food"),
    Group("II", "Đồ uống", "Drinks"),
    Group("III", "Thảo dược", "Herbs"),
    Group("IV", "Vải và may mặc", "Textiles and garments"),
    Group("V", "Lưu niệm, nội thất, trang trí", "Souvenirs, furniture and decoration"),
    Group("VI", "Dịch vụ du lịch nông thôn, bán hàng", "Rural tourism and sales services"),
)
#: Year of a naming → the decision that gave it.
NAMINGS: Final = {"2026": criteria.CURRENT, "2023": "148/QĐ-TTg", "2019": "490/QĐ-TTg"}


@lru_cache(maxsize=4)
def groups(naming: str) -> Mapping[str, Group]:
    """The groups of a naming ("2019", "2023", "2026") by their Roman numbers, in order."""
    if naming == "2019":
        return {group.number: group for group in _OF_2019}
    return criteria.decision(NAMINGS[naming]).groups


@lru_cache(maxsize=128)
def group_of(set_number: int, naming: str) -> str:
    """Roman number of the group that a set of 2026 belongs to under *naming*."""
    number = criteria.group_of(set_number).number
    if naming != "2019":
        return number
    if set_number == _TEXTILES:
        return "IV"
    return "V" if number in ("IV", "V") else number
