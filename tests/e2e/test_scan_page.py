"""The scan page in a real browser: every verdict, both languages, phone and desk."""

from __future__ import annotations

import pytest

from labelsvc.codes.models import Mark
from labelsvc.scans.models import UnitSeen
from tests.e2e.conftest import Live, Reader

pytestmark = pytest.mark.e2e

#: Code of the small world → HTTP status and the heading in both languages.
PAGES = {
    "in_force": (200, "Mã hợp lệ", "Valid code"),
    "gs1": (200, "Mã hợp lệ", "Valid code"),
    "offline": (200, "Mã hợp lệ", "Valid code"),
    "lot": (200, "Mã hợp lệ", "Valid code"),
    "link": (200, "Thông tin sản phẩm", "Product information"),
    "withdrawn": (410, "Mã đã bị thu hồi", "Withdrawn code"),
    "voided": (410, "Tem đã hủy", "Void label"),
    "recalled": (200, "Sản phẩm đang bị thu hồi", "Recalled product"),
    "past_expiry": (200, "Mã hợp lệ nhưng hàng đã quá hạn", "Valid code, but past its expiry date"),
    "not_issued": (404, "Mã không do chương trình này cấp", "Not issued by this programme"),
    "bad_signature": (404, "Mã không do chương trình này cấp", "Not issued by this programme"),
    "malformed": (400, "Đây không phải mã của chúng tôi", "This is not one of our codes"),
    "stars_none": (200, "Mã hợp lệ", "Valid code"),
    "stars_expired": (
        200,
        "Mã hợp lệ, nhưng sao OCOP đã hết hạn",
        "Valid code, but its OCOP stars have ended",
    ),
    "stars_withdrawn": (
        200,
        "Mã hợp lệ, nhưng sao OCOP đã bị thu hồi",
        "Valid code, but its OCOP stars were withdrawn",
    ),
    "stars_ending": (200, "Mã hợp lệ", "Valid code"),
    "stars_extended": (200, "Mã hợp lệ", "Valid code"),
    "stars_potential": (200, "Mã hợp lệ", "Valid code"),
    "stars_later": (200, "Mã hợp lệ", "Valid code"),
}
STARS = {"stars_none": 0, "stars_expired": 0, "stars_withdrawn": 0, "stars_later": 0, "stars_ending": 4,
         "stars_extended": 4, "stars_potential": 4, "in_force": 4}  # fmt: skip


def test_every_verdict_is_readable_accessible_and_without_script_or_cookie(
    live: Live, reader: Reader
) -> None:
    for name, (status, vietnamese, english) in PAGES.items():
        for language, heading in (("vi", vietnamese), ("en", english)):
            where = f"{name} {language}"
            path = live.world.codes[name] + f"?lang={language}"
            assert reader.open(path) == status, where
            assert reader.page.locator("h1").inner_text() == heading, where
            assert reader.page.locator("html").get_attribute("lang") == language
            assert reader.page.locator("script").count() == 0, where
            if name in STARS:
                assert reader.page.locator(".stars [role=img] svg").count() == STARS[name], where
            reader.check(where)
    assert reader.context.cookies() == []


def test_a_code_that_was_seen_often_is_said_to_be_so_and_stays_valid(
    live: Live, reader: Reader
) -> None:
    reader.open(live.world.codes["stars_potential"])
    with live.database.writing() as session:
        for seen in session.query(UnitSeen):
            seen.sessions = 14
        marks = session.query(Mark).count()
    reader.page.wait_for_timeout(600)  # the recorder writes a few times a second
    with live.database.writing() as session:
        for seen in session.query(UnitSeen):
            seen.sessions = 14
        assert (
            session.query(Mark).count() == marks
        )  # however often it is scanned, nothing is withdrawn
    reader.open(live.world.codes["stars_potential"])
    assert reader.page.locator("h1").inner_text() == "Mã hợp lệ"
    assert "14 lượt khác nhau" in reader.page.locator(".box.caution").inner_text()
    reader.check("seen often")


def test_a_consumer_reports_a_suspected_fake_without_script(live: Live, reader: Reader) -> None:
    reader.open(live.world.codes["in_force"])
    reader.page.click("text=Báo sai / nghi hàng giả")
    reader.check("report form")
    reader.page.fill("#message", "Hộp không giống ảnh.")
    reader.page.fill("#place", "Chợ Hà Đông")
    reader.page.click("button.main")
    assert "Cảm ơn bạn" in reader.page.locator("h1").inner_text()
    reader.check("thank you")
    assert reader.context.cookies() == []
