"""Inner codes: right once, then known; five wrong ones a day."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from labelsvc import clock
from labelsvc.codes.forms import alphabet
from labelsvc.codes.forms import inner as codes
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.register.issue import create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.errors import KeyUnavailable, MalformedCode
from labelsvc.scans import inner
from labelsvc.scans.inner import TRIES, Checked, Outcome
from labelsvc.scans.models import InnerRedeemed
from labelsvc.settings import Settings

KEY = bytes(range(32))
NUMBERS = st.integers(0, 2**40 - 1)


def ask(database: Database, text: str, number: int = 7) -> Checked:
    with database.writing() as session:
        return inner.check(session, KEY, number, text)


@given(NUMBERS)
def test_each_unit_has_a_code_of_twelve_characters(number: int) -> None:
    code = codes.inner_code(KEY, number)
    assert len(code) == 12 and alphabet.spell(code) == code
    assert codes.fits(KEY, number, f" {code[:4]}-{code[4:8]} {code[8:]} ".lower())
    assert not codes.fits(KEY, number + 1, code) and not codes.fits(KEY[::-1], number, code)


@given(NUMBERS, st.integers(0, 11), st.integers(1, 31))
def test_one_wrong_character_is_wrong(number: int, at: int, step: int) -> None:
    code = codes.inner_code(KEY, number)
    other = alphabet.ALPHABET[(alphabet.ALPHABET.index(code[at]) + step) % 32]
    assert not codes.fits(KEY, number, code[:at] + other + code[at + 1 :])


def test_the_code_of_a_number_never_changes() -> None:
    assert codes.inner_code(KEY, 7) == "VM9E7W4YGPWF"


def test_the_key_comes_from_the_sealed_secret(database: Database, settings: Settings) -> None:
    def key(secrets: tuple[str, ...]) -> bytes:
        ring = load_keyring(session, base_url="https://qr.example.vn", secrets=secrets)
        return ring.inner_key

    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        assert key(settings.keys) == key(settings.keys) and len(key(settings.keys)) == 32
        with pytest.raises(KeyUnavailable):
            key(("another-key-that-is-long-enough-0123456789",))


def test_a_keyring_of_public_keys_knows_no_inner_codes() -> None:
    with pytest.raises(KeyUnavailable):
        _ = Keyring([], None, "qr.example.vn").inner_key


def test_a_right_code_is_right_once_and_then_known(database: Database) -> None:
    code = codes.inner_code(KEY, 7)
    assert ask(database, code).outcome is Outcome.FIRST
    again = ask(database, code)
    assert again.outcome is Outcome.AGAIN and again.at is not None
    assert ask(database, codes.inner_code(KEY, 8), 8).outcome is Outcome.FIRST


def test_five_wrong_ones_close_the_day_for_the_right_one_too(database: Database) -> None:
    wrong, right = codes.inner_code(KEY, 99), codes.inner_code(KEY, 7)
    with time_machine.travel("2026-11-24T05:00:00+00:00", tick=False) as time:
        answers = [ask(database, wrong) for _ in range(TRIES)]
        assert [a.left for a in answers] == [4, 3, 2, 1, 0]
        assert {a.outcome for a in answers} == {Outcome.WRONG}
        assert ask(database, right).outcome is Outcome.TOO_MANY
        assert ask(database, codes.inner_code(KEY, 8), 8).outcome is Outcome.FIRST
        time.shift(timedelta(days=1))
        assert ask(database, right).outcome is Outcome.FIRST


@pytest.mark.parametrize("text", ["", "ABC", "U" * 12, "7K3M 9QXA B2D4 5", "Ω" * 12])
def test_a_slip_is_no_try(database: Database, text: str) -> None:
    for _ in range(TRIES + 1):
        with pytest.raises(MalformedCode):
            ask(database, text)
    assert ask(database, codes.inner_code(KEY, 7)).outcome is Outcome.FIRST


def test_of_two_at_one_moment_one_is_first(database: Database) -> None:
    code, answers = codes.inner_code(KEY, 7), []

    def run() -> None:
        answers.append(ask(database, code).outcome)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted([Outcome.FIRST] + [Outcome.AGAIN] * 5)
    with database.reading() as session:
        (at,) = session.scalars(select(InnerRedeemed.at))
    assert at <= clock.now()
