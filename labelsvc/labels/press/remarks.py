"""Remarks: tells the print shop what to look at in a file for the press. Used by the press file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from labelsvc.labels.drawing.compose import Drawing
from labelsvc.labels.press import icc, ink
from labelsvc.labels.press.bleed import Bled
from labelsvc.labels.press.imposition import Frame
from labelsvc.labels.press.palette import Palette
from labelsvc.labels.press.settings import PressSettings

#: Points. Below it print shops set words in one ink or two.
_SMALL_WORDS = 8.5


@dataclass(frozen=True, slots=True)
class Note:
    """A remark for the print shop; English template of `params`."""

    severity: Literal["warning", "info"]
    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


def profile_notes(settings: PressSettings, profile: icc.OutputProfile | None) -> Iterator[Note]:
    """A condition that the profile does not name: a slip, or another name of the same paper."""
    asked = settings.condition.strip()
    if profile is None or not asked or settings.standard == "none":
        return
    if _letters(asked) not in _letters(profile.name):
        yield Note(
            "info",
            "condition_differs",
            "The file names the condition {condition}, its profile calls itself “{profile}”: ask the print shop "
            "whether they belong together.",
            {"condition": asked, "profile": profile.name},
        )


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def small_words(palette: Palette, drawings: Sequence[Drawing]) -> Iterator[Note]:
    """Small words on three plates or more: where the plates do not meet, thin strokes blur."""
    found: dict[str, tuple[float, int]] = {}
    for text in (text for drawing in drawings for text in drawing.texts):
        used = palette.words(text.colour)
        plates = 1 if used.spot else sum(v > 0.02 for v in used.cmyk)
        if plates > 2 and text.points < _SMALL_WORDS:
            name = palette.names.get(text.colour, text.colour)
            least = min(text.points, found.get(name, (text.points, 0))[0])
            found[name] = (least, plates)
    for name, (points, plates) in found.items():
        yield Note(
            "warning",
            "small_words_plates",
            "Words of {points} pt in {name} take {plates} plates and may blur: give the colour one spot ink, or "
            "black.",
            {"name": name, "points": f"{points:.1f}", "plates": plates},
        )


def notes(
    settings: PressSettings, palette: Palette, bled: Sequence[Bled], page: Frame, *, converts: bool
) -> Iterator[Note]:
    """About inks, bleed and frames, the gravest first."""
    if not converts:
        yield Note(
            "warning",
            "own_separation",
            "Colours were separated by the built-in model of coated offset, not by the profile of "
            "the press: see a proof.",
        )
    for kind in dict.fromkeys(kind for part in bled for kind in part.short):
        yield Note(
            "warning",
            kind if kind == "frame_near" else f"no_bleed_{kind}",
            {
                "picture": "A picture touches the edge and has no bleed.",
                "frame_near": "A frame runs nearer than 1 mm to the cut and will look uneven.",
                "frame": "A frame lies on the cut line and will be cut unevenly.",
            }[kind],
        )
    if palette.forced:
        yield Note(
            "info",
            "words_black",
            "Words in {names} are printed in black alone instead of a rich black.",
            {"names": ", ".join(palette.forced)},
        )
    for name, used in palette.used.items():
        total = sum(used.cmyk)
        if not used.spot and total > ink.INK_LIMIT + 0.005:
            yield Note(
                "warning",
                "ink_limit",
                "{name} takes {percent} % of ink.",
                {"name": name, "percent": round(total * 100)},
            )
    if page.clipped:
        yield Note(
            "info",
            "gutter",
            "The gutter is narrower than two bleeds: each bleed ends in its middle.",
        )
