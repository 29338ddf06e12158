"""Settings: holds what a print shop asks for: bleed, marks, inks, condition, imposition. Used by press files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from labelsvc.errors import BadInput
from labelsvc.labels.press import ink
from labelsvc.labels.press.imposition import CropMarks, Imposition
from labelsvc.labels.press.ink import Cmyk
from labelsvc.labels.press.palette import Spot, check_spots
from labelsvc.labels.press.xmp import EPOCH

Standard = Literal["pdfx4", "none"]

#: Labels of one file; a print shop takes larger runs in several.
MOST_LABELS = 200_000
#: Pages of one file: about 16 kB each stay in memory until it is written.
MOST_PAGES = 15_000
#: How a die line looks on a screen.
DIE_LOOK: Cmyk = (0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class PressSettings:
    """The wishes of the print shop. Inks are 0..1.

    spots and process: colour names of the layout -> spot ink, or exact process inks. *icc*: the
    operator's output profile; without it there is no PDF/X-4. *condition*: the name that the print shop
    gives it; without one the file names the profile itself. *die_line*: name of a spot for the
    outline of the cut, "" for none. *vector*: symbols as one outline instead of a 1-bit mask.
    """

    bleed_mm: float = 2.0
    marks: CropMarks | None = field(default_factory=CropMarks)
    spots: Mapping[str, Spot] = field(default_factory=dict)
    process: Mapping[str, Cmyk] = field(default_factory=dict)
    overprint_black: bool = True
    icc: bytes | None = None
    condition: str = ""
    standard: Standard = "pdfx4"
    imposition: Imposition | None = None
    vector: bool = False
    die_line: str = ""
    made: datetime = EPOCH

    def check(self) -> None:
        """Raises `BadInput` for a value that no press can do."""
        marks = self.marks
        sound = 0 <= self.bleed_mm <= 20 and (
            marks is None
            or (
                0 <= marks.offset_mm <= 30
                and 1 <= marks.length_mm <= 30
                and 0.1 <= marks.weight_pt <= 2
            )
        )
        if not sound:
            raise BadInput(
                "This bleed or these crop marks are impossible",
                fix="Give a bleed from 0 to 20 mm and marks of 1 to 30 mm.",
            )
        check_spots((*self.spots.values(), *self._die()))
        if any(not 0 <= v <= 1 for inks in self.process.values() for v in inks):
            raise BadInput("Inks are given from 0 to 1", fix="Write 100 % as 1.")
        for inks in self.process.values():
            if sum(inks) > ink.INK_LIMIT:
                raise BadInput(
                    "{percent} % of ink does not dry",
                    fix="Stay at or below {most} % over all four inks.",
                    percent=round(sum(inks) * 100),
                    most=round(ink.INK_LIMIT * 100),
                )

    def _die(self) -> tuple[Spot, ...]:
        return (Spot(self.die_line, DIE_LOOK),) if self.die_line else ()

    @property
    def die_inks(self) -> tuple[ink.Ink, ...]:
        """The spot of the die line, if there is one."""
        return (ink.Ink(DIE_LOOK, self.die_line),) if self.die_line else ()
