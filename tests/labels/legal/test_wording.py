"""Dates, units, places, foreign words and claims: a passing and a failing label for each."""

from __future__ import annotations

import pytest

from labelsvc.labels import legal

from .conftest import FOOD, STARRED, Label, Values, codes


def extra(text: str, size: float = 8) -> str:
    return FOOD + (
        f'[[elements]]\nid="extra"\ntype="text"\nx=2\ny=96\nw=120\nh=8\ntext="{text}"\nsize={size}\n'
    )


@pytest.mark.parametrize(
    ("date", "lawful"),
    [
        ("02/11/2026", True),
        ("02.11.26", True),
        ("02-11-2026", True),
        ("02 11 2026", True),
        ("021126", True),
        ("24 tháng kể từ NSX", True),
        ("30 tháng", True),
        ("281102 (năm/tháng/ngày)", True),
        ("2028-11-02 (năm-tháng-ngày)", True),
        ("28-02-11 (năm-ngày-tháng)", True),
        ("ngày 02 tháng 11 năm 2028", True),
        ("11/2026", False),  # a month is no day of food
        ("31/02/2028", False),
        ("29/02/2027", False),
        ("24 tháng kể từ ngày mở nắp", False),
        ("2026-11-02", False),
        ("11/25/2026", False),
        ("2/11/2026", False),
        ("02/11-2026", False),
        ("Nov 2026", False),
    ],
)
def test_dates_are_day_month_year(label: Label, values: Values, date: str, lawful: bool) -> None:
    found = legal.check_run(label(), values(stars=None, expires=date, made="01/01/2026"), 11)
    assert codes(found) == (set() if lawful else {"date_format"})
    assert all(f.element == "rest" for f in found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NSX: 02/11/2026", None),
        ("NSX: 2026/11/02", "date_format"),
        ("HSD 31/13/2026", "date_format"),
        ("Hsd: xem dưới đáy", "date_capitals"),
        ("{made}", "date_unnamed"),
        ("SX {made}", None),
    ],
)
def test_dates_say_which_they_are(
    label: Label, values: Values, text: str, code: str | None
) -> None:
    found = legal.check_run(label(extra(text)), values(stars=None), 11)
    assert codes(found) == ({code} if code else set())


@pytest.mark.parametrize(
    ("quantity", "right"),
    [
        ("Khối lượng tịnh: 100 g", None),
        ("Khối lượng tịnh: 1,5 kg", None),
        ("Thể tích thực: 500 mL", None),
        ("Thể tích thực: 1 l (2 chai × 500 ml)", None),
        ("Khối lượng tịnh: 100 g (3.5 oz)", None),
        ("1 bộ 6 chén", None),
        ("Khối lượng tịnh: 100g", "100 g"),
        ("Khối lượng tịnh: 100 gr", "100 g"),
        ("Khối lượng tịnh: 2 Kg", "2 kg"),
        ("Thể tích thực: 500 ML", "500 ml"),
        ("Thể tích thực: 500cc", "500 ml"),
    ],
)
def test_units_are_spelled_as_the_law_does(
    label: Label, values: Values, quantity: str, right: str | None
) -> None:
    found = legal.check_run(label(), values(stars=None, net_content=quantity), 11)
    spelled = [f.params["right"] for f in found if f.code == "unit_spelling"]
    assert spelled == ([right] if right else [])


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        ("100 g", "quantity_unnamed"),
        ("Trọng lượng: 100 g", "quantity_unnamed"),
        ("Khối lượng tịnh: 500 ml", "quantity_unnamed"),
        ("Khối lượng tịnh: khoảng 100 g", "quantity_vague"),
        ("Khối lượng tịnh: 10 gói × 5 g", "quantity_total"),
        ("Khối lượng tịnh: 10 gói × 5 g (tổng 60 g)", "quantity_total"),
    ],
)
def test_a_quantity_says_what_and_how_much_it_is(
    label: Label, values: Values, quantity: str, code: str
) -> None:
    found = legal.check_run(label(), values(stars=None, net_content=quantity), 11)
    assert [(f.severity, f.code) for f in found] == [("error", code)]


