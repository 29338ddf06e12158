"""A layout file is accepted whole or refused with the file, the line, the field and the fix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.errors import LayoutError
from labelsvc.labels.layouts import layout as layouts
from labelsvc.labels.layouts import library, reading
from labelsvc.labels.layouts.layout import Layout
from tests.labels.conftest import HEAD, SYMBOL, Write

TEXT = '[[elements]]\ntype = "text"\nx = 2\ny = 2\nw = 30\nh = 10\n'


@pytest.mark.parametrize("name", library.names())
def test_every_shipped_layout_loads(name: str) -> None:
    assert library.get(name).name == name


@pytest.mark.parametrize(
    ("toml", "where", "reason"),
    [
        (HEAD + SYMBOL + TEXT + 'text = "{nme}"', "elements[1].text", "no variable {nme}"),
        (HEAD + SYMBOL + TEXT + 'text = "[{host}"', "elements[1].text", "stand in pairs"),
        (HEAD + SYMBOL + TEXT + 'text = "**{host}"', "elements[1].text", "stand in pairs"),
        (
            HEAD + SYMBOL + TEXT + 'text = "x"\ncolor = "#000000"',
            "elements[1].color",
            "no such field",
        ),
        (HEAD + SYMBOL + TEXT + 'text = "x"\nleading = 1.1', "elements[1].leading", "1.2"),
        (
            HEAD + SYMBOL + TEXT + 'text = "x"\nsize = 6\nmin_size = 7',
            "elements[1].text",
            "smallest size is larger",
        ),
        (
            HEAD + SYMBOL + TEXT + 'text = "x"\ncolour = "leaf"',
            "elements[1]",
            "colour leaf is not in the palette",
        ),
        (
            HEAD + SYMBOL + TEXT + 'text = "x"\nwhen = "star"',
            "elements[1].when",
            "no variable star",
        ),
        (HEAD + SYMBOL + '[[elements]]\ntype = "picture"', "elements[1]", "no such kind"),
        (HEAD + SYMBOL + SYMBOL, "", "exactly one symbol"),
        (HEAD + TEXT + 'text = "x"', "", "exactly one symbol"),
        (
            HEAD.replace("height = 40", "height = 20") + SYMBOL,
            "elements[0]",
            "2 mm out of the label",
        ),
        (HEAD.replace("height = 40", "") + SYMBOL, "label", "width and height, or the diameter"),
        (HEAD.replace('"single"', '"poster"') + SYMBOL, "kind", "none of the choices"),
        (
            HEAD + SYMBOL + '[[elements]]\ntype = "arc"\ncx = 9\ncy = 9\nr = 5\ntext = "{code}"',
            "elements[1].text",
            "cannot stand on an arc",
        ),
        (
            HEAD + SYMBOL + '[[elements]]\ntype = "path"\nd = "M0 0 A1 1"',
            "elements[1].d",
            "Path data begins",
        ),
    ],
)
def test_a_fault_is_named_with_its_field(toml: str, where: str, reason: str) -> None:
    with pytest.raises(LayoutError) as caught:
        reading.load(toml, source="mine.toml")
    assert reason in str(caught.value)
    assert caught.value.params["where"] == where
    assert caught.value.params["source"] == "mine.toml"
    assert caught.value.fix


def test_the_line_of_the_fault_is_named() -> None:
    toml = HEAD + SYMBOL + TEXT + 'text = "x"\nsize = 900\n'
    with pytest.raises(LayoutError) as caught:
        reading.load(toml, source="mine.toml")
    line = caught.value.params["line"]
    assert toml.splitlines()[line - 1] == "size = 900"


def test_broken_toml_names_the_line() -> None:
    with pytest.raises(LayoutError) as caught:
        reading.load("name = 'x'\ntitle_vi = =\n", source="mine.toml")
    assert caught.value.params["line"] == 2


def test_a_number_of_thousands_of_digits_is_no_server_error() -> None:
    with pytest.raises(LayoutError, match="not valid TOML"):
        reading.load(f"width = {'9' * 5000}\n", source="mine.toml")


@given(st.text(max_size=200))
def test_any_text_raises_layout_errors_only(text: str) -> None:
    with pytest.raises(LayoutError):
        reading.load(text, source="noise.toml")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(list(Layout.model_fields)), inner, max_size=4)
        ),
    )
)
def test_any_value_in_the_place_of_elements_raises_layout_errors_only(value: object) -> None:
    with pytest.raises(LayoutError):
        reading._validated(Layout, {"name": "a", "elements": value}, "", "noise.toml")


def test_a_sheet_article_gives_its_numbers(write: Write) -> None:
    articles = reading.load_articles(
        '["Test 8"]\npage = "A4"\ncolumns = 2\nrows = 4\nmargin_top = 12\n'
        "label = { width = 60, height = 40 }\n",
        source="sheets.toml",
    )
    toml = HEAD + '[sheet]\narticle = "Test 8"\n' + SYMBOL
    sheet = reading.load(toml, source="mine.toml", articles=articles).sheet
    assert (sheet.article, sheet.columns, sheet.rows, sheet.margin_top) == ("Test 8", 2, 4, 12)


@pytest.mark.parametrize(
    ("articles", "reason"),
    [
        ("", "is not in sheets.toml"),
        ('["Test 8"]\nlabel = { width = 70, height = 37 }', "70 × 37 mm"),
        ('["Test 8"]\nlabel = { diameter = 60 }', "60 × 60 mm"),
    ],
)
def test_an_article_that_does_not_suit_is_refused(articles: str, reason: str) -> None:
    known = reading.load_articles(articles, source="sheets.toml")
    with pytest.raises(LayoutError, match=reason):
        reading.load(
            HEAD + '[sheet]\narticle = "Test 8"\n' + SYMBOL, source="mine.toml", articles=known
        )


def test_json_schema_is_json_and_forbids_unknown_keys() -> None:
    schema = json.loads(json.dumps(layouts.json_schema()))
    assert schema["additionalProperties"] is False
    assert "elements" in schema["required"]


def test_an_unknown_layout_names_the_known_ones() -> None:
    with pytest.raises(LayoutError) as caught:
        library.get("nothing")
    assert caught.value.params["known"] == ", ".join(library.names())


@pytest.mark.parametrize(
    ("elements", "claims"),
    [
        ("", False),
        ('[[elements]]\ntype = "stars"\nx = 2\ny = 2\nsize = 3\n', True),
        (TEXT + 'text = "{stars_text}"', True),
        ('[[elements]]\ntype = "image"\nx = 2\ny = 2\nw = 5\nh = 5\nimage = "mark"', True),
        ('[[elements]]\ntype = "image"\nx = 2\ny = 2\nw = 5\nh = 5\nimage = "photo"', False),
    ],
)
def test_a_layout_knows_whether_it_claims_a_recognition(
    write: Write, elements: str, claims: bool
) -> None:
    assert write(elements).shows_stars is claims


def test_an_operators_layout_wins_and_is_read_again_when_edited(tmp_path: Path) -> None:
    file = tmp_path / "a4-65.toml"
    file.write_text(HEAD.replace('"test"', '"a4-65"') + SYMBOL, encoding="utf-8")
    assert library.get("a4-65", tmp_path).title_en == "Test"
    assert library.get("a4-65").title_en != "Test"
    assert library.source("a4-65", tmp_path) == file.read_text(encoding="utf-8")
    file.write_text(HEAD.replace('"test"', '"a4-65"').replace("Test", "Edited") + SYMBOL)
    assert library.get("a4-65", tmp_path).title_en == "Edited"


def test_a_layout_has_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(HEAD + SYMBOL, encoding="utf-8")
    with pytest.raises(LayoutError, match="calls itself test"):
        library.get("mine", tmp_path)


@pytest.mark.parametrize(
    ("data", "said"), [(None, "cannot be read"), (b"\xff\xfe", "is not a text in UTF-8")]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, data: bytes | None, said: str) -> None:
    file = tmp_path / "mine.toml"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(LayoutError, match=said):
        library.read(file)
