"""Symbols lie on the printer's dots, in place as well as in size; runs of before keep their places."""

from __future__ import annotations

import hashlib
import io
import re

import pikepdf
import pytest

from labelsvc.labels.drawing.content import sample_content
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.sample_content import sample_of
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import BlankRoll
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.paint import PT
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.runs.parts import as_toml, layout_of
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.labels.symbols.size import dots_per_mm
from tests.labels.conftest import units, units_of

_MASK = re.compile(rb"q (\S+) 0 0 \S+ (\S+) (\S+) cm\s+BI")


def edges(pdf: bytes, layout: Layout) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of every symbol in dots from the upper left corner of its page."""
    scale = dots_per_mm(layout.resolution_dpi) / PT
    high = float(Sheet.of(layout).page_height) * PT
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for page in file.pages:
            for match in _MASK.finditer(page.Contents.read_bytes()):
                side, x, y = (float(v) for v in match.groups())
                found.append((x, high - y - side, x + side, high - y))
    return [(a * scale, b * scale, c * scale, d * scale) for a, b, c, d in found]


@pytest.mark.parametrize("name", library.names())
def test_a_symbol_takes_whole_dots_and_no_part_of_another(name: str, fonts: Fonts) -> None:
    layout = library.get(name)
    run = units_of(layout, min(Sheet.of(layout).per_page + 1, 12))
    found = edges(render_sheet_pdf(layout, [Block(sample_of(layout), run)], fonts), layout)
    assert len(found) == len(run)
    for left, top, right, bottom in found:
        # A program that rounds outwards, and one that takes the nearest dot, see the same dots.
        for near, low in ((left, True), (top, True), (right, False), (bottom, False)):
            inside = near - round(near) if low else round(near) - near
            assert 0.005 < inside < 0.04


def test_what_was_begun_before_is_written_as_before(sheet65: Layout, fonts: Fonts) -> None:
    """The page of a run whose layout was kept without an edition, to the last operator."""
    before = sheet65.model_copy(update={"edition": 1})
    pdf = render_sheet_pdf(before, [Block(sample_content(), units(66))], fonts)
    digest = hashlib.sha256()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for page in file.pages:
            digest.update(page.Contents.read_bytes())
            for _, form in sorted(page.Resources.get("/XObject", pikepdf.Dictionary()).items()):
                digest.update(form.read_bytes())
    assert digest.hexdigest() == "0b995dc163000a4710eac9e79f608b9b779c1dfad21f1b0cbba30ff32667ca68"


@pytest.mark.parametrize(("kept", "edition"), [(False, 1), (True, 2)])
def test_a_run_without_an_edition_is_of_the_first(
    sheet65: Layout, kept: bool, edition: int
) -> None:
    lines = as_toml(sheet65).splitlines()
    toml = "\n".join(line for line in lines if kept or not line.startswith("edition"))
    assert len(toml.splitlines()) == len(lines) - (not kept)
    assert layout_of(BlankRoll(layout_toml=toml, layout_name="test-65")).edition == edition
