"""Manifests and verdicts: the same answers in Python and in the browser."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from labelsvc.codes.forms import carton, offline
from labelsvc.codes.forms.units import Units, unit_keys
from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.formats.status import HeadLine, Purpose, StatusHead, StatusList
from labelsvc.codes.trust.held import HeldTrust
from tests.codes.conftest import HOST, PERMUTATION_SECRET
from tests.codes.trust import moments
from tests.e2e.verifier.signed import (
    AT,
    CONTENT,
    EXACT,
    FAR,
    FIRST,
    FULL,
    GOOD,
    LISTS,
    OF_STOLEN,
    RING,
    SECOND,
    b64,
    code,
    head_of,
    signed,
    signing,
)

pytestmark = pytest.mark.e2e


CARTONS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "cartons.json").read_text(encoding="ascii")
)

STOLEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "stolen.json").read_text(encoding="ascii")
)


@pytest.mark.parametrize(
    ("held", "offered", "answer"),
    [
        (None, FIRST, 1),
        (None, signed(CONTENT, 0), "unsigned"),
        (None, signed(CONTENT, 3, 4), "unsigned"),
        (None, "{}", "damaged"),
        (None, FIRST.replace('\\"version\\":1', '\\"version\\":2'), "unsigned"),
        (FIRST, FIRST, 1),
        (FIRST, signed(replace(CONTENT, expires=AT + timedelta(days=9)), 0, 1), "rollback"),
        (FIRST, signed(SECOND, 0, 1, 2, 3), 2),
        (FIRST, signed(SECOND, 2, 3, 4), "unsigned"),
        (FIRST, signed(SECOND, 0, 1), "unsigned"),
        (FIRST, signed(replace(CONTENT, version=3), 0, 1), "gap"),
        (FIRST, signed(replace(CONTENT, version=2, host="qr.other.vn"), 0, 1), "host"),
        (signed(SECOND, 2, 3), FIRST, "rollback"),
    ],
    ids=range(13),
)
def test_manifests_are_believed_by_the_rules(
    page: Page, held: str | None, offered: str, answer: Any
) -> None:
    found = page.evaluate(
        """async ([held, offered]) => {
          const before = held && await v.manifest.read(held, null);
          try { return (await v.manifest.read(offered, before)).version; }
          catch (error) { return error.code ?? String(error); }
        }""",
        [held, offered],
    )
    assert found == answer


def stolen(index: int, lot: int = 77) -> str:
    return code(kid=2, lot=lot, unit=RING.units.printed(lot, index))


CASES: list[tuple[str, str, dict[str, Any], str]] = [
    ("good", GOOD, {}, "ISSUED_OK"),
    ("withdrawn", code(unit=190), {}, "REVOKED"),
    ("lot withdrawn whole", code(lot=78), {}, "REVOKED"),
    ("sold", code(unit=734), {}, "DECOMMISSIONED"),
    ("withdrawn and past its day", code(unit=190, expires=date(2026, 1, 1)), {}, "REVOKED"),
    ("past its day", code(expires=date(2026, 11, 23)), {}, "EXPIRED"),
    ("its last day in Hanoi", code(expires=date(2026, 11, 24)), {}, "ISSUED_OK"),
    ("signature of another", GOOD[:-1] + str((int(GOOD[-1]) + 1) % 10), {}, "BAD_SIGNATURE"),
    ("key of another manifest", code(kid=5), {}, "UNKNOWN_KEY"),
    ("stolen key, in the log", code(kid=2, lot=77, unit=10), {}, "ISSUED_OK_STALE"),
    ("stolen key, not in the log", code(kid=2, lot=77, unit=2_000_000), {}, "FROZEN_KEY_OUTSIDE_RANGE"),
    *(
        (f"stolen key, unit {index} of lot {lot}", stolen(index, lot), {"manifest": EXACT}, answer)
        for lot, index, answer in (
            (77, 0, "ISSUED_OK_STALE"), (77, 999, "ISSUED_OK_STALE"),
            (77, 1000, "FROZEN_KEY_OUTSIDE_RANGE"), (77, 1099, "FROZEN_KEY_OUTSIDE_RANGE"),
            (77, 1100, "ISSUED_OK_STALE"), (77, 1199, "ISSUED_OK_STALE"),
            (77, 1200, "FROZEN_KEY_OUTSIDE_RANGE"), (77, (1 << 24) - 1, "FROZEN_KEY_OUTSIDE_RANGE"),
            (76, 5, "FROZEN_KEY_OUTSIDE_RANGE"), (78, 5, "FROZEN_KEY_OUTSIDE_RANGE"),
        )
    ),
    ("stolen key, a label of a block", code(kid=2, unit=10), {"lists": OF_STOLEN}, "ISSUED_OK"),
    ("stolen key, a gap of a block", code(kid=2, unit=11), {"lists": OF_STOLEN}, "REVOKED"),
    ("newer lot than the list", code(lot=90), {}, "ISSUED_OK_STALE"),
    *(
        (f"lot {lot}, unit {unit}, as far as issued", code(lot=lot, unit=unit),
         {"lists": [*LISTS, FAR]}, answer)
        for lot, unit, answer in (
            (77, 36, "ISSUED_OK"), (77, 1023, "ISSUED_OK"), (77, 1024, "ISSUED_OK_STALE"),
            (77, 4095, "ISSUED_OK_STALE"), (77, 4096, "NOT_ISSUED"), (77, 190, "REVOKED"),
            (79, 0, "ISSUED_OK_STALE"), (79, 1024, "NOT_ISSUED"), (76, 0, "NOT_ISSUED"),
            (77, (1 << 24) - 1, "NOT_ISSUED"), (90, 0, "ISSUED_OK_STALE"),
        )
    ),
    ("never issued, old head", code(lot=76),
     {"lists": [*LISTS, FAR], "now": AT + timedelta(hours=25)}, "ISSUED_OK_STALE"),
    ("no head", GOOD, {"head": None}, "ISSUED_OK_STALE"),
    ("old head", GOOD, {"now": AT + timedelta(hours=25)}, "ISSUED_OK_STALE"),
    ("old head, withdrawn", code(unit=190), {"now": AT + timedelta(days=90)}, "REVOKED"),
    ("old manifest", GOOD, {"now": AT + timedelta(days=401)}, "ISSUED_OK_STALE"),
    ("one list is missing", GOOD, {"lists": [FULL]}, "ISSUED_OK_STALE"),
]  # fmt: skip


def browser_says(
    page: Page,
    text: str,
    head: StatusHead | None,
    lists: list[StatusList],
    now: datetime,
    manifest: str = FIRST,
) -> str:
    verdict: str = page.evaluate(
        """async ([text, host, manifest, head, lists, now]) => {
          const m = await v.manifest.read(manifest, null);
          const trust = {
            manifest: m, head: head && await v.status.readHead(raw(head), m, null),
            lists: await Promise.all(lists.map((file) => v.status.readList(raw(file), m))),
          };
          return v.verdict.judge(v.parse.parseCode(text, host), trust, new Date(now));
        }""",
        [text, HOST, manifest, b64(head.write(signing)) if head else None,
         [b64(x.write(signing)) for x in lists], now.isoformat()],
    )  # fmt: skip
    return verdict


@pytest.mark.parametrize(("name", "text", "facts", "answer"), CASES, ids=[c[0] for c in CASES])
def test_verdicts_without_a_network_are_the_same_in_python_and_in_the_browser(
    page: Page, name: str, text: str, facts: dict[str, Any], answer: str
) -> None:
    lists = facts.get("lists", LISTS)
    head = facts.get("head", head_of(lists))
    now = facts.get("now", AT + timedelta(hours=1))
    manifest = signed(facts["manifest"], 0, 1) if "manifest" in facts else FIRST
    held = HeldTrust(
        Manifest.parse(manifest.encode()), head, {(x.kid, x.purpose): x for x in lists}
    )
    assert str(held.say(offline.parse(text), now)) == answer
    assert browser_says(page, text, head, lists, now, manifest) == answer


def test_the_browser_lets_a_stolen_key_say_nothing_new(page: Page) -> None:
    found = page.evaluate(
        """async ([host, at, manifests, damaged, cases]) => {
          const held = await Promise.all(manifests.map((text) => v.manifest.read(text, null)));
          const refused = await Promise.all(damaged.map((text) =>
            v.manifest.read(text, null).then(() => "read", (error) => error.code ?? String(error))));
          return [await Promise.all(cases.map((row) => v.verdict.judge(v.parse.parseCode(row.code, host),
            {manifest: held[row.manifest], head: null, lists: []}, new Date(at)))), refused];
        }""",
        [STOLEN[name] for name in ("host", "at", "manifests", "damaged", "cases")],
    )
    assert found == [
        [row["verdict"] for row in STOLEN["cases"]],
        ["damaged"] * len(STOLEN["damaged"]),
    ]


def test_clocks_and_heads_are_judged_alike_in_python_and_in_the_browser(page: Page) -> None:
    box, rows, here = boxed(), [], []
    for case in moments.CASES:
        keys = tuple(replace(k, state=case.state) if k.kid == 4 else k for k in CONTENT.keys)
        content = replace(CONTENT, keys=keys, issued=AT + case.manifest_later)
        issued = AT + case.head_later
        head = head_of(LISTS, issued=issued, expires=issued + timedelta(days=1), **case.facts)
        latest = None if case.latest is None else AT + case.latest
        held = HeldTrust(
            Manifest.draft(content), head, {(x.kid, x.purpose): x for x in LISTS}, latest=latest
        )
        now = AT + case.now
        here += [held.say(offline.parse(GOOD), now), held.say_carton(carton.parse(box), now)]
        rows.append([signed(content, 0, 1), b64(head.write(signing)), now.isoformat(),
                     latest and latest.isoformat()])  # fmt: skip
    there = page.evaluate(
        """async ([texts, host, rows, lists]) => {
          const found = [];
          for (const [manifest, head, now, latest] of rows) {
            const m = await v.manifest.read(manifest, null);
            const trust = {
              manifest: m, head: await v.head.readHead(raw(head), m), latest: latest && new Date(latest),
              lists: await Promise.all(lists.map((file) => v.status.readList(raw(file), m))),
            };
            for (const text of texts)
              found.push(await v.verdict.judge(v.parse.parseCode(text, host), trust, new Date(now)));
          }
          return found;
        }""",
        [[GOOD, box], HOST, rows, [b64(x.write(signing)) for x in LISTS]],
    )
    wanted = [answer for case in moments.CASES for answer in (case.answer, case.answer)]
    names = [case.name for case in moments.CASES for _ in range(2)]
    assert dict(zip(names, map(str, here), strict=True)) == dict(zip(names, wanted, strict=True))
    assert list(map(str, here)) == wanted == there


def test_the_browser_undoes_the_shuffle_of_units(page: Page) -> None:
    """In every block, at its ends and inside."""
    draw = random.Random(5)
    rows = [
        (lot, index)
        for lot in (0, 1, 77, 65_535)
        for start in (0, *(1 << bits for bits in range(10, 24)))
        for index in (start, max(start, 1) * 2 - 1, start + draw.randrange(max(start, 512)))
    ]
    keys = unit_keys(PERMUTATION_SECRET, [78])
    units = Units(keys)
    found = page.evaluate(
        """async ([keys, rows]) => {
          const told = keys.map(([first, stop, text]) => ({first, stop, secret: v.bytes.fromHex(text)}));
          return Promise.all(rows.map(([lot, unit]) => v.units.indexOf(told, lot, unit)));
        }""",
        [[[k.first, k.stop, k.secret.hex()] for k in keys], [[lot, units.printed(lot, i)] for lot, i in rows]],
    )  # fmt: skip
    assert found == [index for _, index in rows]


def boxed(**facts: Any) -> str:
    given = {"kid": 4, "reference": 5, "lot": 77, "issue": 1, "first": 0, "count": 2} | facts
    return RING.carton(carton.CartonPayload(tags=b"abcd", **given))


BOX = boxed()
BOXES: list[tuple[str, str, dict[str, Any], str]] = [
    ("good", BOX, {}, "ISSUED_OK"),
    ("of a lot newer than the list", boxed(lot=90), {}, "ISSUED_OK"),
    ("past its day", boxed(expires=date(2026, 11, 23)), {}, "EXPIRED"),
    ("its last day in Hanoi", boxed(expires=date(2026, 11, 24)), {}, "ISSUED_OK"),
    ("changed", BOX[:-1] + str((int(BOX[-1]) + 1) % 10), {}, "BAD_SIGNATURE"),
    ("key of another manifest", boxed(kid=5), {}, "UNKNOWN_KEY"),
    ("stolen key", boxed(kid=2), {}, "SHORT_CODE_NEEDS_NETWORK"),
    ("revoked key", CARTONS["good"][-1]["canonical"], {}, "FROZEN_KEY_OUTSIDE_RANGE"),
    ("no head", BOX, {"head": None}, "ISSUED_OK_STALE"),
    ("old head", BOX, {"now": AT + timedelta(hours=25)}, "ISSUED_OK_STALE"),
    ("old manifest", BOX, {"now": AT + timedelta(days=401)}, "ISSUED_OK_STALE"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "facts", "answer"), BOXES, ids=[c[0] for c in BOXES])
def test_verdicts_on_cartons_are_the_same_in_python_and_in_the_browser(
    page: Page, name: str, text: str, facts: dict[str, Any], answer: str
) -> None:
    head = facts.get("head", head_of(LISTS))
    now = facts.get("now", AT + timedelta(hours=1))
    held = HeldTrust(Manifest.parse(FIRST.encode()), head)
    assert str(held.say_carton(carton.parse(text), now)) == answer
    assert browser_says(page, text, head, LISTS, now) == answer


def test_the_same_unit_on_another_item_and_codes_that_need_the_server(page: Page) -> None:
    found = page.evaluate(
        """async ([texts, host, manifest]) => {
          const m = await v.manifest.read(manifest, null);
          const trust = {manifest: m, head: null, lists: []};
          const answers = [];
          for (const text of texts)
            answers.push(await v.verdict.judge(v.parse.parseCode(text, host), trust, new Date(), true));
          return answers;
        }""",
        [[GOOD, RING.short(3005), "01/08938505974019/10/L1"], HOST, FIRST],
    )
    assert found == ["DUPLICATE_HERE", "SHORT_CODE_NEEDS_NETWORK", "LINK_ONLY"]


@pytest.mark.parametrize(
    ("text", "facts", "answer", "stale"),
    [
        (GOOD, {}, "ISSUED_OK", []),
        (GOOD, {"number": 2}, "ISSUED_OK_STALE", ["list"]),
        (GOOD, {"lines": ()}, "ISSUED_OK_STALE", ["list"]),
        (GOOD, {"days": 2}, "ISSUED_OK_STALE", ["head"]),
        (GOOD, {"days": 401}, "ISSUED_OK_STALE", ["manifest", "head"]),
        (code(lot=90), {}, "ISSUED_OK_STALE", ["lot"]),
        (code(unit=190), {"number": 2}, "REVOKED", ["list"]),
        (GOOD, {"seen": True}, "DUPLICATE_HERE", []),
        (code(unit=734), {"seen": True}, "DUPLICATE_HERE", []),
        (code(unit=190), {"seen": True}, "REVOKED", []),
        (code(kid=5), {"seen": True}, "UNKNOWN_KEY", []),
        ("HTTPS://QR.OTHER.VN/462GZSK9DRV10PM4NEBRNXN7", {}, "FOREIGN_HOST", []),
        ("not a code", {}, "MALFORMED", []),
    ],
    ids=range(13),
)  # fmt: skip
def test_a_verdict_says_what_it_rests_on(
    page: Page, text: str, facts: dict[str, Any], answer: str, stale: list[str]
) -> None:
    """Lists that are older than the head says, or that it does not name, are no ground for green."""
    lines = tuple(
        HeadLine(4, purpose, facts.get("number", 1), "ab" * 32)
        for purpose in (Purpose.SOLD, Purpose.WITHDRAWN)
    )
    head = head_of([], lines=facts.get("lines", lines))
    found = page.evaluate(
        """async ([text, host, manifest, head, lists, now, seen]) => {
          const m = await v.manifest.read(manifest, null);
          let code;
          try { code = v.parse.parseCode(text, host); } catch (error) { code = error; }
          const known = {
            manifest: m, head: await v.head.readHead(raw(head), m), now: new Date(now), seen,
            lists: await Promise.all(lists.map((file) => v.status.readList(raw(file), m))),
          };
          const {verdict, facts} = await v.verdict.explain(code, known);
          return [verdict, facts.stale, facts.asOf.toISOString()];
        }""",
        [text, HOST, FIRST, b64(head.write(signing)), [b64(x.write(signing)) for x in LISTS],
         (AT + timedelta(days=facts.get("days", 0), hours=1)).isoformat(), facts.get("seen", False)],
    )  # fmt: skip
    assert found == [answer, stale, "2026-11-24T02:00:00.000Z"]
