"""Shelf: finds families, and layouts dressed in them by name. Used by runs, pages and commands.

A dressed layout is called `LAYOUT--FAMILY-PALETTE`, e.g. `a4-24--gom-lam`; the palette may be `den`
(black alone) or a producer's colour (`1f5a3c`); `-hep` at the end asks for the narrow dress.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from labelsvc.errors import NoSuchLayout
from labelsvc.labels.families.family import Family, Palette
from labelsvc.resources import folder

#: Between the layout and its dress. A layout of somebody's own may hold it too: that one wins.
MARK = "--"
_NARROW = "hep"


class Dress(NamedTuple):
    """Family, palette and width that a name asks for."""

    family: Family
    palette: Palette
    narrow: bool = False

    @property
    def name(self) -> str:
        """Give the words behind the layout's name and `MARK`."""
        return "-".join([self.family.name, self.palette.name, *([_NARROW] if self.narrow else [])])


def families() -> Mapping[str, Family]:
    """All families by name, in the order in which pages offer them."""
    return _read(folder("label_layouts"))


@lru_cache(maxsize=4)
def _read(place: object) -> Mapping[str, Family]:
    files = sorted((folder("label_layouts") / "families").glob("*.toml"))
    found = [
        Family.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))) for path in files
    ]
    return MappingProxyType({row.name: row for row in sorted(found, key=lambda row: row.rank)})


def split(name: str) -> tuple[str, str]:
    """The name of the plain layout, and that of the dress; "" where *name* has none."""
    plain, _, dress = name.partition(MARK)
    return plain, dress


def dress_of(name: str) -> Dress:
    """The dress that is called *name*. :raises NoSuchLayout: there is none."""
    family, _, rest = name.partition("-")
    palette, _, width = rest.partition("-")
    found = families().get(family)
    chosen = found.palette(palette) if found is not None else None
    if found is None or chosen is None or width not in ("", _NARROW):
        raise NoSuchLayout(
            "There is no family {name}.",
            fix="Choose one of: {known}.",
            name=name,
            known=", ".join(f"{row.name}-{row.palettes[0].name}" for row in families().values()),
        )
    return Dress(found, chosen, width == _NARROW)
