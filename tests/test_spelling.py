"""One spelling on Vietnamese pages: docs/glossary.md decides where the tone stands in oa, oe and uy."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_FILES = sorted(
    [
        *(_ROOT / "labelsvc" / "translations" / "vi").rglob("*.po"),
        *(_ROOT / "templates").rglob("*.html"),
    ]
)
#: The tone on the last vowel of an open syllable; not after q, whose u is no vowel (quý).
_OTHER = re.compile(
    r"\b\w*(?:o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])\b",
    re.IGNORECASE,
)


def misspelled(text: str) -> list[str]:
    """Words of *text* that the glossary spells otherwise."""
    return _OTHER.findall(unicodedata.normalize("NFC", text))


def test_words_have_the_spelling_of_the_glossary() -> None:
    wrong = {path.name: misspelled(path.read_text("utf-8")) for path in _FILES}
    assert len(_FILES) > 50 and not {name: words for name, words in wrong.items() if words}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Khóa tài khoản, hủy tem, xóa dòng", []),
        ("Nhãn hàng hóa và sức khỏe, thủy tinh", []),
        ("Quý khách, hoàn thành, khoảng, thuyền, toàn", []),
        ("Mở khoá, huỷ, xoá", ["khoá", "huỷ", "xoá"]),
        ("hàng hoá", ["hoá"]),
        ("khoa\u0301", ["khoá"]),
    ],
)
def test_a_spelling_is_told_from_another(text: str, wrong: list[str]) -> None:
    assert misspelled(text) == wrong
