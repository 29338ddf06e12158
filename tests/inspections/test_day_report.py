"""The report of an inspector's day: what is in it, for whom, and that no text of it does anything."""

from __future__ import annotations

import io
import unicodedata
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
from PIL import Image
from pydantic import ValidationError
from sqlalchemy import select

from labelsvc import clock
from labelsvc.accounts.models import User
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.codes.register.issue import allocate
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.inspections import cases, day_report_pdf
from labelsvc.inspections.day_report import (
    MOST_ENTRIES,
    DayReport,
    Entered,
    SentEntry,
    SentVisit,
    gather,
)
from labelsvc.inspections.models import CaseFile, CaseKind
from labelsvc.scans.verdict import Verdict
from labelsvc.settings import Settings
from tests.world import World

AT = datetime(2026, 11, 24, 3, tzinfo=UTC)


def entry(minutes: int = 0, **facts: object) -> SentEntry:
    given = {"code": "S0BRMVHA0NNKFD2G2BC3C8SC", "verdict": "ISSUED_OK", "at": AT} | facts
    given["at"] = AT + timedelta(minutes=minutes)
    return SentEntry.model_validate(given)


def report(entries: list[SentEntry], entered: list[Entered] | None = None) -> DayReport:
    return DayReport(
        date(2026, 11, 24), "Văn phòng OCOP Hà Nội", "Nguyễn Thị Kiểm", AT, entries, entered or []
    )


def a_case(**facts: object) -> Entered:
    given = {
        "number": 7,
        "opened_at": AT,
        "product": "Trà sen",
        "lot": "L-1",
        "notes": [],
        "photos": [],
    }
    return Entered(**(given | facts))  # type: ignore[arg-type]


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return [" ".join(unicodedata.normalize("NFC", text).split()) for text in found]


def test_it_says_who_when_what_and_how_often(files: Files) -> None:
    entries = [
        entry(0, product="Trà sen", lot="L-1"),
        entry(5, verdict="REVOKED"),
        entry(9, verdict="DUPLICATE_HERE", items=2),
        entry(12, carton="144"),
        entry(15, carton="outside"),
    ]
    (text,) = pages(day_report_pdf.render(report(entries), files))
    for words in (
        "BÁO CÁO KIỂM TRA TEM TRONG NGÀY", "24/11/2026", "Nguyễn Thị Kiểm", "Văn phòng OCOP Hà Nội",
        "3 Mã hợp lệ", "1 Mã đã bị thu hồi", "Trà sen", "Lô L-1", "10:05", "2 món cùng mã", "đúng thùng, tem số 144",
        "không thuộc thùng", "Sản phẩm không thuộc thùng: 1", "Không lập vụ việc nào", "Đại diện cơ sở được kiểm tra",
        "Trang 1/1",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_forged_code_is_not_entered_under_the_goods_it_names(verdict: Verdict) -> None:
    """Whatever the application sends: an older one may be on a phone."""
    sent = entry(verdict=verdict, product="Trà sen", lot="L-1")
    forged = {"BAD_SIGNATURE", "UNKNOWN_KEY", "FROZEN_KEY_OUTSIDE_RANGE", "NOT_ISSUED", "MALFORMED",
              "FOREIGN_HOST"}  # fmt: skip
    assert (sent.product, sent.lot) == (("", "") if verdict in forged else ("Trà sen", "L-1"))


def test_a_day_without_codes_and_cases_is_a_report_too(files: Files) -> None:
    (text,) = pages(day_report_pdf.render(report([]), files))
    assert "Không có mã nào được quét" in text
    assert "Không lập vụ việc nào" in text


def test_five_hundred_codes_go_over_pages_with_their_heads_and_numbers(files: Files) -> None:
    found = pages(day_report_pdf.render(report([entry(n) for n in range(500)]), files))
    assert len(found) > 10
    for number, text in enumerate(found, 1):
        assert f"Trang {number}/{len(found)}" in text
    assert all("Kết quả" in text for text in found[:-1])
    assert "500" in found[0]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<b>đậm</b> & <font color='red'>", "<b>đậm</b> & <font color='red'>"),
        ("</para><img src='file:///etc/passwd'/>", "</para><img src='file:///etc/passwd'/>"),
        ("&lt;không phải thẻ&gt;", "&lt;không phải thẻ&gt;"),
        (unicodedata.normalize("NFD", "Rượu mơ Hòa Lạc"), "Rượu mơ Hòa Lạc"),
        ("mừng 🎉 ừ", "mừng ? ừ"),
        ("một\nhai", "một hai"),
        ("tab\tvà\x00không\u202e", "tab vàkhông"),
    ],
)
def test_text_of_people_is_shown_as_it_is(files: Files, given: str, shown: str) -> None:
    pdf = day_report_pdf.render(report([entry(product=given)], [a_case(notes=[given])]), files)
    assert " ".join(pages(pdf)).count(shown) == 2


