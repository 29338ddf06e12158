"""Measures: the figures that are counted, one function each: recognition to the row it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from labelsvc.catalogue.models import PRODUCER_KINDS
from labelsvc.catalogue.villages.crafts import crafts
from labelsvc.i18n import translate
from labelsvc.programme.figures.facts import NONE, Award, Facts
from labelsvc.programme.figures.groups import group_of, groups

#: Rows of what has none of its kind, and of what is no star.
_WORDS: Final = {
    "potential": "Potential 5 stars",
    "commune": "No commune entered",
    "district": "Not known: the commune lay in several",
    "village": "Of no craft village",
    "craft": "Of no craft of the list",
}


@dataclass(frozen=True)
class Measure:
    """A figure. `key` gives the row of a recognition, `words` its name in a language.

    `counts`: what is counted in a row. `order`: the rows in their own order, else the largest first.
    """

    title: str
    key: Callable[[Facts, Award], str]
    words: Callable[[Facts, str, str], str]
    counts: Literal["products", "owners"] = "products"
    #: False for a figure that is like another one: it has a page and no place on that of all.
    first: bool = True
    order: Sequence[str] = ()
    newest_first: bool = False
    note: str = ""


def _stars(_facts: Facts, award: Award) -> str:
    return "potential" if award.potential else str(award.stars)


def _stars_certified(_facts: Facts, award: Award) -> str:
    return str(award.stars)


def _star_words(_facts: Facts, key: str, language: str) -> str:
    if key == "potential":
        return translate(_WORDS[key], language)
    return translate("{count} stars", language, count=key)


def _group(naming: str) -> Callable[[Facts, Award], str]:
    return lambda _facts, award: group_of(award.set_number, naming)


def _group_words(naming: str) -> Callable[[Facts, str, str], str]:
    return lambda _facts, key, language: f"{key}. {groups(naming)[key].name(language)}"


def _owner(facts: Facts, award: Award) -> str:
    return facts.makers[award.producer_id].kind


def _owner_words(_facts: Facts, key: str, language: str) -> str:
    return translate(PRODUCER_KINDS[key], language)


def _commune(facts: Facts, award: Award) -> str:
    return facts.makers[award.producer_id].commune


def _commune_words(facts: Facts, key: str, language: str) -> str:
    return translate(_WORDS["commune"], language) if key == NONE else facts.communes[key]


def _district(facts: Facts, award: Award) -> str:
    return facts.makers[award.producer_id].district


def _district_words(_facts: Facts, key: str, language: str) -> str:
    return translate(_WORDS["district"], language) if key == NONE else key


def _village(facts: Facts, award: Award) -> str:
    return facts.makers[award.producer_id].village


def _village_words(facts: Facts, key: str, language: str) -> str:
    if key == NONE:
        return translate(_WORDS["village"], language)
    place = facts.villages[int(key)]
    return (language == "en" and place.name_en) or place.name


def _craft(facts: Facts, award: Award) -> str:
    return facts.makers[award.producer_id].craft


def _craft_words(_facts: Facts, key: str, language: str) -> str:
    if key == NONE:
        return translate(_WORDS["craft"], language)
    return crafts()[key].name(language)


def _year(_facts: Facts, award: Award) -> str:
    return str(award.decided.year)


def _year_words(_facts: Facts, key: str, _language: str) -> str:
    return key


#: Name in addresses → figure, in the order of the page.
MEASURES: Final[Mapping[str, Measure]] = {
    "stars": Measure(
        "Stars, with potential 5 stars apart", _stars, _star_words, order=("5", "potential", "4", "3"),
        note="“Potential 5 stars” is a note beside 4 stars, never a star of its own: the province gave 90 points "
        "or more and the ministry has not decided. The next figure counts these among the 4 stars.",
    ),
    "certified": Measure(
        "Stars as certified", _stars_certified, _star_words, order=("5", "4", "3"),
        note="Every product under the stars of its certificate; potential 5 stars are 4 stars.",
    ),
    "groups-2026": Measure(
        "Product groups of Decision 26/2026", _group("2026"), _group_words("2026"), order=tuple(groups("2026")),
    ),
    "groups-2023": Measure(
        "Product groups of Decision 148 (2023)", _group("2023"), _group_words("2023"), order=tuple(groups("2023")),
        note="The groups of 2023 had the names and limits of today.", first=False,
    ),
    "groups-2019": Measure(
        "Product groups of 2018-2020", _group("2019"), _group_words("2019"), order=tuple(groups("2019")),
        note="Textiles had a group of their own then, and plants none: they are counted with souvenirs and decoration.",
    ),
    "owners": Measure(
        "Owners by kind", _owner, _owner_words, counts="owners", order=tuple(PRODUCER_KINDS),
        note="Owners who hold at least one of the products counted.",
    ),
    "kinds": Measure(
        "Products by kind of owner", _owner, _owner_words, order=tuple(PRODUCER_KINDS),
    ),
    "communes": Measure("Communes of today", _commune, _commune_words),
    "districts": Measure(
        "Former districts", _district, _district_words,
        note="Until 30 June 2025. Half of today's communes were made of parts of several districts: there the "
        "owner's address of before decides, and where it is not known, nothing is guessed.",
    ),
    "villages": Measure("Craft villages", _village, _village_words),
    "crafts": Measure("Crafts", _craft, _craft_words),
    "years": Measure(
        "Years of the decision", _year, _year_words, newest_first=True,
        note="Each product under the year of the decision that it holds its stars by.",
    ),
}  # fmt: skip
