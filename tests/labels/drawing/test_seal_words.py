"""What every built-in layout says: the decision whole beside the stars, the host so that it is read."""

from __future__ import annotations

import pytest

from labelsvc.labels.drawing import shapes
from labelsvc.labels.drawing.compose import Drawing, compose
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.ops import TextOp
from labelsvc.labels.drawing.sample_content import sample_of, sample_unit_of
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.elements import StarsElement
from labelsvc.labels.layouts.layout import Layout

HOSTS = ("ocop.hn.vn", "truyxuat.hanoi.vnx", "truyxuat.ocop.thanhhoa1.gov.vn")
STARRED = [name for name in library.names() if library.get(name).shows_stars]
HOSTED = [name for name in library.names() if "host" in library.get(name).variables]
#: Points. The government's host is read without a glass.
FLOOR = 4.25


def drawn(name: str, fonts: Fonts, **values: str) -> tuple[Layout, Drawing, Unit]:
    layout = library.get(name)
    sample, unit = sample_of(layout), sample_unit_of(layout)
    if host := values.get("host"):
        unit = unit._replace(code=unit.code.replace("OCOP.EXAMPLE", host.upper()))
    content = LabelContent({**sample, **values}, 5 if layout.shows_stars else None, record="r")
    return layout, compose(layout, content, fonts, unit=unit), unit


def test_there_are_layouts_to_look_at() -> None:
    assert {"a4-65", "round-30", "roll-35x22", "roll-50x30", "craft-tag"} <= set(STARRED)
    assert set(STARRED) <= set(HOSTED) and [len(host) for host in HOSTS] == [10, 18, 30]


@pytest.mark.parametrize("name", STARRED)
def test_number_and_date_of_the_decision_stand_where_stars_do(name: str, fonts: Fonts) -> None:
    _, drawing, unit = drawn(
        name, fonts, decision_number="5595/QĐ-UBND", decision_date="28/06/2026"
    )
    words = "".join(op.text for op in drawing.resolve(unit, fonts) if isinstance(op, TextOp))
    letters = words.replace(" ", "")
    assert "5595/QĐ-UBND" in letters and "28/06/2026" in letters


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("name", HOSTED)
def test_a_host_of_any_length_is_printed_whole_and_apart(
    name: str, host: str, fonts: Fonts
) -> None:
    _, drawing, unit = drawn(name, fonts, host=host)
    drawing.resolve(unit, fonts)
    (found,) = (text for text in drawing.texts if text.variables == ("host",))
    assert found.text.replace(" / ", "") == host
    assert found.points >= FLOOR
    left, top, right, bottom = found.box
    for other in drawing.texts:
        x0, y0, x1, y1 = other.box
        if other is found or "arc" in (kind_of(name, found.field), kind_of(name, other.field)):
            continue
        beside = min(bottom, y1) - max(top, y0) > 0.3
        assert not beside or x0 - right >= 1 or left - x1 >= 1, other.field


def kind_of(name: str, field: str) -> str:
    return next((e.type for e in library.get(name).elements if e.id == field), "")


@pytest.mark.parametrize("name", STARRED)
def test_five_stars_fit_the_room_of_the_stars(name: str) -> None:
    for element in library.get(name).elements:
        if isinstance(element, StarsElement) and element.w is not None:
            assert shapes.stars_width(5, element.size, element.spacing) <= element.w
