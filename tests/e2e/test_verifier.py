"""The verifier in the browser and the one in Python: the same answers to everything."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Browser, Page

from labelsvc.codes import carton, gs1, offline, short, uri
from labelsvc.codes.key import Key, KeyState
from labelsvc.codes.keyring import Keyring
from labelsvc.codes.signing import check_public_key, public_key
from labelsvc.codes.tlog.note import Note, NoteKey, sign
from labelsvc.codes.trust.body import WHOLE, Body, Listed, decode, encode
from labelsvc.codes.trust.held import HeldTrust
from labelsvc.codes.trust.manifest import Content, Manifest, root_id
from labelsvc.codes.trust.roots import SeedRoot
from labelsvc.codes.trust.status import HeadLine, Purpose, StatusHead, StatusList
from labelsvc.codes.units import Units, unit_keys
from labelsvc.errors import BadStatusList, BadTrust, ForeignHost, KeyUnavailable, LabelsvcError
from tests.codes.conftest import HOST, KEYS, PERMUTATION_SECRET, VECTORS
from tests.codes.trust.test_body import sets
from tests.codes.trust.test_frozen_vectors import VECTORS as TRUST
from tests.conftest import vectors
from tests.e2e.conftest import Live
from tests.fuzz.__main__ import mutated

pytestmark = pytest.mark.e2e
CARTONS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "cartons.json").read_text(encoding="ascii")
)
STATIC = Path(__file__).parents[2] / "labelsvc" / "static" / "inspect"
#: Options of the type checker, for editors too; not shipped.
TYPES = Path(__file__).parent / "tsconfig.json"

#: What the page knows: all modules, and base 64 in and out.
_SETUP = """
async () => {
  const root = "/static/inspect/verify/";
  const names = ["parse", "carton", "ed25519", "note", "manifest", "head", "status", "verdict", "bytes", "units"];
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


@pytest.mark.parametrize("part", ["verify", "app"])
def test_the_modules_have_the_types_they_say(tmp_path: Path, part: str) -> None:
    tsc = shutil.which("tsc")
    if tsc is None:
        pytest.skip("tsc is not installed: apt-get install node-typescript")
    files = sorted(str(path) for path in (STATIC / part).glob("*.js"))
    config = tmp_path / "tsconfig.json"
    config.write_text(json.dumps({"extends": str(TYPES), "files": files}))
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


def test_public_keys_that_are_none_are_refused_alike(page: Page) -> None:
    draw = random.Random(9)
    prime = 2**255 - 19
    small = json.loads((vectors() / "ed25519.json").read_text())["vectors"]
    keys = {bytes.fromhex(row["public_key"]) for row in small}
    keys |= {(y + sign).to_bytes(32, "little") for y in (0, 1, prime - 1, prime, prime + 1, prime + 3)
             for sign in (0, 1 << 255)}  # fmt: skip
    keys |= {draw.randbytes(32) for _ in range(300)} | {b"", bytes(31), bytes(33)}
    ordered = sorted(keys)
    found = page.evaluate(
        "keys => keys.map((key) => v.ed25519.isKey(raw(key)))", [b64(key) for key in ordered]
    )
    expected = []
    for key in ordered:
        try:
            check_public_key(key)
            expected.append(True)
        except KeyUnavailable:
            expected.append(False)
    assert found == expected
    assert 100 < sum(expected) < len(expected) - 100


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
        offline.OfflineCode: "offline", carton.CartonCode: "carton",
    }[type(found)]  # fmt: skip
    attributes = getattr(found, "attributes", ())
    return f"{form} {found.canonical} {json.dumps(attributes, separators=(',', ':'))}"


def by_browser(page: Page, texts: list[str]) -> list[str]:
    answers: list[str] = page.evaluate(
        """([texts, host]) => texts.map((text) => {
          try {
            const c = v.parse.parseCode(text, host);
            const more = JSON.stringify(c.attributes ?? []);
            return `${c.element ? "element " : ""}${c.form} ${c.canonical} ${more}`;
          }
          catch (error) { return error.verdict ?? String(error); }
        })""",
        [texts, HOST],
    )
    return answers


