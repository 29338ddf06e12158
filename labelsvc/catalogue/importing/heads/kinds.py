"""The kind of a list, before its rows are read: recognised, renewed, withdrawn, expired, registered, …

Read from title, sheet name, section headings, heads and notes, with the words that said it. Where
the words do not agree nothing is sure, and nothing may be taken until somebody says. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from labelsvc.clock import today
from labelsvc.i18n import fold, nfc


class ListKind(StrEnum):
    """The kind of a list: the sense of its rows."""

    RECOGNISED = "recognised"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REGISTERED = "registered"
    POINTS_OF_SALE = "points_of_sale"
    VILLAGES = "villages"

    @property
    def gives_stars(self) -> bool:
        """True if a row of such a list may become a recognition."""
        return self in (ListKind.RECOGNISED, ListKind.RENEWED)

    @property
    def ends_stars(self) -> bool:
        return self in (ListKind.WITHDRAWN, ListKind.EXPIRED)


#: How each is told to readers.
KIND_WORDS = {
    ListKind.RECOGNISED: "Recognised products",
    ListKind.RENEWED: "Products recognised again",
    ListKind.WITHDRAWN: "Withdrawn products",
    ListKind.EXPIRED: "Expired products",
    ListKind.REGISTERED: "Products registered for assessment",
    ListKind.POINTS_OF_SALE: "Points of sale",
    ListKind.VILLAGES: "Craft villages",
}


@dataclass(frozen=True)
class Saying:
    """Words that speak for a kind, and where they stand: "title", "sheet", "heading", "column", "file"."""

    kind: ListKind
    #: Without marks, for comparing; `shown` as they stand in the list.
    words: str
    place: str
    shown: str = ""

    def as_json(self) -> dict[str, str]:
        return {"kind": str(self.kind), "words": self.shown or self.words, "place": self.place}


@dataclass(frozen=True)
class Judgement:
    """The kind of a list or of a part of it. `chosen`: somebody said so."""

    kind: ListKind
    sure: bool
    sayings: tuple[Saying, ...] = ()
    chosen: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "sure": self.sure,
            "chosen": self.chosen,
            "words": [one.as_json() for one in self.sayings],
        }


#: Ends that a row alone says; a title with these words may mean something else.
_ROW_ENDED = re.compile(
    r"\b(?:tam (?:dung|ngung|nghi)|(?:tam )?dinh chi|cham dut|khong (?:con )?(?:san xuat|hoat dong|kinh doanh|hieu luc|ton tai)"
    r"|(?:da|tu) rut|rut (?:khoi|ten)|xoa (?:ten|khoi|so)|loai khoi|vo hieu|mat hieu luc|giai tan|nghi (?:san xuat|kinh doanh|ban hang)"
    r"|inactive|expired|revoked|withdrawn|cancel+ed|suspended)\b"
)
#: The same where letters without marks are other words too: "hoạt động của", "Nguyễn Quang Huy".
_ROW_ENDED_MARKED = re.compile(
    r"(?<!không )(?<!chưa )(?<!không bị )(?<!chưa bị )\b(?:h(?:ủy|uỷ)|đóng cửa|dừng|nghỉ hẳn|bỏ nghề|chuyển (?:đổi )?(?:ngành|nghề))\b"
)
_STATE_ENDED = re.compile(
    r"(?:(?:da|bi|tam|xin|tu) )*(?:huy|dung|ngung|nghi|dong cua|rut|xoa|loai|ket thuc|bo|het|mat|khong con)"
)
#: Said first, these take their words away from the patterns below: they deny them.
_STANDS = re.compile(
    r"\b(?:con|dang|van con)\s+(?:hieu luc|han|thoi han|gia tri)|\b(?:chua|khong)\s+(?:bi\s+)?(?:het han|het hieu luc|het thoi han|thu hoi|qua han|huy bo)"
    r"|\bduy tri\s+(?:hang|sao|ket qua)|\bkhong\s+(?:thuoc|nam trong)\s+(?:dien|danh sach)\s+(?:bi\s+)?thu hoi"
)
_NOT_ANY_MORE = r"khong con\s+(?:hieu luc|han|thoi han|gia tri)"
_SOON = re.compile(
    r"\b(?:sap|gan|chuan bi|se|den)\s+(?:het han|het hieu luc|het thoi han|qua han|han)\b"
)
_WITHDRAWN = re.compile(
    r"\b(?:bi |de nghi |duoc |da )?(?:thu hoi|huy bo|huy cong nhan|huy ket qua|huy quyet dinh|tuoc (?:quyen|giay|danh hieu)|rut giay chung nhan|(?:loai|dua|rut|xoa|gach|bo)(?: ten| bo)?(?: ra)? khoi (?:danh (?:sach|muc)|chuong trinh|so theo doi|he thong|ocop)|tra lai (?:giay|gcn|danh hieu|ket qua)|bai bo|(?:thoi|ngung|dung) cong nhan|cham dut (?:hieu luc|cong nhan))\b"
)
#: The same with what is taken back, which is no word of what was given: "hủy bỏ kết quả công nhận".
_TAKEN_BACK = re.compile(
    _WITHDRAWN.pattern
    + r"(?: (?:cac )?(?:quyet dinh|ket qua|viec|giay)(?: (?:danh gia|phan hang|xep hang|cong nhan|chung nhan|va|,))+\b)?"
)
_EXPIRED = re.compile(
    rf"\b(?:het han|khong con (?:la (?:san pham )?ocop|duoc (?:cong nhan|mang|su dung|gan))|khong duoc (?:tiep tuc |phep )?(?:mang|su dung|gan|dung) (?:nhan|logo|bieu trung|danh hieu|sao)|het hieu luc|het thoi han|het gia tri|qua han|qua thoi han|{_NOT_ANY_MORE}|khong tiep tuc|"
    r"khong (?:duoc )?(?:cong nhan lai|gia han|danh gia lai|phan hang lai|duy tri)|khong (?:tham gia|dang ky|de nghi|lam ho so)\s*(?:danh gia|cong nhan|phan hang|xep hang)?\s*lai|"
    r"(?:ngung|dung|ngưng|khong con|thoi|bo)\s+(?:san xuat|hoat dong|kinh doanh)|giai the|pha san|xin (?:rut|dung|thoi)|ngung|da dung)\b"
)
_AGAIN = re.compile(r"\b(?:cong nhan lai|tai cong nhan|danh gia lai|phan hang lai|gia han|cap lai|cap doi|nang hang|nang sao)\b")  # fmt: skip
_REGISTERED = re.compile(
    r"\b(?:dang ky|du kien|du thi|de nghi (?:danh gia|cong nhan|phan hang|xet|tham gia)|de xuat|ke hoach|y tuong|du thao|"
    r"tham gia (?:danh gia|ocop|chuong trinh|phan hang)|cho danh gia|chua danh gia|phan dau|kem theo to trinh|to trinh so|san pham tiem nang|khong dat|chua dat|khong duoc (?:cong nhan|phan hang)|tra (?:lai )?ho so)\b"
)
_OUTLETS = re.compile(r"\b(?:diem (?:ban|gioi thieu|trung bay|kinh doanh|gt)|cua hang (?:ocop|gioi thieu|ban)|he thong diem)\b")  # fmt: skip
_VILLAGES = re.compile(r"\b(?:danh sach|danh muc|thong ke|tong hop|cong nhan|cac|danh hieu)\s+(?:cac\s+)?(?:nghe truyen thong\W+)?lang (?:nghe|co nghe)\b")  # fmt: skip
_RESULT = re.compile(r"\bket qua (?:danh gia|phan hang|xep hang|cham|cong nhan|xet)|\b(?:duoc|da) (?:cong nhan|phan hang|xep hang|cap giay)|\bdat (?:hang|sao|ocop|chuan|\d)|\bphe duyet ket qua\b")  # fmt: skip
#: Something is wrong with these products; whether their stars ended, a person must say.
_DOUBT = re.compile(r"\b(?:(?:tam )?dinh chi|tam dung su dung|vi pham|xu phat|bi xu ly|canh cao|bi khieu nai|bi to cao|hang gia|gia mao|kem chat luong|khong an toan)\b")  # fmt: skip
_RECOGNISED = re.compile(r"\b(?:cong nhan|phan hang|xep hang|san pham ocop|ocop)\b")


def sayings_in(text: str, place: str) -> list[Saying]:
    """Find the words of *text* that tell the kind; the strongest first of each kind."""
    own = " ".join(nfc(text).split())
    plain = " ".join(fold(text).split())
    left = plain
    if not re.search(_NOT_ANY_MORE, left):
        left = _STANDS.sub(" | ", _SOON.sub(" | ", left))
    found = []
    for kind, pattern in (
        (ListKind.WITHDRAWN, _WITHDRAWN), (ListKind.EXPIRED, _EXPIRED), (ListKind.RENEWED, _AGAIN),
        (ListKind.REGISTERED, _REGISTERED), (ListKind.POINTS_OF_SALE, _OUTLETS),
        (ListKind.VILLAGES, _VILLAGES), (ListKind.RECOGNISED, _RESULT), (ListKind.RECOGNISED, _RECOGNISED),
    ):  # fmt: skip
        match = pattern.search(left)
        if match:
            at = plain.find(match[0])
            shown = own[at : at + len(match[0])] if len(own) == len(plain) and at >= 0 else match[0]
            found.append(Saying(kind, match[0], place, shown))
            left = (_TAKEN_BACK if pattern is _WITHDRAWN else pattern).sub(" | ", left)
    if _STANDS.search(plain) and not found:
        found.append(Saying(ListKind.RECOGNISED, _STANDS.search(plain)[0], place))  # type: ignore[index]
    return found


def is_soon(text: str) -> bool:
    """True if *text* speaks of products that will end, and have not."""
    return bool(_SOON.search(fold(text)))


@lru_cache(maxsize=1024)  # notes, states and stars of a list are few
def ended_by(text: str) -> ListKind | None:
    """Tell the end that a note, a status or a cell of stars speaks of: withdrawn, expired, or None."""
    plain = " ".join(fold(text).split())
    if not plain:
        return None
    if not re.search(_NOT_ANY_MORE, plain):
        plain = _STANDS.sub(" | ", _SOON.sub(" | ", plain))
    if _WITHDRAWN.search(plain):
        return ListKind.WITHDRAWN
    own = " ".join(nfc(text).casefold().split())
    ended = _EXPIRED.search(plain) or _ROW_ENDED.search(plain) or _ROW_ENDED_MARKED.search(own)
    return ListKind.EXPIRED if ended else None


def state_ended(text: str) -> bool:
    """True if a state that is one or two words long says that all is over: "Đã hủy", "Tạm dừng"."""
    return bool(_STATE_ENDED.fullmatch(" ".join(re.findall(r"\w+", fold(text)))))


def judged(texts: Sequence[tuple[str, str]], *, stars: bool, products: bool) -> Judgement:
    """The kind of what stands below *texts*: (words, place) of title lines, sheet and file.

    :param stars: the list has a column of stars.
    :param products: it has a column of products.
    """
    said = [one for text, place in texts for one in sayings_in(text, place)]
    by = {one.kind: one for one in reversed(said)}
    whole = " | ".join(fold(text) for text, _ in texts)
    ending = [one for one in said if one.kind.ends_stars]
    if ending:
        return _ending(by, ending, said, whole)
    if not products and (ListKind.POINTS_OF_SALE in by or ListKind.VILLAGES in by):
        kind = ListKind.POINTS_OF_SALE if ListKind.POINTS_OF_SALE in by else ListKind.VILLAGES
        return Judgement(kind, True, (by[kind],))
    result = next((one for one in said if _RESULT.search(one.words)), None)
    soon = any(is_soon(text) for text, _ in texts)
    if ListKind.REGISTERED in by and result is None:
        return Judgement(ListKind.REGISTERED, not soon, (by[ListKind.REGISTERED],))
    if ListKind.REGISTERED in by and re.search(r"du thao|dang ky|du kien|to trinh", whole):
        return Judgement(
            ListKind.RECOGNISED, False, (by[ListKind.REGISTERED], *([result] if result else []))
        )
    kind = ListKind.RENEWED if ListKind.RENEWED in by else ListKind.RECOGNISED
    doubts = _doubts(texts)
    if doubts:
        return Judgement(kind, False, (*(by[one] for one in (kind,) if one in by), *doubts))
    told = tuple(by[one] for one in (kind, ListKind.RECOGNISED) if one in by)[:1]
    return Judgement(kind, not soon, told)


def _doubts(texts: Sequence[tuple[str, str]]) -> list[Saying]:
    """Words of titles after which nobody would say that the stars simply stand."""
    found = []
    for text, place in texts:
        match = _DOUBT.search(" ".join(fold(text).split())) if place != "column" else None
        if match:
            found.append(Saying(ListKind.WITHDRAWN, match[0], place))
    return found


def _ending(
    by: dict[ListKind, Saying], ending: list[Saying], said: list[Saying], whole: str
) -> Judgement:
    """A title that speaks of an end: sure where nothing beside it speaks of stars that were given."""
    kind = ListKind.WITHDRAWN if ListKind.WITHDRAWN in by else ListKind.EXPIRED
    first = min(whole.find(one.words) for one in ending)
    given = [one for one in said if one.kind.gives_stars or one.kind is ListKind.REGISTERED]
    before = [
        one
        for one in given
        if one.words not in ("ocop", "san pham ocop") and -1 < whole.find(one.words) < first
    ]
    again = [one for one in given if one.kind is ListKind.RENEWED or _RESULT.search(one.words)]
    in_file_only = all(one.place == "file" for one in ending)
    years = [
        int(year) for year in re.findall(r"het (?:han|hieu luc)[^|]{0,25}?\b(20\d\d)\b", whole)
    ]
    future = max(years, default=0) > today().year
    sure = not before and not again and not in_file_only and not future
    return Judgement(kind, sure, tuple(dict.fromkeys((*ending, *before, *again))))
