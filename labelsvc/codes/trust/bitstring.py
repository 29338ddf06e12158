"""The same lists as W3C Bitstring Status List credentials, for readers of Verifiable Credentials.

W3C Recommendation of 15 May 2025: one credential for each lot, the printed unit is the index. The
proof is a Data Integrity proof of the suite eddsa-jcs-2022 by the status key, which
/.well-known/did.json names.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote, urlsplit

from labelsvc.codes.forms.signing import Ed25519
from labelsvc.codes.keys.sealing import unseal
from labelsvc.codes.trust.formats.body import UNIT_BITS, Listed, Whole
from labelsvc.codes.trust.formats.status import Purpose, StatusList
from labelsvc.codes.trust.models import StatusListRecord, StatusState
from labelsvc.codes.trust.publish import key_of, path_of
from labelsvc.errors import BadInput
from labelsvc.files import Files

#: The least the standard allows, so that no list says how small its lot is.
LEAST_BITS: Final = 131_072
_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
#: Multicodec of an Ed25519 public key.
_ED25519: Final = b"\xed\x01"
#: Our purposes in the words of the standard.
_PURPOSE: Final = {Purpose.WITHDRAWN: "revocation", Purpose.SOLD: "suspension"}


def bits_of(listed: Listed, lot: int) -> bytes:
    """The bitstring of a lot: bit *n* from the left is set if unit *n* is listed."""
    units = listed.get(lot, ())
    if isinstance(units, Whole):
        return b"\xff" * (1 << UNIT_BITS - 3)
    size = max(LEAST_BITS, 1 << (units[-1].bit_length() if units else 0))
    found = bytearray(size // 8)
    for unit in units:
        found[unit >> 3] |= 0x80 >> (unit & 7)
    return bytes(found)


def encoded(bits: bytes) -> str:
    """`encodedList`: multibase base64url of the GZIP, the same for the same bits."""
    packed = gzip.compress(bits, 9, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decoded(text: str, most: int = 1 << UNIT_BITS - 3) -> bytes:
    """Undo `encoded`. :raises BadInput: it is none, or larger than *most* bytes."""
    try:
        if not text.startswith("u"):
            raise ValueError
        packed = base64.b64decode(text[1:] + "=" * (-(len(text) - 1) % 4), b"-_", validate=True)
        reader = zlib.decompressobj(31)
        bits = reader.decompress(packed, most + 1)
        if len(bits) > most or not reader.eof or reader.unused_data:
            raise ValueError
    except (ValueError, zlib.error):
        raise BadInput("This is no bitstring of a status list.") from None
    return bits


def credential(
    files: Files,
    state: StatusState,
    record: StatusListRecord,
    lot: int,
    *,
    base_url: str,
    secrets: Sequence[str],
) -> str:
    """The signed credential of a lot, made from the published list, as JSON.

    :raises FileMissing: :raises BadStatusList: the list is not there as it was published.
    """
    host = urlsplit(base_url).netloc.lower()
    file = files.get(path_of(record.kid, record.purpose, record.number))
    found = StatusList.read(file, host=host, keys=[key_of(state)])
    purpose = Purpose(record.purpose)
    address = f"{base_url}/trust/bitstring/{record.kid}/{lot}/{purpose}"
    body: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did_of(base_url),
        "validFrom": f"{found.issued:%Y-%m-%dT%H:%M:%SZ}",
        "validUntil": f"{found.expires:%Y-%m-%dT%H:%M:%SZ}",
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": _PURPOSE[purpose],
            "encodedList": encoded(bits_of(found.listed, lot)),
        },
    }
    seed = unseal(secrets, state.sealed, purpose="status key")
    return canonical(body | {"proof": _proof(body, seed, base_url, body["validFrom"])})


def did_of(base_url: str) -> str:
    """`did:web` of the service."""
    return "did:web:" + quote(urlsplit(base_url).netloc.lower(), safe=".-")


def did_document(state: StatusState, base_url: str) -> str:
    """What /.well-known/did.json says: the status key, as JSON."""
    did = did_of(base_url)
    method = {
        "id": f"{did}#status",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": "z" + base58(_ED25519 + state.public),
    }
    return canonical(
        {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": did,
            "verificationMethod": [method],
            "assertionMethod": [method["id"]],
        }
    )


def canonical(value: Any) -> str:
    """JSON as RFC 8785 (JCS) writes it; ours has no numbers but whole ones and ASCII keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def message_of(body: dict[str, Any], options: dict[str, Any]) -> bytes:
    """What an eddsa-jcs-2022 proof signs: hash of the options, hash of the document."""
    return b"".join(hashlib.sha256(canonical(part).encode()).digest() for part in (options, body))


def base58(data: bytes) -> str:
    """Base 58 with Bitcoin's alphabet: a 1 for each zero byte in front."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def _proof(body: dict[str, Any], seed: bytes, base_url: str, created: str) -> dict[str, Any]:
    options = {
        "@context": body["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": created,
        "verificationMethod": f"{did_of(base_url)}#status",
        "proofPurpose": "assertionMethod",
    }
    signature = Ed25519().get_signature(seed, message_of(body, options))
    return options | {"proofValue": "z" + base58(signature)}