def test_the_vectors_of_codes_are_read_alike(page: Page) -> None:
    texts = [row["text"] for row in VECTORS["read"]]
    words = {"ok": "", "link": "", "foreign_host": "FOREIGN_HOST", "malformed_code": "MALFORMED"}
    answers = by_browser(page, texts)
    assert answers == [by_python(text) for text in texts]
    for row, answer in zip(VECTORS["read"], answers, strict=True):
        assert (row.get("canonical") or words[row["result"]]) in answer.split(" ")


#: Attributes of GS1 links, good, bad, excluding and needing each other.
_QUERIES = [
    "?17=271101&utm_source=x", "?17=260230", "?3103=000500&3102=1", "?392=1", "?3922=5&30=2", "?10=L1",
    "?7004=1", "?414=0893850597400&x=%", "?99=a+b%2B&15=261100", "?420=7&421=7041", "?1%37=271101",
    "?8008=26010112&7007=260101260102", "?=&&17", "?17=271101&17=271101", "?250=A", "?21=B",
]  # fmt: skip


#: What happens to codes on their way, and mostly leaves them readable.
_TRAVEL: list[Callable[[str, int], str]] = [
    lambda text, at: text.swapcase(),
    lambda text, at: text[:at] + "".join(f"%{ord(c):02x}" for c in text[at : at + 2]) + text[at + 2 :],
    lambda text, at: text[:at] + "-" + text[at:],
    lambda text, at: text[:at] + "\u00a0" + text[at:],
    lambda text, at: text[:at] + "\n " + text[at:],
    lambda text, at: f"\u201c\u200b{text}\u201d.",
    lambda text, at: text.replace("0", "o").replace("1", "l"),
    lambda text, at: text + "/?utm_source=x#top",
    lambda text, at: text.replace("HTTPS://", "http://").replace("EXAMPLE.VN/", "example.vn.:80/"),
]  # fmt: skip


def test_mutated_codes_are_read_alike(page: Page) -> None:
    """Attributes of links too. Element strings alone are read by the application only."""
    draw = random.Random(5)
    links = [row["text"] for row in VECTORS["read"] if "/01/" in row["text"]]
    seeds = [row["text"] for row in VECTORS["read"]]
    seeds += [link.partition("?")[0] + query for query in _QUERIES for link in links[:2]]
    seeds += ["(01) 08938505974019 (21) 462G ZSK9 CP2V 1QSB 0KSX", "]Q3010893850597401910L1\x1d21A"]
    good = [row["symbol"] for form in ("short", "gs1", "offline") for row in VECTORS[form]]
    cartons = [f"HTTPS://QR.EXAMPLE.VN/{row['canonical']}" for row in CARTONS["good"][:4]]
    seeds, good = seeds + cartons, good + cartons
    texts = [mutated(draw.choice(seeds), draw) for _ in range(12_000)] + seeds
    for _ in range(8_000):
        text = draw.choice(good)
        for change in draw.sample(_TRAVEL, draw.randint(1, 3)):
            text = change(text, draw.randrange(len(text)))
        texts.append(text)
    texts = [text for text in texts if not any("\ud800" <= c <= "\udfff" for c in text)]
    expected = [by_python(text) for text in texts]
    answers = by_browser(page, texts)
    differ = [
        (text, there, here)
        for text, there, here in zip(texts, answers, expected, strict=True)
        if there != here and not (there.startswith("element ") and here == "MALFORMED")
    ]
    assert not differ, (len(differ), differ[:5])
    read = sum(not answer.isupper() for answer in answers)
    assert len(texts) > 18_000 and 3_000 < read < 16_000, read
    print(f"{len(texts)} texts judged alike, {read} of them read")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("]Q30108938505974019", "element link 01/08938505974019"),
        ("]Q3010893850597401910L1\x1d21ABC", "element link 01/08938505974019/10/L1/21/ABC"),
        ("010893850597401917261231\x1d10L-2", "element link 01/08938505974019/10/L-2"),
        ("\x1d010893850597401921A/B", "element link 01/08938505974019/21/A%2FB"),
        ("]Q301089385059740193103000500\x1d10L1", "element link 01/08938505974019/10/L1"),
        ("]Q3010893850597401921462GZSK9CP2V1QSB0KSX", "element gs1 01/08938505974019/21/462GZSK9CP2V1QSB0KSX"),
        ("]Q30108938505974018", "MALFORMED"),
        ("]Q3010893850597401917261", "MALFORMED"),
        ("]Q3010893850597401917261331", "MALFORMED"),
        ("]Q3010893850597401910L1\x1d10L2", "MALFORMED"),
        ("(01)08938505974019(10)L1", "element link 01/08938505974019/10/L1"),
        ("(01) 08938505974019", "element link 01/08938505974019"),
        ("(01)08938505974019(17)271101(21)ABC", "element link 01/08938505974019/21/ABC"),
        ("(01)08938505974019(21)462GZSK9CP2V1QSB0KSX", "gs1 01/08938505974019/21/462GZSK9CP2V1QSB0KSX"),
    ],
)  # fmt: skip
def test_gs1_element_strings_are_read(page: Page, text: str, answer: str) -> None:
    assert by_browser(page, [text])[0].startswith(answer)


