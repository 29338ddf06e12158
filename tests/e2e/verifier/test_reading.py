"""Codes are read alike in Python and in the browser."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from labelsvc.codes.forms import carton, gs1, offline, short, uri, wrapping
from labelsvc.errors import ForeignHost, LabelsvcError
from tests.codes.conftest import HOST, VECTORS
from tests.codes.forms.spellings import TABLE, cases
from tests.fuzz.__main__ import mutated

pytestmark = pytest.mark.e2e


CARTONS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "cartons.json").read_text(encoding="ascii")
)


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
    seeds += [text for text, _ in cases(*TABLE)]
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


def test_every_spelling_of_a_link_is_read_alike(page: Page) -> None:
    table = cases(*TABLE)
    answers = by_browser(page, [text for text, _ in table])
    for (text, _), answer in zip(table, answers, strict=True):
        assert answer == by_python(text) or answer.startswith("element"), text
    typing = page.evaluate(
        "(texts) => texts.map((text) => v.wrapping.mangled(text))", [t for t, _ in table]
    )
    assert typing == [wrapping.mangled(text) for text, _ in table]


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
        tag, length = carton.tag(HOST, CARTONS["stranger"]), carton.TAG_LENGTH
        tags = [payload.tags[at * length : (at + 1) * length] for at in range(payload.count)]
        like = [payload.first + at + 1 for at, other in enumerate(tags) if other == tag]
        assert found["stranger"] == like


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
