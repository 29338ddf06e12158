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
#: As Decree 37/2026/NĐ-CP writes them: what is its own word stays so on every page.
_OF_THE_LAW = ("hàng hóa", "sức khỏe", "thủy tinh")
_OLD = re.compile(r"\b\w*(?:[òóỏõọ][ae]|[ùúủũụ]y)\b", re.IGNORECASE)
_NEW = re.compile(r"hàng\s+hoá|sức\s+khoẻ|thuỷ\s+tinh", re.IGNORECASE)


def misspelled(text: str) -> list[str]:
    """Words of *text* that the glossary spells otherwise."""
    said = unicodedata.normalize("NFC", text)
    kept = re.sub("|".join(_OF_THE_LAW), "", said, flags=re.IGNORECASE)
    return _OLD.findall(kept) + _NEW.findall(said)


def test_words_have_the_spelling_of_the_glossary() -> None:
    wrong = {path.name: misspelled(path.read_text("utf-8")) for path in _FILES}
    assert len(_FILES) > 50 and not {name: words for name, words in wrong.items() if words}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Khoá tài khoản, huỷ tem, xoá dòng", []),
        ("Nhãn hàng hóa và sức khỏe, thủy tinh", []),
        ("Cửa hàng quý khách, hoàn thành, khoảng", []),
        ("Mở khóa, hủy, xóa", ["khóa", "hủy", "xóa"]),
        ("hàng hoá", ["hàng hoá"]),
        ("kho\u0301a", ["khóa"]),
    ],
)
def test_a_spelling_is_told_from_another(text: str, wrong: list[str]) -> None:
    assert misspelled(text) == wrong
