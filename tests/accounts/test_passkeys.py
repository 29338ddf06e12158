from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import select

from labelsvc.accounts import challenges, factors, passkeys, users
from labelsvc.accounts.challenges import Purpose
from labelsvc.accounts.models import AuditEntry, Challenge, Passkey, Role, User
from labelsvc.accounts.passkeys import Party
from labelsvc.db import Database
from labelsvc.errors import Conflict, SignInFailed

from .authenticator import UP, UV, Authenticator
from .conftest import PASSWORD

PARTY = Party.of("https://qr.example.vn", "Văn phòng OCOP")
BROWSER = "the token of this browser"


@pytest.fixture
def thao(database: Database) -> int:
    return _user(database, "thao")


def _user(database: Database, name: str) -> int:
    with database.writing() as session:
        return users.create_user(
            session, name=name, full_name=name.title(), role=Role.OFFICE, password=PASSWORD,
            actor="test",
        ).id  # fmt: skip


def device(**facts: Any) -> Authenticator:
    return Authenticator("https://qr.example.vn", "qr.example.vn", **facts)


def register(database: Database, user_id: int, made: Authenticator, browser: str = BROWSER) -> int:
    with database.writing() as session:
        options = passkeys.registration(
            session, PARTY, session.get_one(User, user_id), browser=browser
        )
    key = passkeys.new_key(database, PARTY, made.create(options), browser=browser)
    with database.writing() as session:
        return factors.add_passkey(session, user_id, key, name=" Điện thoại ").id


def ask(database: Database, purpose: Purpose = Purpose.FACTOR, user_id: int | None = None) -> str:
    with database.writing() as session:
        return passkeys.request(session, PARTY, browser=BROWSER, purpose=purpose, user_id=user_id)


def check(
    database: Database, answer: Any, purpose: Purpose = Purpose.FACTOR, user_id: int | None = None
) -> int:
    return passkeys.check(
        database, PARTY, answer, browser=BROWSER, purpose=purpose, user_id=user_id
    )


def test_a_registered_key_signs_in_without_a_name(database: Database, thao: int) -> None:
    phone = device()
    number = register(database, thao, phone)
    for round_ in (1, 2):
        options = ask(database, Purpose.SIGN_IN)
        assert check(database, phone.get(options), Purpose.SIGN_IN) == thao
        with database.reading() as session:
            row = session.get_one(Passkey, number)
        assert row.sign_count == round_ and row.used_at is not None
    assert (row.name, row.transports) == ("Điện thoại", ["internal"])


def test_options_ask_for_the_person_and_for_a_key_that_says_who(
    database: Database, thao: int
) -> None:
    with database.writing() as session:
        text = passkeys.registration(session, PARTY, session.get_one(User, thao), browser=BROWSER)
    assert '"userVerification": "required"' in text and '"residentKey": "required"' in text
    assert '"attestation": "none"' in text and '"id": "qr.example.vn"' in text
    assert '"userVerification": "required"' in ask(database)


def test_what_is_registered_already_is_named_so_that_it_is_not_made_twice(
    database: Database, thao: int
) -> None:
    register(database, thao, device())
    with database.writing() as session:
        text = passkeys.registration(session, PARTY, session.get_one(User, thao), browser=BROWSER)
    assert "YSBjcmVkZW50aWFsIG9mIHRoZSB0ZXN0cw" in text
    with pytest.raises(Conflict):
        register(database, _user(database, "nam"), device())


WRONG_MAKING: dict[str, dict[str, Any]] = {
    "another site": {"origin": "https://qr.example.vn.evil.example"},
    "no https": {"origin": "http://qr.example.vn"},
    "another port": {"origin": "https://qr.example.vn:8443"},
    "another host in the signed data": {"host": "evil.example"},
    "nobody verified": {"flags": UP},
    "nobody present": {"flags": UV},
}


