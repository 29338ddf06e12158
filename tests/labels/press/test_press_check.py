"""Preflight finds every fault that is planted, and nothing in a sound file."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pikepdf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from labelsvc.errors import BadInput
from labelsvc.labels.checks import measure
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.press.inspect import painted
from labelsvc.labels.press.inspect.check import PressCheck, Wanted, check
from labelsvc.labels.press.settings import PressSettings
from labelsvc.labels.symbols import encode
from tests.labels.conftest import Write, units

from .icc_profile import cmyk_profile
from .test_press import GROUND, SYMBOL, made

PT = 72 / 25.4


@pytest.fixture(scope="module")
def sound(fonts: Fonts) -> tuple[bytes, Wanted]:
    """A sound PDF/X-4 of two labels, and what it was made from."""
    from labelsvc.labels.layouts import reading
    from tests.labels.conftest import HEAD

    layout: Layout = reading.load(HEAD + SYMBOL + GROUND, source="test.toml")
    data, report = made(layout, fonts, 2, settings=PressSettings(icc=cmyk_profile()))
    codes = [unit.code for unit in units(2)]
    return data, Wanted(
        trim_mm=(60, 40),
        bleed_mm=2,
        module_mm=report.module_mm,
        resolution_dpi=600,
        codes=codes,
    )


def codes_of(found: PressCheck) -> set[str]:
    return {row.code for row in found.findings if row.severity == "error"}


def altered(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with painted.opened(data) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def painting(operators: str, **resources: Any) -> Callable[[pikepdf.Pdf], None]:
    """A change that paints *operators* at the end of the first page."""

    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        for kind, row in resources.items():
            # The dictionaries are shared by all pages.
            have = page.obj.Resources.get(f"/{kind}", Dictionary())
            page.obj.Resources[f"/{kind}"] = Dictionary({**dict(have.items()), **row})
        page.contents_add(operators.encode())

    return change


def without_font(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
            del item["/FontFile2"]
            return


def wrong_box(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.BleedBox = pdf.pages[1].obj.MediaBox
    pdf.pages[1].obj.TrimBox = Array([-3, -3, 400, 400])


def narrow_bleed(pdf: pikepdf.Pdf) -> None:
    box = [float(v) for v in pdf.pages[0].obj.TrimBox]
    pdf.pages[0].obj.BleedBox = Array([box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1])


def scaled(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"0.96 0 0 0.96 0 0 cm", prepend=True)


def stretched(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"1 0 0 0.9 0 0 cm", prepend=True)


def drop(key: str) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        del pdf.Root[key]

    return change


def other_profile(pdf: pikepdf.Pdf) -> None:
    intents: Any = pdf.Root.OutputIntents
    intents[0].DestOutputProfile = pdf.make_stream(cmyk_profile(space=b"RGB "), N=3)


def picture(pdf: pikepdf.Pdf) -> None:
    image = pdf.make_stream(
        bytes(12),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=2,
        Height=2,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceRGB,
    )
    painting("q 9 0 0 9 30 30 cm /Pic Do Q", XObject={"/Pic": image})(pdf)


def rgb_form(pdf: pikepdf.Pdf) -> None:
    form = pdf.make_stream(
        b"/Red cs 1 0 0 sc 0 0 5 5 re f",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 5, 5]),
        Resources=Dictionary(
            ColorSpace=Dictionary(
                Red=Array([Name.ICCBased, pdf.make_stream(b"", N=3, Alternate=Name.DeviceRGB)])
            )
        ),
    )
    painting("/Deep Do", XObject={"/Deep": form})(pdf)


# Page 116 x 86 pt of margins: the symbol's first dark module lies near x = 8 + 38, y = 8 + 12 mm.
BESIDE = f"0 0 0 1 k {44.6 * PT} {30 * PT} {1.2 * PT} {3 * PT} re f"
FAULTS: list[tuple[str, Callable[[pikepdf.Pdf], None]]] = [
    ("font_not_embedded", without_font),
    ("rgb", painting("1 0 0 rg 0 0 5 5 re f")),
    ("rgb", painting("0 1 0 RG 0 0 m 5 5 l S")),
    ("rgb", painting("q 9 0 0 9 30 30 cm BI /W 1 /H 1 /CS /RGB /BPC 8 ID abc EI Q")),
    ("rgb", picture),
    ("rgb", rgb_form),
    ("rich_words", painting("BT 0.6 0.4 0.4 0.9 k (a) Tj ET")),
    ("white_overprints", painting("/GsOver gs 0 0 0 0 k 0 0 5 5 re f")),
    ("white_overprints", painting("/GsOver gs 1 g 0 0 5 5 re f")),
    ("white_overprints", painting("/GsOver gs 1 1 1 rg 0 0 5 5 re f")),
    ("symbol_inks", painting("1 1 0 1 k q 9 0 0 9 30 30 cm BI /IM true /W 1 /H 1 ID \x00 EI Q")),
    ("quiet_zone", painting(BESIDE)),
    ("boxes_not_nested", wrong_box),
    ("bleed_short", narrow_bleed),
    ("no_trim_box", lambda pdf: pdf.pages[0].obj.__delitem__("/TrimBox")),
    ("wrong_trim_box", lambda pdf: pdf.pages[0].obj.__setitem__(
        "/TrimBox", Array([30, 30, 190, 130]))),
    ("module_size", scaled),
    ("not_square", stretched),
    ("no_output_intent", drop("/OutputIntents")),
    ("x4_keys", drop("/Metadata")),
    ("bad_profile", other_profile),
    ("symbol_missing", lambda pdf: pdf.pages.__delitem__(1)),
    ("actions", lambda pdf: pdf.Root.__setitem__("/OpenAction", Dictionary(S=Name.GoTo))),
]  # fmt: skip


def test_a_sound_file_passes(sound: tuple[bytes, Wanted]) -> None:
    found = check(*sound)
    assert (found.findings, found.ok) == ((), True)
    assert found.press_report["symbols"] == 2
    assert found.press_report["output_intent"] == "Custom"
    assert found.press_report["plates"] == ["C", "M", "Y", "K"]
    assert found.press_report["boxes_mm"]["trim"] == pytest.approx([8, 8, 68, 48], abs=0.01)


@pytest.mark.parametrize(
    ("code", "change"), FAULTS, ids=[f"{n}-{row[0]}" for n, row in enumerate(FAULTS)]
)
def test_a_planted_fault_is_found(
    sound: tuple[bytes, Wanted], code: str, change: Callable[[pikepdf.Pdf], None]
) -> None:
    data, wanted = sound
    found = check(altered(data, change), wanted)
    assert code in codes_of(found)
    assert not found.ok
    row = next(row for row in found.findings if row.code == code)
    assert row.message and row.fix


@pytest.mark.parametrize("colour", ["0 0 0 1 k", "0.5 g", "0 g", "1 1 0.9 rg", "0 0 1 rg"])
def test_colour_that_overprints_is_no_white(sound: tuple[bytes, Wanted], colour: str) -> None:
    data, wanted = sound
    change = painting(f"/GsOver gs {colour} 0 0 5 5 re f")
    assert "white_overprints" not in codes_of(check(altered(data, change), wanted))


def test_transparency_is_told_but_no_error(sound: tuple[bytes, Wanted]) -> None:
    data, wanted = sound
    change = painting("/Half gs 0 0 5 5 re f", ExtGState={"/Half": Dictionary(ca=0.5)})
    found = check(altered(data, change), wanted)
    assert [(row.severity, row.code) for row in found.findings] == [("warning", "transparency")]


def test_a_symbol_of_another_run_is_told(sound: tuple[bytes, Wanted]) -> None:
    data, _ = sound
    other = [unit.code for unit in units(2, seed=9)]
    assert {"symbol_unknown", "symbol_missing"} <= codes_of(check(data, Wanted(codes=other)))


def test_long_files_are_looked_at_in_places(write: Write, fonts: Fonts) -> None:
    data, _ = made(write(symbol=SYMBOL), fonts, 30)
    found = check(data, Wanted(standard="none", most_pages=4))
    assert (found.press_report["pages"], found.press_report["pages_checked"]) == (30, 4)
    assert found.press_report["symbols"] == 4


def test_a_file_without_intent_may_pass_when_x4_is_not_asked(write: Write, fonts: Fonts) -> None:
    data, _ = made(write(symbol=SYMBOL), fonts, 1)
    found = check(data, Wanted(standard="none"))
    assert [(row.severity, row.code) for row in found.findings] == [("warning", "no_output_intent")]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.6\n", b"PK\x03\x04 no pdf"])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        check(data)


@given(st.integers(200, 20_000), st.binary(min_size=1, max_size=20))
@example(3258, b"\0")
def test_a_damaged_file_is_refused_or_judged(at: int, junk: bytes) -> None:
    """Never an error of the libraries below."""
    data = bytearray(_CACHED or _cached())
    at %= len(data)
    data[at : at + len(junk)] = junk
    try:
        check(bytes(data), Wanted(most_pages=1))
    except BadInput as error:
        assert error.fix


_CACHED = b""


def _cached() -> bytes:
    from labelsvc.labels.drawing import fonts as label_fonts
    from labelsvc.labels.layouts import reading
    from tests.labels.conftest import HEAD

    global _CACHED
    layout = reading.load(HEAD + SYMBOL, source="test.toml")
    _CACHED = made(layout, label_fonts.load(), 1)[0]
    return _CACHED


# --- the gauge -----------------------------------------------------------------------------------


def shown(scale: int, quiet: int, *, ink: int = 0, ground: int = 255) -> Any:
    """A symbol *scale* pixels a module with *quiet* free modules inside a dark frame."""
    matrix = encode.matrix(units(1)[0].code, level="M")
    size = len(matrix) * scale
    free = quiet * scale
    picture = np.full((size + 2 * free + 60, size + 2 * free + 60), 255, np.uint8)
    picture[10:-10, 10:-10] = ink
    picture[30:-30, 30:-30] = ground
    inner = np.where(np.kron(matrix, np.ones((scale, scale))) > 0, ink, ground)
    picture[30 + free : 30 + free + size, 30 + free : 30 + free + size] = inner
    return picture


@pytest.mark.parametrize("quiet", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("scale", [4, 7, 11])
@pytest.mark.parametrize("colours", [(0, 255), (60, 215)])
def test_modules_and_quiet_zone_are_measured(
    quiet: int, scale: int, colours: tuple[int, int]
) -> None:
    picture = shown(scale, quiet, ink=colours[0], ground=colours[1])
    rows = measure.measure(picture, 600, page=1)
    assert len(rows) == 1
    assert rows[0].modules == 29
    assert rows[0].module == pytest.approx(scale * 25.4 / 600, rel=0.001)
    assert rows[0].dots(600) == pytest.approx(scale, rel=0.001)
    assert rows[0].quiet == pytest.approx(quiet, abs=0.01)


def test_the_edge_of_the_paper_ends_the_quiet_zone() -> None:
    picture = shown(8, 6)
    free = measure.measure(picture, 600, page=1)[0]
    millimetres = [free.x - 2 * free.module, 0, 99, 99]
    cut = measure.measure(picture, 600, page=1, edge=millimetres)[0]
    assert free.quiet == pytest.approx(6, abs=0.01)
    assert cut.quiet == pytest.approx(2, abs=0.05)
