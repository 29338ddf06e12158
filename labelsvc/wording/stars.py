"""Stars: finds in a text what claims stars or the programme: figures, words, signs, grades, the word OCOP.
Used by saving texts and by the law check.

Law: Decision 26/2026/QĐ-TTg art. 3.3 (five stars are the national level), 8.1đ (claims that mislead).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from labelsvc.wording import legible
from labelsvc.wording.phrases import Pattern
from labelsvc.wording.syllable import plain

#: A national level, or the highest of the programme.
TOP = 5
_FIGURES = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "iii": 3, "iv": 4, "v": 5,
}  # fmt: skip
#: Beside "tinh" alone: "tâm sao" is no number.
_SINO = {"tam": 3, "tu": 4, "ngu": 5, "luc": 6}
_BY_BARE = {plain(word): figure for word, figure in _FIGURES.items()}
#: Every sign that Unicode calls a star, and those of them that are a claim where one stands alone.
_NAMED = {
    chr(code): name
    for first, last in (
        (0x22C6, 0x22C6),
        (0x2600, 0x27BF),
        (0x2B50, 0x2B5A),
        (0x1F31F, 0x1F31F),
        (0x1F7C0, 0x1F7D8),
    )
    for code in range(first, last + 1)
    if "STAR" in (name := unicodedata.name(chr(code), "")) and " OF DAVID" not in name
}
_SIGNS = "".join(_NAMED)
_ALONE = "★☆⭐🌟"
_HOLLOW = frozenset(
    sign for sign, name in _NAMED.items() if "WHITE" in name and "MEDIUM" not in name
)
_WORDS = "|".join(_FIGURES)
_FIGURE = rf"(?:0*[1-9]\s*/\s*5|0*[1-9]|{_WORDS})"
_AGAIN = rf"(?:\s*\(\s*{_FIGURE}\s*\))?"
#: Roasting ("3 sao khô"), and stars of the sky: no grade of goods, unless a word of grading is near.
_NO_GRADE = re.compile(
    r"\s+(?:vang|kho|suot|tay|la (?:che|tra|voi|sen|chuoi)|chao|che|tra|thu cong|tam|chay|den|gion|heo|nong|tren|trong|bang|lai|lan|anise|ha tho|"
    r"sang|moc|lap lanh|roi)(?!\w)"
)
_COUNTED = Pattern(
    rf"(?:ocop|cocop)?\s*{_FIGURE}{_AGAIN}\s*[-–]?\s*(?:(?:ngôi|cánh)\s*)?(?:sao|stars?)"
)
_SIGNED = re.compile(rf"(?<![\d.,/])0*([1-9])\s*(?:[{_SIGNS}]|\*(?!\s*\d))")
_ROW = re.compile(rf"[{_SIGNS}](?:\s*[{_SIGNS}])*")
_ASTERISKS = re.compile(r"(?<!\*)\*{3,5}(?!\*)")
_GRADED = Pattern(
    r"(?:ocop(?:\s*(?:hạng|cấp|mức|loại|grade|level|class|rank|rated|đạt|xếp hạng|[:\-–]))*|(?:số|hạng|mức|cấp)\s*sao|sao\s*ocop"
    r"|(?:xếp\s*)?hạng\s*ocop|xếp\s*hạng)\s*[:=\-–]?\s*(?:0*[3-9]s?|v|iv|iii)(?![\d.,/%])|sao\s*thứ\s*(?:ba|tư|bốn|năm|[3-6])"
    r"|hạng\s*(?:ocop)?\s*[:=]\s*(?:ba|bốn|năm)(?!\s*\d)"
    r"|sao\s*[:=]\s*0*[3-6](?!\s*[\d.,/%–-]|\s*(?:phút|giờ|lần|ngày|kg|g|mẻ|công|°))"
    r"|ocop\s*[:=\-–]?\s*0*[1-9]\s*/\s*5(?!\s*[\d/])|(?:tứ|ngũ|lục)\s*tinh\s*ocop|(?:ocop|hạng|đạt|chuẩn)\s*(?:tam|tứ|ngũ|lục)\s*tinh"
    r"|(?:chứng\s*nhận|hạng|đạt|ocop)[^.;]{0,12}sao\s*[:=]\s*(?:ba|bốn|năm|sáu)"
)
_NATIONAL = r"(?:quốc gia|trung ương|t\.\s?ư|toàn quốc|national)"
_HIGHEST = Pattern(
    rf"(?:ocop|đạt|sản phẩm|hạng|xếp hạng|công nhận)[^.;!?]{{0,30}}(?:cấp|level|hạng)\s*{_NATIONAL}"
    rf"|cấp\s*{_NATIONAL}[^.;!?]{{0,30}}ocop|national[^.;!?]{{0,20}}ocop|ocop\s*{_NATIONAL}|(?:sản phẩm|hàng|đặc sản)\s+{_NATIONAL}[^.;!?]{{0,20}}ocop"
    r"|ocop[^.;!?]{0,25}(?:hạng\s*)?(?:đặc biệt|hạng nhất|cao nhất|xuất sắc|kim cương|bạch kim|quốc tế|cấp bộ|premium)"
    r"|(?:hạng|cấp|mức)\s*(?:cao nhất|đặc biệt|nhất)[^.;!?]{0,20}ocop"
)
_PROGRAMME = Pattern(
    r"\w{0,3}ocop\w{0,12}|o\.?c\.?o\.?p|mỗi\s*(?:xã|làng|phường)[^.;]{0,12}một\s*sản\s*phẩm"
    r"|one\s*commune,?\s*one\s*product"
)
_HOTEL = re.compile(
    r"(?:khach san|nha hang|nghi duong|resort|du thuyen|hotel|villa|can ho)(?:(?!ocop)[^.;:]){0,20}$"
)
#: A fair of the whole country gives no level.
_EVENT = re.compile(
    r"hoi cho|dien dan|hoi nghi|festival|tuan le|trien lam|le hoi|hoi thi|ban chi dao|van phong|mang luoi"
)
_TURN = re.compile(r"(?:lan|me|luot|ngay|gio|phut|buoc|cong doan)\s*(?:thu\s*)?$")
#: Brands and places: "xã Ba Sao", "nước mắm Năm Sao"; not after a word of grading.
_NAMES = re.compile(r"(?<!\w)(?:Một|Hai|Ba|Bốn|Năm|Sáu|Bảy) Sao(?!\w)")
_GRADING = re.compile(
    r"ocop|hạng|đạt|chuẩn|công nhận|chất lượng|chứng nhận|mức|(?:^|\s)sao\s*:|[:(]\s*$",
    re.IGNORECASE,
)
_IN_PLACE = re.compile(
    r"(?:ngõ|ngách|hẻm|phố|đường|số nhà|tổ|lô)\s+\d+\s+sao|(?:xã|thị trấn|làng|thôn|phường|hồ|bản|xóm|khu)\s+(?:một|hai|ba|bốn|năm|sáu|bảy) sao", re.IGNORECASE
)  # fmt: skip
_LINK = re.compile(r"\S*(?:@|://)\S*|(?<!\w)[\w-]{2,}(?:\.[\w-]{2,})+\S*")
#: "nam sao" and "bon sao" without marks are claims only beside one of these.
_DOUBTFUL = re.compile(r"(?<!\w)(?:nam|bon|mot|sau|bay)(?!\w)")
_CONTEXT = re.compile(r"(?<!\w)(?:ocop|hang|dat|chuan|cong nhan|san pham|chung nhan)(?!\w)")


#: Without one of these nothing is claimed: most texts are read no further.
_HINT = re.compile(
    rf"sao|star|ocop|o\.?c\.?o\.?p|hang|xep|cap|national|mot\s*san\s*pham|one commune|[{_SIGNS}*]"
)
#: The same in letters alone, of a text that nothing was taken out of.
_LETTERS = re.compile("sao|star|ocop|hang|xep|cap|national|sanpham|commune")


@dataclass(frozen=True)
class Claim:
    """Words that claim stars: how many, or None for the programme as such."""

    words: str
    stars: int | None


def claims(text: str) -> list[Claim]:
    """Tell what *text* claims, each number of stars once."""
    letters = legible.letters_of(text)
    if letters and not _LETTERS.search(letters):
        return []
    found: dict[int | None, Claim] = {}
    for reading in legible.readings(_without_names(text)):
        for claim in _of(reading) if _HINT.search(plain(reading)) else ():
            found.setdefault(claim.stars, claim)
    return list(found.values())


def wrong(text: str, stars: int | None) -> list[Claim]:
    """Claims of *text* that a decision of *stars* does not give; all of them without one."""
    return [claim for claim in claims(text) if stars is None or claim.stars not in (None, stars)]


def _without_names(text: str) -> str:
    def kept(hit: re.Match[str]) -> str:
        return hit[0] if _GRADING.search(text[max(0, hit.start() - 25) : hit.start()]) else "…"

    return _IN_PLACE.sub("…", _NAMES.sub(kept, _LINK.sub(" ", text)))


def _of(text: str) -> list[Claim]:
    found = []
    for hit in _COUNTED.finditer(text):
        if not _another(text, hit):
            found.append(Claim(hit[0].strip(), _figure(hit[0])))
    found += [Claim(hit[0], int(hit[1])) for hit in _SIGNED.finditer(text)]
    for hit in _ROW.finditer(text):
        filled = sum(sign in _SIGNS and sign not in _HOLLOW for sign in hit[0])
        if len(hit[0]) > 1 or hit[0] in _ALONE:
            found.append(Claim(hit[0], filled if len(hit[0]) > 1 else None))
    found += [Claim(hit[0], _figure(hit[0])) for hit in _GRADED.finditer(text)]
    found += [
        Claim(hit[0], TOP)
        for hit in _HIGHEST.finditer(text)
        if _level(hit[0]) and not _EVENT.search(plain(text[max(0, hit.start() - 30) : hit.end()]))
    ]
    found += [Claim(hit[0], None) for hit in _PROGRAMME.finditer(text)]
    if any(claim.stars is None for claim in found):
        found += [Claim(hit[0], len(hit[0])) for hit in _ASTERISKS.finditer(text)]
    elif _ASTERISKS.fullmatch(text.replace(" ", "")):
        found.append(Claim(text, text.count("*")))
    return found


def _figure(words: str) -> int | None:
    digits = re.search(r"[1-9]", words)
    if digits:
        return int(digits[0])
    for word in re.findall(r"[^\W\d_]+", plain(words)):
        if word in _BY_BARE:
            return _BY_BARE[word]
    sino = re.search(r"(?<!\w)(tam|tu|ngu|luc)\s*tinh(?!\w)", plain(words))
    return _SINO[sino[1]] if sino else None


def _another(text: str, hit: re.Match[str]) -> bool:
    """True if the number is no grade: a hotel, a turn of roasting, a part of another number."""
    before = plain(text[max(0, hit.start() - 40) : hit.start()])
    if re.search(r"\d[.,/-]$", before) or _HOTEL.search(before) or _TURN.search(before):
        return True
    after = plain(text[hit.end() : hit.end() + 25])
    beside = _CONTEXT.search(hit[0]) or _CONTEXT.search(before[-25:]) or _CONTEXT.search(after[:15])
    return not beside and bool(_DOUBTFUL.search(hit[0]) or _NO_GRADE.match(after))


def _level(words: str) -> bool:
    """True unless the words are of a standard, a programme or a prize of the state."""
    return not re.search(
        r"tiêu chuẩn|tieu chuan|quy chuẩn|thương hiệu quốc gia|chương trình|giải thưởng|hội đồng",
        words,
    )
