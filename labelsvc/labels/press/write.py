"""Write: makes the press file of a run: inks, bleed, boxes, marks, PDF/X-4. Used by extra files.

The same drawing list as `pdf/pages.py` draws, for another machine. A page first draws its static forms,
then the symbols, then the words, as presses with variable data want it (PDF Association, «Best
practice in creating PDF files for variable data printing»). The same job gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from labelsvc.errors import BadInput
from labelsvc.labels.drawing.compose import Drawing
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.press import icc
from labelsvc.labels.press.bleed import Trim, extend
from labelsvc.labels.press.finish import X4, About, finish
from labelsvc.labels.press.imposition import Frame, frame
from labelsvc.labels.press.ink import Cmyk
from labelsvc.labels.press.plate import Plate, Printed
from labelsvc.labels.press.prepare import prepare
from labelsvc.labels.press.remarks import Note, notes, profile_notes, small_words
from labelsvc.labels.press.settings import MOST_PAGES, PressSettings
from labelsvc.labels.symbols import batch, encode

#: Below this many labels single symbols are encoded faster than a table is learnt.
_FEW = 40


@dataclass(frozen=True, slots=True)
class PressReport:
    """The figures of the file. mm throughout; `standard` is "PDF/X-4" or "" and `reason` then says why not
    (English template). The symbol figures are those of the first block."""

    labels: int
    pages: int
    per_page: int
    layout: str
    trim_mm: tuple[float, float]
    bleed_mm: float
    media_mm: tuple[float, float]
    standard: str
    reason: str
    condition: str
    profile: str
    plates: tuple[str, ...]
    inks: tuple[tuple[str, Cmyk, str], ...]  # colour of the layout, likeness or inks, spot
    overprint: bool
    version: int
    level: str
    mask: int
    dots: int
    module_mm: float
    resolution_dpi: int
    sha256: str
    bytes: int
    notes: tuple[Note, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def write_press_pdf(
    out: BinaryIO,
    layout: Layout,
    blocks: Sequence[Block],
    fonts: Fonts,
    *,
    settings: PressSettings | None = None,
    job: Job | None = None,
) -> PressReport:
    """Write the labels of *blocks* for the press to the binary file *out*.

    Raises what `compose` raises, `LabelOverflow` for a unit whose line is too wide, and `BadInput`
    for an empty or too large run, unusable settings, a rich black for words, or labels that do not
    fit the press sheet.
    """
    settings, job = settings or PressSettings(), job or Job()
    prepared = prepare(layout, blocks, settings)
    blocks, count = prepared.blocks, prepared.count
    profile, palette = prepared.profile, prepared.palette
    converts = profile is not None and profile.converts
    page = frame(
        (layout.width, layout.height),
        bleed_mm=settings.bleed_mm,
        marks=settings.marks,
        imposition=settings.imposition,
    )
    pages = page.pages(count)
    if pages > MOST_PAGES:
        raise BadInput(
            "{count} pages are too many for one file for the press",
            fix="Put several labels on a press sheet, or cut the run into files of {most} pages.",
            count=pages,
            most=MOST_PAGES,
        )
    drawings = prepared.drawings(fonts)
    trim = Trim(layout.width, layout.height, layout.label.round)
    bled = [extend(drawing.static, trim, settings.bleed_mm) for drawing in drawings]
    drawn = io.BytesIO()
    plate = Plate(drawn, layout, fonts, palette, page, settings)
    first = drawings[0].symbol
    printed = _printed(blocks, drawings)
    slug = _slug(layout, page, settings, job)
    for places in page.places(count):
        plate.page(
            [(place, printed(place.number)) for place in places],
            [part.ops for part in bled],
            [*slug, f"{places[0].page + 1}/{pages}"],
        )
    plate.save()
    standard, reason = _standard(settings, profile)
    described = (
        f"{count} {'label' if count == 1 else 'labels'}, layout {layout.name}, QR version {first.version}-{first.level}, "
        f"module {first.module:.3f} mm, quiet zone {encode.QUIET} modules"
    )
    sha256, size = finish(
        drawn.getvalue(),
        out,
        frame=page,
        spots=(*palette.spots, *settings.die_inks),
        profile=profile if standard else None,
        condition=settings.condition.strip(),
        about=About(job.title, job.author, settings.made, described),
    )
    return PressReport(
        count,
        pages,
        page.per_page,
        layout.name,
        (layout.width, layout.height),
        settings.bleed_mm,
        page.media,
        standard,
        reason,
        (settings.condition.strip() or (profile.name if profile else "")) if standard else "",
        profile.name if profile else "",
        (*palette.plates, *(i.spot for i in settings.die_inks)),
        tuple((name, i.cmyk, i.spot) for name, i in sorted(palette.used.items())),
        settings.overprint_black,
        first.version,
        first.level,
        batch.FIXED_MASK,
        first.dots,
        first.module,
        layout.resolution_dpi,
        sha256,
        size,
        (
            *notes(settings, palette, bled, page, converts=converts),
            *profile_notes(settings, profile),
            *small_words(palette, drawings),
        ),
    )


def _printed(blocks: Sequence[Block], drawings: Sequence[Drawing]) -> Any:
    """A function from a label's number to what is printed there. Symbols are encoded ahead, so
    that cut-and-stack may ask for them in any order."""
    made: list[Printed] = []
    for number, (block, drawing) in enumerate(zip(blocks, drawings, strict=True)):
        for unit, rows in zip(
            block.units, symbols(drawing, [u.code for u in block.units]), strict=True
        ):
            made.append(Printed(number, drawing, unit, rows))
    return made.__getitem__


def symbols(drawing: Drawing, codes: Sequence[str]) -> Iterator[bytes]:
    """Packed rows of the symbol of each code; all have the structure of the first."""
    op = drawing.symbol
    shape = batch.shape_of(codes[0])
    if len(codes) < _FEW:
        for code in codes:
            if batch.shape_of(code) != shape:
                raise BadInput("Codes of different structure in one run")
            yield encode.packed(
                encode.matrix(code, version=op.version, level=op.level, mask=batch.FIXED_MASK)
            )
        return
    encoder = batch.encoder(op.version, op.level, batch.FIXED_MASK, shape)
    for start in range(0, len(codes), 4096):
        for rows in encoder.rows(codes[start : start + 4096]):
            yield rows.tobytes()


def _slug(layout: Layout, page: Frame, settings: PressSettings, job: Job) -> list[str]:
    w, h = (f"{v:g}".replace(".", ",") for v in page.label)
    bleed = f"{settings.bleed_mm:g}".replace(".", ",")
    return [job.title, layout.name, f"{w} × {h} mm + {bleed} mm"]


def _standard(settings: PressSettings, profile: icc.OutputProfile | None) -> tuple[str, str]:
    if settings.standard == "none":
        return "", "PDF/X-4 was not asked for."
    if profile is None:
        return "", (
            "The file is not PDF/X-4: no output profile was given, so it cannot state the printing "
            "condition that its inks are meant for."
        )
    return X4, ""
