"""Mutated inputs for every parser of the product: each is read, or refused with our own error.

python -m tests.fuzz [--inputs 1000000] [--seed 1] [NAME ...]

Deterministic: the same seed gives the same inputs. An input that escapes is printed and ends the run
with exit code 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from labelsvc.codes.forms import alphabet, carton, offline, short, uri
from labelsvc.codes.forms.carton import CartonPayload
from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.forms.units import unit_keys
from labelsvc.codes.keys.key import Key, KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.tlog.formats.checkpoint import Checkpoint, read
from labelsvc.codes.tlog.formats.leaf import AuditHeadLeaf, PrintRunLeaf
from labelsvc.codes.tlog.formats.leaf import parse as parse_leaf
from labelsvc.codes.tlog.formats.note import Note, NoteKey, sign
from labelsvc.codes.tlog.formats.tiles import Tile, unpack_leaves
from labelsvc.codes.trust.formats import body
from labelsvc.codes.trust.formats.manifest import Content, Manifest
from labelsvc.codes.trust.formats.status import HeadLine, Purpose, StatusHead, StatusList
from labelsvc.codes.trust.roots import SeedRoot, open_root, seal_root
from labelsvc.errors import LabelsvcError
from tests.fuzz import documents
from tests.fuzz.target import Target

HOST, SEED = "qr.example.vn", bytes(range(32))
AT = datetime(2026, 11, 24, tzinfo=UTC)
_KEYS = [
    Key(1, KeyState.ACTIVE, public_key(SEED), SEED, bytes(32), 1),
    Key(2, KeyState.NEXT, public_key(bytes(32)), bytes(32), SEED),
    Key(
        3, KeyState.FROZEN, public_key(bytes([3]) * 32), unit_ranges=((7, 0, 20), (7, 30, 99)),
        unit_keys=unit_keys(SEED, [9])[:1],
    ),
]  # fmt: skip
_RING = Keyring(_KEYS, bytes(32), HOST)
_STATUS = NoteKey(f"{HOST}/status", public_key(SEED))
_SIGN = partial(sign, name=_STATUS.name, seed=SEED)


def _codes() -> list[str]:
    payload = offline.OfflinePayload(1, 7, 3, 99)
    found = [_RING.short(9), _RING.gs1("08938505974019", 11), _RING.offline(payload)]
    return [f"HTTPS://{HOST.upper()}/{code}" for code in found] + [
        "(01)08938505974019(21)ABC", f"https://{HOST}/01/08938505974019/10/L1?x=1", found[0].lower(),
    ]  # fmt: skip


def _bodies() -> list[bytes]:
    sets: list[body.Listed] = [
        {}, {3: body.WHOLE}, {1: (0, 5, 9), 7: tuple(range(40, 90))}, {2: tuple(range(3, 255))},
    ]  # fmt: skip
    made = [body.encode(listed) for listed in sets]
    return [bytes([m.count % 256, m.k]) + m.data for m in made]


def _body(data: bytes) -> object:
    """The first two bytes are count and k. A complement of 16 million units is refused by size."""
    if len(data) < 2:
        return None
    return body.decode(body.Body(data[2:], data[0], data[1] % 26))


def _manifest() -> Manifest:
    roots = [SeedRoot(bytes([n]) * 32) for n in (1, 2, 3)]
    content = Content(
        HOST, 1, AT, AT + timedelta(days=400), 2, tuple(root.public for root in roots),
        tuple(Key.from_public(key.to_public()) for key in _KEYS), (_STATUS,), None,
    )  # fmt: skip
    return Manifest.draft(content).sign(roots[0]).sign(roots[1])


def targets() -> dict[str, Target]:
    """Name → what is fed."""
    full = StatusList(
        HOST, 1, Purpose.WITHDRAWN, 2, 0, AT, AT + timedelta(days=1), 9, {1: (0, 5), 3: body.WHOLE}
    )
    head = StatusHead(HOST, AT, AT + timedelta(days=1), (HeadLine(1, Purpose.SOLD, 1, "ab" * 32),))
    checkpoint = Checkpoint(f"{HOST}/log", 3, bytes(32)).sign(SEED)
    log_key = NoteKey(f"{HOST}/log", public_key(SEED))
    leaf = PrintRunLeaf(
        id="issue:1", at=AT, form="short", kid=1, first=1, count=9, labels=9, lot=1, lot_code="L1",
        product=1, declared=10, first_in_lot=0,
    )  # fmt: skip
    head_leaf = AuditHeadLeaf(
        id="audit:2026-11-23", at=AT, day=date(2026, 11, 23), entry=9, count=9, head="ab" * 32
    )
    box = CartonPayload(1, 7, 3, 1, 0, 3, b"\1\2" * 3)
    manifest = _manifest()
    return {
        "uri": Target(lambda text: uri.parse(text, host=HOST), _codes()),
        "offline": Target(offline.parse, [_RING.offline(offline.OfflinePayload(1, 7, 3, 99))]),
        "payload": Target(offline.OfflinePayload.unpack, [bytes(16), b"\x10" + bytes(15)]),
        "short": Target(short.parse, [_RING.short(9), _RING.short(10).lower()]),
        "alphabet": Target(alphabet.spell, ["0123-4567", "o0iI"]),
        "keyring file": Target(Keyring.from_json, [_RING.to_json()]),
        "note": Target(Note.parse, [bytes(Note("a\n", (_SIGN("a\n"),)))]),
        "note key": Target(NoteKey.parse, [_STATUS.text]),
        "checkpoint": Target(lambda data: read(data, log_key), [bytes(checkpoint)]),
        "leaf": Target(parse_leaf, [bytes(leaf), bytes(head_leaf)]),
        "carton": Target(carton.parse, [_RING.carton(box)]),
        "carton payload": Target(CartonPayload.unpack, [box.pack()]),
        "tile name": Target(Tile.parse, ["tile/0/000", "tile/entries/x001/234.p/5"]),
        "tile": Target(lambda data: unpack_leaves(data, 2), [b"\0\1a\0\2bc"]),
        "status body": Target(_body, _bodies()),
        "status list": Target(
            lambda data: StatusList.read(data, host=HOST, keys=[_STATUS]), [full.write(_SIGN)]
        ),
        "status head": Target(
            lambda data: StatusHead.read(data, host=HOST, keys=[_STATUS]), [head.write(_SIGN)]
        ),
        "manifest": Target(Manifest.parse, [bytes(manifest)]),
        "manifest text": Target(Content.from_text, [manifest.text]),
        "root key": Target(
            lambda text: open_root(text, "a passphrase"),
            [seal_root(SeedRoot(SEED), "a passphrase", cost=2)],
        ),
    } | documents.targets()


#: What makes parsers stumble more often than a random character.
_STRANGE = ["\0", "\n", "\u2014 ", "%41", "%", "+", "-", "\u0130", "\u0131", "\u212a", "٣", "\ud800",
            "0" * 50, "9" * 400, "null", "true", "[[", '{"', "1e999", "-1", "\u200b", "﻿"]  # fmt: skip


def mutated(seed: Any, draw: random.Random) -> Any:
    """*seed* with one to four changes."""
    text = isinstance(seed, str)
    found = list(seed)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(found) + 1)
        new: list[Any] = list(draw.choice(_STRANGE)) if text else [draw.randrange(256)]
        if draw.random() < 0.5 and text:
            new = [chr(draw.randrange(32, 127))]
        kind = draw.randrange(5)
        if kind == 0:
            found[at:at] = new
        elif kind == 1:
            del found[at : at + draw.randint(1, 9)]
        elif kind == 2:
            found[at : at + len(new)] = new
        elif kind == 3:
            stop = draw.randrange(len(found) + 1)
            found[at:at] = found[min(at, stop) : max(at, stop)][:60]
        else:
            found = found[:at] if draw.random() < 0.3 else found
    return "".join(found) if text else bytes(found)


def feed(target: Target, count: int, draw: random.Random) -> tuple[int, int]:
    """How many inputs were read, and how many refused; anything else comes through."""
    read, refused = 0, 0
    for _ in range(count):
        given = mutated(draw.choice(target.seeds), draw)
        try:
            target.read(given)
            read += 1
        except LabelsvcError:
            refused += 1
        except BaseException:
            print(f"escaped: {given!r}", flush=True)
            raise
    return read, refused


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="for each parser")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    total = 0
    for name, target in targets().items():
        if asked.names and name not in asked.names:
            continue
        begun = time.perf_counter()
        read, refused = feed(target, asked.inputs, random.Random(f"{name} {asked.seed}"))
        total += read + refused
        print(f"{name:<14} {read:>9,} read {refused:>9,} refused {time.perf_counter() - begun:6.0f} s", flush=True)  # fmt: skip
    print(f"{total:,} inputs, only our errors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
