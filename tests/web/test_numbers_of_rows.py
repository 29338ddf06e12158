"""Numbers that no row can have, and letters that no database keeps: told, never a server error."""

from __future__ import annotations

import pytest

from labelsvc.db import Database
from labelsvc.labels.ledger import ledger
from labelsvc.labels.models import PrintRun
from labelsvc.settings import Settings
from tests.web.console.producer.test_ledger_pages import entered, released
from tests.web.console.producer.test_products import SignIn
from tests.web.desk import seen
from tests.world import World

HOSTILE = ["9" * 25, "9" * 4500, "-1", "NaN", "1,5", "²", "٣", "x"]


@pytest.mark.parametrize("typed", HOSTILE)
def test_cells_that_no_sheet_has_are_not_used_up(
    signed_in: SignIn, world: World, typed: str
) -> None:
    form = {"layout": "a4-65", "count": "10", "used": typed, "do": "look"}
    page = signed_in("lan").post(f"/console/lots/{world.lot}/print", form)
    assert page.status_code == 200
    assert 'data-state="used"' not in page.text


@pytest.mark.parametrize("typed", ["", "9" * 25, "-1", "NaN", "2147483648"])
def test_a_calibration_sheet_of_a_printer_that_is_none_is_not_found(
    signed_in: SignIn, typed: str
) -> None:
    answer = signed_in("lan").get(
        "/console/printers/calibration.pdf", query_string={"printer": typed}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/console/printers/new", {"name": "In\0", "language": "pdf", "dpi": "0", "port": "9100"}),
        ("/console/lots/{lot}/print", {"do": "look", "layout": "a4-65\0"}),
        ("/console/blanks/bind", {"first": "\0", "last": "x", "lot": "1"}),
        ("/account/sign-in", {"name": "la\0n", "password": "x"}),
        ("/console/layouts/own/%00", None),
        ("/console/lots?q=%00", None),
    ],
)
def test_letters_that_no_database_keeps_are_refused(
    signed_in: SignIn, world: World, path: str, form: dict[str, object] | None
) -> None:
    lan, path = signed_in("lan"), path.format(lot=world.lot)
    answer = lan.get(path) if form is None else lan.post(path, form)
    assert answer.status_code == 400
    assert "Không hiểu được yêu cầu" in seen(answer)


def test_a_reason_that_no_database_keeps_writes_nothing(
    signed_in: SignIn, world: World, database: Database, settings: Settings
) -> None:
    run_id = released(database, settings, world)
    form = entered("spoiled", 1, 2, "a\0b")
    assert signed_in("lan").post(f"/console/runs/{run_id}/ledger", form).status_code == 400
    with database.reading() as session:
        assert ledger.entries(session, session.get_one(PrintRun, run_id)) == []
