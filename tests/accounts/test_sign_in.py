from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from labelsvc import clock
from labelsvc.accounts import devices, passwords, sessions, throttle, users
from labelsvc.accounts.models import AuditEntry, Role, SignIn, SignInTry, User
from labelsvc.db import Database
from labelsvc.errors import Busy, SignInFailed, TooManyTries

from .conftest import PASSWORD

SECRET = "test-secret"


@pytest.fixture
def thao(database: Database) -> int:
    with database.writing() as session:
        return users.create_user(
            session, name="Thao@example.vn", full_name="Thảo", role=Role.OFFICE,
            password=PASSWORD, actor="test",
        ).id  # fmt: skip


def sign_in(
    database: Database, password: str = PASSWORD, *, name: str = "thao@example.vn",
    network: str = "203.0.113", instead_of: str = "",
) -> tuple[str, User] | None:  # fmt: skip
    browser = sessions.Browser(network, "Firefox / Linux", instead_of)
    return sessions.sign_in(
        database, name=name, password=password, secret=SECRET, browser=browser, hours=12
    )


def found(database: Database, token: str) -> SignIn | None:
    with database.reading() as session:
        return sessions.find(session, token)


@pytest.mark.parametrize("name", ["thao@example.vn", "  THAO@example.vn ", "Thao@Example.VN"])
def test_the_right_password_signs_in_whatever_the_case_of_the_name(
    database: Database, thao: int, name: str
) -> None:
    answer = sign_in(database, name=name)
    assert answer is not None
    token, user = answer
    assert user.id == thao
    row = found(database, token)
    assert row is not None and row.user.full_name == "Thảo"
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_in")).one()
    assert entry.actor == f"user:{thao}"


def test_the_database_holds_no_token(database: Database, thao: int) -> None:
    answer = sign_in(database)
    assert answer is not None
    token = answer[0]
    with database.reading() as session:
        row = session.scalars(select(SignIn)).one()
    assert len(token) >= 43  # 256 bits in base64
    assert token not in (row.token_hash, row.device, str(row.data))
    assert found(database, row.token_hash) is None


@pytest.mark.parametrize(
    ("name", "password"),
    [("thao@example.vn", "wrong words here"), ("hung@example.vn", PASSWORD), ("", ""), ("x", "\0")],
)
def test_a_wrong_pair_signs_nobody_in_and_is_counted(
    database: Database, thao: int, name: str, password: str
) -> None:
    assert sign_in(database, password, name=name) is None
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInTry)) == 2
        assert session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_somebody_kept_out_cannot_sign_in_and_is_out_at_once(database: Database, thao: int) -> None:
    answer = sign_in(database)
    assert answer is not None
    with database.writing() as session:
        users.set_active(session, session.get_one(User, thao), False, actor="test")
    assert found(database, answer[0]) is None
    assert sign_in(database) is None


def test_tries_hold_neither_names_nor_networks(database: Database, thao: int) -> None:
    sign_in(database, "wrong words here")
    with database.reading() as session:
        keys = session.scalars(select(SignInTry.key)).all()
    assert all(len(key) == 64 and int(key, 16) for key in keys)
    assert len(set(keys)) == 2


def test_the_wait_after_failures_doubles_and_ends(database: Database, thao: int) -> None:
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        for _ in range(throttle.FREE_NAME):
            assert sign_in(database, "wrong words here") is None
        waits = []
        for _ in range(3):
            with pytest.raises(TooManyTries) as caught:
                sign_in(database)
            waits.append(caught.value.params["seconds"])
            clockwork.shift(timedelta(seconds=waits[-1] + 1))
            assert sign_in(database, "wrong words here") is None
        assert waits == [15, 30, 60]
        clockwork.shift(throttle.WINDOW)
        assert sign_in(database) is not None


