"""The sheet for the print shop: one page, its figures on it, fonts inside."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from labelsvc.labels.drawing.content import sample_content
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import library
from labelsvc.labels.pdf import rendering
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.press.imposition import Imposition
from labelsvc.labels.press.inspect import painted
from labelsvc.labels.press.inspect.check import Wanted, check
from labelsvc.labels.press.palette import Spot
from labelsvc.labels.press.report import Proof, press_report_pdf
from labelsvc.labels.press.settings import PressSettings
from labelsvc.labels.press.write import write_press_pdf
from labelsvc.labels.runs import extra_files
from labelsvc.labels.symbols import encode
from tests.labels.conftest import units

from .icc_profile import cmyk_profile


@pytest.mark.parametrize("profile", [None, cmyk_profile()])
def test_one_page_says_it_all(fonts: Fonts, profile: bytes | None) -> None:
    out, job = io.BytesIO(), Job("Trà shan tuyết · L2611-03", "Hợp tác xã Suối Mây")
    settings = PressSettings(icc=profile, spots={"gold": Spot("PANTONE 131 C", (0, 0.35, 1, 0.1))})
    report = write_press_pdf(
        out,
        library.get("craft-tag"),
        [Block(sample_content(), units(3))],
        fonts,
        settings=settings,
        job=job,
    )
    found = check(out.getvalue(), Wanted(standard="none"))
    asked: list[str] = []

    def say(text: str, params: Mapping[str, Any]) -> str:
        asked.append(text)
        return "Câu tiếng Việt"

    def sheet() -> bytes:
        proof = Proof(rendering.page_png(out.getvalue(), dpi=80))
        facts = [("Lô", "L2611-03")]
        return press_report_pdf(
            report, fonts, job=job, check=found, proof=proof, facts=facts, say=say
        )

    data = sheet()
    assert data == sheet()
    document = pypdfium2.PdfDocument(data)
    assert len(document) == 1
    words = document[0].get_textpage().get_text_bounded()
    for expected in ("L2611-03", "50 × 90 mm", "PANTONE 131 C", "SHA-256"):
        assert expected in words
    assert report.sha256[:8] in words
    assert ("PDF/X-4" in words) and ("Chưa phải PDF/X-4" in words) == (profile is None)
    assert bool(asked) == (profile is None)
    with painted.opened(data) as pdf:
        assert painted.unembedded(pdf) == []


@pytest.mark.parametrize(("name", "columns", "rows"), [("craft-tag", 5, 4), ("roll-35x22", 7, 15)])
def test_of_a_sheet_of_many_the_first_label_can_be_read_on_the_report(
    name: str, columns: int, rows: int, fonts: Fonts
) -> None:
    layout, run, out = library.get(name), units(columns * rows), io.BytesIO()
    settings, job = PressSettings(imposition=Imposition(columns, rows)), Job("Trà", "Suối Mây")
    report = write_press_pdf(
        out, layout, [Block(sample_content(), run)], fonts, settings=settings, job=job
    )
    label = extra_files._first_label(out.getvalue(), layout, settings)
    with Image.open(io.BytesIO(label)) as picture:
        assert picture.width / picture.height == pytest.approx(
            layout.width / layout.height, rel=0.01
        )
    data = press_report_pdf(
        report, fonts, job=job, proof=Proof(rendering.page_png(out.getvalue(), dpi=72), label)
    )
    page = rendering.page_png(data, dpi=300)
    with Image.open(io.BytesIO(page)) as picture:
        reads = encode.read_back(np.asarray(picture.convert("L")).copy())
    assert [read.text for read in reads] == [run[0].code]
