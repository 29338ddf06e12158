"""The head of a page whose code was reported at places far apart: amber, until the office answers."""

from __future__ import annotations

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from labelsvc import clock
from labelsvc.codes.models import Issue
from labelsvc.db import Database
from labelsvc.inspections import watch
from labelsvc.inspections.cases import close_case, decide
from labelsvc.inspections.models import Case, Decision, SightingSource
from labelsvc.inspections.places import Spot, note_sighting
from labelsvc.settings import Settings
from tests.world import World

GREEN, AMBER = ("good", "Mã hợp lệ"), (
    "caution",
    "Mã hợp lệ, nhưng được báo ở những nơi cách xa nhau chỉ trong vài giờ",
)  # fmt: skip


def head(client: FlaskClient, code: str) -> tuple[str, str]:
    """Tone and headline of a code's page; its machine word stays the same."""
    page = client.get(code).get_data(as_text=True)
    tone, words = re.findall(
        r'<section class="verdict (\w+)".*?<h1 id="verdict">(.*?)</h1>', page, re.S
    )[0]
    document = client.get(f"{code}?format=json").get_json()
    assert document["verdict"] == "ISSUED_OK"
    assert document["places_apart"] is (tone == "caution")
    return tone, words


def test_a_valid_code_reported_far_apart_has_an_amber_head_until_it_is_answered(
    client: FlaskClient, world: World, database: Database, settings: Settings
) -> None:
    code, gs1 = world.codes["in_force"], world.codes["gs1"]
    assert head(client, code) == GREEN
    now = clock.now()
    with database.writing() as session:
        issue = session.scalars(select(Issue).order_by(Issue.first)).first()
        assert issue is not None
        for hours, place in ((3.0, "Hà Nội"), (1.5, "Cần Thơ")):
            note_sighting(
                session, number=issue.first, issue_id=issue.id, source=SightingSource.CONSENT,
                spot=Spot(place), at=now - timedelta(hours=hours),
            )  # fmt: skip
    assert head(client, code) == GREEN, "nobody has looked yet"
    (raised,) = watch.look(database, settings, now, every=timedelta(0))
    assert head(client, code) == AMBER
    assert head(client, gs1) == GREEN, "other labels are not touched"

    def answer(decision: Decision) -> None:
        with database.writing() as session:
            decide(session, session.get_one(Case, raised), decision, "user:1", reason="Đã xem")

    answer(Decision.INSPECTOR)
    assert head(client, code) == AMBER
    answer(Decision.NO_ACTION)
    assert head(client, code) == GREEN
    with database.writing() as session:
        close_case(session, session.get_one(Case, raised), "user:1")
    assert head(client, code) == GREEN
