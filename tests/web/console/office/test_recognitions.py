from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.recognition import Recognition, Standing
from labelsvc.db import Database
from labelsvc.web.console.office.recognitions import standing_is
from labelsvc.web.spreadsheet import as_csv
from tests import world as worlds
from tests.factories import make_product, make_recognition
from tests.web.desk import Desk, second_person, seen

TODAY = date(2026, 11, 23)


def test_the_database_and_the_rule_agree_on_the_standing(database: Database) -> None:
    """`standing_is` says in SQL what `Recognition.standing` says: on every edge day, for every kind."""
    long_ago, ends = TODAY - timedelta(days=1000), TODAY
    kinds: list[dict[str, Any]] = [
        {},
        {"extended_to": ends + timedelta(days=90)},
        {"withdrawn_on": ends - timedelta(days=5)},
        {"withdrawn_on": ends + timedelta(days=5)},
        {"extended_to": ends + timedelta(days=90), "withdrawn_on": ends + timedelta(days=30)},
    ]
    with database.writing() as session:
        product = make_product(session)
        for number, facts in enumerate(kinds, start=1):
            facts["decision_number"] = f"{number}/QĐ-UBND"
            make_recognition(session, product, valid_from=long_ago, valid_to=ends, **facts)
    edges = [-1001, -1000, -181, -180, -6, -5, -1, 0, 1, 4, 5, 29, 30, 90, 91]
    with database.reading() as session:
        rows = session.scalars(select(Recognition)).all()
        for shift in edges:
            on = ends + timedelta(days=shift)
            for standing in Standing:
                found = session.scalars(select(Recognition.id).where(standing_is(standing, on)))
                assert set(found) == {r.id for r in rows if r.standing(on) is standing}, (
                    on,
                    standing,
                )


LISTS = [
    ("", ["Trà hoa cúc", "Sản phẩm stars_expired", "Rượu mơ"], ["Sản phẩm stars_none"]),
    ("?show=withdrawn", ["stars_withdrawn"], ["stars_expired", "Rượu mơ"]),
    ("?show=expired", ["stars_expired"], ["stars_withdrawn", "stars_extended"]),
    ("?show=extended", ["stars_extended"], ["stars_expired"]),
    ("?show=not_recognised", ["stars_later"], ["stars_ending"]),
    ("?show=ending_180", ["stars_ending"], ["Trà hoa cúc", "stars_extended"]),
    ("?show=ending_120", ["stars_ending"], ["Trà hoa cúc"]),
    ("?show=in_force", ["Trà hoa cúc"], ["stars_ending"]),
    ("?q=ruou+mo", ["Rượu mơ"], ["Trà hoa cúc"]),
    ("?q=RƯỢU+MƠ", ["Rượu mơ"], ["Trà hoa cúc"]),
    ("?q=song+nhue+1147", ["Trà hoa cúc"], ["Rượu mơ"]),
    ("?stars=5", ["Nothing found"], ["Trà hoa cúc"]),
    ("?q=%25", ["Nothing found"], ["Trà hoa cúc"]),
    ("?show=&stars=&page=-3", ["Trà hoa cúc"], []),
    ("?page=999", ["Trà hoa cúc"], []),
]


def test_the_list_narrows_to_what_is_asked(desk: Callable[[str], Desk]) -> None:
    office = desk("office")
    for query, shown, hidden in LISTS:
        words = office.words(f"/office/recognitions{query}")
        assert [text for text in shown if text not in words] == [], query
        assert [text for text in hidden if text in words] == [], query


def test_what_the_overview_counts_is_what_its_links_list(
    desk: Callable[[str], Desk], database: Database
) -> None:
    with database.writing() as session:
        # Ends soon and is renewed already: nothing to be done.
        product = make_product(session, name="Gạo nếp cái hoa vàng")
        today = clock.today()
        make_recognition(session, product, valid_from=today - timedelta(days=1050))
        make_recognition(
            session, product, valid_from=today - timedelta(days=5), decision_number="9/QĐ-UBND"
        )
    office = desk("office")
    overview = office.words("/office/")
    assert "1 recognitions end within 120 days" in overview
    listed = office.words("/office/recognitions?show=ending_120")
    assert "1 found" in listed and "Gạo nếp" not in listed


def test_the_csv_holds_the_list_and_no_formula(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    with database.writing() as session:
        session.get_one(Product, world.product).name = '=HYPERLINK("http://x")'
    answer = desk("auditor").get("/office/recognitions.csv?show=in_force")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff") and "\r\n" in text
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][0] == "Product"
    bad = next(row for row in rows if "HYPERLINK" in row[0])
    assert bad[0].startswith("'=") and bad[2:4] == ["4", "1147/QĐ-UBND"] and bad[9] == "In force"
    assert clock.today() - timedelta(days=200) == date(*map(int, reversed(bad[4].split("/"))))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x00=1"])
def test_no_cell_of_a_csv_starts_like_a_formula(text: str) -> None:
    cells = next(
        csv.reader(io.StringIO(as_csv([[text, "fine"]]).removeprefix("\ufeff"), newline=""))
    )
    assert cells[0] == f"'{text}" and cells[1] == "fine"


WITHDRAWAL = {
    "decision": "5120/QĐ-UBND",
    "on": "2026-11-23",
    "reason": "mark",
    "words": "Dán biểu trưng lên hàng khác",
}


