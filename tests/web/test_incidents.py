"""Refusals are told in the trail, the log and the metrics, and a flood of them fills neither."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs

from labelsvc.accounts.models import AuditEntry, User
from labelsvc.db import Database
from labelsvc.errors import DatabaseGone
from labelsvc.web.guards import incidents
from labelsvc.web.guards.incidents import Incidents
from tests import world as worlds
from tests.web.desk import BASE, Desk

WRONG = {"name": "office", "password": "wrong words here"}


def entries(database: Database) -> dict[str, dict[str, Any]]:
    with database.reading() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action.like("security.%"))).all()
    assert len({row.action for row in rows}) == len(rows), "one entry a kind"
    return {row.action: row.facts for row in rows}


def _failed_sign_in(desk: Callable[[str], Desk]) -> None:
    desk("").post("/account/sign-in", WRONG)


def _failed_step_up(desk: Callable[[str], Desk]) -> None:
    desk("office").post("/account/confirm", {"password": "wrong words here"})


def _page_of_others(desk: Callable[[str], Desk]) -> None:
    desk("lan").get("/office/")


def _form_without_sign_in(desk: Callable[[str], Desk]) -> None:
    desk("").post("/office/accounts/new")


def _own_form_without_sign_in(desk: Callable[[str], Desk]) -> None:
    desk("").post("/account/password", {"password": "x"})


def _form_of_another_site(desk: Callable[[str], Desk]) -> None:
    desk("office").client.post("/account/confirm", data={"password": "x"}, base_url=BASE)


@pytest.mark.parametrize(
    ("act", "kind", "known"),
    [
        (_failed_sign_in, incidents.SIGN_IN, False),
        (_failed_step_up, incidents.STEP_UP, True),
        (_page_of_others, incidents.REFUSED, True),
        (_form_without_sign_in, incidents.REFUSED, False),
        (_own_form_without_sign_in, incidents.REFUSED, False),
        (_form_of_another_site, incidents.FORM, True),
    ],
)
def test_a_refusal_is_a_line_of_the_log_and_an_entry_of_the_trail(
    app: Flask,
    database: Database,
    desk: Callable[[str], Desk],
    act: Callable[[Callable[[str], Desk]], None],
    kind: str,
    known: bool,
) -> None:
    with capture_logs() as lines:
        act(desk)
        Incidents.of(app).write()
    assert entries(database)[kind]["count"] == 1
    assert ("accounts" in entries(database)[kind]) == known
    assert [line["kind"] for line in lines if line["event"] == "security"] == [kind]
    told = repr(lines) + repr(entries(database))
    assert all(word not in told for word in ("127.0.0", "wrong words", "name=", "office@"))


def test_waiting_after_many_tries_is_told(
    app: Flask, database: Database, desk: Callable[[str], Desk]
) -> None:
    guest = desk("")
    for _ in range(7):
        guest.post("/account/sign-in", WRONG)
    Incidents.of(app).write()
    found = entries(database)
    assert (found[incidents.SIGN_IN]["count"], found[incidents.THROTTLED]["count"]) == (5, 2)


def test_what_is_typed_wrongly_and_what_is_not_found_is_no_incident(
    app: Flask, database: Database, desk: Callable[[str], Desk]
) -> None:
    office = desk("office")
    office.get("/office/recognitions?show=nothing")
    office.get("/nothing-of-ours")
    office.get("/office/")
    Incidents.of(app).write()
    assert entries(database) == {}


def test_a_flood_is_one_entry_few_lines_and_bounded_memory(database: Database) -> None:
    counts = Incidents(database, "k" * 40)
    with capture_logs() as lines:
        for number in range(3 * incidents.MOST_SOURCES):
            counts.add(incidents.SIGN_IN, source=str(number), page="p", user=number)
        for _ in range(500):
            counts.add(incidents.SIGN_IN, source="0", page="p")
    (minute,) = counts._minutes.values()
    assert len(minute.sources) <= incidents.MOST_SOURCES + 1
    counts.write()
    counts.write()
    (facts,) = entries(database).values()
    assert facts["count"] == 3 * incidents.MOST_SOURCES + 500
    assert len(facts["accounts"].split(", ")) == 10
    assert len(lines) == incidents.MOST_LINES


def test_what_could_not_be_written_is_kept(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = Incidents(database, "k" * 40)
    counts.add(incidents.FORM, source="a", page="p", user=3)
    with monkeypatch.context() as broken, capture_logs():
        broken.setattr(incidents.audit, "record", _gone)
        counts.write()
    counts.add(incidents.FORM, source="a", page="p")
    counts.write()
    assert entries(database)[incidents.FORM] == {
        "count": 2, "networks": 1, "most": 2, "page": "p", "accounts": "3",
        "source": counts._word("a"),
    }  # fmt: skip


def _gone(*_: object, **__: object) -> None:
    raise DatabaseGone("The database is away.", fix="Wait.")


def test_the_word_of_a_network_changes_with_day_and_key(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = Incidents(database, "k" * 40), Incidents(database, "l" * 40)
    today = first._word("a")
    assert today == first._word("a") != first._word("b") and today != other._word("a")
    tomorrow = incidents.clock.today() + incidents.timedelta(days=1)
    monkeypatch.setattr(incidents.clock, "today", lambda: tomorrow)
    assert first._word("a") != today


def test_an_act_that_asked_for_a_step_up_is_a_line_of_the_log(
    app: Flask, database: Database, desk: Callable[[str], Desk]
) -> None:
    with database.reading() as session:
        lan = session.scalars(select(User.id).where(User.name == "lan")).one()
    office = desk("office")
    with capture_logs() as lines:
        answer = office.post(f"/office/accounts/{lan}/active", {"active": "no"})
    assert answer.status_code == 303
    (line,) = [one for one in lines if one["event"] == "security act"]
    assert line["page"] == "office.account_active" and line["user"] != lan


def test_the_last_hour_is_counted_for_a_collector_on_the_machine(
    app: Flask, client: FlaskClient, desk: Callable[[str], Desk]
) -> None:
    for _ in range(3):
        desk("").post("/account/sign-in", WRONG)
    desk("").post("/account/sign-in", WRONG | {"password": worlds.PASSWORD})
    Incidents.of(app).write()
    answer = client.get("/health/metrics", base_url=BASE)
    assert answer.status_code == 200 and answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert 'labelsvc_security_events{kind="security.sign_in"} 3' in lines
    assert 'labelsvc_security_events{kind="sign_in"} 1' in lines
    assert 'labelsvc_security_events{kind="user.role"} 0' in lines


@pytest.mark.parametrize(
    "options",
    [
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
        {"headers": {"X-Forwarded-Proto": "https"}},
    ],
)
def test_nobody_else_is_told_of_them(client: FlaskClient, options: dict[str, Any]) -> None:
    assert client.get("/health/metrics", base_url=BASE, **options).status_code == 404


def test_a_serving_process_writes_by_itself(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = incidents.threading.Event()
    monkeypatch.setattr(incidents, "_PAUSE", 0.01)
    counts = Incidents(database, "k" * 40)
    monkeypatch.setattr(counts, "write", written.set)
    counts.begin()
    assert written.wait(30)
    database.close()
