"""verifier/cli.js on files that `labelsvc keys fetch` wrote: it says what `labelsvc verify` says."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from labelsvc import clock
from labelsvc.codes.forms import carton
from labelsvc.codes.register import revoke
from labelsvc.codes.register.keys import load_keyring
from labelsvc.worker.publishing import publish_lists
from tests.cli.conftest import lot, run, told
from tests.cli.test_ceremony import Drill, drill
from tests.verifier.conftest import FOLDER, Node

__all__ = ["drill", "lot", "run", "told"]

#: The files are the same whichever database they come from.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Outside:
    """A folder of somebody outside, and codes by what becomes of them."""

    def __init__(self, drill: Drill, node: Node) -> None:
        self.drill, self.node = drill, node
        self.codes = dict(zip(("good", "withdrawn", "sold", "later"), drill.issue(4), strict=True))
        good = self.codes["good"]
        host = drill.settings.base_url.partition("://")[2]
        self.codes |= {
            "forged": good[:-1] + str((int(good[-1]) + 1) % 10),
            "foreign": good.lower().replace(host, "qr.other.vn"),
            "no code": "462GZSK9",
            "short": "462GZSK9DRV10PM4NEBRNXN7",
            "link": "01/08938505974019/10/L1",
        }
        with drill.database.reading() as session:
            ring = load_keyring(session, base_url=drill.settings.base_url, secrets=drill.settings.keys)  # fmt: skip
        box = carton.CartonPayload(
            kid=ring.active.kid, reference=5, lot=1, issue=1, first=0, count=2, tags=b"abcd"
        )
        self.codes["carton"] = ring.carton(box)
        self.host = host

    def publish(self) -> None:
        """Manifest and lists, the second and third code withdrawn and sold."""
        drill = self.drill
        drill.ceremony()
        drill.run("keys", "draft", drill.manifest, "--roots", drill.folder / "usb" / "roots.json")
        drill.sign(1, 2)
        drill.run("keys", "publish", drill.manifest)
        with drill.database.writing() as session:
            revoke.withdraw(session, first=2, count=1, reason="Thử", by="user:1")
            revoke.sell(session, first=3, count=1, reason="Thử", by="user:1")
        publish_lists(drill.database, drill.files, drill.settings)
        drill.fetch()

    def says(self, code: str, *words: object, trust: Path | None = None) -> dict[str, Any]:
        done = self.node("cli.js", code, "--trust", trust or self.drill.trust, "--json", *words)
        assert done.returncode in (0, 1) and done.stderr == "", done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        assert (done.returncode == 0) is answer["verdict"].startswith("ISSUED_OK")
        assert answer["reason"]
        return answer


@pytest.fixture
def outside(drill: Drill, node: Node) -> Iterator[Outside]:
    made = Outside(drill, node)
    made.publish()
    yield made


@SQLITE
def test_it_says_what_the_command_of_the_service_says(outside: Outside) -> None:
    wanted = {
        "good": "ISSUED_OK", "withdrawn": "REVOKED", "sold": "DECOMMISSIONED", "later": "ISSUED_OK",
        "forged": "BAD_SIGNATURE", "foreign": "FOREIGN_HOST", "no code": "MALFORMED",
        "short": "SHORT_CODE_NEEDS_NETWORK", "carton": "ISSUED_OK",
    }  # fmt: skip
    found = {name: outside.says(outside.codes[name]) for name in wanted}
    assert {name: answer["verdict"] for name, answer in found.items()} == wanted
    assert {name: outside.drill.verdict(outside.codes[name]) for name in wanted} == wanted
    assert outside.says(outside.codes["link"])["verdict"] == "LINK_ONLY"
    facts = found["withdrawn"]["facts"]
    assert (facts["listed"], facts["key_state"], facts["manifest"]) == (["withdrawn"], "active", 1)
    assert {"key", "lot", "unit", "expires_on"} <= facts.keys()
    assert not {"lot", "unit", "expires_on"} & found["forged"]["facts"].keys()  # its own claim
    assert found["foreign"]["facts"]["leads_to"] == "qr.other.vn"
    assert (found["carton"]["facts"]["first"], found["carton"]["facts"]["last"]) == (1, 2)
    drill = outside.drill  # what is new comes as a delta behind the full list
    with drill.database.writing() as session:
        revoke.withdraw(session, first=4, count=1, reason="Thử", by="user:1")
    publish_lists(drill.database, drill.files, drill.settings)
    drill.fetch()
    (delta,) = drill.trust.glob("*-withdrawn-1-2")
    assert outside.says(outside.codes["later"])["verdict"] == "REVOKED"
    assert outside.says(outside.codes["good"])["verdict"] == "ISSUED_OK"
    delta.unlink()
    assert outside.says(outside.codes["later"])["verdict"] == "ISSUED_OK_STALE"


@SQLITE
def test_old_missing_and_moved_files_are_told(outside: Outside, tmp_path: Path) -> None:
    trust, good = outside.drill.trust, outside.codes["good"]
    later = f"{clock.now() + timedelta(hours=30):%Y-%m-%dT%H:%M:%SZ}"
    old = outside.says(good, "--at", later)
    assert (old["verdict"], old["facts"]["stale"]) == ("ISSUED_OK_STALE", ["head"])
    ahead = tmp_path / "ahead"  # a device whose clock was ahead once, which the other command notes
    shutil.copytree(trust, ahead)
    with time_machine.travel(clock.now() + timedelta(hours=30)):
        assert outside.drill.verdict(good, ahead) == "ISSUED_OK_STALE"
    assert outside.says(good, trust=ahead)["facts"]["stale"] == ["clock"]
    served = tmp_path / "served"  # the paths of the service, mirrored
    for name, path in [
        ("manifest.json", ".well-known/labelsvc-trust.json"), ("status", "trust/head"),
        *((one.name, "trust/status/" + one.name.replace("-", "/")) for one in trust.glob("[0-9]*")),
    ]:  # fmt: skip
        (served / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(trust / name, served / path)
    assert outside.says(good, trust=served)["verdict"] == "ISSUED_OK"
    (gone,) = trust.glob("*-withdrawn-*")
    gone.unlink()
    lacking = outside.says(good)
    assert (lacking["verdict"], lacking["facts"]["stale"]) == ("ISSUED_OK_STALE", ["list"])
    assert outside.says(outside.codes["withdrawn"])["verdict"] == "ISSUED_OK_STALE"
    words = outside.node("cli.js", good, "--trust", trust, "--host", outside.host.upper())
    assert words.returncode == 0
    assert words.stdout.startswith("ISSUED_OK_STALE: ") and "a list is missing" in words.stdout
    assert outside.node("cli.js", good, "--trust", trust, "--host", "qr.other.vn").returncode == 2
    (trust / "status").write_bytes((trust / "status").read_bytes().replace(b"manifest 1", b"manifest 0"))  # fmt: skip
    refused = outside.node("cli.js", good, "--trust", trust)
    assert refused.returncode == 2 and "unsigned" in refused.stderr and refused.stdout == ""


@pytest.mark.parametrize(
    ("words", "told_of"),
    [
        ([], "Give one CODE"),
        (["A", "B"], "Give one CODE"),
        (["A", "--colour"], "--colour"),
        (["A", "--at", "yesterday"], "--at"),
        (["A", "--trust", "no-such-folder"], "manifest.json"),
        (["A", "--trust", "LICENSE"], "manifest.json"),
    ],
)
def test_no_answer_is_told_from_a_bad_one(node: Node, words: list[str], told_of: str) -> None:
    done = node("cli.js", *words)
    assert (done.returncode, done.stdout) == (2, "") and told_of in done.stderr


def test_every_verdict_of_the_verifier_has_a_sentence() -> None:
    source = (FOLDER.parent / "labelsvc/static/inspect/verify/verdict.js").read_text(encoding="utf-8")  # fmt: skip
    verdicts = set(re.findall(r"\"([A-Z]+(?:_[A-Z]+)+|REVOKED|DECOMMISSIONED|EXPIRED)\"", source))
    command = (FOLDER / "cli.js").read_text(encoding="utf-8")
    said = set(re.findall(r"^  ([A-Z_]+): \"", command, re.M))
    # A command is given one code: no other item stands beside it.
    assert verdicts - {"DUPLICATE_HERE"} == said - {"MALFORMED", "FOREIGN_HOST"}
