"""The pictures in the documentation are those of the layouts that come with the program."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.sample_content import sample_of, sample_unit_of
from labelsvc.labels.layouts import library
from labelsvc.labels.pdf import rendering

PLACE = Path(__file__).parents[3] / "docs/layouts"
AGAIN = "run: labelsvc layouts pictures docs/layouts"


def test_there_is_a_picture_of_every_layout_and_no_other() -> None:
    assert sorted(path.stem for path in PLACE.glob("*.png")) == library.names(), AGAIN


@pytest.mark.parametrize("name", library.names())
def test_the_picture_shows_what_the_layout_draws_today(name: str, fonts: Fonts) -> None:
    layout = library.get(name)
    unit = sample_unit_of(layout)
    drawing = compose(layout, sample_of(layout), fonts, unit=unit)
    with Image.open(PLACE / f"{name}.png") as picture:
        assert picture.info["Drawing"] == rendering.fingerprint(drawing, unit), AGAIN
        dpi = round(picture.info["dpi"][0])
        assert dpi >= 400
        assert picture.width == pytest.approx(layout.width / 25.4 * dpi, abs=12)


def test_another_word_or_place_is_another_drawing(fonts: Fonts) -> None:
    layout = library.get("a4-24")
    content, unit = sample_of(layout), sample_unit_of(layout)
    prints = {rendering.fingerprint(compose(layout, content, fonts, unit=unit), unit)}
    moved = layout.elements[0].model_copy(update={"x": 2.7})
    other = layout.model_copy(update={"elements": (moved, *layout.elements[1:])})
    prints.add(rendering.fingerprint(compose(other, content, fonts, unit=unit), unit))
    words = type(content)({**content, "village": "Làng nghề"}, content.stars, record=content.record)
    prints.add(rendering.fingerprint(compose(layout, words, fonts, unit=unit), unit))
    assert len(prints) == 3


@pytest.mark.parametrize("name", ["round-30", "a4-65"])
def test_the_edge_of_the_paper_is_a_hairline(name: str, fonts: Fonts) -> None:
    layout = library.get(name)
    data = rendering.framed_png(layout, sample_of(layout), fonts, dpi=200)
    with Image.open(io.BytesIO(data)) as picture:
        grey = picture.convert("L")
    row = [grey.getpixel((x, grey.height // 2)) for x in range(8)]
    assert row[0] == 255 and min(row) < 200  # paper of the page, then the edge
    assert grey.getpixel((0, 0)) == 255
