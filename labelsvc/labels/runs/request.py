"""Request: holds what somebody wants printed, for a run of a lot or for a roll of blank labels.
Used by `check` and `start`, `blank_roll`, reprints, the pages of producers and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from labelsvc.catalogue.models import Lot, Producer
from labelsvc.codes.models import Form
from labelsvc.labels.families import named
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import Printer
from labelsvc.labels.rolls.languages import LANGUAGES, PDF, language_of
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.labels.sheets.placement import Placement
from labelsvc.labels.sheets.profile import Profile


@dataclass(frozen=True, kw_only=True)
class LabelRequest:
    """The request that every file of labels needs.

    `layout` is a layout, or the name of a built-in one. `output` is the kind of the file: PDF, or a
    language of label printers. `printer` is the one that the file is made for: its correction and
    its resolution. Raises `BadInput` for an output that there is not.
    """

    layout: str | Layout
    count: int
    base_url: str
    imprint: Imprint = field(default_factory=Imprint)
    output: str = PDF
    printer: Printer | None = None
    #: Hosts of before, of the settings; None: the host is that of a run that there is.
    former: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if language_of(self.output) is not None:
            object.__setattr__(self, "imprint", on_roll(self.imprint))

    @property
    def profile(self) -> Profile:
        """The correction of the printer, or none."""
        return Profile.from_json(self.printer.profile) if self.printer is not None else Profile()

    @property
    def placement(self) -> Placement:
        """The placement of the labels."""
        return self.imprint.placement(self.profile)

    def chosen_layout(self) -> Layout:
        """The layout, at the resolution of the printer where that has one.

        Sheets keep theirs for printers with a language of their own: those print rolls.

        :raises LayoutError: there is no built-in layout of that name.
        """
        chosen = named.get(self.layout) if isinstance(self.layout, str) else self.layout
        dpi = self.profile.dpi
        if not dpi or (self.output != PDF and chosen.kind != "roll"):
            return chosen
        return chosen.model_copy(update={"resolution_dpi": dpi})

    def columns(self, layout: Layout) -> dict[str, Any]:
        """List what a row of `Rendered` keeps of the request, and of *layout* as it is printed."""
        profile = self.profile
        return {
            "layout_name": layout.name,
            "count": self.count,
            "start_at": self.imprint.start_at,
            "imprint": self.imprint.to_json(),
            "output": self.output,
            "printer_id": self.printer.id if self.printer is not None else None,
            "profile": profile.to_json() if profile != Profile() else {},
            "base_url": self.base_url,
        }


@dataclass(frozen=True, kw_only=True)
class RunRequest(LabelRequest):
    """Labels of a lot. `pictures` are those of the programme (`artwork.pictures`)."""

    lot: Lot
    form: Form = Form.SHORT
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "form", Form(self.form))  # also from its name


@dataclass(frozen=True, kw_only=True)
class RollRequest(LabelRequest):
    """Blank labels, which belong to no lot yet."""

    producer: Producer


def output_of(printer: Printer | None) -> str:
    """The kind of file that *printer* takes: its language where it has one, else a PDF."""
    return printer.language if printer is not None and printer.language in LANGUAGES else PDF


def on_roll(imprint: Imprint) -> Imprint:
    """Leave out the cells: a roll has none that were used up before."""
    return replace(imprint, start_at=1, used=(), order="across")