def test_the_vectors_of_cartons_are_read_alike(page: Page) -> None:
    texts = [row["canonical"] for row in [*CARTONS["good"], *CARTONS["malformed"]]]
    answers = by_browser(page, texts)
    assert answers == [by_python(text) for text in texts]
    assert answers[0].startswith("carton") and answers[-1] == "MALFORMED"
    for row in CARTONS["good"]:
        fields = row["fields"]
        found = page.evaluate(
            """async ([text, host, units, stranger]) => {
              const c = v.parse.parseCode(text, host);
              const places = [];
              for (const unit of units) places.push(await v.carton.placesOf(c.payload, host, unit));
              return {...c.payload, packed: v.bytes.toHex(c.packed), signature: v.bytes.toHex(c.signature),
                places, stranger: await v.carton.placesOf(c.payload, host, stranger)};
            }""",
            [row["canonical"], HOST, row["units"], CARTONS["stranger"]],
        )
        for name in ("kid", "reference", "lot", "issue", "first", "count"):
            assert found[name] == fields[name]
        assert (found["packed"], found["signature"]) == (row["payload"], row["signature"])
        for at, places in enumerate(found["places"], fields["first"] + 1):
            assert at in places
        payload = carton.parse(row["canonical"]).payload
        assert found["expires"] == (payload.expires and payload.expires.isoformat())
        tag = carton.tag(HOST, CARTONS["stranger"])
        assert tuple(found["stranger"]) == payload.places_of(tag)


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
    rows: list[list[Any]] = []
    expected: list[Any] = []
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
OF_STOLEN = [
    replace(FULL, kid=2, listed={77: (11, 12, 14)}),
    replace(SOLD, kid=2, listed={}),
]
#: The same manifest when the key of the shuffle is told: of lot 77 units 0 to 999 and 1,100 to 1,199.
TOLD = unit_keys(PERMUTATION_SECRET, [78])[0]
EXACT = replace(
    CONTENT,
    keys=tuple(
        replace(key, unit_ranges=((77, 0, 1000), (77, 1100, 1200), (78, 0, 9)), unit_keys=(TOLD,))
        if key.state == KeyState.FROZEN
        else key
        for key in CONTENT.keys
    ),
)


def stolen(index: int, lot: int = 77) -> str:
    return code(kid=2, lot=lot, unit=RING.units.printed(lot, index))


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
        HeadLine(4, purpose, facts.get("number", 1), "ab" * 32) for purpose in sorted(Purpose)
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


# --- the frozen vectors of docs/trust.md ----------------------------------------------------------


