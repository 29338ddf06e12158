"""Codes told by their ends: who has a whole code can show its page, so none is kept in words."""

from __future__ import annotations

import re
from typing import Final

#: Characters of what is no code of ours, as far as they are kept.
LONGEST: Final = 300
#: What may be a whole code, also in an address of somebody else or in groups of four as it is printed
#: under the symbol: no word and no number of a document is so long.
_WHOLE = re.compile(r"[0-9A-Za-z]{20,}|(?:[0-9A-Za-z]{4}[ -]){4,}[0-9A-Za-z]{4}")


def code_by_ends(code: str) -> str:
    """What was read as far as it may be kept: an address with its host, whole codes by their ends."""
    return without_codes(code.strip())[:LONGEST]


def without_codes(text: str) -> str:
    """*text* with everything that may be a whole code told by its ends."""
    return _WHOLE.sub(lambda found: f"{found[0][:4]}…{found[0][-4:]}", text)
