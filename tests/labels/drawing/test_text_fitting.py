"""Words are wrapped, then made smaller, then refused; marks are never cut and never collide."""

from __future__ import annotations

import hashlib
import itertools
import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.errors import LabelOverflow, MissingGlyph
from labelsvc.labels.drawing import fonts as label_fonts
from labelsvc.labels.drawing import line_breaking, text
from labelsvc.labels.drawing.fonts_metrics import PT, Fonts
from labelsvc.labels.drawing.text import SetText
from labelsvc.labels.layouts.elements import StackText
from labelsvc.labels.layouts.parts import TextStyle
from labelsvc.labels.layouts.template import Run

WEIGHTS = ("regular", "medium", "semibold", "bold", "italic")
VIETNAMESE = sorted(
    {
        unicodedata.normalize("NFC", base + tone)
        for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    }
    | set("bcdđghklmnpqrstvxBCDĐGHKLMNPQRSTVX")
)
NAMES = {"field": "name", "record": "L1", "layout": "test"}


def style(**given: object) -> TextStyle:
    return StackText.model_validate({"type": "text", "text": "x", **given})


def fitted(
    fonts: Fonts, words: str, *, width: float, height: float = 100, **given: object
) -> SetText:
    lines = [[Run(line, False)] for line in words.split("\n")]
    return text.fit(lines, style(**given), fonts, (width, height), **NAMES)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_vietnamese_letter_is_in_every_face(fonts: Fonts, weight: str) -> None:
    assert len(VIETNAMESE) == 178
    fonts[weight].check("".join(VIETNAMESE) + "0123456789₫%°×·–—“”½…", **NAMES)


def test_font_files_are_what_the_table_says_and_their_licence_is_there() -> None:
    folder = Path(label_fonts.__file__).parent
    table = tomllib.loads((folder / "fonts.toml").read_text())
    files = {row["file"]: row["sha256"] for row in table["faces"].values()}
    assert files == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.ttf")
    }
    assert "SIL OPEN FONT LICENSE" in (folder / table["licence_file"]).read_text().upper()


def test_a_missing_glyph_is_refused_with_its_name(fonts: Fonts) -> None:
    with pytest.raises(MissingGlyph) as caught:
        fitted(fonts, "Trà 茶 ★", width=50)
    assert caught.value.params["characters"] == "★ (U+2605) 茶 (U+8336)"
    assert caught.value.params["font"] == "BeVietnamPro-Regular"
    assert caught.value.params["field"] == "name"


def test_short_words_keep_their_size(fonts: Fonts) -> None:
    found = fitted(fonts, "Trà sen", width=50, size=9, min_size=5)
    assert (found.points, len(found.lines)) == (9, 1)


def test_words_wrap_before_they_shrink(fonts: Fonts) -> None:
    found = fitted(fonts, "Trà shan tuyết Ba Vì", width=16, height=20, size=9, min_size=5)
    assert found.points == 9
    assert len(found.lines) > 1
    assert all(line.width <= 16 for line in found.lines)


def test_a_low_box_makes_them_smaller_and_the_height_holds(fonts: Fonts) -> None:
    found = fitted(fonts, "Trà shan tuyết Ba Vì", width=16, height=6.5, size=9, min_size=5)
    assert 5 <= found.points < 9
    assert found.height <= 6.5


@pytest.mark.parametrize(
    ("words", "width", "height"),
    [("Trà shan tuyết Ba Vì ướp hoa sen", 16, 3), ("Nghiêngngảkhôngcókhoảngtrắng", 10, 50)],
)
def test_what_does_not_fit_at_the_floor_is_refused(
    fonts: Fonts, words: str, width: float, height: float
) -> None:
    with pytest.raises(LabelOverflow) as caught:
        fitted(fonts, words, width=width, height=height, size=8, min_size=6)
    assert {"layout": "test", "field": "name", "record": "L1"}.items() <= (
        caught.value.params.items()
    )
    assert "6 pt" in str(caught.value)


def test_more_lines_than_allowed_are_refused(fonts: Fonts) -> None:
    with pytest.raises(LabelOverflow):
        fitted(fonts, "Trà shan tuyết Ba Vì", width=16, size=9, max_lines=1)


def test_number_and_unit_stay_together(fonts: Fonts) -> None:
    face = fonts["regular"]
    width = face.width("Khối lượng tịnh: 100", 9 * PT) + 0.5
    found = fitted(fonts, "Khối lượng tịnh: 100 g", width=width, size=9)
    assert [line.text for line in found.lines] == ["Khối lượng tịnh:", "100 g"]


