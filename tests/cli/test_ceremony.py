"""From the ceremony of the root keys to a theft and the recovery from it, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.cli import ceremony
from labelsvc.cli import keys as cli_keys
from labelsvc.codes.forms.offline import parse
from labelsvc.codes.models import Form
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate, codes_of
from labelsvc.codes.register.keys import load_keyring
from labelsvc.codes.trust.formats.manifest import Content, Manifest
from labelsvc.codes.trust.roots import SeedRoot, seal_root
from labelsvc.db import Database
from labelsvc.errors import FileMissing
from labelsvc.files import Files
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.worker.publishing import publish_lists
from tests.cli.conftest import Run

Told = Callable[..., Any]


class Drill:
    """A service, a folder for each of the people, and a verifier elsewhere."""

    def __init__(
        self, run: Run, told: Told, database: Database, files: Files, settings: Settings, lot: Lot,
        folder: Path,
    ) -> None:  # fmt: skip
        self.run, self.told, self.database, self.files = run, told, database, files
        self.settings, self.lot, self.folder = settings, lot, folder
        self.words = folder / "passphrase"
        self.words.write_text("năm từ không liên quan gì\n", encoding="utf-8")
        self.manifest, self.trust = folder / "manifest.json", folder / "trust"

    def ceremony(self) -> None:
        self.run("keys", "ceremony", self.folder / "usb", "--passphrase-file", self.words)

    def sign(self, *roots: int, code: int = 0) -> None:
        for n in roots:
            root = self.folder / "usb" / f"root-{n}.json"
            self.run("keys", "sign", self.manifest, "--root", root, "--passphrase-file", self.words)

    def issue(self, count: int) -> list[str]:
        with self.database.writing() as session:
            ring = load_keyring(
                session, base_url=self.settings.base_url, secrets=self.settings.keys
            )
            lot = session.get_one(Lot, self.lot.id)
            return codes_of(allocate(session, lot=lot, count=count, form=Form.OFFLINE), ring)

    def fetch(self, code: int = 0) -> Any:
        return self.told("keys", "fetch", self.settings.base_url, self.trust, code=code)

    def verdict(self, text: str, trust: Path | None = None) -> str:
        code = 0 if (found := self._verdict(text, trust)).startswith("ISSUED_OK") else 1
        assert self.told("verify", text, "--trust", trust or self.trust, code=code)
        return found

    def _verdict(self, text: str, trust: Path | None) -> str:
        from click.testing import CliRunner

        from labelsvc.cli import main

        words = ["verify", text, "--trust", str(trust or self.trust), "--json"]
        return str(json.loads(CliRunner().invoke(main, words).stdout)["verdict"])


@pytest.fixture
def drill(
    run: Run, told: Told, database: Database, settings: Settings, lot: Lot,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> Drill:  # fmt: skip
    browser = create_app(settings, database).test_client()

    def download(address: str, _: int) -> bytes:
        answer = browser.get(address.removeprefix(settings.base_url), base_url=settings.base_url)
        if answer.status_code == 404:
            raise FileMissing("There is no file {key}.", key=address)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return answer.get_data()

    monkeypatch.setattr(cli_keys, "download", download)
    return Drill(run, told, database, Files(settings.files), settings, lot, tmp_path)


def test_from_the_ceremony_to_a_code_that_verifies_without_the_service(drill: Drill) -> None:
    codes = drill.issue(3)
    drill.ceremony()
    usb = drill.folder / "usb"
    assert sorted(path.name for path in usb.iterdir()) == [
        "root-1.json", "root-2.json", "root-3.json", "roots.json",
    ]  # fmt: skip
    assert (usb / "root-1.json").stat().st_mode & 0o077 == 0
    made = drill.told("keys", "draft", drill.manifest, "--roots", usb / "roots.json")
    assert (made["version"], made["enough"]) == (1, False)
    drill.run("keys", "publish", drill.manifest, code=1)  # nobody has signed it
    drill.sign(1)
    drill.run("keys", "publish", drill.manifest, code=1)
    drill.sign(3)
    assert drill.told("keys", "publish", drill.manifest)["enough"]
    first = drill.fetch()
    assert (first["version"], first["first"], first["lists"]) == (1, True, 0)
    assert drill.verdict(codes[0]) == "ISSUED_OK_STALE"  # no list yet: nothing is known of it
    publish_lists(drill.database, drill.files, drill.settings)
    assert drill.fetch()["lists"] == 3
    assert drill.verdict(codes[0]) == "ISSUED_OK"
    assert drill.verdict(codes[0], drill.manifest) == "ISSUED_OK_STALE"
    assert drill.verdict(codes[0][:-1] + "0") in ("BAD_SIGNATURE", "ISSUED_OK")


def test_withdrawn_and_sold_codes_are_told_and_an_old_list_says_how_old(drill: Drill) -> None:
    codes = drill.issue(3)
    drill.ceremony()
    drill.run("keys", "draft", drill.manifest, "--roots", drill.folder / "usb" / "roots.json")
    drill.sign(1, 2)
    drill.run("keys", "publish", drill.manifest)
    with drill.database.writing() as session:
        revoke.withdraw(session, first=2, count=1, reason="Thử", by="user:1")
        revoke.sell(session, first=3, count=1, reason="Thử", by="user:1")
    publish_lists(drill.database, drill.files, drill.settings)
    drill.fetch()
    assert [drill.verdict(code) for code in codes] == ["ISSUED_OK", "REVOKED", "DECOMMISSIONED"]
    with time_machine.travel(clock.now() + timedelta(hours=30)):
        assert [drill.verdict(code) for code in codes] == [
            "ISSUED_OK_STALE", "REVOKED", "DECOMMISSIONED",
        ]  # fmt: skip


def test_from_theft_to_recovery(drill: Drill) -> None:
    """Genuine labels of a stolen key stay good, whatever the thief signs is red."""
    genuine = drill.issue(5)
    drill.ceremony()
    drill.run("keys", "draft", drill.manifest, "--roots", drill.folder / "usb" / "roots.json")
    drill.sign(1, 2)
    drill.run("keys", "publish", drill.manifest)
    publish_lists(drill.database, drill.files, drill.settings)
    drill.fetch()
    # The thief has the whole key: signatures of any lot and unit hold.
    with drill.database.reading() as session:
        stolen = load_keyring(
            session, base_url=drill.settings.base_url, secrets=drill.settings.keys
        )
    payload = parse(genuine[0].rpartition("/")[2]).payload
    never = stolen.units.printed(payload.lot, 5)  # the sixth of five
    forged, inside = (
        [
            drill.settings.base_url.upper() + "/" + text
            for text in stolen.offline_many(payload, units)
        ]
        for units in ([1024, 5000, (1 << 24) - 1], [never])
    )
    # Nobody knows yet: units beyond what was issued are red all the same, those between the others are not.
    assert {drill.verdict(text) for text in forged} == {"NOT_ISSUED"}
    assert {drill.verdict(text) for text in inside} == {"ISSUED_OK"}
    kid = payload.kid
    assert drill.told("keys", "freeze", kid, "--reason", "Bị sao chép")["state"] == "frozen"
    afterwards = drill.issue(2)  # the next key signs at once
    # The head tells of it before anybody signed a manifest. What the key signed is in none yet.
    publish_lists(drill.database, drill.files, drill.settings)
    drill.fetch()
    assert {drill.verdict(text) for text in genuine + forged} == {"SHORT_CODE_NEEDS_NETWORK"}
    assert {drill.verdict(text) for text in afterwards} == {"UNKNOWN_KEY"}
    before = (drill.trust / "manifest.json").read_bytes()
    assert parse(afterwards[0].rpartition("/")[2]).payload.kid == kid + 1
    drill.run("keys", "draft", drill.manifest)
    drill.sign(2, 3)
    drill.run("keys", "publish", drill.manifest)
    publish_lists(drill.database, drill.files, drill.settings)
    assert drill.fetch()["version"] == 2
    assert {drill.verdict(text) for text in genuine + afterwards} == {"ISSUED_OK"}
    assert {drill.verdict(text) for text in forged + inside} == {"FROZEN_KEY_OUTSIDE_RANGE"}
    # Whoever hands over fresh lists with the manifest of before hides nothing.
    (drill.trust / "manifest.json").write_bytes(before)
    assert {drill.verdict(text) for text in genuine + forged} == {"SHORT_CODE_NEEDS_NETWORK"}


def test_a_verifier_refuses_what_is_older_than_it_holds(drill: Drill) -> None:
    drill.issue(1)
    drill.ceremony()
    drill.run("keys", "draft", drill.manifest, "--roots", drill.folder / "usb" / "roots.json")
    drill.sign(1, 2)
    first = drill.manifest.read_bytes()
    drill.run("keys", "publish", drill.manifest)
    drill.run("keys", "draft", drill.manifest)
    drill.sign(1, 2)
    drill.run("keys", "publish", drill.manifest)
    drill.fetch()
    (drill.folder / "older.json").write_bytes(first)
    drill.run("keys", "publish", drill.folder / "older.json", code=1)
    held = (drill.trust / "manifest.json").read_bytes()
    newer = json.loads(held)
    newer["signed"] = newer["signed"].replace('"version":2', '"version":9')
    (drill.trust / "manifest.json").write_text(json.dumps(newer))
    assert drill.run("keys", "fetch", drill.settings.base_url, drill.trust, code=1)


def test_a_verifier_that_was_away_reads_the_manifests_between(drill: Drill) -> None:
    drill.issue(1)
    drill.ceremony()
    roots = drill.folder / "usb" / "roots.json"
    drill.run("keys", "draft", drill.manifest, "--roots", roots)
    drill.sign(1, 2)
    drill.run("keys", "publish", drill.manifest)
    assert drill.fetch()["version"] == 1
    for _ in range(3):
        drill.run("keys", "draft", drill.manifest)
        drill.sign(1, 3)
        drill.run("keys", "publish", drill.manifest)
    assert drill.fetch()["version"] == 4


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["keys", "sign", "{manifest}"], "Give a root key with --root"),
        (["keys", "draft", "{manifest}", "--roots", "{words}"], "holds no root keys"),
        (["keys", "draft", "{manifest}"], "needs root keys"),
        (["keys", "sign", "{words}", "--root", "{words}"], "no trust manifest"),
        (["keys", "fetch", "ftp://example.vn", "{trust}"], "no web address"),
    ],
)
def test_what_is_not_right_is_named(drill: Drill, words: list[str], text: str) -> None:
    drill.ceremony()
    places = {"manifest": drill.manifest, "words": drill.words, "trust": drill.trust}
    drill.run("keys", "draft", drill.manifest, "--roots", drill.folder / "usb" / "roots.json")
    filled = [word.format(**places) for word in words]
    code = 2 if "Give a root" in text else 1
    assert text in drill.run(*filled, code=code).output


def test_a_root_key_is_never_written_over(drill: Drill) -> None:
    drill.ceremony()
    before = (drill.folder / "usb" / "root-1.json").read_bytes()
    drill.run("keys", "ceremony", drill.folder / "usb", "--passphrase-file", drill.words, code=1)
    assert (drill.folder / "usb" / "root-1.json").read_bytes() == before


def test_a_wrong_passphrase_signs_nothing(drill: Drill) -> None:
    drill.ceremony()
    drill.run("keys", "draft", drill.manifest, "--roots", drill.folder / "usb" / "roots.json")
    root = drill.folder / "strange.json"
    root.write_text(seal_root(SeedRoot(bytes(32)), "quite another passphrase", cost=2))
    before = drill.manifest.read_bytes()
    drill.run(
        "keys", "sign", drill.manifest, "--root", root, "--passphrase-file", drill.words, code=3
    )
    assert drill.manifest.read_bytes() == before


def test_signatures_of_the_roots_that_go_are_counted_too(tmp_path: Path) -> None:
    """Of a draft that changes the roots: two of the old ones must sign and two of the new ones."""
    at = datetime(2026, 11, 24, 2, tzinfo=UTC)
    seeds = [SeedRoot(bytes([n]) * 32) for n in range(1, 7)]
    public = [root.public for root in seeds]
    old = Content("qr.example.vn", 1, at, at + timedelta(days=9), 2, tuple(public[:3]), (), ())
    made = Manifest.draft(replace(old, version=2, roots=tuple(public[3:])), old)
    told = []
    for root in (None, seeds[0], seeds[1], seeds[3], seeds[4]):
        made = Manifest.parse(bytes(made.sign(root) if root else made))
        facts = ceremony._facts(made)
        told.append(([row["signed"] for row in facts["counts"]], facts["enough"]))
    assert told == [
        ([0, 0], False), ([0, 1], False), ([0, 2], False), ([1, 2], False), ([2, 2], True),
    ]  # fmt: skip
    assert ceremony._signed(made).count("\n") == 1
    same = Manifest.draft(replace(old, version=2), old).sign(seeds[0]).sign(seeds[1])
    assert ceremony._facts(same)["counts"] == [{"signed": 2, "needed": 2}]
    assert Manifest.parse(bytes(made).replace(b'"before"', b'"other"')).before is None
