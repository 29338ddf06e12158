"""Ends of codes: find a code by its first and last characters, so that no whole code is stored."""

from __future__ import annotations

import re
from typing import Final

from labelsvc import letters

#: Characters of what is no code of ours, as far as they are kept.
LONGEST: Final = 300
#: What may be a whole code, also in an address of somebody else or in groups of four as it is printed
#: under the symbol.
_WHOLE = re.compile(r"[0-9A-Za-z]{20,}|\b(?:[0-9A-Za-z]{4}[ -]){4,}[0-9A-Za-z]{4}\b")


def code_by_ends(code: str) -> str:
    """Shorten what was read to what may be kept: an address with its host, whole codes by their ends."""
    return without_codes(letters.shown(code).strip())[:LONGEST]


def without_codes(text: str) -> str:
    """*text* with everything that may be a whole code told by its ends."""
    return _WHOLE.sub(_ends, text)


def _ends(found: re.Match[str]) -> str:
    """Five words of four letters each ("chua thay dung nhan hang") are no code, also beside a year:
    two groups of a code have digits, or all of it is in capitals."""
    groups = re.split("[ -]", found[0])
    if len(groups) > 1 and not found[0].isupper() and sum(map(_has_digit, groups)) < 2:
        return found[0]
    return f"{found[0][:4]}…{found[0][-4:]}"


def _has_digit(group: str) -> bool:
    return any(letter.isdigit() for letter in group)