def test_long_words_and_notes_are_wrapped(files: Files) -> None:
    note = "x" * 2000
    found = pages(day_report_pdf.render(report([], [a_case(notes=[note])]), files))
    assert "".join(found).replace(" ", "").count("x") >= 2000


def test_photos_are_small_and_a_lost_one_is_said_to_be_lost(files: Files) -> None:
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 80).convert("RGB").save(out, "JPEG")
    files.put("cases/u/p.jpg", out.getvalue())
    keys = ["cases/u/p.jpg"] * 4 + ["cases/u/gone.jpg"]
    pdf = day_report_pdf.render(report([], [a_case(photos=keys)]), files)
    assert "1 ảnh không còn trong kho tệp" in " ".join(pages(pdf))
    assert len(pdf) < 4 * len(out.getvalue())
    many = [a_case(number=n, photos=["cases/u/p.jpg"] * 6) for n in range(11)]
    text = " ".join(pages(day_report_pdf.render(report([], many), files)))
    assert "6 ảnh nữa: xem trong hồ sơ vụ việc" in text


def test_the_same_report_gives_the_same_bytes(files: Files) -> None:
    made = report([entry(n) for n in range(60)], [a_case(notes=["một"])])
    assert day_report_pdf.render(made, files) == day_report_pdf.render(made, files)


def test_it_has_the_cases_of_this_user_and_day_only(
    database: Database, settings: Settings, world: World
) -> None:
    with database.writing() as session:
        inspector = session.scalars(select(User).where(User.name == "inspector")).one().id
        office = session.scalars(select(User).where(User.name == "office")).one().id
        lot = session.get_one(Lot, world.lot)
        issue = allocate(session, lot=lot, count=1, form=Form.SHORT)
        made = {}
        for name, user, days in (("own", inspector, 0), ("older", inspector, 2), ("other", office, 0)):  # fmt: skip
            case = cases.open_case(session, kind=CaseKind.INSPECTION, actor=f"user:{user}", uid=f"00000000-0000-4000-8000-00000000000{len(made)}", subject=cases.CaseSubject(issue_id=issue.id, number=issue.first))  # fmt: skip
            cases.add_note(session, case, f"note of {name}", f"user:{user}")
            cases.add_note(session, case, "note of the office", f"user:{office}")
            session.add(CaseFile(case_id=case.id, actor=f"user:{user}", path=f"cases/{name}.jpg"))
            case.opened_at -= timedelta(days=days)
            made[name] = case.id
    visit = SentVisit(began=clock.now(), entries=[entry(5), entry(0)])
    with database.reading() as session:
        found = gather(session, visit, user_id=inspector, office="Văn phòng")
    assert [case.number for case in found.cases] == [made["own"]]
    (case,) = found.cases
    assert (list(case.notes), list(case.photos)) == (["note of own"], ["cases/own.jpg"])
    assert (case.product, case.lot) == ("Trà hoa cúc <b>sấy lạnh</b>", "L-MAIN")
    assert [e.at for e in found.entries] == [AT, AT + timedelta(minutes=5)]
    assert found.counts == [(Verdict.ISSUED_OK, 2)]


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"began": "2026-11-24"}, {"began": "2026-11-24T03:00:00"},
        {"began": "2026-11-24T03:00:00Z", "actor": "user:1"},
        {"began": "2026-11-24T03:00:00Z", "entries": [{"code": "x", "verdict": "GENUINE", "at": "2026-11-24T03:00:00Z"}]},
        {"began": "2026-11-24T03:00:00Z", "entries": [{"code": "x" * 2049, "verdict": "MALFORMED", "at": "2026-11-24T03:00:00Z"}]},
        {"began": "2026-11-24T03:00:00Z", "entries": [{"code": "x", "verdict": "MALFORMED", "at": "2026-11-24T03:00:00Z"}] * (MOST_ENTRIES + 1)},
    ],
    ids=range(7),
)  # fmt: skip
def test_what_no_application_of_ours_sends_is_refused(sent: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SentVisit.model_validate(sent)
