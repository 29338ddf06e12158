from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import itsdangerous
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms import signing
from labelsvc.codes.forms.signing import CodeSigner, Ed25519, TruncatedHmac, check_public_key
from labelsvc.errors import KeyUnavailable
from tests.conftest import vectors


def signer(*secrets: bytes, purpose: str = "test/v1", bits: int = 80) -> CodeSigner:
    return CodeSigner(secrets or (b"a" * 32,), purpose=purpose, context=b"form\0host\0", bits=bits)


def test_derive_is_rfc_5869() -> None:
    master, info = b"m" * 32, b"labelsvc/short/v1/7"
    extracted = hmac.digest(bytes(32), master, "sha256")
    assert signing.derive(master, info.decode()) == hmac.digest(extracted, info + b"\1", "sha256")


@pytest.mark.parametrize("bits", [8, 60, 80, 128, 256])
def test_tags_are_the_leftmost_bits_of_the_hmac(bits: int) -> None:
    digest = hmac.new(b"key", b"value", hashlib.sha256).digest()
    tag = TruncatedHmac(bits).get_signature(b"key", b"value")
    assert int.from_bytes(tag, "big") == int.from_bytes(digest, "big") >> (256 - bits)
    assert len(tag) == (bits + 7) // 8


@given(st.binary(max_size=20), st.data())
def test_one_bit_turned_is_refused(value: bytes, data: st.DataObject) -> None:
    tag = signer().get_signature(value)
    assert signer().verify_signature(value, tag)
    signed = bytearray(value + tag)
    bit = data.draw(st.integers(0, 8 * len(signed) - 1))
    signed[bit // 8] ^= 1 << bit % 8
    assert not signer().verify_signature(bytes(signed[: len(value)]), bytes(signed[len(value) :]))


@pytest.mark.parametrize("tag", [b"", b"short", "text"])
def test_a_tag_that_is_too_short_is_refused(tag: str | bytes) -> None:
    assert not signer().verify_signature(b"value", tag)


def test_the_last_secret_signs_and_all_verify() -> None:
    old, both = signer(b"a" * 32), signer(b"a" * 32, b"b" * 32)
    assert both.verify_signature("x", old.get_signature("x"))
    assert both.get_signature("x") == signer(b"b" * 32).get_signature("x")
    assert not old.verify_signature("x", both.get_signature("x"))


@pytest.mark.parametrize("secret", [b"b" * 32, "b" * 32])
def test_keys_are_derived_for_the_purpose_wherever_itsdangerous_asks(secret: bytes | str) -> None:
    both = signer(b"z" * 32, b"a" * 32, b"b" * 32)
    wanted = signing.derive(b"b" * 32, "test/v1")
    assert both.derive_key() == wanted  # of the last secret
    assert both.derive_key(secret) == wanted
    assert both.derive_key(b"a" * 32) == signing.derive(b"a" * 32, "test/v1")


def test_purposes_are_apart() -> None:
    assert not signer(purpose="other/v1").verify_signature("x", signer().get_signature("x"))


def test_digests_in_bulk_are_the_tags_one_by_one() -> None:
    one = signer()
    values = bytes(range(200))
    bulk = one.digests(values, 5)
    tags = [one.tag_algorithm.cut(bulk[at : at + 32]) for at in range(0, len(bulk), 32)]
    assert tags == [one.get_signature(values[at : at + 5]) for at in range(0, 200, 5)]


def test_our_keys_go_into_plain_itsdangerous_too() -> None:
    """The seam is really theirs: our algorithms serve their Signer."""
    theirs = itsdangerous.Signer("secret", algorithm=TruncatedHmac(128))
    assert theirs.unsign(theirs.sign("value")) == b"value"


def _ed25519() -> list[dict[str, Any]]:
    return list(json.loads((vectors() / "ed25519.json").read_text())["vectors"])


def test_ed25519_agrees_with_every_public_vector_that_decides() -> None:
    counted = {"valid": 0, "invalid": 0, "acceptable": 0}
    for vector in _ed25519():
        public, message, signature = (
            bytes.fromhex(vector[name]) for name in ("public_key", "message", "signature")
        )
        try:
            accepted = Ed25519().verify_signature(public, message, signature)
        except KeyUnavailable:
            accepted = False
        counted[vector["result"]] += 1
        if vector["result"] == "valid":
            assert accepted, vector["id"]
        elif vector["result"] == "invalid":
            assert not accepted, vector["id"]
    assert counted == {"valid": 158, "invalid": 67, "acceptable": 6}


def test_ed25519_signs_as_the_public_vectors_do() -> None:
    seeded = [v for v in _ed25519() if v.get("private_seed")]
    assert len(seeded) >= 70
    for vector in seeded:
        seed, message = bytes.fromhex(vector["private_seed"]), bytes.fromhex(vector["message"])
        assert signing.public_key(seed).hex() == vector["public_key"]
        assert Ed25519().get_signature(seed, message).hex() == vector["signature"]


#: Every encoding, canonical or not, of the points of order 1, 2, 4 and 8.
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("public", SMALL_ORDER)
def test_public_keys_of_small_order_are_refused(public: str) -> None:
    spelt_right = SMALL_ORDER.index(public) < 8  # the others are second spellings
    words = "small order" if spelt_right else "not the public key"
    with pytest.raises(KeyUnavailable, match=words):
        check_public_key(bytes.fromhex(public))


@given(st.binary(min_size=32, max_size=32))
def test_a_point_that_is_doubled_stays_on_the_curve(seed: bytes) -> None:
    point = signing._point(signing.public_key(seed))
    assert point is not None
    for _ in range(3):
        x, y = point = signing._double(*point)
        assert (y * y - x * x - 1 - signing._D * x * x * y * y) % signing._P == 0


@pytest.mark.parametrize("public", [b"", b"\2" + bytes(31), b"\xff" * 32, bytes(33)])
def test_what_is_no_point_is_refused(public: bytes) -> None:
    with pytest.raises(KeyUnavailable):
        check_public_key(public)


@given(st.binary(min_size=32, max_size=32))
def test_honest_public_keys_are_taken(seed: bytes) -> None:
    check_public_key(signing.public_key(seed))
