"""Prepare: checks what is to be printed and separates its colours. Used by the press file and by
variable data, before they draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labelsvc.errors import BadInput
from labelsvc.labels.drawing.compose import Drawing, compose
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.press import icc, ink
from labelsvc.labels.press.palette import Palette
from labelsvc.labels.press.settings import MOST_LABELS, PressSettings


@dataclass(frozen=True, slots=True)
class Prepared:
    """Blocks that have labels, how many labels, the profile of the press, and the inks."""

    blocks: list[Block]
    count: int
    profile: icc.OutputProfile | None
    palette: Palette

    def drawings(self, fonts: Fonts) -> list[Drawing]:
        """Draw each block in the inks of the press. Raises what `compose` raises."""
        return [
            compose(self.palette.layout, block.content, fonts, unit=block.units[0])
            for block in self.blocks
        ]


def prepare(layout: Layout, blocks: Sequence[Block], settings: PressSettings) -> Prepared:
    """Check *settings* and the number of labels, and separate the colours of *layout*.

    :raises BadInput: unusable settings, an empty run, one that is too large, or a rich black for
        words.
    """
    settings.check()
    blocks = [block for block in blocks if block.units]
    count = sum(len(block.units) for block in blocks)
    if not count:
        raise BadInput("A run of no labels", fix="Give at least one code.")
    if count > MOST_LABELS:
        raise BadInput(
            "{count} labels are too many for one file for the press",
            fix="Cut the run into files of at most {most} labels.",
            count=count,
            most=MOST_LABELS,
        )
    profile = icc.read_output(settings.icc) if settings.icc is not None else None
    palette = Palette.of(
        layout,
        icc.separation(profile) if profile and profile.converts else ink.separate,
        spots=settings.spots,
        process=settings.process,
    )
    return Prepared(blocks, count, profile, palette)
