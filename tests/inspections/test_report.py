"""Reports of consumers, from the first word to the answer of the office."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from labelsvc.accounts.models import AuditEntry
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict
from labelsvc.inspections.models import Report
from labelsvc.inspections.report import (
    SentReport,
    close_report,
    send_report,
)


def send(session, **facts: object) -> Report:
    facts = {"kind": "quality", "code": "X", "number": None, "verdict": "MALFORMED", "message": "Có mùi lạ",
             "contact": "0900 000 000"} | facts  # fmt: skip
    return send_report(session, SentReport(**facts))


def test_closing_removes_the_contact_and_stands_in_the_audit_trail(database: Database) -> None:
    with database.writing() as session:
        report = send(session)
        with pytest.raises(BadInput):
            close_report(session, report, answer="  ", actor="user:1")
        close_report(session, report, answer="Đã kiểm tra", actor="user:1")
        with pytest.raises(Conflict):
            close_report(session, report, answer="Lần nữa", actor="user:1")
    with database.reading() as session:
        kept = session.get_one(Report, report.id)
        assert (kept.contact, kept.state, kept.handled_by) == ("", "closed", "user:1")
        assert "report.close" in session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize(
    "facts", [{"message": ""}, {"message": "\x00\u200b\u202e  x"}, {"kind": "praise"}]
)
def test_a_report_that_says_nothing_is_refused(database: Database, facts: dict[str, str]) -> None:
    with database.writing() as session, pytest.raises(BadInput):
        send(session, **facts)


def test_long_and_hostile_texts_are_cut_and_cleaned(database: Database) -> None:
    with database.writing() as session:
        report = send(session, message="a\r\nb\x00\u202ec" + "d đ" * 9000, place="\u0041\u0303" * 400, code="C:" * 999)  # fmt: skip
    assert report.message.startswith("a\nbcd")
    assert (len(report.message), len(report.place), len(report.code)) == (2000, 200, 300)
    assert report.place[0] == "Ã"
