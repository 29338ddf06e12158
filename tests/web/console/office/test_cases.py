"""Pages of cases: what the office sees and does, and what a producer sees of its own and no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from labelsvc import clock
from labelsvc.codes.models import Issue
from labelsvc.codes.register.issue import find_issue
from labelsvc.db import Database
from labelsvc.inspections import watch
from labelsvc.inspections.cases import CaseSubject, add_note, open_case
from labelsvc.inspections.models import Case, CaseFile
from labelsvc.inspections.report import SentReport, send_report
from labelsvc.scans.models import Refused, Scan, UnitSeen
from labelsvc.scans.record import Seen, write
from labelsvc.settings import Settings
from labelsvc.web.console import case_words
from labelsvc.web.scan.state import ScanSite
from labelsvc.web.site import Site
from tests.web.desk import BASE, Desk
from tests.world import World

Open = Callable[[str], Desk]


def crowd(database: Database, lot: int, times: int) -> int:
    """*times* strangers scan the first label of a lot. Gives its number."""
    with database.reading() as session:
        issue = session.scalars(select(Issue).where(Issue.lot_id == lot).order_by(Issue.id)).first()
    assert issue is not None
    for start in range(0, times, 500):
        with database.writing() as session:
            write(
                session,
                [
                    Seen(clock.now(), "ISSUED_OK", issue.first, issue.id, "short", "vi", "Chrome/Android", f"{n:016x}")
                    for n in range(start, min(start + 500, times))
                ],
            )  # fmt: skip
    return issue.first


@pytest.fixture
def case(database: Database, settings: Settings, world: World) -> int:
    """The case that a crowd at Lan's label raises."""
    crowd(database, world.lot, 14)
    (raised,) = watch.look(database, settings)
    return raised


def test_ten_thousand_scans_by_strangers_change_one_box_of_the_page(
    client: FlaskClient, database: Database, settings: Settings, world: World
) -> None:
    path = world.codes["in_force"]
    before = client.get(path + "?format=json", base_url=BASE).json
    number = crowd(database, world.lot, 10_000)
    assert len(watch.look(database, settings)) == 1
    after = client.get(path + "?format=json", base_url=BASE).json
    assert before is not None and after is not None
    assert after["verdict"] == "ISSUED_OK" and after["seen"]["notice"] == "many"
    assert {k: v for k, v in after.items() if k != "seen"} == {
        k: v for k, v in before.items() if k != "seen"
    }
    page = client.get(path, base_url=BASE)
    assert page.status_code == 200
    with database.reading() as session:
        assert session.scalars(select(Case.number)).all() == [number]


def test_the_office_reads_the_evidence_and_decides(
    desk: Open, case: int, database: Database
) -> None:
    office = desk("office")
    assert f"Case {case}" in office.words("/office/cases")
    words = office.words(f"/office/cases/{case}")
    for part in (
        "14 different occasions",
        "Scans by the hour: 14",
        "Chrome/Android 14",
        "automatic watch",
    ):
        assert part in words, part
    assert (
        office.post(f"/office/cases/{case}/note", {"text": "Gọi điện cho cơ sở"}).status_code == 303
    )
    wrong = office.post(f"/office/cases/{case}/decide", {"decision": "burn", "reason": "Vì thế"})
    assert wrong.status_code == 422 or wrong.status_code == 400
    assert "Choose what is decided" in wrong.text and "Vì thế" in wrong.text
    answer = office.post(
        f"/office/cases/{case}/decide", {"decision": "inspector", "reason": "Cử người xem"}
    )
    assert answer.status_code == 303
    words = office.words(f"/office/cases/{case}")
    assert "Sent to an inspector" in words and "Cử người xem" in words and "Gọi điện" in words
    assert f"Case {case}" not in office.words("/office/cases")
    assert f"Case {case}" in office.words("/office/cases?state=decided&kind=copy_risk&q=tra")
    assert f"Case {case}" not in office.words("/office/cases?state=all&q=khong-co")
    assert office.post(f"/office/cases/{case}/close").status_code == 303
    assert "Case closed" in office.words(f"/office/audit?q=case:{case}")


def test_an_auditor_reads_and_writes_nothing(desk: Open, case: int) -> None:
    auditor = desk("auditor")
    assert "14 different occasions" in auditor.words(f"/office/cases/{case}")
    assert "<textarea" not in auditor.get(f"/office/cases/{case}").text
    assert auditor.post(f"/office/cases/{case}/decide", {"decision": "watch"}).status_code == 403


def test_a_producer_answers_its_own_case_once(
    desk: Open, case: int, database: Database, world: World
) -> None:
    with database.writing() as session:
        add_note(session, session.get_one(Case, case), "Nghi nhân viên bán tem", "user:1")
    lan = desk("lan")
    assert f"Case {case}" in lan.words("/console/cases")
    words = lan.words(f"/console/cases/{case}")
    assert "14 different occasions" in words and "Nghi nhân viên" not in words
    assert (
        lan.post(f"/console/cases/{case}/contest", {"contest": "Hội chợ ở Hà Nội"}).status_code
        == 303
    )
    assert lan.post(f"/console/cases/{case}/contest", {"contest": "Lần nữa"}).status_code == 409
    assert "Hội chợ ở Hà Nội" in desk("office").words(f"/office/cases/{case}")


