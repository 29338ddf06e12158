"""The whole register on every layout: each product fits, or is refused with the text that blocks it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import pytest

from labelsvc.errors import LabelOverflow
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.ops import TextOp
from labelsvc.labels.drawing.sample_content import sample_unit_of
from labelsvc.labels.drawing.words import FittedText
from labelsvc.labels.families import named, shelf
from labelsvc.labels.layouts.elements import ArcText
from labelsvc.labels.layouts.layout import Layout
from tests.labels.register import WHOLE, layouts, product

#: Of the register, two of the longest among them (every fortieth from 7 on).
SAMPLE = range(7, WHOLE, 117)
#: Layouts that are dressed here: one of each shape of paper.
SHAPES = ("a4-65", "a4-24", "a4-12", "a4-8", "food-100x70", "craft-tag", "roll-50x30", "round-30")
#: Layout → share of the register that must find room; the rest is refused for want of paper.
LEAST = dict.fromkeys(("a4-65", "a4-65-plain", "blank-35x22", "roll-35x22", "round-30"), 0.4)


def told(layout: Layout, products: Sequence[LabelContent], fonts: Fonts) -> list[str]:
    """Fields that blocked, a product each; what is drawn is looked at."""
    unit, blocked = sample_unit_of(layout), []
    host_unit = {
        host: unit._replace(code=unit.code.replace("OCOP.EXAMPLE", host.upper()))
        for host in {p["host"] for p in products}
    }
    arcs = {e.id for e in layout.elements if isinstance(e, ArcText)}
    for goods in products:
        one = host_unit[goods["host"]]
        try:
            drawing = compose(layout, goods, fonts, unit=one)
            ops = drawing.resolve(one, fonts)
        except LabelOverflow as refused:
            assert refused.params["layout"] == layout.name
            assert refused.params["record"] and refused.params["text"]
            blocked.append(str(refused.params["field"]))
            continue
        words = [op for op in ops if isinstance(op, TextOp)]
        assert words and all(op.size > 0 for op in words)
        looked_at(layout, drawing.texts, arcs, goods)
    return blocked


def looked_at(
    layout: Layout, texts: Iterable[FittedText], arcs: set[str | None], goods: LabelContent
) -> None:
    """Words lie on the label and not on one another, and the host is no larger than the producer."""
    straight = [text for text in texts if text.field not in arcs]
    for text in straight:
        x0, y0, x1, y1 = text.box
        assert min(x0, y0) > 0, (text, goods.record)
        assert x1 < layout.width and y1 < layout.height, (text, goods.record)
    for one, other in itertools.combinations(straight, 2):
        beside = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
        below = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
        assert beside < 0.2 or below < 0.5, (one, other, goods.record)
    host = [text.points for text in texts if text.variables == ("host",)]
    producer = [text.points for text in texts if text.variables == ("producer_name",)]
    if host and producer:
        assert host[0] <= producer[0] + 0.01, goods.record


@pytest.mark.parametrize(("name", "layout"), layouts())
def test_products_of_the_register_fit_or_are_refused(
    name: str, layout: Layout, fonts: Fonts
) -> None:
    products = [product(number, stars=layout.shows_stars) for number in SAMPLE]
    blocked = told(layout, products, fonts)
    assert len(blocked) <= len(products) * (1 - LEAST.get(name, 0.6)), blocked


def dressed() -> list[tuple[str, Layout]]:
    """Each family on a layout of each shape of paper, its palettes in turn; the narrow dress for the smallest."""
    made = []
    for number, (family, name) in enumerate(itertools.product(shelf.families().values(), SHAPES)):
        palette = family.palettes[number % len(family.palettes)].name
        made.append(named.get(f"{name}--{family.name}-{palette}"))
    return [(layout.name, layout) for layout in made]


@pytest.mark.parametrize(("name", "layout"), dressed())
def test_products_of_the_register_fit_on_families_or_are_refused(
    name: str, layout: Layout, fonts: Fonts
) -> None:
    told(layout, [product(number, stars=layout.shows_stars) for number in SAMPLE[::6]], fonts)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "layout"), dressed())
def test_a_part_of_the_register_fits_on_each_family(
    name: str, layout: Layout, fonts: Fonts
) -> None:
    part = [product(number, stars=layout.shows_stars) for number in range(0, WHOLE, 50)]
    blocked = told(layout, part, fonts)
    # The band takes room: what it refuses on the smallest seal, the narrow dress may still take.
    assert len(blocked) <= len(part) * (0.75 if layout.height < 30 else 0.7), blocked


@pytest.mark.exhaustive
@pytest.mark.parametrize(("name", "layout"), layouts())
def test_the_whole_register_fits_or_is_refused(name: str, layout: Layout, fonts: Fonts) -> None:
    whole = [product(number, stars=layout.shows_stars) for number in range(WHOLE)]
    blocked = told(layout, whole, fonts)
    assert len(blocked) <= WHOLE * (1 - LEAST.get(name, 0.6))
