"""Placement: says which cells of the page the labels of one file take, and how the page is bent.
Used by the writers of PDF, their read-back, and the parts of a run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from labelsvc.labels.sheets.profile import NO_CORRECTION, Profile

Order = Literal["across", "down"]


@dataclass(frozen=True, slots=True)
class Placement:
    """`start_at` and `used` are cells of the first page, counted from 1 along the rows. `spares`
    labels without a symbol follow the others. `profile` corrects what the printer does."""

    start_at: int = 1
    used: Collection[int] = ()
    order: Order = "across"
    spares: int = 0
    profile: Profile = NO_CORRECTION


#: From the first cell on, without spares, for a printer that needs no correction.
USUAL = Placement()
