"""Address: takes an address of a list apart. Used by imports and `places`, which knows the communes.

"Thôn 3, xã Yên Sở, H. Hoài Đức, TP Hà Nội" → street "Thôn 3", commune "Yên Sở" of kind "xa",
district "Hoài Đức". Works without marks and without commas, as long as the kinds stand there;
parts that say no kind are kept as `loose`, for whoever knows the names.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from labelsvc.i18n import fold, nfc

#: Kind of unit → the words and abbreviations for it, without marks.
_COMMUNE = {
    "phuong": "phuong", "p.": "phuong", "p": "phuong", "xa": "xa", "x.": "xa", "x": "xa",
    "thi tran": "thi tran", "tt.": "thi tran", "tt": "thi tran", "t.t.": "thi tran",
}  # fmt: skip
_DISTRICT = {
    "huyen": "huyen", "h.": "huyen", "h": "huyen", "quan": "quan", "q.": "quan", "q": "quan",
    "thi xa": "thi xa", "tx.": "thi xa", "tx": "thi xa",
}  # fmt: skip
_HERE = frozenset(
    ("ha noi", "hn", "tp ha noi", "tp. ha noi", "tp.ha noi", "tp hn", "tp.hn", "thanh pho ha noi",
     "t.p ha noi", "hanoi", "viet nam", "vietnam", "vn")
)  # fmt: skip
#: A kind word that begins a part though no comma stands before it. "hợp tác xã" is none.
_STARTS = re.compile(
    r"(?<![\w.])(?<!tac )(?<!thi )"
    r"(?:(?:thi tran|thi xa|thanh pho|phuong|huyen|quan|xa)(?=\s)|(?:tt\.|tx\.|tp\.?|[pxhq]\.)(?=[\s\w]))"
    r"(?!\w*/)"
)
#: The province at the end of a part, without a comma before it.
_ENDS = re.compile(r"(?:^|\s)(?:(?:t\.?p\.?|thanh pho)\s?)?(?:ha noi|hn)\.?$")
#: Names that begin with a kind word and are no unit: streets and hamlets.
_SMALL = re.compile(
    r"^(so|thon|xom|to|ngo|ngach|hem|duong|pho|lang|khu|cum|doi|km|quoc lo|tinh lo|ql|tl|lo|toa|chung cu|ap|to dan pho|tdp)\b"
)


@dataclass(frozen=True)
class Address:
    """`commune` and `district` are names without their kind; `loose` are parts of unknown kind."""

    street: str = ""
    kind: str = ""
    commune: str = ""
    district: str = ""
    loose: tuple[str, ...] = field(default=())

    @property
    def says_district(self) -> bool:
        """True if it is written as before 1 July 2025."""
        return bool(self.district)


@lru_cache(maxsize=8192)
def read_address(text: str) -> Address:
    """Take an address apart; never raises."""
    street: list[str] = []
    loose: list[str] = []
    kind = commune = district = ""
    for part in _parts(nfc(text)):
        plain = _plain(part)
        if plain in _HERE:
            continue
        word, _, rest = _kind_of(plain)
        name = part[len(part) - len(rest) :].strip(" .:") if word else ""
        if name and word in _COMMUNE and not commune:
            kind, commune = _COMMUNE[word], name
        elif name and word in _DISTRICT and not district:
            district = name
        elif _SMALL.match(plain) or any(c.isdigit() for c in plain):
            street.append(part)
        elif commune and not district:
            district = part  # what stands behind the commune without a word is its district
        else:
            loose.append(part)
    if commune:  # then the parts before it are the street, in their order
        street = [p for p in _parts(nfc(text)) if p in street or p in loose]
        loose = []
    return Address(", ".join(street), kind, commune, district, tuple(loose))


#: "xã A, thị xã B (nay là phường C)": from here on stands what is today.
_NOW = re.compile(
    r"(?i)[\s,;(\[–-]*\b(?:hiện nay|nay|hiện|sau (?:sáp nhập|sắp xếp|hợp nhất)(?: là| thuộc)?|địa chỉ mới|mới)\s*(?::|là\b|thuộc\b|đổi thành\b)\s*:?\s*"
)
#: "xã C (xã A cũ)", "(trước đây là xã A)".
_FORMER = re.compile(
    r"(?i)[\s,;]*[(\[]\s*(?:(?:trước đây|trước(?: sáp nhập| sắp xếp)?|địa chỉ cũ|tên cũ|cũ)\s*(?::|là\b|thuộc\b)?\s*:?\s*([^)\]]+)|([^()\[\]]*?)\s+(?:cũ|trước đây))\s*[)\]]"
)


@lru_cache(maxsize=1024)  # rows of one owner share it
def in_two_times(text: str) -> tuple[str, str]:
    """The address of today, and the one before where *text* has both: (today, before or "")."""
    if (now := _NOW.search(text)) is not None and now.start():
        before, today = text[: now.start()].strip(" ,;(["), text[now.end() :].strip(" ,;)].")
        street = read_address(before).street
        if today and read_address(today).commune:
            own = read_address(today).street
            return (today if own or not street else f"{street}, {today}"), before
    if (found := _FORMER.search(text)) is not None:
        today = (text[: found.start()] + text[found.end() :]).strip(" ,;")
        if read_address(today).commune and read_address(former := (found[1] or found[2]).strip()).commune:  # fmt: skip
            street = read_address(today).street
            return today, ", ".join(filter(None, (street, former)))
    return text, ""


def squeezed(name: str) -> str:
    """Name without marks, case, spaces and punctuation, for looking up."""
    return re.sub(r"[\W_]+", "", fold(name))


def _kind_of(plain: str) -> tuple[str, str, str]:
    for words in (2, 1):
        head = plain.split(" ", words)
        if len(head) > words:
            word = " ".join(head[:words])
            if word in _COMMUNE or word in _DISTRICT:
                return word, " ", head[words]
    glued = re.match(r"(t\.t\.|tt\.|tx\.|[pxhq]\.)(?=\S)", plain)
    if glued:
        return glued[1], "", plain[glued.end() :]
    return "", "", plain


def _parts(text: str) -> list[str]:
    """Pieces between commas, semicolons, lines, dashes, and before kind words."""
    pieces: list[str] = []
    for piece in re.split(r"[,;\n()]|\s[-–]\s", text):
        piece = " ".join(piece.split())
        plain = _plain(piece)
        province = _ENDS.search(plain)
        if province is not None and province.start():
            piece, plain = piece[: province.start()], plain[: province.start()]
        cuts = [m.start() for m in _STARTS.finditer(plain) if m.start()]
        ends = [*cuts, len(piece)]
        for begin, end in zip([0, *cuts], ends, strict=True):
            one = piece[begin:end].strip(" .-–:")
            if one:
                pieces.append(one)
    return pieces


def _plain(text: str) -> str:
    """Without marks and in lower case, character by character, so that positions stay."""
    return text.translate(_LETTERS)


class _Letters(dict[int, str]):
    """Letter → the small letter without marks, learnt as letters come."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        made = unicodedata.normalize("NFD", character)[0].lower()[:1] or character
        self[code] = made
        return made


_LETTERS = _Letters({ord("đ"): "d", ord("Đ"): "d"})
