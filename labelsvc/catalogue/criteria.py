"""Criteria: the criteria sets (bộ sản phẩm) and product groups of the OCOP decisions, as data by
decision.

Source: Decision 26/2026/QĐ-TTg, appendices I and II; Decision 148/QĐ-TTg for the groups before it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from labelsvc.errors import BadInput
from labelsvc.i18n import fold
from labelsvc.resources import folder

CURRENT = "26/2026/QĐ-TTg"
#: Tourism is a service: no goods label, no samples.
TOURISM = 26


@dataclass(frozen=True)
class Group:
    """One of the six groups (nhóm sản phẩm); *number* is Roman. `other`: set for the rest of it."""

    number: str
    vi: str
    en: str
    says: tuple[str, ...] = ()
    other: int = 0

    def name(self, language: str = "vi") -> str:
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class CriteriaSet:
    """One of the 26 criteria sets; *group* is the Roman number of its group."""

    number: int
    group: str
    vi: str
    en: str
    says: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()

    def name(self, language: str = "vi") -> str:
        return self.en if language == "en" else self.vi


@dataclass(frozen=True)
class Decision:
    """A decision of the Prime Minister with its groups and, where we hold them, its sets."""

    number: str
    in_force: date
    groups: Mapping[str, Group]
    sets: Mapping[int, CriteriaSet]


@lru_cache(maxsize=1)
def decisions() -> Mapping[str, Decision]:
    """Every decision we hold, newest first, by its number."""
    with (folder("catalogue") / "data" / "criteria.toml").open("rb") as file:
        data = tomllib.load(file)
    return {d["number"]: _decision(d) for d in data["decision"]}


def _decision(data: dict[str, Any]) -> Decision:
    groups = [Group(**_frozen(facts)) for facts in data["group"]]
    sets = [CriteriaSet(**_frozen(facts)) for facts in data.get("set", ())]
    return Decision(
        data["number"],
        data["in_force"],
        {group.number: group for group in groups},
        {one.number: one for one in sets},
    )


def _frozen(facts: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in facts.items()}


def decision(number: str = CURRENT) -> Decision:
    """:raises BadInput: a decision we hold no criteria of."""
    found = decisions().get(number)
    if found is None:
        raise BadInput("The criteria of decision {decision} are not known.", decision=number)
    return found


def criteria_set(number: int, of: str = CURRENT) -> CriteriaSet:
    """:raises BadInput: not one of the sets of decision *of*."""
    found = decision(of).sets.get(number)
    if found is None:
        raise BadInput(
            "There is no criteria set {set} in decision {decision}.",
            fix="Choose a set from 1 to 26.",
            set=number,
            decision=of,
        )
    return found


def group_of(number: int, of: str = CURRENT) -> Group:
    """The group that set *number* belongs to."""
    return decision(of).groups[criteria_set(number, of).group]


def name(number: int, language: str = "vi", of: str = CURRENT) -> str:
    """Name of set *number* in "vi" or "en"."""
    return criteria_set(number, of).name(language)


# --- reading what lists say ---------------------------------------------------------------------


def find_set(text: str) -> int | None:
    """The set that *text* names: its number ("Bộ 12", "12") or its name, marks or not."""
    words = _words(text)
    number = re.fullmatch(r"(?:bo(?: san pham)?|set)?(?: so)? ?0?(\d{1,2})", words)
    if number:
        found = int(number[1])
        return found if found in decision().sets else None
    for one in decision().sets.values():
        names = (_words(one.vi), _words(one.en), *one.says)
        both = {f"{before}{one.number} {name}" for before in ("", "bo ", "bo so ", "bo san pham ") for name in names}  # fmt: skip
        if words in names or words in both:
            return one.number
    return None


def find_group(text: str) -> Group | None:
    """The group that *text* names, with or without its number: "II. NHÓM ĐỒ UỐNG"."""
    words = re.sub(r"^(?:[ivx]+ )?(?:(?:nhom|nganh|nganh hang)(?: san pham)? )?", "", _words(text))
    words = re.sub(r"^(?:[ivx]+|\d) (?=\w)", "", words)
    groups = decision().groups.values()
    for group in groups:
        if words == _words(group.vi) or words == _words(group.en) or words in group.says:
            return group
    for group in groups:  # the numeral alone is only believed when it says that it is a group
        if re.fullmatch(rf"nhom(?: san pham)? {group.number.lower()}", _words(text)):
            return group
    # Longest first: "thực phẩm chức năng" is not food by its first two words.
    said = sorted(((w, g) for g in groups for w in g.says), key=lambda x: -len(x[0]))
    return next((g for w, g in said if words.startswith(w + " ")), None)


@dataclass(frozen=True)
class Guess:
    """A set that a name points to; `words`: those of the name that do, or of its group."""

    number: int
    words: str


def guess(product: str, group: Group | None) -> Guess | None:
    """The set that the name of a product points to, inside *group* where that is known.

    The caller must say that it is a guess. The longest words win, then those that stand first.
    """
    words = f" {_words(product)} "
    best = min(((-length, at, number) for length, at, number in _hits(words, group)), default=None)
    if best is not None:
        written = re.findall(r"\w+", product)
        first = words[: best[1]].count(" ")
        return Guess(best[2], " ".join(written[first : first - best[0]]))
    return Guess(group.other, group.vi) if group is not None and group.other else None


def guess_set(product: str, group: Group | None) -> int | None:
    """The number of `guess`."""
    found = guess(product, group)
    return found.number if found is not None else None


def _hits(words: str, group: Group | None) -> Iterable[tuple[int, int, int]]:
    """(length, place, set) of every word of `goods` in *words*, in the order of the sets."""
    beginning = _goods()
    near = [good for word in dict.fromkeys(words.split()) for good in beginning.get(word, ())]
    for _, good, length, number in sorted(near):
        if group is None or decision().sets[number].group == group.number:
            at = words.find(good)
            if at >= 0:
                yield length, at, number


@lru_cache(maxsize=1)
def _goods() -> Mapping[str, tuple[tuple[int, str, int, int], ...]]:
    """First word → the goods that begin with it: their order, ` words `, length and set."""
    found: dict[str, list[tuple[int, str, int, int]]] = {}
    goods = ((good, one.number) for one in decision().sets.values() for good in one.goods)
    for order, (good, number) in enumerate(goods):
        words = good.split()
        found.setdefault(words[0], []).append((order, f" {good} ", len(words), number))
    return {word: tuple(held) for word, held in found.items()}


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))