def test_a_producer_meets_no_case_of_another(desk: Open, case: int, world: World) -> None:
    hung = desk("hung")
    assert f"Case {case}" not in hung.words("/console/cases")
    assert hung.get(f"/console/cases/{case}").status_code == 404
    assert (
        hung.post(f"/console/cases/{case}/contest", {"contest": "Của người khác"}).status_code
        == 404
    )
    assert hung.get(f"/console/products/{world.product}/range").status_code == 404
    sent = hung.post(f"/console/products/{world.product}/range", {"provinces": "01"})
    assert sent.status_code == 404


def test_a_producer_says_where_it_sells(desk: Open, world: World) -> None:
    lan, path = desk("lan"), f"/console/products/{world.product}/range"
    assert lan.post(path, {"provinces": ["01", "31"]}).status_code == 303
    assert "Hà Nội, Hải Phòng" in lan.words("/console/cases")
    assert "There is no such province" in lan.post(path, {"provinces": "99"}).text
    lan.post(path)
    assert "Hà Nội, Hải Phòng" not in lan.words("/console/cases")


def test_a_report_opens_a_case_and_leads_to_it(
    desk: Open, database: Database, world: World
) -> None:
    number = crowd(database, world.lot, 1)
    with database.writing() as session:
        report = send_report(session, SentReport(kind="suspected_fake", code="x", number=number, verdict="ISSUED_OK", message="Chữ trên tem bị nhòe", place="Chợ Đồng Xuân, Hà Nội", contact="0900 000 000"))  # fmt: skip
    office = desk("office")
    assert "Open a case" in office.words(f"/office/reports/{report.id}")
    first = office.post(f"/office/reports/{report.id}/case")
    again = office.post(f"/office/reports/{report.id}/case")
    assert first.status_code == 303 and first.location == again.location
    words = office.words(first.location)
    assert "Chữ trên tem bị nhòe" in words and "Hà Nội" in words and "0900" not in words
    lan = desk("lan")
    words = lan.words(first.location.replace("/office/", "/console/"))
    assert "A consumer reported" in words and "nhòe" not in words
    assert "Open a case" not in office.words(f"/office/reports/{report.id}")


def test_photos_are_for_the_office_alone(
    app: Flask, desk: Open, database: Database, world: World
) -> None:
    site: Site = app.extensions["labelsvc"]
    site.files.put("cases/one.jpg", b"\xff\xd8jpeg")
    with database.writing() as session:
        case = open_case(session, kind="inspection", actor="user:5", facts={"place": "Chợ Hàng Bè", "findings": ["Thiếu hạn dùng"]}, subject=CaseSubject(lot_id=world.lot))  # fmt: skip
        other = open_case(
            session, kind="inspection", actor="user:5", subject=CaseSubject(lot_id=world.lot)
        )
        photo = CaseFile(case_id=case.id, actor="user:5", path="cases/one.jpg")
        lost = CaseFile(case_id=case.id, actor="user:5", path="cases/gone.jpg")
        session.add_all([photo, lost])
    path = f"/office/cases/{case.id}/photos"
    office = desk("office")
    assert office.get(f"{path}/{photo.id}.jpg").data == b"\xff\xd8jpeg"
    assert office.get(f"{path}/{lost.id}.jpg").status_code == 404
    assert office.get(f"/office/cases/{other.id}/photos/{photo.id}.jpg").status_code == 404
    assert desk("lan").get(f"{path}/{photo.id}.jpg").status_code == 403
    words = office.words(f"/office/cases/{case.id}")
    assert "Thiếu hạn dùng" in words and "Chợ Hàng Bè" in words


def test_made_up_codes_are_counted_by_how_they_begin(
    app: Flask, client: FlaskClient, database: Database, settings: Settings, world: World
) -> None:
    own = ScanSite.of(app)
    for _ in range(50):
        client.get(world.codes["not_issued"], base_url=BASE)
        client.get(world.codes["bad_signature"], base_url=BASE)
    own.refusals.flush(database)
    own.recorder.flush()
    with database.reading() as session:
        counts = {row.prefix: row.count for row in session.scalars(select(Refused))}
    code = world.codes["not_issued"].strip("/")
    assert counts["S*"] == counts["S" + code[:4]] == counts["K*"] == 50
    assert not any(code[5:] in prefix for prefix in counts), "the rest of the code is not kept"
    raised = watch.look(database, settings)
    with database.reading() as session:
        products = sorted(str(session.get_one(Case, case).product_id) for case in raised)
    assert products == sorted(["None", str(world.product)]), (
        "the offline code claims to be of a lot"
    )