def test_the_vectors_of_trust_have_their_answers(page: Page) -> None:
    """`tests/codes/trust/test_frozen_vectors.py` has the package read the same file."""
    found = page.evaluate(
        """async (vectors) => {
          const keys = {host: vectors.host, statusKeys: [await v.note.readKey(vectors.status_key)]};
          const hex = v.bytes.fromHex;
          const word = async (read) => {
            try { return ["ok", await read()]; } catch (error) { return [error.code ?? String(error)]; }
          };
          const answers = {manifests: [], heads: [], lists: []};
          for (const {held, file} of vectors.manifests) answers.manifests.push((await word(async () =>
            v.manifest.read(file, held && await v.manifest.read(held, null))))[0]);
          for (const {held, file} of vectors.heads) answers.heads.push((await word(async () =>
            v.head.readHead(hex(file), keys, held && await v.head.readHead(hex(held), keys))))[0]);
          for (const {file} of vectors.lists) {
            const [said, list] = await word(() => v.status.readList(hex(file), keys));
            answers.lists.push([said, list ? listed(list.listed) : null]);
          }
          return answers;
        }""",
        TRUST,
    )
    assert found["manifests"] == [row["result"] for row in TRUST["manifests"]]
    assert found["heads"] == [row["result"] for row in TRUST["heads"]]
    assert [said for said, _ in found["lists"]] == [row["result"] for row in TRUST["lists"]]
    for (_, units), row in zip(found["lists"], TRUST["lists"], strict=True):
        assert row["units"] == (None if units is None else {str(lot): some for lot, some in units})


# --- mutated texts that are signed all the same ---------------------------------------------------

_JSON = ['null', '0', '"', '1.5', 'true', '[]', '{}', '-1', '2026-02-30T00:00:00Z', '24:00:00', '"x":1,',
         '9007199254740993', 'ff', ':443', 'A']  # fmt: skip


def resigned(text: str) -> bytes:
    """A manifest of any text, signed by enough roots of `CONTENT`."""
    message = b"labelsvc-trust-v2\0" + text.encode()
    entries = [
        {"root": root_id(root.public), "signature": root.sign(message).hex()} for root in ROOTS[:2]
    ]
    return json.dumps({"signed": text, "signatures": entries}).encode()


def test_mutated_manifests_are_believed_alike(page: Page) -> None:
    """What the browser believes, Python does too; it is stricter in spelling only."""
    draw = random.Random(11)
    good = EXACT.to_text()
    texts = [good]
    for _ in range(2500):
        at = draw.randrange(len(good))
        cut = draw.choice([0, 1, 2, 16, 20])
        new = draw.choice([*_JSON, chr(draw.randrange(32, 127)), ""])
        texts.append(good[:at] + new + good[at + cut :])
    values: list[Any] = [None, 0, 1, 2, 3, "", "x", [], {}, [1], -1, 1 << 53]
    for field in json.loads(good):
        for value in [*values, f"{HOST}:443", HOST.upper()]:
            texts.append(json.dumps(json.loads(good) | {field: value}))
    here: list[Content | None] = []
    for text in texts:
        try:
            manifest = Manifest.parse(resigned(text))
            manifest.check_first()
            here.append(manifest.content)
        except BadTrust:
            here.append(None)
    ask = """async (files) => {
      const found = [];
      for (const file of files) {
        try {
          const m = await v.manifest.read(file, null);
          found.push([m.version, m.host, m.threshold, m.issued.getTime(), m.expires.getTime(),
            m.roots.map(v.bytes.toHex), [...m.keys.values()].map((k) => [k.kid, k.state, k.ranges,
              k.unitKeys.map((u) => [u.first, u.stop, v.bytes.toHex(u.secret)])]),
            m.statusKeys.length, m.logKey !== null]);
        } catch (error) { if (!error.code) throw error; found.push(null); }
      }
      return found;
    }"""
    there = page.evaluate(ask, [resigned(text).decode() for text in texts])

    def said(c: Content) -> list[Any]:
        return [c.version, c.host, c.threshold, c.issued.timestamp() * 1000, c.expires.timestamp() * 1000,
                [root.hex() for root in c.roots],
                [[key.kid, str(key.state), [list(found) for found in key.unit_ranges],
                  [[k.first, k.stop, k.secret.hex()] for k in key.unit_keys]] for key in c.keys],
                len(c.status_keys), c.log_key is not None]  # fmt: skip

    stricter = []
    for text, ours, theirs in zip(texts, here, there, strict=True):
        if theirs is None and ours is not None:
            stricter.append(ours)
        else:
            assert theirs == (ours and said(ours)), text
    respelt = page.evaluate(ask, [resigned(content.to_text()).decode() for content in stricter])
    assert respelt == [said(content) for content in stricter]
    believed = sum(found is not None for found in there)
    print(f"{len(texts)} manifests, {believed} believed, {len(stricter)} by Python only")
    assert believed > 30 and len(stricter) < 60


