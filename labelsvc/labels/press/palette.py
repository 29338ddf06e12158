"""Palette: holds the inks of one press job, process or spot, and notes which were used. Used by plates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from labelsvc.errors import BadInput
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf import paint
from labelsvc.labels.press.ink import BLACK, Cmyk, Ink, Separate, black_alone, rgb

#: Resource names of the colour space of all plates and of the two overprint states.
ALL, OVER, KNOCK = "CsAll", "GsOver", "GsKnock"
_HEX = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Spot:
    """A spot ink: its name in the print shop's fan, its likeness in CMYK (0..1), its tint."""

    name: str
    cmyk: Cmyk
    tint: float = 1.0


@dataclass
class Palette:
    """Inks by the colours of `layout`, which is the given layout with each colour of its own that
    has stated inks made unique, so that two names of one look can be two inks."""

    layout: Layout
    separate: Separate
    stated: Mapping[str, Ink]  # by #rrggbb of `layout`
    names: Mapping[str, str]  # #rrggbb -> name in the layout
    used: dict[str, Ink] = field(default_factory=dict)
    forced: dict[str, None] = field(default_factory=dict)  # words of a rich colour, set in black
    _known: dict[tuple[str, str], Ink] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        layout: Layout,
        separate: Separate,
        *,
        spots: Mapping[str, Spot],
        process: Mapping[str, Cmyk],
    ) -> Palette:
        """Raises `BadInput` for a name that the layout does not have, or that is given twice."""
        for name in (*spots, *process):
            if name not in layout.colours or (name in spots and name in process):
                raise BadInput(
                    "The layout {layout} has no colour {name}, or its inks are given twice",
                    fix="Use a name of [colours] of the layout: {known}",
                    layout=layout.name,
                    name=name,
                    known=", ".join(layout.colours) or "–",
                )
        taken = set(_HEX.findall(layout.model_dump_json().lower()))
        colours = {name: value.lower() for name, value in layout.colours.items()}
        stated: dict[str, Ink] = {}
        for name in colours:
            if name in spots or name in process:
                spot = spots.get(name)
                colours[name] = _free(colours[name], taken)
                stated[colours[name]] = (
                    Ink(spot.cmyk, spot.name, spot.tint) if spot else Ink(process[name])
                )
        renamed = layout.model_copy(update={"colours": colours})
        return cls(renamed, separate, stated, {value: name for name, value in colours.items()})

    def area(self, colour: str) -> Ink:
        """For fills and lines."""
        known = self._known.get((colour, "area"))
        if known is None:
            known = self.stated.get(colour) or self._found(colour, words=False)
            self._noted(colour, known, "area")
        return known

    def words(self, colour: str) -> Ink:
        """For letters. Raises `BadInput` when the inks stated for *colour* are a rich black."""
        if (colour, "words") in self._known:
            return self._known[colour, "words"]
        ink = self.stated.get(colour)
        if ink is not None and ink.rich:
            raise BadInput(
                "Words in {name} would be printed in a rich black of four plates, "
                "which blurs small letters",
                fix="Give this colour black alone: 0, 0, 0, 100.",
                name=self.names.get(colour, colour),
            )
        if ink is None:
            ink = self._found(colour, words=True)
            if ink.rich:
                self.forced[self.names.get(colour, colour)] = None
                ink = Ink(BLACK)
        return self._noted(colour, ink, "words")

    def symbol(self, colour: str) -> Ink:
        """Solid black, whatever the layout says, or the one spot that is stated for it."""
        ink = self._known.get((colour, "symbol")) or self.stated.get(colour)
        if ink is None or not ink.spot or ink.tint < 1:
            ink = Ink(BLACK)
        return self._noted(colour, ink, "symbol")

    def _found(self, colour: str, *, words: bool) -> Ink:
        alone = black_alone(colour, words=words)
        if alone is not None:
            return Ink(alone)
        c, m, y, k = (float(v) for v in self.separate(np.array([rgb(colour)]))[0])
        return Ink((c, m, y, k))

    def _noted(self, colour: str, ink: Ink, use: str) -> Ink:
        """Remember *ink*: under the colour's name, and with the use where uses differ."""
        if self._known.setdefault((colour, use), ink) is ink:
            name = self.names.get(colour, colour)
            known = self.used.get(name)
            self.used[name if known is None or known == ink else f"{name} ({use})"] = ink
        return ink

    @property
    def spots(self) -> tuple[Ink, ...]:
        """Each spot ink in use, once."""
        return tuple({ink.spot: ink for ink in self.used.values() if ink.spot}.values())

    @property
    def plates(self) -> tuple[str, ...]:
        """C, M, Y, K as far as used, then the spots."""
        found = {plate for ink in self.used.values() for plate in ink.plates}
        process = [plate for plate in "CMYK" if plate in found]
        return (*process, *sorted(found - set("CMYK")))


def fill(ink: Ink) -> str:
    return _operator(ink, "k", "cs", "scn")


def stroke(ink: Ink) -> str:
    return _operator(ink, "K", "CS", "SCN")


def space(spot: str) -> str:
    """Resource name of a spot's colour space."""
    return "CsSpot" + spot.encode("utf-8").hex()


def check_spots(spots: Iterable[Spot]) -> None:
    """Raises `BadInput` for a spot without a name, of a reserved name, or out of range."""
    looks: dict[str, Cmyk] = {}
    for spot in spots:
        reserved = spot.name in {"All", "None", "Cyan", "Magenta", "Yellow", "Black"}
        sound = all(0 <= v <= 1 for v in (*spot.cmyk, spot.tint)) and spot.tint > 0
        if not 0 < len(spot.name) <= 60 or not spot.name.isprintable() or reserved or not sound:
            raise BadInput(
                "{name} cannot be a spot ink",
                fix="Give its name in the fan, e.g. PANTONE 485 C, and its likeness in CMYK.",
                name=spot.name or "–",
            )
        # One plate has one look: PDF/X-4 wants every separation of a name to be the same.
        if looks.setdefault(spot.name, spot.cmyk) != spot.cmyk:
            raise BadInput(
                "The spot ink {name} is described in two ways",
                fix="Give it the same CMYK likeness everywhere.",
                name=spot.name,
            )


def _operator(ink: Ink, process: str, choose: str, tint: str) -> str:
    if ink.spot:
        return f"/{space(ink.spot)} {choose} {paint.number(ink.tint)} {tint}"
    return " ".join(paint.number(v) for v in ink.cmyk) + f" {process}"


def _free(colour: str, taken: set[str]) -> str:
    """A colour beside *colour* that nothing else has; no eye or rule sees the difference."""
    for delta in (0, *(sign * step for step in range(1, 32) for sign in (1, -1))):
        blue = int(colour[5:], 16) + delta
        found = f"{colour[:5]}{blue:02x}"
        if 0 <= blue <= 255 and (found not in taken or (delta == 0 and colour not in taken)):
            taken.add(found)
            return found
    raise BadInput("The layout has too many colours of one look")  # pragma: no cover
