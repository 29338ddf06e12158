"""What a template means: the same for every renderer."""

from __future__ import annotations

import typing
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.catalogue.models import Producer, Product
from labelsvc.labels.drawing import fonts as label_fonts
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent, Unit, sample_content, sample_unit
from labelsvc.labels.drawing.ops import PLACES, put
from labelsvc.labels.layouts import reading
from labelsvc.labels.layouts.elements import Element
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.paper import LabelShape, SheetSpec
from labelsvc.labels.layouts.template import Run, expand, placeholders
from labelsvc.labels.layouts.variables import PER_UNIT, VARIABLES
from labelsvc.labels.runs.catalogue_content import product_values

LAYOUTS_MD = (Path(__file__).parents[3] / "docs/layouts.md").read_text()
VALUES = {**dict.fromkeys(VARIABLES, ""), "lot_code": "L1", "made": "02/11/2026"}


def shown(template: str, values: dict[str, str] | LabelContent = VALUES) -> list[str]:
    return ["".join(run.text for run in line) for line in expand(template, values)]


@pytest.mark.parametrize(
    ("template", "lines"),
    [
        ("Lô {lot_code}", ["Lô L1"]),
        ("Lô {lot_code}\nHSD {expires}\nNSX {made}", ["Lô L1", "NSX 02/11/2026"]),
        ("{lot_code}[ · {expires}][ · {made}]", ["L1 · 02/11/2026"]),
        ("[HSD {expires}][ · {made}]", ["02/11/2026"]),
        ("[{made}][ · HSD {expires}]", ["02/11/2026"]),
        ("[{made} · ][HSD {expires}]", ["02/11/2026"]),
        ("· {made} ·", ["· 02/11/2026 ·"]),
        ("[{expires}]", []),
        ("không có biến", ["không có biến"]),
        ("{lot_code} {expires}", ["L1 "]),
        (r"\[{lot_code}\] \{x\} \*", ["[L1] {x} *"]),
        ("{Lot}", ["{Lot}"]),
    ],
)
def test_empty_lines_and_parts_are_left_out(template: str, lines: list[str]) -> None:
    assert shown(template) == lines


def test_bold_runs() -> None:
    assert expand("**Lô** {lot_code}", VALUES) == [
        [Run("Lô", True), Run(" ", False), Run("L1", False)]
    ]


def test_marks_in_a_value_are_plain_text() -> None:
    content = LabelContent({"product_name": "A **b** [c] {lot_code} \\", "lot_code": "L1"})
    assert shown("{product_name}", content) == ["A **b** [c] {lot_code} \\"]


@given(st.text())
def test_a_value_comes_out_clean(value: str) -> None:
    clean = LabelContent({"product_name": value})["product_name"]
    assert unicodedata.is_normalized("NFC", clean)
    assert not any(unicodedata.category(c).startswith("C") and c != "\n" for c in clean)
    assert LabelContent({"product_name": clean})["product_name"] == clean


def test_direction_and_zero_width_marks_are_dropped_and_nfd_is_joined() -> None:
    content = LabelContent({"product_name": "Trà\u202e \u200bBa Vi\u0300\u00ad\u2009xanh\u202fg"})
    assert content["product_name"] == "Trà Ba V\u00ec xanh\u00a0g"


def test_without_a_recognition_nothing_is_said_about_stars() -> None:
    content = LabelContent({"stars": "5", "stars_text": "OCOP 5 sao"}, None)
    assert (content["stars"], content["stars_text"]) == ("", "")
    assert shown("{stars_text} {lot_code}", LabelContent({"lot_code": "L1"}, 4)) == [
        "OCOP 4 sao L1"
    ]


@pytest.mark.parametrize("stars", [0, 1, 2, 6])
def test_only_three_to_five_stars_exist(stars: int) -> None:
    with pytest.raises(ValueError, match="3, 4 or 5"):
        LabelContent({}, stars)


def test_an_unknown_variable_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        LabelContent({"produkt": "x"})


def test_printed_code_in_two_lines() -> None:
    unit = Unit("X", "012345 6789AB CDEFGH JKMNP")
    assert (unit.code_top, unit.code_bottom) == ("012345 6789AB", "CDEFGH JKMNP")
    assert (Unit("X").code_top, Unit("X").code_bottom) == ("", "")


