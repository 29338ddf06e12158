"""PDFs of decisions: attached by the office, read by anybody, missed by doctor when they are gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pikepdf
import pytest
from sqlalchemy import select

from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.recognition import Recognition
from labelsvc.cli.doctor.stored import papers
from labelsvc.db import Database
from labelsvc.errors import ConfigurationError
from labelsvc.files import Files
from labelsvc.programme.search.entries import slug
from labelsvc.settings import Settings
from tests.web.desk import Desk
from tests.world import World

Sit = Callable[[str], Desk]


@pytest.fixture
def name(database: Database, world: World) -> str:
    with database.reading() as session:
        row = session.get_one(Recognition, world.recognition)
        return slug(row.decision_number, row.decision_date)


def pdf(pages: int = 2) -> bytes:
    made, out = pikepdf.new(), BytesIO()
    for _ in range(pages):
        made.add_blank_page()
    made.save(out)
    return out.getvalue()


def sent(desk: Desk, name: str, data: bytes) -> int:
    desk.get(f"/office/decisions/{name}")
    return desk.post(
        f"/office/decisions/{name}", {"paper": (BytesIO(data), "qd.pdf")}, content_type="multipart/form-data"
    ).status_code  # fmt: skip


def test_a_decision_gets_its_pdf_and_everybody_reads_it(
    desk: Sit, database: Database, settings: Settings, name: str
) -> None:
    office, anybody, data = desk("office"), desk(""), pdf()
    page = f"/decision/{name}"
    assert f"{page}/paper.pdf" not in anybody.get(page).text
    assert anybody.get(f"{page}/paper.pdf").status_code == 404
    assert name in office.get("/office/decisions?lacking=1").text
    assert sent(office, name, b"no pdf") == 400
    assert sent(office, name, data) == 302
    assert f"{page}/paper.pdf" in anybody.get(page).text
    read = anybody.get(f"{page}/paper.pdf")
    assert read.data == data and read.mimetype == "application/pdf"
    assert "sandbox" in read.headers["Content-Security-Policy"]
    again = anybody.get(f"{page}/paper.pdf", headers={"If-None-Match": read.headers["ETag"]})
    assert again.status_code == 304
    told = anybody.get(f"{page}?format=json").get_json()
    assert told["pdf"].endswith(f"{page}/paper.pdf")
    assert name not in office.get("/office/decisions?lacking=1").text
    files = Files(settings.files)
    assert "1" in papers(database, files)
    assert sent(office, name, pdf(3)) == 302, "another one in its place"
    assert office.post(f"/office/decisions/{name}/remove").status_code == 302
    assert anybody.get(f"{page}/paper.pdf").status_code == 404
    with database.reading() as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("paper.%")))
        assert list(acts) == ["paper.attach", "paper.attach", "paper.detach"]


def test_doctor_misses_a_pdf_that_is_gone_or_cut(
    desk: Sit, database: Database, settings: Settings, name: str
) -> None:
    assert sent(desk("office"), name, pdf()) == 302
    files = Files(settings.files)
    key = files.names("decisions")[0]
    files.put(key, b"%PDF")
    with pytest.raises(ConfigurationError):
        papers(database, files)


@pytest.mark.parametrize("who", ["lan", "inspector", ""])
def test_others_attach_nothing(desk: Sit, name: str, who: str) -> None:
    assert desk(who).get(f"/office/decisions/{name}").status_code in (302, 303, 403)


@pytest.mark.parametrize("wrong", ["no-such", "1-qd-2026-01-01", slug("1/QĐ", date(2030, 1, 1))])
def test_a_decision_that_is_none_has_no_page(desk: Sit, world: World, wrong: str) -> None:
    assert desk("office").get(f"/office/decisions/{wrong}").status_code == 404
