"""Letters that no text of ours holds: refused wherever a text comes in, and at the last door by the database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, String, insert, update

from labelsvc import letters
from labelsvc.db import Base, Database
from labelsvc.errors import BadInput, fill

REFUSED = {
    "NUL": "a\0b", "escape": "a\x1b[31mb", "delete": "a\x7fb", "C1": "a\x9bb", "form feed": "a\x0cb",
    "override": "a\u202eb", "isolate": "a\u2066b", "Arabic mark": "a\u061cb", "private": "a\ue000Pb",
    "plane 15": "a\U000f0000b", "plane 16": "a\U0010fffdb", "tag": "a\U000e0041b", "surrogate": "a\ud800b",
    "non-character": "a\ufffeb", "annotation": "a\ufff9b",
}  # fmt: skip
KEPT = ["", "Chè lam Hà Nội – 500 g", "hai\ndòng\r\n\tvà", "🍵 茶 чай", "e\u0301", "\u200b", "\xa0"]


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_such_a_letter_is_refused_and_its_place_named(text: str) -> None:
    with pytest.raises(BadInput):
        letters.check(text)
    for value, place in [
        ({"a": [{"b": text}]}, "a.0.b"), ([1, None, text], "2"), ({"x": {text: 1}}, "x"),
    ]:  # fmt: skip
        with pytest.raises(BadInput) as caught:
            letters.check_all(value)
        assert caught.value.params["field"] == place
    letters.check(letters.shown(text))
    letters.check_all({"code": text, "in": [{"code": text}]}, but={"code"})


@pytest.mark.parametrize("text", KEPT)
def test_other_letters_are_kept(text: str) -> None:
    letters.check(text)
    assert letters.shown(text) == text


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn"))))
def test_what_is_written_is_never_refused(text: str) -> None:
    letters.check(text)


def test_how_deep_a_text_is_does_not_matter() -> None:
    deep: object = "a\0"
    for _ in range(50_000):
        deep = [deep]
    with pytest.raises(BadInput):
        letters.check_all(deep)


@pytest.mark.parametrize("text", ["a\0b", "a\ue000b", "a\u202eb"])
def test_no_column_of_any_table_takes_one(database: Database, text: str) -> None:
    """Behind every form, list, JSON and command: none of them can forget a text."""
    tried = 0
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, String | JSON):
                continue
            value = {"deep": [text]} if isinstance(column.type, JSON) else text
            with pytest.raises(BadInput), database.writing() as session:
                session.execute(update(table).values({column.name: value}))
            tried += 1
    assert tried > 150


def test_many_rows_at_once_are_looked_at_too(database: Database) -> None:
    from labelsvc.accounts.models import User

    table = User.__table__
    rows = [{"name": "a"}, {"name": "b\ue000"}]
    for statement in (insert(table), insert(table).returning(table.c.id)):
        with pytest.raises(BadInput), database.writing() as session:
            session.execute(statement, rows)


@pytest.mark.parametrize(
    ("template", "params", "filled"),
    [
        ("{a} and {b}", {"a": "{b}", "b": "x"}, "{b} and x"),
        ("{a}{c}", {"a": 1.5}, "1.5{c}"),
        ("{a}", {"a": "{a}"}, "{a}"),
    ],
)
def test_a_value_that_looks_like_a_place_is_text(
    template: str, params: dict[str, object], filled: str
) -> None:
    assert fill(template, params) == filled
