"""The layout that the wizard begins with, and why others cannot be printed."""

from __future__ import annotations

import re

import pytest

from labelsvc.catalogue.models import Lot, Product
from labelsvc.db import Database
from labelsvc.labels.layouts import library
from tests.factories import make_lot
from tests.web.console.producer.test_products import SignIn
from tests.web.desk import seen
from tests.world import World

_CARD = re.compile(
    r'<label( class="unfit")?><span class="picture">.*?name="layout" value="([^"]+)"( checked)?>.*?</label>',
    re.DOTALL,
)


def cards(page: str) -> dict[str, tuple[bool, bool]]:
    """Layout → is it greyed, is it chosen."""
    return {name: (bool(grey), bool(chosen)) for grey, name, chosen in _CARD.findall(page)}


def chosen(page: str) -> str:
    (found,) = [name for name, (_, checked) in cards(page).items() if checked]
    return found


def test_without_a_decision_a_layout_without_stars_is_chosen_and_nothing_is_red(
    signed_in: SignIn, world: World
) -> None:
    page = signed_in("lan").get(f"/console/lots/{world.expired_lot}/print").get_data(as_text=True)
    assert chosen(page) == "a4-65-plain"
    assert 'class="problems"' not in page and 'id="blocked"' not in page
    shown = cards(page)
    assert {name for name, (grey, _) in shown.items() if grey} == {
        layout.name for layout in library.for_packs() if not layout.blank and layout.shows_stars
    } | {"scratch-50x30"}  # fmt: skip
    assert page.count("Có sao: cần quyết định còn hiệu lực") > 5
    assert page.count("Dành cho mã trong") == 1


def test_a_long_name_makes_small_layouts_grey(
    signed_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session:
        found = session.get_one(Product, world.product)
        found.name = "Bánh chè lam nếp cái hoa vàng ủ lá chuối khô làng cổ, hộp quà biếu Tết Nguyên đán, 24 chiếc"
    page = signed_in("lan").get(f"/console/lots/{world.lot}/print")
    assert cards(page.get_data(as_text=True))["a4-65"] == (True, False)
    assert "Quá nhỏ so với chữ của sản phẩm" in seen(page)
    refused = seen(signed_in("lan").get(f"/console/lots/{world.lot}/print?layout=a4-65"))
    assert "quá dài so với mẫu tem này" in refused
    assert " pt" not in refused and "a4-65" not in refused


@pytest.mark.parametrize("set_number", [1, 12, 21, 22])
def test_the_full_label_of_food_is_for_food(
    signed_in: SignIn, world: World, database: Database, set_number: int
) -> None:
    with database.writing() as session:
        session.get_one(Product, world.product).set_number = set_number
    said = seen(signed_in("lan").get(f"/console/lots/{world.lot}/print"))
    assert ("Dành cho đồ ăn, đồ uống" in said) is (set_number > 18)


def test_what_was_printed_last_is_chosen_again(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    assert chosen(lan.get(f"/console/lots/{world.lot}/print").get_data(as_text=True)) == "a4-65"
    given = {"layout": "a4-24", "count": "5", "form": "short", "start_at": "1", "do": "print"}
    answer = lan.post(f"/console/lots/{world.lot}/print", given)
    assert answer.status_code == 303, seen(answer)
    with database.writing() as session:
        other = make_lot(session, session.get_one(Lot, world.lot).product, code="L-SAU").id
    page = lan.get(f"/console/lots/{other}/print").get_data(as_text=True)
    assert chosen(page) == "a4-24" and 'name="count" type="text" value="24"' in page


@pytest.mark.parametrize(
    ("sent", "count"),
    [
        ({"layout": "a4-24", "count": "65", "proposed": "65"}, 24),
        ({"layout": "a4-24", "count": "66", "proposed": "65"}, 66),
        ({"layout": "a4-8", "count": "24", "proposed": "24"}, 8),
        ({"layout": "roll-50x30", "count": "65", "proposed": "65"}, 942),  # all that are left
        ({"layout": "a4-24", "count": "65"}, 65),
    ],
)
def test_the_number_follows_the_layout_until_somebody_types(
    signed_in: SignIn, world: World, sent: dict[str, str], count: int
) -> None:
    answer = signed_in("lan").post(f"/console/lots/{world.lot}/print", sent | {"do": "look"})
    assert f'name="count" type="text" value="{count}"' in answer.get_data(as_text=True)
