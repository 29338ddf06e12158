"""Criteria sets that an import guessed: seen on the overview, confirmed one by one or many at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from labelsvc.catalogue.models import Producer, Product
from labelsvc.db import Database
from tests import world as worlds
from tests.factories import make_product
from tests.web.desk import Desk


@pytest.fixture
def guessed(database: Database, world: worlds.World) -> list[int]:
    with database.writing() as session:
        owner = session.get_one(Producer, world.producer)
        return [
            make_product(session, producer=owner, name=name, set_number=number, set_guessed=True).id
            for name, number in (("Miến dong", 6), ("Bún khô", 6), ("Lụa vân", 22))
        ]


def held(database: Database, numbers: list[int]) -> list[tuple[int, bool]]:
    with database.reading() as session:
        found = [session.get_one(Product, number) for number in numbers]
        return [(one.set_number, one.set_guessed) for one in found]


def test_the_overview_counts_them_and_the_list_names_the_sets(
    desk: Callable[[str], Desk], guessed: list[int]
) -> None:
    office = desk("office")
    assert "3 products whose criteria set was guessed" in office.words("/office/")
    page = office.words("/office/sets")
    assert "3 to confirm" in page
    assert "Miến dong" in page
    narrow = office.get("/office/sets?set=22").text
    assert "Lụa vân" in narrow
    assert "Miến dong" not in narrow
    assert "The criteria set was guessed" in office.words(f"/office/products/{guessed[0]}")


def test_one_is_confirmed_from_its_own_page(
    desk: Callable[[str], Desk], database: Database, guessed: list[int]
) -> None:
    form = {"one": guessed[0], f"set-{guessed[0]}": 6, "next": f"/office/products/{guessed[0]}"}
    answer = desk("office").post("/office/sets", form)
    assert answer.location == f"/office/products/{guessed[0]}"
    assert held(database, guessed) == [(6, False), (6, True), (22, True)]


def test_the_ticked_are_confirmed_each_with_the_set_that_was_chosen(
    desk: Callable[[str], Desk], database: Database, guessed: list[int]
) -> None:
    chosen = dict(zip(guessed, (6, 5, 21), strict=True))
    form = {f"set-{number}": one for number, one in chosen.items()}
    office = desk("office")
    office.post("/office/sets", form | {"product": guessed[1:], "do": "ticked"})
    assert held(database, guessed) == [(6, True), (5, False), (21, False)]
    assert "1 to confirm" in office.words("/office/sets")


def test_a_whole_page_is_confirmed_at_once(
    desk: Callable[[str], Desk], database: Database, guessed: list[int]
) -> None:
    form = {f"set-{number}": 6 for number in guessed} | {"shown": guessed, "do": "all"}
    office = desk("office")
    office.post("/office/sets", form)
    assert held(database, guessed) == [(6, False)] * 3
    assert "Nothing to confirm" in office.words("/office/sets")
    assert "guessed by an import" not in office.words("/office/")


@pytest.mark.parametrize("number", ["27", "0", "", "x", "-1"])
def test_a_set_that_does_not_exist_confirms_nothing(
    desk: Callable[[str], Desk], database: Database, guessed: list[int], number: str
) -> None:
    form = {f"set-{one}": 6 for one in guessed} | {f"set-{guessed[2]}": number, "product": guessed}
    assert desk("office").post("/office/sets", form).status_code == 400
    assert all(waits for _, waits in held(database, guessed))


def test_nothing_ticked_is_said(desk: Callable[[str], Desk], guessed: list[int]) -> None:
    answer = desk("office").post("/office/sets", {"do": "ticked"})
    assert answer.status_code == 400
    assert "No product is ticked" in answer.text


def test_editing_something_else_leaves_the_guess_a_guess(
    desk: Callable[[str], Desk], database: Database, guessed: list[int]
) -> None:
    form = {"name": "Miến dong", "set_number": "6", "risk_level": "low", "storage": "Nơi khô"}
    office = desk("office")
    assert office.post(f"/office/products/{guessed[0]}/edit", form).status_code == 302
    assert held(database, guessed[:1]) == [(6, True)]
    office.post(f"/office/products/{guessed[0]}/edit", form | {"set_number": "7"})
    assert held(database, guessed[:1]) == [(7, False)]


def test_auditors_see_the_guesses_and_no_form(
    desk: Callable[[str], Desk], guessed: list[int]
) -> None:
    page = desk("auditor").get("/office/sets").text
    assert "Miến dong" in page
    assert "<select" not in page.partition("<table")[2]
