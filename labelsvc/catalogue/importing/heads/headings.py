"""Rows of a list that are no products: headings of groups and places, totals, signatures, page numbers.

What a heading says holds for the rows below it: place, decision, kind, stars, group of products.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from labelsvc.catalogue import criteria
from labelsvc.catalogue.importing.files.formula import Unsaved
from labelsvc.catalogue.importing.files.read import Cells
from labelsvc.catalogue.importing.heads.kinds import Judgement, ListKind, Saying, sayings_in
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.catalogue.importing.values.decisions import Mention, mentions
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

Sort = Literal["row", "heading", "total", "signature", "page", "columns", "blank"]

_NUMERAL = re.compile(r"(?:[IVXLivx]{1,6}|[A-Za-zĐđ]|\d{1,3}(?:\.\d{1,2})*)\s*[.)\-–:/]*")
_LEAD = re.compile(r"^(?:[IVX]{1,6}|[A-Z]|\d{1,2}(?:\.\d{1,2})*)\s*[.)\-–:/]+\s*")
_ROMAN = re.compile(r"^(?:[IVX]{1,6}|[A-ZĐ])\b\s*[.)\-–:/]*")
_TOTAL = re.compile(
    r"^(?:tong cong|tong so|tong|cong don|luy ke|cong|tong hop chung)\b(?! (?:dong|ty|nghe|nghiep|trinh|cu|ich|san|hop tac))"
    r"|^(?:cong|tong)\s*[:(]|^danh sach (?:nay )?(?:co|gom)\b|^(?:an dinh|bang chu)\b"
)
_SIGNED = re.compile(
    r"\b(?:noi nhan|nguoi lap|lap bieu|lap bang|chu tich|ky ten|da ky|thu truong|giam doc so|truong phong|pho chu tich|"
    r"chanh van phong|ky,? ghi ro|ghi ro ho ten|nguoi tong hop|xac nhan cua|van thu|luu:? vt|ke toan|can bo tong hop)\b"
    r"|^(?:tm|kt|tl|tuq|q)\s?\.\s?(?:uy ban|ubnd|chu tich|hoi dong|giam doc|\w+)|^(?:t/m|k/t) |^(?:uy ban nhan dan|ubnd)\b|^hoi dong\b"
)
_MOTTO = re.compile(r"\b(?:cong hoa xa hoi|doc lap|hanh phuc)\b")
_DATED = re.compile(r"^[\w\s.]{2,30},\s*ngay\s*[\d.…_\s]*thang")
_PAGE = re.compile(r"^[-–\s]*(?:trang|page)?\s*\d{1,4}(?:\s*/\s*\d{1,4})?[-–\s]*$")
_COLUMN = re.compile(r"^[(\[]?\s*(?:[A-Za-z]|\d{1,2})(?:\s*[=+].*)?\s*[)\]]?$")
_PLACE = re.compile(
    r"^(?:(?:dia ban|khu vuc|thuoc|ubnd|uy ban nhan dan)\s+)?(huyen|quan|thi xa|xa|phuong|thi tran)\s+(?!nhan\b)\w"
)
_COUNT = re.compile(
    r"^[(\s]*(?:tong so\s*:?\s*)?\d{1,4}\s*(?:san pham|sp|chu the|ho|co so|don vi)?[)\s]*$"
)
_STARS = re.compile(
    r"\b(?:hang|dat|ocop|san pham|muc)\b.{0,30}?\b0?([345])\s*sao\b|^0?([345])\s*sao\b|^san pham 0?([345])\s*sao"
)
_OWNER = re.compile(
    r"^(?:htx|hop tac xa|cong ty|cty|ho kinh doanh|hkd|ho kd|co so|to hop tac|tht|doanh nghiep|dntn|trang trai|lien hiep|chu the\s*:)\b"
)
_BODY = re.compile(r"(?i)\b(?:ubnd|uỷ ban nhân dân|ủy ban nhân dân)\s+((?:huyện|quận|thị xã|thành phố|tp\.?|xã|phường)\s+[^\W\d]+(?:\s+[^\W\d]+){0,2})")  # fmt: skip
_ANNEX = re.compile(r"^(?:phu luc|bieu so|bieu|danh sach|bang)\b")


@dataclass
class Context:
    """The facts that title, sheet name and headings gave for the rows below them."""

    judgement: Judgement
    group: criteria.Group | None = None
    set_number: int | None = None
    commune: str = ""
    district: str = ""
    owner: str = ""
    stars: int | None = None
    decision: Mention | None = None
    decision_from: str = ""
    decision_words: str = ""
    #: Body that signs at the top of the list: "UBND huyện Thanh Oai".
    body: str = ""
    #: Whether the heading that spoke of an end was numbered I, II, A, B …
    ended_at: str = ""
    #: Numbers of the decisions that give four stars or more in this list; asked once.
    of_the_city: Callable[[], frozenset[str]] = frozenset
    #: Words of an end below which no product has stood yet.
    waiting: tuple[Saying, ...] = field(default_factory=tuple)


def texts_of(row: Cells) -> list[str]:
    """The words of a row's filled cells."""
    return [text for cell in row if (text := cells.text_of(cell))]


