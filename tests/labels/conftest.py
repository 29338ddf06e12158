"""Labels to test with: the shipped 65-up sheet, small layouts written in the test, made-up codes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from labelsvc.labels.drawing import fonts as label_fonts
from labelsvc.labels.drawing.content import LabelContent, Unit, sample_content
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import reading
from labelsvc.labels.layouts.layout import Layout

HEAD = """
name = "test"
title_vi = "Thử"
title_en = "Test"
kind = "single"
purpose = "seal"
forms = ["short", "gs1", "lot", "offline"]
resolution_dpi = 600
[label]
width = 60
height = 40
safe = 1
"""
SYMBOL = """
[[elements]]
type = "symbol"
x = 38
y = 1
size = 21
"""

#: 65 seals on A4, as sold: 5 x 13 of 38.1 x 21.2 mm.
SHEET65 = """
name = "test-65"
title_vi = "Tờ thử"
title_en = "Test sheet"
kind = "sheet"
purpose = "seal"
forms = ["short", "lot", "gs1"]
resolution_dpi = 600
[label]
width = 38.1
height = 21.2
safe = 0.8
[sheet]
page = "A4"
columns = 5
rows = 13
margin_left = 4.7
margin_top = 10.9
pitch_x = 40.6
[[elements]]
type = "symbol"
x = 0.8
y = 0.8
size = 17.6
[[elements]]
type = "text"
x = 18.9
y = 1
w = 18.2
h = 12
text = "{product_name}"
size = 8
min_size = 5
weight = "bold"
[[elements]]
type = "stars"
x = 18.9
y = 14
size = 2
[[elements]]
type = "text"
x = 18.9
y = 16.5
w = 18.2
h = 4
text = "QĐ {decision_number}\\nLô {lot_code}[ · {unit_number}]"
size = 4.4
min_size = 3.4
leading = 1.2
"""

Write = Callable[..., Layout]


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return label_fonts.load()


@pytest.fixture(scope="session")
def sheet65() -> Layout:
    return reading.load(SHEET65, source="test-65.toml")


@pytest.fixture
def content() -> LabelContent:
    return sample_content()


@pytest.fixture
def write() -> Write:
    """A layout of 60 x 40 mm from the TOML of its elements; the symbol is at the right."""

    def written(elements: str = "", *, head: str = HEAD, symbol: str = SYMBOL) -> Layout:
        return reading.load(head + symbol + elements, source="test.toml")

    return written


def units_of(layout: Layout, count: int, form: str | None = None) -> list[Unit]:
    """Units as *layout* gets them: a label for a carton says which one, and what is inside."""
    made = units(count, form=form or layout.forms[0])
    if layout.purpose != "carton":
        return made
    return [
        unit._replace(code_printed=f"Thùng {n} / {count}", unit_number=f"{n}01–{n}99 · 99 sản phẩm")
        for n, unit in enumerate(made, 1)
    ]


def units(count: int, *, form: str = "short", seed: int = 1) -> list[Unit]:
    """Codes of *form* that look like real ones."""
    pick = random.Random(seed)
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    made = []
    for number in range(count):
        serial = "".join(pick.choices(letters, k=20 if form == "gs1" else 24))
        path = f"01/08930000000019/21/{serial}" if form == "gs1" else serial
        if form == "offline":
            path = "".join(pick.choices("0123456789", k=193))
        printed = " ".join(serial[i : i + 6] for i in range(0, len(serial), 6))
        made.append(Unit(f"HTTPS://OCOP.EXAMPLE/{path}", printed, f"{number + 1} / {count}"))
    return made
