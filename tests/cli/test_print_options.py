"""Cells, copies, spares, printers and label printers' languages by the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.catalogue.models import Lot
from labelsvc.db import Database
from labelsvc.errors import BadInput
from labelsvc.labels import own_layouts
from labelsvc.labels.layouts import library
from labelsvc.labels.models import PrintRun
from labelsvc.labels.printers import book
from labelsvc.labels.rolls.languages import LANGUAGES, Language
from labelsvc.labels.runs.parts import layout_of
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.labels.sheets.profile import Profile
from labelsvc.labels.sheets.sheet import cells
from tests.cli.conftest import Run

Told = Callable[..., Any]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ()), ("3", (3,)), ("3,5,9-12", (3, 5, 9, 10, 11, 12)), (" 4 - 6 ; 1 ", (1, 4, 5, 6)),
        ("2,2", (2,)), ("7-7", (7,)), (",", ()),
    ],
)  # fmt: skip
def test_cells_are_read_as_people_write_them(text: str, wanted: tuple[int, ...]) -> None:
    assert cells(text) == wanted


@pytest.mark.parametrize("text", ["a", "3-", "-3", "1-2-3", "1-999999", "3.5", "３,x"])
def test_what_names_no_cells_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="names no cells"):
        cells(text)


@given(st.sets(st.integers(1, 200)))
def test_cells_written_one_by_one_come_back(numbers: set[int]) -> None:
    assert cells(",".join(map(str, numbers))) == tuple(sorted(numbers))


def test_cells_copies_and_spares_reach_the_run(
    database: Database, lot: Lot, told: Told, tmp_path: Path
) -> None:
    told(
        "print", "--lot", lot.code, "--layout", "a4-65", "--count", 10, "--used", "1-4,9",
        "--start-at", 3, "--order", "down", "--copies", 2, "--each", "--spares", "usual",
        "--output", tmp_path / "labels.pdf",
    )  # fmt: skip
    with database.reading() as session:
        (run,) = session.query(PrintRun).all()
        kept = Imprint.from_json(run.imprint | {"start_at": run.start_at})
    assert kept == Imprint(3, (1, 2, 3, 4, 9), "down", 2, False, 3)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.name)
def test_a_roll_is_written_for_a_label_printer(
    lot: Lot, told: Told, tmp_path: Path, language: Language
) -> None:
    output = tmp_path / f"labels.{language.name}"
    made = told("print", "--lot", lot.code, "--layout", "roll-35x22", "--count", 7, "--output", output)  # fmt: skip
    assert made["decoded"] == 7
    assert len(language.read(output.read_bytes())) == 7


def test_a_printer_and_an_own_layout_are_found_by_name(
    database: Database, lot: Lot, told: Told, run: Run, tmp_path: Path
) -> None:
    with database.writing() as session:
        owner = session.get_one(Lot, lot.id).product.producer_id
        text = library.source("roll-35x22").replace('"roll-35x22"', '"tem-nho"')
        own_layouts.save_layout(
            session,
            producer_id=owner,
            written=own_layouts.read(session, owner, text),
            actor="user:1",
        )
        book.save(session, owner, book.Setup(name="Zebra kho", language="zpl", profile=Profile(dpi=300, offset_x=1.0)), printer=None, actor="user:1")  # fmt: skip
    words = ("print", "--lot", lot.code, "--layout", "tem-nho", "--count", 2)
    output = tmp_path / "labels.zpl"
    told(*words, "--printer", "zebra KHO", "--output", output)
    assert LANGUAGES["zpl"].read(output.read_bytes())[0].width == round(35 * 300 / 25.4)
    refused = run(*words, "--printer", "Máy khác", "--output", output, code=1).stderr
    assert "Máy khác" in refused
    with database.reading() as session:
        assert session.query(PrintRun).count() == 1


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--spares", "vài", "spare labels"),
        ("--used", "x", "names no cells"),
        ("--used", "66", "66"),
        ("--paper", "Letter", "not for Letter"),
    ],
)
def test_impossible_options_take_no_numbers(
    database: Database, lot: Lot, run: Run, tmp_path: Path, option: str, value: str, words: str
) -> None:
    result = run(
        "print", "--lot", lot.code, "--layout", "a4-65", "--count", 1, option, value,
        "--output", tmp_path / "a.pdf", code=1,
    )  # fmt: skip
    assert words in result.stderr
    with database.reading() as session:
        assert session.query(PrintRun).count() == 0


@pytest.mark.parametrize(
    ("layout", "words", "form"),
    [
        ("shelf-card-a5", (), "lot"),
        ("a4-65", (), "short"),
        ("shelf-card-a5", ("--form", "short"), "short"),
    ],
)
def test_without_a_form_the_codes_have_the_first_one_of_the_layout(
    database: Database,
    lot: Lot,
    told: Told,
    tmp_path: Path,
    layout: str,
    words: tuple[str, ...],
    form: str,
) -> None:
    told("print", "--lot", lot.code, "--layout", layout, "--count", 1, *words, "--output", tmp_path / "a.pdf")  # fmt: skip
    with database.reading() as session:
        (run,) = session.query(PrintRun).all()
        assert run.issue.form == form


def test_a_roll_layout_is_laid_out_on_plain_paper_and_remarks_are_told(
    database: Database, lot: Lot, told: Told, tmp_path: Path
) -> None:
    said = told(
        "print", "--lot", lot.code, "--layout", "roll-50x30", "--count", 40, "--paper", "A4",
        "--output", tmp_path / "labels.pdf",
    )  # fmt: skip
    assert (said["labels"], said["pages"]) == (40, 2)
    assert all(isinstance(words, str) for words in said["remarks"])
    with database.reading() as session:
        (run,) = session.query(PrintRun).all()
        assert layout_of(run).sheet.marks
