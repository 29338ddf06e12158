"""The screen shows the paper: the same list, in the same places."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from labelsvc.errors import BadInput
from labelsvc.labels.drawing import svg as preview
from labelsvc.labels.drawing.content import LabelContent, sample_unit
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf import rendering
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.rendering import Window
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.symbols import encode
from tests.labels.conftest import Write, units

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", library.names())
def test_every_layout_has_a_preview_of_true_size(
    name: str, content: LabelContent, fonts: Fonts
) -> None:
    layout = library.get(name)
    root = ET.fromstring(preview.svg(layout, content, fonts))
    assert root.get("width") == f"{layout.width:g}mm"
    assert root.get("viewBox") == f"0 0 {layout.width:g} {layout.height:g}"


def test_glyphs_are_outlines_and_each_is_defined_once(
    sheet65: Layout, content: LabelContent, fonts: Fonts
) -> None:
    root = ET.fromstring(preview.svg(sheet65, content, fonts))
    assert not list(root.iter(f"{SVG}text"))
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    used = {node.get("href", "")[1:] for node in root.iter(f"{SVG}use")}
    assert used <= set(ids)


def test_names_are_escaped(write: Write, fonts: Fonts) -> None:
    content = LabelContent({"product_name": "<script>"}, record='"><script>alert(1)</script>')
    assert "<script>" not in preview.svg(write(), content, fonts)


def test_png_reads_back(sheet65: Layout, content: LabelContent, fonts: Fonts) -> None:
    unit = units(1)[0]
    data = rendering.png(sheet65, content, fonts, unit=unit, dpi=200)
    picture = Image.open(io.BytesIO(data))
    assert picture.size == pytest.approx((300, 167), abs=1)
    (read,) = encode.read_back(np.asarray(picture.convert("L")))
    assert read.text == unit.code


def test_screen_and_paper_agree_on_places(
    sheet65: Layout, content: LabelContent, fonts: Fonts
) -> None:
    unit = sample_unit()
    svg = preview.svg(sheet65, content, fonts, unit=unit, placeholders=False)
    alone = sheet65.model_copy(
        update={"kind": "single", "sheet": sheet65.sheet.model_copy(update={"columns": 1})}
    )
    pdf = render_sheet_pdf(alone, [Block(content, [unit])], fonts)
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        form = next(iter(page.Resources.XObject.values()))
        height = float(form.BBox[3])
        paper = [
            (float(operands[4]), height - float(operands[5]))
            for operands, operator in pikepdf.parse_content_stream(form)
            if str(operator) == "Tm"
        ]
    scale = 72 / 25.4
    screen = [
        (float(x) * scale, float(y) * scale)
        for x, y in re.findall(r'<g fill="[^"]+" transform="translate\(([\d.]+) ([\d.]+)\)', svg)
    ]
    assert paper
    for x, y in paper:  # the unit's own line is on the page, not in the form
        assert min(abs(x - a) + abs(y - b) for a, b in screen) < 0.01


def test_pages_of_a_file_can_be_shown(sheet65: Layout, content: LabelContent, fonts: Fonts) -> None:
    pdf = render_sheet_pdf(sheet65, [Block(content, units(2))], fonts)
    assert Image.open(io.BytesIO(rendering.page_png(pdf, dpi=50))).size == pytest.approx(
        (414, 585), abs=1
    )
    with pytest.raises(BadInput):
        rendering.page_png(pdf, page=2)


def test_a_window_shows_what_the_whole_page_shows_there(
    sheet65: Layout, content: LabelContent, fonts: Fonts
) -> None:
    data = render_sheet_pdf(sheet65, [Block(content, units(65))], fonts)
    document = pypdfium2.PdfDocument(data)
    whole = rendering.grey_page(document, 0, 600)
    height, width = whole.shape
    windows = [
        Window(0, 0, 700, 500),
        Window(1001, 333, 1500, 777),
        Window(width - 901, height - 700, width, height),
        Window(width - 300, height - 200, width + 40, height + 9),  # over the edge
    ]
    found = rendering.grey_windows(document, 0, 600, windows)
    for window, picture in zip(windows, found, strict=True):
        same = window.of(whole)
        assert picture.shape == same.shape
        assert (
            np.abs(picture.astype(int) - same).max() <= 2
        )  # levels of 255, where pictures are scaled
    document.close()
