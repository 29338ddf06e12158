"""Likeness: says of two owners of which lists speak whether they are the same, and what spoke for it.

"same" only where it is certain: the same tax code, or the same name in the same place with nothing
against it. Where a careful clerk would ask, the answer is "ask". Pure. Used by index.py and by
the pages that show both sides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from labelsvc.catalogue.address import Address, read_address, squeezed
from labelsvc.catalogue.fields import name_key
from labelsvc.catalogue.owners.names import OwnerName, read_owner_name
from labelsvc.i18n import fold

Verdict = Literal["same", "ask", "other"]

#: One for all: each empty set of its own takes 200 bytes.
NOTHING: frozenset[str] = frozenset()
#: Names of organisations at least this alike (0 to 100) are asked about.
NEAR = 86
#: The same, where one of them says no place.
SURE = 95
#: The same, where telephone or representative are the same.
ALIKE = 55
_HAMLET = re.compile(
    r"\b(thon|xom|ap|ban|khu|cum|doi|to dan pho|tdp|to)\s+(?:so\s+)?([\w-]+(?: [\w-]+){0,2})"
)


class Says(StrEnum):
    """The word of a field on two owners being one."""

    FOR = "for"
    AGAINST = "against"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Owner:
    """The facts known of an owner, from a list or from the catalogue."""

    name: OwnerName
    #: As it is written.
    written: str
    tax_code: str = ""
    phones: frozenset[str] = frozenset()
    representative: str = ""
    #: Code of the present commune, where it is certain.
    commune: str = ""
    #: Codes of the present communes that it may be.
    may_be: frozenset[str] = frozenset()
    #: Commune and district as they were before July 2025, squeezed; the district may be empty.
    old_commune: str = ""
    old_district: str = ""
    hamlet: str = ""
    products: frozenset[str] = frozenset()

    @property
    def has_place(self) -> bool:
        return bool(self.commune or self.old_commune)


@dataclass(frozen=True, slots=True)
class Likeness:
    """The likeness of two owners. `score`: of the names, 0 to 100. `fields`: name → what it says."""

    verdict: Verdict
    score: int
    fields: dict[str, Says] = field(default_factory=dict)

    def told(self, says: Says) -> list[str]:
        """The fields that say *says*."""
        return [name for name, word in self.fields.items() if word == says]


def read_owner(
    name: str,
    *,
    tax_code: str | None = "",
    phone: str = "",
    representative: str = "",
    address: str = "",
    commune: str | None = "",
    may_be: frozenset[str] = frozenset(),
) -> Owner:
    """An owner from the texts of a row.

    :param address: the whole of it as it is written, old or present.
    :param commune: code of the present commune, where that is certain.
    """
    return Owner(
        read_owner_name(name), name, tax_code or "", phones(phone), name_key(representative),
        commune or "", may_be, *_old_place(address),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _old_place(address: str) -> tuple[str, str, str]:
    """Commune and district of *address*, squeezed, and its hamlet."""
    place = read_address(address)
    hamlet = _HAMLET.search(fold(place.street or address))
    named = " ".join(hamlet[2].split()) if hamlet else ""
    return _bare(place.commune), _bare(place.district), named


def same_old_place(one: Address, two: Address) -> bool:
    """True if both name one commune and one district, in whatever spelling."""
    first, second = ((_bare(a.commune), _bare(a.district)) for a in (one, two))
    return first == second


def _bare(place: str) -> str:
    """Its squeezed name; lists write "Chương Mỹ cũ" since the districts ended."""
    return squeezed(re.sub(r"(?i)\s+cũ$", "", place.strip()))


def phones(text: str) -> frozenset[str]:
    """The numbers of a field: digits with the leading zero, "+84 912 345 678" → "0912345678"."""
    if not text:
        return NOTHING
    found = (re.sub(r"\D", "", one) for one in re.split(r"[;,/]|\s-\s", text))
    return frozenset(re.sub(r"^(?:00)?84(?=\d{9,10}$)", "0", one) for one in found if len(one) > 7)


def compare(one: Owner, two: Owner) -> Likeness:
    """True if *one* and *two* are the same owner."""
    said = {
        "tax_code": _tax(one, two),
        "name": _name(one, two),
        "legal_form": _form(one.name, two.name),
        "place": _place(one, two),
        "hamlet": _equal(one.hamlet, two.hamlet),
        "phone": _shared(one.phones, two.phones),
        "representative": _equal(one.representative, two.representative),
        "products": Says.FOR if one.products & two.products else Says.SILENT,
    }
    score = round(max(_ratio(one.name, two.name), 100 if said["name"] == Says.FOR else 0))
    return Likeness(_judged(one, two, said, score), score, said)


def _judged(one: Owner, two: Owner, said: dict[str, Says], score: int) -> Verdict:
    tax, place = said["tax_code"], said["place"]
    if one.name.numbers != two.name.numbers and tax != Says.FOR:
        return "other"
    if tax == Says.FOR:
        sure = score >= ALIKE and said["legal_form"] != Says.AGAINST
        return "same" if sure else "ask"
    exact = said["name"] == Says.FOR and said["legal_form"] == Says.FOR
    alike = said["name"] == Says.FOR or score >= NEAR or one.name.plain == two.name.plain
    backed = Says.FOR in (said["phone"], said["representative"], said["products"])
    if tax == Says.AGAINST or place == Says.AGAINST:
        if tax == place:
            return "other"
        if exact:
            person = one.name.person or two.name.person
            return "ask" if backed or tax == Says.AGAINST or not person else "other"
        return "ask" if backed and alike else "other"
    if exact and _certain(one, two, said):
        return "same"
    if one.name.person and two.name.person:
        near = one.name.plain == two.name.plain or (
            place == Says.FOR and _one_slip(one.name.plain, two.name.plain)
        )
        return "ask" if near or (backed and score >= ALIKE) else "other"
    if said["legal_form"] == Says.AGAINST and one.name.plain != two.name.plain and not backed:
        return "other"
    if not backed and _other_word(one.name.plain, two.name.plain):
        return "other"
    if place == Says.SILENT and not backed and _other_body(one.name, two.name):
        return "other"
    if place == Says.SILENT and one.name.plain != two.name.plain:
        alike = score >= SURE  # anywhere in the country: only a slip of the pen is worth asking
    return "ask" if alike or (backed and score >= ALIKE) else "other"


def _certain(one: Owner, two: Owner, said: dict[str, Says]) -> bool:
    """True if the same name with the same form is the same owner; neither tax code nor place are
    against it."""
    person = one.name.person or two.name.person
    backed = Says.FOR in (said["phone"], said["representative"], said["products"], said["hamlet"])
    if not one.name.words or one.name.business != two.name.business:
        return False
    if one.name.words != two.name.words and (person or one.name.marked == two.name.marked):
        return False  # other marks: two names, or one that lost some
    own = one.name.kind == "company" and bool(one.name.form)  # in the whole country, by law
    if person and said["hamlet"] == Says.AGAINST:
        return False
    if person and Says.AGAINST in (said["phone"], said["representative"]) and not backed:
        return False
    if said["place"] == Says.FOR or own:
        return True
    if not one.has_place and not two.has_place:
        return name_key(one.written) == name_key(two.written)
    return backed


def _tax(one: Owner, two: Owner) -> Says:
    said = _equal(one.tax_code, two.tax_code)
    if said == Says.AGAINST and {len(one.tax_code), len(two.tax_code)} == {10, 12}:
        # Since July 2025 a household's code is the personal id of its owner, 12 digits.
        people = {"household", "workshop", "farm", "artisan", "group", ""}
        if one.name.kind in people and two.name.kind in people:
            return Says.SILENT
    return said


def _name(one: Owner, two: Owner) -> Says:
    a, b = one.name, two.name
    if a.plain != b.plain:
        return Says.AGAINST if _ratio(a, b) < NEAR else Says.SILENT
    if _asides(one, two) != _asides(two, one):
        return Says.SILENT
    if a.words != b.words and a.marked and b.marked:
        return Says.AGAINST if a.person or b.person else Says.SILENT
    return Says.FOR if a.business == b.business else Says.SILENT


def _asides(one: Owner, other: Owner) -> frozenset[str]:
    """Collect the words in brackets that are not the place of either."""
    if not one.name.asides:
        return NOTHING
    places = {one.old_commune, one.old_district, other.old_commune, other.old_district, ""}
    told = {re.sub(r"\b(?:xa|phuong|huyen|quan|cu)\b", "", aside) for aside in one.name.asides}
    return frozenset(squeezed(aside) for aside in told) - places


def _form(a: OwnerName, b: OwnerName) -> Says:
    if (a.kind, a.form, a.branch) == (b.kind, b.form, b.branch):
        return Says.FOR
    if a.branch != b.branch:
        return Says.AGAINST
    people = {a.kind, b.kind} <= {"", "household"}
    if people and (a.person or b.person):
        return Says.FOR  # "Nguyễn Văn Mẫu" alone is a household
    unsaid = not a.kind or not b.kind or (a.kind == b.kind and not (a.form and b.form))
    return Says.SILENT if unsaid else Says.AGAINST


def _place(one: Owner, two: Owner) -> Says:
    if one.old_district and two.old_district and one.old_commune and two.old_commune:
        first, second = (one.old_commune, one.old_district), (two.old_commune, two.old_district)
        return Says.FOR if first == second else Says.AGAINST
    same_words = one.old_commune and (one.old_commune, one.old_district) == (
        two.old_commune, two.old_district,
    )  # fmt: skip
    said = _by_code(one, two)
    return Says.FOR if same_words and said != Says.AGAINST else said


def _by_code(one: Owner, two: Owner) -> Says:
    if one.commune and two.commune:
        return Says.FOR if one.commune == two.commune else Says.AGAINST
    first = one.may_be | ({one.commune} if one.commune else set())
    second = two.may_be | ({two.commune} if two.commune else set())
    return Says.AGAINST if first and second and not first & second else Says.SILENT


def _equal(one: str, two: str) -> Says:
    if not one or not two:
        return Says.SILENT
    return Says.FOR if one == two else Says.AGAINST


def _shared(one: frozenset[str], two: frozenset[str]) -> Says:
    if not one or not two:
        return Says.SILENT
    return Says.FOR if one & two else Says.AGAINST


def _ratio(a: OwnerName, b: OwnerName) -> float:
    """Of the words that tell the owner; those of the line of business count where others miss."""
    if not a.plain or not b.plain:
        return float(fuzz.ratio(a.whole, b.whole))
    ratio = fuzz.ratio(a.plain, b.plain)
    one, two = sorted((a.plain.split(), b.plain.split()), key=len)
    # All words of the shorter name stand in the longer one: "Gốm Sông Nhuệ", "Gốm sứ Sông Nhuệ";
    # in another order they are another name: "Đức Việt", "Bình Việt Đức".
    rest = iter(two)
    part = len(one) > 1 and all(word in rest for word in one) and not (a.person and b.person)
    return max(float(ratio), 90.0) if part else float(ratio)


def _other_word(a: str, b: str) -> bool:
    """True if two names differ in one word that no slip of the pen explains: "An Bình", "Xuân Bình"."""
    words = list(zip(a.split(), b.split(), strict=False))
    if len(a.split()) != len(b.split()) or len(words) < 2:
        return False
    different = [pair for pair in words if pair[0] != pair[1]]
    return len(different) == 1 and not _one_slip(*different[0])


def _other_body(a: OwnerName, b: OwnerName) -> bool:
    """True if one is a company and the other a cooperative, each said: by law not the same owner."""
    return {a.kind, b.kind} == {"company", "cooperative"}


def _one_slip(a: str, b: str) -> bool:
    """True if a letter too many, too few, another or two exchanged make one of the other."""
    return bool(DamerauLevenshtein.distance(a, b, score_cutoff=1) <= 1)
