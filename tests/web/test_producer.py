"""Producer pages: own things only, clear refusals, nothing without a form token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from labelsvc.catalogue.models import Lot, Product
from labelsvc.db import Database
from labelsvc.labels import print_run
from labelsvc.labels.models import PrintRun
from tests.web.conftest import Person
from tests.world import World

SignIn = Callable[[str], Person]


def test_a_stranger_sees_nothing_of_another_producer(signed_in: SignIn, world: World) -> None:
    lan = signed_in("lan")
    for path in (
        f"/console/products/{world.stranger_product}",
        f"/console/products/{world.stranger_product}/lots/new",
        f"/console/lots/{world.stranger_lot}",
        f"/console/lots/{world.stranger_lot}/print",
        f"/console/lots/{world.stranger_lot}/preview/a4-65.svg",
    ):
        assert lan.get(path).status_code == 404, path
    assert (
        lan.post(f"/console/products/{world.stranger_product}", {"story": "x"}).status_code == 404
    )
    assert "Rượu mơ" not in lan.get("/console/").get_data(as_text=True)
    assert "L-HUNG" not in lan.get("/console/lots").get_data(as_text=True)


def test_posts_without_the_form_token_change_nothing(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    answer = lan.post(f"/console/products/{world.product}", {"story": "thay đổi"}, token=False)
    assert answer.status_code == 400
    with database.reading() as session:
        assert session.get_one(Product, world.product).story != "thay đổi"


def test_a_lot_is_opened_and_printed(signed_in: SignIn, world: World, database: Database) -> None:
    lan = signed_in("lan")
    page = lan.get(f"/console/products/{world.product}/lots/new").get_data(as_text=True)
    assert 'name="declared"' in page
    facts = {
        "code": "l-moi-01",
        "declared": "1.000",
        "made_on": "2026-11-20",
        "expires_on": "20/11/2027",
    }
    answer = lan.post(f"/console/products/{world.product}/lots/new", facts)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    with database.reading() as session:
        lot = session.scalars(select(Lot).where(Lot.code == "L-MOI-01")).one()
    assert (lot.declared, f"{lot.expires_on:%d/%m/%Y}") == (1000, "20/11/2027")
    answer = lan.post(
        f"/console/lots/{lot.id}/print",
        {"layout": "a4-24", "form": "short", "count": "24", "start_at": "1", "do": "print"},
    )
    assert answer.status_code == 303
    with database.reading() as session:
        run = session.scalars(select(PrintRun)).one()
        assert (run.count, run.layout_name, run.lot_id) == (24, "a4-24", lot.id)
    state = lan.get(f"/console/runs/{run.id}/state").get_json()
    assert state == {"state": "queued", "done": 0, "total": 1}
    assert lan.get(f"/console/runs/{run.id}/labels.pdf").status_code == 404


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"declared": "nhiều"}, "không phải số nguyên"),
        ({"made_on": "31/02/2026"}, "không phải ngày tháng"),
    ],
)
def test_wrong_input_comes_back_with_what_was_typed(
    signed_in: SignIn, world: World, facts: dict[str, str], words: str
) -> None:
    lan = signed_in("lan")
    given = {
        "code": "L-X",
        "declared": "10",
        "made_on": "",
        "expires_on": "",
        "growing_area": "VN-1",
    } | facts
    answer = lan.post(f"/console/products/{world.product}/lots/new", given)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert words in page
    assert 'value="VN-1"' in page


@pytest.mark.parametrize(
    ("lot", "facts", "words"),
    [
        ("lot", {"count": "5000"}, "còn được in"),
        ("expired_lot", {"count": "5"}, "không được in sao"),
        ("lot", {"count": "5", "start_at": "99"}, "99"),
    ],
)
def test_a_run_that_may_not_be_is_refused_with_the_reason(
    signed_in: SignIn, world: World, database: Database, lot: str, facts: dict[str, str], words: str
) -> None:
    lan = signed_in("lan")
    given = {"layout": "a4-65", "form": "short", "start_at": "1", "do": "print"} | facts
    answer = lan.post(f"/console/lots/{getattr(world, lot)}/print", given)
    assert answer.status_code == 409
    assert words in answer.get_data(as_text=True)
    with database.reading() as session:
        assert session.scalars(select(PrintRun)).all() == []


def test_voiding_on_the_page_frees_the_quantity(
    signed_in: SignIn, world: World, database: Database, settings
) -> None:
    from labelsvc.files import Files
    from labelsvc.worker.tasks import run_inline

    with database.writing() as session:
        lot = session.get_one(Lot, world.lot)
        run = print_run.start_run(
            session, lot=lot, layout_name="a4-65", count=10, base_url=settings.base_url, actor="user:1"
        )  # fmt: skip
        run_id, job_id, before = run.id, run.job_id, print_run.balance(session, lot).remaining
    assert job_id is not None
    run_inline(database, Files(settings.files), settings, job_id)
    lan = signed_in("lan")
    assert lan.get(f"/console/runs/{run_id}/labels.pdf").data.startswith(b"%PDF")
    assert lan.post(f"/console/runs/{run_id}/void", {"first": "3", "last": "99", "reason": "x"}).status_code == 400  # fmt: skip
    answer = lan.post(
        f"/console/runs/{run_id}/void", {"first": "3", "last": "6", "reason": "Lệch khổ"}
    )
    assert answer.status_code == 302
    with database.reading() as session:
        assert print_run.balance(session, session.get_one(Lot, world.lot)).remaining == before + 4


def test_previews_show_the_own_data(signed_in: SignIn, world: World) -> None:
    lan = signed_in("lan")
    answer = lan.get(f"/console/lots/{world.lot}/preview/a4-65.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.data.startswith(b"<svg")
    assert (
        lan.get(f"/console/lots/{world.lot}/preview/nope.svg").status_code == 200
    )  # says so in words
