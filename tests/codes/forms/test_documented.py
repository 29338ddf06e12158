"""The table of texts and outcomes in docs/codes.md, row by row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labelsvc.codes.forms import gs1, short, uri
from labelsvc.errors import ForeignHost, MalformedCode
from tests.codes.conftest import HOST

PAGE = (Path(__file__).parents[3] / "docs" / "codes.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("| text | read as |")[2].partition("\n\n")[0].splitlines()[2:]
ROWS = [
    (text.replace("\\|", "|"), words.strip())
    for row in TABLE
    for texts, words in [row.strip("| ").rsplit(" | ", 1)]
    for text in re.findall("`([^`]+)`", texts)
]
WORDS = {short.ShortCode: "short", gs1.Gs1Code: "gs1", gs1.Gs1Link: "link"}


def test_the_table_is_there() -> None:
    assert len(ROWS) > 30
    assert {words for _, words in ROWS} == {*WORDS.values(), "malformed_code", "foreign_host"}


@pytest.mark.parametrize(("text", "words"), ROWS)
def test_a_text_is_read_as_the_page_says(text: str, words: str) -> None:
    text = re.sub(r"(?<![A-Za-z])C(?![A-Za-z])", "462GZSK9DRV10PM4NEBRNXN7", text)
    text = re.sub(r"(?<![A-Za-z])S(?![B-Zb-z])", "462GZSK9CP2V1QSB0KSX", text)
    try:
        found = WORDS[type(uri.parse(text, host=HOST))]  # type: ignore[index]
    except MalformedCode:
        found = "malformed_code"
    except ForeignHost:
        found = "foreign_host"
    assert found == words
