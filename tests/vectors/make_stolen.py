"""Writes tests/vectors/stolen.json: python -m tests.vectors.make_stolen

Codes of a frozen key, each field of which a thief signed anew, and what a verifier without a network answers.
Run once for each new case, by hand; the file is frozen. It is made by the letter of docs/codes.md and
docs/trust.md with nothing of labelsvc, so that a defect there does not become a vector.
"""

from __future__ import annotations

import json
from typing import Any

from tests.vectors.make_trust import FILE, HOST, manifest, note_key, public, sign

#: What the log has of key 2: lot, first, stop, and what the codes say: reference, expiry, flags.
RUNS = [
    (77, 0, 500, 5, 2557, 0),  # product 5, to 2027-01-01
    (77, 500, 600, 5, 2922, 0),  # the same product, another run, to 2028-01-01
    (78, 0, 100, 8938505974019, 0, 1),  # a GTIN, no last day
    (79, 0, 100),  # a run of before it was noted what codes say
]


def code(lot: int, unit: int, reference: int, expiry: int, flags: int) -> str:
    number = 1
    for value, bits in ((2, 12), (reference, 47), (lot, 24), (unit, 24), (expiry, 14), (flags, 3)):
        number = number << bits | value
    payload = number.to_bytes(16, "big")
    signature = sign("ed25519 2", b"ocop-qr-v1\0" + HOST.encode() + b"\0" + payload)
    return str(int.from_bytes(payload + signature, "big")).zfill(193)


def trust(**changes: Any) -> str:
    key = {
        "kid": 2, "state": "frozen", "ed25519": public("ed25519 2").hex(),
        "unit_ranges": [run[:3] for run in RUNS], "unit_facts": [run[3:] for run in RUNS],
    }  # fmt: skip
    facts = {
        "format": "labelsvc-trust-2", "host": HOST, "version": 1,
        "issued": "2026-11-24T02:00:00Z", "expires": "2027-12-29T02:00:00Z",
        "threshold": 2, "roots": [public(f"root {n}").hex() for n in (1, 2, 3)],
        "keys": [{name: value for name, value in (key | changes).items() if value is not None}],
        "status_keys": [note_key("status")], "log_key": None,
    }  # fmt: skip
    return manifest(json.dumps(facts, sort_keys=True, separators=(",", ":")), "root 1", "root 2")


def cases() -> list[dict[str, Any]]:
    good, red, ask = "ISSUED_OK_STALE", "FROZEN_KEY_OUTSIDE_RANGE", "SHORT_CODE_NEEDS_NETWORK"
    rows = [
        ("as printed", (77, 6, 5, 2557, 0), good),
        ("the last unit of the run", (77, 499, 5, 2557, 0), good),
        ("a unit of the next run with its day", (77, 500, 5, 2922, 0), good),
        ("with a GTIN and without a last day", (78, 6, 8938505974019, 0, 1), good),
        ("expiry a day later", (77, 6, 5, 2558, 0), red),
        ("expiry a day earlier", (77, 6, 5, 2556, 0), red),
        ("expiry years later", (77, 6, 5, 5479, 0), red),
        ("expiry taken away", (77, 6, 5, 0, 0), red),
        ("expiry where there was none", (78, 6, 8938505974019, 5479, 1), red),
        ("expiry of the other run of the lot", (77, 6, 5, 2922, 0), red),
        ("another product", (77, 6, 6, 2557, 0), red),
        ("product 0", (77, 6, 0, 2557, 0), red),
        ("another GTIN", (78, 6, 8938505974026, 0, 1), red),
        ("a GTIN for a product number", (77, 6, 8938505974019, 2557, 1), red),
        ("the GTIN as a product number", (78, 6, 8938505974019, 0, 0), red),
        ("a unit behind the last", (77, 600, 5, 2922, 0), red),
        ("the largest unit", (77, (1 << 24) - 1, 5, 2557, 0), red),
        ("another lot", (80, 6, 5, 2557, 0), red),
        ("the lot of another product", (78, 6, 5, 2557, 0), red),
        ("past its day, and as printed", (77, 6, 5, 1000, 0), red),
        ("of a run that does not tell", (79, 6, 5, 2557, 0), ask),
        ("of a run that does not tell, behind its last unit", (79, 100, 5, 2557, 0), red),
    ]
    found = [
        {"note": note, "manifest": 0, "code": code(*given), "verdict": said} for note, given, said in rows
    ]  # fmt: skip
    found.append({
        "note": "as printed, and the manifest is of before", "manifest": 1,
        "code": code(77, 6, 5, 2557, 0), "verdict": ask,
    })  # fmt: skip
    found.append({
        "note": "behind the last unit, and the manifest is of before", "manifest": 1,
        "code": code(77, 600, 5, 2557, 0), "verdict": red,
    })  # fmt: skip
    return found


def main() -> None:
    facts = {
        "format": "labelsvc-stolen-vectors-1",
        "about": "Codes of a frozen key (docs/trust.md, section 4), judged without a status head at the moment "
        "`at`. Frozen. `manifest` is a place in `manifests`; those of `damaged` must be refused.",
        "host": HOST,
        "at": "2026-11-24T03:00:00Z",
        "manifests": [trust(), trust(unit_facts=None)],
        "damaged": [
            trust(unit_facts=rows)
            for rows in (
                [], [[5, 2557, 0]], [[5, 2557]] * 4, [[5, 2557, 8]] * 4, [[5, 1 << 14, 0]] * 4,
                [[1 << 47, 0, 0]] * 4, [[-1, 0, 0]] * 4, [["5", 0, 0]] * 4, [[5, 0, 0, 0]] * 4, {}, "abcd",
            )
        ],
        "cases": cases(),
    }  # fmt: skip
    text = json.dumps(facts, indent=1, ensure_ascii=True) + "\n"
    FILE.with_name("stolen.json").write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()