@pytest.mark.parametrize(
    ("origin", "code"),
    [
        ("Sản xuất tại Việt Nam", None),
        ("Xuất xứ: Việt Nam", None),
        ("Việt Nam", "origin_phrase"),
        ("Sản xuất tại VN", "place_abbreviated"),
    ],
)
def test_origin_in_the_words_of_the_law(
    label: Label, values: Values, origin: str, code: str | None
) -> None:
    found = legal.check_run(label(), values(stars=None, origin=origin), 11)
    assert codes(found) == ({code} if code else set())


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("Thôn 3, xã Bát Tràng, thành phố Hà Nội", None),
        ("P. Ba Đình, TP. Hà Nội", None),  # words for the unit may be short
        ("Số 12, X. Ba Vì, TP. Hà Nội", None),
        ("Phường Ba Đình, HN", "place_abbreviated"),
        ("Phường Sài Gòn, TP.HCM", "place_abbreviated"),
        ("Xã B.T., thành phố Hà Nội", "place_abbreviated"),
        ("Xã Bát Tràng, huyện Gia Lâm, thành phố Hà Nội", "old_address"),
        ("Q. Ba Đình, Hà Nội", "old_address"),
    ],
)
def test_place_names_are_whole_and_of_today(
    label: Label, values: Values, address: str, code: str | None
) -> None:
    found = legal.check_run(label(), values(stars=None, producer_address=address), 11)
    assert codes(found) == ({code} if code else set())


def test_foreign_words_never_stand_alone(label: Label, values: Values) -> None:
    both = legal.check_run(label(extra("{product_name_en}")), values(stars=None), 11)
    assert both == []
    alone = legal.check_run(label(extra("{story_short_en}")), values(stars=None), 11)
    assert [(f.severity, f.code, f.element) for f in alone] == [("error", "foreign_alone", "extra")]


@pytest.mark.parametrize(
    ("text", "severity", "code"),
    [
        ("Sử dụng tốt nhất trước ngày in trên nắp", None, None),
        ("Thực phẩm này không phải là thuốc, không có tác dụng thay thế thuốc chữa bệnh", None, None),
        ("Giúp chữa bệnh dạ dày", "error", "cure_claim"),
        ("Đặc trị ho", "error", "cure_claim"),
        ("Ngon số một Việt Nam", "warning", "unproven_claim"),
        ("Trà tốt nhất", "warning", "unproven_claim"),
        ("Quét để xem nhãn điện tử", "error", "e_label_claim"),
        ("Sản phẩm tiềm năng 5 sao", "warning", "potential_stars"),
    ],
)  # fmt: skip
def test_claims(
    label: Label, values: Values, text: str, severity: str | None, code: str | None
) -> None:
    found = legal.check_run(label(extra(text)), values(stars=None), 11)
    claims = [(f.severity, f.code) for f in found if f.code != "claim_without_recognition"]
    assert claims == ([(severity, code)] if code else [])


def test_potential_stars_never_stand_beside_stars(label: Label, values: Values) -> None:
    found = legal.check_run(label(extra("tiềm năng 5 sao") + STARRED), values(stars=4), 11)
    assert ("error", "potential_stars") in {(f.severity, f.code) for f in found}


@pytest.mark.parametrize(
    ("source", "vietnamese"),
    [
        (
            "Decree 37/2026/NĐ-CP art. 42.1a",
            "Nghị định 37/2026/NĐ-CP, Điều 42 khoản 1 điểm a",
        ),
        ("Decree 37/2026/NĐ-CP art. 42.1", "Nghị định 37/2026/NĐ-CP, Điều 42 khoản 1"),
        ("Decree 37/2026/NĐ-CP appendix I group 2", "Nghị định 37/2026/NĐ-CP, Phụ lục I, nhóm 2"),
        (
            "Decree 37/2026/NĐ-CP art. 46, appendix III",
            "Nghị định 37/2026/NĐ-CP, Điều 46, Phụ lục III",
        ),
        ("Decision 1162/QĐ-VPĐP-OCOP", "Quyết định 1162/QĐ-VPĐP-OCOP"),
    ],
)
def test_articles_are_cited_in_the_language_of_the_reader(source: str, vietnamese: str) -> None:
    assert legal.cite(source, "vi") == vietnamese
    assert legal.cite(source, "en") == source
