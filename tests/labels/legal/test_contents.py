"""Mandatory contents by group of appendix I, and contents that stand elsewhere on the pack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labelsvc.labels import legal
from labelsvc.labels.drawing.content import sample_content
from labelsvc.labels.layouts import library

from .conftest import FOOD, Label, Values, codes

_ALWAYS = {"name", "producer", "address", "origin"}


@pytest.mark.parametrize(
    ("set_number", "group", "keys"),
    [
        (3, "1", {"net_content", "made", "expires"}),
        (11, "2", {"net_content", "made", "expires", "ingredients", "warning", "instructions", "storage"}),
        (18, "3", {"net_content", "made", "expires", "ingredients", "instructions", "storage"}),
        (17, "6", {"net_content", "made", "expires", "ingredients", "warning", "instructions", "storage"}),
        (14, "7", {"net_content", "alcohol"}),
        (19, "14", {"net_content", "ingredients", "lot", "expires", "instructions", "warning"}),
        (22, "25", {"ingredients", "specification", "instructions", "storage", "warning", "made_year"}),
        (21, "34", {"ingredients", "specification", "instructions", "storage"}),
        (24, "", set()),
    ],
)  # fmt: skip
def test_each_group_of_goods_has_its_contents(set_number: int, group: str, keys: set[str]) -> None:
    assert {content.key for content in legal.required(set_number)} == keys | _ALWAYS
    found = legal.group_of(set_number)
    assert found is not None and found.number == group
    assert all(f"group {group}" in content.article for content in found.contents if group)


def test_services_have_no_goods_label() -> None:
    assert legal.required(26) == ()
    findings = legal.check_run(library.get("food-100x70"), sample_content(), 26)
    assert ("error", "no_goods_label") in {(f.severity, f.code) for f in findings}


def test_a_whole_food_label_is_lawful(label: Label, values: Values) -> None:
    assert legal.check_run(label(), values(stars=None), 11) == []


@pytest.mark.parametrize("content", [c for c in legal.required(11)], ids=lambda c: c.key)
def test_a_content_without_a_value_is_missing(
    label: Label, values: Values, content: legal.Content
) -> None:
    empty = values(stars=None, **dict.fromkeys(content.variables, ""))
    found = [f for f in legal.check_run(label(), empty, 11) if f.code == "missing_content"]
    assert [(f.severity, f.params["field"]) for f in found] == [("error", content.key)]


def test_a_content_without_a_place_is_told(label: Label, values: Values) -> None:
    layout = label(FOOD.replace("Bảo quản: {storage}\n", ""))
    found = [f for f in legal.check_run(layout, values(stars=None), 11)]
    assert [(f.code, f.params["field"]) for f in found] == [("content_not_on_layout", "storage")]


@pytest.mark.parametrize(("warning", "wrong"), [("Không dùng khi hở", True), ("", False)])
def test_what_is_mandatory_if_any_is_asked_for_once_it_is_there(
    label: Label, values: Values, warning: str, wrong: bool
) -> None:
    layout = label(FOOD.replace("Cảnh báo: {warning}\n", ""))
    found = legal.check_run(layout, values(stars=None, warning=warning), 3)
    assert ("content_not_on_layout" in codes(found)) is wrong


def test_a_cosmetic_without_expiry_says_that_it_keeps_for_30_months(
    label: Label, values: Values
) -> None:
    soap = {"product_name": "Dầu gội thảo mộc", "ingredients": "Nước, cao thảo mộc"}
    assert legal.check_run(label(), values(stars=None, made="", **soap), 19) == []
    undated = values(stars=None, expires="", **soap)
    assert [f.params["field"] for f in legal.check_run(label(), undated, 19)] == ["expires"]
    opened = values(stars=None, expires="", storage="Dùng trong 12 tháng sau khi mở nắp", **soap)
    assert legal.check_run(label(), opened, 19) == []
    stable = replace(undated, facts={"shelf_life_days": "1095"})
    assert legal.check_run(label(), stable, 19) == []


def test_crafts_may_name_artisan_and_village_instead(label: Label, values: Values) -> None:
    layout = label(
        FOOD.replace("{producer_name}", "{artisan}").replace("{producer_address}", "{village}")
        + '[[elements]]\ntype="text"\nx=2\ny=96\nw=100\nh=6\ntext="{specification}"\n'
    )
    assert codes(legal.check_run(layout, values(stars=None), 21)) == set()
    assert "content_not_on_layout" in codes(legal.check_run(layout, values(stars=None), 11))


def test_health_food_says_that_it_is_no_medicine(label: Label, values: Values) -> None:
    plain = [
        f for f in legal.check_run(label(), values(stars=None), 18) if f.code == "phrase_missing"
    ]
    assert [f.params["phrase"].split()[0] for f in plain] == ["Thực", "Thực", "Công", "Đối"]
    assert {f.severity for f in plain} == {"error"}
    warning = (
        "THỰC PHẨM BẢO VỆ SỨC KHOẺ. Công dụng: hỗ trợ tiêu hóa. Đối tượng: người lớn. Thực phẩm "
        "này không phải là thuốc, không có tác dụng thay thế thuốc chữa bệnh"
    )
    assert "phrase_missing" not in codes(
        legal.check_run(label(), values(stars=None, warning=warning), 18)
    )


@pytest.mark.parametrize(
    ("words", "still_missing"),
    [
        ("Xem NSX, HSD ở đáy bao bì", set()),
        ("Xem ngày sản xuất và hạn sử dụng in trên nắp hộp", set()),
        ("Xem NSX ở đáy bao bì", {"expires"}),
        ("Xem thêm câu chuyện trên trang tra cứu", {"made", "expires"}),
        ("", {"made", "expires"}),
    ],
)
def test_a_label_may_send_the_reader_to_the_bottom_of_the_pack(
    label: Label, values: Values, words: str, still_missing: set[str]
) -> None:
    layout = label(FOOD.replace("NSX: {made} · HSD: {expires} · Lô {lot_code}", words))
    found = legal.check_run(layout, values(stars=None), 11)
    assert {f.params["field"] for f in found} == still_missing


def test_contents_may_be_declared_elsewhere_but_never_the_name(
    label: Label, values: Values
) -> None:
    empty = values(stars=None, product_name="", expires="", storage="")
    away = frozenset({"name", "expires", "storage"})
    found = legal.check_run(label(), empty, 11, away)
    assert [f.params["field"] for f in found] == ["name"]


def test_a_seal_needs_no_more_than_it_shows(values: Values) -> None:
    seal = library.get("a4-65")
    assert "content_not_on_layout" not in codes(legal.check_run(seal, values(), 11))
    nameless = legal.check_run(seal, values(product_name=""), 11)
    assert [f.code for f in nameless] == ["missing_content"]
