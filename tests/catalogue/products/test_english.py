"""What readers of English are told of a product, and what its producer is told to add."""

from __future__ import annotations

import pytest

from labelsvc.catalogue.models import Product
from labelsvc.catalogue.products import allergens, english


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("sữa, lạc", ["milk", "peanuts"]),
        ("Đậu phộng; MÈ và trứng gà.", ["peanuts", "sesame", "eggs"]),
        ("Có chứa: tôm, cua", ["shrimp", "crab"]),
        ("dau nanh, lua mi", ["soya", "wheat"]),
        ("lạc, Lạc", ["peanuts"]),
        # Three letters without marks may be another thing: sesame (mè) or tamarind (me).
        ("me, ca", ["", ""]),
        ("cá, cà", ["fish", ""]),
        ("mắm tép lạ", [""]),
        ("", []),
    ],
)
def test_usual_allergens_have_an_english_name(typed: str, told: list[str]) -> None:
    assert [one.english for one in allergens.named(typed)] == told


@pytest.mark.parametrize(
    ("facts", "lacks"),
    [
        ({"origin": "Sản xuất tại Việt Nam"}, ["name_en"]),
        ({"name_en": "Tea", "origin": "Bát Tràng"}, ["origin_en"]),
        ({"name_en": "Tea", "origin": "Việt Nam", "warning": "Dễ vỡ."}, ["warning_en"]),
        ({"name_en": "Tea", "warning": "Dễ vỡ.", "warning_en": "Fragile."}, []),
        ({"name_en": "Tea", "allergens": "sữa, ba ba"}, ["allergens"]),
    ],
)
def test_a_product_is_told_what_it_lacks_in_english(
    facts: dict[str, str], lacks: list[str]
) -> None:
    empty = dict.fromkeys(
        ("ingredients", "instructions", "storage", "warning", "origin", "story", "allergens"), ""
    )
    english_ones = dict.fromkeys((c.name for c in english.IN_ENGLISH.values()), "")
    product = Product(name="Trà", **{**empty, **english_ones, **facts})
    assert [column.name for column in english.lacking(product)] == lacks
