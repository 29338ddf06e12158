"""Ranges of a frozen key that the log lacks, on the pages: listed, refused, decided by two people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register.keys import load_keyring, lock_counter
from labelsvc.db import Database
from labelsvc.settings import Settings
from labelsvc.web.scan import state
from tests import world as worlds
from tests.cli import conftest as command_line
from tests.cli.conftest import Run
from tests.web.desk import Desk
from tests.world import World

Sit = Callable[[str], Desk]
SECRET = {"password": worlds.PASSWORD}
run = command_line.run
REASON = "Phiếu giao tem số 17"


@pytest.fixture
def colleague(database: Database, desk: Sit) -> Desk:
    with database.writing() as session:
        create_user(session, name="binh", full_name="Bình", role=Role.OFFICE, producer_id=None,
                    password=worlds.PASSWORD, actor="test")  # fmt: skip
    return desk("binh")


@pytest.fixture
def forged(database: Database, settings: Settings, world: World) -> str:
    """Code of a row that a thief wrote into the database under key 1, whose secrets they have."""
    with database.writing() as session:
        lot = session.get_one(Lot, world.lot)
        first = lock_counter(session, take=5)
        session.add(
            Issue(form=Form.SHORT, lot=lot, first=first, count=5, first_in_lot=90_000, kid=1)
        )
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        return f"/{ring.short(first)}"


def test_a_range_that_a_thief_wrote_is_refused_until_two_people_decide(
    desk: Sit, colleague: Desk, client: FlaskClient, world: World, forged: str,
    settings: Settings, run: Run, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(state, "_RELOAD_SECONDS", 0.0)
    office = desk("office")
    office.post("/office/keys/1/freeze", SECRET | {"reason": "Bị sao chép"})
    assert client.get(world.codes["in_force"]).status_code == 200
    assert client.get(forged).status_code == 404
    assert json.loads(run("verify", "--json", forged[1:], code=1).stdout)["verdict"] == "NOT_ISSUED"
    (listed,) = (row for row in json.loads(run("keys", "list", "--json").stdout) if row["kid"] == 1)
    (row,) = listed["lacking"]
    assert (row["form"], row["count"]) == ("short", 5)
    checks = {c["check"]: c for c in json.loads(run("doctor", "--json").stdout)}
    assert checks["frozen keys"]["state"] == "doubt" and row["row"] in checks["frozen keys"]["what"]
    assert checks["public log"]["state"] == "ok"
    assert "5 codes not in the public log" in office.words("/office/keys")
    assert "Not in the public log" in office.words("/office/keys/1")
    assert "Propose to believe" not in desk("auditor").words("/office/keys/1")

    facts = SECRET | {"rows": row["row"], "reason": REASON}
    assert office.post("/office/keys/1/ranges", facts | {"reason": ""}).status_code == 400
    assert desk("auditor").post("/office/keys/1/ranges", facts).status_code == 403
    page = office.post("/office/keys/1/ranges", facts).location
    seen = re.search(r'name="seen" value="(\w+)"', colleague.get(page).text)
    assert seen is not None
    assert "a colleague has to confirm it" in office.words(page)
    assert office.post(f"{page}/confirm", SECRET | {"seen": seen[1]}).status_code in (403, 409)
    assert client.get(forged).status_code == 404
    assert colleague.post(f"{page}/confirm", SECRET | {"seen": seen[1]}).status_code == 303
    assert "Believed" in office.words(page)
    assert client.get(forged).status_code == 200
    assert json.loads(run("verify", "--json", forged[1:]).stdout)["verdict"] == "ISSUED_OK"
    assert REASON in office.words("/office/audit?q=key.ranges")


def test_a_proposal_is_refused_with_a_reason(
    desk: Sit, colleague: Desk, client: FlaskClient, world: World, forged: str
) -> None:
    office = desk("office")
    office.post("/office/keys/1/freeze", SECRET | {"reason": "Bị sao chép"})
    (row,) = re.findall(r'name="rows" value="([^"]+)"', office.get("/office/keys/1").text)
    page = office.post("/office/keys/1/ranges", SECRET | {"rows": row, "reason": REASON}).location
    assert "Ranges are proposed" in office.words("/office/keys/1")
    assert colleague.post(f"{page}/refuse", {"reason": ""}).status_code == 400
    assert colleague.post(f"{page}/refuse", {"reason": "Không có phiếu giao"}).status_code == 303
    assert "Not believed" in office.words(page)
    assert colleague.post(f"{page}/confirm", SECRET | {"seen": "x"}).status_code == 409
    assert client.get(forged).status_code == 404
