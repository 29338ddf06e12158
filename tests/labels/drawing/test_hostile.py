"""Whatever somebody types as a name or an address: each layout prints it as words, or refuses it."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from labelsvc.errors import LayoutError
from labelsvc.labels.checks.read_back import read_back_pdf
from labelsvc.labels.drawing import svg as preview
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.drawing.draft import draft
from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.sample_content import content as sample
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.variables import VARIABLES
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.pdf.write import render_sheet_pdf
from tests.labels.conftest import units_of

HOSTILE = {
    "printer": '^XZ~JA"PRINT 9,9\n_5E\\&^FS~HS',
    "pdf": ") Tj ET Q (\\) <</JS>> endstream %%EOF",
    "page": "</text><script>alert(1)</script>&amp;]]><!--",
    "template": "{code} **đậm** [ngoặc] \\{host\\} {{7*7}}",
    "invisible": "A\u200b\u202eB\u2066\ufeff\u00adC\x00\x07",
    "marks": "Ễ\u0323\u0309 Ổ\u0323 ướ\u0301p",
    "spaces": " \u00a0\u2003\n\n \t",
    "one word": "W" * 300,
    "long": "Hợp tác xã Sản xuất, Kinh doanh và Dịch vụ tổng hợp Nông nghiệp Quyết Thắng " * 4,
    "other letters": "☃ 漢字 😀 \u0e01\u0e33",
}
#: What the program writes itself, or checks when it is typed.
_NOT_TYPED = {
    "stars",
    "stars_text",
    "stars_text_en",
    "made",
    "expires",
    "made_year",
    "valid_to",
    "decision_date",
    "net_name",
    "net_total",
    "net_rest",
}


#: A seal on a sheet, a roll, a full label and one without a box for words: each kind of drawing.
_QUICK = ("a4-65", "roll-35x22", "food-100x70", "round-30")


def _cases() -> list[Any]:
    """Every kind of words on some layouts, one kind on each; the rest is for `make exhaustive`."""
    kinds = list(HOSTILE)
    return [
        pytest.param(name, kind, marks=() if quick else pytest.mark.exhaustive)
        for place, name in enumerate(library.names())
        for kind in kinds
        for quick in [name in _QUICK or kind == kinds[place % len(kinds)]]
    ]


@pytest.mark.parametrize(("name", "kind"), _cases())
def test_hostile_words_are_printed_as_words_or_refused(name: str, kind: str, fonts: Fonts) -> None:
    layout = library.get(name)
    plain = sample("usual")
    shown = [v for v in VARIABLES if v in layout.variables and not VARIABLES[v].per_unit]
    run = units_of(layout, 1)
    printed: list[LabelContent] = []
    refused: list[LabelContent] = []
    for variable in [v for v in shown if v not in _NOT_TYPED]:
        content = LabelContent(
            {**plain, variable: HOSTILE[kind]}, 4 if layout.shows_stars else None, record="thử"
        )
        try:
            compose(layout, content, fonts, unit=run[0]).resolve(run[0], fonts)
        except LayoutError as error:
            assert error.params["field"] and error.params["layout"] == name
            refused.append(content)
        else:
            printed.append(content)
    for content in printed[:1]:
        pdf = render_sheet_pdf(layout, [Block(content, run)], fonts)
        assert read_back_pdf(pdf, layout, [run[0].code]).codes == 1
        assert b"/JS" not in pdf and b"/JavaScript" not in pdf
    for content in printed[:1] + refused[:1]:
        drawn = draft(layout, content, fonts, unit=run[0])
        assert bool(drawn.faults) == (content in refused)
        svg = preview.drawing_svg(drawn.drawing, run[0], fonts)
        assert {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(svg).iter()} <= {
            "svg", "defs", "path", "clipPath", "g", "use",
        }  # fmt: skip
    if kind in ("invisible", "spaces"):
        assert printed
    if kind == "other letters":
        assert not printed
