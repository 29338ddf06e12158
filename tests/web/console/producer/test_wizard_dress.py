"""Family and colour in the wizard: chosen by pictures, printed and kept as chosen."""

from __future__ import annotations

import pytest

from labelsvc.catalogue.models import Lot
from labelsvc.db import Database
from labelsvc.labels.models import PrintRun
from tests.web.console.producer.test_products import SignIn
from tests.world import World

LONG = "Nước mắm nhĩ cá cơm than Cát Hải ủ chượp trong thùng gỗ bời lời mười tám tháng"
BASE = {"layout": "a4-24", "form": "short", "count": "10", "start_at": "1"}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({}, "a4-24"),
        ({"family": ""}, "a4-24"),
        ({"family": "gom", "palette": "lam"}, "a4-24--gom-lam"),
        ({"family": "gom", "palette": "den"}, "a4-24--gom-den"),
        # A palette of the family that was chosen before.
        ({"family": "matong", "palette": "ngoc"}, "a4-24--matong-mat"),
        ({"family": "gom", "palette": "own", "own": "#C0392B"}, "a4-24--gom-c0392b"),
        ({"family": "che", "palette": "luc", "layout": "roll-50x30"}, "roll-50x30--che-luc"),
    ],
)
def test_a_run_prints_and_keeps_the_dress_that_was_chosen(
    signed_in: SignIn, world: World, database: Database, asked: dict[str, str], kept: str
) -> None:
    lan = signed_in("lan")
    sent = BASE | asked | {"do": "print"}
    assert lan.post(f"/console/lots/{world.lot}/print", sent).status_code == 303
    with database.reading() as session:
        (run,) = session.query(PrintRun)
        assert run.layout_name == kept
        assert f'name = "{kept}"' in run.layout_toml
        page = f"/console/runs/{run.id}"
    assert ("Gốm" in lan.get(page).text) == ("gom" in kept)


def test_every_family_is_shown_by_a_picture_of_the_own_label(
    signed_in: SignIn, world: World
) -> None:
    lan = signed_in("lan")
    page = lan.post(f"/console/lots/{world.lot}/print", BASE | {"family": "lua", "palette": "lam"})
    for name in ("lua-lam", "gom-lam", "sonmai-lam", "che-lam", "toigian-lam"):
        assert f"a4-24--{name}.svg" in page.text
        picture = lan.get(f"/console/lots/{world.lot}/preview/a4-24--{name}.svg")
        assert picture.status_code == 200
        assert "<path" in picture.text


@pytest.mark.parametrize("name", ["a4-24--gom", "a4-24--gom-", "a4-24--nix-lam", "nix--gom-lam"])
def test_a_picture_of_a_dress_that_there_is_not(signed_in: SignIn, world: World, name: str) -> None:
    answer = signed_in("lan").get(f"/console/lots/{world.lot}/preview/{name}.svg")
    assert answer.status_code == 404


def test_an_unknown_family_or_colour_is_refused_and_nothing_printed(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan = signed_in("lan")
    for asked in ({"family": "nix"}, {"family": "gom", "palette": "own", "own": "blue"}):
        answer = lan.post(f"/console/lots/{world.lot}/print", BASE | asked | {"do": "print"})
        assert answer.status_code == 409
    with database.reading() as session:
        assert not session.query(PrintRun).count()


def test_words_that_need_the_room_of_the_band_get_it(
    signed_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session:
        session.get_one(Lot, world.lot).product.name = LONG
    lan = signed_in("lan")
    sent = BASE | {"layout": "a4-65", "family": "gom", "palette": "lam"}
    plain = lan.post(f"/console/lots/{world.lot}/print", sent | {"family": ""})
    page = lan.post(f"/console/lots/{world.lot}/print", sent)
    assert ("không vừa" in page.text) == ("không vừa" in plain.text)


def test_labels_without_the_band_are_still_cut_out_of_plain_paper(
    signed_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session:
        session.get_one(Lot, world.lot).product.name = LONG
    sent = BASE | {"family": "gom", "palette": "lam", "paper": "plain", "do": "print"}
    answer = signed_in("lan").post(f"/console/lots/{world.lot}/print", sent)
    assert answer.status_code == 303
    with database.reading() as session:
        (run,) = session.query(PrintRun)
        assert "--gom-lam-hep" in run.layout_name and "marks = true" in run.layout_toml
