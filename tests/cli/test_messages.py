"""labelsvc messages, and what doctor says of the outbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from labelsvc import settings as settings_module
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.messages import outbox
from labelsvc.messages.models import Channel, Message, MessageState
from labelsvc.messages.outbox import Note
from labelsvc.migrations import upgrade
from labelsvc.settings import Settings
from tests.cli.conftest import Run
from tests.messages.servers import MailServer, mail_server


@pytest.fixture
def mail(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that the settings of the commands name."""
    database = Database(settings.database)
    upgrade(database)
    database.close()
    with mail_server() as made:
        named = {"smtp_host": "127.0.0.1", "smtp_port": made.port, "smtp_tls": "none", "smtp_from": "ocop@example.vn"}  # fmt: skip
        mailing = settings.model_copy(update=named)
        monkeypatch.setattr(settings_module, "settings", lambda: mailing)
        yield made


def put(settings: Settings, **values: object) -> None:
    database = Database(settings.database)
    with database.writing() as session:
        outbox.put(session, Note("case_opened", "case:1", {"number": 1}), Channel.MAIL, address="mai@example.vn")  # fmt: skip
        if values:
            session.execute(update(Message).values(**values))
    database.close()


def test_a_test_message_says_what_the_other_side_answered(run: Run, mail: MailServer) -> None:
    assert (
        json.loads(run("messages", "test", "--to", "Mai@Example.vn", "--json").stdout)["state"]
        == "sent"
    )
    assert mail.wait(1)[0]["To"] == "mai@example.vn"
    mail.answers["mai@example.vn"] = "550 5.1.1 no such user"
    assert "5.1.1" in run("messages", "test", "--to", "mai@example.vn", code=1).stdout
    mail.answers["mai@example.vn"] = "451 4.7.1 greylisted"
    assert "4.7.1" in run("messages", "test", "--to", "mai@example.vn", code=1).stdout
    assert json.loads(run("messages", "list", "--json").stdout)["waiting"] == 0  # tests do not wait


def test_what_waits_is_listed_and_sent_without_a_worker(
    run: Run, mail: MailServer, settings: Settings
) -> None:
    put(settings)
    assert "case_opened mail mai@example.vn" in run("messages", "list").stdout
    assert json.loads(run("messages", "send", "--json").stdout)["tried"] == 1
    assert len(mail.taken) == 1
    assert json.loads(run("messages", "list", "--state", "sent", "--json").stdout)["sent"] == 1


def test_without_a_channel_the_command_names_the_settings(run: Run, settings: Settings) -> None:
    run("migrate")
    for words in (("send",), ("test", "--to", "mai@example.vn")):
        error = json.loads(run("messages", *words, "--json", code=3).stdout)["error"]
        assert "SMTP_HOST" in error["fix"]
    run("messages", "test", "--to", "nothing at all", code=1)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"next_at": now() - timedelta(hours=1)}, "wait longer than 15 minutes"),
        ({"state": MessageState.FAILED}, "were not taken"),
        ({"state": MessageState.SENT}, "sent in 30 days: 1"),
    ],
)
def test_doctor_finds_messages_that_nobody_sends(
    run: Run, mail: MailServer, settings: Settings, values: dict[str, object], said: str
) -> None:
    put(settings, **values)
    answer = run("--language", "en", "doctor", "--json", code=1)
    row = next(row for row in json.loads(answer.stdout) if row["check"] == "messages")
    assert said in row["what"]
    assert row["state"] == ("ok" if values == {"state": MessageState.SENT} else "doubt")
