"""The list of crafts, and how lists name them."""

from __future__ import annotations

import pytest

from labelsvc.catalogue.villages.crafts import GROUPS, checked, crafts, named, with_word
from labelsvc.demo.sample import villages
from labelsvc.errors import BadInput


def test_there_are_52_crafts_in_the_groups_of_the_decree() -> None:
    found = crafts().values()
    assert len(found) == 52
    assert {craft.group for craft in found} == set(GROUPS)
    assert len({craft.vi for craft in found}) == len({craft.en for craft in found}) == 52


def test_every_name_and_word_of_a_craft_names_that_craft() -> None:
    wrong = {
        (craft.code, said): named(said)
        for craft in crafts().values()
        for said in (craft.vi, craft.en, *craft.says)
        if named(said) != craft.code
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Gốm sứ", "gom-su"), ("GỐM, SỨ", "gom-su"), ("gom su", "gom-su"), ("Rèn", "ren-co-khi"),
        ("Mây, tre đan", "may-tre-dan"), ("May com lê", "may"), ("Thêu ren", "theu"),
        ("Làm tương, chè lam, kẹo", "tuong"), ("Chế biến tinh bột", "mien"), ("Ươm tơ", "lua-to-tam"),
        ("Dịch vụ", ""), ("", ""), ("Trồng đào, quất cảnh", "hoa-cay-canh"), ("Tơ sen", "to-sen"),
    ],
)  # fmt: skip
def test_a_cell_names_its_first_craft(text: str, code: str) -> None:
    assert named(text) == code


def test_every_village_of_the_sample_has_a_craft_of_the_list() -> None:
    assert [facts["name"] for facts in villages() if not named(facts["craft"])] == []


def test_a_code_that_is_not_in_the_list_is_refused() -> None:
    assert checked("") == "" and checked(" gom-su ") == "gom-su"
    with pytest.raises(BadInput):
        checked("gom")
    assert "gom-su" in with_word("pottery")
