"""A layout that is being made: all faults at once, each at its element, and the rest drawn."""

from __future__ import annotations

from typing import Any

import pytest

from labelsvc.errors import LabelOverflow, MissingGlyph
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing import sample_content as draft_data
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import sample_content, sample_unit
from labelsvc.labels.drawing.draft import Draft, draft
from labelsvc.labels.drawing.element_place import place_of
from labelsvc.labels.drawing.svg import drawing_svg
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.layouts.writing import dumps, facts, tidy


def index_of(name: str, element: str) -> int:
    ids = [one.get("id") for one in facts(library.get(name))["elements"]]
    return ids.index(element)


def changed(name: str, index: int, **numbers: Any) -> Layout:
    data = facts(library.get(name))
    data["elements"][index] |= numbers
    return Layout.model_validate(data)


def drafted(layout: Layout, data: str = "usual") -> Draft:
    unit = sample_unit(layout.forms[0])
    return draft(layout, draft_data.content(data), fonts.load(), unit=unit)


@pytest.mark.parametrize("name", library.names())
def test_a_layout_without_faults_is_drawn_as_it_is_printed(name: str) -> None:
    layout, unit = library.get(name), sample_unit(library.get(name).forms[0])
    content = sample_content(stars=4)
    made = draft(layout, content, fonts.load(), unit=unit, placeholders=False)
    assert made.faults == ()
    assert made.drawing == compose(layout, content, fonts.load(), unit=unit)
    assert len(made.boxes) == len(layout.elements)


@pytest.mark.parametrize("name", library.names())
@pytest.mark.parametrize("data", draft_data.NAMES)
def test_every_draft_can_be_drawn_whatever_is_wrong(name: str, data: str) -> None:
    layout, unit = library.get(name), sample_unit(library.get(name).forms[0])
    tight = layout.model_copy(update={"label": layout.label.model_copy(update={"safe": 20.0})})
    for trial in (layout, tight):
        made = drafted(trial, data)
        assert drawing_svg(made.drawing, unit, fonts.load()).startswith("<svg")
    assert made.faults


def test_faults_of_several_elements_are_told_together() -> None:
    data = facts(library.get("a4-65"))
    data["elements"][1] |= {"text": "một dòng rất dài không thể nào vừa", "min_size": None}
    data["elements"][2] |= {"h": 1.0}
    data["elements"][4] |= {
        "text": "số {unit_number} trên đường rất dài và nhỏ vô cùng",
        "min_size": 4.8,
    }
    made = drafted(Layout.model_validate(data))
    found = [f.element for f in made.faults if isinstance(f.error, LabelOverflow)]
    assert found == [1, 2, 4]
    assert made.faults[1].item is not None  # the item of the stack is named


def test_words_that_run_over_are_drawn_over_their_box() -> None:
    index = index_of("a4-65", "name")
    layout = changed("a4-65", index, h=1.0)
    made, box = drafted(layout), facts(layout)["elements"][index]
    lowest = max(text.box[3] for text in made.drawing.texts if text.field.startswith("name"))
    assert lowest > box["y"] + 2
    assert made.boxes[index] == pytest.approx(
        (box["x"], box["y"], box["x"] + box["w"], box["y"] + 1)
    )


def test_a_name_that_a_fault_gives_leads_to_its_place() -> None:
    layout = library.get("food-100x70")
    head = index_of("food-100x70", "head")
    assert place_of(layout, "head") == (head, None)
    assert place_of(layout, "head.items[1]") == (head, 1)
    assert place_of(layout, "elements[0]") == (0, None)
    assert place_of(layout, "stars") == (index_of("food-100x70", "ocop"), 0)
    assert place_of(layout, "nothing") == (None, None)


def test_the_box_of_every_kind_of_element() -> None:
    data = facts(library.get("round-30"))
    data["elements"] += [
        {"type": "ellipse", "cx": 15, "cy": 15, "rx": 14.6, "ry": 14.6, "fill": "#ffffff"},
        {"type": "arc", "cx": 15, "cy": 15, "r": 11.5, "text": "x", "size": 4, "colour": "#ffffff"},
        {"type": "path", "d": "M0 0H4V2Z", "x": 3, "y": 5, "scale": 2, "fill": "#ffffff"},
        {"type": "line", "x1": 9, "y1": 3, "x2": 2, "y2": 4, "colour": "#ffffff"},
    ]
    boxes = drafted(Layout.model_validate(data)).boxes
    assert boxes[-4] == pytest.approx((0.4, 0.4, 29.6, 29.6))
    assert boxes[-3] == pytest.approx((3.5, 3.5, 26.5, 26.5))
    assert boxes[-2] == pytest.approx((3, 5, 11, 9))
    assert boxes[-1] == pytest.approx((2, 3, 9, 4))


@pytest.mark.parametrize("name", library.names())
def test_what_is_written_is_read_back_the_same(name: str) -> None:
    layout = library.get(name)
    text = dumps(layout)
    assert load(text, source="x", articles=library.articles()) == layout
    assert dumps(load(text, source="x", articles=library.articles())) == text
    assert Layout.model_validate(facts(layout)) == layout


def test_control_characters_and_halves_of_pairs_are_dropped() -> None:
    assert tidy({"a\x00": ["x\x07y\r\nz", 3, None, "e\u0302\u0301", "\ud83d"]}) == {
        "a": ["xy\nz", 3, None, "ế", ""]
    }


@pytest.mark.parametrize(
    ("element", "template"),
    [
        (2, "Trà ☃ sen"),  # a stack
        (1, "☃ {host}"),
        (4, "Số ☃ {unit_number}"),  # put in label by label
    ],
)
def test_a_letter_without_a_glyph_is_a_red_box_among_the_others(
    element: int, template: str
) -> None:
    data = facts(library.get("a4-65"))
    part = data["elements"][element]
    (part["items"][0] if part["type"] == "stack" else part).update(text=template)
    layout = Layout.model_validate(data)
    made, unit = drafted(layout), sample_unit("short")
    assert [(f.error.code, f.element) for f in made.faults] == [("missing_glyph", element)]
    svg = drawing_svg(made.drawing, unit, fonts.load().forgiving())
    whole = drawing_svg(drafted(library.get("a4-65")).drawing, unit, fonts.load())
    assert svg.count('fill="#c5221f"') == 1 and 'fill="#c5221f"' not in whole
    assert svg.count("<use ") > whole.count("<use ") / 2
    with pytest.raises(MissingGlyph):  # printing refuses still
        compose(layout, draft_data.content("usual"), fonts.load(), unit=unit).resolve(
            unit, fonts.load()
        )
