"""The office uploads the artwork of the certification mark, sees it, replaces it, removes it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from labelsvc.accounts import sessions
from labelsvc.accounts.models import AuditEntry
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.labels.runs import artwork
from labelsvc.settings import Settings
from tests import world as worlds
from tests.artwork import picture
from tests.web.desk import Desk, seen

DeskOf = Callable[[str], Desk]


def upload(office: Desk, data: bytes, name: str = "mark.png") -> str:
    form = {"artwork": (io.BytesIO(data), name)}
    answer = office.post("/office/mark", form, content_type="multipart/form-data")
    assert answer.status_code in (303, 400, 401, 422), answer.text
    return "" if answer.status_code == 303 else seen(answer)


def test_it_is_uploaded_shown_replaced_and_removed(
    desk: DeskOf, database: Database, world: worlds.World
) -> None:
    office = desk("office")
    assert "No mark yet" in office.words("/office/mark")
    assert "no artwork of the OCOP mark" in office.words("/office/")
    assert office.get("/office/mark.png").status_code == 404
    assert upload(office, picture()) == ""
    page = office.words("/office/mark")
    assert "400 × 400" in page
    assert "transparent" in page
    assert "dpi" in page
    assert "no artwork of the OCOP mark" not in office.words("/office/")
    shown = office.get("/office/mark.png")
    assert (shown.content_type, shown.data[:4]) == ("image/png", b"\x89PNG")
    assert upload(office, picture(700, 350, clear=False)) == ""
    page = office.words("/office/mark")
    assert "700 × 350" in page
    assert "opaque ground" in page
    assert office.post("/office/mark/remove").status_code == 303
    assert "No mark yet" in office.words("/office/mark")
    with database.reading() as session:
        trail = session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.action.like("mark.%"))
            .order_by(AuditEntry.id)
        ).all()
    assert trail == ["mark.upload", "mark.upload", "mark.remove"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<svg/>", "This is a drawing (SVG)"),
        (picture(120, 120), "has only 120 × 120 pixels"),
        (b"hello", "not a JPEG, PNG or WebP picture"),
        (b"", "The file is empty"),
    ],
)
def test_a_file_that_is_no_artwork_is_refused_and_the_old_one_stays(
    desk: DeskOf, world: worlds.World, data: bytes, why: str
) -> None:
    office = desk("office")
    upload(office, picture())
    assert why in upload(office, data)
    assert "400 × 400" in office.words("/office/mark")


def test_a_form_without_a_file_and_a_second_removal_say_so(
    desk: DeskOf, world: worlds.World
) -> None:
    office = desk("office")
    assert "No picture was chosen" in seen(office.post("/office/mark"))
    assert "There is no mark to remove" in seen(office.post("/office/mark/remove"))


def test_both_actions_ask_for_the_password_again(
    desk: DeskOf, database: Database, world: worlds.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = desk("office")
    upload(office, picture())
    monkeypatch.setattr(sessions, "recently_confirmed", lambda _: False)
    assert "password" in upload(office, picture(500, 500)).lower()
    assert "password" in seen(office.post("/office/mark/remove")).lower()
    with database.reading() as session:
        row = artwork.current(session)
        assert row is not None
        assert row.width == 400


def test_auditors_look_and_change_nothing(desk: DeskOf, world: worlds.World) -> None:
    upload(desk("office"), picture())
    auditor = desk("auditor")
    page = auditor.get("/office/mark").text
    assert "400 × 400" in seen(auditor.get("/office/mark"))
    assert '<input id="artwork"' not in page
    assert auditor.get("/office/mark.png").status_code == 200
    assert auditor.post("/office/mark/remove").status_code == 403


def test_lost_artwork_is_told_where_it_can_be_uploaded_again(
    desk: DeskOf, world: worlds.World, settings: Settings
) -> None:
    office, files = desk("office"), Files(settings.files)
    upload(office, picture())
    for key in files.names("artwork"):
        files.delete(key)
    assert "The artwork of the mark is missing" in office.words("/office/mark")
    assert upload(office, picture()) == ""
    assert "is missing" not in office.words("/office/mark")


def test_the_preview_of_the_wizard_shows_it(desk: DeskOf, world: worlds.World) -> None:
    lan = desk("lan")
    address = f"/console/lots/{world.lot}/preview/a4-8.svg"
    assert "<image " not in lan.get(address).text
    upload(desk("office"), picture())
    assert "<image " in lan.get(address).text
    assert "<image " not in lan.get(address.replace("a4-8", "a4-65")).text
