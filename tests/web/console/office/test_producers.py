from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy import select

from labelsvc.accounts import sessions
from labelsvc.accounts.models import AuditEntry, User
from labelsvc.catalogue.models import Producer, Product, Village
from labelsvc.catalogue.recognition import Certificate, Recognition
from labelsvc.db import Database
from labelsvc.inspections.models import Report
from labelsvc.inspections.report import SentReport, send_report
from tests import world as worlds
from tests.web.desk import BASE, Desk, seen

PRODUCER = {
    "name": "Tổ hợp tác Nón Chuông", "kind": "cooperative_group", "phone": "024 3999 0456",
    "street": "Thôn Chuông", "commune_code": "00577", "registration_date": "05/11/2020",
}  # fmt: skip
LONG = "Hợp tác xã dịch vụ nông nghiệp tổng hợp công nghệ cao " * 3


def test_a_producer_is_added_with_commune_and_village(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    with database.reading() as session:
        village = session.scalars(select(Village)).one()
    answer = office.post("/office/producers/new", PRODUCER | {"village_id": str(village.id)})
    assert answer.status_code == 302
    page = office.words(answer.location)
    for words in (
        "Tổ hợp tác Nón Chuông",
        "Cooperative group",
        "Xã Bát Tràng",
        "05/11/2020",
        village.name,
    ):
        assert words in page, words
    assert "Tổ hợp tác Nón Chuông" in office.words("/office/producers?q=non+chuong")
    assert "Nón Chuông" not in office.words("/office/producers?kind=farm")


def test_wrong_fields_are_named_and_nothing_is_saved(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    wrong = [
        ({"name": ""}, "name", "cannot be empty"),
        ({"name": "<script>alert(1)</script>"}, "name", "markup"),
        ({"name": "=cmd|' /C calc'!A0"}, "name", "spreadsheets"),
        ({"kind": "pirates"}, "kind", "not one of"),
        ({"tax_code": "123"}, "tax_code", "tax code has 10 digits"),
        ({"website": "javascript:alert(1)"}, "website", "http"),
        ({"registration_date": "40/01/2020"}, "registration_date", "not a date"),
        ({"tax_code": "001203004567"}, "tax_code", "Another producer has the tax code"),
        ({"name": "x" * 400}, "name", "400 characters"),
    ]
    for change, field, words in wrong:
        answer = office.post("/office/producers/new", PRODUCER | change)
        assert answer.status_code in (400, 409), change
        assert words in seen(answer), change
        assert f'href="#{field}"' in answer.text and "024 3999 0456" in answer.text, change
        assert "<script>alert" not in answer.text
    with database.reading() as session:
        assert session.scalars(select(Producer).where(Producer.street == "Thôn Chuông")).all() == []


def test_a_personal_id_stays_out_of_the_audit_trail(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    office = desk("office")
    form = PRODUCER | {"tax_code": "001209008888", "kind": "household"}
    answer = office.post("/office/producers/new", form)
    office.post(f"{answer.location}/edit", form | {"tax_code": "001209009999"})
    with database.reading() as session:
        trail = [str(entry.facts) for entry in session.scalars(select(AuditEntry))]
    assert not [facts for facts in trail if "00120900" in facts]
    assert "never shown to the public" in office.words(answer.location)


def test_an_invitation_is_shown_once_and_lets_the_person_in(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    office, page = desk("office"), f"/office/producers/{world.producer}"
    answer = office.post(f"{page}/users", {"name": "Minh@example.vn", "full_name": "Trần Minh"})
    found = re.search(r"https://[^<\s]*/account/invitation/[^<\s]+", answer.text)
    assert found is not None
    assert "/account/invitation/" not in office.get(page).text
    assert "invited" in office.words(page)
    guest, path = desk(""), found[0].removeprefix(BASE)
    assert "minh@example.vn" in guest.words(path)
    short = guest.post(path, {"new": "short", "again": "short"})
    assert "10 to 200 characters" in seen(short)
    differ = guest.post(path, {"new": worlds.PASSWORD, "again": worlds.PASSWORD + "!"})
    assert "two passwords differ" in seen(differ)
    assert guest.post(path, {"new": worlds.PASSWORD, "again": worlds.PASSWORD}).status_code == 302
    assert guest.get("/console/").status_code == 200
    other = desk("")
    assert other.post(path, {"new": worlds.PASSWORD, "again": worlds.PASSWORD}).status_code == 401
    into = other.post("/account/sign-in", {"name": "minh@example.vn", "password": worlds.PASSWORD})
    assert into.status_code == 302 and into.location == "/console/"


def test_a_taken_name_is_refused_with_a_reason(
    desk: Callable[[str], Desk], world: worlds.World
) -> None:
    path = f"/office/producers/{world.producer}/users"
    answer = desk("office").post(path, {"name": "HUNG", "full_name": "Hùng"})
    assert answer.status_code == 409 and "is taken" in seen(answer)


def test_people_of_one_producer_are_not_managed_through_another(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    with database.reading() as session:
        hung = session.scalars(select(User).where(User.name == "hung")).one().id
        office = session.scalars(select(User).where(User.name == "office")).one().id
    sitting = desk("office")
    for number in (hung, office, 0, "x", "9" * 30):
        for path in ("users", "users/active"):
            where = f"/office/producers/{world.producer}/{path}"
            assert sitting.post(where, {"user": str(number)}).status_code == 404, (where, number)


def test_closing_a_producer_keeps_its_people_out_at_once(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    lan, office = desk("lan"), desk("office")
    page = f"/office/producers/{world.producer}"
    assert lan.get("/console/").status_code == 200
    assert office.post(f"{page}/active", {"active": "no"}).status_code == 302
    assert lan.get("/console/").status_code == 302
    assert "Valid code" in lan.words(world.codes["in_force"])  # printed codes keep answering
    assert "Gốm Sông Nhuệ" in office.words("/office/producers?state=closed")
    office.post(f"{page}/active", {"active": "yes"})
    assert desk("lan").get("/console/").status_code == 302  # each person is let in by hand
    with database.reading() as session:
        user = session.scalars(select(User).where(User.name == "lan")).one()
    office.post(f"{page}/users/active", {"user": str(user.id), "active": "yes"})
    assert desk("lan").get("/console/").status_code == 200
    with database.reading() as session:
        assert len(sessions.of_user(session, user)) == 2


def test_a_product_is_added_and_given_stars_a_certificate_and_a_picture(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    office = desk("office")
    answer = office.post(
        f"/office/producers/{world.producer}/products/new",
        {"name": "Trà ướp sen", "set_number": "12", "risk_level": "low", "shelf_life_days": "540"},
    )
    assert answer.status_code == 302
    page = answer.location
    assert "no stars may be printed" in office.words(page)
    award = {"decision_number": "1147/QĐ-UBND", "decision_date": "04/03/2026", "stars": "4",
             "authority": "province", "authority_name": "UBND Thành phố Hà Nội", "score": "86,5"}  # fmt: skip
    assert office.post(f"{page}/recognitions/new", award).status_code == 302
    assert "04/03/2026 – 04/03/2029" in office.words(page)
    kind = {"kind": "HACCP", "number": "H-12", "valid_to": "2030-01-01"}
    assert office.post(f"{page}/certificates", kind).status_code == 302
    assert "HACCP valid H-12" in office.words(page)
    photo = {"photo": (picture(), "ảnh.jpg"), "description": "Gói trà trên khay gỗ"}
    assert office.post(f"{page}/photos", photo).status_code == 302
    shown = office.get(page)
    found = re.search(r'src="(/media/[^"]+)" alt="Gói trà trên khay gỗ"', shown.text)
    assert found is not None and office.get(found[1]).mimetype == "image/jpeg"
    with database.reading() as session:
        product = session.scalars(select(Product).where(Product.name == "Trà ướp sen")).one()
        assert product.shelf_life_days == 540 and str(product.recognitions[0].score) == "86.50"
        certificate = session.scalars(select(Certificate)).one().id
        remove = f"{page}/photos/{product.photos[0].id}"
    assert office.post(remove, {"do": "remove"}).status_code == 302
    assert office.post(f"{page}/certificates/{certificate}/remove").status_code == 302
    assert "None entered." in office.words(page) and "No picture yet" in office.words(page)


def picture() -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (400, 300), "#2a7").save(data, "JPEG")
    data.seek(0)
    return data


def test_five_stars_of_a_province_are_refused(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    office, path = desk("office"), f"/office/products/{world.stranger_product}/recognitions/new"
    award = {"decision_number": "1/QĐ-UBND", "decision_date": "2026-03-04", "stars": "5",
             "authority": "province", "authority_name": "UBND Thành phố Hà Nội"}  # fmt: skip
    for change, words in (
        ({}, "Five stars are given by the ministry only"),
        ({"stars": "4", "score": "abc"}, "not a figure"),
        ({"stars": "4", "score": "Infinity"}, "not a figure"),
        ({"stars": "4", "score": "55"}, "not enough for 4 stars"),
        ({"stars": "4", "decision_date": ""}, "cannot be empty"),
        ({"stars": "-1"}, "not a whole number"),
        ({"stars": "4", "valid_to": "2040-01-01"}, "36 months at most"),
    ):
        answer = office.post(path, award | change)
        assert answer.status_code == 400 and words in seen(answer), change
    with database.reading() as session:
        mine = Recognition.product_id == world.stranger_product
        assert len(session.scalars(select(Recognition).where(mine)).all()) == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"stars": "3", "score": "95"}, "95 points would do for 5 stars; this decision gives 3."),
        (
            {"stars": "3", "score": "86,5"},
            "86.5 points would do for 4 stars; this decision gives 3.",
        ),
        ({"stars": "4", "score": "90"}, "90 points would do for 5 stars; this decision gives 4."),
        ({"stars": "4", "score": "90", "potential_five": "yes"}, ""),
        ({"stars": "4", "score": "89,9"}, ""),
        ({"stars": "4"}, ""),
    ],
)
def test_points_for_more_stars_are_told_when_entered_and_on_the_page(
    desk: Callable[[str], Desk], database: Database, world: worlds.World, facts: dict[str, str], said: str
) -> None:  # fmt: skip
    """The decision may give fewer: what a star demands beside the points may be missing."""
    office, path = desk("office"), f"/office/products/{world.stranger_product}"
    award = {"decision_number": "1/QĐ-UBND", "decision_date": "2026-03-04",
             "authority": "province", "authority_name": "UBND Thành phố Hà Nội"}  # fmt: skip
    assert office.post(f"{path}/recognitions/new", award | facts).status_code == 302
    with database.reading() as session:
        newest = session.scalars(select(Recognition.id).order_by(Recognition.id.desc())).first()
    for words in (office.words(path), office.words(f"/office/recognitions/{newest}")):
        assert (said in words) if said else ("points would do for" not in words)


def test_a_file_that_is_no_picture_is_refused_beside_its_field(
    desk: Callable[[str], Desk], world: worlds.World
) -> None:
    office, path = desk("office"), f"/office/products/{world.product}/photos"
    for photo in (
        None,
        (io.BytesIO(b"<svg onload=alert(1)>"), "x.jpg"),
        (io.BytesIO(b""), "x.png"),
    ):
        answer = office.post(path, {"photo": photo} if photo else {})
        assert answer.status_code == 400 and 'href="#photo"' in answer.text


def test_long_and_hostile_names_are_shown_as_text(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    office = desk("office")
    with database.writing() as session:
        producer = session.get_one(Producer, world.producer)
        producer.name = (LONG + '"><script>alert(1)</script>')[:200]
        producer.website = "javascript:alert(1)"
    for path in ("/office/producers", f"/office/producers/{world.producer}", "/office/recognitions",
                 f"/office/producers/{world.producer}/edit", f"/office/products/{world.product}"):  # fmt: skip
        answer = office.get(path)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text and 'href="javascript:' not in answer.text


def test_a_village_is_added_and_changed(desk: Callable[[str], Desk]) -> None:
    office = desk("office")
    form = {"name": "Làng nón Chuông", "craft": "Nón lá", "decision_number": "12/QĐ-UBND"}
    assert office.post("/office/villages/new", form).status_code == 302
    page = office.get("/office/villages")
    link = re.search(r'href="(/office/villages/\d+)">Làng nón Chuông', page.text)
    assert link is not None
    assert office.post(link[1], form | {"craft_en": "Palm hats"}).status_code == 302
    assert "Palm hats" in office.words("/office/villages")
    again = office.post("/office/villages/new", form)
    assert again.status_code == 409 and "already a village" in seen(again)


def test_a_report_is_read_answered_and_its_contact_forgotten(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    with database.writing() as session:
        report = send_report(session, SentReport(kind="quality", code="abc", number=None, verdict="issued_ok", message="Trà có mùi lạ <b>!</b>", place="Chợ Đồng Xuân", contact="0900 000 000"))  # fmt: skip
    office, page = desk("office"), f"/office/reports/{report.id}"
    assert "1 open reports" in office.words("/office/")
    assert "Trà có mùi lạ <b>!</b>" in office.words("/office/reports")
    empty = office.post(f"{page}/close", {"answer": "  "})
    assert empty.status_code == 400 and "Say what was done" in seen(empty)
    assert office.post(f"{page}/close", {"answer": "Đã lấy mẫu kiểm tra."}).status_code == 302
    assert "No open report" in office.words("/office/reports")
    assert "Report 1" in office.words("/office/reports?show=closed")
    closed = office.words(page)
    assert "Đã lấy mẫu kiểm tra." in closed and "0900" not in closed
    assert office.post(f"{page}/close", {"answer": "Lần nữa"}).status_code == 409
    with database.reading() as session:
        assert session.get_one(Report, report.id).contact == ""


def test_the_audit_page_names_people_and_is_searched(
    desk: Callable[[str], Desk], world: worlds.World
) -> None:
    office = desk("office")
    office.post("/office/producers/new", PRODUCER)
    assert f"Office Producer added {PRODUCER['name']}" in office.words("/office/audit")
    assert "No entry is like this" in office.words("/office/audit?q=nothing%25")
    assert desk("auditor").get("/office/audit").status_code == 200


def test_empty_lists_say_what_comes_here(desk: Callable[[str], Desk]) -> None:
    office = desk("office")
    assert "No producer matches" in office.words("/office/producers?q=khong-co-ai")
    assert "No open report" in office.words("/office/reports")
    assert "No label has been scanned yet" in office.words("/office/")
