"""tests/vectors/codes.json, twice: through the package, and by the letter of docs/codes.md.

The second way uses nothing of labelsvc. If the two disagree, labels that are printed would not be
read by somebody else's verifier, and the package is what must change.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from labelsvc.codes.forms import alphabet, gs1, short, uri
from labelsvc.codes.forms.offline import OfflinePayload
from labelsvc.codes.forms.permutation import Permutation
from labelsvc.codes.forms.signing import derive
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.errors import LabelsvcError

from .conftest import HOST, KEYS, PERMUTATION_SECRET, VECTORS, checked

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MAC_KEYS = sorted((k["first_number"], k) for k in VECTORS["keys"] if k["first_number"] is not None)


@pytest.fixture(scope="module")
def maker() -> Keyring:
    """The same keys while none of them was frozen or revoked."""
    bad = (KeyState.FROZEN, KeyState.REVOKED)
    keys = [replace(k, state=KeyState.RETIRED) if k.state in bad else k for k in KEYS]
    return Keyring(keys, PERMUTATION_SECRET, HOST)


def _payload(vector: dict[str, Any]) -> OfflinePayload:
    expires = vector["expires"] and date.fromisoformat(vector["expires"])
    return OfflinePayload(
        vector["kid"], vector["reference"], vector["lot"], vector["unit"], expires or None,
        vector["is_gtin"],
    )  # fmt: skip


# --- through the package --------------------------------------------------------------------------


def test_parts() -> None:
    for vector in VECTORS["alphabet"]:
        assert alphabet.encode(vector["value"], vector["length"]) == vector["text"]
    for vector in VECTORS["derive"]:
        assert derive(bytes.fromhex(vector["master"]), vector["purpose"]).hex() == vector["key"]
    for vector in VECTORS["permutation"]:
        shuffle = Permutation(bytes.fromhex(vector["key"]), vector["bits"], tweak=vector["tweak"])
        assert shuffle.forward(vector["number"]) == vector["place"]
        assert shuffle.backward(vector["place"]) == vector["number"]


def test_units(maker: Keyring) -> None:
    for vector in VECTORS["units"]:
        assert maker.units.printed(vector["lot"], vector["index"]) == vector["printed"]


def test_codes_are_made_as_frozen(maker: Keyring) -> None:
    for vector in VECTORS["short"]:
        assert maker.short(vector["number"]) == vector["canonical"]
        parsed = short.parse(vector["canonical"])
        assert (parsed.number_id, parsed.tag.hex()) == (vector["id"], vector["tag"])
    for vector in VECTORS["gs1"]:
        assert maker.gs1(vector["gtin"], vector["number"]) == vector["canonical"]
        code = gs1.parse(vector["canonical"])
        assert isinstance(code, gs1.Gs1Code)
        assert (code.number_id, code.tag.hex()) == (vector["id"], vector["tag"])
    for vector in VECTORS["offline"]:
        assert _payload(vector).pack().hex() == vector["payload"]
        assert maker.offline(_payload(vector)) == vector["canonical"]
    for vector in VECTORS["short"] + VECTORS["gs1"] + VECTORS["offline"]:
        assert uri.url(f"https://{HOST}", vector["canonical"]) == vector["symbol"]
        if "printed" in vector:
            assert uri.printed(vector["canonical"]) == vector["printed"]


@pytest.mark.parametrize("vector", VECTORS["read"], ids=lambda vector: vector["note"])
def test_texts_are_read_as_frozen(vector: dict[str, Any], keyring: Keyring) -> None:
    found: dict[str, Any] = {}
    try:
        canonical, proof = checked(keyring, vector["text"])
        found["result"] = "link" if proof is None else "ok"
        found["canonical"] = canonical
        if isinstance(proof, int):
            found["number"] = proof
    except LabelsvcError as error:
        found["result"] = error.code
        if "canonical" in vector:
            found["canonical"] = uri.parse(vector["text"], host=HOST).canonical
    assert found == {k: vector[k] for k in ("result", "canonical", "number") if k in vector}


# --- by the letter of the specification, without the package --------------------------------------


def spec_derive(master: bytes, purpose: str) -> bytes:
    extracted = hmac.new(bytes(32), master, hashlib.sha256).digest()
    return hmac.new(extracted, purpose.encode() + b"\x01", hashlib.sha256).digest()


def spec_forward(key: bytes, bits: int, tweak: int, number: int) -> int:
    right_bits = bits - bits // 2
    a, b = number >> right_bits, number & ((1 << right_bits) - 1)
    for i in range(10):
        block = bytes([i, bits, 0, 0]) + tweak.to_bytes(4, "big") + b.to_bytes(8, "big")
        output = Cipher(AES(key), ECB()).encryptor().update(block)
        width = right_bits if i % 2 else bits // 2
        a, b = b, a ^ (int.from_bytes(output[:8], "big") % (1 << width))
    return a << right_bits | b


def spec_base32(value: int, length: int) -> str:
    text = ""
    for _ in range(length):
        value, digit = divmod(value, 32)
        text = CROCKFORD[digit] + text
    return text


def spec_code(form: str, number: int, extra: bytes, bits: int) -> tuple[int, int]:
    """Id and tag of a server-checked form."""
    key = [k for first, k in MAC_KEYS if first <= number][-1]
    tag_key = spec_derive(bytes.fromhex(key["mac_secret"]), f"labelsvc/{form}/v1/{key['kid']}")
    number_key = spec_derive(PERMUTATION_SECRET, "labelsvc/number/v1")
    number_id = spec_forward(number_key, 40, 0, number)
    message = f"ocop-{form}-v1\0{HOST}\0".encode() + extra + number_id.to_bytes(5, "big")
    digest = hmac.new(tag_key, message, hashlib.sha256).digest()
    return number_id, int.from_bytes(digest, "big") >> (256 - bits)


def test_short_codes_follow_from_the_specification() -> None:
    for vector in VECTORS["short"]:
        number_id, tag = spec_code("short", vector["number"], b"", 80)
        assert spec_base32(number_id << 80 | tag, 24) == vector["canonical"]


def test_gs1_codes_follow_from_the_specification() -> None:
    for vector in VECTORS["gs1"]:
        number_id, tag = spec_code("gs1", vector["number"], vector["gtin"].encode(), 60)
        serial = spec_base32(number_id << 60 | tag, 20)
        assert f"01/{vector['gtin']}/21/{serial}" == vector["canonical"]


def test_offline_codes_follow_from_the_specification() -> None:
    private = {k["kid"]: bytes.fromhex(k["ed25519_private"]) for k in VECTORS["keys"]}
    for vector in VECTORS["offline"]:
        days = (
            (date.fromisoformat(vector["expires"]) - date(2020, 1, 1)).days
            if vector["expires"]
            else 0
        )
        bits = (
            f"{1:04b}{vector['kid']:012b}{vector['reference']:047b}{vector['lot']:024b}"
            f"{vector['unit']:024b}{days:014b}{int(vector['is_gtin']):03b}"
        )
        payload = int(bits, 2).to_bytes(16, "big")
        message = b"ocop-qr-v1\0" + HOST.encode() + b"\0" + payload
        signature = Ed25519PrivateKey.from_private_bytes(private[vector["kid"]]).sign(message)
        assert message.hex() == vector["message"]
        assert f"{int.from_bytes(payload + signature, 'big'):0193}" == vector["canonical"]


def test_units_follow_from_the_specification() -> None:
    key = spec_derive(PERMUTATION_SECRET, "labelsvc/unit/v1")
    for vector in VECTORS["units"]:
        index = vector["index"]
        start, bits = (
            (0, 10) if index < 1024 else (1 << index.bit_length() - 1, index.bit_length() - 1)
        )
        printed = start + spec_forward(key, bits, vector["lot"], index - start)
        assert printed == vector["printed"]
