"""Parts put together: the same pages, in order, whatever general readers think of them."""

from __future__ import annotations

import io

import pikepdf
import pytest

from labelsvc.errors import ReadBackFailed
from labelsvc.labels.checks.read_back import read_back_pdf
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.join import join
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.pdf.write import render_sheet_pdf
from tests.labels.conftest import units


def parts_of(layout: Layout, content: LabelContent, fonts: Fonts, title: str) -> list[bytes]:
    made = units(200)
    return [
        render_sheet_pdf(
            layout, [Block(content, made[first : first + 65])], fonts, job=Job(title=title)
        )
        for first in range(0, 200, 65)
    ]


def joined(parts: list[bytes]) -> bytes:
    out = io.BytesIO()
    pages = join([io.BytesIO(part) for part in parts], out)
    assert pages == len(parts)
    return out.getvalue()


@pytest.mark.parametrize("title", ["Lô 7", "3 0 R stream\n5 0 R endobj", "(((\\"])
def test_every_page_is_that_of_its_part(
    sheet65: Layout, content: LabelContent, fonts: Fonts, title: str
) -> None:
    parts = parts_of(sheet65, content, fonts, title)
    whole = joined(parts)
    assert whole == joined(parts)
    assert read_back_pdf(whole, sheet65, [unit.code for unit in units(200)]).codes == 200
    with pikepdf.open(io.BytesIO(whole)) as document:
        assert document.check_pdf_syntax() == []
        assert str(document.docinfo["/Title"]) == title
        for page, part in zip(document.pages, parts, strict=True):
            with pikepdf.open(io.BytesIO(part)) as one:
                own = one.pages[0]
                assert page.Contents.read_bytes() == own.Contents.read_bytes()
                assert page.MediaBox == own.MediaBox
                for name, form in own.Resources.XObject.items():
                    assert page.Resources.XObject[name].read_bytes() == form.read_bytes()
                for name, font in own.Resources.Font.items():
                    file = page.Resources.Font[name].FontDescriptor.FontFile2
                    assert file.read_bytes() == font.FontDescriptor.FontFile2.read_bytes()


@pytest.mark.parametrize(
    "text",
    [b"", b"%PDF-1.6\n", b"startxref\n9999\n%%EOF", b"x" * 400 + b"startxref\n0\n%%EOF\n"],
)
def test_a_file_of_another_kind_is_refused(text: bytes) -> None:
    with pytest.raises(ReadBackFailed):
        join([io.BytesIO(text)], io.BytesIO())
