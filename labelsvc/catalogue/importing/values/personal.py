"""Telephones, tax codes and personal ids that stand inside an address or a name: they leave it.

Pure. An address and a name are published on scan pages and labels; a personal id never is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LABEL = r"(?:số\s*)?(?:đt|đth|sđt|điện thoại|đ\.?t|dt|sdt|tel|phone|hotline|zalo|di động|mobile|lh|liên hệ)\s*(?:liên hệ)?\s*[:.\-]*\s*"
_PHONE_BODY = r"(?:\+\s?84|(?<!\d)84(?=[\s.\-]?[35789])|\(0\d{1,3}\)|0)(?:[\s.\-]{0,2}\d){6,10}"
_PHONE = re.compile(rf"(?i)(?:\b{_LABEL})?(?<![\d/])({_PHONE_BODY})(?![\d/])")
_LABELLED = re.compile(rf"(?i)\b{_LABEL}((?:\+?\d[\d\s.\-]{{5,14}}\d))")
_ID = re.compile(r"(?i)(?:\b(?:số\s*)?(?:cccd|cmnd|cmtnd|cmt|căn cước(?: công dân)?|định danh(?: cá nhân)?|chứng minh(?: nhân dân)?)(?:\s*số)?\s*[:.\-]*\s*)(\d{3}[\s.]?\d{3}[\s.]?\d{3}(?:[\s.]?\d{3})?)(?!\d)")  # fmt: skip
_BARE_ID = re.compile(r"(?<![\d\-/.])(0\d{2}[\s.]?[0-3]\d{2}[\s.]?\d{3}[\s.]?\d{3})(?![\d\-/.])")
_TAX = re.compile(
    r"(?i)\b(?:mst|mã số thuế|msdn)\s*[:.\-]*\s*(\d{10}(?:[\s\-]?\d{3})?|\d{12})(?!\d)"
)
_LEFT = re.compile(rf"(?i)(?:^|[\s,;(\-–])(?:{_LABEL.strip()})(?=$|[\s,;)\-–])")


_DIGIT = re.compile(r"\d")
#: Digits of the shortest number that leaves a text.
_FEWEST = 7


@dataclass(frozen=True)
class Cleaned:
    """A text without numbers of people, and what was taken out of it."""

    text: str
    phones: tuple[str, ...] = ()
    tax_codes: tuple[str, ...] = ()
    ids: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.phones or self.tax_codes or self.ids)


def cleaned(text: str) -> Cleaned:
    """*text* without telephones, tax codes and personal ids."""
    if len(_DIGIT.findall(text)) < _FEWEST:
        return Cleaned(text)
    taxes: list[str] = []
    phones: list[str] = []
    ids = 0

    def tax(found: re.Match[str]) -> str:
        taxes.append(re.sub(r"\s", "", found[1]))
        return " "

    def phone(found: re.Match[str]) -> str:
        number = found[1].strip(" .-")
        digits = re.sub(r"\D", "", number)
        if not 9 <= len(digits) <= 12 or (digits.startswith("01") and len(digits) == 10):
            return found[0]  # a tax code or another number: no telephone begins so
        phones.append(" ".join(number.replace("(", "").replace(")", " ").split()))
        return " "

    made = _TAX.sub(tax, text)
    made, count = _ID.subn(" ", made)
    ids += count
    made, count = _BARE_ID.subn(" ", made)
    ids += count
    made = _LABELLED.sub(phone, _PHONE.sub(phone, made))
    if not (taxes or phones or ids):
        return Cleaned(text)
    return Cleaned(_tidied(made), tuple(phones), tuple(taxes), ids)


def _tidied(text: str) -> str:
    """Without labels and brackets that nothing stands behind any more."""
    made = _LEFT.sub(" ", text)
    made = re.sub(r"\(\s*[,;:/\-–]*\s*\)|\[\s*\]", " ", made)
    made = (
        re.sub(r"\([^()]*$", lambda m: m[0][1:], made)
        if made.count("(") > made.count(")")
        else made
    )
    made = re.sub(r"\s*([,;])\s*(?:[,;/\-–]\s*)+", r"\1 ", made)
    made = " ".join(made.split())
    made = re.sub(r"\s+([,;)])", r"\1", made)
    return made.strip(" ,;:-–/")
