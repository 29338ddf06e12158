"""Ingredients: takes a list of ingredients as labels write it apart, and sets one from rows. Used by `additives`,
`named`, `nutrition` and catalogue content.

Source: Decree 37/2026/NĐ-CP art. 48.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

_HEAD = re.compile(r"^\s*(?:thành phần|nguyên liệu|ingredients)\b[^:]{0,30}:\s*", re.IGNORECASE)
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_PERCENT = re.compile(rf"{_NUMBER}\s*%")
_AMOUNT = re.compile(rf"{_NUMBER}\s*(kg|mg|µg|mcg|g|ml|l|IU|UI|CFU|kcal)\b", re.IGNORECASE)
_IN_GRAMS = {
    "kg": Decimal(1000),
    "g": Decimal(1),
    "mg": Decimal("0.001"),
    "l": Decimal(1000),
    "ml": Decimal(1),
}
#: Parentheses that hold a quantity and nothing else: the share of what stands before them.
_OWN = re.compile(
    rf"\(\s*(?:≥|>=|>|~|tối thiểu|min\.?)?\s*{_NUMBER}(?:\s*[-–]\s*\d+(?:[.,]\d+)?)?\s*(%[^()]*|kg|mg|µg|g|ml|l)\s*\)"
)
_INNER = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class Item:
    """One ingredient: as written, its name without quantities, its share in %, its mass in g.

    `quantified`: some quantity of it is written, in whatever unit.
    """

    text: str
    name: str
    share: Decimal | None = None
    grams: Decimal | None = None
    quantified: bool = False


def parse(text: str) -> list[Item]:
    """The ingredients of *text*, in its order; those of a compound one stay with it."""
    return [_item(part) for part in split(_HEAD.sub("", text)) if re.search(r"\w", part)]


def split(text: str) -> list[str]:
    """Parts of *text* between commas, semicolons and lines, outside parentheses and figures."""
    parts: list[str] = []
    part, depth = "", 0
    for at, char in enumerate(text):
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(depth - 1, 0)
        decimal = char == "," and before.isdigit() and after.isdigit() and not _codes(text, at)
        full_stop = (
            char == "."
            and after.isspace()
            and not before.isdigit()
            and len(part.split()[-1:] and part.split()[-1]) > 1
        )
        if ((char in ",;\n" and not decimal) or full_stop) and (depth == 0 or char == "\n"):
            parts, part = [*parts, part.strip(" .")], ""
        else:
            part += char
    return [*parts, part.strip(" .")]


def _codes(text: str, comma: int) -> bool:
    """True if a comma stands between two numbers of additives: "451,330"."""
    return bool(
        re.search(r"\d{3,4}$", text[:comma])
        and re.match(r"\d{3,4}(?!\d|\s*[%.,]\d|\s*%)", text[comma + 1 :])
    )


def _item(text: str) -> Item:
    flat = _OWN.sub(lambda found: f" {found[0][1:-1]} ", text)
    while _INNER.search(flat):
        flat = _INNER.sub(" ", flat)
    percent, amount = _PERCENT.search(flat), _AMOUNT.search(flat)
    name = _AMOUNT.sub(" ", _PERCENT.sub(" ", flat))
    grams = None
    if amount is not None and amount[2].lower() in _IN_GRAMS:
        grams = _decimal(amount[1]) * _IN_GRAMS[amount[2].lower()]
    return Item(
        text,
        re.sub(r"\s+", " ", re.sub(r"[≥>~:–-]", " ", name)).strip(" .,"),
        _decimal(percent[1]) if percent else None,
        grams,
        bool(percent or amount or _PERCENT.search(text) or _AMOUNT.search(text)),
    )


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def order_fault(items: list[Item]) -> tuple[Item, Item] | None:
    """Two ingredients of which the later has more mass than the earlier; None where the order fits.

    One without a share has at least as much as all that follow it: where these least shares come to
    more than everything, the order is wrong too.
    """
    for kind in ("share", "grams"):
        given = [item for item in items if getattr(item, kind) is not None]
        for earlier, later in pairwise(given):
            if getattr(later, kind) > getattr(earlier, kind):
                return earlier, later
    least, total = Decimal(0), Decimal(0)
    for item in reversed(items):
        least = max(least, item.share or Decimal(0))
        total += item.share if item.share is not None else least
        if total > Decimal("100.5") and item.share is None and least > 0:
            later = next(one for one in items if one.share == least)
            return item, later
    return None


def total(items: list[Item]) -> Decimal:
    """Sum of the shares that are written, in %."""
    return sum((item.share for item in items if item.share is not None), Decimal(0))