def test_a_manifest_with_half_a_character_is_damaged_on_both_sides(page: Page) -> None:
    """Its bytes would be those of another text in the browser, and none at all in Python."""
    whole = CONTENT.to_text()[:-1] + ',"note":"\ufffd"}'
    file = resigned(whole).decode().replace("\\ufffd", "\\ud800")
    with pytest.raises(BadTrust, match="no trust manifest"):
        Manifest.parse(file.encode()).check_first()
    Manifest.parse(resigned(whole)).check_first()
    ask = """(file) => v.manifest.read(file, null).then((m) => m.version, (error) => error.code)"""
    assert [page.evaluate(ask, x) for x in (resigned(whole).decode(), file)] == [1, "damaged"]


def test_mutated_heads_and_lists_are_believed_alike(page: Page) -> None:
    draw = random.Random(12)
    full = FULL.write(signing)
    note, _, body = full.partition(b"\0")
    seeds = [(head_of(LISTS).write(signing), b""), (note, b"\0" + body)]
    files: list[str] = []
    expected: list[Any] = []
    for _ in range(3000):
        file, rest = draw.choice(seeds)
        text = file.decode().rpartition("\n\n")[0] + "\n"
        at = draw.randrange(len(text))
        new = draw.choice(
            [
                "",
                "0",
                "1",
                " ",
                "\n",
                "4",
                "9",
                "-",
                "sold",
                "T24:00:00Z",
                "02-30T",
                text[at : at + 9],
            ]
        )
        text = text[:at] + new + text[at + draw.choice([0, 1, 1, 2, 6]) :]
        if not text.endswith("\n") or text == "\n":
            continue
        made = bytes(Note(text, (signing(text),))) + rest
        files.append(b64(made))
        try:
            found: Any = (
                StatusList.read(made, host=HOST, keys=[STATUS])
                if rest
                else StatusHead.read(made, host=HOST, keys=[STATUS])
            )
            expected.append([found.issued.timestamp() * 1000, found.expires.timestamp() * 1000,
                             [found.kid, found.purpose, found.number, found.base, found.lots] if rest else
                             [[x.kid, x.purpose, x.number, x.sha256] for x in found.lines]])  # fmt: skip
        except BadStatusList:
            expected.append(None)
    answers = page.evaluate(
        """async ([manifest, files]) => {
          const m = await v.manifest.read(manifest, null);
          const found = [];
          for (const file of files) {
            const data = raw(file);
            try {
              if (data.includes(0)) {
                const x = await v.status.readList(data, m);
                found.push([x.issued.getTime(), x.expires.getTime(), [x.kid, x.purpose, x.number, x.base, x.lots]]);
              } else {
                const x = await v.head.readHead(data, m);
                found.push([x.issued.getTime(), x.expires.getTime(),
                  x.lines.map((l) => [l.kid, l.purpose, l.number, l.sha256])]);
              }
            } catch (error) { if (!error.code) throw error; found.push(null); }
          }
          return found;
        }""",
        [FIRST, files],
    )
    assert answers == expected
    read = sum(found is not None for found in expected)
    print(f"{len(files)} heads and lists, {read} believed")
    assert 100 < read < len(files) - 500


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
