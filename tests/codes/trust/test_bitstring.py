"""The lists as W3C Bitstring Status List credentials."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.codes.forms.signing import Ed25519, public_key
from labelsvc.codes.trust.bitstring import (
    LEAST_BITS,
    base58,
    bits_of,
    canonical,
    decoded,
    did_of,
    encoded,
    message_of,
)
from labelsvc.codes.trust.formats.body import WHOLE
from labelsvc.codes.trust.formats.status import StatusList
from labelsvc.codes.trust.publish import path_of
from labelsvc.errors import BadInput
from tests.codes.trust.test_publish import Service
from tests.codes.trust.test_publish import service as service


@given(st.sets(st.integers(0, 1 << 20), max_size=50))
def test_a_bit_is_set_for_each_listed_unit_and_no_other(units: set[int]) -> None:
    bits = bits_of({7: tuple(sorted(units))}, 7) if units else bits_of({}, 7)
    found = int.from_bytes(bits, "big")
    assert found.bit_count() == len(units)
    assert all(bits[unit >> 3] & 0x80 >> (unit & 7) for unit in units)
    assert 8 * len(bits) >= LEAST_BITS


def test_a_recalled_lot_has_every_bit() -> None:
    bits = bits_of({7: WHOLE}, 7)
    assert len(bits) == 1 << 21
    assert set(bits) == {255}
    assert len(encoded(bits)) < 4000


@pytest.mark.parametrize(
    ("units", "bits"),
    [
        ((), LEAST_BITS),
        ((0,), LEAST_BITS),
        ((LEAST_BITS - 1,), LEAST_BITS),
        ((LEAST_BITS,), 2 * LEAST_BITS),
        ((2 * LEAST_BITS - 1,), 2 * LEAST_BITS),
    ],
)
def test_a_bitstring_is_the_least_power_of_two_that_holds_its_units(
    units: tuple[int, ...], bits: int
) -> None:
    assert 8 * len(bits_of({7: units}, 7)) == bits


@given(st.binary(max_size=300))
def test_an_encoding_is_multibase_base64url_without_padding_or_time(bits: bytes) -> None:
    text = encoded(bits)
    assert re.fullmatch("u[A-Za-z0-9_-]+", text)
    packed = base64.urlsafe_b64decode(text[1:] + "==")
    assert packed[:2] == b"\x1f\x8b"
    assert packed[4:8] == bytes(4)  # RFC 1952: no time stamp


@given(st.binary(max_size=300))
def test_bits_come_back_from_their_encoding(bits: bytes) -> None:
    assert decoded(encoded(bits)) == bits


@pytest.mark.parametrize(
    "text",
    [
        "", "u", "uAAAA", "z" + encoded(b"x")[1:], encoded(b"x")[:-4], encoded(b"x") + "AAAA",
        "u" + base64.urlsafe_b64encode(gzip.compress(bytes((1 << 21) + 1))).decode().rstrip("="),
        "ué", encoded(b"x") + "!", encoded(b"x")[:9] + "\n" + encoded(b"x")[9:],
        "u" + base64.urlsafe_b64encode(zlib.compress(b"x")).decode().rstrip("="),
    ],
)  # fmt: skip
def test_what_is_no_bitstring_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        decoded(text)


def test_a_bitstring_may_have_the_largest_length_and_no_byte_more() -> None:
    text = encoded(bytes(10))
    assert decoded(text, most=10) == bytes(10)
    with pytest.raises(BadInput):
        decoded(text, most=9)


def test_a_bomb_is_not_unfolded() -> None:
    bomb = encoded(bytes(64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(BadInput):
            decoded(bomb, most=100)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_json_is_written_as_rfc_8785_writes_it() -> None:
    assert canonical({"b": [1, {"d": "ấ", "c": None}], "a": "★"}) == (
        '{"a":"★","b":[1,{"c":null,"d":"ấ"}]}'
    )


def test_a_proof_signs_the_hash_of_its_options_and_then_that_of_the_document() -> None:
    options, body = hashlib.sha256(b'{"o":1}').digest(), hashlib.sha256(b'{"b":2}').digest()
    assert message_of({"b": 2}, {"o": 1}) == options + body


def test_a_site_is_named_in_lower_case() -> None:
    assert did_of("HTTPS://QR.Example-Site.VN") == "did:web:qr.example-site.vn"


def test_the_examples_of_base_58() -> None:
    """draft-msporny-base58-03, section 5."""
    assert base58(b"Hello World!") == "2NEpo7TZRRrLZSi2U"
    assert base58(bytes.fromhex("0000287fb4cd")) == "11233QC4"


def test_a_site_with_a_port_has_its_colon_encoded() -> None:
    assert did_of("http://127.0.0.1:8000") == "did:web:127.0.0.1%3A8000"


def test_a_credential_says_what_the_list_says_and_its_proof_holds(service: Service) -> None:
    from labelsvc.codes.trust import bitstring
    from labelsvc.codes.trust.models import StatusListRecord, StatusState
    from tests.codes.trust.test_publish import BASE

    service.mark("withdraw", 3, 4)
    service.publish()
    with service.database.reading() as session:
        state = session.get_one(StatusState, 1)
        record = session.get_one(StatusListRecord, (1, "withdrawn"))
        text = bitstring.credential(
            service.files, state, record, service.lot, base_url=BASE, secrets=service.secrets
        )
        did = json.loads(bitstring.did_document(state, BASE))
        public = state.public
    facts: dict[str, Any] = json.loads(text)
    assert text == canonical(facts)
    address = f"{BASE}/trust/bitstring/1/{service.lot}/withdrawn"
    method = {
        "id": "did:web:qr.example.vn#status",
        "type": "Multikey",
        "controller": "did:web:qr.example.vn",
        "publicKeyMultibase": did["verificationMethod"][0]["publicKeyMultibase"],
    }
    assert did == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": "did:web:qr.example.vn",
        "verificationMethod": [method],
        "assertionMethod": ["did:web:qr.example.vn#status"],
    }
    assert method["publicKeyMultibase"].startswith("z6Mk")  # as every Ed25519 Multikey does
    listed = facts["credentialSubject"]["encodedList"]
    signed = facts["proof"]["proofValue"]
    with service.database.reading() as session:
        record = session.get_one(StatusListRecord, (1, "withdrawn"))
        until = StatusList.read(
            service.files.get(path_of(1, "withdrawn", record.number)),
            host="qr.example.vn", keys=[service.key],
        )  # fmt: skip
    assert facts == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:qr.example.vn",
        "validFrom": f"{until.issued:%Y-%m-%dT%H:%M:%SZ}",
        "validUntil": f"{until.expires:%Y-%m-%dT%H:%M:%SZ}",
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": listed,
        },
        "proof": {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "created": f"{until.issued:%Y-%m-%dT%H:%M:%SZ}",
            "verificationMethod": "did:web:qr.example.vn#status",
            "proofPurpose": "assertionMethod",
            "proofValue": signed,
        },
    }
    assert signed.startswith("z")
    subject = facts["credentialSubject"]
    assert subject["statusPurpose"] == "revocation"
    bits = decoded(subject["encodedList"])
    printed = service.printed(3, 4, 5, 6)
    assert [unit for unit in range(8 * len(bits)) if bits[unit >> 3] & 0x80 >> (unit & 7)] == list(
        printed
    )
    assert facts["proof"]["verificationMethod"] == did["verificationMethod"][0]["id"]
    proof = facts.pop("proof")
    value = unbase58(proof.pop("proofValue").removeprefix("z"))
    assert Ed25519().verify_signature(public, message_of(facts, proof), value)
    facts["credentialSubject"]["encodedList"] = encoded(bytes(len(bits)))
    assert not Ed25519().verify_signature(public, message_of(facts, proof), value)
    assert unbase58(did["verificationMethod"][0]["publicKeyMultibase"][1:]) == b"\xed\x01" + public


def unbase58(text: str) -> bytes:
    number = 0
    for digit in text:
        number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(
            digit
        )
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def test_base_58_of_a_key_is_read_back() -> None:
    raw = b"\xed\x01" + public_key(bytes(32))
    assert unbase58(base58(raw)) == raw
