"""The verifier in the browser and the one in Python: the same answers to everything."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Browser, Page

from labelsvc.codes import gs1, offline, short, uri
from labelsvc.codes.key import Key, KeyState
from labelsvc.codes.keyring import Keyring
from labelsvc.codes.signing import check_public_key, public_key
from labelsvc.codes.tlog.note import NoteKey, sign
from labelsvc.codes.trust.body import WHOLE, Body, Listed, decode, encode
from labelsvc.codes.trust.held import HeldTrust
from labelsvc.codes.trust.manifest import Content, Manifest
from labelsvc.codes.trust.roots import SeedRoot
from labelsvc.codes.trust.status import HeadLine, Purpose, StatusHead, StatusList
from labelsvc.errors import BadStatusList, ForeignHost, KeyUnavailable, LabelsvcError
from tests.codes.conftest import HOST, KEYS, PERMUTATION_SECRET, VECTORS
from tests.codes.trust.test_body import sets
from tests.conftest import vectors
from tests.e2e.conftest import Live
from tests.fuzz.__main__ import mutated

pytestmark = pytest.mark.e2e
STATIC = Path(__file__).parents[2] / "labelsvc" / "static" / "inspect"

#: What the page knows: all modules, and base 64 in and out.
_SETUP = """
async () => {
  const root = "/static/inspect/verify/";
  const names = ["parse", "ed25519", "note", "manifest", "status", "verdict", "bytes"];
  const found = await Promise.all(names.map((name) => import(root + name + ".js")));
  window.v = Object.fromEntries(names.map((name, at) => [name, found[at]]));
  window.raw = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  window.listed = (map) => [...map].map(([lot, units]) => [lot, units && [...units]]);
}
"""


@pytest.fixture(scope="module")
def page(browser: Browser, live: Live) -> Iterator[Page]:
    context = browser.new_context(bypass_csp=True)
    made = context.new_page()
    made.goto(f"{live.url}/log/")
    made.evaluate(_SETUP)
    yield made
    context.close()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_the_modules_have_the_types_they_say(tmp_path: Path) -> None:
    tsc = shutil.which("tsc")
    if tsc is None:
        pytest.skip("tsc is not installed: apt-get install node-typescript")
    options = {
        "allowJs": True, "checkJs": True, "strict": True, "noEmit": True, "target": "ES2021",
        "lib": ["ES2022", "DOM", "DOM.Iterable"], "module": "ES2020", "moduleResolution": "node",
    }  # fmt: skip
    config = tmp_path / "tsconfig.json"
    files = sorted(str(path) for path in STATIC.rglob("*.js") if path.name != "sw.js")
    config.write_text(json.dumps({"compilerOptions": options, "files": files}))
    found = subprocess.run([tsc, "-p", str(config)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


# --- signatures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["webcrypto", "noble"])
def test_public_vectors_of_ed25519_have_their_answers(page: Page, engine: str) -> None:
    rows = json.loads((vectors() / "ed25519.json").read_text())["vectors"]
    answers = page.evaluate(
        """async ([engine, rows]) => {
          v.ed25519.force(engine);
          const found = [];
          for (const row of rows) found.push(await v.ed25519.verify(
            v.bytes.fromHex(row.public_key) ?? new Uint8Array(),
            v.bytes.fromHex(row.message), v.bytes.fromHex(row.signature) ?? new Uint8Array()));
          v.ed25519.force(null);
          return found;
        }""",
        [engine, rows],
    )
    wrong = []
    for row, answer in zip(rows, answers, strict=True):
        expected = {"valid": True, "invalid": False}.get(row["result"])
        try:
            check_public_key(bytes.fromhex(row["public_key"]))
        except KeyUnavailable:
            expected = False  # such keys are refused before any signature is looked at
        if expected is not None and answer is not expected:
            wrong.append((row["id"], answer))
    assert not wrong
    assert sum(answers) > 100


def test_the_browser_is_asked_before_it_is_believed(page: Page) -> None:
    assert page.evaluate("v.ed25519.ready()") in ("webcrypto", "noble")
    engine = page.evaluate(
        """async () => {
          const real = crypto.subtle.verify;
          v.ed25519.force(null);
          crypto.subtle.verify = async () => true;  // one that accepts everything
          const found = await v.ed25519.ready();
          crypto.subtle.verify = real;
          v.ed25519.force(null);
          return found;
        }"""
    )
    assert engine == "noble"


# --- reading codes ------------------------------------------------------------------------------


def by_python(text: str) -> str:
    try:
        found = uri.parse(text, host=HOST)
    except ForeignHost:
        return "FOREIGN_HOST"
    except LabelsvcError:
        return "MALFORMED"
    form = {
        short.ShortCode: "short", gs1.Gs1Code: "gs1", gs1.Gs1Link: "link",
        offline.OfflineCode: "offline",
    }[type(found)]  # fmt: skip
    return f"{form} {found.canonical}"


def by_browser(page: Page, texts: list[str]) -> list[str]:
    answers: list[str] = page.evaluate(
        """([texts, host]) => texts.map((text) => {
          try { const c = v.parse.parseCode(text, host); return `${c.form} ${c.canonical}`; }
          catch (error) { return error.verdict ?? String(error); }
        })""",
        [texts, HOST],
    )
    return answers


def _parts(text: str) -> set[str]:
    """Attributes of GS1 links are read by the server alone."""
    return {part for part in ("/01/", "?") if part in text}


def test_the_vectors_of_codes_are_read_alike(page: Page) -> None:
    texts = [row["text"] for row in VECTORS["read"] if not {"/01/", "?"} <= _parts(row["text"])]
    assert len(texts) > 40
    assert by_browser(page, texts) == [by_python(text) for text in texts]


def test_mutated_codes_are_read_alike(page: Page) -> None:
    """But for the attributes of a GS1 link, which only the server looks at, and for what only the
    application reads: element strings, and the line under a symbol with a lot."""
    draw = random.Random(5)
    seeds = [row["text"] for row in VECTORS["read"] if "?" not in row["text"]]
    texts = [mutated(draw.choice(seeds), draw) for _ in range(20_000)]
    texts = [
        text
        for text in texts
        if not {"\x1d", "?"} & set(text) and "(01)" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
    ]  # fmt: skip
    assert len(texts) > 12_000
    pairs = zip(texts, by_browser(page, texts), strict=True)
    differ = [(text, there, by_python(text)) for text, there in pairs if there != by_python(text)]
    assert not differ[:5]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("]Q30108938505974019", "link 01/08938505974019"),
        ("]Q3010893850597401910L1\x1d21ABC", "link 01/08938505974019/10/L1/21/ABC"),
        ("010893850597401917261231\x1d10L-2", "link 01/08938505974019/10/L-2"),
        ("\x1d010893850597401921A/B", "link 01/08938505974019/21/A%2FB"),
        ("]Q30108938505974018", "MALFORMED"),
        ("(01)08938505974019(10)L1", "link 01/08938505974019/10/L1"),
        ("(01) 08938505974019", "link 01/08938505974019"),
    ],
)
def test_gs1_element_strings_are_read(page: Page, text: str, answer: str) -> None:
    assert by_browser(page, [text]) == [answer]


def test_the_payload_of_an_offline_code_is_read(page: Page) -> None:
    for row in VECTORS["offline"]:
        found = page.evaluate(
            "([t, h]) => { const c = v.parse.parseCode(t, h); return "
            "{...c.payload, packed: v.bytes.toHex(c.packed), signature: v.bytes.toHex(c.signature)} }",
            [row["canonical"], HOST],
        )
        for name in ("kid", "reference", "lot", "unit", "expires"):
            assert found[name] == row[name]
        assert (found["packed"], found["signature"]) == (row["payload"], row["signature"])


# --- lists --------------------------------------------------------------------------------------


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sets)
def test_lists_are_read_alike(page: Page, listed: Listed) -> None:
    made = encode(listed)
    found = page.evaluate(
        "([d, c, k]) => listed(v.status.decodeBody(raw(d), c, k))",
        [b64(made.data), made.count, made.k],
    )
    assert {lot: WHOLE if units is None else tuple(units) for lot, units in found} == listed


def test_damaged_lists_are_refused_alike(page: Page) -> None:
    draw = random.Random(3)
    seeds = [
        encode({1: (0, 5, 9), 7: tuple(range(40, 90)), 9: WHOLE}),
        encode({2: tuple(range(200))}),
    ]
    rows, expected = [], []
    for _ in range(4000):
        seed = draw.choice(seeds)
        data = mutated(seed.data, draw)
        rows.append([b64(data), seed.count, seed.k])
        try:
            found: Any = decode(Body(data, seed.count, seed.k))
            if sum(len(u) for u in found.values() if not isinstance(u, type(WHOLE))) > 20_000:
                rows.pop()
                continue
            expected.append(
                [[lot, None if u is WHOLE else list(u)] for lot, u in sorted(found.items())]
            )
        except BadStatusList:
            expected.append(None)
    answers = page.evaluate(
        """(rows) => rows.map(([d, c, k]) => {
          try { return listed(v.status.decodeBody(raw(d), c, k)).sort((a, b) => a[0] - b[0]); }
          catch (error) { if (error.code !== "damaged") throw error; return null; }
        })""",
        rows,
    )
    assert answers == expected
    assert expected.count(None) > 1000


def test_fifty_thousand_of_ten_million_are_read_in_a_moment(page: Page) -> None:
    chosen = tuple(sorted(random.Random(7).sample(range(10_000_000), 50_000)))
    made = encode({0: chosen})
    found = page.evaluate(
        """([d, c, k]) => {
          const data = raw(d); let best = Infinity, units;
          for (let turn = 0; turn < 5; turn++) {
            const begun = performance.now();
            units = v.status.decodeBody(data, c, k).get(0);
            best = Math.min(best, performance.now() - begun);
          }
          return {best, count: units.length, last: units[units.length - 1]};
        }""",
        [b64(made.data), made.count, made.k],
    )
    print(f"{len(made.data)} bytes decoded in {found['best']:.1f} ms")
    assert (found["count"], found["last"]) == (50_000, chosen[-1])


# --- manifest, head, lists, verdict -------------------------------------------------------------

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
ROOTS = [SeedRoot(bytes([n]) * 32) for n in range(1, 7)]
SEED = bytes(range(32))
STATUS = NoteKey(f"{HOST}/status", public_key(SEED))
RING = Keyring(KEYS, PERMUTATION_SECRET, HOST)
signing = partial(sign, name=STATUS.name, seed=SEED)
CONTENT = Content(
    HOST, 1, AT, AT + timedelta(days=400), 2, tuple(root.public for root in ROOTS[:3]),
    tuple(Key.from_public(key.to_public()) for key in KEYS if key.state != KeyState.NEXT), (STATUS,),
)  # fmt: skip


def signed(content: Content, *roots: int) -> str:
    made = Manifest.draft(content)
    for root in roots:
        made = made.sign(ROOTS[root])
    return bytes(made).decode()


FIRST = signed(CONTENT, 0, 1)
SECOND = replace(CONTENT, version=2, roots=tuple(root.public for root in ROOTS[2:5]))


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


FULL = StatusList(
    HOST, 4, Purpose.WITHDRAWN, 1, 0, AT, AT + timedelta(days=1), 90, {77: (190, 700), 78: WHOLE}
)
SOLD = replace(FULL, purpose=Purpose.SOLD, listed={77: (734,)})
LISTS = [FULL, SOLD]


def head_of(lists: list[StatusList], **facts: Any) -> StatusHead:
    lines = tuple(HeadLine(x.kid, x.purpose, x.number, "ab" * 32) for x in lists)
    return replace(StatusHead(HOST, AT, AT + timedelta(days=1), lines), **facts)


def code(**facts: Any) -> str:
    given = {"kid": 4, "reference": 5, "lot": 77, "unit": 36} | facts
    return RING.offline(offline.OfflinePayload(**given))


GOOD = code()
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
    ("newer lot than the list", code(lot=90), {}, "ISSUED_OK_STALE"),
    ("no head", GOOD, {"head": None}, "ISSUED_OK_STALE"),
    ("old head", GOOD, {"now": AT + timedelta(hours=25)}, "ISSUED_OK_STALE"),
    ("old head, withdrawn", code(unit=190), {"now": AT + timedelta(days=90)}, "REVOKED"),
    ("old manifest", GOOD, {"now": AT + timedelta(days=401)}, "ISSUED_OK_STALE"),
    ("one list is missing", GOOD, {"lists": [FULL]}, "ISSUED_OK_STALE"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "facts", "answer"), CASES, ids=[c[0] for c in CASES])
def test_verdicts_without_a_network_are_the_same_in_python_and_in_the_browser(
    page: Page, name: str, text: str, facts: dict[str, Any], answer: str
) -> None:
    lists = facts.get("lists", LISTS)
    head = facts.get("head", head_of(lists))
    now = facts.get("now", AT + timedelta(hours=1))
    held = HeldTrust(Manifest.parse(FIRST.encode()), head, {(x.kid, x.purpose): x for x in lists})
    assert str(held.say(offline.parse(text), now)) == answer
    there = page.evaluate(
        """async ([text, host, manifest, head, lists, now]) => {
          const m = await v.manifest.read(manifest, null);
          const trust = {
            manifest: m, head: head && await v.status.readHead(raw(head), m, null),
            lists: await Promise.all(lists.map((file) => v.status.readList(raw(file), m))),
          };
          return v.verdict.judge(v.parse.parseCode(text, host), trust, new Date(now));
        }""",
        [text, HOST, FIRST, b64(head.write(signing)) if head else None,
         [b64(x.write(signing)) for x in lists], now.isoformat()],
    )  # fmt: skip
    assert there == answer


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
    ("file", "code_word"),
    [
        (FULL.write(signing)[:-1], "damaged"),
        (FULL.write(signing) + b"\0", "damaged"),
        (FULL.write(signing).replace(b"90 2", b"90 3"), "unsigned"),
        (FULL.write(partial(sign, name=STATUS.name, seed=bytes(32))), "unsigned"),
        (replace(FULL, host="qr.other.vn").write(signing), "host"),
        (head_of(LISTS).write(signing), "damaged"),
        (replace(FULL, number=9, base=3).write(signing), "damaged"),
    ],
    ids=range(7),
)
def test_lists_that_must_not_be_believed(page: Page, file: bytes, code_word: str) -> None:
    found = page.evaluate(
        """async ([manifest, file]) => {
          const m = await v.manifest.read(manifest, null);
          try { await v.status.readList(raw(file), m); return "believed"; }
          catch (error) { return error.code ?? String(error); }
        }""",
        [FIRST, b64(file)],
    )
    assert found == code_word


def test_an_older_head_is_a_rollback_and_a_delta_brings_a_list_up_to_date(page: Page) -> None:
    older = head_of(LISTS, issued=AT - timedelta(hours=1))
    delta = replace(FULL, number=2, base=1, listed={77: (5,), 80: WHOLE}, lots=91)
    found = page.evaluate(
        """async ([manifest, head, older, full, delta]) => {
          const m = await v.manifest.read(manifest, null);
          const held = await v.status.readHead(raw(head), m, null);
          let code = "believed";
          try { await v.status.readHead(raw(older), m, held); } catch (error) { code = error.code; }
          const list = (await v.status.readList(raw(full), m)).plus(await v.status.readList(raw(delta), m));
          return [code, list.number, list.lots, listed(list.listed)];
        }""",
        [FIRST, b64(head_of(LISTS).write(signing)), b64(older.write(signing)),
         b64(FULL.write(signing)), b64(delta.write(signing))],
    )  # fmt: skip
    assert found[:3] == ["rollback", 2, 91]
    assert dict(found[3]) == {77: [5, 190, 700], 78: None, 80: None}
