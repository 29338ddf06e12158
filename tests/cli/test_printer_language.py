"""One module and one entry of the table make a printer language: print, read back, send, calibrate."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from labelsvc.catalogue.models import Lot
from labelsvc.db import Database
from labelsvc.errors import ReadBackFailed
from labelsvc.files import Files
from labelsvc.labels.models import PrintRun
from labelsvc.labels.printers import book, sending, trouble
from labelsvc.labels.rolls.languages import LANGUAGES, Language
from labelsvc.labels.rolls.pictures import Picture, damaged, pictures
from labelsvc.labels.rolls.raster import Row
from labelsvc.labels.sheets.profile import Profile
from labelsvc.settings import Settings
from tests.cli.conftest import Run


def write(out: IO[bytes], rows: Iterable[Row], width_mm: float, height_mm: float) -> int:
    count = 0
    for picture in pictures(rows):
        out.write(command(picture))
        count += picture.copies
    return count


def command(picture: Picture) -> bytes:
    return json.dumps([*picture[:5], picture.data.hex()]).encode() + b"\n"


def formats(source: IO[bytes]) -> Iterator[tuple[Picture | None, bytes]]:
    for line in source:
        try:
            *numbers, data = json.loads(line)
            yield Picture(*numbers, bytes.fromhex(data)), line
        except (TypeError, ValueError) as error:
            raise damaged(0, "no line of the toy language") from error


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Language:
    language = Language(
        "toy", "Toy printer", write, formats, command, b"?", lambda answer: answer.decode()
    )
    monkeypatch.setitem(LANGUAGES, "toy", language)
    return language


def test_a_further_language_prints_a_run_from_the_command_line_to_the_printer(
    toy: Language, database: Database, settings: Settings, lot: Lot,
    told: Callable[..., Any], run: Run, tmp_path: Path,
) -> None:  # fmt: skip
    with database.writing() as session:
        producer = session.get_one(Lot, lot.id).product.producer_id
        setup = book.Setup("Máy thử", "toy", Profile(dpi=300))
        book.save(session, producer, setup, printer=None, actor="user:1")
    output = tmp_path / "labels.toy"
    made = told(
        "print", "--lot", lot.code, "--layout", "roll-35x22", "--count", 7, "--output", output,
        "--printer", "Máy thử",
    )  # fmt: skip
    assert made["decoded"] == 7
    read = toy.read(output.read_bytes())
    assert [picture.first for picture in read] == list(range(1, 8))
    assert read[0].width == round(35 * 300 / 25.4)
    with database.reading() as session:
        done = session.get_one(PrintRun, made["run"])
        assert (done.output, done.file_key or "") == ("toy", f"runs/{done.id}/part-0001")
        rest = b"".join(sending.rest_of(Files(settings.files), done, 5))
    assert [picture.first for picture in toy.read(rest)] == [5, 6, 7]
    told_of = trouble.told(toy, b"paper")
    assert told_of is not None and "out of paper" in str(told_of)
    with pytest.raises(ReadBackFailed):
        toy.read(b"^XA^XZ")


def test_a_language_that_there_is_not_is_refused_before_numbers_are_taken(
    database: Database, lot: Lot, run: Run, tmp_path: Path
) -> None:
    answer = run(
        "print", "--lot", lot.code, "--layout", "roll-35x22", "--count", 7,
        "--output", tmp_path / "labels.toy", code=1,
    )  # fmt: skip
    assert "zpl" in answer.output
    with database.reading() as session:
        assert session.query(PrintRun).count() == 0
