"""Codes are cut to their ends, and words are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms.alphabet import ALPHABET
from labelsvc.inspections.ends import code_by_ends, without_codes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mã J8BJE39WWDR8JYCA06G9ZRCK.", "Mã J8BJ…ZRCK."),
        ("J8BJ E39W WDR8 JYCA 06G9 ZRCK", "J8BJ…ZRCK"),
        ("tem j8bj-e39w-wdr8-jyca-06g9-zrck mờ", "tem j8bj…zrck mờ"),
        ("ABCD EFGH JKMN PQRS TVWX YZAB", "ABCD…YZAB"),
        ("https://la.example/J8BJE39WWDR8JYCA06G9ZRCK?x=1", "https://la.example/J8BJ…ZRCK?x=1"),
        ("7" * 193, "7777…7777"),
        ("(01) 09520000001216 (21) CMK0 PQR8 89RZ D20Q QQ3E", "(01) 09520000001216 (21) CMK0…QQ3E"),
        ("chua thay dung nhan hang", "chua thay dung nhan hang"),
        ("nhan hang chua thay dung 2026", "nhan hang chua thay dung 2026"),
        ("Mua 12 hộp ngày 05/11/2026, lô L261105-01", "Mua 12 hộp ngày 05/11/2026, lô L261105-01"),
        ("QĐ 1147/QĐ-UBND", "QĐ 1147/QĐ-UBND"),
        ("", ""),
    ],
)
def test_codes_are_told_by_their_ends(text: str, told: str) -> None:
    assert without_codes(text) == told


@given(st.text(ALPHABET, min_size=20, max_size=24), st.sampled_from(["", " ", "-"]))
def test_no_code_of_ours_is_left_whole_as_it_is_written_or_printed(code: str, between: str) -> None:
    shown = between.join(code[at : at + 4] for at in range(0, len(code) - len(code) % 4, 4))
    assert shown not in code_by_ends(f"Tem {shown} lạ")