@pytest.mark.parametrize("why", WRONG_MAKING)
def test_a_wrong_registration_is_refused(database: Database, thao: int, why: str) -> None:
    made = device()
    for name, value in WRONG_MAKING[why].items():
        setattr(made, name, value)
    with pytest.raises(SignInFailed):
        register(database, thao, made)


@pytest.mark.parametrize("why", [*WRONG_MAKING, "another key", "no signature of ours"])
def test_a_wrong_answer_is_refused_and_says_nothing(
    database: Database, thao: int, why: str
) -> None:
    phone = device()
    register(database, thao, phone)
    for name, value in WRONG_MAKING.get(why, {}).items():
        setattr(phone, name, value)
    if why == "another key":
        phone.key = device().key
    answer = phone.get(ask(database, user_id=thao))
    if why == "no signature of ours":
        answer["response"]["signature"] = "AAAA"
    with pytest.raises(SignInFailed) as caught:
        check(database, answer, user_id=thao)
    assert caught.value.message == "The passkey was not accepted."


def test_an_answer_counts_once(database: Database, thao: int) -> None:
    phone = device(counts=False)
    register(database, thao, phone)
    answer = phone.get(ask(database, user_id=thao))
    assert check(database, answer, user_id=thao) == thao
    with pytest.raises(SignInFailed, match="answered already"):
        check(database, answer, user_id=thao)


def test_a_refused_answer_uses_the_challenge_up(database: Database, thao: int) -> None:
    phone = device(counts=False)
    register(database, thao, phone)
    good = phone.get(ask(database, user_id=thao))
    bad = {**good, "response": {**good["response"], "signature": "AAAA"}}
    for answer in (bad, good):
        with pytest.raises(SignInFailed):
            check(database, answer, user_id=thao)


@pytest.mark.parametrize(("seconds", "good"), [(299, True), (301, False)])
def test_a_challenge_holds_five_minutes(
    database: Database, thao: int, seconds: int, good: bool
) -> None:
    phone = device()
    register(database, thao, phone)
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        answer = phone.get(ask(database, user_id=thao))
        clockwork.shift(timedelta(seconds=seconds))
        if good:
            assert check(database, answer, user_id=thao) == thao
        else:
            with pytest.raises(SignInFailed):
                check(database, answer, user_id=thao)


def test_a_challenge_answers_one_purpose_of_one_browser(database: Database, thao: int) -> None:
    phone = device(counts=False)
    register(database, thao, phone)
    answer = phone.get(ask(database, Purpose.FACTOR, thao))
    with pytest.raises(SignInFailed):
        check(database, answer, Purpose.CONFIRM, thao)
    with pytest.raises(SignInFailed):
        passkeys.check(database, PARTY, answer, browser="another", purpose=Purpose.FACTOR)
    assert check(database, answer, Purpose.FACTOR, thao) == thao


@pytest.mark.parametrize(
    ("kept", "given", "taken"),
    [(0, 0, True), (0, 5, True), (5, 6, True), (5, 900, True), (5, 5, False), (5, 4, False),
     (5, 0, False)],
)  # fmt: skip
def test_the_counter_grows_or_the_key_is_suspect(
    database: Database, thao: int, kept: int, given: int, taken: bool
) -> None:
    phone = device(counts=False)
    number = register(database, thao, phone)
    with database.writing() as session:
        session.get_one(Passkey, number).sign_count = kept
    phone.count = given
    answer = phone.get(ask(database, user_id=thao))
    if taken:
        assert check(database, answer, user_id=thao) == thao
    else:
        with pytest.raises(SignInFailed):
            check(database, answer, user_id=thao)
    with database.reading() as session:
        assert session.get_one(Passkey, number).sign_count == (given if taken else kept)
        suspects = session.scalars(
            select(AuditEntry.facts).where(AuditEntry.action == "account.factor.suspect")
        ).all()
    assert suspects == ([] if taken else [{"factor": "passkey", "passkey": number, "count": given}])


