"""Profile: holds the correction of a printer, and works it out from what was measured. Used by PDF files,
rolls and the pages of printers.

A user prints the calibration sheet, measures a few distances with a ruler, and types them in;
`measured` turns them into a `Profile`. Millimetres, x to the right and y down from the top left of
the page, degrees clockwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from labelsvc.errors import BadInput

#: Beyond these a number is a slip of the pen, not a property of a printer.
MOST_OFFSET = 20.0
MOST_SCALE = 0.05
MOST_ROTATION = 3.0
RESOLUTIONS = (0, 203, 300, 600, 1200, 2400)

#: Where the marks of the calibration sheet stand on A4: left, right; top, bottom.
CROSSES_X = (20.0, 190.0)
CROSSES_Y = (20.0, 277.0)


@dataclass(frozen=True, slots=True)
class Profile:
    """The correction: it is applied to the page before it is printed.

    `dpi` 0: whatever the layout is made for.
    """

    offset_x: float = 0.0
    offset_y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    rotation: float = 0.0
    dpi: int = 0

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Profile:
        """From JSON; what is missing has its default. Raises `BadInput` for impossible numbers."""
        known = {f.name for f in fields(cls)}
        try:
            numbers: dict[str, Any] = {
                k: float(v) for k, v in kept.items() if k in known and k != "dpi"
            }
            found = replace(cls(dpi=int(kept.get("dpi", 0))), **numbers)
        except (TypeError, ValueError) as error:
            raise BadInput(
                "The printer's numbers cannot be read.", fix="Enter them again."
            ) from error
        found.check()
        return found

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    def check(self) -> None:
        """Raises `BadInput` naming the number that no printer needs."""
        for name, value, usual, most in (
            ("offset_x", self.offset_x, 0.0, MOST_OFFSET),
            ("offset_y", self.offset_y, 0.0, MOST_OFFSET),
            ("scale_x", self.scale_x, 1.0, MOST_SCALE),
            ("scale_y", self.scale_y, 1.0, MOST_SCALE),
            ("rotation", self.rotation, 0.0, MOST_ROTATION),
        ):
            # "not <=" instead of ">": the comparison with a NaN is false.
            if not abs(value - usual) <= most:
                raise BadInput(
                    "{field} is {value}; a printer needs {low} to {high}.",
                    fix="Measure again, in millimetres, on a sheet printed at 100 %.",
                    field=name,
                    value=f"{value:g}",
                    low=f"{usual - most:g}",
                    high=f"{usual + most:g}",
                )
        if self.dpi not in RESOLUTIONS:
            raise BadInput("A printer has 203, 300, 600, 1200 or 2400 dpi.", field="dpi")

    @property
    def changes(self) -> bool:
        """True if it moves anything."""
        plain = Profile(dpi=self.dpi)
        return self != plain

    def place(self, x: float, y: float, width: float, height: float) -> tuple[float, float]:
        """Move the point (x, y) of a page of *width* × *height*: scaled and turned about the middle of the
        page, then moved."""
        a, b, c, d, e, f = self.matrix(width, height)
        return a * x + c * y + e, b * x + d * y + f

    def matrix(
        self, width: float, height: float
    ) -> tuple[float, float, float, float, float, float]:
        """(a, b, c, d, e, f): x' = a x + c y + e, y' = b x + d y + f; mm, y down."""
        turn = math.radians(self.rotation)
        cos, sin = math.cos(turn), math.sin(turn)
        a, b = self.scale_x * cos, self.scale_x * sin
        c, d = -self.scale_y * sin, self.scale_y * cos
        mx, my = width / 2, height / 2
        return (
            a, b, c, d,
            mx - a * mx - c * my + self.offset_x,
            my - b * mx - d * my + self.offset_y,
        )  # fmt: skip


#: Of a printer that needs none.
NO_CORRECTION = Profile()


def measured(
    *,
    left: float,
    right: float,
    top: float,
    bottom: float,
    slope: float = 0.0,
    dpi: int = 0,
    page: tuple[float, float] = (210.0, 297.0),
) -> Profile:
    """The profile that corrects what was measured on a printed calibration sheet.

    :param left, right: from the left edge of the paper to the left and to the right cross of the
        middle line; they stand at `CROSSES_X`.
    :param top, bottom: from the top edge to the upper and to the lower cross; at `CROSSES_Y`.
    :param slope: how much lower the right end of the top line is than its left end.
    :raises BadInput: numbers that no printer gives.
    """
    if not left < right or not top < bottom:
        raise BadInput(
            "The second distance must be longer than the first.",
            fix="Measure both from the same edge of the paper.",
        )
    wide, high = CROSSES_X[1] - CROSSES_X[0], CROSSES_Y[1] - CROSSES_Y[0]
    scale_x, scale_y = wide / (right - left), high / (bottom - top)
    rotation = -math.degrees(math.atan2(slope, right - left))
    # Where the printer puts the middle of the page, seen from where it should be.
    drift_x = (left + right) / 2 - sum(CROSSES_X) / 2
    drift_y = (top + bottom) / 2 - sum(CROSSES_Y) / 2
    mid_x, mid_y = sum(CROSSES_X) / 2 - page[0] / 2, sum(CROSSES_Y) / 2 - page[1] / 2
    profile = Profile(
        round(-drift_x * scale_x - mid_x * (scale_x - 1), 3),
        round(-drift_y * scale_y - mid_y * (scale_y - 1), 3),
        round(scale_x, 5),
        round(scale_y, 5),
        round(rotation, 3),
        dpi,
    )
    profile.check()
    return profile


def moved(*, left: float, top: float, cross: tuple[float, float], dpi: int) -> Profile:
    """The profile of a label printer from what was measured on its calibration label.

    :param left, top: from the left and from the upper edge of the label to the cross, mm.
    :param cross: how far it should be (`printers.label.cross_of`).
    :raises BadInput: numbers that no printer gives.
    """
    for field, value, should in (("left", left, cross[0]), ("top", top, cross[1])):
        if not abs(value - should) <= MOST_OFFSET:  # also false for a NaN
            raise BadInput(
                "The cross cannot be {off} mm off.",
                fix="Measure again, in millimetres, from the edge of the label that the mark names.",
                off=f"{abs(value - should):g}",
                field=field,
            )
    profile = Profile(round(cross[0] - left, 3), round(cross[1] - top, 3), dpi=dpi)
    profile.check()
    return profile
