"""Second factors and how far a sign-in comes with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from sqlalchemy import func, select

from labelsvc.accounts import factors, passkeys, recovery, sessions, throttle, users
from labelsvc.accounts.models import (
    AuditEntry,
    Factor,
    RecoveryCode,
    Role,
    SignIn,
    SignInTry,
    Stage,
    Totp,
    User,
)
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.errors import NotFound, Refused, SignInFailed, TooManyTries
from labelsvc.settings import load

from ..factories import make_producer
from .conftest import PASSWORD
from .test_passkeys import device, register

KEYS = ("a-key-that-is-long-enough-for-the-rule-0123456789",)
BROWSER = "the token of this browser"


@pytest.fixture
def thao(database: Database) -> int:
    return person(database, "thao")


def person(database: Database, name: str, role: Role = Role.OFFICE) -> int:
    with database.writing() as session:
        owner = make_producer(session).id if role is Role.PRODUCER else None
        return users.create_user(
            session, name=name, full_name=name.title(), role=role, producer_id=owner,
            password=PASSWORD, actor="test",
        ).id  # fmt: skip


def set_up(database: Database, user_id: int, keys: tuple[str, ...] = KEYS) -> pyotp.TOTP:
    """An app that shows codes; the step of its first code is used up."""
    with database.writing() as session:
        secret = factors.offer_totp(session, user_id, browser=BROWSER, keys=keys)
    app = pyotp.TOTP(secret)
    with database.writing() as session:
        factors.add_totp(session, user_id, app.at(now()), browser=BROWSER, keys=keys)
    return app


def check(
    database: Database, user_id: int, typed: str, keys: tuple[str, ...] = KEYS,
    network: str = "203.0.113",
) -> Factor | None:  # fmt: skip
    return factors.check_code(database, user_id, typed, keys=keys, network=network)


def sign_in(database: Database, name: str = "thao", **facts: Any) -> tuple[str, SignIn]:
    browser = sessions.Browser("203.0.113", "Firefox / Linux", facts.pop("instead_of", ""))
    found = sessions.sign_in(
        database, name=name, password=PASSWORD, secret=KEYS[0], browser=browser, hours=12, **facts
    )
    assert found is not None
    return found[0], look(database, found[0])


def look(database: Database, token: str) -> SignIn:
    with database.reading() as session:
        row = sessions.find(session, token)
    assert row is not None
    return row


def done(database: Database, prefix: str = "account.") -> list[str]:
    with database.reading() as session:
        query = select(AuditEntry.action).order_by(AuditEntry.id)
        return [one for one in session.scalars(query) if one.startswith(prefix)]


# --- codes --------------------------------------------------------------------------------------


def test_a_code_of_the_app_is_taken_once(database: Database, thao: int) -> None:
    with time_machine.travel("2026-11-23 09:00:05 +0700", tick=False) as clockwork:
        app = set_up(database, thao)
        assert check(database, thao, app.at(now())) is None  # used to set it up
        clockwork.shift(30)
        code = app.at(now())
        assert check(database, thao, f" {code[:3]} {code[3:]} ") is Factor.TOTP
        assert check(database, thao, code) is None
        clockwork.shift(30)
        assert check(database, thao, code) is None  # still within the drift
        assert check(database, thao, app.at(now())) is Factor.TOTP


def test_a_code_sent_twice_at_once_is_taken_once(
    database: Database, thao: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find the step unused before either has written it down."""
    app = set_up(database, thao)
    code = app.at(now() + timedelta(seconds=30))
    real, taken = throttle.succeeded, []

    def meanwhile(session: Any, *who: Any) -> None:
        taken.append(who)
        real(session, *who)

    monkeypatch.setattr(throttle, "succeeded", meanwhile)
    step = factors.totp.matching_step

    def other_first(*args: Any, **facts: Any) -> int | None:
        found = step(*args, **facts)
        if not taken and found is not None:
            monkeypatch.setattr(factors.totp, "matching_step", step)
            assert check(database, thao, code) is Factor.TOTP
        return found

    monkeypatch.setattr(factors.totp, "matching_step", other_first)
    assert check(database, thao, code) is None
    assert len(taken) == 1


