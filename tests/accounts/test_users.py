from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from labelsvc.accounts import passwords, sessions, users
from labelsvc.accounts.models import Role, User
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, SignInFailed

from ..factories import make_producer
from .conftest import PASSWORD

OLD, NEW = "k" * 40, "n" * 40


@pytest.fixture
def lan(database: Database) -> int:
    with database.writing() as session:
        return users.create_user(
            session, name="lan", full_name="Lan", role=Role.PRODUCER,
            producer_id=make_producer(session).id, actor="test",
        ).id  # fmt: skip


def link(database: Database, user_id: int, *keys: str) -> str:
    with database.reading() as session:
        return users.invitation(session.get_one(User, user_id), keys=keys or (OLD,))


@pytest.mark.parametrize(
    ("role", "producer"), [(Role.PRODUCER, False), (Role.OFFICE, True), ("king", False)]
)
def test_only_the_role_of_a_producer_has_a_producer(
    database: Database, lan: int, role: Role | str, producer: bool
) -> None:
    with database.writing() as session:
        user = session.get_one(User, lan)
        before = (user.role, user.producer_id)
        with pytest.raises(BadInput, match="exactly one producer"):
            users.set_role(
                session, user, role, producer_id=user.producer_id if producer else None, actor="x"
            )
        assert (user.role, user.producer_id) == before


def test_an_invited_person_sets_the_password_by_the_link(database: Database, lan: int) -> None:
    token = link(database, lan)
    with database.writing() as session:
        users.accept(session, token, passwords.hash_password(PASSWORD), keys=(OLD,))
    with database.reading() as session:
        kept = session.get_one(User, lan).password_hash
    assert passwords.check_password(kept, PASSWORD)


def test_a_link_works_once(database: Database, lan: int) -> None:
    token = link(database, lan)
    with database.writing() as session:
        users.accept(session, token, passwords.hash_password(PASSWORD), keys=(OLD,))
    with database.writing() as session, pytest.raises(SignInFailed):
        users.accept(session, token, passwords.hash_password("another password"), keys=(OLD,))


def test_a_link_ends_after_a_week(database: Database, lan: int) -> None:
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        token = link(database, lan)
        clockwork.shift(timedelta(days=7) - timedelta(seconds=1))
        with database.reading() as session:
            assert users.invited(session, token, keys=(OLD,)).id == lan
            clockwork.shift(timedelta(seconds=5))
            with pytest.raises(SignInFailed):
                users.invited(session, token, keys=(OLD,))


def test_a_link_survives_the_rotation_of_the_secret(database: Database, lan: int) -> None:
    token = link(database, lan, OLD)
    with database.reading() as session:
        assert users.invited(session, token, keys=(OLD, NEW)).id == lan
        with pytest.raises(SignInFailed):
            users.invited(session, token, keys=(NEW,))


@pytest.mark.parametrize("token", ["", "x", "WzEsIm5ldyJd.aaaa.bbbb", "é", "a.b.c.d" * 100])
def test_an_invented_link_is_refused(database: Database, lan: int, token: str) -> None:
    with database.reading() as session, pytest.raises(SignInFailed):
        users.invited(session, token, keys=(OLD,))


def test_nobody_kept_out_comes_in_by_a_link(database: Database, lan: int) -> None:
    token = link(database, lan)
    with database.writing() as session:
        users.set_active(session, session.get_one(User, lan), False, actor="test")
    with database.reading() as session, pytest.raises(SignInFailed):
        users.invited(session, token, keys=(OLD,))


def test_a_new_password_ends_every_sign_in(database: Database, lan: int) -> None:
    with database.writing() as session:
        user = session.get_one(User, lan)
        token = sessions.begin(session, user, hours=1, device="")
        users.set_password(session, user, passwords.hash_password(PASSWORD), actor="test")
    with database.reading() as session:
        assert sessions.find(session, token) is None


@pytest.mark.parametrize("name", ["lan", " LAN ", "Lan"])
def test_a_name_is_taken_in_any_spelling(database: Database, lan: int, name: str) -> None:
    with database.writing() as session, pytest.raises(Conflict):
        users.create_user(session, name=name, full_name="x", role=Role.OFFICE, actor="test")


@pytest.mark.parametrize(("role", "with_producer"), [(Role.PRODUCER, False), (Role.OFFICE, True)])
def test_only_people_of_producers_belong_to_a_producer(
    database: Database, role: Role, with_producer: bool
) -> None:
    with database.writing() as session, pytest.raises(BadInput):
        tenant = make_producer(session).id if with_producer else None
        users.create_user(
            session, name="x", full_name="x", role=role, producer_id=tenant, actor="test"
        )
