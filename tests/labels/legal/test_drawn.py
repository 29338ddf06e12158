"""What only a composed label shows: letters, contrast, sizes, stars; and where on the label."""

from __future__ import annotations

import re

import pytest

from labelsvc.errors import LabelOverflow
from labelsvc.labels import legal
from labelsvc.labels.drawing import sample_content
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import sample_unit
from labelsvc.labels.drawing.fonts_metrics import PT, Fonts
from labelsvc.labels.layouts import library
from labelsvc.labels.legal import colours, letters

from .conftest import FOOD, STARRED, Judge, Label, Values, codes


def test_letters_are_measured_on_the_glyphs(fonts: Fonts) -> None:
    face = fonts["regular"]
    x, cap = face.bounds("x")[3], face.bounds("H")[3]
    assert 0.5 < x < 0.56 and 0.68 < cap < 0.76
    assert letters.height_mm("Lô 12", "regular", 2.0, fonts) == pytest.approx(x * 2)
    assert letters.height_mm("QĐ HN", "regular", 2.0, fonts) >= cap * 2 - 0.05
    assert letters.height_mm("2026", "regular", 2.0, fonts) > x * 2


@pytest.mark.parametrize(
    ("points", "purpose", "expected"),
    [
        (8.0, "full_label", []),
        (6.0, "full_label", [("warning", "letters_small")]),
        (4.6, "full_label", [("error", "letters_too_small")]),
        (4.6, "seal", [("warning", "letters_too_small")]),
        (6.0, "seal", []),
    ],
)
def test_letters_have_a_floor_and_an_advice(
    label: Label, values: Values, judge: Judge, points: float, purpose: str,
    expected: list[tuple[str, str]],
) -> None:  # fmt: skip
    layout = label(FOOD.replace("size = 8\n", f"size = {points}\n"), purpose=purpose)
    found = judge(layout, values(stars=None))
    assert [(f.severity, f.code) for f in found] == expected
    for finding in found:
        assert finding.element == "rest" and finding.where is not None
        assert finding.where == pytest.approx((2, 14, 112, finding.where[3]))
        assert float(finding.params["height"]) == pytest.approx(points * PT * 0.53, abs=0.02)


def test_a_wide_code_is_measured_as_it_is_squeezed(
    label: Label, values: Values, fonts: Fonts
) -> None:
    narrow = '[[elements]]\nid="unit"\ntype="text"\nx=2\ny=96\nw=17\nh=4\ntext="Lô {lot_code} · {unit_number}"\nsize=7\nmin_size=3\n'  # fmt: skip
    layout = label(FOOD + narrow)
    content = values(stars=None)
    drawing = compose(layout, content, fonts)
    for number, small in (("1", False), ("999.999", True)):
        unit = sample_unit()._replace(unit_number=number)
        found = legal.check_label(layout, drawing, content, 11, fonts, unit=unit)
        assert ("letters_too_small" in codes(found)) is small


@pytest.mark.parametrize(("name_size", "wrong"), [(14, False), (8, True), (7, True)])
def test_the_name_is_the_largest(
    label: Label, values: Values, judge: Judge, name_size: int, wrong: bool
) -> None:
    layout = label(FOOD.replace("size = 14", f"size = {name_size}"))
    found = [f for f in judge(layout, values(stars=None)) if f.code == "name_not_largest"]
    assert [(f.severity, f.element) for f in found] == ([("error", "name")] if wrong else [])


@pytest.mark.parametrize(("size", "wrong"), [(14, False), (10, False), (18, True)])
def test_foreign_words_are_not_larger(
    label: Label, values: Values, judge: Judge, size: int, wrong: bool
) -> None:
    english = f'[[elements]]\nid="en"\ntype="text"\nx=2\ny=96\nw=130\nh=16\ntext="{{product_name_en}}"\nsize={size}\n'  # fmt: skip
    found = judge(label(FOOD + english), values(stars=None))
    assert ("foreign_larger" in codes(found)) is wrong


