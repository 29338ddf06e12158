"""Pairs of owners: certainly the same, another, or a question for a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.catalogue.owners.likeness import Owner, Says, compare, phones, read_owner
from labelsvc.catalogue.owners.names import read_owner_name

PHU = {"address": "Thôn Hạ Dục, xã Đồng Phú, huyện Chương Mỹ"}
TOWN = {"address": "Phường Vạn Phúc, quận Hà Đông"}
FAR = {"address": "xã Minh Quang, huyện Ba Vì, Hà Nội"}
Side = tuple[str, dict[str, Any]]

SAME: list[tuple[Side, Side]] = [
    (("HTX NN Hữu cơ Đông Phú", PHU), ("Hợp tác xã Nông nghiệp Hữu cơ Đông Phú", PHU)),
    (("HTX NN Hữu cơ Đông Phú", PHU), ("HTX NÔNG NGHIỆP HỮU CƠ ĐÔNG PHÚ", {"address": "xã Đồng Phú (Chương Mỹ cũ)"})),
    (("H.T.X DVNN Tân Tiến", PHU), ("HTX dịch vụ nông nghiệp Tân Tiến", PHU)),
    (("HTXDVNN Tân Tiến", PHU), ("HTX nông nghiệp - dịch vụ Tân Tiến", PHU)),
    (("Cty TNHH Dệt lụa Nhuệ Giang", TOWN), ("Công ty trách nhiệm hữu hạn Dệt lụa Nhuệ Giang", TOWN)),
    (("Cty TNHH Dệt lụa Nhuệ Giang", TOWN), ("CONG TY TNHH DET LUA NHUE GIANG", {"address": "Phuong Van Phuc, Ha Dong"})),
    (("C.ty T.N.H.H. “Dệt lụa Nhuệ Giang”", TOWN), ("Công ty TNHH Dệt lụa Nhuệ Giang", TOWN)),
    (("Công ty CP TM&DV Hoà Bình", TOWN), ("CTCP Thương mại và Dịch vụ Hòa Bình", TOWN)),
    (("Công ty TNHH MTV Lụa Mây", TOWN), ("Công ty TNHH một thành viên Lụa Mây", TOWN)),
    (("Công ty TNHH Lụa Mây", {}), ("Cty TNHH Lụa Mây", TOWN)),
    (("HKD Nguyễn Văn Mẫu (Quảng Phú Cầu)", {"address": "Xã Quảng Phú Cầu, huyện Ứng Hòa"}), ("Hộ KD Nguyễn Văn Mẫu", {"address": "Xã Quảng Phú Cầu, huyện Ứng Hoà"})),
    (("Hộ Nguyễn Văn Mẫu", PHU), ("Hộ gia đình ông Nguyễn Văn Mẫu", PHU)),
    (("Nguyễn Thị Mai", PHU), ("Hộ kinh doanh bà Nguyễn Thị Mai", PHU)),
    (("HTX Minh Hồng", {"tax_code": "0100109106"}), ("Hợp tác xã Miến Minh Hồng", FAR | {"tax_code": "0100109106"})),
    (("Hộ Trần Văn Hùng", PHU | {"tax_code": "8012345678"}), ("HKD Trần Văn Hùng", PHU | {"tax_code": "001203004567"})),
    (("HTX Gốm Sông Nhuệ", FAR | {"products": frozenset({"bình gốm"})}), ("HTX Gốm Sông Nhuệ", {"products": frozenset({"bình gốm"})})),
    (("Hộ Lê Văn Nam", {"address": "Thôn 1, xã Đồng Phú, huyện Chương Mỹ", "phone": "0912 345 678"}), ("Hộ Lê Văn Nam", {"address": "Thôn 1, xã Đồng Phú, huyện Chương Mỹ", "phone": "0987 654 321"})),
    (("HTX Rau sạch", {}), ("HTX Rau Sạch", {})),
]  # fmt: skip
ASK: list[tuple[Side, Side]] = [
    (("HTX NN Hòa Bình", PHU), ("HTX Hòa Bình", PHU)),
    (("HTX Hòa Bình", PHU), ("HTX Hòa Bình", FAR)),
    (("HTX Nông nghiệp", PHU), ("Hợp tác xã nông nghiệp", PHU)),
    (("HTX Gốm Sông Nhuệ", FAR), ("HTX Gốm Sông Nhuệ", {})),
    (("Hộ Nguyễn Văn An", PHU), ("Hộ Nguyễn Văn Ân", PHU)),
    (("Hộ Nguyễn Văn An", PHU), ("Ho Nguyen Van An", PHU)),
    (("Hộ Nguyễn Văn An", PHU), ("Hộ Nguyễn Văn Anh", PHU)),
    (("Hộ Lê Văn Nam", {"address": "Thôn 1, xã Đồng Phú, huyện Chương Mỹ"}), ("Hộ Lê Văn Nam", {"address": "Thôn 3, xã Đồng Phú, huyện Chương Mỹ"})),
    (("Hộ Lê Văn Nam", PHU | {"phone": "0912 345 678"}), ("Hộ Lê Văn Nam", {"address": "xã Đồng Phú, huyện Chương Mỹ", "phone": "0987 654 321"})),
    (("Hộ Lê Văn Nam", {"address": "Thôn 1, xã Đồng Phú, huyện Chương Mỹ", "products": frozenset({"mật ong"})}), ("Hộ Lê Văn Nam", {"address": "Thôn 3, xã Đồng Phú, huyện Chương Mỹ", "products": frozenset({"mật ong"})})),
    (("Hộ Lê Văn Nam", PHU), ("Hộ Lê Văn Nam", {})),
    (("Hộ Lê Văn Nam", PHU | {"phone": "0912 345 678"}), ("Hộ Lê Văn Nam", FAR | {"phone": "0912345678"})),
    (("Cơ sở Nguyễn Thị Lan", PHU), ("Hộ kinh doanh Nguyễn Thị Lan", PHU)),
    (("Công ty TNHH MTV Lụa Mây", TOWN), ("Công ty TNHH Lụa Mây", TOWN)),
    (("Công ty Lụa Mây", TOWN), ("Công ty TNHH Lụa Mây", TOWN)),
    (("Công ty CP Lụa Mây", TOWN), ("Công ty TNHH Lụa Mây", TOWN)),
    (("Chi nhánh Công ty TNHH Lụa Mây", TOWN), ("Công ty TNHH Lụa Mây", TOWN)),
    (("Công ty TNHH Lụa Mây", TOWN | {"tax_code": "0100109106"}), ("Công ty TNHH Lụa Mây", TOWN | {"tax_code": "0100109106-001"})),
    (("Công ty TNHH Lụa Mây", TOWN | {"tax_code": "0100109106"}), ("Công ty TNHH Lụa Mây", TOWN | {"tax_code": "0101243150"})),
    (("HTX Minh Hồng", PHU | {"tax_code": "0100109106"}), ("Công ty CP Thực phẩm Xanh", FAR | {"tax_code": "0100109106"})),
    (("HTX Hòa Bình", PHU | {"tax_code": "0100109106"}), ("Công ty CP Bình Minh", PHU | {"tax_code": "0100109106"})),
    (("HTX Lụa Mây", TOWN), ("Công ty TNHH Lụa Mây", TOWN)),
    (("HTX Hữu cơ Đông Phú", PHU), ("HTX Hữu cơ Đồng Phú", PHU)),
    (("HTX Gốm Sông Nhuệ", PHU), ("HTX Gốm Sông Nhuê", PHU)),
    (("HTX Gốm Sông Nhuệ", PHU), ("HTX Gốm Sông Nhệu", PHU)),
    (("HTX Gốm Sông Nhuệ", PHU), ("HTX Gốm sứ Sông Nhuệ", PHU)),
    (("HTX Gốm Sông Nhuệ", PHU), ("HTX Gốm Sông Nhuệ (Xóm Chùa)", PHU)),
    (("HTX Đồ gỗ Hà Anh", PHU | {"phone": "0912 345 678"}), ("HTX Mộc Hà Anh", PHU | {"phone": "+84 912 345 678"})),
]  # fmt: skip
OTHER: list[tuple[Side, Side]] = [
    (("HTX NN Hòa Bình", PHU), ("HTX Hòa Bình", FAR)),
    (("Hộ Nguyễn Văn An", PHU), ("Hộ Nguyễn Văn Ân", FAR)),
    (("Hộ Nguyễn Văn An", PHU), ("Hộ Nguyễn Văn An", FAR)),
    (("Hộ Nguyễn Văn An", PHU), ("Hộ Nguyễn Văn Bình", PHU)),
    (("Hộ Nguyễn Văn An", PHU), ("Hộ Nguyễn Thị An", PHU)),
    (("Cơ sở Mây tre số 1", PHU), ("Cơ sở Mây tre số 2", PHU)),
    (("HTX Hồng Minh", PHU), ("HTX Minh Quang", PHU)),
    (("Công ty TNHH An Bình Việt", PHU), ("Công ty TNHH Xuân Bình Việt", PHU)),
    (("HTX Bình Việt Đức", PHU), ("HTX Đức Việt", PHU)),
    (("HTX Tân Minh Yên", {}), ("Công ty TNHH Tân Minh Yên", PHU)),
    (("HTX Lụa Mây", TOWN), ("Công ty TNHH Lụa Mây", FAR)),
    (("Công ty TNHH Lụa Mây", TOWN | {"tax_code": "0100109106"}), ("Công ty TNHH Lụa Mây", FAR | {"tax_code": "0101243150"})),
    (("Công ty TNHH Hòa Phát", TOWN), ("Công ty TNHH Hòa Bình", TOWN)),
    (("Trang trại Hoa Viên", PHU), ("HTX Hoa Viên Xanh", PHU)),
]  # fmt: skip


def _owner(side: Side) -> Owner:
    name, facts = side[0], dict(side[1])
    made = facts.pop("products", frozenset())
    return replace(read_owner(name, **facts), products=made)


@pytest.mark.parametrize(
    ("one", "two", "verdict"),
    [
        pytest.param(one, two, verdict, id=f"{one[0]} / {two[0]}")
        for verdict, pairs in (("same", SAME), ("ask", ASK), ("other", OTHER))
        for one, two in pairs
    ],
)
def test_two_owners(one: Side, two: Side, verdict: str) -> None:
    first, second = _owner(one), _owner(two)
    found = compare(first, second)
    assert found.verdict == verdict, found
    assert compare(second, first) == found, "it matters which of the two was known first"


def test_a_likeness_names_the_fields_for_and_against() -> None:
    found = compare(
        read_owner("HTX Hòa Bình", **PHU, phone="0912 345 678", tax_code="0100109106"),
        read_owner("HTX Hòa Bình", **FAR, phone="+84912345678"),
    )
    assert found.told(Says.FOR) == ["name", "legal_form", "phone"]
    assert found.told(Says.AGAINST) == ["place"]


@pytest.mark.parametrize(
    ("text", "kind", "form", "words"),
    [
        ("DNTN Phát Đạt", "private", "", "phát đạt"),
        ("Công ty tư nhân Minh", "company", "private", "minh"),
        ("Gốm Sông Nhuệ Co., Ltd", "company", "tnhh", "gốm sông nhuệ"),
        ("Dệt lụa Nhuệ Giang - HTX", "cooperative", "", "dệt lụa nhuệ giang"),
        ("Hồ Văn An", "", "", "hồ văn an"),
        ("Ho kinh doanh Ho Van An", "household", "", "ho van an"),
        ("Công ty Cổ phần Sữa TH", "company", "shares", "sữa th"),
        ("Liên hiệp HTX Rau Hà Nội", "union", "", "rau hà nội"),
        ("(Công ty TNHH Mai)", "company", "tnhh", "mai"),
    ],
)
def test_a_name_is_taken_apart(text: str, kind: str, form: str, words: str) -> None:
    read = read_owner_name(text)
    assert (read.kind, read.form, read.plain) == (kind, form, read_owner_name(words).plain)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_are_compared_the_same_from_both_sides(one: str, two: str) -> None:
    first, second = read_owner(one, address=two), read_owner(two, address=one)
    assert compare(first, second) == compare(second, first)


def test_telephones_are_compared_by_their_digits() -> None:
    assert phones("0912.345.678; +84 24 3999 0123") == {"0912345678", "02439990123"}
