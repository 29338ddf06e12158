"""Words: names of criteria sets for the forms of the office."""

from __future__ import annotations

from labelsvc import i18n
from labelsvc.catalogue import criteria
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.award import stars_above
from labelsvc.web.language import current, gettext


def points_above(recognition: Recognition) -> str:
    """That the points would do for more stars than the decision gives; "" where they fit."""
    r = recognition
    reached = stars_above(r.score, r.stars, potential_five=r.potential_five)
    if r.score is None or reached is None:
        return ""
    return gettext(
        "{score} points would do for {reached} stars; this decision gives {stars}. Compare both with "
        "the paper.",
        score=i18n.number(float(r.score), current()),
        reached=reached,
        stars=r.stars,
    )


def set_words(number: int | str | None) -> str:
    """A criteria set by number and name: "6. Chế biến từ gạo, ngũ cốc"."""
    text = str(number or "")
    known = text.isdigit() and int(text) in criteria.decision().sets
    return f"{text}. {criteria.name(int(text), current())}" if known else text


def set_choices() -> list[tuple[str, list[tuple[int, str]]]]:
    """The 26 criteria sets under their groups, for a choice."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for number in criteria.decision().sets:
        group = criteria.group_of(number).name(current())
        groups.setdefault(group, []).append((number, set_words(number)))
    return list(groups.items())
