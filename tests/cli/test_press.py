"""Files for the print shop, variable data, archive and blank labels by the command line."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select

from labelsvc.catalogue.models import Lot
from labelsvc.codes.register.issue import load_keyring
from labelsvc.db import Database
from labelsvc.labels.models import BlankRoll, RunFile
from labelsvc.labels.pdf import rendering
from labelsvc.labels.runs import extra_files
from labelsvc.labels.symbols import encode
from labelsvc.settings import Settings
from tests.cli.conftest import Run
from tests.factories import make_producer
from tests.labels.press.icc_profile import cmyk_profile

Told = Callable[..., Any]


@pytest.fixture
def printed(lot: Lot, told: Told, tmp_path: Path) -> int:
    """A released run of 12 labels."""
    made = told(
        "print", "--lot", lot.code, "--layout", "a4-24", "--count", 12,
        "--output", tmp_path / "labels.pdf",
    )  # fmt: skip
    return int(made["run"])


def test_a_press_file_with_its_sheet(
    database: Database, printed: int, told: Told, tmp_path: Path
) -> None:
    profile = tmp_path / "may-in.icc"
    profile.write_bytes(cmyk_profile())
    output, sheet = tmp_path / "tem.pdf", tmp_path / "phieu.pdf"
    made = told(
        "press", "--run", printed, "--output", output, "--bleed", 3, "--icc", profile,
        "--condition", "FOGRA51", "--columns", 4, "--rows", 3, "--sheet", "330x480",
        "--order", "stack", "--die-line", "CutContour", "--sheet-for-shop", sheet,
    )  # fmt: skip
    assert (made["run"], made["kind"], made["labels"]) == (printed, "press", 12)
    assert (made["pages"], made["standard"]) == (1, "PDF/X-4")
    assert made["sha256"] == hashlib.sha256(output.read_bytes()).hexdigest()
    assert "CutContour" in made["plates"]
    assert sheet.read_bytes().startswith(b"%PDF-")
    assert made["sheet_for_shop"] == str(sheet)
    with pikepdf.open(output) as document:
        assert [round(float(v) / 72 * 25.4) for v in document.pages[0].MediaBox] == [0, 0, 330, 480]
    with database.reading() as session:
        file = session.scalars(select(RunFile)).one()
        assert file.created_by == "cli"
        assert file.wish["gutter"] == 4
    assert [path.name for path in tmp_path.glob(".*.part")] == []


def test_without_a_profile_it_says_what_the_file_is_not(
    printed: int, run: Run, told: Told, tmp_path: Path
) -> None:
    words = run("press", "--run", printed, "--output", tmp_path / "a.pdf", "--no-marks").stdout
    assert "labels 12, pages 12, PDF." in words
    assert "is not PDF/X-4" in words
    vi = run("--language", "vi", "press", "--run", printed, "--output", tmp_path / "b.pdf").stdout
    assert "12 tem, 12 trang" in vi
    assert "chưa phải PDF/X-4" in vi


def test_variable_data_and_archive(printed: int, run: Run, told: Told, tmp_path: Path) -> None:
    made = told("variable", "--run", printed, "--output", tmp_path / "data.zip")
    with zipfile.ZipFile(made["output"]) as packed:
        assert len(packed.read("labels.csv").splitlines()) == 13
    made = told("archive", "--run", printed, "--output", tmp_path / "luu.pdf")
    assert made["standard"] == "PDF/A-2b"
    assert b"pdfaid" in (tmp_path / "luu.pdf").read_bytes()
    assert (
        "rows for 12 labels"
        in run("variable", "--run", printed, "--output", tmp_path / "data.zip").stdout
    )


def test_carton_labels_and_what_verify_says_of_them(
    printed: int, run: Run, told: Told, tmp_path: Path
) -> None:
    output = tmp_path / "thung.pdf"
    made = told("cartons", "--run", printed, "--per", 5, "--output", output)
    assert (made["labels"], made["units"], made["pages"]) == (3, 5, 1)
    with Image.open(io.BytesIO(rendering.page_png(output.read_bytes(), dpi=200))) as picture:
        code = encode.read_back(np.asarray(picture.convert("L")))[0].text
    known = told("verify", code)
    assert known["verdict"] == "ISSUED_OK" and known["carton"] in ("1–5", "6–10", "11–12")
    export = tmp_path / "trust.json"
    run("keys", "export", export)
    alone = told("verify", code, "--trust", export)
    assert (alone["verdict"], alone["carton"]) == ("ISSUED_OK_STALE", known["carton"])
    other = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert "BAD_SIGNATURE" in run("verify", other, code=1).stdout
    assert "BAD_SIGNATURE" in run("verify", other, "--trust", export, code=1).stdout


@pytest.mark.parametrize(
    ("words", "exit_code", "message"),
    [
        (("press", "--run", 99, "--output", "a.pdf"), 1, "no print run 99"),
        (("press", "--run", 1, "--output", "a.zip"), 1, "cannot be written"),
        (("press", "--run", 1, "--output", "a.pdf", "--bleed", 99), 1, "bleed"),
        (("press", "--run", 1, "--output", "a.pdf", "--columns", 90, "--rows", 90), 1, "need"),
        (("press", "--run", 1, "--output", "a.pdf", "--sheet", "big"), 2, "write 320x450"),
        (("press", "--run", 1, "--output", "nowhere/a.pdf"), 1, "no folder"),
        (("press", "--run", 1, "--output", "a.pdf", "--icc", "labels.pdf"), 1, "ICC profile"),
        (("variable", "--run", 1, "--output", "a.pdf"), 1, ".zip"),
        (("archive", "--run", 1), 2, "--output"),
        (("cartons", "--run", 1, "--output", "a.pdf", "--per", 361), 1, "room for 1 to 360"),
        (("cartons", "--run", 1, "--output", "a.pdf", "--layout", "a4-65"), 2, "carton-a4-4"),
    ],
)
def test_refusals_have_a_message_and_an_exit_code(
    printed: int, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    words: tuple[object, ...], exit_code: int, message: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert message in run(*words, code=exit_code).output
    assert not (tmp_path / "a.pdf").exists()


def test_a_profile_too_large_is_not_read(
    printed: int, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labelsvc.labels.press.icc.MOST_BYTES", 10)
    monkeypatch.setattr(extra_files, "keep_profile", lambda *_: pytest.fail("it was read"))
    profile = tmp_path / "a.icc"
    profile.write_bytes(bytes(11))
    words = ("press", "--run", printed, "--output", tmp_path / "a.pdf", "--icc", profile)
    assert "too large" in run(*words, code=1).output


def test_blank_labels_are_printed_and_bound(
    database: Database, settings: Settings, lot: Lot, told: Told, run: Run, tmp_path: Path
) -> None:
    made = told(
        "blank", "print", "--producer", "hop tac xa gom song nhue", "--layout", "blank-a4-65",
        "--count", 20, "--start-at", 2, "--spares", 3, "--output", tmp_path / "trang.pdf",
    )  # fmt: skip
    assert (made["labels"], made["decoded"], made["pages"]) == (20, 20, 1)
    with database.reading() as session:
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        codes = session.get_one(BlankRoll, made["roll"]).codes(keyring)
    bind = ("blank", "bind", "--lot", lot.code, "--first", codes[9], "--last", codes[4][-24:])
    bound = told(*bind)
    assert (bound["first"], bound["last"], bound["labels"]) == (5, 10, 6)
    assert (bound["roll"], bound["lot"], bound["left"]) == (made["roll"], lot.code, 994)
    assert "were entered for lot" in run(*bind, code=1).output
    assert told("verify", codes[4])["lot"] == lot.code
    words = run(
        "blank", "bind", "--lot", lot.code, "--first", codes[11], "--last", codes[11]
    ).stdout
    assert "Labels 12 to 12 of roll 1 are bound" in words


def test_a_roll_for_a_label_printer(lot: Lot, told: Told, run: Run, tmp_path: Path) -> None:
    output = tmp_path / "trang.zpl"
    words = ("blank", "print", "--producer", 1, "--count", 4, "--output", output, "--layout")
    assert told(*words, "blank-35x22")["decoded"] == 4
    assert output.read_bytes().startswith(b"^XA")
    assert "is for sheets" in run(*words, "blank-a4-65", code=1).output


def test_a_producer_that_cannot_be_told_is_asked_for(
    database: Database, lot: Lot, run: Run, tmp_path: Path
) -> None:
    with database.writing() as session:
        make_producer(session)  # of the same name
    words = (
        "blank",
        "print",
        "--layout",
        "blank-a4-65",
        "--count",
        1,
        "--output",
        tmp_path / "a.pdf",
    )
    assert "may be any of these" in run(*words, "--producer", "Hợp tác xã Gốm Sông Nhuệ", code=1).output  # fmt: skip
    assert "There is no producer" in run(*words, "--producer", "Ai đó", code=1).output


@pytest.mark.parametrize(
    "words", [("press",), ("variable",), ("archive",), ("blank",), ("blank", "print"), ("blank", "bind")]
)  # fmt: skip
def test_help_teaches_with_an_example(run: Run, words: tuple[str, ...]) -> None:
    assert f"labelsvc {' '.join(words)} " in " ".join(run(*words, "--help").stdout.split())
