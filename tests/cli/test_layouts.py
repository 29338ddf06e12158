"""layouts list, check and sheets on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labelsvc.db import Database
from labelsvc.labels.layouts import library
from labelsvc.settings import Settings
from tests.cli.conftest import Run
from tests.factories import make_producer, make_product

Told = Callable[..., Any]


def test_every_built_in_layout_passes(settings: Settings, told: Told) -> None:
    rows = told("layouts", "check")
    assert [row["name"] for row in rows] == library.names()
    assert all(row["errors"] == [] for row in rows)


def test_the_set_decides_what_is_mandatory(settings: Settings, told: Told) -> None:
    assert told("layouts", "check", "food-100x70", "--set", 3)[0]["errors"] == []
    spirits = told("layouts", "check", "food-100x70", "--set", 14, code=1)[0]["errors"]
    assert [e["message"] for e in spirits] == [
        "The mandatory content “Hàm lượng etanol” (Ethanol content) is missing."
    ]
    away = told("layouts", "check", "food-100x70", "--set", 14, "--elsewhere", "alcohol")[0]
    assert away["errors"] == []


def test_a_layout_is_judged_with_the_values_of_a_product(
    settings: Settings, told: Told, database: Database
) -> None:
    with database.writing() as session:
        whole = make_product(session).id
        lame = make_product(
            session, name="Trà gừng", ingredients="Cúc chi, gừng", producer=make_producer(session)
        ).id
    assert told("layouts", "check", "food-100x70", "--product", whole)[0]["errors"] == []
    errors = told("layouts", "check", "food-100x70", "--product", lame, code=1)[0]["errors"]
    assert [e["message"] for e in errors] == [
        "The name says “gừng”, and the list does not say how much of it is inside."
    ]
    told("layouts", "check", "food-100x70", "--product", 999, code=1)


def test_a_finding_names_its_element(
    settings: Settings, told: Told, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    toml, shrunk = re.subn(
        r"\n  size = \S+\n  min_size = \S+", "\n  size = 4", library.source("food-100x70")
    )
    assert shrunk, "the items of food-100x70 have no sizes to shrink"
    file.write_text(toml, encoding="utf-8")
    row = told("layouts", "check", file, code=1)[0]
    small = [e for e in row["errors"] if "letters are" in e["message"]]
    assert {e["element"] for e in small} >= {"contents.items[0]"}
    assert all("art. 37" in e["article"] and e["fix"] for e in small)
    said = run("layouts", "check", file, code=1).stdout
    assert "contents.items[0]: “Thành phần:" in said


def test_a_broken_file_is_told_not_thrown(settings: Settings, told: Told, tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("name = ", encoding="utf-8")
    assert "not valid TOML" in told("layouts", "check", file, code=1)[0]["errors"][0]["message"]


def test_what_is_wrong_is_told_in_the_language_of_the_command_line(
    settings: Settings, told: Told, run: Run, tmp_path: Path
) -> None:
    """An error and a finding of the law, as words and as JSON, and nothing of them in English."""
    broken, small = tmp_path / "broken.toml", tmp_path / "small.toml"
    broken.write_text("name = ", encoding="utf-8")
    toml = re.sub(
        r"\n  size = \S+\n  min_size = \S+", "\n  size = 4", library.source("food-100x70")
    )
    small.write_text(toml, encoding="utf-8")
    unknown = tmp_path / "unknown.toml"
    unknown.write_text(library.source("food-100x70") + "\n[nobody]\nx = 1\n", encoding="utf-8")
    for what in (broken, small, unknown, "food-100x71"):
        english = run("layouts", "check", what, code=1).stdout.splitlines()
        said = run("--language", "vi", "layouts", "check", what, code=1).stdout.splitlines()
        assert not set(english[1:]) & set(said[1:]), what
        rows = json.loads(
            run("--language", "vi", "layouts", "check", what, "--json", code=1).stdout
        )
        assert all(f"→ {error['fix']}" in "\n".join(said) for error in rows[0]["errors"])
    assert "không phải TOML" in run("--language", "vi", "layouts", "check", broken, code=1).stdout


def test_sheets_are_listed_and_found_by_size(settings: Settings, told: Told, run: Run) -> None:
    every = told("layouts", "sheets")
    assert len(every) == len(library.articles())
    some = told("layouts", "sheets", "--size", "38x21,2")
    assert {"tomy-145", "avery-l7651"} <= {row["name"] for row in some} and len(some) < 12
    assert next(row for row in some if row["name"] == "tomy-145")["unsure"] is True
    assert " *" in run("layouts", "sheets", "--size", "38x21").stdout
    assert "is not a size" in run("layouts", "sheets", "--size", "large", code=1).stderr


def test_a_test_sheet_is_written(settings: Settings, told: Told, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "t.pdf"
    said = told("layouts", "sheets", "--test-sheet", "tomy-145", "--output", file)
    assert file.read_bytes().startswith(b"%PDF") and said["bytes"] == file.stat().st_size
    refused = run("layouts", "sheets", "--test-sheet", "nothing", code=1)
    assert "There is no sheet nothing" in refused.stderr


@pytest.mark.parametrize("size", ["abc", "0x0", "38x-1", "nanx21", "infx21", "38", "1x2x3"])
def test_a_size_that_no_label_has_is_refused(settings: Settings, told: Told, size: str) -> None:
    refused = told("layouts", "sheets", "--size", size, code=1)
    assert "is not a size" in refused["error"]["message"]


def test_files_that_cannot_be_written_are_told_not_thrown(
    settings: Settings, told: Told, tmp_path: Path
) -> None:
    nowhere = tmp_path / "none" / "x.pdf"
    sheet = ("layouts", "sheets", "--test-sheet", "tomy-145", "--output")
    assert "There is no folder" in told(*sheet, nowhere, code=1)["error"]["message"]
    assert "cannot be written" in told(*sheet, tmp_path / "x.doc", code=1)["error"]["message"]
    (tmp_path / "file").touch()
    refused = told("layouts", "pictures", tmp_path / "file" / "deeper", code=1)["error"]
    assert "Nothing may be written" in refused["message"]
    assert list(tmp_path.rglob("*.p*")) == []


def test_a_file_in_another_encoding_is_told_without_the_words_of_the_machine(
    settings: Settings, told: Told, tmp_path: Path
) -> None:
    file = tmp_path / "other.toml"
    file.write_bytes('title_vi = "Thử"'.encode("utf-16"))
    message = told("layouts", "check", file, code=1)[0]["errors"][0]["message"]
    assert "codec" not in message
    assert "UTF-8" in message
