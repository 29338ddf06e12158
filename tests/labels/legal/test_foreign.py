"""Words of another language on a label: known as such, beside the Vietnamese, not larger."""

from __future__ import annotations

import pytest

from labelsvc.labels import legal
from labelsvc.labels.drawing.sample_content import NAMES, content
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.variables import VARIABLES
from labelsvc.labels.legal import foreign
from labelsvc.wording import syllable

from .conftest import FOOD, Judge, Label, Values, codes


@pytest.mark.parametrize(
    ("line", "strange"),
    [
        ("Made in Vietnam", True),
        ("MADE IN VIETNAM", True),
        ("Hand painted in Hanoi", True),
        ("Scan to see where it comes from", True),
        ("Best before", True),
        ("Lotus tea", True),
        ("Produit du terroir", True),
        ("Sản xuất tại Việt Nam", False),
        ("San xuat tai Viet Nam", False),
        ("Tra shan tuyet uop hoa sen Bach Diep", False),
        ("Protein, lipid, carbohydrate, vitamin C", False),
        ("HACCP · ISO 22000 · VietGAP", False),
        ("NSX 02/11/2026 · HSD 02/11/2028", False),
        ("HTX TNHH MTV", False),
        ("www.chesen.example", False),
        ("Hotline Zalo 024 3000 0000", False),
        ("Tea", False),  # one word proves nothing
    ],
)
def test_words_that_cannot_be_vietnamese(line: str, strange: bool) -> None:
    assert syllable.foreign(line) is strange


def test_every_word_of_the_samples_can_be_vietnamese() -> None:
    ours = [name for name in VARIABLES if not name.endswith("_en") and not VARIABLES[name].per_unit]
    loans = {"shan", "carbohydrat", "natri", "kcal", "ocop"}
    for text in (
        content(data)[name] for data in NAMES for name in ours if name not in ("host", "website")
    ):
        for word in syllable._WORD.findall(text):
            if len(word) > 2 and word.casefold() not in loans and not word.isupper():
                assert syllable.possible(word), word


def english(text: str, size: float = 8, more: str = "") -> str:
    return (
        f'{FOOD}[[elements]]\nid="en"\ntype="text"\nx=2\ny=96\nw=130\nh=16\nsize={size}\n'
        f'text="{text}"\n{more}\n'
    )


@pytest.mark.parametrize(
    ("text", "size", "more", "expected"),
    [
        ("Hand made with care", 8, 'lang = "en"', []),
        ("Hand made with care", 8, "", [("warning", "foreign_unmarked")]),
        ("Hand made with care", 9, 'lang = "en"', [("warning", "foreign_larger")]),
        ("Lot {lot_code}", 8, 'lang = "en"', []),
        ("Lot {lot_code}", 9, 'lang = "en"', [("error", "foreign_larger")]),
        ("Village {village}", 8, 'lang = "en"', [("error", "foreign_alone")]),
        ("Thủ công\\nHand made with care", 9, "", []),
    ],
)  # fmt: skip
def test_foreign_text_of_a_layout_is_held_to_the_vietnamese(
    label: Label, values: Values, judge: Judge,
    text: str, size: float, more: str, expected: list[tuple[str, str]],
) -> None:  # fmt: skip
    found = judge(label(english(text, size, more)), values(stars=None))
    assert [(f.severity, f.code) for f in found] == expected
    assert all(f.element == "en" for f in found)


def test_a_label_in_english_alone_is_refused(label: Label, values: Values, judge: Judge) -> None:
    only = FOOD.replace('id = "rest"', 'id = "rest"\nlang = "en"')
    found = judge(label(only), values(stars=None))
    assert ("error", "foreign_alone") in {(f.severity, f.code) for f in found}


@pytest.mark.parametrize("name", library.names())
def test_no_text_of_ours_seems_foreign_unsaid(name: str) -> None:
    layout = library.get(name)
    assert not [t.text for t in layout.texts if foreign.seems_foreign(t) and t.lang == "vi"]
    assert "foreign_alone" not in codes(legal.check_run(layout, content("usual"), 11))
