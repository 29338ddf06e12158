"""The words of a cell, as every reader of a value sees them. Used by the readers of days, stars, …"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from labelsvc.catalogue.importing.files.formula import Unsaved
from labelsvc.catalogue.importing.files.read import Cell
from labelsvc.i18n import nfc

#: What a spreadsheet shows where a formula fails, in every language that we have met.
ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|BUSY!|FIELD!|GETTING_DATA|TÊN\?|ERR!)|Err:\d{3}|#{3,}", re.IGNORECASE)  # fmt: skip
#: The letter of Iceland that looks like Đ, and is typed for it.
_ETH = str.maketrans("Ðð", "Đđ")
#: Hyphens that word processors put for the plain one.
_HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-", "\u00ad": None})
_TYPED_FOR_OTHERS = re.compile("[Ðð\u2010\u2011\u00ad]")
HANOI = timezone(timedelta(hours=7))


def text_of(cell: Cell) -> str:
    """The words of a cell; a number without the ".0" that spreadsheets add."""
    if isinstance(cell, str):
        return cell.strip() if cell.isascii() else _vietnamese(cell)
    if cell is None or isinstance(cell, Unsaved):
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        if cell.tzinfo is not None:
            cell = cell.astimezone(HANOI)
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return nfc(str(cell)).strip()


@lru_cache(maxsize=256)  # each cell is read many times, one row after the other
def _vietnamese(cell: str) -> str:
    text = nfc(cell)
    if _TYPED_FOR_OTHERS.search(text):
        text = text.translate(_HYPHENS).translate(_ETH)
    return text.strip()
