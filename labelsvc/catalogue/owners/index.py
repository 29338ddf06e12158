"""Owner index: finds among many owners those that one may be. Used by imports and the list of doubles.

An owner is looked up by tax code, name, telephone and place, and compared (likeness.py) with what is
found there only, so that thousands are asked about in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from rapidfuzz import fuzz, process

from labelsvc.catalogue.owners.likeness import NEAR, Likeness, Owner, Says, compare

#: A question with more answers than that helps nobody.
MOST = 8
#: From here on names are compared letter by letter only, which is fast.
_MANY = 500


@dataclass(frozen=True, slots=True)
class OwnerKey:
    """The key under which a decision about an owner is remembered: the name, read, with the tax code where
    there is one, and the place."""

    name: str
    place: str


@dataclass(frozen=True)
class Match:
    """The owner that is certainly the same, or those that a person must look at."""

    same: int | None = None
    likeness: Likeness | None = None
    asked: list[tuple[int, Likeness]] = field(default_factory=list)
    #: A person said so before.
    decided: bool = False


class Decided(Protocol):
    """The decisions that persons made about owners before."""

    def same_as(self, key: OwnerKey) -> int | OwnerKey | None:
        """The producer, or the owner of another row, that the owner *key* is said to be."""

    def said(self, key: OwnerKey, number: int, other: OwnerKey) -> bool | None:
        """True if *key* is the owner *number*, whose key is *other*; None: nobody said."""

    def asked(self, key: OwnerKey) -> Collection[int]:
        """The producers that *key* was asked about when a list was taken over without an answer."""


class Undecided:
    """Nobody said anything yet."""

    def same_as(self, key: OwnerKey) -> int | OwnerKey | None:
        return None

    def said(self, key: OwnerKey, number: int, other: OwnerKey) -> bool | None:
        return None

    def asked(self, key: OwnerKey) -> Collection[int]:
        return ()


_UNDECIDED = Undecided()


def key_of(owner: Owner) -> OwnerKey:
    """Name, tax code and place of *owner* in one spelling."""
    name = owner.name
    # Of a personal id only what tells two of one name apart.
    code = owner.tax_code[-4:] if len(owner.tax_code) == 12 else owner.tax_code
    parts = (
        name.kind, name.form, name.branch, name.words, *sorted(name.business), *name.asides,
        code and f"#{code}",
    )  # fmt: skip
    place = owner.commune or " ".join(filter(None, (owner.old_commune, owner.old_district)))
    return OwnerKey(
        " ".join(filter(None, parts))[:300], " ".join(filter(None, (place, owner.hamlet)))[:100]
    )


class OwnerIndex:
    """Owners by number, ready to be asked; new ones may be added at any time."""

    def __init__(self, owners: Iterable[tuple[int, Owner]] = ()) -> None:
        self.owners: dict[int, Owner] = {}
        self._means: dict[int, int] = {}
        #: By the hash of the key: keys are long.
        self._by_key: dict[int, int] = {}
        self._by_tax: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._by_phone: dict[str, list[int]] = {}
        self._by_place: dict[str, _Pool] = {}
        self._nowhere, self._names = _Pool(), _Pool()
        for number, owner in owners:
            self.add(number, owner)

    def add(
        self, number: int, owner: Owner, *, means: int | None = None, key: OwnerKey | None = None
    ) -> None:
        """*number* is found from now on, and stands for the owner *means* where that is given.

        :param key: of *owner*, where that is known already.
        """
        self.owners[number] = owner
        if means is not None:
            self._means[number] = means
        self._by_key.setdefault(hash(key or key_of(owner)), number)
        if owner.tax_code:
            self._by_tax.setdefault(owner.tax_code, []).append(number)
        name = owner.name.plain or owner.name.whole
        self._by_name.setdefault(name, []).append(number)
        for phone in owner.phones:
            self._by_phone.setdefault(phone, []).append(number)
        for place in _places(owner):
            self._by_place.setdefault(place, _Pool()).add(number, owner, name)
        if not owner.has_place and not owner.may_be:
            self._nowhere.add(number, owner, name)
        self._names.add(number, owner, name)

    def find(
        self,
        owner: Owner,
        *,
        makes: Callable[[int], bool] = lambda _: False,
        decided: Decided = _UNDECIDED,
        key: OwnerKey | None = None,
    ) -> Match:
        """Find the one that *owner* is.

        :param makes: whether the owner of that number makes a product of *owner* too.
        :param decided: what persons said before; a tax code that is another owner's outweighs it.
        :param key: of *owner*, where that is known already.
        """
        key = key or key_of(owner)
        by_tax = {self._meant(number) for number in self._by_tax.get(owner.tax_code, ())}
        told = decided.same_as(key)
        if isinstance(told, OwnerKey):
            told = self._by_key.get(hash(told))
        if told is not None and self._meant(told) in self.owners and by_tax <= {self._meant(told)}:
            return Match(self._meant(told), decided=True)

        compared: dict[int, Likeness] = {}
        waiting = decided.asked(key)

        def judge(numbers: Iterable[int]) -> dict[int, Likeness]:
            judged: dict[int, Likeness] = {}
            for number in numbers:
                known, meant = self.owners[number], self._meant(number)
                if number not in compared:
                    if owner.products and makes(meant):
                        known = replace(known, products=owner.products)
                    compared[number] = compare(owner, known)
                likeness = compared[number]
                if likeness.verdict == "other" and number in waiting:
                    # A list asked and nobody answered: what the catalogue learned since, from a
                    # later row say, does not answer for them.
                    likeness = replace(likeness, verdict="ask")
                if likeness.verdict == "other" or (
                    # "Another" answers a question only: two owners of one name and place keep
                    # their own rows, and no two can have one tax code.
                    likeness.verdict == "ask"
                    and likeness.fields["tax_code"] != Says.FOR
                    and decided.said(key, meant, key_of(known)) is False
                ):
                    continue
                best = judged.get(meant)
                if best is None or _rank(likeness) < _rank(best):
                    judged[meant] = likeness
            return judged

        sure = self._sure(judge(self._exact(owner)), by_tax)
        if sure is not None:
            return sure
        judged = judge(self._near(owner) | {n: None for n in waiting if n in self.owners})
        asked = sorted(judged.items(), key=lambda one: (*_rank(one[1]), one[0]))
        return self._sure(judged, by_tax) or Match(asked=asked[:MOST])

    def _sure(self, judged: Mapping[int, Likeness], by_tax: set[int]) -> Match | None:
        """The only one that is the same; where several are, the one with the tax code."""
        same = [number for number, likeness in judged.items() if likeness.verdict == "same"]
        if len(same) > 1:
            same = [number for number in same if number in by_tax]
        return Match(same[0], judged[same[0]]) if len(same) == 1 else None

    def _meant(self, number: int) -> int:
        return self._means.get(number, number)

    def doubles(
        self, decided: Decided = _UNDECIDED, only: int | None = None
    ) -> Iterator[tuple[int, int, Likeness]]:
        """Every pair of owners that may be one, each once, with the lower number first.

        :param only: pairs with this owner alone.
        """
        asked = self.owners if only is None else {only: self.owners[only]} if only in self.owners else {}  # fmt: skip
        for number, owner in asked.items():
            for other in self._near(owner):
                if other == number or (only is None and other < number):
                    continue
                known = self.owners[other]
                likeness = compare(owner, known)
                keys = key_of(owner), key_of(known)
                no = (
                    decided.said(keys[0], other, keys[1]) is False
                    or decided.said(keys[1], number, keys[0]) is False
                )
                if likeness.verdict == "same" or (likeness.verdict == "ask" and not no):
                    yield min(number, other), max(number, other), likeness

    def _exact(self, owner: Owner) -> dict[int, None]:
        """The owners with the same tax code or name, each once."""
        name = owner.name.plain or owner.name.whole
        found = dict.fromkeys(self._by_tax.get(owner.tax_code, ()) if owner.tax_code else ())
        found.update(dict.fromkeys(self._by_name.get(name, ())))
        return found

    def _near(self, owner: Owner) -> dict[int, None]:
        """The owners worth comparing, each once."""
        found = self._exact(owner)
        name = owner.name.plain or owner.name.whole
        for phone in owner.phones:
            found.update(dict.fromkeys(self._by_phone.get(phone, ())))
        places = _places(owner)
        pools = [pool for place in places if (pool := self._by_place.get(place)) is not None]
        pools += [self._nowhere] if places else [self._names]
        # One place often has two keys, the present and the old one, with the same owners below both.
        for pool in {pool.digest: pool for pool in pools}.values():
            scorer = fuzz.token_set_ratio if pool.size < _MANY else fuzz.ratio
            near = process.extract(name, pool.like(owner), scorer=scorer, score_cutoff=NEAR, limit=2 * MOST)  # fmt: skip
            found.update(dict.fromkeys(number for _, _, number in near))
        return found


class _Pool:
    """Names of the owners of one place, by the numbers in them.

    Other numbers are another owner (likeness.py) unless the tax code is the same, which is looked
    up by itself: so names with the same numbers are the only ones worth measuring.
    """

    def __init__(self) -> None:
        self.size = 0
        #: The same for two pools that hold the same owners.
        self.digest = 0
        self._plain: dict[int, str] = {}
        self._numbered: dict[tuple[str, ...], list[tuple[int, str]]] = {}

    def add(self, number: int, owner: Owner, name: str) -> None:
        self.size += 1
        self.digest ^= hash((number, owner.written))
        if owner.name.numbers:
            self._numbered.setdefault(owner.name.numbers, []).append((number, name))
        else:
            self._plain[number] = name

    def like(self, owner: Owner) -> Mapping[int, str]:
        """Those with the numbers of *owner*: number → name."""
        numbers = owner.name.numbers
        return dict(self._numbered.get(numbers, ())) if numbers else self._plain


def _places(owner: Owner) -> list[str]:
    """Keys of the places where *owner* may be."""
    found = dict.fromkeys(sorted(owner.may_be))
    if owner.commune:
        found[owner.commune] = None
    if owner.old_commune:
        found[f"old {owner.old_commune}"] = None
    return list(found)


def _rank(likeness: Likeness) -> tuple[bool, int]:
    """The likelier, the smaller."""
    return likeness.verdict != "same", -likeness.score
