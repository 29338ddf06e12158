from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.sealing import seal, unseal
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