#: Said of few goods: a sample of them would say it of every label.
_OF_SOME_GOODS = {"alcohol", "repacker", "ordering_party", "best_before", "season", "net_rest"}


def test_every_variable_has_a_sample_for_previews() -> None:
    food, craft = sample_content(), sample_content(goods="craft")
    for name, variable in VARIABLES.items():
        assert unicodedata.is_normalized("NFC", variable.sample)
        if not variable.per_unit and name not in _OF_SOME_GOODS:
            assert variable.sample, name
            assert food[name] or craft[name], name


def test_samples_are_of_one_kind_of_goods() -> None:
    food, craft = sample_content(), sample_content(goods="craft")
    assert not food["specification"] and food["expires"] and "chè" in food["ingredients"]
    assert craft["specification"] and not craft["expires"] and "men" in craft["ingredients"]
    assert placeholders("{made}{made} {host}") == ("made", "host")


@pytest.mark.parametrize("name", VARIABLES)
def test_every_variable_is_documented(name: str) -> None:
    assert f"| `{{{name}}}` |" in LAYOUTS_MD


def _models() -> list[tuple[str, str]]:
    union = typing.get_args(Element)[0]
    models = [*typing.get_args(union), Layout, LabelShape, SheetSpec]
    return [(model.__name__, field) for model in models for field in model.model_fields]


@pytest.mark.parametrize(("model", "field"), _models())
def test_every_key_is_documented(model: str, field: str) -> None:
    assert f"`{field}`" in LAYOUTS_MD, f"{field} of {model}"


def test_the_example_of_the_documentation_is_a_layout() -> None:
    toml = LAYOUTS_MD.split("```toml\n")[1].split("```")[0]
    layout = reading.load(toml, source="docs/layouts.md")
    for form in layout.forms:
        compose(layout, sample_content(), label_fonts.load(), unit=sample_unit(form))


@pytest.mark.parametrize(
    ("ours", "theirs", "short", "short_en"),
    [
        ("Một. Hai.", "One. Two. And a half.", "Một. Hai.", "One. Two. And a half."),
        # The Vietnamese is cut: the English tells as much of it.
        ("Một. " + "Hai " * 60 + ". Ba.", "One. Two. Three.", "Một.", "One."),
        # English takes more letters than Vietnamese; that alone cuts nothing.
        ("Ngắn thôi. Thật.", "W" * 120 + ". " + "V" * 90 + ".", None, "W" * 120 + ". " + "V" * 90 + "."),
        ("Một.\nHai.", "", "Một. Hai.", ""),
        ("", "Only English. Two.", "", "Only English. Two."),
        ("", "", "", ""),
    ],
)  # fmt: skip
def test_both_languages_tell_the_same_part_of_a_story(
    ours: str, theirs: str, short: str | None, short_en: str
) -> None:
    product = Product(
        name="Trà", producer=Producer(name="HTX", website=""), story=ours, story_en=theirs
    )
    values = product_values(product)
    assert values["story_short"] == (ours if short is None else short)
    assert values["story_short_en"] == short_en


def test_a_card_has_room_for_more_of_the_story_than_a_label() -> None:
    story = "Một câu chừng năm mươi chữ cái để kể chuyện làng nghề. " * 9
    product = Product(
        name="Trà", producer=Producer(name="HTX", website=""), story=story, story_en=story
    )
    values = product_values(product)
    assert (values["story_short"].count("."), values["story"].count(".")) == (3, 6)
    assert values["story_en"] == values["story"]


def test_the_english_stars_are_those_of_the_recognition_too() -> None:
    assert LabelContent({"stars_text_en": "OCOP 5 stars"}, None)["stars_text_en"] == ""
    assert LabelContent({"stars_text_en": "OCOP 5 stars"}, 3)["stars_text_en"] == "OCOP 3 stars"


def test_each_variable_of_a_unit_has_a_mark_and_a_value() -> None:
    assert set(PLACES) == PER_UNIT and len(set(PLACES.values())) == len(PLACES)
    for name in PER_UNIT:
        assert put(PLACES[name], sample_unit()) == getattr(sample_unit(), name) != ""


def test_what_a_log_shows_of_a_unit_has_no_inner_code() -> None:
    unit = sample_unit()
    assert unit.inner_code and unit.inner_code not in f"{unit!r} {unit}"
    assert unit.code in repr(unit)