@pytest.mark.parametrize(
    ("ink", "ground", "severity"),
    [
        ("#000000", None, None),
        ("#ffffff", "#8f1d1d", None),
        ("#ffffff", None, "error"),
        ("#8a8a8a", None, "error"),
        ("#222222", "#1f5a3c", "error"),
        ("#b8791b", "#f8f0e6", "error"),
    ],
)
def test_words_stand_out_from_what_lies_below(
    label: Label, values: Values, judge: Judge, ink: str, ground: str | None, severity: str | None
) -> None:
    below = (
        f'[[elements]]\ntype="rect"\nx=0\ny=13\nw=113\nh=90\nfill="{ground}"\n' if ground else ""
    )
    layout = label(below + FOOD.replace("size = 8\n", f'size = 8\ncolour = "{ink}"\n'))
    found = [f for f in judge(layout, values(stars=None)) if f.code == "contrast"]
    assert [(f.severity, f.element) for f in found] == ([(severity, "rest")] if severity else [])


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("words", ["Trà sen Tây Hồ thơm ngon", "Số {unit_number} tem tem"])
def test_a_dark_patch_under_any_part_of_the_words_is_found(
    label: Label, values: Values, judge: Judge, fonts: Fonts, share: float, words: str
) -> None:
    line = f'[[elements]]\nid="line"\ntype="text"\nx=20\ny=96\nw=60\nh=6\nsize=9\ntext="{words}"\n'
    said = words.replace("{unit_number}", sample_unit().unit_number)
    x = 20 + share * fonts["regular"].width(said, 9 * PT) - 3
    patch = f'[[elements]]\ntype="rect"\nx={x}\ny=95\nw=6\nh=7\nfill="#202020"\n'
    found = judge(label(patch + FOOD + line), values(stars=None))
    assert [f.element for f in found if f.code == "contrast"] == ["line"]
    assert "contrast" not in codes(judge(label(FOOD + line), values(stars=None)))


def test_ground_painted_after_the_words_or_beside_them_does_not_count(
    label: Label, values: Values, judge: Judge
) -> None:
    beside = '[[elements]]\ntype="ellipse"\ncx=120\ncy=60\nrx=7\nfill="#000000"\n'
    assert "contrast" not in codes(judge(label(beside + FOOD), values(stars=None)))


def test_contrast_is_that_of_wcag() -> None:
    assert colours.ratio("#000000", "#ffffff") == pytest.approx(21)
    assert colours.ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_stars_need_the_decision_beside_them(label: Label, values: Values, judge: Judge) -> None:
    assert judge(label(FOOD + STARRED), values(stars=4)) == []
    far = STARRED.replace("y = 100", "y = 60").replace("x = 2\n", "x = 114\n", 1)
    assert codes(judge(label(FOOD + far), values(stars=4))) == {"decision_far_from_stars"}
    alone = STARRED.split("[[elements]]")
    without = label(FOOD + "[[elements]]" + alone[1])
    found = judge(without, values(stars=4))
    assert [(f.severity, f.code, f.element) for f in found] == [
        ("error", "stars_without_decision", "stars")
    ]


@pytest.mark.parametrize(
    ("text", "stars", "code"),
    [
        ("OCOP {stars} sao", 4, None),
        ("OCOP 4 sao", 4, None),
        ("OCOP 5 sao", 4, "other_stars"),
        ("OCOP 4 sao", None, "claim_without_recognition"),
        ("Sản phẩm OCOP", None, "claim_without_recognition"),
        ("[{stars_text}]", None, None),
    ],
)
def test_nothing_claims_more_than_the_decision(
    label: Label, values: Values, text: str, stars: int | None, code: str | None
) -> None:
    decision = '[[elements]]\ntype="text"\nx=2\ny=106\nw=100\nh=6\ntext="QĐ {decision_number}"\n'
    claim = f'[[elements]]\nid="claim"\ntype="text"\nx=2\ny=96\nw=100\nh=6\ntext="{text}"\n'
    found = legal.check_run(label(FOOD + claim + decision), values(stars=stars), 11)
    assert [(f.code, f.element) for f in found] == ([(code, "claim")] if code else [])


def test_errors_come_first_and_every_finding_is_whole(
    label: Label, values: Values, judge: Judge
) -> None:
    layout = label(FOOD.replace("size = 8\n", "size = 4.6\n"))
    bad = values(
        stars=None, expires="2026-11-02", net_content="100g", storage="", origin="VN",
        warning="chữa bệnh; tốt nhất",
    )  # fmt: skip
    found = judge(layout, bad)
    severities = [f.severity for f in found]
    assert severities == sorted(severities) and len(found) >= 7
    for finding in found:
        assert finding.message and finding.fix and finding.code
        assert "37/2026" in finding.article or "26/2026" in finding.article
        assert (finding.element is None) == (finding.where is None)


