"""Writes tests/vectors/trust.json: python -m tests.vectors.make_trust

Run once for each new case, by hand; the file is frozen, and what stands in it does not change. It is
made by the letter of docs/trust.md with nothing of labelsvc, so that a defect there does not become a
vector.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

HOST = "qr.example.vn"
FILE = Path(__file__).with_name("trust.json")


def seed(name: str) -> bytes:
    """Secrets that everybody knows, as in codes.json."""
    return hashlib.sha256(f"labelsvc test vector: {name}".encode()).digest()


def public(name: str) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed(name)).public_key().public_bytes_raw()


def sign(name: str, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed(name)).sign(message)


# --- manifests ----------------------------------------------------------------------------------


def text_of(version: int, roots: list[str], **changes: Any) -> str:
    keys = [
        {"kid": kid, "state": state, "ed25519": public(f"ed25519 {kid}").hex(), "unit_ranges": ranges}
        for kid, state, ranges in ((2, "frozen", [[77, 0, 1024]]), (3, "revoked", []), (4, "active", []))
    ]  # fmt: skip
    facts = {
        "format": "labelsvc-trust-2", "host": HOST, "version": version,
        "issued": "2026-11-24T02:00:00Z", "expires": "2027-12-29T02:00:00Z",
        "threshold": 2, "roots": [public(root).hex() for root in roots], "keys": keys,
        "status_keys": [note_key("status")], "log_key": None,
    }  # fmt: skip
    return json.dumps(facts | changes, sort_keys=True, separators=(",", ":"))


def manifest(text: str, *signers: str) -> str:
    message = b"labelsvc-trust-v2\0" + text.encode()
    entries = [
        {"root": hashlib.sha256(public(name)).hexdigest()[:16], "signature": sign(name, message).hex()}
        for name in signers
    ]  # fmt: skip
    return json.dumps({"signed": text, "signatures": entries})


def manifests() -> list[dict[str, Any]]:
    one, two, four, five = "root 1", "root 2", "root 4", "root 5"
    old, new = ["root 1", "root 2", "root 3"], ["root 3", "root 4", "root 5"]
    first = manifest(text_of(1, old), one, two)
    rows = [
        ("the first", None, first, "ok"),
        ("the same once more", first, first, "ok"),
        ("one root too few", None, manifest(text_of(1, old), one), "unsigned"),
        ("one root twice", None, manifest(text_of(1, old), one, one), "damaged"),
        ("roots of somebody else", None, manifest(text_of(1, old), four, five), "unsigned"),
        ("signed, then changed", None, first.replace("2027-12", "2037-12"), "unsigned"),
        ("new roots, signed by old and new", first, manifest(text_of(2, new), one, two, four, five), "ok"),
        ("new roots, signed by the old only", first, manifest(text_of(2, new), one, two), "unsigned"),
        ("new roots, signed by the new only", first, manifest(text_of(2, new), four, five), "unsigned"),
        ("a version left out", first, manifest(text_of(3, old), one, two), "gap"),
        ("an older one", manifest(text_of(2, old), one, two), first, "rollback"),
        ("another of the same number", first, manifest(text_of(1, old, expires="2027-01-01T00:00:00Z"), one, two), "rollback"),
        ("another host", first, manifest(text_of(2, old, host="qr.other.vn"), one, two), "host"),
        ("one root is enough for it", None, manifest(text_of(1, old, threshold=1), one, two), "damaged"),
        ("two roots only", None, manifest(text_of(1, old[:2]), one, two), "damaged"),
        ("a key of small order", None, manifest(text_of(1, [*old[:2], "small"]).replace(
            public("small").hex(), "01" + "00" * 31), one, two), "damaged"),
        ("a day that no calendar has", None, manifest(text_of(1, old, expires="2027-02-30T00:00:00Z"), one, two), "damaged"),
        ("past its end it is still read", None, manifest(text_of(
            1, old, issued="2020-01-01T00:00:00Z", expires="2021-01-01T00:00:00Z"), one, two), "ok"),
        ("no JSON", None, first[1:], "damaged"),
    ]  # fmt: skip
    return [{"note": n, "held": h, "file": f, "result": r} for n, h, f, r in rows]


# --- notes ----------------------------------------------------------------------------------------


def key_id(name: str) -> bytes:
    return hashlib.sha256(f"{HOST}/{name}\n".encode() + b"\x01" + public(name)).digest()[:4]


def note_key(name: str) -> str:
    encoded = base64.b64encode(b"\x01" + public(name)).decode()
    return f"{HOST}/{name}+{key_id(name).hex()}+{encoded}"


def note(lines: list[str], name: str = "status") -> bytes:
    text = "".join(line + "\n" for line in lines)
    raw = base64.b64encode(key_id(name) + sign(name, text.encode())).decode()
    return f"{text}\n\u2014 {HOST}/{name} {raw}\n".encode()


# --- lists ----------------------------------------------------------------------------------------


def gamma(number: int) -> str:
    return "0" * (number.bit_length() - 1) + f"{number:b}"


def rice(places: list[int], k: int) -> str:
    out, after = "", 0
    for place in places:
        gap, after = place - after, place + 1
        out += "1" * (gap >> k) + "0" + (f"{gap & (1 << k) - 1:0{k}b}" if k else "")
    return out


def packed(bits: str) -> bytes:
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def sparse(gap: int, e: int) -> str:
    return gamma(gap) + "00" + f"{e:05b}"


def dense(gap: int, e: int, complement: int, k: int, places: list[int]) -> str:
    own = f"{complement}{k:05b}" + gamma(len(places) + 1) + rice(places, k)
    return gamma(gap) + "01" + f"{e:05b}" + own


def body_of(number: int, base: int, count: int, k: int, body: bytes, **changes: str) -> bytes:
    lines = {
        "format": "labelsvc-status/1", "host": HOST, "list": "4 withdrawn", "number": f"{number} {base}",
        "issued": "2026-11-24T02:00:00Z", "expires": "2026-11-25T02:00:00Z",
        "sizes": f"90 {count} {k}", "sha256": hashlib.sha256(body).hexdigest(),
    }  # fmt: skip
    return note(list((lines | changes).values())) + b"\0" + body


def lists() -> list[dict[str, Any]]:
    # Lots 3 (whole), 77 (190 and 700, shared), 78 (8 to 15, by complement), 80 (0 and 5, shared).
    lots = (
        gamma(5)
        + gamma(4)
        + "1"
        + sparse(74, 10)
        + dense(1, 4, 1, 0, list(range(8)))
        + sparse(2, 3)
    )
    body = packed(lots + rice([190, 700, 1024, 1029], 7))
    units = {"3": None, "77": [190, 700], "78": list(range(8, 16)), "80": [0, 5]}
    one = packed(gamma(2) + sparse(78, 3) + rice([2], 1))
    full = body_of(1, 0, 12, 7, body)
    far = packed(gamma(2) + sparse(1, 3) + rice([8], 3))
    rows: list[tuple[str, bytes, str, Any]] = [
        ("every kind of lot", full, "ok", units),
        ("nothing", body_of(1, 0, 0, 0, packed(gamma(1))), "ok", {}),
        ("a delta", body_of(2, 1, 1, 1, one), "ok", {"77": [2]}),
        ("base is not the number before", body_of(5, 3, 1, 1, one), "damaged", None),
        ("a place at the end of the list", body_of(1, 0, 1, 3, far), "damaged", None),
        ("e above 24", body_of(1, 0, 0, 0, packed(gamma(2) + sparse(1, 25))), "damaged", None),
        ("k above 24", body_of(1, 0, 0, 25, packed(gamma(1))), "damaged", None),
        ("a lot of 2^24", body_of(1, 0, 0, 0, packed(gamma(2) + gamma((1 << 24) + 1) + "1")), "damaged", None),
        ("fewer bits than needed", body_of(1, 0, 9, 1, one), "damaged", None),
        ("more in dense lists than in all", body_of(1, 0, 7, 7, body), "damaged", None),
        ("a bit of filling that is not zero", body_of(1, 0, 1, 1, one[:-1] + bytes([one[-1] | 1])), "damaged", None),
        ("a byte too many", body_of(1, 0, 1, 1, one + b"\0"), "damaged", None),
        ("another body", full[:-1] + bytes([full[-1] ^ 255]), "damaged", None),
        ("another text", full.replace(b"90 12 7", b"99 12 7"), "unsigned", None),
        ("another host", body_of(1, 0, 12, 7, body, host="qr.other.vn"), "host", None),
        ("a purpose nobody knows", body_of(1, 0, 12, 7, body, list="4 lost"), "damaged", None),
    ]  # fmt: skip
    return [{"note": n, "file": f.hex(), "result": r, "units": u} for n, f, r, u in rows]


def heads() -> list[dict[str, Any]]:
    def head(*lines: str, issued: str = "2026-11-24T02:00:00Z", host: str = HOST) -> bytes:
        return note(["labelsvc-status-head/1", host, issued, "2026-11-25T02:00:00Z", *lines])

    def newer(*lines: str) -> bytes:
        return note(
            ["labelsvc-status-head/2", HOST, "2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z", *lines]
        )

    sold, withdrawn = f"4 sold 3 {'ab' * 32}", f"4 withdrawn 17 {'cd' * 32}"
    good = head(sold, withdrawn)
    rows: list[tuple[str, bytes | None, bytes, str]] = [
        ("two lists", None, good, "ok"),
        ("no list yet", None, head(), "ok"),
        ("the same once more", good, good, "ok"),
        ("an older one", good, head(issued="2026-11-24T01:59:59Z"), "rollback"),
        ("out of order", None, head(withdrawn, sold), "damaged"),
        ("one line twice", None, head(sold, sold), "damaged"),
        ("a number with a zero in front", None, head(f"4 sold 03 {'ab' * 32}"), "damaged"),
        ("another host", None, head(host="qr.other.vn"), "host"),
        ("signed by a key that is not named", None, note(
            ["labelsvc-status-head/1", HOST, "2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z"], "log"), "unsigned"),
        ("it names the manifest and keys", good, newer("manifest 3", "key 2 frozen", "key 5 next", sold, withdrawn), "ok"),
        ("it names the manifest alone", None, newer("manifest 0"), "ok"),
        ("it names no manifest", None, newer(sold), "damaged"),
        ("nothing behind the moments", None, newer(), "damaged"),
        ("a version with a zero in front", None, newer("manifest 03"), "damaged"),
        ("keys out of order", None, newer("manifest 3", "key 5 next", "key 2 frozen"), "damaged"),
        ("one key twice", None, newer("manifest 3", "key 2 frozen", "key 2 revoked"), "damaged"),
        ("a key that is active", None, newer("manifest 3", "key 2 active"), "damaged"),
        ("a state nobody knows", None, newer("manifest 3", "key 2 lost"), "damaged"),
        ("key 0", None, newer("manifest 3", "key 0 next"), "damaged"),
        ("a key behind the lists", None, newer("manifest 3", sold, "key 2 frozen"), "damaged"),
        ("keys in a head of before", None, head("manifest 3", "key 2 frozen", sold), "damaged"),
    ]  # fmt: skip
    return [{"note": n, "held": h and h.hex(), "file": f.hex(), "result": r} for n, h, f, r in rows]


def main() -> None:
    found = {
        "format": "labelsvc-trust-vectors-1",
        "about": "Frozen test data of docs/trust.md. Files of lists and heads are hexadecimal. Never changed; new cases are added at the end of a list.",
        "host": HOST, "status_key": note_key("status"),
        "manifests": manifests(), "heads": heads(), "lists": lists(),
    }  # fmt: skip
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
