from __future__ import annotations

import pytest

from labelsvc.accounts import sealing
from labelsvc.codes.keys import sealing as of_codes
from labelsvc.errors import KeyUnavailable

OLD, NEW = "old" * 14, "new" * 14


def test_the_newest_key_seals_and_all_open() -> None:
    sealed = sealing.seal((OLD,), b"secret", purpose="totp 1")
    assert sealing.unseal((OLD,), sealed, purpose="totp 1") == (b"secret", True)
    assert sealing.unseal((OLD, NEW), sealed, purpose="totp 1") == (b"secret", False)
    renewed = sealing.seal((OLD, NEW), b"secret", purpose="totp 1")
    assert sealing.unseal((NEW,), renewed, purpose="totp 1") == (b"secret", True)
    assert b"secret" not in sealed and sealed != sealing.seal((OLD,), b"secret", purpose="totp 1")


@pytest.mark.parametrize(
    ("keys", "purpose", "cut"),
    [((NEW,), "totp 1", 0), ((OLD,), "totp 2", 0), ((OLD,), "totp 1", 1), ((OLD,), "totp 1", 99),
     ((), "totp 1", 0)],
)  # fmt: skip
def test_nothing_else_opens_it(keys: tuple[str, ...], purpose: str, cut: int) -> None:
    sealed = sealing.seal((OLD,), b"secret", purpose="totp 1")
    with pytest.raises(KeyUnavailable):
        sealing.unseal(keys, sealed[: len(sealed) - cut], purpose=purpose)


def test_what_code_keys_are_sealed_with_opens_no_second_factor() -> None:
    sealed = of_codes.seal((OLD,), b"secret", purpose="x")
    with pytest.raises(KeyUnavailable):
        sealing.unseal((OLD,), sealed, purpose="x")
