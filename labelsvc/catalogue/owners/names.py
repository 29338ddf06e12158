"""Owner names: takes a name as lists write it apart into legal form and the words that tell it.

"HTX NN Hữu cơ Đông Phú", "Hợp tác xã Nông nghiệp hữu cơ Đông Phú" and "HTX NÔNG NGHIỆP HỮU CƠ ĐÔNG
PHÚ" give the same `OwnerName`. Pure text. Used by likeness.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from labelsvc.catalogue.fields import name_key
from labelsvc.i18n import fold, nfc

#: Words of a legal form, folded → what it is. Longer ones are tried first.
_KINDS = {
    "lien hiep hop tac xa": "union", "lien hiep htx": "union", "lhhtx": "union",
    "hop tac xa": "cooperative", "htx": "cooperative",
    "to hop tac": "group", "tht": "group", "to hop tac xa": "group",
    "cong ty": "company", "cty": "company", "c ty": "company", "cong ti": "company",
    "doanh nghiep tu nhan": "private", "dntn": "private", "dn tu nhan": "private",
    "doanh nghiep": "enterprise", "dn": "enterprise", "xi nghiep": "enterprise",
    "trang trai": "farm", "nghe nhan": "artisan", "nghe nhan uu tu": "artisan",
    "co so": "workshop", "cs": "workshop", "cssx": "workshop",
    "ho kinh doanh": "household", "hkd": "household", "ho kd": "household", "hkdct": "household",
    "ho kinh doanh ca the": "household", "ho san xuat kinh doanh": "household",
    "ho sxkd": "household", "ho sx": "household", "ho san xuat": "household",
    "ho gia dinh": "household", "hgd": "household", "gia dinh": "household", "ca the": "household",
}  # fmt: skip
#: Forms of a company; they may stand behind the name as well.
_FORMS = {
    "tnhh mot thanh vien": "tnhh 1", "trach nhiem huu han mot thanh vien": "tnhh 1",
    "tnhh mtv": "tnhh 1", "tnhh 1tv": "tnhh 1", "tnhh 1 thanh vien": "tnhh 1",
    "tnhh 1 tv": "tnhh 1", "trach nhiem huu han mtv": "tnhh 1", "mtv tnhh": "tnhh 1",
    "tnhh hai thanh vien": "tnhh", "tnhh hai thanh vien tro len": "tnhh", "tnhh 2tv": "tnhh",
    "tnhh 2 thanh vien": "tnhh", "tnhh 2 thanh vien tro len": "tnhh",
    "trach nhiem huu han": "tnhh", "tnhh": "tnhh", "t n h h": "tnhh", "co ltd": "tnhh",
    "co phan": "shares", "cp": "shares", "ctcp": "shares", "jsc": "shares", "hop danh": "partners",
}  # fmt: skip
_BRANCHES = {
    "chi nhanh": "branch", "cn": "branch", "van phong dai dien": "office", "vpdd": "office",
    "dia diem kinh doanh": "place", "cua hang": "shop", "nha may": "factory",
}  # fmt: skip
#: Words for the line of business, which lists write, shorten and leave out at will.
_BUSINESS = {
    "nong nghiep": "nông nghiệp", "nn": "nông nghiệp", "lam nghiep": "lâm nghiệp",
    "dich vu": "dịch vụ", "dv": "dịch vụ", "thuong mai": "thương mại", "tm": "thương mại",
    "san xuat": "sản xuất", "sx": "sản xuất", "kinh doanh": "kinh doanh", "kd": "kinh doanh",
    "che bien": "chế biến", "cb": "chế biến", "tong hop": "tổng hợp",
    "xuat nhap khau": "xuất nhập khẩu", "xnk": "xuất nhập khẩu", "dau tu": "đầu tư",
    "phat trien": "phát triển", "tieu thu": "tiêu thụ", "kieu moi": "kiểu mới",
}  # fmt: skip
_GLUED = {
    "tmdv": "tm dv", "dvtm": "dv tm", "sxtm": "sx tm", "tmsx": "tm sx", "sxkd": "sx kd",
    "dvnn": "dv nn", "nndv": "nn dv", "dvth": "dv tong hop", "dvtmnn": "dv tm nn", "kddv": "kd dv",
    "dvnnth": "dv nn tong hop", "dvtmth": "dv tm tong hop", "sxnn": "sx nn", "sxdv": "sx dv",
    "nntm": "nn tm", "nnth": "nn tong hop", "htxnn": "htx nn", "htxdv": "htx dv",
    "htxdvnn": "htx dv nn", "htxnndv": "htx nn dv", "htxdvnnth": "htx dv nn tong hop",
    "ctytnhh": "cty tnhh", "cttnhh": "cty tnhh", "ctycp": "cty cp", "ctcp": "cty cp",
}  # fmt: skip
#: First word of a phrase that says something → words of the longest one that begins so.
_LENGTHS: dict[str, int] = {}
for _phrase in (
    *_KINDS,
    *_FORMS,
    *_BRANCHES,
    *_BUSINESS,
    "ho",
    "ong",
    "ba",
    "ct",
    "mtv",
    "mot thanh vien",
):
    _words = _phrase.split()
    _LENGTHS[_words[0]] = max(len(_words), _LENGTHS.get(_words[0], 0))
_QUOTES = re.compile("[\"'“”„‟«»‘’‚‹›`´]")
_ASIDE = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_WORD = re.compile(r"\w+")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}[^\W\d_]?\b\.?")
_NONE: frozenset[str] = frozenset()
_NUMBER = re.compile(r"\d+|\b[ivx]+\b")
_MARKED_HOUSEHOLD = frozenset({"hộ", "ông", "bà"})
#: Commonest family names, folded: nine in ten people have one of them.
_FAMILIES = frozenset(
    ("nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho",
     "ngo", "duong", "ly", "dao", "doan", "vuong", "trinh", "truong", "dinh", "lam", "phung", "mai",
     "to", "ha", "ta", "luu", "cao", "chu", "kieu", "quach", "khuat", "dam", "nghiem", "tong",
     "luong", "thai", "quan", "tu", "la", "bach", "giang", "can", "cung", "dong", "bac", "nguy")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnerName:
    """A name in its parts. Words are lower case with the tone of a syllable at its end."""

    #: cooperative, company, household …; "" where the name says none.
    kind: str
    #: Of a company: tnhh, tnhh 1, shares …
    form: str
    branch: str
    #: What is left, in its order: the words that tell this owner from others.
    words: str
    #: The same without marks.
    plain: str
    #: Words for the line of business.
    business: frozenset[str]
    #: What stood in brackets, without marks.
    asides: tuple[str, ...]
    #: Whether a mark of Vietnamese stands anywhere.
    marked: bool
    #: A person's name, which many people have.
    person: bool
    #: Numbers in the name: "số 1" and "số 2" are never one owner.
    numbers: tuple[str, ...]

    @property
    def whole(self) -> str:
        """All words without marks, sorted: for measuring how alike two names are."""
        words = [
            *self.plain.split(),
            *(word for one in self.business for word in fold(one).split()),
        ]
        return " ".join(sorted(words))


_folded = lru_cache(maxsize=8192)(fold)


@lru_cache(maxsize=4096)
def read_owner_name(text: str) -> OwnerName:
    """Take *text* apart; never raises."""
    text = _QUOTES.sub(" ", nfc(text).casefold())
    asides = [" ".join(re.findall(r"\w+", fold(found))) for found in _ASIDE.findall(text)]
    rest = _ASIDE.sub(" ", text)
    if not _WORD.search(rest):
        rest, asides = text, []
    # "C.ty", "T.N.H.H.", "H.T.X": the dots of an abbreviation go, those of a sentence part.
    if "." in rest:
        rest = _DOTTED.sub(lambda m: m[0].replace(".", ""), rest)
    tokens = [
        (part, word)
        for word in _WORD.findall(rest)
        for part in _GLUED.get(_folded(word), _folded(word)).split()
    ]
    said = _Said()
    at = 0
    while at < len(tokens):
        at += said.take(tokens, at)
    if said.kind == "company" and not said.form and fold(" ".join(said.words[:2])) == "tu nhan":
        said.form, said.words = "private", said.words[2:]
    words = name_key(" ".join(said.words))
    plain = fold(" ".join(said.words))
    return OwnerName(
        said.kind, said.form, said.branch, words, plain, frozenset(said.business) if said.business else _NONE,
        tuple(sorted(one for one in asides if one)), fold(text).strip() != text.strip(),
        _is_person(said.kind, plain), tuple(_NUMBER.findall(plain)),
    )  # fmt: skip


class _Said:
    """The parts found so far, from the left."""

    def __init__(self) -> None:
        self.kind = self.form = self.branch = ""
        self.words: list[str] = []
        self.business: list[str] = []

    def take(self, tokens: list[tuple[str, str]], at: int) -> int:
        """Take what stands at *at*; gives how many tokens that was."""
        longest = _LENGTHS.get(tokens[at][0], 0)
        for length in range(min(longest, len(tokens) - at), 0, -1):
            phrase = " ".join(plain for plain, _ in tokens[at : at + length])
            if self._is_legal(phrase, tokens, at):
                return length
            if (found := _BUSINESS.get(phrase)) and not _is_name(tokens[at : at + length], found):
                self.business.append(found)
                return length
        plain, word = tokens[at]
        if plain not in ("va", "and"):
            self.words.append(word)
        return 1

    def _is_legal(self, phrase: str, tokens: list[tuple[str, str]], at: int) -> bool:
        word = tokens[at][1]
        if not self.words:
            if not self.kind and not self.branch and phrase in _BRANCHES:
                self.branch = _BRANCHES[phrase]
                return True
            if self.kind in ("", "household") and (
                (word in _MARKED_HOUSEHOLD and phrase in ("ho", "ong", "ba"))
                or (phrase == word == "ho" and _are_unmarked_people(tokens[at + 1 :]))
            ):
                self.kind = "household"
                return True
            if not self.kind and phrase == "ct" and at + 1 < len(tokens) and tokens[at + 1][0] in ("tnhh", "cp", "co"):  # fmt: skip
                self.kind = "company"
                return True
            if phrase in _KINDS and (not self.kind or self.kind == _KINDS[phrase]) and not (
                phrase.startswith("ho ") and word not in ("hộ", "ho")
            ):  # fmt: skip
                self.kind = _KINDS[phrase]
                return True
        if phrase in _FORMS and self.kind in ("", "company") and not self.form:
            if phrase in ("cp", "hop danh") and self.words:
                return False
            self.kind, self.form = "company", _FORMS[phrase]
            return True
        if self.form == "tnhh" and phrase in ("mtv", "mot thanh vien"):
            self.form = "tnhh 1"
            return True
        if not self.kind and self.words and phrase in ("hop tac xa", "htx"):
            self.kind = "cooperative"
            return True
        return False


def _is_name(tokens: list[tuple[str, str]], business: str) -> bool:
    """True if marked words only look like those of a business: "Thương Mãi", "Đầu Tú"."""
    written = " ".join(word for _, word in tokens)
    return fold(written) != written and len(tokens) > 1 and name_key(written) != name_key(business)


def _are_unmarked_people(tokens: list[tuple[str, str]]) -> bool:
    """True if "ho" before *tokens* is a household, not the family Hồ: a name of its own follows."""
    return (
        len(tokens) >= 3
        and tokens[0][0] in _FAMILIES
        and all(plain == word for plain, word in tokens)
    )


def _is_person(kind: str, plain: str) -> bool:
    words = plain.split()
    return (
        kind in ("", "household", "artisan", "workshop", "farm")
        and 2 <= len(words) <= 5
        and words[0] in _FAMILIES
        and not any(word.isdigit() for word in words)
    )
