"""A lot like the last one, sent by a telephone whose signal breaks: none is lost, none is doubled."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from labelsvc.catalogue.models import Lot
from labelsvc.db import Database
from labelsvc.labels.models import PrintRun, SentAct
from labelsvc.labels.runs import repeat
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from tests.web.console.producer.test_products import SignIn
from tests.web.desk import Desk, seen
from tests.world import World

FIRST = {"layout": "a4-24", "form": "short", "count": "24", "start_at": "1", "do": "print"}
#: Where the signal breaks, or what else happens on the way of an act.
CUTS = ("", "before", "inside", "after", "doubled", "restart")
#: Acts of the trial; LABELSVC_ACTS=1000 is the whole one.
ACTS = int(os.environ.get("LABELSVC_ACTS", "25"))


def test_it_repeats_what_was_printed_last(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan, page = signed_in("lan"), f"/console/products/{world.product}/again"
    empty = lan.get(page)
    assert (empty.status_code, empty.location) == (
        302,
        f"/console/products/{world.product}/lots/new",
    )
    assert lan.post(f"/console/lots/{world.lot}/print", FIRST | {"copies": "2"}).status_code == 303
    assert "24 con 70 × 37 mm" in seen(lan.get(page))
    answer = lan.post(page, {"uid": "a" * 32, "declared": "36", "made_on": ""})
    assert answer.status_code == 303 and lan.get(answer.location).status_code == 200
    with database.reading() as session:
        run = session.scalars(select(PrintRun).order_by(PrintRun.id.desc())).first()
        assert run is not None
        assert (run.layout_name, run.count, run.lot.declared) == ("a4-24", 36, 36)
        assert run.imprint["copies"] == 2 and run.lot.code != "L-MAIN"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"uid": "short"}, "đã bị thay đổi"),
        ({"uid": "x' OR 1=1 --xxxxxxxxxx"}, "đã bị thay đổi"),
        ({"declared": ""}, "không phải là số"),
        ({"declared": "0"}, "từ 1 đến"),
        ({"made_on": "01/01/1926"}, "cách đây hơn năm năm"),
    ],
)
def test_what_is_wrong_is_said_to_people_and_telephones_and_opens_no_lot(
    signed_in: SignIn, world: World, database: Database, facts: dict[str, str], words: str
) -> None:
    lan, page = signed_in("lan"), f"/console/products/{world.product}/again"
    lan.post(f"/console/lots/{world.lot}/print", FIRST)
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Lot))
    given = {"uid": "b" * 32, "declared": "5", "made_on": ""} | facts
    shown = lan.post(page, given)
    assert words in seen(shown) and 'name="declared"' in shown.get_data(as_text=True)
    told = lan.post(page, given, environ_overrides={"HTTP_ACCEPT": "application/json"})
    assert told.status_code >= 400 and any(words in one for one in told.json["problems"])
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Lot)) == before


def test_the_word_of_an_act_belongs_to_its_sender(
    signed_in: SignIn, world: World, database: Database
) -> None:
    """Somebody else's act of the same word is another act, and leads nobody to a stranger's run."""
    uid, given = "c" * 32, {"declared": "5", "made_on": ""}
    lan, hung = signed_in("lan"), signed_in("hung")
    lan.post(f"/console/lots/{world.lot}/print", FIRST)
    hung.post(f"/console/lots/{world.stranger_lot}/print", FIRST | {"layout": "a4-65"})
    mine = lan.post(f"/console/products/{world.product}/again", given | {"uid": uid})
    theirs = hung.post(f"/console/products/{world.stranger_product}/again", given | {"uid": uid})
    assert mine.status_code == theirs.status_code == 303 and mine.location != theirs.location
    assert hung.get(mine.location).status_code == 404


class Cut(Exception):
    """The signal broke."""


@dataclass
class Phone:
    """Do as `outbox.js`: keep each act until an answer has come, and send it again until then."""

    desk: Desk
    path: str
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    entered: dict[str, str] = field(default_factory=dict)

    def act(self, number: int) -> None:
        uid = f"{number:032x}"
        self.kept[uid] = {"uid": uid, "declared": str(number + 1), "made_on": ""}

    def send(self, uid: str, cut: str) -> None:
        """Send once; *cut* is where the signal breaks."""
        if cut == "before":
            raise Cut
        headers = {"Accept": "application/json"}
        for _ in range(2 if cut == "doubled" else 1):
            answer = self.desk.post(self.path, self.kept[uid], headers=headers)
        if cut == "after" or answer.status_code >= 500:
            raise Cut
        assert answer.status_code == 200, answer.text
        page = answer.json["page"]
        assert self.entered.setdefault(uid, page) == page, "two answers that contradict"
        del self.kept[uid]


def test_no_act_is_lost_or_doubled(
    app: Flask,
    database: Database,
    settings: Settings,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = random.Random(20)
    desk = Desk(app, database, "lan")
    desk.post(f"/console/lots/{world.lot}/print", FIRST)
    phone = Phone(desk, f"/console/products/{world.product}/again")
    whole, cut_inside = repeat.start_run, False

    def may_break(*args: Any, **named: Any) -> PrintRun:
        run = whole(*args, **named)
        if cut_inside:
            raise Cut  # the process dies with everything written and nothing committed
        return run

    monkeypatch.setattr(repeat, "start_run", may_break)
    with database.reading() as session:
        lots, runs = (
            session.scalar(select(func.count()).select_from(t)) or 0 for t in (Lot, PrintRun)
        )
    for number in range(ACTS):
        phone.act(number)
    while phone.kept:
        uid = chance.choice(sorted(phone.kept))
        cut = chance.choices(CUTS, weights=(20, 10, 10, 10, 9, 1))[0]
        cut_inside = cut == "inside"
        if cut == "restart":  # of the service: it knows what the database knows
            desk.client = _restarted(settings, database, desk)
        try:
            phone.send(uid, cut)
        except Cut:
            continue
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Lot)) == lots + ACTS
        assert session.scalar(select(func.count()).select_from(PrintRun)) == runs + ACTS
        acts = {row.uid: row.run for row in session.scalars(select(SentAct))}
        assert {uid: f"/console/runs/{run.id}" for uid, run in acts.items()} == phone.entered
        declared = Counter(run.lot.declared for run in acts.values())
        assert declared == Counter(range(1, ACTS + 1))
        assert {run.lot.product_id for run in acts.values()} == {world.product}


def _restarted(settings: Settings, database: Database, desk: Desk) -> Any:
    """A browser with the same cookies before a service that has just started."""
    client = create_app(settings, database).test_client()
    client._cookies = desk.client._cookies
    return client
