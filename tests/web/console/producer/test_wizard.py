"""The choices of the wizard beside layout and count: cells, copies, order, spares, own layouts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from labelsvc.catalogue.models import Lot, Product
from labelsvc.db import Database
from labelsvc.labels import own_layouts
from labelsvc.labels.layouts import library
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs.parts import layout_of
from labelsvc.labels.runs.rules import balance
from labelsvc.labels.sheets.imprint import Imprint
from tests.web.console.producer.test_products import SignIn
from tests.web.desk import seen
from tests.world import World

BASE = {"layout": "a4-65", "form": "short", "count": "10", "start_at": "1"}


def runs(database: Database) -> list[PrintRun]:
    with database.reading() as session:
        return list(session.query(PrintRun).order_by(PrintRun.id))


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, Imprint()),
        ({"start_at": "7"}, Imprint(start_at=7)),
        ({"used": ["3", "1", "3"]}, Imprint(used=(1, 3))),
        ({"order": "down"}, Imprint(order="down")),
        ({"copies": "3", "collate": "each"}, Imprint(copies=3, collate=False)),
        ({"copies": "2", "collate": "sets"}, Imprint(copies=2)),
        ({"spares": "5"}, Imprint(spares=5)),
        ({"usual_spares": "1"}, Imprint(spares=3)),
        ({"usual_spares": "1", "spares": "40"}, Imprint(spares=3)),
        # Print shops count labels, not codes.
        ({"usual_spares": "1", "copies": "6"}, Imprint(copies=6, spares=5)),
    ],
)
def test_what_is_chosen_is_what_is_printed(
    signed_in: SignIn, world: World, database: Database, facts: dict[str, Any], wanted: Imprint
) -> None:
    lan = signed_in("lan")
    answer = lan.post(f"/console/lots/{world.lot}/print", BASE | facts | {"do": "print"})
    assert answer.status_code == 303
    (run,) = runs(database)
    assert run.start_at == wanted.start_at
    assert Imprint.from_json(run.imprint | {"start_at": run.start_at}) == wanted


@pytest.mark.parametrize("guessed", [True, False])
def test_a_guessed_set_is_told_where_the_law_leans_on_it(
    signed_in: SignIn, world: World, database: Database, guessed: bool
) -> None:
    with database.writing() as session:
        session.get_one(Product, world.product).set_guessed = guessed
    lan = signed_in("lan")
    for path in (f"/console/lots/{world.lot}/print", f"/console/products/{world.product}"):
        words = seen(lan.get(path))
        assert ("chỉ được đoán từ tên sản phẩm" in words) is guessed, path
        assert ("Hãy nhờ Văn phòng OCOP xác nhận:" in words) is guessed, path


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"used": [str(n) for n in range(1, 66)]}, "đã dùng"),
        ({"used": ["66"]}, "66"),
        ({"copies": "21"}, "21"),
        ({"copies": "hai"}, "hai"),
        ({"spares": "-1"}, "-1"),
        ({"spares": "999999"}, "bù hao"),
    ],
)
def test_impossible_choices_are_told_and_nothing_is_printed(
    signed_in: SignIn, world: World, database: Database, facts: dict[str, Any], words: str
) -> None:
    lan = signed_in("lan")
    answer = lan.post(f"/console/lots/{world.lot}/print", BASE | facts | {"do": "print"})
    assert answer.status_code == 409
    assert words in seen(answer)
    assert runs(database) == []


def test_used_cells_are_left_out_of_the_picture_of_the_sheet(
    signed_in: SignIn, world: World
) -> None:
    lan = signed_in("lan")
    page = lan.post(
        f"/console/lots/{world.lot}/print", BASE | {"count": "2", "used": ["1", "3"], "do": "look"}
    ).get_data(as_text=True)
    states = dict(re.findall(r'data-cell="(\d+)" data-state="(\w+)"', page))
    assert [n for n, state in states.items() if state in ("next", "filled")] == ["2", "4"]
    assert [n for n, state in states.items() if state == "used"] == ["1", "3"]


def test_full_sheets_are_counted_without_used_cells_and_by_copies(
    signed_in: SignIn, world: World
) -> None:
    lan = signed_in("lan")
    page = seen(
        lan.post(
            f"/console/lots/{world.lot}/print",
            BASE | {"used": ["1", "3", "5"], "copies": "2", "do": "look", "sheets": "1"},
        )
    )
    assert "1 tờ: 31 tem" in page  # 62 free cells, two labels of each code


def test_own_layouts_stand_first_and_blank_ones_are_not_offered(
    signed_in: SignIn, world: World, database: Database
) -> None:
    text = library.source("a4-65-plain").replace('"a4-65-plain"', '"tem-cua-toi"')
    text = text.replace("Tem A4, 65 con, không có sao", "Tem của tôi")
    with database.writing() as session:
        own_layouts.save_layout(
            session,
            producer_id=world.producer,
            written=own_layouts.read(session, world.producer, text),
            actor="user:1",
        )
    lan = signed_in("lan")
    path = f"/console/lots/{world.lot}/print"
    page = lan.get(path).get_data(as_text=True)
    offered = [part.partition('"')[0] for part in page.split('name="layout" value="')[1:]]
    assert offered[0] == "tem-cua-toi"
    assert not [name for name in offered if name.startswith("blank-")]
    assert "Tem của tôi" in page
    picture = lan.get(f"/console/lots/{world.lot}/preview/tem-cua-toi.svg")
    assert picture.data.startswith(b"<svg")
    answer = lan.post(path, BASE | {"layout": "tem-cua-toi", "do": "print"})
    assert answer.status_code == 303
    assert runs(database)[0].layout_name == "tem-cua-toi"
    assert "Tem của tôi" in seen(lan.get("/console/runs"))
    hung = signed_in("hung")
    assert "Tem của tôi" not in seen(hung.get(f"/console/lots/{world.stranger_lot}/print"))


def test_pressing_twice_makes_one_run_but_other_choices_make_another(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    path = f"/console/lots/{world.lot}/print"
    form = BASE | {"copies": "2", "after": "0", "do": "print"}
    first = lan.post(path, form).location
    assert lan.post(path, form).location == first
    assert len(runs(database)) == 1
    assert lan.post(path, form | {"copies": "3"}).location != first
    assert len(runs(database)) == 2


def test_pressing_twice_leads_to_the_run_also_when_it_took_all_that_was_left(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    path = f"/console/lots/{world.lot}/print"
    with database.reading() as session:
        left = balance(session, session.get_one(Lot, world.lot)).remaining
    form = BASE | {"count": str(left), "after": "0", "do": "print"}
    first = lan.post(path, form)
    assert first.status_code == 303
    again = lan.post(path, form)
    assert (again.status_code, again.location) == (303, first.location)
    assert len(runs(database)) == 1
    assert lan.post(path, form | {"count": "1"}).status_code == 409


@pytest.mark.parametrize("name", [layout.name for layout in library.for_packs()])
def test_the_first_form_of_the_layout_is_chosen_until_another_is(
    signed_in: SignIn, world: World, name: str
) -> None:
    layout = library.get(name)
    if layout.blank:
        pytest.skip("for blank rolls")
    page = signed_in("lan").get(f"/console/lots/{world.lot}/print?layout={name}").text
    (checked,) = re.findall(r'name="form" value="(\w+)" checked', page)
    assert checked == layout.forms[0]


def test_plain_paper_is_a_choice_in_words_and_the_run_keeps_it(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan, path = signed_in("lan"), f"/console/lots/{world.lot}/print"
    page = lan.get(path, query_string={"layout": "a4-12", "paper": "plain", "count": "2"}).text
    assert 'value="plain" checked' in page and "in một mặt" in page
    form = BASE | {"layout": "a4-12", "count": "2", "after": "0", "do": "print"}
    assert lan.post(path, form).status_code == 303
    assert lan.post(path, form | {"paper": "plain"}).status_code == 303
    on_sheet, cut_out = (layout_of(run) for run in runs(database))
    assert (on_sheet.sheet.marks, cut_out.sheet.marks) == (False, True)
    assert {on_sheet.edition, cut_out.edition} == {2}
