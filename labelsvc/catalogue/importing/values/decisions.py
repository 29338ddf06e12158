"""Decisions that a text names, and what each of them did: gave the stars, was replaced, withdrew them.

"1234/QĐ-UBND ngày 15/5/2025 (thay thế 99/QĐ-UBND ngày 01/3/2022)" → the first gives, the second was
replaced. Decisions of the Prime Minister (QĐ-TTg) are the law they rest on and give nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from labelsvc.catalogue import fields
from labelsvc.catalogue.importing.files.read import Cell
from labelsvc.catalogue.importing.values.days import days_in
from labelsvc.catalogue.importing.values.plain import text_of
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

Role = Literal["gives", "replaced", "amended", "withdraws", "basis"]

_WITHDRAWS = re.compile(r"\b(?:thu hoi|huy bo|bai bo|cham dut|tuoc)\b")
_OTHER = re.compile(
    r"\b(?:thay the|thay cho|thay|sua doi|bo sung|dieu chinh|dinh chinh|huy bo|bai bo|truoc day|truoc do|cu|can cu|lan dau|lan 1)\b"
)
#: Said behind a decision: it is over.
_PASSIVE = re.compile(r"\b(?:duoc|bi|da)\s+(?:duoc |bi )?(?:thay the|thay|huy bo|bai bo|het hieu luc)|\bhet hieu luc\b|\((?:qd |quyet dinh )?cu\)")  # fmt: skip
_AMENDED = re.compile(r"\b(?:duoc|bi|da)\s+(?:duoc |bi )?(?:sua doi|dieu chinh|bo sung|dinh chinh)")
#: A sheet's name cannot hold a stroke: "QĐ 1147-QĐ-UBND 4.3.2024".
_SHEET = re.compile(r"(?<!\d)(\d{1,6})\s*[-_ .]+\s*(?=[qQ][đĐdD]\s*[-–_ ]?\s*[A-Za-zĐđ])")
_SIGNER = re.compile(
    r"(?i)\b(?:của|do|bởi)\s+((?:chủ tịch\s+)?(?:ubnd|uỷ ban nhân dân|ủy ban nhân dân|bộ|sở|văn phòng)[^,;.()\n]*)"
)


@dataclass(frozen=True)
class Mention:
    """A decision that a text names. *signer*: who it says decided, "UBND huyện Gia Lâm"."""

    number: str
    day: date | None
    role: Role
    signer: str = ""


def mentions(text: str) -> list[Mention]:
    """Every decision of *text* in its order.

    :raises BadInput: a day that the calendar does not have.
    """
    found = fields.find_decisions(text)
    made = []
    for index, match in enumerate(found):
        before = text[found[index - 1].end() if index else 0 : match.start()]
        after = text[
            match.end() : found[index + 1].start() if index + 1 < len(found) else len(text)
        ]
        # The words that lead to the next decision are not about this one.
        own = re.split(
            r"(?i)thay thế|thay cho|sửa đổi|bổ sung|điều chỉnh|thu hồi|hủy bỏ|căn cứ", after
        )[0]
        number = fields.decision_spelling(match)
        days = days_in(own)
        if not days and index == 0 and len(found) == 1:
            days = days_in(before) or days_in(after)
        signer = _SIGNER.search(own)
        made.append(
            Mention(number, days[0] if days else None, _role(number, fold(before), fold(after), index),
                    signer[1].strip() if signer else "")
        )  # fmt: skip
    return made


def _role(number: str, before: str, after: str, index: int) -> Role:
    if number.endswith("-TTG"):
        return "basis"
    passive, amended = _PASSIVE.search(after), _AMENDED.search(after)
    if amended:
        return "amended"
    if passive:
        return "replaced"
    words = before[-60:]
    others = [m[0] for m in _OTHER.finditer(words)]
    if index and _is_passive(words):
        return "gives"  # "được thay thế bởi QĐ …"
    if _WITHDRAWS.search(words):
        return "withdraws"
    if any(word != "can cu" for word in others):
        return "replaced"
    return "basis" if "can cu" in others else "gives"


def _is_passive(words: str) -> bool:
    return bool(_PASSIVE.search(words) or _AMENDED.search(words)) or bool(
        re.search(r"thay the (?:boi|bang)", words)
    )


@lru_cache(maxsize=2048)  # a list has few decisions and names them in every row
def giving(text: str) -> Mention | None:
    """The one decision of *text* that recognises; None where it names none.

    :raises BadInput: it names several, or only such as were replaced.
    """
    found = [one for one in mentions(text) if one.role != "basis"]
    giving = {one.number: one for one in reversed(found) if one.role == "gives"}
    if any(one.role == "amended" for one in found) or len(giving) > 1 or (found and not giving):
        days = {(one.number, one.day) for one in giving.values()}
        if len(days) != 1 or any(one.role == "amended" for one in found):
            raise BadInput(
                "The cell names several decisions: {numbers}.",
                fix="Leave the one that recognises the product.",
                numbers=", ".join(dict.fromkeys(one.number for one in found)),
            )
    return next(iter(giving.values()), None)


def withdrawing(text: str) -> Mention | None:
    """The decision of *text* that withdraws: one that says so, else its only one."""
    found = [one for one in mentions(text) if one.role != "basis"]
    said = [one for one in found if one.role == "withdraws"]
    if said:
        return said[-1]
    return found[0] if len(found) == 1 and found[0].role == "gives" else None


def in_sheet_name(name: str) -> Mention | None:
    """The decision that the name of a sheet says, with its day."""
    try:
        found = mentions(_SHEET.sub(r"\1/", name))
    except BadInput:
        return None
    return found[0] if len(found) == 1 and found[0].role == "gives" and found[0].day else None


def decision_of(cell: Cell) -> tuple[str, date | None, str]:
    """Number, day and signer of a cell such as "QĐ số 1147/QĐ-UBND ngày 04/3/2024 của UBND TP".

    :raises BadInput: no decision number in it, or several that may count.
    """
    text = text_of(cell)
    if not text or text in ("-", "–", "—"):
        return "", None, ""
    found = giving(text)
    if found is None:
        raise BadInput(
            "“{text}” is not the number of a decision.", fix="Write it in full, such as 1147/QĐ-UBND.",
            text=text[:60],
        )  # fmt: skip
    return found.number, found.day, found.signer
