"""One verdict, one status: page, document, words and the command line say the same of a code."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from labelsvc import settings as settings_module
from labelsvc.catalogue.models import Product
from labelsvc.cli import main
from labelsvc.db import Database
from labelsvc.scans.verdict import SHOWN, Verdict
from labelsvc.settings import Settings
from tests.sentences import ROOT
from tests.world import World

#: Verdicts that the service itself never gives.
OFFLINE = {"ISSUED_OK_STALE", "DUPLICATE_HERE", "SHORT_CODE_NEEDS_NETWORK"}
EXPECTED = {
    "in_force": (200, "ISSUED_OK"), "gs1": (200, "ISSUED_OK"), "offline": (200, "ISSUED_OK"),
    "lot": (200, "ISSUED_OK"), "recalled": (200, "RECALLED"), "past_expiry": (200, "EXPIRED"),
    "link": (200, "LINK_ONLY"), "withdrawn": (410, "REVOKED"), "voided": (410, "VOIDED"),
    "not_issued": (404, "NOT_ISSUED"), "bad_signature": (404, "BAD_SIGNATURE"),
    "malformed": (400, "MALFORMED"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_a_code_has_one_answer_wherever_it_is_asked_for(
    client: FlaskClient, world: World, database: Database, settings: Settings, name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(settings_module, "settings", lambda: settings)
    status, verdict = EXPECTED[name]
    path = world.codes[name]
    assert client.get(path).status_code == status
    document = client.get(f"{path}?format=json")
    assert (document.status_code, document.get_json()["verdict"]) == (status, verdict)
    words = client.get(f"{path}?format=text")
    assert words.status_code == status
    assert verdict in words.text.partition("\n")[0]
    said = CliRunner().invoke(main, ["verify", settings.base_url + path, "--json"])
    assert json.loads(said.stdout)["verdict"] == verdict
    assert said.exit_code == (0 if verdict == "ISSUED_OK" else 1)


def test_the_page_of_a_recalled_lot_is_whole_and_the_recall_stands_first(
    client: FlaskClient, world: World
) -> None:
    page = client.get(world.codes["recalled"] + "?lang=en").text
    assert page.index("Recalled product") < page.index("Thiếu thông tin dị ứng")
    assert "L-RECALL" in page


def test_the_documentation_names_the_status_of_every_verdict() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    told = {
        name: int(status) for name, status in re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", text, re.M)
    }
    assert told == {str(v): SHOWN[v].status for v in Verdict if v not in OFFLINE}


def test_a_best_before_date_has_its_own_words(
    client: FlaskClient, world: World, database: Database
) -> None:
    with database.writing() as session:
        session.get_one(Product, world.product).date_kind = "best_before"
    page = client.get(world.codes["in_force"] + "?lang=vi").text
    words = client.get(world.codes["in_force"] + "?format=text&lang=vi").text
    for said in (page, words):
        assert "Sử dụng tốt nhất trước ngày" in said and "Hạn sử dụng (HSD)" not in said
    document = client.get(world.codes["in_force"] + "?format=json").get_json()
    assert document["lot"]["best_before"] is True
