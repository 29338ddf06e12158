"""Every layout in every family: drawn, lawful, legible, and the symbol left alone."""

from __future__ import annotations

from functools import cache

import pytest

from labelsvc.errors import BadInput, NoSuchLayout
from labelsvc.labels import legal
from labelsvc.labels.checks.read_back import read_back_pdf
from labelsvc.labels.drawing import fonts, sample_content
from labelsvc.labels.drawing.compose import Drawing, compose
from labelsvc.labels.drawing.ops import TextOp, UnitTextOp
from labelsvc.labels.families import named, shade, shelf
from labelsvc.labels.families.family import BLACK
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.elements import RectElement
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.layouts.writing import dumps
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.write import render_sheet_pdf

FONTS = fonts.load()
#: Least contrast of stars, which say no words: the level stands in words beside them.
STARS = 2.1
FAMILIES = list(shelf.families())
#: A layout of each size and shape of paper.
PLAIN = [
    "a4-65", "a4-24", "a4-12", "a4-8", "food-100x70", "craft-tag", "roll-50x30", "roll-35x22",
    "round-30", "shelf-card-a5",
]  # fmt: skip


def dresses(family: str) -> list[str]:
    return [row.name for row in shelf.families()[family].palettes] + [BLACK, "c0392b"]


def judged(layout: Layout) -> tuple[Drawing, set[str]]:
    """The drawing of *layout* with its sample, and what the law says of it."""
    content, unit = sample_content.sample_of(layout), sample_content.sample_unit_of(layout)
    drawing = compose(layout, content, FONTS, unit=unit)
    set_number = sample_content.set_of(layout)
    found = legal.check_label(layout, drawing, content, set_number, FONTS, unit=unit)
    return drawing, {row.code for row in found}


@cache
def told_of_plain(name: str) -> set[str]:
    return judged(library.get(name))[1]


def ground_under(layout: Layout, x: float, y: float) -> str:
    """The plain ground below words at x, y."""
    found = "#ffffff"
    for element in layout.elements:
        if isinstance(element, RectElement) and element.fill is not None:
            x0, y0, x1, y1 = element.bounds()
            if x0 <= x <= x1 and y0 <= y <= y1:
                found = layout.colour(element.fill)
        elif element.type == "ellipse" and element.fill is not None and element.rx > 10:
            found = layout.colour(element.fill)
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_words_are_legible_in_every_palette(family: str) -> None:
    for palette in (shelf.dress_of(f"{family}-{name}").palette for name in dresses(family)):
        for one in (palette, palette.by_day()):
            for words in (one.words, one.soft, one.name_colour):
                assert shade.contrast(words, one.paper) >= shade.WORDS, (palette.name, words)
            bar = one.paint("deep" if one.dark else "strong")
            assert shade.contrast("#ffffff", bar) >= shade.WORDS, palette.name
            assert shade.contrast(one.accent, one.paper) >= STARS, palette.name


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_dressed_label_is_drawn_lawful_and_legible(family: str, name: str) -> None:
    plain = library.get(name)
    layout = named.get(f"{name}--{family}-{dresses(family)[FAMILIES.index(family) % 6]}")
    drawing, told = judged(layout)
    assert told <= told_of_plain(name)
    for op in (*drawing.static, *drawing.unit):
        if isinstance(op, TextOp | UnitTextOp):
            below = ground_under(layout, op.x, op.y - 0.3 * op.size)
            assert shade.contrast(op.colour, below) >= shade.WORDS, op
    before, after = plain.symbols[0], layout.symbols[0]
    assert (after.size, after.min_module) == (before.size, before.min_module)
    assert layout.colour(after.colour) == "#000000"


@pytest.mark.parametrize("family", FAMILIES)
def test_rolls_and_black_printers_get_black_and_white_alone(family: str) -> None:
    for name in (f"roll-50x30--{family}-{dresses(family)[0]}", f"a4-24--{family}-{BLACK}"):
        layout = named.get(name)
        drawing = compose(layout, sample_content.sample_of(layout), FONTS)
        inks = {
            value
            for op in drawing.static
            for value in (getattr(op, key, None) for key in ("fill", "stroke", "colour"))
            if value
        }
        assert inks <= {"#000000", "#ffffff"}, name


@pytest.mark.parametrize("family", FAMILIES)
def test_every_symbol_of_a_dressed_sheet_is_read_back(family: str) -> None:
    layout = named.get(f"a4-65--{family}-{dresses(family)[2]}")
    content, unit = sample_content.sample_of(layout), sample_content.sample_unit_of(layout)
    data = render_sheet_pdf(layout, [Block(content, [unit] * 3)], FONTS)
    assert read_back_pdf(data, layout, [unit.code] * 3).codes == 3


@pytest.mark.parametrize("family", FAMILIES)
def test_a_run_keeps_a_dressed_layout_as_it_was(family: str) -> None:
    layout = named.get(f"a4-8--{family}-1f5a3c")
    assert load(dumps(layout), source="kept.toml") == layout
    assert len(dumps(layout)) < 64_000


@pytest.mark.parametrize("name", ["a4-24", "a4-12", "a4-8", "food-100x70", "craft-tag"])
def test_the_narrow_dress_leaves_the_words_the_room_of_the_plain_layout(name: str) -> None:
    kinds = ("text", "stack", "symbol", "arc", "stars", "image")
    plain, narrow = library.get(name), named.get(f"{name}--gom-lam-hep")
    assert [e.bounds() for e in narrow.elements if e.type in kinds] == [
        e.bounds() for e in plain.elements if e.type in kinds
    ]


def test_names_of_dresses() -> None:
    worn = shelf.dress_of("gom-lam-hep")
    assert (worn.family.name, worn.palette.name, worn.narrow, worn.name) == (
        "gom", "lam", True, "gom-lam-hep",
    )  # fmt: skip
    for wrong in ("gom", "gom-", "gom-hong", "gam-lam", "gom-lam-rong", "gom-12345", "gom-12345g"):
        with pytest.raises(NoSuchLayout):
            shelf.dress_of(wrong)


@pytest.mark.parametrize(
    ("given", "legible"),
    [("1f5a3c", "#1f5a3c"), ("#1F5A3C", "#1f5a3c"), ("ffffff", None), ("ffe100", None)],
)
def test_a_colour_of_ones_own_is_darkened_until_white_words_stand_on_it(
    given: str, legible: str | None
) -> None:
    made = shade.own(given)
    assert shade.contrast(made, "#ffffff") >= shade.WORDS
    assert legible is None or made == legible


@pytest.mark.parametrize("given", ["", "red", "12345", "gggggg", "#12345678"])
def test_what_is_no_colour_is_refused(given: str) -> None:
    with pytest.raises(BadInput):
        shade.own(given)