def test_the_secret_is_sealed_and_sealed_anew_with_the_newest_key(
    database: Database, thao: int
) -> None:
    app = set_up(database, thao)
    with database.reading() as session:
        kept = session.get_one(Totp, thao).sealed
    assert app.secret.encode() not in kept
    both = (*KEYS, "n" * 40)
    assert check(database, thao, app.at(now() + timedelta(seconds=30)), both) is Factor.TOTP
    with database.reading() as session:
        assert session.get_one(Totp, thao).sealed != kept
    with database.writing() as session:
        session.get_one(Totp, thao).last_step = 0
    assert check(database, thao, app.at(now()), ("n" * 40,)) is Factor.TOTP


def test_a_recovery_code_stands_in_once_and_is_in_the_audit_trail(
    database: Database, thao: int
) -> None:
    set_up(database, thao)
    made = recovery.make()
    with database.writing() as session:
        factors.renew_recovery(session, thao, made)
    assert check(database, thao, made[4].shown.lower()) is Factor.RECOVERY
    assert check(database, thao, made[4].shown) is None
    with database.reading() as session:
        assert factors.held(session, thao).recovery == 9
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "account.factor.recovery_used")
        ).one()
    assert (entry.actor, entry.facts) == (f"user:{thao}", {"left": 9})


@pytest.mark.parametrize(
    "typed", ["", "000000", "12345", "ABCD-EFGH-JKMN", "\0", "x" * 500, "０００００１"]
)
def test_a_wrong_code_is_counted_whatever_it_looks_like(
    database: Database, thao: int, typed: str
) -> None:
    set_up(database, thao)
    assert check(database, thao, typed) is None
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInTry)) == 2


def test_guessing_codes_is_slowed_for_a_day(database: Database, thao: int) -> None:
    with time_machine.travel("2026-11-23 09:00:05 +0700", tick=False) as clockwork:
        app = set_up(database, thao)
        for _ in range(throttle.FREE_CODE):
            assert check(database, thao, "000000") is None
        clockwork.shift(14)
        with pytest.raises(TooManyTries):
            check(database, thao, app.at(now()))
        tries = 0
        for _ in range(24 * 60):
            clockwork.shift(60)
            try:
                check(database, thao, "000000", network=f"198.51.{tries}")
                tries += 1
            except TooManyTries:
                pass
        assert tries < 40
        clockwork.shift(throttle.CODE_WINDOW)
        assert check(database, thao, app.at(now())) is Factor.TOTP


def test_a_good_password_does_not_clear_the_failed_codes(database: Database, thao: int) -> None:
    set_up(database, thao)
    for _ in range(throttle.FREE_CODE):
        check(database, thao, "000000")
    sign_in(database)
    with pytest.raises(TooManyTries):
        check(database, thao, "000000")


