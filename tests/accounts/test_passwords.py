from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from labelsvc.accounts import passwords
from labelsvc.errors import BadInput

from .conftest import PASSWORD


def test_a_password_is_the_one_it_was_hashed_from_and_no_other() -> None:
    kept = passwords.hash_password(PASSWORD)
    assert passwords.check_password(kept, PASSWORD)
    assert not passwords.check_password(kept, PASSWORD + " ")
    assert not passwords.check_password(kept, "")


def test_the_hash_is_argon2id_and_salted() -> None:
    first, second = passwords.hash_password(PASSWORD), passwords.hash_password(PASSWORD)
    assert first.startswith("$argon2id$") and first != second


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "123456789",
        "x" * 201,
        "matkhau123",
        "MatKhau123",
        "OCOP123456",
        "1234567890",
        "Vietnam@2024",
        "qwertyqwerty",
        "dragon dragon",
    ],
)
def test_passwords_that_anybody_would_try_are_refused(password: str) -> None:
    with pytest.raises(BadInput) as caught:
        passwords.hash_password(password)
    assert caught.value.fix


def test_nothing_to_compare_with_still_costs_a_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            looked_at.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting(1, 8, 1))
    passwords._dummy.cache_clear()
    assert not passwords.check_password(None, PASSWORD)
    assert not passwords.check_password(None, "nobody has this password")
    assert len(looked_at) == 2


def test_a_damaged_hash_is_no_password() -> None:
    assert not passwords.check_password("not a hash", PASSWORD)


def test_a_hash_of_older_parameters_is_outdated() -> None:
    assert passwords.outdated(PasswordHasher(2, 16, 1).hash(PASSWORD))
    assert not passwords.outdated(passwords.hash_password(PASSWORD))
