"""A programme with another name: what was printed before is judged alike in Python and in the browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from labelsvc.codes.forms import carton, offline, uri
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.trust.formats.former import FormerHost
from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.formats.status import StatusHead, StatusList
from labelsvc.codes.trust.held import HeldTrust
from labelsvc.errors import BadTrust, ForeignHost
from tests.codes.conftest import HOST, KEYS, PERMUTATION_SECRET
from tests.e2e.verifier.signed import AT, CONTENT, FIRST, GOOD, LISTS, b64, head_of, signed, signing

pytestmark = pytest.mark.e2e

NEW = "tem.example.vn"
NOW = AT + timedelta(hours=1)
BEFORE = FormerHost(HOST, AT - timedelta(days=300), AT, (1, 2, 4))
RENAMED = replace(CONTENT, host=NEW, version=2, hosts=(BEFORE,))
THERE = Keyring(KEYS, PERMUTATION_SECRET, NEW)
THIEF = Keyring(KEYS, PERMUTATION_SECRET, "qr.evil.example")
FRESH = offline.OfflinePayload(kid=4, reference=5, lot=77, unit=36)
LABEL = THERE.offline(FRESH)


def carton_of(ring: Keyring) -> str:
    payload = carton.CartonPayload(
        kid=4, reference=5, lot=77, issue=3, first=0, count=2,
        tags=carton.tags(ring.host, ["A" * 24, "B" * 24], room=24),
    )  # fmt: skip
    return ring.carton(payload)


OLD_TEXT = f"HTTPS://{HOST.upper()}/{GOOD}"
CASES: list[tuple[str, str, str, str]] = [
    ("old label, new manifest", OLD_TEXT, "new", "ISSUED_OK"),
    ("old label, sent on to the new name", f"https://{NEW}/{GOOD}", "new", "ISSUED_OK"),
    ("old label without a host", GOOD, "new", "ISSUED_OK"),
    ("old label in a message", f"Xem https://{HOST}/{GOOD} nhé", "new", "ISSUED_OK"),
    ("new label, new manifest", f"https://{NEW}/{LABEL}", "new", "ISSUED_OK"),
    ("old label, old manifest", OLD_TEXT, "old", "ISSUED_OK"),
    ("new label, old manifest", f"https://{NEW}/{LABEL}", "old", "FOREIGN_HOST"),
    ("a name that names itself", f"https://qr.evil.example/{THIEF.offline(FRESH)}", "new", "FOREIGN_HOST"),
    ("signed for another name", f"https://{HOST}/{THIEF.offline(FRESH)}", "new", "BAD_SIGNATURE"),
    ("a key that did not sign there", OLD_TEXT, "other key", "BAD_SIGNATURE"),
    ("old carton, new manifest", carton_of(Keyring(KEYS, PERMUTATION_SECRET, HOST)), "new", "ISSUED_OK"),
    ("old carton, a key that did not sign there", carton_of(Keyring(KEYS, PERMUTATION_SECRET, HOST)), "other key", "BAD_SIGNATURE"),
]  # fmt: skip


def held(which: str) -> tuple[str, StatusHead, list[StatusList]]:
    if which == "old":
        return FIRST, head_of(LISTS), LISTS
    kids = (1, 2) if which == "other key" else BEFORE.kids
    content = replace(RENAMED, hosts=(replace(BEFORE, kids=kids),))
    lists = [replace(made, host=NEW) for made in LISTS]
    return signed(content, 0, 1), head_of(lists, host=NEW, manifest=2), lists


def python_says(text: str, manifest: str, head: StatusHead, lists: list[StatusList]) -> str:
    trust = HeldTrust(
        Manifest.parse(manifest.encode()), head, {(x.kid, x.purpose): x for x in lists}
    )
    try:
        found = uri.parse(text, host=trust.host, former=trust.manifest.content.former)
    except ForeignHost:
        return "FOREIGN_HOST"
    if isinstance(found, CartonCode):
        return str(trust.say_carton(found, NOW))
    assert isinstance(found, offline.OfflineCode)
    return str(trust.say(found, NOW))


@pytest.mark.parametrize(("name", "text", "which", "answer"), CASES, ids=[c[0] for c in CASES])
def test_labels_of_both_names_are_judged_alike(
    page: Page, name: str, text: str, which: str, answer: str
) -> None:
    manifest, head, lists = held(which)
    assert python_says(text, manifest, head, lists) == answer
    found = page.evaluate(
        """async ([text, manifest, head, lists, now]) => {
          const m = await v.manifest.read(manifest, null);
          const trust = {
            manifest: m, head: await v.status.readHead(raw(head), m, null),
            lists: await Promise.all(lists.map((file) => v.status.readList(raw(file), m))),
          };
          let code;
          try { code = v.parse.parseCode(text, m.host, m.hosts.map(({name}) => name)); }
          catch (error) { return error.verdict; }
          return v.verdict.judge(code, trust, new Date(now));
        }""",
        [text, manifest, b64(head.write(signing)), [b64(x.write(signing)) for x in lists],
         NOW.isoformat()],
    )  # fmt: skip
    assert found == answer


def _hosts(change: Callable[[list[dict[str, Any]]], object]) -> str:
    """The renamed manifest with its hosts changed, signed all the same by nobody: form comes first."""
    outer = json.loads(signed(RENAMED, 0, 1))
    facts = json.loads(outer["signed"])
    change(facts["hosts"])
    outer["signed"] = json.dumps(facts)
    return json.dumps(outer)


DAMAGED: list[Callable[[list[dict[str, Any]]], object]] = [
    lambda hosts: hosts.append(dict(hosts[0])),
    lambda hosts: hosts[0].update(name=NEW),
    lambda hosts: hosts[0].update(name="QR.example.vn"),
    lambda hosts: hosts[0].update(name=f"https://{HOST}"),
    lambda hosts: hosts[0].update(name=f"{HOST}:443"),
    lambda hosts: hosts[0].update(name=None),
    lambda hosts: hosts[0].pop("name"),
    lambda hosts: hosts[0].pop("from"),
    lambda hosts: hosts[0].update({"until": hosts[0]["from"]}),
    lambda hosts: hosts[0].update({"until": "2026-11-24"}),
    lambda hosts: hosts[0].update(kids=[]),
    lambda hosts: hosts[0].update(kids=None),
    lambda hosts: hosts[0].update(kids=[2, 1]),
    lambda hosts: hosts[0].update(kids=[1, 1]),
    lambda hosts: hosts[0].update(kids=[0]),
    lambda hosts: hosts[0].update(kids=[4096]),
    lambda hosts: hosts[0].update(kids=["1"]),
    lambda hosts: hosts[0].update(kids=[True]),
    lambda hosts: hosts[0].update(kids=[1.5]),
    lambda hosts: hosts.append(None),
    lambda hosts: hosts.extend(hosts[0] | {"name": f"h{n}.example.vn"} for n in range(16)),
]


def test_hosts_that_no_manifest_may_have_are_refused_by_both(page: Page) -> None:
    files = [_hosts(change) for change in DAMAGED]
    for file in files:
        with pytest.raises(BadTrust):
            Manifest.parse(file.encode())
    found = page.evaluate(
        """(files) => Promise.all(files.map((file) =>
          v.manifest.read(file, null).then(() => "read", (error) => error.code ?? String(error))))""",
        files,
    )
    assert found == ["damaged"] * len(files)
    whole = _hosts(lambda hosts: hosts.extend(hosts[0] | {"name": f"h{n}.vn"} for n in range(15)))
    assert len(Manifest.parse(whole.encode()).content.hosts) == 16


def test_the_next_manifest_may_have_another_name_if_it_tells_the_one_before(page: Page) -> None:
    silent = signed(replace(RENAMED, hosts=()), 0, 1)
    told = signed(RENAMED, 0, 1)
    first = Manifest.parse(FIRST.encode())
    Manifest.parse(told.encode()).check_next(first)
    with pytest.raises(BadTrust, match=NEW):
        Manifest.parse(silent.encode()).check_next(first)
    found = page.evaluate(
        """async ([held, ...offered]) => {
          const before = await v.manifest.read(held, null);
          return Promise.all(offered.map((file) =>
            v.manifest.read(file, before).then((m) => m.version, (error) => error.code)));
        }""",
        [FIRST, told, silent],
    )
    assert found == [2, "host"]
