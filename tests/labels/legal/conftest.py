"""Full labels written in the test, and what the law check says about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from labelsvc.labels import legal
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import reading
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.variables import VARIABLES
from labelsvc.labels.legal import Finding

_HEAD = """
name = "test"
title_vi = "Thử"
title_en = "Test"
kind = "single"
purpose = "{purpose}"
resolution_dpi = 600
[label]
width = 140
height = 120
safe = 1
[[elements]]
type = "symbol"
x = 115
y = 1
size = 21
"""
#: Every mandatory content of food, each in the words and the size that the law wants.
FOOD = """
[[elements]]
id = "name"
type = "text"
x = 2
y = 2
w = 110
h = 10
text = "{product_name}"
size = 14
[[elements]]
id = "rest"
type = "text"
x = 2
y = 14
w = 110
h = 80
size = 8
text = '''
Thành phần: {ingredients}
HDSD: {instructions}
Bảo quản: {storage}
Cảnh báo: {warning}
Chịu trách nhiệm: {producer_name}
Địa chỉ: {producer_address}
{origin}
NSX: {made} · HSD: {expires} · Lô {lot_code}'''
[[elements]]
id = "quantity"
type = "text"
x = 113
y = 25
w = 26
h = 22
text = "{net_content}"
size = 12.6
"""
#: Stars and their decision.
STARRED = """
[[elements]]
id = "stars"
type = "stars"
x = 2
y = 100
size = 4
[[elements]]
id = "decision"
type = "text"
x = 2
y = 106
w = 100
h = 6
text = "QĐ {decision_number}"
size = 8
"""

Label = Callable[..., Layout]
Values = Callable[..., LabelContent]
Judge = Callable[..., list[Finding]]


@pytest.fixture
def label() -> Label:
    """A label of 140 x 120 mm with the symbol at the top right."""

    def made(elements: str = FOOD, *, purpose: str = "full_label") -> Layout:
        return reading.load(_HEAD.replace("{purpose}", purpose) + elements, source="test.toml")

    return made


@pytest.fixture
def values() -> Values:
    """Lawful contents of a food; keywords change them."""

    def made(stars: int | None = 4, **changed: str) -> LabelContent:
        plain = {v.name: v.sample for v in VARIABLES.values() if not v.per_unit}
        plain |= {"net_content": "Khối lượng tịnh: 100 g", "nutrition": ""}
        return LabelContent(plain | changed, stars, record="test")

    return made


@pytest.fixture
def judge(fonts: Fonts) -> Judge:
    """Findings of a composed label."""

    def made(layout: Layout, content: LabelContent, set_number: int = 11) -> list[Finding]:
        drawing = compose(layout, content, fonts)
        return legal.check_label(layout, drawing, content, set_number, fonts)

    return made


def codes(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings}
