"""A run kept as PDF/A-2b: keys, fonts, colours, and the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Dictionary, Name

from labelsvc.errors import BadInput
from labelsvc.i18n import explain
from labelsvc.labels.drawing.content import LabelContent, sample_content
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.pdf.write import render_sheet_pdf
from labelsvc.labels.press import icc
from labelsvc.labels.press.archive import to_pdfa2
from labelsvc.labels.press.inspect import painted
from labelsvc.labels.press.inspect.archive_check import faults
from labelsvc.labels.press.settings import PressSettings
from labelsvc.labels.runs import artwork
from tests.artwork import ring
from tests.labels.conftest import Write, units, units_of

from .icc_profile import cmyk_profile
from .test_press import made


@pytest.fixture(scope="module")
def run(sheet65: Layout, fonts: Fonts) -> bytes:
    job = Job(title="Trà sen · L1", author="Hợp tác xã Suối Mây")
    return render_sheet_pdf(sheet65, [Block(sample_content(), units(70))], fonts, job=job)


def altered(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with painted.opened(data) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize("name", library.names())
def test_runs_of_every_layout_can_be_kept(name: str, fonts: Fonts) -> None:
    layout = library.get(name)
    block = Block(sample_content(), units_of(layout, 2))
    with painted.opened(to_pdfa2(render_sheet_pdf(layout, [block], fonts))) as pdf:
        assert list(faults(pdf)) == []


def test_it_says_what_it_is(run: bytes) -> None:
    kept = to_pdfa2(run)
    assert kept.startswith(b"%PDF-1.7\n%")
    assert max(kept[9:14]) > 127  # the comment that tells programs that the file is binary
    with painted.opened(kept) as pdf:
        packet = pdf.Root.Metadata.read_bytes().decode()
        intent: Any = pdf.Root.OutputIntents[0]
        assert len(pdf.Root.OutputIntents) == 1
        assert str(intent.S) == "/GTS_PDFA1"
        assert int(intent.DestOutputProfile.N) == 3
        assert intent.DestOutputProfile.read_bytes() == icc.srgb()
        assert "/Filter" not in pdf.Root.Metadata
        assert "/ID" in pdf.trailer
        assert str(pdf.docinfo["/Title"]) == "Trà sen · L1"
        made_at = str(pdf.docinfo["/CreationDate"])
    assert "<pdfaid:part>2</pdfaid:part>" in packet
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in packet
    assert "Trà sen · L1" in packet and "Hợp tác xã Suối Mây" in packet
    # The information dictionary and the metadata tell the same instant.
    assert made_at.startswith("D:20000101000000") and "2000-01-01T00:00:00Z" in packet


def test_the_pages_look_as_before(run: bytes) -> None:
    before, after = pypdfium2.PdfDocument(run), pypdfium2.PdfDocument(to_pdfa2(run))
    assert len(before) == len(after) == 2
    assert (grey_page(before, 0, 60) == grey_page(after, 0, 60)).all()


def test_the_same_run_gives_the_same_bytes(run: bytes) -> None:
    assert to_pdfa2(run) == to_pdfa2(run)


def test_the_srgb_profile_is_small_sound_and_always_the_same() -> None:
    icc.srgb.cache_clear()
    first = icc.srgb()
    icc.srgb.cache_clear()
    assert first == icc.srgb()
    assert len(first) < 4096
    assert (first[12:16], first[16:20], first[8:10]) == (b"mntr", b"RGB ", b"\x04\x20")


def test_a_press_file_keeps_its_profile(write: Write, fonts: Fonts) -> None:
    profile = cmyk_profile()
    data, _ = made(write(), fonts, settings=PressSettings(icc=profile))
    with painted.opened(to_pdfa2(data)) as pdf:
        intent: Any = pdf.Root.OutputIntents[0]
        assert str(intent.S) == "/GTS_PDFA1"
        assert intent.DestOutputProfile.read_bytes() == profile


@pytest.fixture(scope="module")
def marked(fonts: Fonts) -> bytes:
    """A run with a mark that lets its ground through."""
    layout = library.get("a4-8")
    content = replace(sample_content(), images={"mark": artwork.take(ring(alpha=128)).data})
    return render_sheet_pdf(layout, [Block(content, units_of(layout, 3))], fonts)


def test_a_mark_with_a_clear_ground_stays_as_it_is(marked: bytes) -> None:
    kept = to_pdfa2(marked)
    with painted.opened(kept) as pdf:
        (shown,) = [
            item for item in pdf.objects if isinstance(item, pikepdf.Stream) and "/SMask" in item
        ]
        # DeviceRGB and DeviceGray are what the sRGB output intent says; it also says where
        # transparent colours are mixed, so the page needs no group of its own.
        assert (str(shown.ColorSpace), str(shown.SMask.ColorSpace)) == ("/DeviceRGB", "/DeviceGray")
        assert "/Interpolate" not in shown and "/Interpolate" not in shown.SMask
        assert [str(row.S) for row in pdf.Root.OutputIntents] == ["/GTS_PDFA1"]
        assert list(faults(pdf)) == []
    before, after = pypdfium2.PdfDocument(marked), pypdfium2.PdfDocument(kept)
    assert (grey_page(before, 0, 100) == grey_page(after, 0, 100)).all()


def coloured_mask(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and "/SMask" in item:
            item.SMask.ColorSpace = Name.DeviceRGB


def unknown_blend(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Extra = pdf.make_indirect(Dictionary(Type=Name.ExtGState, BM=Name.Dazzle))


@pytest.mark.parametrize(
    ("change", "said"), [(coloured_mask, "soft mask"), (unknown_blend, "mixes colours")]
)
def test_transparency_that_the_standard_does_not_know_is_refused(
    marked: bytes, change: Callable[[pikepdf.Pdf], None], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        to_pdfa2(altered(marked, change))


def without_font(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
            del item["/FontFile2"]


def wrong_widths(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font":
            item.Widths = pikepdf.Array([999] * len(item.Widths))


def smoothed(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Extra = pdf.make_stream(
        b"\x00", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, Interpolate=True
    )


def script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_font, "not embedded"),
        (wrong_widths, "other widths"),
        (smoothed, "smoothed"),
        (script, "scripts"),
    ],
)
def test_what_the_standard_forbids_is_refused(
    run: bytes, change: Callable[[pikepdf.Pdf], None], said: str
) -> None:
    with pytest.raises(BadInput, match="PDF/A") as caught:
        to_pdfa2(altered(run, change))
    assert said in str(caught.value)
    assert explain(caught.value, "vi")[0].startswith("Tệp không lưu được theo PDF/A: ")
    assert said not in explain(caught.value, "vi")[0]


def test_inks_without_a_profile_are_refused(write: Write, fonts: Fonts) -> None:
    data, _ = made(write(), fonts)
    with pytest.raises(BadInput, match="no profile"):
        to_pdfa2(data)


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(BadInput, match="not a PDF"):
        to_pdfa2(b"hello")


def test_a_picture_with_soft_edges_may_stay(
    write: Write, fonts: Fonts, content: LabelContent
) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (200, 30, 30, 128)).save(out, "PNG")
    logo = LabelContent(dict(content.values_by_name), 4, "1", {"logo": out.getvalue()})
    layout = write('\n[[elements]]\ntype = "image"\nimage = "logo"\nx = 2\ny = 2\nw = 9\nh = 9\n')
    data = render_sheet_pdf(layout, [Block(logo, units(1))], fonts)
    with painted.opened(to_pdfa2(data)) as pdf:
        assert list(faults(pdf)) == []