def test_nobody_signs_in_with_the_key_of_somebody_else(database: Database, thao: int) -> None:
    nam, phone = _user(database, "nam"), device()
    register(database, thao, phone)
    with pytest.raises(SignInFailed):  # the second step of Nam, with Thảo's key
        check(database, phone.get(ask(database, user_id=nam)), user_id=nam)
    phone.user_handle = passkeys.handle(nam)  # a key that says it is Nam's
    for purpose, user in ((Purpose.SIGN_IN, None), (Purpose.FACTOR, nam), (Purpose.FACTOR, thao)):
        with pytest.raises(SignInFailed):
            check(database, phone.get(ask(database, purpose, user)), purpose, user)


def test_who_signs_in_without_a_name_must_be_named_by_the_key(
    database: Database, thao: int
) -> None:
    phone = device()
    register(database, thao, phone)
    with pytest.raises(SignInFailed):
        check(database, phone.get(ask(database, Purpose.SIGN_IN), handle=False), Purpose.SIGN_IN)
    answer = phone.get(ask(database, user_id=thao), handle=False)
    assert check(database, answer, user_id=thao) == thao


def test_somebody_kept_out_stays_out(database: Database, thao: int) -> None:
    phone = device()
    register(database, thao, phone)
    with database.writing() as session:
        users.set_active(session, session.get_one(User, thao), False, actor="test")
    with pytest.raises(SignInFailed):
        check(database, phone.get(ask(database, Purpose.SIGN_IN)), Purpose.SIGN_IN)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData",
                         "signature", "userHandle", "attestationObject", "transports"]),
        inner, max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip


@how(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(answer=st.dictionaries(st.sampled_from(["id", "rawId", "type", "response"]), _JSON))
def test_hostile_answers_raise_our_error_only(database: Database, answer: dict[str, Any]) -> None:
    for purpose, act in (
        (Purpose.FACTOR, lambda: check(database, answer)),
        (Purpose.REGISTER, lambda: passkeys.new_key(database, PARTY, answer, browser=BROWSER)),
    ):
        with database.writing() as session:
            challenges.put(session, browser=BROWSER, purpose=purpose, body=b"x" * 32)
        with pytest.raises(SignInFailed):
            act()


def test_a_button_pressed_twice_at_once_gets_two_challenges_and_the_newer_counts(
    database: Database, thao: int
) -> None:
    phone = device(counts=False)
    register(database, thao, phone)
    with ThreadPoolExecutor(4) as pool:
        options = list(pool.map(lambda _: ask(database, user_id=thao), range(8)))
    good = 0
    for one in options:
        with contextlib.suppress(SignInFailed):
            good += check(database, phone.get(one), user_id=thao) == thao
    assert len(set(options)) == 8 and good <= 1
    assert check(database, phone.get(ask(database, user_id=thao)), user_id=thao) == thao


def test_challenges_that_nobody_answered_are_cleared_away(database: Database) -> None:
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        ask(database, Purpose.SIGN_IN)
        clockwork.shift(timedelta(minutes=6))
        ask(database, Purpose.CONFIRM)
        with database.reading() as session:
            assert session.scalars(select(Challenge.purpose)).all() == ["confirm"]


@pytest.mark.parametrize(
    ("base_url", "possible"),
    [("https://qr.example.vn", True), ("http://localhost:8000", True), ("http://qr.example.vn", False),
     ("http://127.0.0.1:8000", False), ("https://192.0.2.7", False), ("https://[2001:db8::1]", False)],
)  # fmt: skip
def test_passkeys_are_offered_where_browsers_make_them(base_url: str, possible: bool) -> None:
    assert Party.of(base_url, "x").possible is possible


def test_nobody_has_more_than_twenty(
    database: Database, thao: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passkeys, "MOST", 2)
    make: Callable[[bytes], int] = lambda name: register(  # noqa: E731
        database, thao, device(credential_id=name)
    )
    make(b"1")
    make(b"2")
    with pytest.raises(Conflict):
        make(b"3")