def test_a_code_is_counted_before_it_is_looked_at(
    database: Database, thao: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guesses that are sent at once slow each other."""
    app = set_up(database, thao)
    real, seen = factors.totp.matching_step, []

    def look(*args: Any, **facts: Any) -> int | None:
        with database.reading() as session:
            seen.append(session.scalar(select(func.count()).select_from(SignInTry)))
        return real(*args, **facts)

    monkeypatch.setattr(factors.totp, "matching_step", look)
    check(database, thao, app.at(now() + timedelta(seconds=30)))
    assert seen == [2]


def test_an_app_is_entered_by_its_first_code_only(database: Database, thao: int) -> None:
    with database.writing() as session:
        secret = factors.offer_totp(session, thao, browser=BROWSER, keys=KEYS)
        again = factors.offer_totp(session, thao, browser=BROWSER, keys=KEYS)
        other = factors.offer_totp(session, thao, browser="another", keys=KEYS)
    assert secret == again != other
    for browser, code in ((BROWSER, "000000"), (BROWSER, pyotp.TOTP(other).now()), ("third", pyotp.TOTP(secret).now())):  # fmt: skip
        with pytest.raises(SignInFailed), database.writing() as session:
            factors.add_totp(session, thao, code, browser=browser, keys=KEYS)
    with database.reading() as session:
        assert not factors.held(session, thao)


def test_an_offer_ends_after_twenty_minutes(database: Database, thao: int) -> None:
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        with database.writing() as session:
            secret = factors.offer_totp(session, thao, browser=BROWSER, keys=KEYS)
        clockwork.shift(timedelta(minutes=21))
        with pytest.raises(SignInFailed), database.writing() as session:
            factors.add_totp(session, thao, pyotp.TOTP(secret).at(now()), browser=BROWSER, keys=KEYS)  # fmt: skip


# --- having and removing ------------------------------------------------------------------------


def test_the_last_factor_stays_where_the_role_needs_one(database: Database, thao: int) -> None:
    set_up(database, thao)
    key = register(database, thao, device())
    for passkey, needed, refused in ((key, True, None), (None, True, Refused), (key, False, NotFound), (None, False, None)):  # fmt: skip
        with database.reading() as session:
            before = factors.held(session, thao).count
        if refused is None:
            with database.writing() as session:
                factors.remove(session, thao, passkey=passkey, needed=needed)
        else:
            with pytest.raises(refused), database.writing() as session:
                factors.remove(session, thao, passkey=passkey, needed=needed)
        with database.reading() as session:
            assert factors.held(session, thao).count == before - (refused is None)
    assert done(database).count("account.factor.remove") == 2


def test_recovery_codes_go_with_the_last_factor(database: Database, thao: int) -> None:
    with pytest.raises(Refused), database.writing() as session:
        factors.renew_recovery(session, thao, [])
    set_up(database, thao)
    with database.writing() as session:
        factors.renew_recovery(session, thao, recovery.make())
        factors.remove(session, thao, passkey=None, needed=False)
    with database.reading() as session:
        assert session.scalars(select(RecoveryCode)).all() == []
        assert not factors.has_any(session, thao)


def test_nobody_removes_the_passkey_of_somebody_else(database: Database, thao: int) -> None:
    key, nam = register(database, thao, device()), person(database, "nam")
    with pytest.raises(NotFound), database.writing() as session:
        factors.remove(session, nam, passkey=key, needed=False)
    with database.reading() as session:
        assert len(passkeys.of_user(session, thao)) == 1


def test_resetting_takes_everything_and_ends_the_sign_ins(database: Database, thao: int) -> None:
    set_up(database, thao)
    register(database, thao, device())
    with database.writing() as session:
        factors.renew_recovery(session, thao, recovery.make())
        user = session.get_one(User, thao)
        token = sessions.begin(session, user, hours=1, device="x", factor=Factor.TOTP)
    with database.writing() as session:
        assert users.reset_factors(session, session.get_one(User, thao), actor="user:99") == 2
    with database.reading() as session:
        assert not factors.held(session, thao) and factors.held(session, thao).recovery == 0
        assert sessions.find(session, token) is None
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.actor, entry.subject, entry.action) == (
        "user:99", f"user:{thao}", "account.factor.remove",
    )  # fmt: skip


# --- how far a sign-in comes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "has", "asked", "stage", "confirmed"),
    [
        (Role.OFFICE, False, True, Stage.ENROL, False),
        (Role.INSPECTOR, False, True, Stage.ENROL, False),
        (Role.AUDITOR, False, True, Stage.ENROL, False),
        (Role.PRODUCER, False, True, Stage.FULL, False),
        (Role.OFFICE, True, True, Stage.FACTOR, False),
        (Role.PRODUCER, True, True, Stage.FACTOR, False),
        (Role.OFFICE, False, False, Stage.FULL, True),
        (Role.OFFICE, True, False, Stage.FACTOR, False),
    ],
)
def test_how_far_the_password_alone_comes(
    database: Database, role: Role, has: bool, asked: bool, stage: Stage, confirmed: bool
) -> None:
    somebody = person(database, "nam", role)
    if has:
        set_up(database, somebody)
    _, row = sign_in(database, "nam", second_factor=asked)
    assert row.stage == stage and sessions.recently_confirmed(row) is confirmed
    assert sessions.stage_of(row, second_factor=asked) is stage
    assert done(database, "sign_in") == (["sign_in"] if stage is Stage.FULL else [])
    if stage is not Stage.FULL:
        assert row.expires_at - row.created_at < timedelta(hours=1)


def test_a_half_sign_in_does_not_live_longer_by_being_used(database: Database, thao: int) -> None:
    set_up(database, thao)
    token, before = sign_in(database)
    with database.writing() as session:
        sessions.touch(session, token, hours=12)
    assert look(database, token).expires_at == before.expires_at


def test_the_factor_makes_it_whole_under_another_token(database: Database, thao: int) -> None:
    set_up(database, thao)
    half, _ = sign_in(database)
    found = sessions.sign_in_by(
        database, thao, Factor.TOTP, hours=12, browser=sessions.Browser("", "x", half)
    )
    assert found is not None
    row = look(database, found[0])
    assert (row.stage, row.factor) == (Stage.FULL, Factor.TOTP)
    assert sessions.recently_confirmed(row) and found[0] != half
    with database.reading() as session:
        assert sessions.find(session, half) is None
        facts = session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "sign_in"))
        assert facts.all() == [{"factor": "totp"}]


@pytest.mark.parametrize(
    ("stage", "factor", "asked", "expected"),
    [
        (Stage.FULL, "totp", True, Stage.FULL),
        (Stage.FULL, "", True, None),  # of before the setting was switched on
        (Stage.FULL, "", False, Stage.FULL),
        (Stage.ENROL, "", True, Stage.ENROL),
        (Stage.ENROL, "", False, None),  # the setting was switched off: sign in again
        (Stage.FACTOR, "", True, Stage.FACTOR),
        (Stage.FACTOR, "", False, Stage.FACTOR),  # who has a factor gives it, asked or not
    ],
)
def test_sign_ins_follow_the_setting(
    database: Database, thao: int, stage: Stage, factor: str, asked: bool, expected: Stage | None
) -> None:
    with database.writing() as session:
        user = session.get_one(User, thao)
        token = sessions.begin(session, user, hours=1, device="x", stage=stage, factor=factor)
    assert sessions.stage_of(look(database, token), second_factor=asked) is expected


def test_the_first_factor_ends_sign_ins_by_password_alone(database: Database, thao: int) -> None:
    here, _ = sign_in(database, second_factor=True)
    there, _ = sign_in(database, second_factor=True)
    with database.writing() as session:
        sessions.changing_factors(session, here)
        factors.added(session, thao, {"factor": "totp"})
        session.add(Totp(user_id=thao, sealed=b"x", last_step=1))
        session.flush()
        new = sessions.enrolled(session, here, Factor.TOTP, hours=12)
    row = look(database, new)
    assert (row.stage, row.factor) == (Stage.FULL, "totp") and sessions.recently_confirmed(row)
    with database.reading() as session:
        assert sessions.find(session, here) is None and sessions.find(session, there) is None


def test_the_password_alone_adds_no_second_factor_beside_a_first(
    database: Database, thao: int
) -> None:
    """Two browsers begin to set up; the one that knows the password only comes too late."""
    token, _ = sign_in(database, second_factor=True)
    set_up(database, thao)
    with pytest.raises(SignInFailed), database.writing() as session:
        sessions.changing_factors(session, token)
    half, _ = sign_in(database, second_factor=True)
    with pytest.raises(SignInFailed), database.writing() as session:
        sessions.changing_factors(session, half)


def test_a_full_sign_in_adds_factors_while_its_step_up_holds(database: Database, thao: int) -> None:
    set_up(database, thao)
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        found = sessions.sign_in_by(
            database, thao, Factor.TOTP, hours=12, browser=sessions.Browser("", "x")
        )
        assert found is not None
        with database.writing() as session:
            assert sessions.changing_factors(session, found[0]).id == thao
            assert sessions.enrolled(session, found[0], Factor.PASSKEY, hours=12) == found[0]
        clockwork.shift(timedelta(minutes=11))
        with pytest.raises(SignInFailed), database.writing() as session:
            sessions.changing_factors(session, found[0])


def test_half_sign_ins_are_not_listed_as_devices(database: Database, thao: int) -> None:
    set_up(database, thao)
    sign_in(database)
    with database.reading() as session:
        assert sessions.of_user(session, session.get_one(User, thao)) == []


@pytest.mark.parametrize(
    ("dev", "given", "asked"),
    [(True, None, False), (False, None, True), (True, True, True), (False, False, False)],
)
def test_second_factors_are_asked_for_everywhere_but_in_the_demo(
    dev: bool, given: bool | None, asked: bool
) -> None:
    made = load(
        dev=dev,
        second_factor=given,
        secret_keys=("a-key-that-is-long-enough-for-the-rule-0123456789",),
    )
    assert made.asks_second_factor is asked
