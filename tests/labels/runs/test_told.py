"""Every fault of a layout is told in whole Vietnamese sentences, figures with a comma."""

from __future__ import annotations

import re

import pytest

from labelsvc.errors import LayoutError, Phrase
from labelsvc.i18n import catalog, explain, translate
from labelsvc.labels import legal
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.drawing.draft import draft
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.layouts import reading
from labelsvc.labels.layouts.variables import VARIABLES
from tests.labels.conftest import HEAD, SYMBOL, units

TEXT = '[[elements]]\ntype = "text"\nid = "words"\nx = 2\ny = 2\nw = 30\nh = 10\n'
SAYS = TEXT + 'text = "Trà"\n'
PAINT = '[[elements]]\ntype = "rect"\nx = 40\ny = 2\nw = 9\nh = 9\nfill = "#333333"\n'

FAULTY = {
    "no TOML": "name = ",
    "brackets": "x = " + "[" * 4000,
    "missing key": "name = 'x'\n",
    "unknown key": HEAD + SYMBOL + SAYS + 'color = "#000000"',
    "unknown element": HEAD + SYMBOL + '[[elements]]\ntype = "picture"',
    "no type": HEAD + SYMBOL + "[[elements]]\nx = 2",
    "unknown variable": HEAD + SYMBOL + TEXT + 'text = "{nme}"',
    "unpaired": HEAD + SYMBOL + TEXT + 'text = "[{host}"',
    "too small": HEAD + SYMBOL + SAYS + "leading = 1.1",
    "too large": HEAD + SYMBOL + SAYS + "size = 900",
    "no number": HEAD + SYMBOL + SAYS + 'size = "groß"',
    "no choice": HEAD + SYMBOL + SAYS + 'align = "middle"',
    "no list": HEAD + SYMBOL.replace("size = 21", "size = [2]"),
    "sizes": HEAD + SYMBOL + SAYS + "size = 6\nmin_size = 7",
    "colour": HEAD + SYMBOL + SAYS + 'colour = "leaf"',
    "colour value": HEAD + SYMBOL + SAYS + 'colour = "#12"',
    "two symbols": HEAD + SYMBOL + SYMBOL,
    "outside": HEAD.replace("height = 40", "height = 20.75") + SYMBOL,
    "shape": HEAD.replace("height = 40", "") + SYMBOL,
    "path": HEAD + SYMBOL + '[[elements]]\ntype = "path"\nd = "M0 0 A1 1"',
    "no article": HEAD + '[sheet]\narticle = "x"\n' + SYMBOL,
}
DISTURBED = {
    "pale": (SYMBOL + 'colour = "#cc9944"', ""),
    "symbol outside": (SYMBOL, ""),
    "near the edge": (SYMBOL, SAYS.replace("x = 2", "x = 0.2")),
    "words on it": (SYMBOL, SAYS.replace("x = 2", "x = 29") + "size = 40"),
    "rectangle": (SYMBOL, PAINT),
    "line": (SYMBOL, '[[elements]]\ntype = "line"\nx1 = 40\ny1 = 0\nx2 = 40\ny2 = 40\n'),
    "ellipse": (SYMBOL, '[[elements]]\ntype = "ellipse"\ncx = 48\ncy = 11\nrx = 3\nfill = "#000000"\n'),
    "too fine": (SYMBOL.replace("size = 21", "size = 12"), ""),
    "path data": (SYMBOL, '[[elements]]\ntype = "path"\nd = "M0 0 L"\n'),
    "overflow": (SYMBOL, SAYS.replace("Trà", "Chè " * 90) + "size = 7.5"),
    "glyph": (SYMBOL, SAYS.replace("Trà", "Trà ☃")),
    "never drawn": (SYMBOL + 'when = "alcohol"', ""),
}  # fmt: skip


def told(message: str, params: dict[str, object]) -> str:
    """*message* in Vietnamese; every sentence in it must have a translation."""
    assert message in catalog("vi"), message
    for value in params.values():
        if isinstance(value, Phrase):
            assert value.text in catalog("vi"), value.text
    words = translate(message, "vi", **params)
    assert not re.search(r"\d\.\d(?!\d\d)", words), words
    return words


@pytest.mark.parametrize("fault", FAULTY)
def test_what_a_file_is_refused_for(fault: str) -> None:
    with pytest.raises(LayoutError) as caught:
        reading.load(FAULTY[fault], source="mine")
    told(caught.value.message, caught.value.params)
    told(caught.value.fix, caught.value.params)


def test_a_missing_key_is_told_in_the_language_of_the_reader() -> None:
    with pytest.raises(LayoutError) as caught:
        reading.load("name = 'x'\n", source="tem.toml")
    assert explain(caught.value, "vi") == (
        "tem.toml, dòng 1: title_vi: Còn thiếu.",
        "Hãy thêm khóa này.",
    )
    assert str(caught.value) == "tem.toml, line 1: title_vi: This is missing."


@pytest.mark.parametrize("fault", DISTURBED)
def test_what_a_drawing_is_refused_for(fault: str, fonts: Fonts) -> None:
    symbol, elements = DISTURBED[fault]
    text = HEAD + symbol + "\n" + elements
    if fault == "symbol outside":
        text = text.replace("width = 60\nheight = 40", "diameter = 60")
    layout = reading.load(text.replace("safe = 1", "safe = 1.5"), source="mine")
    unit, content = units(1)[0], LabelContent({"product_name": "Trà"}, record="thử")
    with pytest.raises(LayoutError) as caught:
        compose(layout, content, fonts, unit=unit)
    faults = [fault.error for fault in draft(layout, content, fonts, unit=unit).faults]
    for error in (caught.value, *faults):
        told(error.message, error.params)
        told(error.fix, error.params)


def test_what_the_law_says_has_figures_with_a_comma(fonts: Fonts) -> None:
    elements = (
        '[[elements]]\ntype="text"\nx=2\ny=2\nw=30\nh=4\ntext="{product_name}"\nsize=4.4\n'
        '[[elements]]\ntype="text"\nx=2\ny=8\nw=30\nh=4\ntext="{producer_name}"\nsize=4.5\n'
        'colour="#999999"\n'
        '[[elements]]\ntype="text"\nx=2\ny=14\nw=30\nh=6\ntext="{origin}"\nsize=6.1\n'
    )
    layout = reading.load(HEAD.replace('"seal"', '"full_label"') + SYMBOL + elements, source="mine")
    values = {"product_name": "Trà", "producer_name": "Hợp tác xã", "origin": "Sản xuất tại VN"}
    content = LabelContent(dict.fromkeys(VARIABLES, "") | values, record="thử")
    drawing = compose(layout, content, fonts)
    found = legal.check_label(layout, drawing, content, 11, fonts)
    figures = {"letters_too_small", "letters_small", "name_not_largest", "contrast"}
    assert figures <= {finding.code for finding in found}
    for finding in found:
        words = told(finding.message, finding.params)
        told(finding.fix, finding.params)
        assert ("," in words) or finding.code not in figures