def test_one_network_cannot_try_one_password_on_every_name(database: Database, thao: int) -> None:
    for number in range(throttle.FREE_NETWORK):
        assert sign_in(database, name=f"user{number}@example.vn") is None
    with pytest.raises(TooManyTries):
        sign_in(database)
    assert sign_in(database, network="198.51.100") is not None


def test_guesses_sent_at_once_are_counted_before_any_of_them_has_failed(
    database: Database, thao: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All stand before the password at the same time; no more come there than are free."""
    looked, told = [], threading.Event()

    def wait(kept: str | None, password: str, **_: object) -> bool:
        looked.append(password)
        assert told.wait(30)
        return False

    monkeypatch.setattr(passwords, "check_password", wait)

    def guess(number: int) -> bool:
        try:
            sign_in(database, f"guess {number}", network=f"198.51.{number}")
        except TooManyTries:
            return True
        return False

    with ThreadPoolExecutor(12) as threads:
        slowed = [threads.submit(guess, number) for number in range(12)]
        done, _ = wait_for(slowed, timeout=30, return_when=FIRST_COMPLETED)
        while len(done) < 12 - throttle.FREE_NAME:
            done, _ = wait_for(slowed, timeout=0.05)
        told.set()
    assert len(looked) == throttle.FREE_NAME
    assert sum(one.result() for one in slowed) == 12 - throttle.FREE_NAME


def test_a_try_that_nobody_looked_at_counts_nowhere(
    database: Database, thao: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> bool:
        raise Busy("busy")

    with monkeypatch.context() as patch:
        patch.setattr(passwords, "check_password", busy)
        for _ in range(throttle.FREE_NETWORK + 1):
            with pytest.raises(Busy):
                sign_in(database)
    assert sign_in(database) is not None


@given(
    attacks=st.lists(
        st.tuples(st.sampled_from(["thao@example.vn", "other"]), st.sampled_from(["203.0.113", "n2"])),
        max_size=60,
    )
)  # fmt: skip
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_without_the_device_delays_the_owner_on_it(
    database: Database, thao: int, attacks: list[tuple[str, str]]
) -> None:
    """Whatever names and networks somebody tries from, also from the owner's own network."""
    with database.writing() as session:
        session.execute(delete(SignInTry))
        for name, network in attacks:
            with suppress(TooManyTries):
                throttle.begin(session, throttle.Guess(SECRET, name, network))
    device = devices.read(devices.write(devices.UNKNOWN, thao, keys=[SECRET]), keys=[SECRET])
    assert sessions.check(
        database, name="thao@example.vn", password=PASSWORD, secret=SECRET,
        network="203.0.113", device=device,
    ) == thao  # fmt: skip


def test_a_known_device_is_a_stranger_to_other_people(database: Database, thao: int) -> None:
    """Who has an account of their own gets no more tries at another's."""
    mine = devices.read(devices.write(devices.UNKNOWN, thao + 1, keys=[SECRET]), keys=[SECRET])
    forged = devices.read(devices.write(devices.UNKNOWN, thao, keys=["other"]), keys=[SECRET])
    who = {"name": "thao@example.vn", "secret": SECRET}
    for number in range(throttle.FREE_NAME):
        device = forged if number % 2 else mine
        sessions.check(database, **who, password="a guess", network="n", device=device)
    with pytest.raises(TooManyTries):
        sessions.check(database, **who, password="a guess", network="m", device=mine)


def test_guesses_on_a_known_device_are_slowed_too(database: Database, thao: int) -> None:
    device = devices.read(devices.write(devices.UNKNOWN, thao, keys=[SECRET]), keys=[SECRET])
    who = {"name": "thao@example.vn", "secret": SECRET, "network": "n", "device": device}
    for _ in range(throttle.FREE_NAME):
        assert sessions.check(database, **who, password="a guess") is None
    with pytest.raises(TooManyTries):
        sessions.check(database, **who, password=PASSWORD)


def test_no_write_lock_is_held_while_a_password_is_hashed(
    database: Database, thao: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, wrote = passwords.check_password, []

    def look(kept: str | None, password: str, **_: object) -> bool:
        with database.writing() as session:  # waits 30 s and fails when the sign-in holds the lock
            session.get_one(User, thao).language = "en"
            wrote.append(True)
        return real(kept, password)

    monkeypatch.setattr(passwords, "check_password", look)
    assert sign_in(database) is not None and wrote


def test_a_good_sign_in_renews_an_outdated_hash(
    database: Database, thao: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(2, 16, 1))
    assert sign_in(database) is not None
    with database.reading() as session:
        kept = session.get_one(User, thao).password_hash
    assert kept is not None and not passwords.outdated(kept)


def test_a_new_sign_in_of_the_browser_ends_its_older_one(database: Database, thao: int) -> None:
    first = sign_in(database)
    assert first is not None
    second = sign_in(database, instead_of=first[0])
    assert second is not None and second[0] != first[0]
    assert found(database, first[0]) is None and found(database, second[0]) is not None


def test_a_sign_in_ends_when_it_is_not_used(database: Database, thao: int) -> None:
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        answer = sign_in(database)
        assert answer is not None
        clockwork.shift(timedelta(hours=11, minutes=59))
        assert found(database, answer[0]) is not None
        clockwork.shift(timedelta(minutes=2))
        assert found(database, answer[0]) is None


def test_use_keeps_it_alive_for_a_week_at_most(database: Database, thao: int) -> None:
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        answer = sign_in(database)
        assert answer is not None
        began = clock.now()
        while (row := found(database, answer[0])) is not None:
            assert sessions.needs_touch(row) is (clock.now() > began)
            with database.writing() as session:
                sessions.touch(session, answer[0], hours=12)
            clockwork.shift(timedelta(hours=6))
        lived = clock.now() - began
    assert timedelta(days=7) <= lived <= timedelta(days=7, hours=6)


def test_signing_out_ends_this_one_and_everywhere_ends_all(database: Database, thao: int) -> None:
    tokens = [
        answer[0] for answer in (sign_in(database), sign_in(database), sign_in(database)) if answer
    ]
    with database.writing() as session:
        sessions.end(session, tokens[0])
    assert [found(database, t) is None for t in tokens] == [True, False, False]
    with database.writing() as session:
        user = session.get_one(User, thao)
        assert len(sessions.of_user(session, user)) == 2
        sessions.end_all(session, user)
    assert all(found(database, t) is None for t in tokens)


def test_stepping_up_holds_ten_minutes(database: Database, thao: int) -> None:
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        answer = sign_in(database)
        assert answer is not None
        clockwork.shift(timedelta(minutes=11))
        row = found(database, answer[0])
        assert row is not None and not sessions.recently_confirmed(row)
        sessions.confirm(database, answer[0], PASSWORD, secret=SECRET, network="203.0.113")
        row = found(database, answer[0])
        assert row is not None and sessions.recently_confirmed(row)
        clockwork.shift(timedelta(minutes=11))
        row = found(database, answer[0])
        assert row is not None and not sessions.recently_confirmed(row)


def test_a_stolen_browser_cannot_guess_the_password_by_stepping_up(
    database: Database, thao: int
) -> None:
    answer = sign_in(database)
    assert answer is not None
    for _ in range(throttle.FREE_NAME):
        with pytest.raises(SignInFailed):
            sessions.confirm(database, answer[0], "a guess of ten", secret=SECRET, network="n")
    with pytest.raises(TooManyTries):
        sessions.confirm(database, answer[0], PASSWORD, secret=SECRET, network="n")


def test_stepping_up_without_a_sign_in_is_refused(database: Database, thao: int) -> None:
    with pytest.raises(SignInFailed):
        sessions.confirm(database, "no such token", PASSWORD, secret=SECRET, network="n")
