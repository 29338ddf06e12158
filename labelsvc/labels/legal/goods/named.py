"""Named: finds ingredients that the name of goods names and whose share is not written. Used by `composition`.

Source: Decree 37/2026/NĐ-CP art. 43.3 and 48.1a, b; art. 45.4 frees what only gives colour, scent or
taste as an additive. Only what is in the goods is an ingredient (art. 48.1): flowers that scent a
tea and are taken out again ("ướp") are asked about, not demanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from labelsvc.labels.legal.goods.foods import KINDS, NOT_STUFFS, PLAIN, STUFFS, same
from labelsvc.labels.legal.goods.ingredients import Item
from labelsvc.labels.legal.goods.spelling import found, key, keys, words

#: Words before a stuff that say it only gives scent or taste.
_TASTE = keys("hương, vị, mùi, hương vị")
_SCENTED = keys("ướp, ướp hoa, ướp bông, ướp hương, ướp gạo, ướp xổi")
_FLAVOURING = keys("hương liệu, chất tạo hương, hương tổng hợp, hương tự nhiên")
#: Words before the name of a place: "đậu phụ làng Mơ".
_PLACES = frozenset(
    [
        "làng",
        "xóm",
        "thôn",
        "xã",
        "phố",
        "vùng",
        "núi",
        "sông",
        "hồ",
        "chợ",
        "bản",
        "mường",
        "đồi",
        "huyện",
        "chùa",
    ]
)
_QUANTITY = r"\d+(?:[.,]\d+)?\s*(?:%|g|mg|kg|ml|l|µg|iu)(?!\w)"


@dataclass(frozen=True)
class Named:
    """A stuff that the name says. `listed`: it stands in the list. `scent`: the name says "ướp"."""

    stuff: str
    listed: bool
    scent: bool = False


def unquantified(name: str, items: list[Item], others: Iterable[str]) -> list[Named]:
    """Stuffs of *name* without a quantity on the label.

    :param others: other texts of the label, where the quantity may stand as well (art. 48.1b).
    """
    if len(items) == 1 and _is_all(name, items[0]):
        return []
    spoken = list(others)
    said = key(name)
    flavoured = any(_gives_flavour(item) for item in items)
    made: list[Named] = []
    for stuff, place in _stuffs(name):
        kin = _kin(stuff)
        held = [item for item in items if any(one in key(item.name) for one in kin)]
        if any(item.quantified for item in held) or _elsewhere(kin, spoken):
            continue
        if flavoured and any(said[: place + 1].endswith(one) for one in _TASTE):
            continue
        scent = any(said[: place + 1].endswith(one) for one in _SCENTED)
        if held and (_is_plain(held) or len(items) == 1):
            continue
        if not held and place == 0:
            continue
        made.append(Named(stuff.strip(), bool(held), scent and not held))
    known = {one.stuff for one in made}
    made += [one for one in _whole(name, items, spoken) if one.stuff not in known]
    return made


def _stuffs(name: str) -> list[tuple[str, int]]:
    """Stuffs of *name* with their places in its `key`, longest first, none inside another."""
    said = key(name)
    taken = said
    proper = _proper(name)
    for one in NOT_STUFFS:
        taken = _blank(taken, one)
    kind = next((one for one in KINDS if taken.startswith(one)), "")
    if kind:
        taken = _blank(taken, kind, first=True)
    made = []
    for stuff in STUFFS:
        at = taken.find(stuff)
        while at >= 0:
            if (stuff, at) not in made and not _covered(at, at + len(stuff), proper):
                made.append((stuff, at))
            taken = taken[: at + 1] + "#" * (len(stuff) - 2) + taken[at + len(stuff) - 1 :]
            at = taken.find(stuff)
    return sorted(made, key=lambda one: one[1])


def _blank(said: str, phrase: str, *, first: bool = False) -> str:
    at = said.find(phrase)
    while at >= 0:
        said = said[: at + 1] + "#" * (len(phrase) - 2) + said[at + len(phrase) - 1 :]
        at = -1 if first else said.find(phrase)
    return said


def _proper(name: str) -> list[tuple[int, int]]:
    """Places, in the `key` of *name*, of runs of two or more capitalised words: names of places.

    Only in a name that writes its other words small.
    """
    parts = [part for part in re.findall(r"\w+", name) if words(part)]
    if not any(part[0].islower() for part in parts[1:]):
        return []
    at, runs, run = 1, [], None
    for number, part in enumerate(parts):
        length = len(" ".join(words(part)))
        capital = part[0].isupper() and number > 0
        if capital and not run and parts[number - 1].casefold() in _PLACES:
            run = (at - len(parts[number - 1]) - 1, at)
        if capital:
            run = (run[0] if run else at, at + length)
        if run and (not capital or number == len(parts) - 1):
            runs.append(run)
            run = None
        at += length + 1
    return runs


def _covered(start: int, end: int, runs: list[tuple[int, int]]) -> bool:
    """True if a stuff is a part of a longer run of capitals: "Đường Lâm", but not "Chanh Leo"."""
    inner = (start + 1, end - 1)
    return any(a <= inner[0] and inner[1] <= b and (b - a) > (inner[1] - inner[0]) for a, b in runs)


@cache
def _kin(stuff: str) -> tuple[str, ...]:
    return same(stuff)


def _elsewhere(kin: tuple[str, ...], spoken: list[str]) -> bool:
    """True if another text gives a quantity beside the stuff."""
    for text in spoken:
        for part in re.split(r"[\n;·]|,(?!\d)", text):
            if re.search(_QUANTITY, part, re.IGNORECASE) and any(one in key(part) for one in kin):
                return True
    return False


def _is_plain(held: list[Item]) -> bool:
    return all(key(item.name).strip() in PLAIN for item in held)


def _gives_flavour(item: Item) -> bool:
    said = key(item.text)
    return bool(found(said, _FLAVOURING)) or said.startswith(" hương ")


def _is_all(name: str, item: Item) -> bool:
    """True if the one ingredient is the goods themselves: it says every stuff of the name, or both
    begin with the same words and it is all there is: "Tinh dầu sả chanh", "Tinh dầu Cymbopogon citratus 100 %".
    """
    said = key(item.name)
    others = [stuff for stuff, _ in _stuffs(name) if not any(kin in said for kin in _kin(stuff))]
    return not others or (item.share == 100 and _head(name) == _head(item.name))


def _head(text: str) -> list[str]:
    return words(text)[:2]


def _whole(name: str, items: list[Item], spoken: list[str]) -> list[Named]:
    """Ingredients whose whole name stands in that of the goods, whatever they are."""
    said = key(name)
    kind = next((one for one in KINDS if said.startswith(one)), "")
    proper = _proper(name)
    made = []
    for item in items:
        core = key(item.name)
        at = said.find(core)
        plain = core.strip() in PLAIN or len(core.strip()) < 2 or core == kind
        if at < 0 or plain or item.quantified or _covered(at, at + len(core), proper):
            continue
        if core in NOT_STUFFS or (kind and at == 0 and kind.startswith(core)):
            continue
        if not _elsewhere((core,), spoken):
            made.append(Named(core.strip(), True))
    return made
