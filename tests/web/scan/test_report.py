"""The report form: it works without cookie or script, and gives nothing to robots."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from labelsvc.db import Database
from labelsvc.inspections.models import Report
from labelsvc.web.scan import report as form_page
from tests.world import World

FORM = {
    "kind": "suspected_fake",
    "message": "Hộp khác ảnh trên trang",
    "place": "Chợ",
    "contact": "",
}


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    form_page.limiter.storage.reset()
    yield
    form_page.limiter.storage.reset()


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def kept(database: Database) -> list[Report]:
    with database.reading() as session:
        return list(session.scalars(select(Report).order_by(Report.id)))


def test_a_report_reaches_the_office_with_its_product_and_verdict(
    client: FlaskClient, world: World, database: Database
) -> None:
    for name, verdict in (("in_force", "ISSUED_OK"), ("gs1", "ISSUED_OK"), ("offline", "ISSUED_OK"),
                          ("withdrawn", "REVOKED"), ("past_expiry", "EXPIRED")):  # fmt: skip
        path = "/report" + world.codes[name]
        assert "Trà hoa cúc" in client.get(path).text
        sent = client.post(path, data=FORM | {"token": token(client, path)})
        assert sent.status_code == 303
        thanks = client.get(sent.location).text
        report = kept(database)[-1]
        assert f"Số phản ánh {report.id}" in thanks
        assert "Set-Cookie" not in sent.headers
        assert (report.product_id, report.verdict) == (world.product, verdict)
        # The whole code is nowhere: who has it can show its page.
        code = world.codes[name].rpartition("/")[2]
        assert report.code.endswith(f"{code[:4]}…{code[-4:]}") and code not in report.code
        assert (report.number is not None, report.place) == (True, "Chợ")


def test_codes_in_the_words_of_a_report_are_kept_by_their_ends(
    client: FlaskClient, world: World, database: Database
) -> None:
    path = "/report" + world.codes["in_force"]
    code = path.rpartition("/")[2]
    printed = " ".join(code[at : at + 4].upper() for at in range(0, len(code), 4))
    words = {"message": f"Tem {code} giống tem {printed}.", "place": f"Chợ {code}"}
    client.post(path, data=FORM | {"token": token(client, path)} | words)
    (report,) = kept(database)
    ends = f"{code[:4]}…{code[-4:]}"
    assert report.message == f"Tem {ends} giống tem {ends.upper()}."
    assert report.place == f"Chợ {ends}"


def test_codes_that_are_not_ours_can_be_reported_too(
    client: FlaskClient, world: World, database: Database
) -> None:
    blank = "/report/?lang=en"
    assert client.get(blank).status_code == 200
    secret = token(client, blank)
    client.post(blank, data=FORM | {"token": secret, "code": "XYZ-lạ"})
    client.post("/report" + world.codes["not_issued"], data=FORM | {"token": secret})
    client.post(
        "/report/%00%E2%80%AEabc", data=FORM | {"token": secret, "message": "Tem \x00lạ\x1b[31m"}
    )
    stranger, forged, hostile = kept(database)
    assert (stranger.code, stranger.verdict, stranger.product_id) == ("XYZ-lạ", "MALFORMED", None)
    assert (forged.verdict, forged.number) == ("NOT_ISSUED", None)
    assert (hostile.code, hostile.message) == ("abc", "Tem lạ[31m")


def test_what_is_wrong_with_a_report_is_said_and_the_words_are_kept(
    client: FlaskClient, world: World, database: Database
) -> None:
    path = "/report" + world.codes["in_force"]
    good = FORM | {"token": token(client, path)}
    for change in ({"token": "forged"}, {"message": " x "}, {"kind": "love-letter"}):
        answer = client.post(path, data=good | {"place": "Chợ <Hà Đông>"} | change)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert "Chợ &lt;Hà Đông&gt;" in answer.text
    with time_machine.travel("2030-01-01", tick=False):
        assert client.post(path, data=good).status_code == 400
    assert client.post(path, data=good | {"message": "x" * 70_000}).status_code == 413
    assert kept(database) == []


def test_a_robot_is_thanked_and_nothing_is_kept(
    client: FlaskClient, world: World, database: Database
) -> None:
    path = "/report" + world.codes["in_force"]
    sent = client.post(path, data=FORM | {"token": token(client, path), "email": "a@example.vn"})
    assert sent.status_code == 303
    assert "Cảm ơn" in client.get(sent.location).text
    assert kept(database) == []


def test_a_flood_from_one_place_is_stopped(
    client: FlaskClient, world: World, database: Database
) -> None:
    path = "/report" + world.codes["in_force"]
    data = FORM | {"token": token(client, path)}
    statuses = [client.post(path, data=data).status_code for _ in range(11)]
    assert statuses == [303] * 10 + [429]
    other = {"REMOTE_ADDR": "198.51.100.7"}
    assert client.post(path, data=data, environ_base=other).status_code == 303
