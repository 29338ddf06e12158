"""The scan page says what can be compared: what the layout of the label prints, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from labelsvc.catalogue.models import Lot
from labelsvc.codes.register import blank
from labelsvc.codes.register.issue import load_keyring
from labelsvc.db import Database
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.layouts.writing import dumps
from labelsvc.labels.runs import blank_roll
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from tests.web.desk import BASE
from tests.world import World

CHARACTERS = "Hãy so với các ký tự in dưới hình QR."
PERHAPS = "Hãy so với các ký tự dưới hình QR, nếu có in."
ADDRESS = "Hãy so địa chỉ trên trình duyệt với địa chỉ in trên tem: phải là qr.example.vn."
ALL = (CHARACTERS, PERHAPS, ADDRESS)


def bare() -> Layout:
    """Seals that print neither."""
    text = dumps(library.get("a4-65-plain")).replace("{host}", "OCOP")
    return load(text, source="bare.toml")


def page(client: FlaskClient, path: str) -> str:
    return client.get(path, base_url=BASE, headers={"Accept-Language": "vi"}).text


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (lambda: "a4-24", CHARACTERS),
        (lambda: "roll-50x30", CHARACTERS),
        (lambda: "a4-65", ADDRESS),
        (lambda: "round-30", ADDRESS),
        (lambda: "roll-35x22", ADDRESS),
        (bare, ""),
    ],
)
def test_a_run_is_compared_by_what_its_layout_prints(
    client: FlaskClient, database: Database, settings: Settings, world: World,
    layout: Callable[[], str | Layout], said: str,
) -> None:  # fmt: skip
    with database.writing() as session:
        run = print_run.start_run(session, print_run.RunRequest(lot=session.get_one(Lot, world.lot), layout=layout(), count=1, base_url=settings.base_url), actor="test")  # fmt: skip
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        (code,) = run.codes(ring)
    text = page(client, code[len(BASE) :])
    assert [words for words in ALL if words in text] == ([said] if said else [])
    answer = client.get(code[len(BASE) :] + "?format=json", base_url=BASE).json
    assert answer is not None and "compare" not in answer


def test_labels_that_were_printed_elsewhere_are_compared_if_there_is_something(
    client: FlaskClient, world: World
) -> None:
    text = page(client, world.codes["in_force"])
    assert [words for words in ALL if words in text] == [PERHAPS]
    text = page(client, world.codes["offline"])
    assert [words for words in ALL if words in text] == []


def test_pages_of_wrong_codes_do_not_promise_characters(client: FlaskClient, world: World) -> None:
    for name in ("malformed", "not_issued"):
        text = page(client, world.codes[name])
        assert "nếu có in" in text and "ký tự in dưới" not in text, name


def test_a_bound_blank_label_is_compared_by_the_layout_of_its_roll(
    client: FlaskClient, database: Database, settings: Settings, world: World
) -> None:
    with database.writing() as session:
        lot = session.get_one(Lot, world.lot)
        roll = blank_roll.start_roll(session, blank_roll.RollRequest(producer=lot.product.producer, layout="blank-a4-65", count=2, base_url=settings.base_url), actor="test")  # fmt: skip
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        code = roll.codes(ring)[0]
        blank.bind(session, lot=lot, first=roll.blank.first, last=roll.blank.first + 1, by="test")
    text = page(client, code[len(BASE) :])
    assert [words for words in ALL if words in text] == [CHARACTERS]
