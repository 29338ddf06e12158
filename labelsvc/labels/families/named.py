"""Named: gives a layout of the program by its name, plain or dressed. Used by runs and commands."""

from __future__ import annotations

from pathlib import Path

from labelsvc.labels.families import shelf
from labelsvc.labels.families.dress import dress
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout


def get(name: str, extra: Path | None = None) -> Layout:
    """The layout *name*, e.g. `a4-24` or `a4-24--gom-lam`.

    :raises NoSuchLayout: there is no such layout, family or palette.
    """
    plain, worn = shelf.split(name)
    layout = library.get(plain, extra)
    return dress(layout, shelf.dress_of(worn)) if worn else layout