@time_machine.travel("2026-11-23 10:00 +0700", tick=False)
def test_a_withdrawal_takes_two_people_and_shows_on_the_scan_page_at_once(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    office, page = desk("office"), world.codes["in_force"]
    before = office.words(page)
    assert "5120/QĐ-UBND" not in before
    answer = office.post(f"/office/recognitions/{world.recognition}/withdraw", WITHDRAWAL)
    assert answer.status_code == 302
    assert office.words(page) == before
    shown = office.words(f"/office/recognitions/{world.recognition}")
    assert "Withdrawal proposed" in shown and "5120/QĐ-UBND" in shown
    twice = office.post(f"/office/recognitions/{world.recognition}/withdraw", WITHDRAWAL)
    assert twice.status_code == 409 and "proposed already" in twice.text
    listed, decided = "/office/recognitions/withdrawals", {"proposal": 1, "do": "confirm"}
    assert "Dán biểu trưng lên hàng khác" in desk("auditor").words(listed)
    own = office.post(listed, decided)
    assert own.status_code == 409 and "cannot confirm it" in seen(own)
    assert office.words(page) == before
    second_person(database)
    colleague = desk("binh")
    assert colleague.post(listed, {"do": "confirm"}).status_code == 400  # none was chosen
    assert colleague.post(listed, {"proposal": 99, "do": "confirm"}).status_code == 404
    assert colleague.post(listed, decided).status_code == 303
    after = office.words(page)
    assert after != before and "5120/QĐ-UBND" in after
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None and entry.action == "recognition.withdraw"
        assert entry.actor.startswith("user:") and entry.facts["decision"] == "5120/QĐ-UBND"
        assert audit.verify_chain(session) is None
    again = office.post(f"/office/recognitions/{world.recognition}/withdraw", WITHDRAWAL)
    assert again.status_code == 409 and "withdrawn already" in again.text


WRONG = [
    ({"decision": ""}, "decision", "cannot be empty"),
    ({"decision": "hello"}, "decision", "not the number of a decision"),
    ({"reason": ""}, "reason", "one of the six reasons"),
    ({"reason": "oops"}, "reason", "one of the six reasons"),
    ({"words": "\u202eoops"}, "words", "reading direction"),
    ({"decision_date": "31/02/2026"}, "decision_date", "is not a date"),
    ({"on": "31/02/2026"}, "on", "is not a date"),
    ({"on": "2019-01-01"}, "on", "before it began"),
]


def test_a_wrong_withdrawal_says_where_and_keeps_what_was_typed(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    office = desk("office")
    for change, field, words in WRONG:
        form = WITHDRAWAL | change
        answer = office.post(f"/office/recognitions/{world.recognition}/withdraw", form)
        assert answer.status_code == 400, change
        assert words in seen(answer) and f'href="#{field}"' in answer.text, change
        assert f'aria-describedby="{field}-error' in answer.text, change
        kept = "5120/QĐ-UBND" if field != "decision" else 'value="mark" required checked'
        assert kept in answer.text, change
    with database.reading() as session:
        assert session.get_one(Recognition, world.recognition).withdrawn_on is None


def test_a_withdrawal_asks_for_the_password_again(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    path = f"/office/recognitions/{world.recognition}"
    with time_machine.travel("2026-11-23 10:00 +0700", tick=False) as clockwork:
        office = desk("office")
        assert "Your password" not in office.words(path)
        clockwork.shift(timedelta(minutes=11))
        assert "Your password" in office.words(path)
        for password, status in (("", 401), ("not the one", 401), (worlds.PASSWORD, 302)):
            answer = office.post(f"{path}/withdraw", WITHDRAWAL | {"password": password})
            assert answer.status_code == status


def test_an_extension_needs_evidence_and_ends_after_180_days(
    desk: Callable[[str], Desk], database: Database
) -> None:
    with database.writing() as session:
        ending = session.scalars(
            select(Recognition).join(Product).where(Product.name == "Sản phẩm stars_ending")
        ).one()
        # One that could not keep the window of art. 7.6a: no other can be extended.
        ending.valid_from, ending.valid_to = date(2023, 7, 1), date(2026, 7, 1)
    office, path = desk("office"), f"/office/recognitions/{ending.id}/extend"
    good = {"until": str(ending.valid_to + timedelta(days=180)), "evidence": "Giấy tiếp nhận 12"}
    for change, status in (
        ({"until": str(ending.valid_to + timedelta(days=181))}, 400),
        ({"until": ""}, 400),
        ({"evidence": " "}, 400),
        ({}, 302),
    ):
        assert office.post(path, good | change).status_code == status
    assert "Giấy tiếp nhận 12" in office.words(f"/office/recognitions/{ending.id}")


def test_auditors_read_and_are_offered_no_form(
    desk: Callable[[str], Desk], world: worlds.World
) -> None:
    page = desk("auditor").get(f"/office/recognitions/{world.recognition}")
    path = f"/office/recognitions/{world.recognition}"
    assert page.status_code == 200 and f"{path}/withdraw" not in page.text


def test_an_unknown_number_is_a_page_that_says_so(desk: Callable[[str], Desk]) -> None:
    office = desk("office")
    for path in ("recognitions", "producers", "products", "reports"):
        answer = office.get(f"/office/{path}/987654")
        assert answer.status_code == 404 and "There is no such page" in answer.text
    assert office.get("/office/recognitions/99999999999999999999").status_code == 404
