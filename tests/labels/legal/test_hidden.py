"""Words under something that is drawn later, and words on words."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from labelsvc.errors import LabelsvcError
from labelsvc.labels import legal
from labelsvc.labels.drawing import sample_content
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import library

from .conftest import FOOD, Judge, Label, Values, codes

_OVER = {
    "rect": 'type = "rect"\nx = 2\ny = 14\nw = 110\nh = 80\nfill = "#ffffff"',
    "corner": 'type = "rect"\nx = 1\ny = 1\nw = 20\nh = 10\nfill = "#1f5a3c"',
    "ellipse": 'type = "ellipse"\ncx = 30\ncy = 30\nrx = 28\nry = 16\nfill = "#eeeeee"',
    "path": 'type = "path"\nd = "M 2 14 L 110 14 L 110 94 L 2 94 Z"\nfill = "#ffffff"',
}
_NOT_OVER = {
    "outline": 'type = "rect"\nx = 1\ny = 1\nw = 111\nh = 95\nstroke = "#000000"',
    "beside": 'type = "rect"\nx = 2\ny = 100\nw = 110\nh = 10\nfill = "#000000"',
    "line": 'type = "line"\nx1 = 2\ny1 = 13\nx2 = 110\ny2 = 13\nwidth = 0.2',
}


def _text(y: float, text: str = "{village}", **more: str) -> str:
    extra = "".join(f"\n{key} = {value}" for key, value in more.items())
    return (
        f'[[elements]]\nid = "more"\ntype = "text"\nx = 2\ny = {y}\nw = 110\nh = 8\n'
        f'text = "{text}"\nsize = 8{extra}\n'
    )


@pytest.mark.parametrize("shape", _OVER)
@pytest.mark.parametrize("purpose", ["full_label", "seal"])
def test_a_content_under_a_later_shape_is_not_on_the_label(
    label: Label, values: Values, judge: Judge, shape: str, purpose: str
) -> None:
    over = f"[[elements]]\n{_OVER[shape]}\n"
    (found,) = (
        one
        for one in judge(label(FOOD + over, purpose=purpose), values())
        if one.code == "words_covered"
    )
    assert found.severity == "error"  # mandatory contents: on a seal too
    assert found.element == ("name" if shape == "corner" else "rest")
    assert found.where is not None
    assert "words_covered" not in codes(judge(label(over + FOOD, purpose=purpose), values()))


@pytest.mark.parametrize("shape", _NOT_OVER)
def test_what_hides_nothing_may_come_later(
    label: Label, values: Values, judge: Judge, shape: str
) -> None:
    layout = label(FOOD + f"[[elements]]\n{_NOT_OVER[shape]}\n")
    assert not codes(judge(layout, values())) & {"words_covered", "words_overlap"}


def test_words_beside_the_law_are_advice_on_a_seal(
    label: Label, values: Values, judge: Judge
) -> None:
    over = '[[elements]]\ntype = "rect"\nx = 2\ny = 100\nw = 110\nh = 8\nfill = "#ffffff"\n'
    for purpose, severity in (("seal", "warning"), ("full_label", "error")):
        layout = label(FOOD + _text(100) + over, purpose=purpose)
        found = [one for one in judge(layout, values()) if one.code == "words_covered"]
        assert [(one.element, one.severity) for one in found] == [("more", severity)]


def test_a_picture_over_words_hides_them(
    label: Label, values: Values, judge: Judge, fonts: Fonts
) -> None:
    layout = label(
        FOOD + '[[elements]]\ntype = "image"\nimage = "logo"\nx = 2\ny = 2\nw = 60\nh = 10\n'
    )
    content = values()
    assert "words_covered" not in codes(judge(layout, content))  # there is no logo
    pictured = replace(content, images={"logo": picture()})
    assert "words_covered" in codes(judge(layout, pictured))


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 10), "#335577").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("y", "meets"), [(2, True), (14.2, True), (18, True), (96, False), (108, False)]
)
def test_two_texts_on_each_other_are_told_once(
    label: Label, values: Values, judge: Judge, y: float, meets: bool
) -> None:
    found = [one for one in judge(label(FOOD + _text(y)), values()) if one.code == "words_overlap"]
    assert [one.severity for one in found] == ["error"] * meets
    if meets:
        assert found[0].element == "more"  # the one that was drawn later
        assert found[0].params["words"] != found[0].params["other"]


def test_what_differs_by_unit_is_looked_at_too(label: Label, values: Values, judge: Judge) -> None:
    layout = label(FOOD + _text(14, "{unit_number}"))
    assert "words_overlap" in codes(judge(layout, values()))
    apart = label(FOOD + _text(104, "{unit_number}"))
    assert "words_overlap" not in codes(judge(apart, values()))


@pytest.mark.parametrize("name", library.names())
@pytest.mark.parametrize("kind", ["usual", "craft", "long", "short", "unrecognised"])
def test_no_built_in_layout_hides_words(fonts: Fonts, name: str, kind: str) -> None:
    layout, content = library.get(name), sample_content.content(kind)
    for form in layout.forms:
        unit = sample_content.sample_unit_of(layout, form)
        try:
            drawing = compose(layout, content, fonts, unit=unit)
        except LabelsvcError:
            continue  # too long for it: refused before the law is asked
        found = legal.check_label(
            layout, drawing, content, sample_content.set_of(layout), fonts, unit=unit
        )
        assert not codes(found) & {"words_covered", "words_overlap"}
