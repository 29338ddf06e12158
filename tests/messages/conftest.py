from __future__ import annotations

from collections.abc import Iterator

import pytest

from labelsvc.accounts import users
from labelsvc.accounts.contact.models import Contact
from labelsvc.accounts.models import Role
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.settings import Settings
from tests.messages.servers import MailServer, Recorder, mail_server, recorder
from tests.world import World

PASSWORD = "chum sen bên hồ"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


@pytest.fixture
def hook() -> Iterator[Recorder]:
    with recorder() as made:
        yield made


@pytest.fixture
def mailing(settings: Settings, database: Database, mail: MailServer) -> Settings:
    """Settings with a mail server, for which the database writes messages."""
    made = settings.model_copy(
        update={
            "smtp_host": "127.0.0.1", "smtp_port": mail.port, "smtp_tls": "none",
            "smtp_from": "ocop@example.vn",
        }
    )  # fmt: skip
    database.channels = made.channels
    return made


@pytest.fixture
def people(database: Database, world: World) -> dict[str, int]:
    """People of each role with a proven address, by the name before the @."""
    made: dict[str, int] = {}
    with database.writing() as session:
        for name, role in (("mai", Role.OFFICE), ("binh", Role.OFFICE), ("thu", Role.INSPECTOR)):
            user = users.create_user(
                session, name=name, full_name=name.title(), role=role, password=PASSWORD, actor="t"
            )
            made[name] = user.id
            session.add(
                Contact(user_id=user.id, channel="mail", address=f"{name}@example.vn", verified_at=now())
            )  # fmt: skip
    return made
