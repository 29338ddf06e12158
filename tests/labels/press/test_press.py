"""The file for the print shop: boxes, bleed, inks, overprint, spots, PDF/X-4, imposition."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from labelsvc.errors import BadInput
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent, sample_content
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.pages import Job
from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.press import archive
from labelsvc.labels.press.imposition import CropMarks, Imposition, frame
from labelsvc.labels.press.inspect import painted
from labelsvc.labels.press.inspect.check import Wanted, check
from labelsvc.labels.press.palette import Spot
from labelsvc.labels.press.settings import PressSettings
from labelsvc.labels.press.write import PressReport, write_press_pdf
from labelsvc.labels.symbols import encode
from tests.artwork import ring
from tests.labels.conftest import Write, units, units_of

from .icc_profile import cmyk_profile

MM = 25.4 / 72
GROUND = """
[[elements]]
type = "rect"
x = 0
y = 0
w = 60
h = 6
fill = "leaf"
[[elements]]
type = "text"
x = 2
y = 10
w = 30
h = 6
text = "Trà sen"
size = 8
colour = "ink"
[[elements]]
type = "text"
x = 2
y = 1
w = 30
h = 4
text = "OCOP"
size = 6
colour = "#ffffff"
[[elements]]
type = "text"
x = 2
y = 32
w = 30
h = 4
text = "{unit_number}"
size = 6
colour = "ink"
[colours]
leaf = "#1f5a3c"
ink = "#1b1b1b"
"""
SYMBOL = '\n[[elements]]\ntype = "symbol"\nx = 36\ny = 10\nsize = 21\n'


def made(
    layout: Layout, fonts: Fonts, count: int = 3, *, settings: PressSettings | None = None
) -> tuple[bytes, PressReport]:
    out = io.BytesIO()
    run = units_of(layout, count)
    if layout.forms[0] == "lot":
        run = units(1) * count
    report = write_press_pdf(
        out, layout, [Block(sample_content(), run)], fonts, settings=settings, job=Job("Trà sen")
    )
    return out.getvalue(), report


@pytest.fixture
def label(write: Write) -> Layout:
    return write(GROUND, symbol=SYMBOL)


def box(page: Any, key: str) -> list[float]:
    return [float(v) * MM for v in page.obj[key]]


def operators(pdf: pikepdf.Pdf) -> Iterator[tuple[str, list[Any]]]:
    """Every operator of every page and form."""
    forms = [
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"
    ]
    for holder in [*pdf.pages, *forms]:
        for row in pikepdf.parse_content_stream(holder):
            yield str(row.operator), list(row.operands)


@pytest.mark.parametrize("name", library.names())
def test_every_layout_goes_to_press_without_a_fault(name: str, fonts: Fonts) -> None:
    layout = library.get(name)
    data, report = made(layout, fonts, 2, settings=PressSettings(icc=cmyk_profile()))
    found = check(
        data,
        Wanted(
            trim_mm=(layout.width, layout.height),
            bleed_mm=2,
            module_mm=report.module_mm,
            resolution_dpi=report.resolution_dpi,
        ),
    )
    assert [row for row in found.findings if row.severity != "info"] == []
    assert found.press_report["symbols"] == 2
    assert found.press_report["colours"] == ["cmyk"]
    assert found.press_report["quiet_min"] >= 3.9  # to a pixel
    assert report.standard == "PDF/X-4"


@pytest.mark.parametrize("bleed", [0, 2, 3.5])
def test_boxes_lie_in_each_other_to_a_hundredth_of_a_millimetre(
    label: Layout, fonts: Fonts, bleed: float
) -> None:
    data, report = made(label, fonts, settings=PressSettings(bleed_mm=bleed))
    reach = max(3, bleed) + 4 + 1
    with painted.opened(data) as pdf:
        for page in pdf.pages:
            assert box(page, "/MediaBox") == pytest.approx(
                [0, 0, 60 + 2 * reach, 40 + 2 * reach], abs=0.01
            )
            assert box(page, "/TrimBox") == pytest.approx(
                [reach, reach, reach + 60, reach + 40], abs=0.01
            )
            assert box(page, "/BleedBox") == pytest.approx(
                [reach - bleed, reach - bleed, reach + 60 + bleed, reach + 40 + bleed], abs=0.01
            )
    assert report.media_mm == pytest.approx((60 + 2 * reach, 40 + 2 * reach))


@pytest.mark.parametrize("imposition", [None, Imposition(3, 2)])
def test_crop_marks_stay_outside_of_the_bleed(imposition: Imposition | None) -> None:
    page = frame((60, 40), bleed_mm=3.5, marks=CropMarks(offset_mm=2), imposition=imposition)
    marks = page.crop_marks()
    assert len(marks) == (8 if imposition is None else 2 * (6 + 4))
    x0, y0, x1, y1 = page.bleed
    for ax, ay, bx, by in marks:
        outside = max(ax, bx) <= x0 or min(ax, bx) >= x1 or max(ay, by) <= y0 or min(ay, by) >= y1
        assert outside, (ax, ay, bx, by)
        assert min(ax, ay) >= 0 and max(ax, bx) <= page.media[0] and max(ay, by) <= page.media[1]


def test_crop_marks_are_on_every_plate(label: Layout, fonts: Fonts) -> None:
    data, _ = made(label, fonts)
    with painted.opened(data) as pdf:
        spaces: Any = pdf.pages[0].obj.Resources.ColorSpace
        assert str(spaces.CsAll[1]) == "/All"
        assert ("CS", ["/CsAll"]) in [
            (name, [str(v) for v in row]) for name, row in operators(pdf) if name == "CS"
        ]


def test_a_ground_at_the_edge_fills_the_bleed(label: Layout, fonts: Fonts) -> None:
    data, report = made(label, fonts, settings=PressSettings(bleed_mm=3, marks=None))
    picture = grey_page(pypdfium2.PdfDocument(data), 0, 254)  # 10 pixels a millimetre
    assert report.media_mm == pytest.approx((66, 46))
    # The green head of 6 mm, with 3 mm of bleed on three sides.
    assert picture[2:30, 2:658].max() < 160
    assert max(picture[2:88, 2:30].max(), picture[2:88, 632:658].max()) < 160
    assert picture[95:, :20].min() > 250


def test_nothing_of_a_screen_is_painted(label: Layout, fonts: Fonts) -> None:
    data, _ = made(label, fonts)
    with painted.opened(data) as pdf:
        names = {name for name, _ in operators(pdf)}
        kinds = painted.walk(pdf, [1, 2, 3]).kinds
    assert not names & {"rg", "RG", "g", "G", "sh"}
    assert {"k", "Do", "INLINE IMAGE"} <= names
    assert kinds == {"cmyk"}


@pytest.mark.parametrize("vector", [False, True])
def test_symbols_are_black_alone_and_read_back(label: Layout, fonts: Fonts, vector: bool) -> None:
    data, _ = made(label, fonts, 45, settings=PressSettings(vector=vector))
    document = pypdfium2.PdfDocument(data)
    found = [encode.read_back(grey_page(document, n, 200))[0].text for n in (0, 20, 44)]
    run = units(45)
    assert found == [run[n].code for n in (0, 20, 44)]
    with painted.opened(data) as pdf:
        names = [str(row.operator) for row in pikepdf.parse_content_stream(pdf.pages[0])]
        assert ("f*" in names) == vector
        assert ("INLINE IMAGE" in names) != vector
        fills = [
            [float(v) for v in row.operands]
            for row in pikepdf.parse_content_stream(pdf.pages[0])
            if str(row.operator) == "k"
        ]
    assert fills and all(fill == [0, 0, 0, 1] for fill in fills)


def test_mask_and_outline_show_the_same(label: Layout, fonts: Fonts) -> None:
    shown = []
    for vector in (False, True):
        data, _ = made(label, fonts, 1, settings=PressSettings(vector=vector))
        shown.append(grey_page(pypdfium2.PdfDocument(data), 0, 600).astype(np.int16))
    # Edges may be smoothed differently by a pixel, areas may not differ.
    differs = np.abs(shown[0] - shown[1]) > 128
    assert differs.sum() < 0.02 * (shown[0] < 128).sum()


@pytest.mark.skipif(shutil.which("gs") is None, reason="ghostscript is not installed")
def test_a_second_opinion_finds_black_ink_only(write: Write, fonts: Fonts, tmp_path: Path) -> None:
    layout = write(GROUND.replace('fill = "leaf"', 'fill = "ink"'), symbol=SYMBOL)
    data, report = made(layout, fonts, 1, settings=PressSettings(marks=None))
    path = tmp_path / "press.pdf"
    path.write_bytes(data)
    done = subprocess.run(
        ["gs", "-q", "-dSAFER", "-o", "-", "-sDEVICE=inkcov", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    c, m, y, k = (float(v) for v in done.stdout.split()[:4])
    assert (c, m, y) == (0, 0, 0)
    assert k > 0.1
    assert report.plates == ("K",)


def test_black_overprints_and_nothing_else_does(label: Layout, fonts: Fonts) -> None:
    data, report = made(label, fonts)
    assert report.overprint
    with painted.opened(data) as pdf:
        states: Any = pdf.pages[0].obj.Resources.ExtGState
        assert (bool(states.GsOver.OP), bool(states.GsOver.op), int(states.GsOver.OPM)) == (
            True,
            True,
            1,
        )
        assert not states.GsKnock.op
        walked = painted.walk(pdf, [1])
        # In the form: the green area and the white word knock out, the black word overprints.
        seen = []
        over = False
        form = next(i for i in pdf.objects if isinstance(i, pikepdf.Stream) and "/BBox" in i)
        fill: list[float] = []
        for row in pikepdf.parse_content_stream(form):
            name = str(row.operator)
            if name == "gs":
                over = str(row.operands[0]) == "/GsOver"
            elif name == "k":
                fill = [float(v) for v in row.operands]
            elif name in ("f", "Tj"):
                seen.append((name, over, fill == [0, 0, 0, 1]))
    assert walked.overprints
    assert ("f", False, False) in seen
    assert ("Tj", True, True) in seen
    assert ("Tj", False, False) in seen
    assert all(over == black for name, over, black in seen if name == "Tj")


def test_overprint_can_be_switched_off(label: Layout, fonts: Fonts) -> None:
    data, _ = made(label, fonts, settings=PressSettings(overprint_black=False))
    with painted.opened(data) as pdf:
        assert not painted.walk(pdf, [1]).overprints


def test_a_colour_becomes_a_named_spot(label: Layout, fonts: Fonts) -> None:
    spot = Spot("PANTONE 349 C", (0.9, 0.12, 0.95, 0.4))
    data, report = made(label, fonts, settings=PressSettings(spots={"leaf": spot}))
    assert report.plates == ("K", "PANTONE 349 C")
    with painted.opened(data) as pdf:
        spaces: Any = pdf.pages[0].obj.Resources.ColorSpace
        found = [row for key, row in spaces.items() if str(row[1]) == "/PANTONE 349 C"]
        assert len(found) == 1
        assert [float(v) for v in found[0][3].C1] == [0.9, 0.12, 0.95, 0.4]
        assert painted.walk(pdf, [1]).spots == {"PANTONE 349 C"}


@pytest.mark.parametrize("name", ["Vàng nhũ", "A/B (#1) 50 %", "<<X>>"])
def test_any_name_of_a_spot_survives(label: Layout, fonts: Fonts, name: str) -> None:
    data, report = made(
        label, fonts, 1, settings=PressSettings(spots={"leaf": Spot(name, (1, 0, 1, 0))})
    )
    assert report.plates == ("K", name)
    with painted.opened(data) as pdf:
        assert painted.walk(pdf, [1]).spots == {name}


def test_two_names_of_one_look_can_be_two_inks(write: Write, fonts: Fonts) -> None:
    layout = write(GROUND.replace('ink = "#1b1b1b"', 'ink = "#1f5a3c"'), symbol=SYMBOL)
    settings = PressSettings(spots={"leaf": Spot("Xanh", (1, 0, 1, 0))})
    _, report = made(layout, fonts, settings=settings)
    inks = {name: (cmyk, spot) for name, cmyk, spot in report.inks}
    assert inks["leaf"][1] == "Xanh"
    assert inks["ink"][1] == ""


def test_stated_inks_are_taken_as_they_are(label: Layout, fonts: Fonts) -> None:
    _, report = made(label, fonts, settings=PressSettings(process={"leaf": (1.0, 0.1, 0.9, 0.3)}))
    assert ("leaf", (1.0, 0.1, 0.9, 0.3), "") in report.inks


REFUSED = [
    (PressSettings(process={"ink": (0.6, 0.4, 0.4, 1.0)}), "rich black"),
    (PressSettings(process={"ink": (1.0, 1.0, 1.0, 0.5)}), "does not dry"),
    (PressSettings(process={"nope": (0, 0, 0, 1)}), "no colour"),
    (PressSettings(spots={"leaf": Spot("All", (0, 0, 0, 1))}), "cannot be a spot"),
    (PressSettings(spots={"leaf": Spot("", (0, 0, 0, 1))}), "cannot be a spot"),
    (
        PressSettings(spots={"leaf": Spot("A", (0, 0, 0, 1)), "ink": Spot("A", (1, 0, 0, 1))}),
        "two ways",
    ),
    (PressSettings(bleed_mm=-1), "impossible"),
    (PressSettings(icc=b"no profile"), "no ICC profile"),
    (PressSettings(icc=cmyk_profile(device=b"mntr")), "prtr"),
    (PressSettings(icc=cmyk_profile(space=b"RGB ")), "CMYK"),
    (PressSettings(icc=cmyk_profile(version=0x450)), "of version 5"),
    (PressSettings(icc=cmyk_profile(version=0x500)), "of version 5"),
    (PressSettings(icc=cmyk_profile()[:-8]), "damaged"),
    (PressSettings(imposition=Imposition(9, 2)), "press sheet"),
]


@pytest.mark.parametrize(("settings", "said"), REFUSED)
def test_what_no_press_can_do_is_refused(
    label: Layout, fonts: Fonts, settings: PressSettings, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        made(label, fonts, settings=settings)


def test_too_many_pages_are_refused_before_anything_is_drawn(label: Layout, fonts: Fonts) -> None:
    run = units(1) * 15_001
    with pytest.raises(BadInput, match="15001 pages"):
        write_press_pdf(io.BytesIO(), label, [Block(sample_content(), run)], fonts)


def test_x4_says_what_it_is(label: Layout, fonts: Fonts) -> None:
    profile = cmyk_profile()
    settings = PressSettings(icc=profile, condition="FOGRA39")
    data, report = made(label, fonts, settings=settings)
    assert (report.standard, report.condition, report.profile) == (
        "PDF/X-4",
        "FOGRA39",
        "Test press",
    )
    assert data.startswith(b"%PDF-1.6")
    with painted.opened(data) as pdf:
        intent: Any = pdf.Root.OutputIntents[0]
        assert str(intent.S) == "/GTS_PDFX"
        assert str(intent.OutputConditionIdentifier) == "FOGRA39"
        assert int(intent.DestOutputProfile.N) == 4
        assert intent.DestOutputProfile.read_bytes() == profile
        assert str(pdf.docinfo["/Trapped"]) == "/False"
        assert "/ID" in pdf.trailer
        packet = pdf.Root.Metadata.read_bytes().decode()
        assert "/Filter" not in pdf.Root.Metadata
    assert "<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>" in packet
    assert "<pdf:Trapped>False</pdf:Trapped>" in packet
    assert re.search(r"<xmpMM:DocumentID>uuid:[0-9a-f-]{36}<", packet)
    assert "Trà sen" in packet


def test_without_a_condition_the_file_names_the_profile_alone(label: Layout, fonts: Fonts) -> None:
    data, report = made(label, fonts, settings=PressSettings(icc=cmyk_profile()))
    assert (report.standard, report.condition) == ("PDF/X-4", "Test press")
    with painted.opened(data) as pdf:
        intent: Any = pdf.Root.OutputIntents[0]
        assert str(intent.OutputConditionIdentifier) == "Custom"
        assert str(intent.Info) == "Test press"
        assert "/RegistryName" not in intent


@pytest.mark.parametrize(
    ("condition", "told"),
    [("", False), ("Test press", False), ("test-press", False), ("FOGRA39", True)],
)
def test_a_condition_that_the_profile_does_not_name_is_told(
    condition: str, told: bool, label: Layout, fonts: Fonts
) -> None:
    settings = PressSettings(icc=cmyk_profile(), condition=condition)
    _, report = made(label, fonts, settings=settings)
    assert ("condition_differs" in [note.code for note in report.notes]) is told


@pytest.mark.parametrize(
    ("points", "colour", "told"),
    [(5, "#8f1d1d", True), (8.4, "#8f1d1d", True), (9, "#8f1d1d", False), (5, "#111111", False)],
)
def test_small_words_on_three_plates_are_told(
    points: float, colour: str, told: bool, write: Write, fonts: Fonts
) -> None:
    words = f"""
