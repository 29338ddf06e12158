"""Activation and sale of labels on the producer's pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from labelsvc.catalogue.models import Lot
from labelsvc.db import Database
from tests.web.desk import Desk
from tests.world import World

Sit = Callable[[str], Desk]


@pytest.fixture
def lot(database: Database, world: World) -> int:
    """The lot of the small world, from now on with activation."""
    with database.writing() as session:
        session.get_one(Lot, world.lot).activation = True
    return world.lot


def verdict(client: FlaskClient, code: str) -> str:
    return str(client.get(code, headers={"Accept": "application/json"}).get_json()["verdict"])


def test_from_a_warning_to_a_good_label_to_a_sold_one(
    desk: Sit, client: FlaskClient, world: World, lot: int
) -> None:
    code = world.codes["in_force"]
    assert verdict(client, code) == "NOT_ACTIVATED"
    lan = desk("lan")
    assert "show a warning until they are activated" in lan.words(f"/console/lots/{lot}")
    look = {"do": "look", "step": "activated", "first": code, "last": code}
    answer = lan.post(f"/console/lots/{lot}/life", look)
    assert "Is this right?" in answer.text
    assert answer.headers["Permissions-Policy"].startswith("camera=(self)")
    assert verdict(client, code) == "NOT_ACTIVATED"
    assert lan.post(f"/console/lots/{lot}/life", look | {"do": "enter"}).status_code == 303
    assert verdict(client, code) == "ISSUED_OK"
    lan.post(f"/console/lots/{lot}/life", look | {"do": "enter", "step": "sold"})
    assert verdict(client, code) == "DECOMMISSIONED"


def test_the_whole_lot_at_once(desk: Sit, client: FlaskClient, world: World, lot: int) -> None:
    lan = desk("lan")
    form = {"do": "look", "all": "1", "step": "activated"}
    assert "Is this right?" in lan.post(f"/console/lots/{lot}/life", form).text
    assert lan.post(f"/console/lots/{lot}/life", form | {"do": "enter"}).status_code == 303
    assert verdict(client, world.codes["in_force"]) == "ISSUED_OK"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"first": ""}, "No label was scanned"),
        ({"first": "ABC"}, "is not a code of this service"),
        ({"step": "eaten"}, "Say what happened"),
    ],
)
def test_what_is_wrong_is_said(
    desk: Sit, world: World, lot: int, facts: dict[str, str], words: str
) -> None:
    code = world.codes["in_force"]
    form = {"do": "look", "step": "sold", "first": code, "last": code} | facts
    answer = desk("lan").post(f"/console/lots/{lot}/life", form)
    assert answer.status_code == 400
    assert words in answer.text


def test_lots_are_opened_and_corrected_with_activation(
    desk: Sit, database: Database, world: World
) -> None:
    lan = desk("lan")
    assert 'name="activation"' in lan.get(f"/console/lots/{world.lot}/edit").text
    with database.reading() as session:
        found = session.get_one(Lot, world.lot)
        form = {"declared": str(found.declared), "growing_area": found.growing_area}
        form |= {
            name: value.isoformat() if (value := getattr(found, name)) else ""
            for name in ("made_on", "expires_on")
        }
    assert (
        lan.post(f"/console/lots/{world.lot}/edit", form | {"activation": "1"}).status_code == 302
    )
    with database.reading() as session:
        assert session.get_one(Lot, world.lot).activation
    assert " checked" in lan.get(f"/console/lots/{world.lot}/edit").text
