from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from labelsvc.accounts import passwords

PASSWORD = "chum sen bên hồ"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real cost of a hash is for thieves: here it would be most of the time of the tests."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
    passwords._dummy.cache_clear()