@pytest.mark.parametrize(
    ("words", "at", "lines"),
    [
        ("Trà shan tuyết Ba Vì ướp hoa sen", "Trà shan tuyết Ba", ["Trà shan tuyết", "Ba Vì ướp hoa sen"]),
        ("Ba Vì trà sen", "trà sen", ["Ba Vì", "trà sen"]),
        ("Trà Ba Vì", "Trà Ba", ["Trà", "Ba Vì"]),
        ("Nghệ nhân Nguyễn Thị Lụa", "Nguyễn Thị Lụa", ["Nghệ nhân", "Nguyễn Thị Lụa"]),
        ("xã Ba Vì, Hà Nội", "xã Ba Vì, Hà", ["xã Ba Vì,", "Hà Nội"]),
        ("Công Ty Cổ Phần", "Công Ty C", ["Công Ty", "Cổ Phần"]),  # no line more for it
        ("Điện thoại 024 3000 0000", "thoại 024 3000 0", ["Điện thoại", "024 3000 0000"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("balance", [False, True])
def test_names_and_numbers_are_not_broken_where_it_costs_no_line(
    fonts: Fonts, words: str, at: str, lines: list[str], balance: bool
) -> None:
    width = fonts["regular"].width(at, 9 * PT) + 0.4
    found = fitted(fonts, words, width=width, size=9, balance=balance)
    assert [line.text for line in found.lines] == lines


def test_balanced_lines_are_about_equal(fonts: Fonts) -> None:
    words = "Trà shan tuyết cổ thụ ướp hoa sen"
    plain = fitted(fonts, words, width=36, size=9)
    even = fitted(fonts, words, width=36, size=9, balance=True)
    assert len(even.lines) == len(plain.lines) == 2

    def spread(found: SetText) -> float:
        widths = [line.width for line in found.lines]
        return max(widths) - min(widths)

    assert spread(even) < spread(plain) / 2


def test_the_ink_of_the_first_and_last_line_is_inside_the_block(fonts: Fonts) -> None:
    found = fitted(fonts, "ỔỖẤ\nnặng", width=50, size=10)
    face = fonts["regular"]
    assert found.ascent >= max(face.bounds(c)[3] for c in "ỔỖẤ") * found.size
    assert found.descent >= -min(face.bounds(c)[1] for c in "nặng") * found.size


@given(
    st.lists(st.text(st.sampled_from(VIETNAMESE), min_size=1, max_size=4), min_size=2, max_size=8)
)
def test_marks_never_touch_the_line_above(words: list[str]) -> None:
    fonts = label_fonts.load()
    found = fitted(fonts, " ".join(words), width=20, size=10, leading=1.2)
    face = fonts["regular"]
    rows = []
    for number, line in enumerate(found.lines):
        x, row = 0.0, []
        for char in line.text:
            x0, y0, x1, y1 = (v * found.size for v in face.bounds(char))
            base = -number * found.leading
            row.append((x + x0, base + y0, x + x1, base + y1))
            x += face.advance(char) * found.size
        rows.append(row)
    for upper, lower in itertools.pairwise(rows):
        for a in upper:
            for b in lower:
                beside = a[2] <= b[0] or b[2] <= a[0]
                assert beside or b[3] <= a[1]


def test_x_height_is_measured_on_the_glyph(fonts: Fonts) -> None:
    # Be Vietnam Pro: x is 0.53 em high, so 1.2 mm of x need about 6.4 points.
    assert fonts.x_height_mm("regular", 6.42) == pytest.approx(1.2, abs=0.01)


def test_capitals_keep_their_marks(fonts: Fonts) -> None:
    assert fitted(fonts, "gốm bát tràng", width=60, upper=True).lines[0].text == "GỐM BÁT TRÀNG"


@given(st.from_regex(r"[a-z]{1,9}(\.[a-z]{2,9}){1,4}", fullmatch=True), st.floats(6, 40))
def test_a_host_wraps_before_its_dots_and_loses_none(host: str, width: float) -> None:
    style = TextStyle.model_validate({"text": "{host}", "size": 5})
    found = text.set_text(
        [[Run(line_breaking.breakable(host), False)]],
        style,
        label_fonts.load(),
        width=width,
        points=5,
    )
    assert found is None or "".join(line.text for line in found.lines) == host
    if found is not None:
        assert all(line.text.startswith(".") for line in found.lines[1:])
        assert all(line.width <= width + 1e-6 for line in found.lines)
