"""What is signed and must not be believed, or is changed and signed all the same: judged alike."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page

from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.tlog.formats.note import Note, sign
from labelsvc.codes.trust.formats.body import WHOLE
from labelsvc.codes.trust.formats.manifest import Content, Manifest, root_id
from labelsvc.codes.trust.formats.status import StatusHead, StatusList
from labelsvc.errors import BadStatusList, BadTrust
from tests.codes.conftest import HOST
from tests.codes.trust.test_frozen_vectors import VECTORS as TRUST
from tests.e2e.verifier.signed import (
    AT,
    CONTENT,
    EXACT,
    FIRST,
    FULL,
    LISTS,
    ROOTS,
    STATUS,
    b64,
    head_of,
    signing,
)

pytestmark = pytest.mark.e2e


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
            m.roots.map(v.bytes.toHex), [...m.keys.values()].map((k) => [k.kid, k.state, k.ranges.map((row, at) => [...row, ...k.facts[at]]),
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
    states = ((2, KeyState.FROZEN), (5, KeyState.NEXT))
    heads = [head_of(LISTS, states=states), head_of(LISTS, manifest=None)]
    seeds = [*((head.write(signing), b"") for head in heads), (note, b"\0" + body)]
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
                "active",
                "key 3 next\n",
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
                             [[[x.kid, x.purpose, x.number, x.sha256] for x in found.lines],
                              found.manifest, [list(state) for state in found.states]]])  # fmt: skip
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
                  [x.lines.map((l) => [l.kid, l.purpose, l.number, l.sha256]), x.manifest, [...x.states]]]);
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
