"""Contents: knows the mandatory contents of a label: art. 42.1 and appendix I of Decree 37/2026/NĐ-CP. Used
by legal.

The table of the groups is data (`goods.groups`). Goods are known by the number of their criteria set
(Decision 26/2026/QĐ-TTg, appendix I) and by their values: name, ingredients, what the catalogue knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from labelsvc.labels.legal.finding import article
from labelsvc.labels.legal.goods import materials, nutrition, written
from labelsvc.labels.legal.goods.groups import CONTENTS, GROUPS, Content, Group
from labelsvc.labels.legal.goods.kind import NO_LABEL, facts_of, is_wine, kind_of
from labelsvc.labels.legal.goods.spelling import found, key, keys

__all__ = [
    "ADDRESS", "NAME", "NO_LABEL", "ORIGIN", "PARTY", "Content", "Group", "group_of", "if_any",
    "mandatory_variables", "missing", "required",
]  # fmt: skip

NAME, PARTY, ADDRESS, ORIGIN = (
    CONTENTS[name] for name in ("name", "producer", "address", "origin")
)
_ALWAYS = (NAME, PARTY, ADDRESS, ORIGIN)
#: Traditional crafts may name the artisan and the craft village instead (art. 44).
_ALWAYS_CRAFTS = (
    NAME,
    replace(PARTY, article=article("44.1c"), variables=("producer_name", "artisan")),
    replace(ADDRESS, article=article("44.1c"), variables=("producer_address", "village")),
    ORIGIN,
)
_CRAFTS = frozenset({"craft", "wood", "ceramic", "household"})
#: Goods whose shape says how they are used (group 14e).
_EVIDENT = keys(
    "xà phòng, xà bông, son, son môi, son dưỡng, nước hoa, phấn phủ, bông tắm, khăn, sáp thơm, lăn khử mùi"
)
#: From so many months on a cosmetic may do with its date of manufacture (group 14đ).
STABLE_MONTHS = 30
_STABLE = re.compile(
    r"\d+\s*tháng\s*(?:kể từ|sau)\s*(?:khi|ngày)\s*mở|\bPAO\b|\b\d+\s?M\b|"
    r"(?:ổn định|sử dụng được)\s*(?:trên|từ)\s*(?:3\d|[4-9]\d)\s*tháng",
    re.IGNORECASE,
)


def group_of(set_number: int, values: Mapping[str, str] | None = None) -> Group | None:
    """The group of appendix I; None for services and unknown sets."""
    return GROUPS.get(kind_of(set_number, values or {}))


def required(set_number: int, values: Mapping[str, str] | None = None) -> tuple[Content, ...]:
    """Mandatory contents of goods of a criteria set, those of art. 42.1 first.

    Without *values* those of the usual goods of the set.
    """
    if set_number in NO_LABEL:
        return ()
    known = values or {}
    group = group_of(set_number, known)
    always = _ALWAYS_CRAFTS if group is not None and group.key in _CRAFTS else _ALWAYS
    if group is None:
        return always
    asked = [content for content in group.some if _asked(content, group, set_number, known)]
    wanted = [content for content in group.contents if not _freed(content, group, known)]
    if any(content.key == "expires" for content in asked):
        wanted = [content for content in wanted if content.key != "expires"]
    return (*always, *wanted, *asked)


def if_any(set_number: int, values: Mapping[str, str] | None = None) -> tuple[Content, ...]:
    """Contents that are mandatory once the catalogue has a value for them ("nếu có")."""
    group = group_of(set_number, values)
    return group.if_any if group else ()


def mandatory_variables(set_number: int, values: Mapping[str, str] | None = None) -> frozenset[str]:
    """Variables whose words are mandatory contents: those that size and contrast rules mean."""
    contents = (*required(set_number, values), *if_any(set_number, values))
    return frozenset(name for content in contents for name in content.variables)


def missing(set_number: int, values: Mapping[str, str]) -> list[Content]:
    """Mandatory contents for which the catalogue has no value yet."""
    return [
        content
        for content in required(set_number, values)
        if not any(values.get(name) for name in content.variables)
        and not written.in_values(content, values)
    ]


def _asked(content: Content, group: Group, set_number: int, values: Mapping[str, str]) -> bool:
    """True if these goods of the group need what only some of it need."""
    if content.key == "nutrition":
        return nutrition.duty(set_number, group.key, values) == nutrition.MUST
    if group.key == "spirit":
        return is_wine(values)
    if content.key == "instructions":
        return not found(key(values.get("product_name", "")), _EVIDENT)
    return not _stable(values)


def _freed(content: Content, group: Group, values: Mapping[str, str]) -> bool:
    """True if appendix IV leaves the content out: the material stands in the name."""
    return content.key == "ingredients" and materials.in_name(group.key, values)


def _stable(values: Mapping[str, str]) -> bool:
    """True if a cosmetic keeps for 30 months or more, as the catalogue or the label says."""
    days = facts_of(values).get("shelf_life_days", "")
    if days.isdecimal() and int(days) >= STABLE_MONTHS * 30:
        return True
    said = (
        values.get(name, "") for name in ("storage", "instructions", "specification", "warning")
    )
    return any(_STABLE.search(text) for text in said)