def test_scans_and_cases_keep_nothing_of_who_scanned(
    app: Flask, client: FlaskClient, database: Database, settings: Settings, world: World
) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14; SM-S918B) Chrome/131.0.6778.39 Mobile"
    for last in range(60):
        client.get(
            world.codes["in_force"], base_url=BASE, headers={"User-Agent": agent},
            environ_overrides={"REMOTE_ADDR": f"203.0.{last}.77"},
        )  # fmt: skip
    ScanSite.of(app).recorder.flush()
    assert watch.look(database, settings)
    with database.reading() as session:
        rows = [
            repr({column.name: getattr(row, column.name) for column in row.__table__.columns})
            for table in (Scan, UnitSeen, Case)
            for row in session.scalars(select(table))
        ]
        assert find_issue(session, session.scalars(select(Case.number)).one() or 0) is not None
    dump = "\n".join(rows)
    assert "203.0" not in dump and "SM-S918B" not in dump and "131.0" not in dump


def test_an_inner_code_is_checked_from_the_scan_page(
    app: Flask, desk: Open, client: FlaskClient, database: Database, world: World
) -> None:
    path = world.codes["in_force"]
    asks, page = f"/inner{path}", client.get(path, base_url=BASE).text
    assert asks not in page and client.get(asks, base_url=BASE).status_code == 404
    lan = desk("lan")
    assert desk("hung").post(f"/console/lots/{world.lot}/inner/on").status_code == 404
    assert lan.post(f"/console/lots/{world.lot}/inner/on").status_code == 303
    assert asks in client.get(path, base_url=BASE).text
    listed = lan.post(f"/console/lots/{world.lot}/inner/list").text.splitlines()
    assert listed[0] == "code,inner" and len(listed) == 61
    inner = dict(line.split(",") for line in listed[1:])[f"HTTPS://QR.EXAMPLE.VN{path}"]
    options = {"base_url": BASE, "query_string": {"lang": "en"}}
    assert "Set-Cookie" not in client.get(asks, **options).headers
    slip = client.post(asks, data={"inner": "ABC"}, **options)
    assert slip.status_code == 400 and "has 12 characters" in slip.text
    wrong = client.post(asks, data={"inner": "0" * 12}, **options)
    assert "does not belong" in wrong.text and "today: 4" in wrong.text
    assert "checked for the first time" in client.post(asks, data={"inner": inner}, **options).text
    again = client.post(asks, data={"inner": inner.lower()}, **options)
    assert "Already checked on" in again.text and "verdict caution" in again.text
    for name in ("withdrawn", "lot", "not_issued", "recalled", "link", "malformed"):
        answer = client.get(f"/inner{world.codes[name]}", base_url=BASE)
        assert answer.status_code == 404, name
    for name in ("gs1", "offline"):
        assert client.get(f"/inner{world.codes[name]}", base_url=BASE).status_code == 200, name


def test_what_an_inspector_found_is_told_in_words_and_its_code_once(
    app: Flask, database: Database, world: World
) -> None:
    code = "HTTPS://QR.EXAMPLE.VN" + world.codes["offline"]
    digits = world.codes["offline"].strip("/")
    with database.writing() as session:
        case = open_case(session, kind="inspection", actor="user:5", facts={"verdict": "DUPLICATE_HERE", "items": 2, "code": code, "strange": "word"}, subject=CaseSubject(lot_id=world.lot))  # fmt: skip
        add_note(
            session,
            case,
            f"Kiểm tra lúc 09:00: hai món cùng mã\nMã: {code}\nTem {digits}",
            "user:5",
        )
    for who, language, said in (
        ("office", "vi", ("Kết luận trên thiết bị", "Hai món hàng cùng một mã", "Số sản phẩm mang mã này 2")),
        ("auditor", "en", ("What the device said The same code on two items", "Items with this code 2")),
    ):  # fmt: skip
        words = Desk(app, database, who, language).words(f"/office/cases/{case.id}")
        for part in said:
            assert part in words, part
        short = f"{digits[:12]}…{digits[-6:]}"
        assert words.count(short) == 1, "as the code of the case"
        assert f"Tem {digits[:4]}…{digits[-4:]}" in words, "in the words of the note"
        for machine in ("DUPLICATE_HERE", "verdict", digits, "strange", "Mã: "):
            assert machine not in words, machine


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("HTTPS://QR.EXAMPLE.VN/ZTC1RP3RZ092HT1SFS2HBA5E", "ZTC1RP3RZ092HT1SFS2HBA5E"),
        ("https://qr.example.vn/01/09520000001001/21/ABC", "01/09520000001001/21/ABC"),
        ("0" * 12 + "1" * 175 + "2" * 6, "0" * 12 + "…" + "2" * 6),
        ("", ""),
    ],
)
def test_a_code_is_short_for_the_eye(code: str, short: str) -> None:
    assert case_words.short_code(code) == short
