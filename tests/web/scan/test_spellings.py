"""The page of a link answers every spelling that reaches a server as the plain link does."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.codes.forms.spellings import TABLE
from tests.world import World

#: What a browser sends as a path: nothing before the host, no white space that is not escaped.
SENT = [
    text.removeprefix("{link}")
    for text in TABLE["any"]
    if text.startswith("{link}") and text.isascii() and text.isprintable() and " " not in text
    and "{link}" not in text[6:] and "#" not in text
]  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["in_force", "gs1"])
def test_every_spelling_is_answered_as_the_plain_link(
    client: FlaskClient, world: World, name: str
) -> None:
    path = world.codes[name]
    for text in SENT:
        answer = client.get(
            path + text, headers={"Accept": "application/json"}, follow_redirects=True
        )
        assert (answer.status_code, answer.get_json()["verdict"]) == (200, "ISSUED_OK"), text
        assert answer.get_json()["code"]["text"] == path[1:], text


def test_telex_is_named_on_the_page_and_in_its_json(client: FlaskClient) -> None:
    for path in ("/997%C4%90MW5YH4M17V3H5N0NX", "/997E%20M%E1%BA%A45Y%20H4M1%207V3H%205N0N"):
        page = client.get(path)
        assert page.status_code == 400
        assert "tắt bộ gõ tiếng Việt" in page.get_data(as_text=True)