def sort_of(row: Cells, said: list[str], *, signed: bool, lead: int | None) -> Sort:
    """Tell the sort of a row. *said*: its words; *signed*: a signature stood above; *lead*: column of products."""
    if any(isinstance(cell, Unsaved) for cell in row):
        return "total" if said and _TOTAL.match(fold(said[0])) else "row"
    if not said:
        return "blank"
    bare = [text for text in said if not _NUMERAL.fullmatch(text)]
    numbered = re.fullmatch(r"\d{1,4}\.?", said[0]) is not None and len(said) > 1
    if len(said) == 1 and _PAGE.match(fold(said[0])):
        return "page"
    if all(_COLUMN.match(text) for text in said) and len(said) > 2 and not _has_words(said):
        return "columns"
    if numbered and len(bare) > 3 and len(set(bare)) > 1:
        return "row"  # as nearly all are
    plain = [fold(text) for text in said]
    first = fold(bare[0]) if bare else ""
    if _TOTAL.match(first) and (not numbered or len(bare) < 3):
        return "total"
    if len(bare) <= 3 and not (numbered and len(bare) > 2):
        if any(_SIGNED.search(text) for text in plain) and not _numbered_product(
            row, lead, numbered
        ):
            return (
                "heading"
                if _PLACE.match(_unled(first))
                and len(bare) == 1
                and not _SIGNED.match(_unled(first))
                else "signature"
            )
        if any(_MOTTO.search(text) or _DATED.match(text) for text in plain):
            return "signature"
    if signed and len(bare) <= 2 and not numbered:
        return "signature"
    different = set(bare)
    if len(different) > 1:
        rest = [text for text in bare[1:] if not _COUNT.match(fold(text))]
        return "heading" if not rest and not numbered else "row"
    if not different:
        return "page" if len(said) == 1 else "columns"
    if numbered and not is_heading_text(bare[0]):
        return "row"
    return "heading"


def _numbered_product(row: Cells, lead: int | None, numbered: bool) -> bool:
    return numbered and lead is not None and lead < len(row) and bool(cells.text_of(row[lead]))


def _has_words(said: list[str]) -> bool:
    return any(len(text) > 6 and text.isalpha() for text in said)


def is_heading_text(text: str) -> bool:
    """True if one text alone in its row heads what follows, whatever its number."""
    plain = _unled(fold(text))
    return bool(
        _PLACE.match(plain) or _OWNER.match(plain) or _ANNEX.match(plain) or _STARS.search(plain)
        or criteria.find_group(plain) or criteria.find_set(plain) or _says_ending(plain)
        or (text.isupper() and len(text) > 3)
    )  # fmt: skip


def _says_ending(plain: str) -> bool:
    return any(one.kind.ends_stars for one in sayings_in(plain, "heading"))


def _unled(plain: str) -> str:
    return re.sub(r"^(?:[ivx]{1,6}|[a-z]|\d{1,2}(?:\.\d{1,2})*)\s*[.)\-–:/]+\s*", "", plain)


def level_of(said: list[str]) -> str:
    """ "upper" for a heading numbered I, II, A, B; "lower" for 1, 2, 1.1; "" for none."""
    if _ROMAN.match(said[0]) and (len(said) > 1 or _LEAD.match(said[0])):
        return "upper"
    if re.match(r"^(?:phụ lục|biểu|bảng)\b", said[0], re.IGNORECASE):
        return "upper"
    return "lower" if re.match(r"^\d", said[0]) else ""


