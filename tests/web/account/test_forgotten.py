"""Forgotten passwords, addresses and messages, as the pages have them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select, update

from labelsvc.accounts import throttle
from labelsvc.accounts.contact.models import Contact, OneTimeLink
from labelsvc.accounts.models import SignIn, Stage, Totp, User
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.jobs.models import Job
from labelsvc.messages.models import Message, MessageState
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.worker.posting import Sender
from labelsvc.worker.tasks import work_once
from tests.messages.servers import MailServer, mail_server
from tests.web.desk import Desk, seen
from tests.world import PASSWORD, World

NEW = "con đê chiều gió lộng"


@pytest.fixture
def mail():  # type: ignore[no-untyped-def]
    with mail_server() as made:
        yield made


@pytest.fixture
def settings(settings: Settings, mail: MailServer) -> Settings:
    return settings.model_copy(
        update={
            "smtp_host": "127.0.0.1", "smtp_port": mail.port, "smtp_tls": "none",
            "smtp_from": "ocop@example.vn",
        }
    )  # fmt: skip


@pytest.fixture
def app(database: Database, settings: Settings, world: World) -> Flask:
    database.channels = settings.channels
    return create_app(settings, database)


@pytest.fixture
def work(database: Database, settings: Settings) -> Callable[[], None]:
    """What workers do: jobs, then messages."""

    def run() -> None:
        while work_once(database, Files(settings.files), settings):
            pass
        sender = Sender(database, settings)
        while sender.send_next():
            pass
        sender.close()

    return run


@pytest.fixture
def proven(database: Database, app: Flask) -> str:
    """The proven address of Lan, who signs in for a producer."""
    give(database, "lan", "lan@example.vn")
    return "lan@example.vn"


def give(database: Database, name: str, address: str) -> None:
    with database.writing() as session:
        user = session.scalars(select(User).where(User.name == name)).one()
        session.add(Contact(user_id=user.id, channel="mail", address=address, verified_at=now()))


def link_in(mail: MailServer, count: int = 1, page: str = "reset") -> str:
    body = mail.wait(count)[count - 1].get_body(("plain",))
    assert body is not None
    found = re.search(rf"https://\S+(/account/{page}/\S+)", body.get_content())
    assert found is not None, body.get_content()
    return found[1]


def ask(desk: Callable[[str], Desk], name: str):  # type: ignore[no-untyped-def]
    return desk("").post("/account/forgotten", {"name": name})


@pytest.mark.parametrize("name", ["lan", "LAN", "lan@example.vn", " Lan@Example.VN "])
def test_a_link_by_mail_sets_a_password_once_and_signs_in(
    desk: Callable[[str], Desk], database: Database, mail: MailServer, proven: str,
    work: Callable[[], None], name: str,
) -> None:  # fmt: skip
    other = desk("lan")
    assert ask(desk, name).status_code == 200
    work()
    path, guest = link_in(mail), desk("")
    assert "Choose a password" in guest.words(path)
    answer = guest.post(path, {"new": NEW, "again": NEW})
    assert answer.status_code == 302 and answer.location == "/console/"
    assert guest.get("/console/").status_code == 200
    assert other.get("/console/").status_code == 302  # all older sign-ins ended
    assert "does not work any more" in seen(desk("").get(path))
    assert desk("").post("/account/sign-in", {"name": proven, "password": NEW}).status_code == 302
    with database.reading() as session:
        user = session.scalars(select(User).where(User.name == "lan")).one()
        assert user.renewed_at is not None  # confirms nothing for a while
        # Neither the outbox nor the table of links holds what opens the account.
        rows = [*session.scalars(select(Message)), *session.scalars(select(OneTimeLink))]
        kept = " ".join(str(vars(row)) for row in rows)
    assert path.rpartition("/")[2] not in kept


def test_the_answer_is_the_same_for_every_name(
    desk: Callable[[str], Desk], proven: str, database: Database
) -> None:
    """Known with an address, known without, unknown: the words, the status and the statements."""
    pages, statements = [], []
    for name in (proven, "office", "nobody at all"):
        count: list[str] = []

        def note(*what: object, kept: list[str] = count) -> None:
            kept.append(re.sub(r"\d+", "N", str(what[2])))

        guest = desk("")
        guest.get("/account/forgotten")
        event.listen(database.engine, "before_cursor_execute", note)
        answer = guest.post("/account/forgotten", {"name": name})
        event.remove(database.engine, "before_cursor_execute", note)
        pages.append((answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)))
        statements.append(count)
    assert len(set(pages)) == 1
    assert statements[0] == statements[1] == statements[2]


def test_who_has_no_proven_address_gets_nothing(
    desk: Callable[[str], Desk], mail: MailServer, app: Flask, work: Callable[[], None],
    database: Database,
) -> None:  # fmt: skip
    give(database, "lan", "lan@example.vn")
    with database.writing() as session:
        session.execute(update(Contact).values(verified_at=None))
    assert ask(desk, "lan").status_code == 200 and ask(desk, "nobody").status_code == 200
    work()
    with database.reading() as session:
        assert not session.scalars(select(Message)).all() and not mail.taken
        # Who forgot what is not kept.
        assert {str(job.payload) for job in session.scalars(select(Job))} == {"{}"}


def test_a_link_is_dead_after_half_an_hour_and_when_a_newer_one_was_sent(
    desk: Callable[[str], Desk], mail: MailServer, proven: str, work: Callable[[], None]
) -> None:
    with time_machine.travel(now(), tick=True) as clockwork:
        ask(desk, "lan")
        work()
        ask(desk, "lan")
        work()
        first, second = link_in(mail), link_in(mail, 2)
        assert first != second
        assert desk("").get(first).status_code == 401 and desk("").get(second).status_code == 200
        clockwork.shift(timedelta(minutes=31))
        assert desk("").get(second).status_code == 401


@pytest.mark.parametrize("change", ["address", "password"])
def test_a_link_is_dead_once_address_or_password_was_changed(
    desk: Callable[[str], Desk], mail: MailServer, proven: str, work: Callable[[], None], change: str,
) -> None:  # fmt: skip
    lan = desk("lan")
    ask(desk, "lan")
    work()
    path = link_in(mail)
    if change == "address":
        lan.post("/account/address/mail", {"address": "moi@example.vn"})
    else:
        lan.post("/account/password", {"old": PASSWORD, "new": NEW})
    assert desk("").get(path).status_code == 401


def test_a_link_that_waited_too_long_is_not_sent_at_all(
    desk: Callable[[str], Desk], mail: MailServer, proven: str, work: Callable[[], None],
    database: Database, settings: Settings,
) -> None:  # fmt: skip
    with time_machine.travel(now(), tick=True) as clockwork:
        ask(desk, "lan")
        while work_once(database, Files(settings.files), settings):
            pass
        clockwork.shift(timedelta(minutes=31))
        work()
    with database.reading() as session:
        assert session.scalars(select(Message.state)).all() == [MessageState.DROPPED]
    assert not mail.taken


def test_asking_often_is_slowed_for_known_and_unknown_alike(
    desk: Callable[[str], Desk], proven: str
) -> None:
    for name in ("lan", "nobody"):
        answers = [ask(desk, name).status_code for _ in range(throttle.FREE_LINKS + 1)]
        assert answers == [200] * throttle.FREE_LINKS + [429]


def test_the_second_factor_is_still_asked(
    desk: Callable[[str], Desk], database: Database, mail: MailServer, proven: str,
    work: Callable[[], None],
) -> None:  # fmt: skip
    with database.writing() as session:
        user = session.scalars(select(User).where(User.name == "lan")).one()
        session.add(Totp(user_id=user.id, sealed=b"x", last_step=0))
    ask(desk, "lan")
    work()
    guest, path = desk(""), link_in(mail)
    answer = guest.post(path, {"new": NEW, "again": NEW})
    assert answer.location.startswith("/account/factor")
    assert guest.get("/console/").status_code == 302
    with database.reading() as session:
        assert [row.stage for row in session.scalars(select(SignIn))] == [Stage.FACTOR]


def test_a_weak_password_uses_no_link_up(
    desk: Callable[[str], Desk], mail: MailServer, proven: str, work: Callable[[], None]
) -> None:
    ask(desk, "lan")
    work()
    path, guest = link_in(mail), desk("")
    assert "characters" in seen(guest.post(path, {"new": "short", "again": "short"}))
    assert guest.post(path, {"new": NEW, "again": NEW}).status_code == 302


def test_an_address_is_proven_by_a_button_behind_its_link(
    desk: Callable[[str], Desk], database: Database, mail: MailServer, app: Flask,
    work: Callable[[], None],
) -> None:  # fmt: skip
    lan = desk("lan")
    assert lan.post("/account/address/mail", {"address": "Lan@Example.vn"}).status_code == 303
    work()
    path = link_in(mail, page="address-check")
    assert "Does lan@example.vn belong to you?" in desk("").words(path)
    assert "Not confirmed yet" in lan.words("/account/messages")  # looking proves nothing
    assert desk("").post(path).status_code == 200
    assert "lan@example.vn Confirmed" in lan.words("/account/messages")
    assert "lan@example.vn Confirmed" in lan.words("/account/")


def test_an_address_of_another_account_is_not_taken(
    desk: Callable[[str], Desk], proven: str
) -> None:
    office = desk("office")
    office.post("/account/address/mail", {"address": proven})
    assert "belongs to another account" in office.words("/account/messages")
    office.post("/account/address/mail", {"address": "no address"})
    assert "no address that can be written to" in office.words("/account/messages")


def test_entering_an_address_asks_once_more_who_it_is(
    desk: Callable[[str], Desk], database: Database, proven: str
) -> None:
    lan = desk("lan")
    with database.writing() as session:
        session.execute(update(SignIn).values(confirmed_at=None))
    answer = lan.post("/account/address/mail", {"address": "other@example.vn"})
    assert answer.status_code == 302 and answer.location.startswith("/account/confirm")


def test_people_choose_what_they_are_told(
    desk: Callable[[str], Desk], database: Database, proven: str
) -> None:
    lan = desk("lan")
    assert "Stars that end soon" in lan.words("/account/messages")
    safe = {f"{kind}-mail": "yes" for kind in ("sign_in", "factor", "account")}
    assert lan.post("/account/messages", safe).status_code == 303
    page = lan.get("/account/messages").text
    assert 'name="stars_ending-mail" value="yes">' in page.replace(" checked", " CHECKED")
    del safe["factor-mail"]
    assert "by at least one channel" in seen(lan.post("/account/messages", safe))


def test_the_office_sees_what_was_not_sent_and_sends_it_again(
    desk: Callable[[str], Desk], database: Database, mail: MailServer, proven: str,
    work: Callable[[], None],
) -> None:  # fmt: skip
    mail.answers["data"] = "554 5.6.0 not this content"
    ask(desk, "lan")
    work()
    office = desk("office")
    assert "554 5.6.0" in office.words("/office/messages?state=failed")
    assert office.get("/office/messages?state=nonsense").status_code == 400
    mail.answers.clear()
    with database.reading() as session:
        number = session.scalars(select(Message.id)).one()
    assert office.post(f"/office/messages/{number}/again").status_code == 303
    work()
    assert len(mail.taken) == 1 and "Sent" in office.words("/office/messages")
    assert desk("auditor").get("/office/messages").status_code == 200
    assert desk("auditor").post(f"/office/messages/{number}/again").status_code == 403


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("form", ["html", "text"])
def test_the_office_previews_every_kind(
    desk: Callable[[str], Desk], app: Flask, language: str, form: str
) -> None:
    words = desk("office").words(f"/office/messages/kinds?to={language}&as={form}")
    assert ("Hạng sao của" if language == "vi" else "The stars of Chè lam gừng end on") in words


def test_without_a_channel_the_page_says_that_the_office_helps(
    database: Database, settings: Settings, world: World
) -> None:
    quiet = settings.model_copy(update={"smtp_host": ""})
    app = create_app(quiet, database)
    guest = Desk(app, database, "")
    assert "This service sends no messages" in guest.words("/account/forgotten")
    answer = guest.post("/account/forgotten", {"name": "lan"})
    assert "This service sends no messages" in seen(answer)
    assert "a link was sent" not in seen(answer)
    with database.reading() as session:
        assert not session.scalars(select(Job)).all()
