"""Programs that fetch a page are no scans: previews, crawlers, prefetches, monitors and libraries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from labelsvc.db import Database
from labelsvc.scans.models import MachineVisits, Scan, UnitSeen
from labelsvc.web.scan.agents import Agent, agent_of, by_name
from labelsvc.web.scan.state import ScanSite
from tests.world import World

HERE = Path(__file__).parent / "agents"
PEOPLE = (HERE / "people.txt").read_text(encoding="utf-8").splitlines()
MACHINES = (HERE / "machines.txt").read_text(encoding="utf-8").splitlines()
PHONE = PEOPLE[0]
FACEBOOK = "facebookexternalhit/1.1"


@pytest.mark.parametrize("agent", PEOPLE)
def test_browsers_of_people_are_people(agent: str) -> None:
    assert by_name(agent) is Agent.PERSON


@pytest.mark.parametrize("agent", MACHINES)
def test_programs_are_none(agent: str) -> None:
    assert by_name(agent) is not Agent.PERSON


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"}, {"HTTP_SEC_PURPOSE": "prefetch"},
        {"HTTP_PURPOSE": "prefetch"}, {"HTTP_X_PURPOSE": "preview"}, {"HTTP_X_MOZ": "prefetch"},
    ],
    ids=lambda header: " ".join(header),
)  # fmt: skip
def test_a_page_that_nobody_asked_for_yet_is_a_prefetch(header: dict[str, str]) -> None:
    environ = {"HTTP_USER_AGENT": PHONE, "REQUEST_METHOD": "GET"}
    assert agent_of(environ) is Agent.PERSON
    assert agent_of(environ | header) is Agent.PREFETCH


def written(client: FlaskClient, database: Database) -> tuple[int, int, dict[str, int]]:
    """Scans, sessions of all units, and fetches by kind of agent."""
    ScanSite.of(client.application).recorder.flush()
    with database.reading() as session:
        machines = {row.agent: row.count for row in session.scalars(select(MachineVisits))}
        return (
            session.scalar(select(func.count(Scan.id))) or 0,
            session.scalar(select(func.sum(UnitSeen.sessions))) or 0,
            machines,
        )


def test_fetches_of_programs_leave_the_first_scan_to_the_first_buyer(
    client: FlaskClient, world: World, database: Database
) -> None:
    code = world.codes["in_force"]
    for agent in (*MACHINES, FACEBOOK, FACEBOOK):
        assert client.get(code, headers={"User-Agent": agent}).status_code == 200
    client.get(code, headers={"User-Agent": PHONE, "Sec-Purpose": "prefetch;prerender"})
    client.head(code, headers={"User-Agent": PHONE})
    seen = client.get(code + "?format=json", headers={"User-Agent": PHONE}).get_json()["seen"]
    assert (seen["notice"], seen["sessions"]) == ("first", 0)
    scans, sessions, machines = written(client, database)
    assert (scans, sessions) == (1, 1)
    assert sum(machines.values()) == len(MACHINES) + 3
    assert machines["prefetch"] == 1


def test_every_person_is_a_scan(client: FlaskClient, world: World, database: Database) -> None:
    for agent in PEOPLE:
        client.get(world.codes["in_force"], headers={"User-Agent": agent})
    scans, _, machines = written(client, database)
    assert 0 < scans <= len(PEOPLE)  # of one network and browser within a minute: one row
    assert machines == {}


@pytest.mark.parametrize("name", ["in_force", "withdrawn", "recalled", "link"])
def test_a_preview_speaks_of_the_product_and_not_of_the_code(
    client: FlaskClient, world: World, name: str
) -> None:
    answer = client.get(world.codes[name], headers={"User-Agent": FACEBOOK})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    tags = dict(re.findall(r'<meta property="(og:[a-z:_]+)" content="([^"]*)">', page))
    assert tags["og:title"] and tags["og:title"] in page
    assert "Gốm Sông Nhuệ" in tags["og:description"]
    assert tags["og:url"].endswith(world.codes[name])
    for word in ("hợp lệ", "thu hồi", "ISSUED_OK", "OCOP 4 sao"):
        assert word not in page, word
    # A person gets the page of the code right after, and a program that asks for JSON its verdict.
    assert "og:title" not in client.get(world.codes[name], headers={"User-Agent": PHONE}).get_data(
        as_text=True
    )
    asked = client.get(
        world.codes[name], headers={"User-Agent": FACEBOOK, "Accept": "application/json"}
    )
    assert asked.get_json()["verdict"]


def test_a_code_that_is_none_has_no_preview(client: FlaskClient, world: World) -> None:
    assert (
        client.get(world.codes["not_issued"], headers={"User-Agent": FACEBOOK}).status_code == 404
    )