def entered(context: Context, said: list[str]) -> Context:
    """*context* with what the heading of the words *said* adds or changes."""
    bare = [text for text in said if not _NUMERAL.fullmatch(text)]
    if not bare:
        return context
    text = _LEAD.sub("", bare[0]).strip() or bare[0]
    plain = fold(text)
    context = replace(context)
    _kind(context, text, level_of(said))
    _decision(context, text)
    place = _PLACE.match(plain)
    if place and len(text) <= 80 and not re.search(r"\bdanh sach\b|\bocop\b|\bsan pham\b", plain):
        _place(context, text, place[1])
        return context
    if (
        _OWNER.match(plain)
        and not re.search(r"\b(?:san pham|danh sach)\b", plain)
        and len(text) <= 160
    ):
        context.owner = re.sub(r"(?i)^chủ thể\s*:\s*", "", re.sub(r"\s*[(:]\s*\d+\s*(?:sản phẩm|sp)?\s*\)?$", "", text, flags=re.IGNORECASE))  # fmt: skip
        return context
    stars = _STARS.search(plain)
    if stars:
        context.stars = int(stars[1] or stars[2] or stars[3])
    elif level_of(said) == "upper":
        context.stars = None
    name = re.sub(r"\s*[(:]\s*\d+\s*(?:sản phẩm|sp)?\s*\)?$", "", text, flags=re.IGNORECASE)
    number = criteria.find_set(name)
    if number is not None and not name.isdigit():
        context.set_number, context.group = number, criteria.group_of(number)
    elif group := criteria.find_group(name):
        context.group, context.set_number = group, None
    return context


def spelled(place: str) -> str:
    """ "HUYỆN GIA LÂM" → "huyện Gia Lâm"."""
    if not place.isupper():
        return place
    kind = re.match(r"(?i)(?:thị xã|thị trấn|thành phố|huyện|quận|xã|phường)\s+", place)
    return place[: kind.end()].lower() + place[kind.end() :].title() if kind else place.title()


def _place(context: Context, text: str, kind: str) -> None:
    name = re.sub(
        r"\s*[(:–-]\s*\d+\s*(?:sản phẩm|sp|chủ thể)?.*$", "", text, flags=re.IGNORECASE
    ).strip(" :.")
    name = re.sub(
        r"(?i)^(?:địa bàn|khu vực|thuộc|ubnd|uỷ ban nhân dân|ủy ban nhân dân)\s+", "", name
    )
    name = spelled(name)
    if kind in ("huyen", "quan", "thi xa"):
        context.district, context.commune = name, ""
    else:
        context.commune = name
    context.owner = ""


def _kind(context: Context, text: str, level: str) -> None:
    said = sayings_in(text, "heading")
    ending = next((one for one in said if one.kind.ends_stars), None)
    held = context.judgement
    if ending:
        given = [
            one
            for one in said
            if one.kind is ListKind.RENEWED
            or one.words.startswith(("ket qua", "duoc cong nhan", "da cong nhan"))
        ]
        context.judgement = Judgement(ending.kind, not given, (ending, *given))
        context.ended_at, context.waiting = level or "none", (ending,)
        return
    if held.chosen:
        return
    registered = next((one for one in said if one.kind is ListKind.REGISTERED), None)
    if registered:
        context.judgement = Judgement(ListKind.REGISTERED, True, (registered,))
        context.ended_at = level or "none"
        return
    again = next(
        (
            one
            for one in said
            if one.kind.gives_stars and one.words not in ("ocop", "san pham ocop")
        ),
        None,
    )
    if again is None or held.kind.gives_stars:
        if again is not None and held.sure:
            context.judgement = Judgement(again.kind, True, (again,))
        return
    if context.ended_at == level and level:
        context.judgement, context.ended_at = Judgement(again.kind, True, (again,)), ""
    # Deeper, or on no level that can be compared: what ended stays ended.


def _decision(context: Context, text: str) -> None:
    try:
        found = [one for one in mentions(text) if one.role in ("gives", "withdraws")]
    except BadInput:
        return
    if len({(one.number, one.day) for one in found}) == 1:
        context.decision, context.decision_from, context.decision_words = (
            found[0],
            "heading",
            text[:200],
        )


def body_of(titles: list[str]) -> str:
    """The body whose list it is, by the lines at its top: "UBND huyện Thanh Oai"."""
    for title in titles[:8]:
        found = _BODY.search(" ".join(title.split()))
        if found:
            name = re.split(
                r"(?i)\s+(?:cộng hòa|cộng hoà|về|phê duyệt|công nhận|ban hành|số)\b", found[1]
            )[0]
            return f"UBND {spelled(name.upper())}"
    return ""


def stars_in(titles: list[str]) -> int | None:
    """The stars that a title says of the whole list: "DANH SÁCH SẢN PHẨM OCOP 3 SAO"."""
    found = {
        int(one) for title in titles for one in re.findall(r"(?<!\d)0?([345]) ?sao\b", fold(title))
    }
    return found.pop() if len(found) == 1 and "tiem nang" not in fold(" ".join(titles)) else None


def stands(day: date | None, context: Context) -> Mention | None:
    """The decision of the context, unless the row says another day."""
    held = context.decision
    if held is None or held.day is None or held.role != "gives":
        return None
    return held if day is None or day == held.day else None
