"""Every product of the demo on every full label that we ship: no finding at all."""

from __future__ import annotations

from typing import Any

import pytest

from labelsvc.demo.sample import villages
from labelsvc.labels import legal
from labelsvc.labels.drawing import fonts as label_fonts
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.drawing.content import LabelContent
from labelsvc.labels.layouts import library

_FULL = [name for name in library.names() if library.get(name).purpose == "full_label"]
_KINDS = {
    f"{kind['name']} {variant.partition('|')[0].strip()}": (village, kind, variant)
    for village in villages()
    for kind in village["kind"]
    for variant in kind["variants"]
}


def content(village: dict[str, Any], kind: dict[str, Any], variant: str) -> LabelContent:
    """What a label of the demo's product says, four stars among it."""
    vi, en, *own = (part.strip() for part in variant.split("|"))
    dated = kind["set"] not in (21, 23, 24, 25)
    return LabelContent(
        {
            "product_name": f"{kind['name']} {vi}",
            "product_name_en": f"{kind['name_en'][0].upper()}{kind['name_en'][1:]}, {en}",
            "producer_name": f"Hợp tác xã {village['craft']} Sông Nhuệ",
            "producer_address": f"Xóm 3, {village['commune']}, thành phố Hà Nội",
            "village": village["name"],
            "origin": "Sản xuất tại Việt Nam",
            "net_content": kind["net"],
            **{
                name: kind.get(name, "")
                for name in (
                    "ingredients", "nutrition", "instructions", "storage", "warning", "specification", "alcohol",
                )
            },
            **({"ingredients": own[0]} if own else {}),
            "lot_code": "L261101-01",
            "made": "01/11/2026" if dated else "",
            "expires": "01/11/2027" if kind.get("shelf") else "",
            "made_year": "2026" if dated else "",
            "decision_number": "1147/QĐ-UBND",
            "decision_date": "04/03/2026",
            "host": "qr.example.vn",
            "phone": "024 0000 1234",
        },
        4,
        record=kind["name"],
    )  # fmt: skip


@pytest.mark.parametrize("layout", _FULL)
@pytest.mark.parametrize("name", _KINDS)
def test_every_product_of_the_demo_is_printed_without_a_finding(layout: str, name: str) -> None:
    village, kind, variant = _KINDS[name]
    chosen, values = library.get(layout), content(village, kind, variant)
    drawing = compose(chosen, values, label_fonts.load())
    found = legal.check_label(chosen, drawing, values, kind["set"], label_fonts.load())
    assert [(one.severity, one.code, one.params) for one in found] == []
