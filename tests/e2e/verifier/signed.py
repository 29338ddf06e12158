"""A manifest, a head and lists that both verifiers are given, and codes under their keys."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from labelsvc.codes.forms import offline
from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.forms.units import unit_keys
from labelsvc.codes.keys.key import Key, KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.tlog.formats.note import NoteKey, sign
from labelsvc.codes.trust.formats.body import WHOLE
from labelsvc.codes.trust.formats.manifest import Content, Manifest
from labelsvc.codes.trust.formats.status import HeadLine, Purpose, StatusHead, StatusList
from labelsvc.codes.trust.roots import SeedRoot
from tests.codes.conftest import HOST, KEYS, PERMUTATION_SECRET


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
ROOTS = [SeedRoot(bytes([n]) * 32) for n in range(1, 7)]
SEED = bytes(range(32))
STATUS = NoteKey(f"{HOST}/status", public_key(SEED))
RING = Keyring(KEYS, PERMUTATION_SECRET, HOST)
signing = partial(sign, name=STATUS.name, seed=SEED)
#: What `code` says: product 5, no last day.
SAID = (5, 0, 0)
CONTENT = Content(
    HOST, 1, AT, AT + timedelta(days=400), 2, tuple(root.public for root in ROOTS[:3]),
    tuple(
        replace(
            Key.from_public(key.to_public()),
            unit_ranges=tuple((*row, *SAID) for row in key.unit_ranges),
        )
        for key in KEYS
        if key.state != KeyState.NEXT
    ),
    (STATUS,),
)  # fmt: skip


def signed(content: Content, *roots: int) -> str:
    made = Manifest.draft(content)
    for root in roots:
        made = made.sign(ROOTS[root])
    return bytes(made).decode()


FIRST = signed(CONTENT, 0, 1)
SECOND = replace(CONTENT, version=2, roots=tuple(root.public for root in ROOTS[2:5]))


FULL = StatusList(
    HOST, 4, Purpose.WITHDRAWN, 1, 0, AT, AT + timedelta(days=1), 90, {77: (190, 700), 78: WHOLE}
)
SOLD = replace(FULL, purpose=Purpose.SOLD, listed={77: (734,)})
LISTS = [FULL, SOLD]
#: Of key 4: lot 77 up to 1,024 units and perhaps 4,096, lot 79 none yet.
FAR = replace(FULL, purpose=Purpose.ISSUED, listed={77: (10, 12), 78: (10, 10), 79: (0, 10)})
OF_STOLEN = [
    replace(FULL, kid=2, listed={77: (11, 12, 14)}),
    replace(SOLD, kid=2, listed={}),
]
#: The same manifest when the key of the shuffle is told: of lot 77 units 0 to 999 and 1,100 to 1,199.
TOLD = unit_keys(PERMUTATION_SECRET, [78])[0]
EXACT = replace(
    CONTENT,
    keys=tuple(
        replace(
            key,
            unit_keys=(TOLD,),
            unit_ranges=((77, 0, 1000, *SAID), (77, 1100, 1200, *SAID), (78, 0, 9)),
        )
        if key.state == KeyState.FROZEN
        else key
        for key in CONTENT.keys
    ),
)


def head_of(lists: list[StatusList], **facts: Any) -> StatusHead:
    lines = tuple(
        HeadLine(x.kid, x.purpose, x.number, "ab" * 32)
        for x in sorted(lists, key=lambda x: (x.kid, x.purpose))
    )
    return replace(StatusHead(HOST, AT, AT + timedelta(days=1), lines, 1), **facts)


def code(**facts: Any) -> str:
    given = {"kid": 4, "reference": 5, "lot": 77, "unit": 36} | facts
    return RING.offline(offline.OfflinePayload(**given))


GOOD = code()
