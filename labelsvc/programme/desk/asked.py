"""Asked: what somebody typed into the one search box, as the tables can be asked for it. Used by finding.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, case, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from labelsvc.accounts.names import TELEPHONE
from labelsvc.i18n import fold

MAX_TEXT: Final = 200
_MAX_WORDS: Final = 8
#: What stands around a word that was copied out of a sentence.
_EDGES: Final = ".,;:/!?\"'“”‘’()[]"
#: Words that say which thing a number is of; folded.
NUMBERED: Final = {
    "report": ("phan anh", "bao cao", "report"),
    "case": ("vu viec", "vu", "case"),
    "run": ("lan in", "dot in", "lenh in", "print run", "run"),
    "withdrawal": ("thu hoi", "de nghi thu hoi", "withdrawal", "recall"),
}
_NUMBER: Final = re.compile(r"(?:([a-z ]*[a-z])\s*)?(?:so |no\.? ?|#|n°)?\s*#?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Asked:
    """The text, its folded words, and what else it may be."""

    text: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Asked:
        cut = " ".join(text.split())[:MAX_TEXT]
        words = (word.strip(_EDGES) for word in fold(cut).split())
        return cls(cut, tuple(word for word in words if word)[:_MAX_WORDS])

    @property
    def folded(self) -> str:
        return " ".join(self.words)

    @property
    def digits(self) -> str:
        """Its digits where it holds nothing else but what numbers are grouped with; else ""."""
        bare = re.sub(r"[\s.()/-]", "", self.text)
        return bare if bare.isascii() and bare.isdigit() else ""

    @property
    def telephone(self) -> str:
        """A telephone number of Vietnam from its 0, digits only; "" for all else."""
        found = TELEPHONE.fullmatch(re.sub(r"[\s.()-]", "", self.text))
        return f"0{found[1]}" if found else ""

    def number_of(self, kind: str) -> int | None:
        """The number, where the text is one ("12", "#12") or names this kind of thing with it ("vụ việc 12")."""
        found = _NUMBER.fullmatch(self.folded)
        if found is None or int(found[2]) >= 2**31:
            return None
        said = (found[1] or "").removesuffix(" so").strip()
        return int(found[2]) if said in ("", "so", *NUMBERED[kind]) else None

    def all_in(
        self, *keys: ColumnElement[str] | InstrumentedAttribute[str]
    ) -> list[ColumnElement[bool]]:
        """One rule a word: it stands in one of *keys*, which are folded."""
        return [or_(*(key.contains(word, autoescape=True) for key in keys)) for word in self.words]

    def rank(self, key: InstrumentedAttribute[str]) -> ColumnElement[int]:
        """Rank a name: called so first, then begun so, then with it at the start of a word."""
        return case(
            (key == self.folded, 0),
            (key.startswith(self.folded, autoescape=True), 1),
            (key.contains(f" {self.folded}", autoescape=True), 2),
            (key.contains(self.folded, autoescape=True), 3),
            else_=4,
        )


def digits_of(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """A telephone column without what people put between the digits; +84 as 0."""
    kept: ColumnElement[str] = func.replace(column, "+84", "0")
    for sign in " .-()":
        kept = func.replace(kept, sign, "")
    return kept
