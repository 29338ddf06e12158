"""Lists of points of sale: kind, hours, operator, place and first day land where the heads say so."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from labelsvc.catalogue.importing.rows.place import kind_of
from labelsvc.catalogue.models import Outlet
from labelsvc.catalogue.points import position
from labelsvc.db import Database
from labelsvc.errors import BadInput
from labelsvc.programme.points import counts
from tests.catalogue.test_kinds_of_lists import book, taken

TITLE = ("DANH SÁCH ĐIỂM GIỚI THIỆU VÀ BÁN SẢN PHẨM OCOP",)
WORK = "|".join(["08:00-17:00"] * 7)


@pytest.mark.parametrize(
    ("head", "cell", "facts"),
    [
        ("Loại hình", "Siêu thị", {"kind": "supermarket"}),
        ("Loại điểm bán", "Cửa hàng", {"kind": "shop"}),
        ("Loại hình điểm bán", "Điểm gắn với du lịch làng nghề", {"kind": "tourism"}),
        ("Loại hình", "chưa rõ", {"kind": ""}),
        ("Giờ mở cửa", "8h-17h hàng ngày", {"hours": WORK}),
        ("Thời gian hoạt động", "8h00 - 17h00", {"hours": WORK}),
        ("Giờ mở cửa", "theo mùa vụ", {"hours": "", "hours_note": "theo mùa vụ"}),
        ("Đơn vị quản lý", "HTX Sông Nhuệ", {"operator": "HTX Sông Nhuệ"}),
        ("Đơn vị vận hành", "HTX Sông Nhuệ", {"operator": "HTX Sông Nhuệ"}),
        ("Tọa độ", "21.0285, 105.8542", {"latitude": 21.0285, "longitude": 105.8542}),
        ("Tọa độ", "gần chợ", {"latitude": None}),
        ("Website", "ocop.example.vn", {"website": "https://ocop.example.vn"}),
        ("Ngày khai trương", "15/10/2021", {"published_on": date(2021, 10, 15)}),
        ("Năm đi vào hoạt động", "2021", {"published_on": date(2021, 12, 31)}),
    ],
)
def test_what_a_head_names_is_taken(
    database: Database, head: str, cell: str, facts: dict[str, object]
) -> None:
    heads = ("TT", "Tên điểm bán", "Địa chỉ", head)
    data = book(TITLE, heads, (1, "Điểm Ba Vì", "Thôn 1, xã Ba Vì", cell))
    taken(database, data)
    with database.reading() as session:
        made = session.scalars(select(Outlet)).one()
        assert {name: getattr(made, name) for name in facts} == facts


def test_points_of_a_list_are_counted_as_of_their_own_days(database: Database) -> None:
    heads = ("TT", "Tên điểm bán", "Địa chỉ", "Loại hình", "Ngày khai trương")
    rows = [
        (n, f"Điểm {n}", "Thôn 1, xã Ba Vì", "Du lịch" if n < 3 else "Cửa hàng", f"15/0{n}/2021")
        for n in range(1, 6)
    ]
    taken(database, book(TITLE, heads, *rows))
    with database.reading() as session:
        found = [counts.count(session, date(2021, month, 15)) for month in (1, 3, 5)]
        before = counts.count(session, date(2020, 12, 31))
    assert [one.published for one in found] == [1, 3, 5]
    assert [one.by_kind.get("tourism") for one in found] == [1, 2, 2]
    assert before.published == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Siêu thị WinMart", "supermarket"), ("Trung tâm thương mại", "supermarket"),
        ("Trung tâm thiết kế sáng tạo", "design_centre"), ("Quầy hàng hội chợ", "booth"),
        ("Gian hàng trực tuyến", "e_shop"), ("Sàn TMĐT", "e_shop"), ("Cửa hàng của HTX", "own_shop"),
        ("Bán tại xưởng", "workshop"), ("Cửa hàng tiện lợi", "shop"), ("", ""), ("khác", ""),
    ],
)  # fmt: skip
def test_kinds_are_read_as_lists_name_them(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("21.0285, 105.8542", (21.0285, 105.8542)), ("21.0285 105.8542", (21.0285, 105.8542)),
        ("21,0285; 105,8542", (21.0285, 105.8542)), ("105.8542, 21.0285", (21.0285, 105.8542)),
        ("21°01'42.6\"N 105°51'15.1\"E", (21.0285, 105.854194)),
        ("https://www.google.com/maps/@21.0285,105.8542,17z", (21.0285, 105.8542)),
        ("https://maps.google.com/?q=21.0285,105.8542", (21.0285, 105.8542)),
        ("https://www.google.com/maps/place/X/@21.1,105.9,17z/data=!3d21.0285!4d105.8542", (21.0285, 105.8542)),
        ("https://www.openstreetmap.org/?mlat=21.0285&mlon=105.8542", (21.0285, 105.8542)),
        ("", None),
    ],
)  # fmt: skip
def test_places_are_read_as_people_paste_them(text: str, place: tuple[float, float] | None) -> None:
    assert position.read(text) == place


@pytest.mark.parametrize(
    "text", ["gần chợ", "48.85, 2.35", "21", "0.0, 0.0", "https://example.vn/"]
)
def test_what_is_no_place_in_vietnam_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        position.read(text)
