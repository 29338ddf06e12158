"""Stars as lists write them: "4*", "****", ☆, "Bốn (04) sao", "3 sao → 4 sao", "tiềm năng 5 sao".

A text that says two different stars, or that none were given, is refused: a star is never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from labelsvc.catalogue.importing.files.read import Cell
from labelsvc.catalogue.importing.values.plain import text_of
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

_FILLED, _HOLLOW = "★⭐🌟✮✭✯*✱✶", "☆✩✰"
_MARK = rf"(?:sao\b|s\b|[{re.escape(_FILLED + _HOLLOW)}])"
_DIGIT = r"(?<![\d.,/])0?(\d)(?![\d]|[.,]\d)"
_WORD = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "iii": 3, "iv": 4, "v": 5}
_NONE = re.compile(r"\b(?:khong|chua)\b|\bduoi\s+0?\d\s*sao|\b(?:truot|bi loai|rot)\b")
#: Asked for or hoped for, not given.
_WANTED = re.compile(r"\b(?:dang ky|du kien|phan dau|muc tieu|de xuat|huong toi|ky vong)\b")
_POTENTIAL = re.compile(r"\btiem nang\b[^0-9;,(]*(?:0?(\d)\s*(?:sao\b|[*★☆])?)?|\(?\s*0?5\s*(?:sao)?\s*\(?\s*(?:muc )?tiem nang\)?")  # fmt: skip
_POINTS = re.compile(r"\d+(?:[.,]\d+)?\s*(?:/\s*100)?\s*(?:diem|d)\b|\bdiem\b\s*(?:so|tb|:)*\s*\d+(?:[.,]\d+)?(?:\s*/\s*100)?|\d+(?:[.,]\d+)?\s*/\s*100|(?<!\d)\d{2,3}[.,]\d+")  # fmt: skip
_TIME = re.compile(
    r"\b(?:ngay\s*)?\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\b(?:nam\s*)?(?:19|20)\d{2}\b|\bdot\s*\d+"
)
_OUT_OF = re.compile(r"(?<!\d)([345])\s*/\s*5(?!\d)")
_TO = r"(?:->|=>|[-–—]+>|→|⇒|➔|➜|>|\blen\b|\bxuong\b|\bthanh\b|\bsang\b)"
#: "3-4 sao", "3 hoặc 4": nobody says which.
_EITHER = re.compile(r"(?<![\d.,/*])0?([1-5])\s*(?:sao\s*)?(?:[-–/]|\bhoac\b|\bhay\b)\s*0?(?!5\b)[1-5]\s*(?:sao|[*★]|$)|(?<![\d.,/*])0?[1-4]\s*(?:sao\s*)?(?:[-–]|\bhoac\b|\bhay\b)\s*0?5\s*(?:sao|[*★]|$)")  # fmt: skip
_STAR = rf"0?\d\s*\)?\s*{_MARK}?"
#: "3 sao → 4 sao", "từ 3 sao lên 4 sao": what stands before the arrow is over.
_FROM_TO = re.compile(rf"(?:\btu\b\s*)?(?:hang\s*)?0?\d\s*\)?\s*{_MARK}*\s*(?:\bnang\b\s*(?:hang\s*)?)?{_TO}\s*(?=(?:hang\s*)?(?:dat\s*)?0?\d)")  # fmt: skip
_OLD = re.compile(
    rf"(?:\b(?:nang|ha)\s*(?:hang|cap|sao|muc)?\s*tu\b|\btu\b|\btruoc(?: day| do| kia)?\b|\bcu\b|\bhang cu\b|\bthay(?: the| cho)?\b|\blan truoc\b)"
    rf"\s*(?:la|dat|duoc|:|-|hang|ocop)*\s*:?\s*{_STAR}"
)
_OLD_BEHIND = re.compile(rf"{_STAR}\s*\(?\s*(?:cu|truoc day|truoc do)\b\)?")
_NUMBERED = re.compile(rf"{_DIGIT}\s*\)?\s*(?:x\s*)?{_MARK}")
_NAMED = re.compile(r"\b(mot|hai|ba|bon|nam|iii|iv|v)\s*(?:\(\s*0?(\d)\s*\)\s*)?sao\b")
_LOOSE = re.compile(rf"(?:\b(?:hang|sao|ocop|dat|muc|loai)\b\s*:?\s*|^\s*){_DIGIT}")


def stars_of(cell: Cell) -> tuple[int | None, bool]:
    """Stars and whether "tiềm năng 5 sao" is said: that is a note beside 4 stars.

    :raises BadInput: no number of stars in it, or more than one.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if float(cell).is_integer():
            return int(cell), False
        raise _no_stars(str(cell))
    text = text_of(cell)
    if not text or text in ("-", "–", "—", "/"):
        return None, False
    return _stars_in(text)


@lru_cache(maxsize=512)  # a list says them in few ways
def _stars_in(text: str) -> tuple[int | None, bool]:
    plain = re.sub(r"(?<![\d.,])([345])[.,]0+(?![\d.,])", r"\1", " ".join(fold(text).split()))
    if _NONE.search(plain) or _WANTED.search(plain) or _EITHER.search(plain):
        raise _no_stars(text)
    plain = _TIME.sub(" ", plain)
    potential = "tiem nang" in plain
    if potential:
        meant = _POTENTIAL.search(plain)
        if meant is not None and meant[1] not in (None, "5"):
            raise _no_stars(text)
        plain = _POTENTIAL.sub(" ", plain)
    found = _numbers(plain)
    if potential:
        if found <= {4, 5}:
            return 4, True
        raise _no_stars(text)
    if len(found) != 1:
        raise _no_stars(text)
    return found.pop(), False


def _numbers(plain: str) -> set[int]:
    """The stars that the folded text says now, without those that it says were before."""
    if out_of := _OUT_OF.search(plain):
        return {int(out_of[1])}
    plain = _POINTS.sub(" ", plain)
    plain = _FROM_TO.sub(" ", plain)
    plain = _OLD_BEHIND.sub(" ", _OLD.sub(" ", plain))
    named = {_WORD[m[1]] for m in _NAMED.finditer(plain)} | {int(m[2]) for m in _NAMED.finditer(plain) if m[2]}  # fmt: skip
    numbered = named | {int(m[1]) for m in _NUMBERED.finditer(_NAMED.sub(" ", plain))}
    drawn = sum(map(plain.count, _FILLED)) or sum(map(plain.count, _HOLLOW))
    if numbered:
        return numbered | ({drawn} if drawn > 1 else set())
    loose = {int(m[1]) for m in _LOOSE.finditer(plain)}
    if drawn:
        return loose | {drawn}
    if loose:
        return loose
    bare = re.sub(r"\b(?:hang|sao|ocop|dat|muc)\b|[:.\s]", "", plain)
    return {_WORD[bare]} if bare in _WORD else set()


def _no_stars(text: str) -> BadInput:
    return BadInput("“{text}” says no number of stars.", fix="Write 3, 4 or 5.", text=text[:60])
