"""Wizard dress: reads family and colour from the wizard, and offers them by pictures of the own label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labelsvc.errors import BadInput, LabelOverflow
from labelsvc.labels.families import shade, shelf
from labelsvc.labels.families.dress import dress
from labelsvc.labels.families.family import BLACK, Family, Palette
from labelsvc.labels.families.shelf import Dress
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.runs.check import RunCheck

#: The answer of the wizard for a colour of one's own.
OWN = "own"


@dataclass(frozen=True)
class Offered:
    """A family, and the name of the chosen layout dressed in it, for its picture."""

    family: Family
    layout: str
    chosen: bool


@dataclass(frozen=True)
class Look:
    """A choice of the wizard: plain, or a family in one of its palettes."""

    family: Family | None = None
    palette: Palette | None = None
    #: Of the field of the own colour, `#rrggbb`.
    own: str = "#1f5a3c"
    uses_own: bool = False
    #: The producer has a logo, which the band makes room for.
    logo: bool = False

    def on(self, plain: Layout, *, narrow: bool = False) -> Layout:
        """*plain* as it is asked for."""
        if self.family is None or self.palette is None:
            return plain
        return dress(plain, Dress(self.family, self.palette, narrow), logo=self.logo)

    def offered(self, plain: Layout) -> list[Offered]:
        """All families, each in the palette that is chosen where it has it, else in its first."""
        found = []
        for family in shelf.families().values():
            name = self.palette.name if self.palette is not None else ""
            palette = family.palette(name) or family.palettes[0]
            worn = Dress(family, palette)
            found.append(
                Offered(family, f"{plain.name}{shelf.MARK}{worn.name}", family == self.family)
            )
        return found

    @property
    def palettes(self) -> list[Palette]:
        """Those of the chosen family, and black alone."""
        if self.family is None:
            return []
        black = self.family.palette(BLACK)
        return [*self.family.palettes, *([black] if black else [])]


def read_look(values: Mapping[str, str]) -> Look:
    """Read the form; a palette that the family does not have becomes its first.

    :raises BadInput: no such family, or the own colour is none.
    """
    name, colour, own = (values.get(key, "") for key in ("family", "palette", "own"))
    if not name:
        return Look(own=_shown(own))
    family = shelf.families().get(name)
    if family is None:
        raise BadInput(
            "There is no family {name}.",
            fix="Choose one of: {known}.",
            name=name,
            known=", ".join(shelf.families()),
            field="family",
        )
    if colour == OWN:
        asked = shade.own(own).removeprefix("#")
        return Look(family, family.palette(asked), _shown(own), uses_own=True)
    return Look(family, family.palette(colour) or family.palettes[0], _shown(own))


def _shown(own: str) -> str:
    try:
        shade.own(own)
    except BadInput:
        return Look.own
    return f"#{own.removeprefix('#').lower()}"


def too_wide(check: RunCheck) -> bool:
    """True if words did not fit beside the band: the narrow dress leaves them its room."""
    return any(isinstance(error, LabelOverflow) for error in check.problems)
