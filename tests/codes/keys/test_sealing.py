from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.keys import sealing
from labelsvc.codes.keys.sealing import seal, unseal
from labelsvc.errors import KeyUnavailable

OLD, NEW = "old-secret-of-the-settings-00000001", "new-secret-of-the-settings-00000002"


@given(st.binary(max_size=100))
def test_unseal_undoes_seal(plain: bytes) -> None:
    assert unseal([OLD], seal([OLD], plain, purpose="key 1"), purpose="key 1") == plain


def test_the_last_secret_seals_and_all_open() -> None:
    before = seal([OLD], b"x", purpose="key 1")
    after = seal([OLD, NEW], b"x", purpose="key 1")
    assert unseal([OLD, NEW], before, purpose="key 1") == b"x"
    assert unseal([NEW], after, purpose="key 1") == b"x"
    with pytest.raises(KeyUnavailable):
        unseal([OLD], after, purpose="key 1")


def test_the_same_plain_text_is_sealed_differently_each_time() -> None:
    assert seal([OLD], b"x", purpose="key 1") != seal([OLD], b"x", purpose="key 1")


def test_what_was_sealed_for_one_purpose_opens_for_no_other() -> None:
    """Two rows of the key table cannot be exchanged by whoever writes to the database."""
    with pytest.raises(KeyUnavailable):
        unseal([OLD], seal([OLD], b"x", purpose="key 1"), purpose="key 2")


@given(st.data())
def test_a_changed_box_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(seal([OLD], b"secret", purpose="key 1"))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(KeyUnavailable):
        unseal([OLD], bytes(sealed), purpose="key 1")


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_truncated_box_does_not_open(length: int) -> None:
    with pytest.raises(KeyUnavailable):
        unseal([OLD], seal([OLD], b"secret", purpose="key 1")[:length], purpose="key 1")


# --- under a key that a keeper has and gives to nobody ---------------------------------------------


class Keeper:
    """Stands for a hardware module: one byte is its key."""

    def __init__(self, key: int) -> None:
        self.key = key

    @classmethod
    def parse(cls, text: str, pin: str) -> Keeper:
        return cls(int(text) ^ int(pin))

    def wrap(self, data: bytes) -> bytes:
        return bytes(byte ^ self.key for byte in data)

    unwrap = wrap


class Named(list[str]):
    """Secret keys of settings that name a keeper."""

    kms = kms_pin = ""


def named(kms: str, pin: str) -> Named:
    found = Named([OLD])
    found.kms, found.kms_pin = kms, pin
    return found


def test_what_a_keeper_sealed_opens_with_its_key_and_purpose_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealing, "TokenKey", Keeper)
    own = named("17", "4")
    sealed = seal(own, b"secret", purpose="key 1")
    assert sealed.startswith(b"labelkms1") and OLD.encode() not in sealed
    assert unseal(own, sealed, purpose="key 1") == b"secret"
    for other, purpose in (
        (named("18", "4"), "key 1"),
        (named("17", "5"), "key 1"),
        (own, "key 2"),
    ):
        with pytest.raises(KeyUnavailable, match="cannot be opened with the key") as caught:
            unseal(other, sealed, purpose=purpose)
        assert "LABELSVC_KMS" in caught.value.fix


def test_without_its_keeper_it_says_so() -> None:
    with pytest.raises(
        KeyUnavailable, match=r"^The signing keys in the database are sealed by a token"
    ) as caught:
        unseal([OLD], b"labelkms1" + bytes(60), purpose="key 1")
    assert caught.value.fix == "Set LABELSVC_KMS to the token and key that sealed them."


def test_with_other_secrets_it_says_which_are_wanted() -> None:
    with pytest.raises(KeyUnavailable) as caught:
        unseal([NEW], seal([OLD], b"x", purpose="key 1"), purpose="key 1")
    assert "LABELSVC_SECRET_KEYS" in caught.value.fix