@pytest.mark.parametrize("name", library.names())
def test_built_in_layouts_obey(name: str, judge: Judge, values: Values) -> None:
    layout = library.get(name)
    found = judge(layout, values(stars=4 if layout.shows_stars else None), 11)
    assert [f for f in found if f.severity == "error"] == []
    assert "contrast" not in codes(found) and "name_not_largest" not in codes(found)


#: 22 mm leave no more than 4.2 points for number and date of the decision beside the stars.
_ADVISED = {"roll-35x22": {"letters_too_small"}}


@pytest.mark.parametrize("name", [layout.name for layout in library.for_packs()])
def test_built_in_layouts_give_no_advice_against_themselves(name: str, fonts: Fonts) -> None:
    """With the goods and the unit that their own pictures show, in each form they are made for."""
    layout = library.get(name)
    content = sample_content.sample_of(layout)
    for form in layout.forms:
        unit = sample_content.sample_unit_of(layout, form)
        drawing = compose(layout, content, fonts, unit=unit)
        found = legal.check_label(
            layout, drawing, content, sample_content.set_of(layout), fonts, unit=unit
        )
        assert {f.code for f in found} <= _ADVISED.get(name, set()), [f.params for f in found]


@pytest.mark.parametrize(
    "name", [name for name in library.names() if "expires" in library.get(name).variables]
)
def test_a_best_before_date_stands_with_its_own_words(
    name: str, values: Values, fonts: Fonts
) -> None:
    layout = library.get(name)
    content = values(stars=4, expires="", best_before="02/11/2028")
    drawing = compose(layout, content, fonts, unit=sample_content.sample_unit_of(layout, "short"))
    said = " ".join(text.text.replace(" / ", " ") for text in drawing.texts)
    assert re.search("tốt nhất trước ngày:? 02/11/2028", said) and "HSD" not in said


#: As long as names in the programme's lists get, and every mark that Vietnamese stacks.
LONG = {
    "product_name": "Rượu nếp cái hoa vàng ủ men lá thuốc Bắc truyền thống Phú Lộc thượng hạng",
    "producer_name": "Hợp tác xã Dịch vụ Nông nghiệp tổng hợp và Thủ công Quyết Thắng",
    "producer_address": "Số 268, thôn Trung Nghĩa Thượng, xã Chuyên Mỹ, thành phố Hà Nội",
    "ingredients": "Gạo nếp cái hoa vàng (72 %), nước tinh khiết, men lá 36 vị thảo mộc (quế, hồi, "
    "thảo quả, đinh hương, gừng, riềng, cam thảo), đường thốt nốt, muối tinh",
    "storage": "Nơi khô ráo, thoáng mát, dưới 30 °C, tránh ánh nắng trực tiếp và nguồn nhiệt; sau "
    "khi mở giữ ở 4–8 °C và dùng trong 7 ngày.",
    "host": "truyxuat.ocop-hanoi.example",
    "lot_code": "RNCHV-261103-0012",
    "decision_number": "12345/QĐ-UBND",
}
PLACES = {"product_name": "ƯỚP NHỮNG ỔN ẨM ẰNG ẴM ỖNG ỄNH", "producer_name": "HTX ẤP ỦỶ ỔỊ Ụ ẮẬ"}
#: Too small for seventy letters of a name: they refuse, and say which text it is.
_SMALL = {
    "a4-65",
    "a4-65-plain",
    "blank-35x22",
    "roll-35x22",
    "round-30",
    "scratch-50x30",
}


@pytest.mark.parametrize("name", library.names())
def test_built_in_layouts_take_long_words_or_name_the_text_that_does_not_fit(
    name: str, judge: Judge, values: Values
) -> None:
    layout = library.get(name)
    content = values(stars=4 if layout.shows_stars else None, **LONG)
    if name in _SMALL:
        with pytest.raises(LabelOverflow) as refused:
            judge(layout, content)
        assert refused.value.params["field"]
        return
    found = judge(layout, content)
    assert [f.code for f in found if f.severity == "error"] == []
    assert "name_not_largest" not in codes(found)


@pytest.mark.parametrize("name", library.names())
def test_stacked_marks_stay_lawful(name: str, judge: Judge, values: Values) -> None:
    layout = library.get(name)
    found = judge(layout, values(stars=4 if layout.shows_stars else None, **PLACES))
    assert [f.code for f in found if f.severity == "error"] == []
