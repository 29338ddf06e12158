"""Codes of another programme: foreign, but known where the settings name it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from labelsvc.db import Database
from labelsvc.errors import ConfigurationError
from labelsvc.partners import Partner
from labelsvc.settings import Settings, load
from labelsvc.web.app import create_app
from tests.conftest import HOST
from tests.world import World

LINE = (
    "QR.Bien.Example:443 | OCOP Tỉnh Biển <b>| 1 Phố Cảng |0200 3999 012; qr.nui.example|OCOP Núi"
)
SEA = Partner("qr.bien.example", "OCOP Tỉnh Biển <b>", "1 Phố Cảng", "0200 3999 012")


def ask(database: Database, settings: Settings, path: str, **facts: Any):  # type: ignore[no-untyped-def]
    kept = settings.model_copy(update={"partners": load(partners=LINE).partners})
    client = create_app(kept, database).test_client()
    return client.get(path, base_url=f"https://{HOST}", **facts)


@pytest.mark.parametrize("code", ["https://qr.bien.example/ABC", "HTTP://QR.BIEN.EXAMPLE:80/01/1", "qr.bien.example/x"])  # fmt: skip
def test_a_known_programme_is_named_and_the_machine_word_stays(
    database: Database, settings: Settings, world: World, code: str
) -> None:
    # As a proxy passes the whole address on, and as a person types it on the first page.
    sent = {"environ_overrides": {"RAW_URI": code}}
    told = ask(database, settings, "/x?format=json", **sent)
    assert told.status_code == 400 and told.json["verdict"] == "FOREIGN_HOST"
    assert told.json["partner"] == SEA._asdict()
    text = ask(database, settings, "/x?format=text", **sent).text
    assert text.startswith("FOREIGN_HOST\n") and SEA.contact in text
    for page in (
        ask(database, settings, "/x?lang=en", **sent),
        ask(database, settings, "/check", query_string={"code": code, "lang": "en"}),
    ):
        assert page.status_code == 400 and "A code of another programme" in page.text
        assert "1 Phố Cảng" in page.text and "Biển &lt;b&gt;" in page.text
        assert "Do not enter" not in page.text


@pytest.mark.parametrize("code", ["https://bien.example/A", "https://qr.bien.example.evil.example/A", "https://qr.bien.example@evil.example/A", "https://qr.bien.examp1e/A"])  # fmt: skip
def test_a_name_that_only_looks_like_it_is_no_known_one(
    database: Database, settings: Settings, world: World, code: str
) -> None:
    told = ask(database, settings, "/x?format=json", environ_overrides={"RAW_URI": code}).json
    assert told["verdict"] == "FOREIGN_HOST" and "partner" not in told
    assert "1 Phố" not in ask(database, settings, "/check", query_string={"code": code}).text


def test_the_application_of_the_inspector_carries_them_without_a_network(
    database: Database, settings: Settings, world: World
) -> None:
    page = ask(database, settings, "/inspect/").text
    found = re.search(r'id="words">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["partners"][0] == SEA._asdict()


@pytest.mark.parametrize("line", ["qr.bien.example", "qr.bien.example|", "https://qr.a.example|A", "qr.a.example|A;qr.a.example|B", "a b.example|A"])  # fmt: skip
def test_a_line_that_is_no_programme_is_refused_by_its_words(line: str) -> None:
    with pytest.raises(ConfigurationError, match=r"host \| name"):
        load(partners=line)
