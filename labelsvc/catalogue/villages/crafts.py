"""Crafts: the list of crafts by which villages are counted and found. Used by forms, lists, pages and figures.

The list is data (catalogue/data/crafts.toml); docs/crafts.md says what it rests on.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from labelsvc.errors import BadInput
from labelsvc.i18n import fold, nfc
from labelsvc.resources import folder

#: Groups of rural crafts, Decree 52/2018/NĐ-CP art. 4; those that no craft of the list belongs to are left out.
GROUPS: Final[Mapping[int, str]] = {
    1: "Processing of farm, forest and water products",
    2: "Handicrafts and fine arts",
    3: "Materials for other crafts",
    4: "Wood, bamboo, pottery, glass, textiles and small metalwork",
    5: "Ornamental plants and animals",
}


@dataclass(frozen=True)
class Craft:
    """One craft; *code* is kept in the database, *says* are words of lists.

    Words without marks are looked for in a text without marks, "rèn" with its own: "ren" is lace.
    """

    code: str
    group: int
    vi: str
    en: str
    says: tuple[str, ...]

    def name(self, language: str = "vi") -> str:
        return self.en if language == "en" else self.vi

    @property
    def key(self) -> str:
        """Give the text that a search looks into."""
        return fold(" ".join((self.vi, self.en, *self.says)))


@lru_cache(maxsize=1)
def crafts() -> Mapping[str, Craft]:
    """Every craft of the list by its code."""
    with (folder("catalogue") / "data" / "crafts.toml").open("rb") as file:
        rows = tomllib.load(file)["craft"]
    return {
        row["code"]: Craft(row["code"], row["group"], row["vi"], row["en"], tuple(row["says"]))
        for row in rows
    }


def checked(code: str | None) -> str:
    """*code* of the list, or "" for none. :raises BadInput: it is something else."""
    code = (code or "").strip()
    if code and code not in crafts():
        raise BadInput(
            "There is no craft “{code}”.", fix="Choose a craft of the list.",
            field="craft_code", code=code[:40],
        )  # fmt: skip
    return code


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(rf"\b{re.escape(word)}\b"), craft.code)
        for craft in crafts().values()
        for word in {_bare(fold(craft.vi)), _bare(fold(craft.en)), *craft.says}
    )


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def named(text: str) -> str:
    """Code of the craft that the cell of a list names; "" where none is.

    Of several the one that comes first, as lists name the main craft first; of those, the longest words.
    """
    plain, marked = _bare(fold(text)), _bare(nfc(text).lower())
    hits = [
        (match.start(), -len(match.group()), code)
        for pattern, code in _words()
        if (match := pattern.search(plain if pattern.pattern.isascii() else marked))
    ]
    return min(hits)[2] if hits else ""


def with_word(word: str) -> list[str]:
    """Codes of the crafts whose name or words hold *word*, which is folded."""
    return [code for code, craft in crafts().items() if word in craft.key]
