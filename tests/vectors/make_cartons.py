"""Writes tests/vectors/cartons.json: python -m tests.vectors.make_cartons

Run once for each new case, by hand; the file is frozen, and what stands in it does not change. It is
made by the letter of docs/codes.md with nothing of labelsvc, so that a defect there does not become a
vector.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

HOST = "qr.example.vn"
FILE = Path(__file__).with_name("cartons.json")
KEYS = {
    key["kid"]: bytes.fromhex(key["ed25519_private"])
    for key in json.loads(FILE.with_name("codes.json").read_text())["keys"]
}
WIDTHS = {"version": 4, "kid": 12, "reference": 47, "lot": 24, "issue": 32, "first": 24, "count": 12,
          "expiry": 14, "flags": 3, "reserved": 4}  # fmt: skip


def unit(number: int) -> str:
    """A code in its canonical spelling; that its own tag is none plays no part here."""
    return f"{number:024}"


def carton(*, room: int, units: list[str], spoil: bytes = b"", **fields: int) -> dict[str, Any]:
    values = {"version": 2, "kid": 4, "reference": 1234, "lot": 77, "issue": 9, "first": 0,
              "count": len(units), "expiry": 0, "flags": 0, "reserved": 0} | fields  # fmt: skip
    bits = "".join(f"{values[name]:0{width}b}" for name, width in WIDTHS.items())
    header = int(bits, 2).to_bytes(22, "big")
    tags = b"".join(
        hashlib.sha256(b"ocop-carton-unit-v1\0" + HOST.encode() + b"\0" + code.encode()).digest()[
            :2
        ]
        for code in units
    ).ljust(2 * room, b"\0")
    payload = header + (tags[: len(tags) - len(spoil)] + spoil)
    key = Ed25519PrivateKey.from_private_bytes(KEYS[values["kid"]])
    signature = key.sign(b"ocop-carton-v1\0" + HOST.encode() + b"\0" + payload)
    raw = payload + signature
    digits = str(int.from_bytes(raw, "big")).zfill(len(str(256 ** len(raw) - 1)))
    return {
        "fields": values, "room": room, "units": units, "payload": payload.hex(),
        "signature": signature.hex(), "canonical": digits,
    }  # fmt: skip


def main() -> None:
    units = [unit(number) for number in range(1, 401)]
    good = {
        "one unit": carton(room=1, units=units[:1]),
        "twenty-four units": carton(room=24, units=units[120:144], first=120, expiry=2900),
        "the last carton of a run": carton(room=24, units=units[144:149], first=144),
        "a GTIN": carton(room=6, units=units[:6], reference=8938505974019, flags=1),
        "as many as there can be": carton(
            room=360, units=units[:360], lot=2**24 - 1, issue=2**32 - 1, first=2**24 - 1, expiry=2**14 - 1,
        ),
        "a key that is retired": carton(room=2, units=units[:2], kid=1),
        "a key that is frozen": carton(room=2, units=units[:2], kid=2),
        "a key that is revoked": carton(room=2, units=units[:2], kid=3),
    }  # fmt: skip
    bad = {
        "version 1": carton(room=2, units=units[:2], version=1),
        "version 3": carton(room=2, units=units[:2], version=3),
        "no key": carton(room=2, units=units[:2], kid=4) | {},
        "no units": carton(room=2, units=[], count=0),
        "more units than places": carton(room=2, units=units[:2], count=3),
        "a reserved flag": carton(room=2, units=units[:2], flags=2),
        "a reserved bit": carton(room=2, units=units[:2], reserved=1),
        "a tag behind the last unit": carton(room=3, units=units[:2], spoil=b"\0\x01"),
        "a GTIN that is none": carton(room=2, units=units[:2], reference=8938505974018, flags=1),
    }
    number = int(bad["no key"]["canonical"])
    raw = bytearray(number.to_bytes(22 + 4 + 64, "big"))
    raw[0], raw[1] = 0x20, 0
    bad["no key"]["canonical"] = str(int.from_bytes(raw, "big")).zfill(
        len(bad["no key"]["canonical"])
    )
    found = {
        "format": "labelsvc-carton-vectors-1",
        "about": "Carton codes (docs/codes.md), made with the keys of codes.json. Frozen.",
        "host": HOST,
        "good": [{"name": name, **row} for name, row in good.items()],
        "malformed": [{"name": name, "canonical": row["canonical"]} for name, row in bad.items()]
        + [
            {"name": "larger than its bytes", "canonical": "9" * 212},
            {"name": "a digit too few", "canonical": good["one unit"]["canonical"][1:]},
        ],
        "stranger": unit(399),
    }
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
