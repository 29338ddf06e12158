"""Whoever changes a code gets nothing for it: a million random mutations, none accepted.

A mutation counts as accepted if it parses, verifies and is another canonical code than the ones
that were made. One that reads as the same code (another case, a group, a tracker) is no forgery.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from labelsvc.codes.forms import alphabet
from labelsvc.codes.forms.offline import OfflinePayload
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.errors import BadCode

from .conftest import GTIN, checked

PLENTY = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcxyz/%?#&=.:-_+ é\x00"


def substitute(rng: random.Random, code: str, _other: str, letters: str) -> str:
    """One to three characters become others of the form's own alphabet: it still parses."""
    text = list(code)
    for _ in range(rng.randint(1, 3)):
        text[-rng.randint(1, min(len(code), 193))] = rng.choice(letters)
    return "".join(text)


def splice(rng: random.Random, code: str, other: str, _letters: str) -> str:
    """The head of one valid code, the tail of another."""
    cut = rng.randrange(1, len(code))
    return code[:cut] + other[cut:]


def swap(rng: random.Random, code: str, _other: str, _letters: str) -> str:
    at = rng.randrange(len(code) - 1)
    return code[:at] + code[at + 1] + code[at] + code[at + 2 :]


def insert_or_drop(rng: random.Random, code: str, _other: str, letters: str) -> str:
    at = rng.randrange(len(code))
    return code[:at] + rng.choice(letters) * rng.randint(0, 2) + code[at + rng.randint(0, 2) :]


def scribble(rng: random.Random, code: str, _other: str, _letters: str) -> str:
    at = rng.randrange(len(code))
    return code[:at] + rng.choice(PLENTY) + code[at + 1 :]


MUTATIONS: list[Callable[[random.Random, str, str, str], str]] = [
    substitute, substitute, substitute, splice, splice, swap, insert_or_drop, scribble,
]  # fmt: skip


def attack(keyring: Keyring, codes: list[str], letters: str, tries: int) -> tuple[int, int]:
    """How many of *tries* mutations were accepted, and how many got as far as the tag."""
    rng = random.Random(20261123)
    made = set(codes)
    accepted = reached = 0
    for _ in range(tries):
        text = rng.choice(MUTATIONS)(rng, rng.choice(codes), rng.choice(codes), letters)
        try:
            canonical, proof = checked(keyring, text)
        except BadCode as error:
            reached += error.code == "bad_signature"
            continue
        accepted += proof is not None and canonical not in made
    return accepted, reached


def short_codes(keyring: Keyring) -> list[str]:
    return keyring.short_many(3000, 500)


def gs1_codes(keyring: Keyring) -> list[str]:
    return keyring.gs1_many(GTIN, 3000, 500)


def offline_codes(keyring: Keyring) -> list[str]:
    return keyring.offline_many(OfflinePayload(4, 7, 77, 0), range(100))


FORMS = [
    pytest.param(short_codes, alphabet.ALPHABET, 6, id="short"),
    pytest.param(gs1_codes, alphabet.ALPHABET, 3, id="gs1"),
    pytest.param(offline_codes, "0123456789", 1, id="offline"),
]


@pytest.mark.parametrize(("make", "letters", "share"), FORMS)
def test_a_few_thousand_mutations(
    keyring: Keyring, make: Callable[[Keyring], list[str]], letters: str, share: int
) -> None:
    tries = 1000 * share
    accepted, reached = attack(keyring, make(keyring), letters, tries)
    assert accepted == 0
    assert reached > tries // 4  # or else the attack tests only the parser


@pytest.mark.exhaustive
@pytest.mark.parametrize(("make", "letters", "tries"), [
    (short_codes, alphabet.ALPHABET, 700_000),
    (gs1_codes, alphabet.ALPHABET, 275_000),
    (offline_codes, "0123456789", 25_000),
])  # fmt: skip
def test_a_million_mutations(
    keyring: Keyring, make: Callable[[Keyring], list[str]], letters: str, tries: int
) -> None:
    accepted, reached = attack(keyring, make(keyring), letters, tries)
    assert accepted == 0
    assert reached > tries // 4


def test_the_attack_would_notice_an_open_door(
    keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keyring, "verify_short", lambda _self, _code: 1)
    accepted, _ = attack(keyring, short_codes(keyring), alphabet.ALPHABET, 200)
    assert accepted > 50