[[elements]]
type = "text"
x = 4
y = 4
w = 30
h = 8
text = "Trà sen"
size = {points}
colour = "{colour}"
"""
    _, report = made(write(words), fonts)
    assert ("small_words_plates" in [note.code for note in report.notes]) is told


def test_without_a_profile_it_is_no_x4_and_says_why(label: Layout, fonts: Fonts) -> None:
    data, report = made(label, fonts)
    assert report.standard == ""
    assert "no output profile" in report.reason
    assert [note.code for note in report.notes] == ["own_separation"]
    with painted.opened(data) as pdf:
        assert "/OutputIntents" not in pdf.Root
        assert b"GTS_PDFXVersion" not in pdf.Root.Metadata.read_bytes()


def test_a_profile_without_the_way_back_is_embedded_all_the_same(
    label: Layout, fonts: Fonts
) -> None:
    _, report = made(label, fonts, settings=PressSettings(icc=cmyk_profile(both=False)))
    assert report.standard == "PDF/X-4"
    assert [note.code for note in report.notes] == ["own_separation"]


def test_the_same_job_gives_the_same_bytes(label: Layout, fonts: Fonts) -> None:
    settings = PressSettings(icc=cmyk_profile(), imposition=Imposition(3, 4))
    first, again = (
        made(label, fonts, 20, settings=settings),
        made(label, fonts, 20, settings=settings),
    )
    assert first == again


@pytest.mark.parametrize("order", ["across", "down", "stack"])
def test_imposed_labels_lie_where_the_order_says(label: Layout, fonts: Fonts, order: Any) -> None:
    imposition = Imposition(3, 2, gutter_mm=(4, 6), sheet_mm=(320, 225), order=order)
    data, report = made(label, fonts, 14, settings=PressSettings(imposition=imposition))
    run = units(14)
    op = compose(label, sample_content(), fonts, unit=run[0]).symbol
    left, top = (320 - 3 * 60 - 2 * 4) / 2, (225 - 2 * 40 - 6) / 2
    assert (report.pages, report.per_page) == (3, 6)

    def number(page: int, column: int, row: int) -> int:
        slot = row * 3 + column
        if order == "stack":
            return slot * 3 + page
        return page * 6 + (column * 2 + row if order == "down" else slot)

    document = pypdfium2.PdfDocument(data)
    seen = 0
    with painted.opened(data) as pdf:
        for page in range(3):
            places, matrix = [], [0.0] * 6
            for row in pikepdf.parse_content_stream(pdf.pages[page]):
                if str(row.operator) == "cm":
                    matrix = [float(v) for v in row.operands]
                elif str(row.operator) == "INLINE IMAGE":
                    places.append((matrix[4] * MM, 225 - matrix[5] * MM - matrix[3] * MM))
            reads = encode.read_back(grey_page(document, page, 200))
            expected = []
            for r in range(2):
                for c in range(3):
                    if number(page, c, r) < 14:
                        x, y = left + c * 64 + op.x, top + r * 46 + op.y
                        expected.append((x, y))
                        here = [
                            read.text
                            for read in reads
                            if x < read.x * 25.4 / 200 < x + op.size
                            and y < read.y * 25.4 / 200 < y + op.size
                        ]
                        assert here == [run[number(page, c, r)].code]
                        seen += 1
            assert np.allclose(places, expected, atol=0.01)
    assert seen == 14


def test_bleeds_meet_in_the_middle_of_a_narrow_gutter(label: Layout, fonts: Fonts) -> None:
    imposition = Imposition(2, 1, gutter_mm=(1, 0), sheet_mm=(160, 80))
    data, report = made(label, fonts, 2, settings=PressSettings(imposition=imposition, marks=None))
    assert "gutter" in [note.code for note in report.notes]
    page = frame((60, 40), bleed_mm=2, marks=None, imposition=imposition)
    assert page.room(0)[2] == pytest.approx(page.room(1)[0])
    with painted.opened(data) as pdf:
        names = [str(row.operator) for row in pikepdf.parse_content_stream(pdf.pages[0])]
    assert names.count("W") == 2


def test_a_die_line_is_a_plate_of_its_own(label: Layout, fonts: Fonts) -> None:
    _, report = made(label, fonts, settings=PressSettings(die_line="Dieline"))
    assert report.plates[-1] == "Dieline"


def test_pictures_become_cmyk_on_the_ground_they_lie_on(
    write: Write, fonts: Fonts, content: LabelContent
) -> None:
    ink = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    ink.paste((200, 30, 30, 255), (10, 10, 30, 30))
    out = io.BytesIO()
    ink.save(out, "PNG")
    element = '[[elements]]\ntype = "image"\nimage = "logo"\nx = 0\ny = 20\nw = 8\nh = 8\n'
    layout = write(GROUND.replace("[colours]", element + "[colours]"), symbol=SYMBOL)
    with_logo = LabelContent(
        dict(content.values_by_name), 4, images={"logo": out.getvalue()}, record="1"
    )
    file = io.BytesIO()
    report = write_press_pdf(file, layout, [Block(with_logo, units(1))], fonts)
    assert "no_bleed_picture" in [note.code for note in report.notes]
    with painted.opened(file.getvalue()) as pdf:
        pictures = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
        assert [str(item.ColorSpace) for item in pictures] == ["/DeviceCMYK"]
        assert all("/SMask" not in item for item in pictures)
        walked = painted.walk(pdf, [1])
        assert "rgb" not in walked.kinds
        assert not walked.faults


#: Half on the leaf-green rectangle at the top of the label; wholly on it; on bare paper.
ACROSS, ON_LEAF, ON_PAPER = (40, 2, 8), (40, 0.5, 5), (2, 20, 8)


def with_mark(
    write: Write, fonts: Fonts, place: tuple[float, float, float], settings: PressSettings
) -> bytes:
    x, y, side = place
    element = (
        f'[[elements]]\ntype = "image"\nimage = "mark"\nx = {x}\ny = {y}\nw = {side}\nh = {side}\n'
    )
    layout = write(GROUND.replace("[colours]", element + "[colours]"), symbol=SYMBOL)
    content = LabelContent(
        dict(sample_content().values_by_name), 4, images={"mark": ring("#b4b4b4")}, record="1"
    )
    out = io.BytesIO()
    write_press_pdf(
        out, layout, [Block(content, units(1))], fonts, settings=settings, job=Job("Trà sen")
    )
    return out.getvalue()


@pytest.mark.parametrize(
    ("place", "spot", "stays"),
    [
        (ACROSS, False, True),
        (ON_LEAF, False, False),
        (ON_LEAF, True, True),
        (ON_PAPER, True, False),
    ],
)
def test_a_mark_with_a_clear_ground_hides_nothing_of_what_it_lies_on(
    write: Write, fonts: Fonts, place: tuple[float, float, float], spot: bool, stays: bool
) -> None:
    spots = {"leaf": Spot("PANTONE 349 C", (0.9, 0.1, 0.9, 0.5))} if spot else {}
    settings = PressSettings(icc=cmyk_profile(), spots=spots)
    data = with_mark(write, fonts, place, settings)
    with painted.opened(data) as pdf:
        pictures = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
        spaces = sorted(str(item.ColorSpace) for item in pictures)
        assert spaces == ["/DeviceCMYK", *(["/DeviceGray"] if stays else [])]
        assert [("/SMask" in item) for item in pictures].count(True) == stays
        assert not any(item.get("/Interpolate", False) for item in pictures)
    codes = [finding.code for finding in check(data, Wanted()).findings]
    assert codes == (["transparency"] if stays else [])
    # The middle of the ring lets the ground through, as it does beside the picture.
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    shown = page.render(scale=600 / 72).to_numpy()[:, :, :3].astype(int)
    page_box = box_of_trim(data)
    document.close()

    def at(x: float, y: float) -> Any:
        return shown[round((page_box[1] + y) * 600 / 25.4), round((page_box[0] + x) * 600 / 25.4)]

    x, y, side = place
    for down in (0.45, 0.55):
        inside, beside = at(x + side / 2, y + side * down), at(x - 0.5, y + side * down)
        assert abs(inside - beside).max() <= 12, (inside, beside)
    ring_of = at(x + side * 0.15, y + side / 2)
    assert abs(ring_of - at(x - 0.5, y + side / 2)).max() > 40
    with painted.opened(archive.to_pdfa2(data)) as kept:
        assert list(archive.faults(kept)) == []


def box_of_trim(data: bytes) -> tuple[float, float]:
    """Left and upper edge of the trimmed label on its page, mm from the top left."""
    with painted.opened(data) as pdf:
        media, trim = box(pdf.pages[0], "/MediaBox"), box(pdf.pages[0], "/TrimBox")
    return trim[0] - media[0], media[3] - trim[3]
