"""Blank rolls on the pages: printed, scanned, confirmed, bound; only one's own, and only once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from labelsvc import clock
from labelsvc.catalogue.models import Lot, Producer
from labelsvc.codes.models import Issue
from labelsvc.codes.register import blank
from labelsvc.codes.register.issue import load_keyring
from labelsvc.db import Database
from labelsvc.errors import ReadBackFailed
from labelsvc.files import Files
from labelsvc.labels import own_layouts
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.writing import dumps
from labelsvc.labels.models import BlankRoll, Printer
from labelsvc.labels.runs import blank_roll
from labelsvc.labels.runs import render as render_run
from labelsvc.settings import Settings
from labelsvc.worker import tasks
from tests.web.desk import Desk, seen
from tests.world import World

Sit = Callable[[str], Desk]


def start(database: Database, settings: Settings, producer_id: int, **facts: object) -> int:
    """A queued roll."""
    given = {"layout": "blank-35x22", "count": 20} | facts
    with database.writing() as session:
        return blank_roll.start_roll(
            session,
            blank_roll.RollRequest(
                producer=session.get_one(Producer, producer_id), base_url=settings.base_url, **given
            ),
            actor="user:1",
        ).id


def render(database: Database, settings: Settings, roll_id: int) -> None:
    with database.reading() as session:
        job_id = session.get_one(BlankRoll, roll_id).job_id
    assert job_id is not None
    tasks.run_inline(database, Files(settings.files), settings, job_id)


def codes(database: Database, settings: Settings, roll_id: int) -> list[str]:
    with database.reading() as session:
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        return session.get_one(BlankRoll, roll_id).codes(keyring)


def bound(database: Database, roll_id: int) -> list[tuple[int, int, int]]:
    """First label, last label and lot of what is bound."""
    with database.reading() as session:
        parts = blank.bound_parts(session, session.get_one(BlankRoll, roll_id).blank)
        return [(part.first, part.last, part.issue.lot_id) for part in parts]


def stranger(database: Database, world: World) -> int:
    """The producer of the other lot."""
    with database.reading() as session:
        return session.get_one(Lot, world.stranger_lot).product.producer_id


def test_a_roll_is_ordered_made_fetched_and_its_page_says_how_well_it_reads(
    desk: Sit, database: Database, settings: Settings
) -> None:
    lan = desk("lan")
    assert "No blank roll yet" in lan.words("/console/blanks")
    answer = lan.post(
        "/console/blanks/new", {"layout": "blank-a4-65", "count": "70", "start_at": "3", "spares": "5"}
    )  # fmt: skip
    assert answer.status_code == 303
    page = answer.headers["Location"]
    with database.reading() as session:
        roll = session.scalars(select(BlankRoll)).one()
        assert (roll.count, roll.start_at, roll.imprint["spares"]) == (70, 3, 5)
        assert roll.created_by.startswith("user:")
    assert lan.get(f"{page}/state").get_json()["state"] == "queued"
    assert lan.get(f"{page}/labels").status_code == 404
    assert "The labels are being made" in lan.words(page)
    render(database, settings, roll.id)
    words = lan.words(page)
    assert "70 of 70 codes read back" in words
    assert "at 600 dpi" in words
    assert "Nothing is bound yet" in words
    got = lan.get(f"{page}/labels")
    assert got.data.startswith(b"%PDF-")
    assert f"TRANG-{roll.id}" in got.headers["Content-Disposition"]
    assert int(got.headers["Content-Length"]) == len(got.data)


def test_only_layouts_that_name_no_goods_are_offered_own_ones_first(
    desk: Sit, database: Database, world: World
) -> None:
    mine = library.get("blank-35x22").model_copy(
        update={"name": "tem-cua-toi", "title_vi": "Tem của tôi <b>"}
    )
    with database.writing() as session:
        theirs = mine.model_copy(update={"name": "tem-cua-hung"})
        for owner, made in ((world.producer, mine), (stranger(database, world), theirs)):
            written = own_layouts.read(session, owner, dumps(made))
            own_layouts.save_layout(session, producer_id=owner, written=written, actor="user:1")
    page = desk("lan").get("/console/blanks/new").text
    offered = [part.split('"')[0] for part in page.split('type="radio" name="layout" value="')[1:]]
    assert offered[0] == "tem-cua-toi"
    assert sorted(offered[1:]) == [n for n in library.names() if n.startswith("blank-")]
    assert "Tem của tôi &lt;b&gt;" in page
    picture = desk("lan").get("/console/blanks/picture/tem-cua-toi.svg")
    assert picture.status_code == 200 and picture.data.startswith(b"<svg")
    foreign = desk("lan").get("/console/blanks/picture/tem-cua-hung.svg")
    assert (foreign.status_code, foreign.mimetype) == (404, "image/svg+xml")
    answer = desk("lan").post("/console/blanks/new", {"layout": "tem-cua-hung", "count": "5"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"count": ""}, "count", "number of labels is missing"),
        ({"count": "nhiều"}, "count", "not a whole number"),
        ({"count": "5", "spares": "-1"}, "spares", "not a whole number"),
        ({"count": "9000000"}, "", "cannot be issued at once"),
        ({"count": "5", "layout": "blank-a4-65", "start_at": "66"}, "", "cells 1 to 65"),
        ({"count": "5", "layout": "a4-65"}, "", "tells of goods"),
        ({"count": "5", "layout": "../x"}, "", "no layout"),
        ({"count": "5", "printer": "77"}, "printer", "no such printer"),
    ],
)
def test_what_cannot_be_printed_is_said_beside_its_field_and_takes_no_number(
    desk: Sit, database: Database, form: dict[str, str], field: str, words: str
) -> None:
    answer = desk("lan").post("/console/blanks/new", {"layout": "blank-35x22"} | form)
    assert answer.status_code in (400, 404, 409)
    assert words in seen(answer)
    if field:
        assert f'<a href="#{field}">' in answer.text
    if form["count"]:
        assert f'value="{form["count"]}"' in answer.text  # nothing is typed twice
    layout = form.get("layout", "blank-35x22")
    if layout.startswith("blank-"):
        assert f'name="layout" value="{layout}" checked' in answer.text  # nor chosen
    with database.reading() as session:
        assert session.scalars(select(BlankRoll)).all() == []


def test_a_form_that_is_sent_twice_makes_one_roll(desk: Sit, database: Database) -> None:
    lan = desk("lan")
    form = {"layout": "blank-35x22", "count": "9", "after": "0"}
    first, second = (lan.post("/console/blanks/new", form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    with database.reading() as session:
        assert len(session.scalars(select(BlankRoll)).all()) == 1


def test_a_label_printer_gets_its_own_language(
    desk: Sit, database: Database, settings: Settings, world: World
) -> None:
    with database.writing() as session:
        printer = Printer(
            producer_id=world.producer, name="Zebra xưởng 1", language="zpl", profile={"dpi": 203}
        )
        session.add(printer)
        session.flush()
        printer_id = printer.id
    lan = desk("lan")
    assert "Zebra xưởng 1" in lan.words("/console/blanks/new")
    refused = lan.post(
        "/console/blanks/new", {"layout": "blank-a4-65", "count": "5", "printer": str(printer_id)}
    )
    assert "prints rolls" in seen(refused)
    answer = lan.post(
        "/console/blanks/new", {"layout": "blank-35x22", "count": "5", "printer": str(printer_id)}
    )
    with database.reading() as session:
        roll = session.scalars(select(BlankRoll)).one()
        assert (roll.output, roll.printer_id) == ("zpl", printer_id)
    render(database, settings, roll.id)
    page = answer.headers["Location"]
    assert "Download ZPL" in lan.words(page)
    got = lan.get(f"{page}/labels")
    assert got.data.startswith(b"^XA")
    assert got.mimetype == "application/octet-stream"


def test_two_scans_and_a_look_bind_labels_to_a_lot(
    desk: Sit, database: Database, settings: Settings, world: World
) -> None:
    roll_id = start(database, settings, world.producer)
    render(database, settings, roll_id)
    made, lan = codes(database, settings, roll_id), desk("lan")
    form = {"lot": str(world.lot), "first": made[9], "last": made[5].rpartition("/")[2].lower()}
    look = lan.post("/console/blanks/bind", form | {"do": "look"})
    assert look.status_code == 200
    words = seen(look)
    assert "Bind 5 labels" in words
    assert "6 to 10" in words
    assert "before them are bound to no lot" in words  # 1 to 5 stay in the middle of nothing
    assert bound(database, roll_id) == []
    change = lan.post("/console/blanks/bind", form | {"do": "edit"}).text
    assert f'value="{made[9]}"' in change  # nothing is scanned twice
    assert f'<option value="{world.lot}" selected>' in change
    answer = lan.post("/console/blanks/bind", form | {"do": "bind"})
    assert answer.status_code == 303
    assert bound(database, roll_id) == [(6, 10, world.lot)]
    result = answer.headers["Location"]
    assert "5 labels are bound to lot L-MAIN" in lan.words(result)
    again = lan.post("/console/blanks/bind", form | {"do": "bind"})  # a bad network
    assert again.headers["Location"] == result
    assert len(bound(database, roll_id)) == 1
    assert "5 of 20 labels bound · 15 left" in lan.words(f"/console/blanks/{roll_id}")
    assert "Not bound yet: 1 to 5; 11 to 20" in lan.words(f"/console/blanks/{roll_id}")
    assert "5 of 20 labels bound" in lan.get("/console/blanks").text
    with database.reading() as session:
        issue = session.scalars(select(Issue).order_by(Issue.id.desc())).first()
        assert issue is not None
        assert issue.created_by.startswith("user:")


def test_labels_from_the_end_of_the_roll_raise_no_question(
    desk: Sit, database: Database, settings: Settings, world: World
) -> None:
    roll_id = start(database, settings, world.producer)
    made, lan = codes(database, settings, roll_id), desk("lan")
    for first, last in ((0, 3), (16, 19)):
        form = {"lot": str(world.lot), "first": made[first], "last": made[last], "do": "look"}
        assert "bound to no lot" not in seen(lan.post("/console/blanks/bind", form))


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"lot": ""}, "lot", "No lot was chosen"),
        ({"first": ""}, "first", "No label was scanned"),
        ({"last": "<script>"}, "last", "is not the code of a blank label"),
        ({"first": "https://example.com/" + "0" * 24}, "first", "is not the code"),
        ({"first": "lot"}, "first", "not blank labels of this producer"),
        ({"last": "stranger"}, "last", "not blank labels of this producer"),
        ({"last": "other"}, "last", "different rolls"),
        ({"first": "taken"}, "first", "were entered for lot L-MAIN before"),
        ({"lot": "small"}, "lot", "labels are left"),
        ({"lot": "past"}, "lot", "past its expiry date"),
    ],
)
def test_what_cannot_be_bound_is_said_beside_its_field(
    desk: Sit, database: Database, settings: Settings, world: World,
    form: dict[str, str], field: str, words: str,
) -> None:  # fmt: skip
    rolls = [start(database, settings, world.producer) for _ in range(2)]
    theirs = start(database, settings, stranger(database, world))
    one, other = (codes(database, settings, roll) for roll in rolls)
    with database.writing() as session:
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        main = session.get_one(Lot, world.lot)
        ends = [blank.number_of(keyring, one[n]) for n in (2, 4)]
        blank.bind(session, lot=main, first=ends[0], last=ends[1], by="user:1")
        small = Lot(product=main.product, code="L-SMALL", declared=3)
        session.add(small)
        session.flush()
        past = session.scalars(select(Lot).where(Lot.code == "L-PAST")).one()
        known = {
            "small": str(small.id), "past": str(past.id), "other": other[8], "taken": one[4],
            "stranger": codes(database, settings, theirs)[3],
            "lot": settings.base_url + world.codes["in_force"],
        }  # fmt: skip
    given = {"lot": str(world.lot), "first": one[6], "last": one[11], "do": "look"} | {
        name: known.get(value, value) for name, value in form.items()
    }
    before = bound(database, rolls[0])
    for do in ("look", "bind"):
        answer = desk("lan").post("/console/blanks/bind", given | {"do": do})
        assert answer.status_code in (400, 404, 409), do
        assert words in seen(answer)
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}-error"' in answer.text
        assert "<script>" not in answer.text.replace("<script type", "")
    assert bound(database, rolls[0]) == before


def test_nobody_sees_or_uses_the_rolls_and_lots_of_others(
    desk: Sit, database: Database, settings: Settings, world: World
) -> None:
    theirs = start(database, settings, stranger(database, world))
    render(database, settings, theirs)
    made = codes(database, settings, theirs)
    hung, lan = desk("hung"), desk("lan")
    form = {"lot": str(world.stranger_lot), "first": made[0], "last": made[1], "do": "bind"}
    done = hung.post("/console/blanks/bind", form).headers["Location"]
    page = f"/console/blanks/{theirs}"
    assert hung.get(page).status_code == 200
    for path in (page, f"{page}/state", f"{page}/labels", done):
        assert lan.get(path).status_code == 404, path
    assert lan.post("/console/blanks/bind", form).status_code == 404
    assert "Roll" not in lan.words("/console/blanks").replace("Roll or sheets", "")
    assert "L-HUNG" not in lan.get(f"/console/blanks/bind?lot={world.stranger_lot}").text
    assert desk("office").get("/console/blanks").status_code == 403
    assert desk("").get("/console/blanks").status_code == 302


@pytest.mark.parametrize("path", ["/console/blanks/new", "/console/blanks/bind"])
def test_forms_want_their_token(desk: Sit, path: str) -> None:
    lan = desk("lan")
    lan.get("/")
    form = {"csrf_token": "forged", "count": "5", "do": "bind"}
    assert lan.client.post(path, data=form, base_url="https://qr.example.vn").status_code == 400


def test_the_page_of_scanning_alone_may_use_the_camera(desk: Sit) -> None:
    lan = desk("lan")
    assert "camera=(self)" in lan.get("/console/blanks/bind").headers["Permissions-Policy"]
    assert "camera=()" in lan.get("/console/blanks").headers["Permissions-Policy"]


def test_lots_to_choose_from_are_those_that_may_be_labelled(
    desk: Sit, database: Database, settings: Settings, world: World
) -> None:
    start(database, settings, world.producer)
    page = desk("lan").get(f"/console/blanks/bind?lot={world.lot}").text
    assert f'<option value="{world.lot}" selected>' in page
    for code in ("L-RECALL", "L-PAST", "L-HUNG"):
        assert code not in page
    with database.writing() as session:
        session.get_one(Lot, world.lot).recalled_at = clock.now()
    # Asked for by its own page it is there, so that the refusal can say why.
    assert "L-MAIN" in desk("lan").get(f"/console/blanks/bind?lot={world.lot}").text


def test_a_roll_that_failed_says_why_in_the_readers_language(
    desk: Sit, database: Database, settings: Settings, world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def refuse(*_: object) -> None:
        raise ReadBackFailed(
            "The file was not released: page {page}, cell {cell}: no symbol could be read",
            page=1,
            cell=4,
        )

    roll_id = start(database, settings, world.producer)
    monkeypatch.setattr(render_run, "render_part", refuse)
    with pytest.raises(Exception, match="no symbol"):
        render(database, settings, roll_id)
    lan = desk("lan")
    lan.client.set_cookie("lang", "vi", domain="qr.example.vn")
    words = lan.words(f"/console/blanks/{roll_id}")
    assert "trang 1, ô 4: không đọc được mã QR nào" in words
    assert lan.get(f"/console/blanks/{roll_id}/labels").status_code == 404
