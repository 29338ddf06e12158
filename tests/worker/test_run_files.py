"""Further files of a released run: for the print shop, as data, for an archive."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from labelsvc.codes.forms import carton, uri
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.codes.register.issue import codes_of, create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, LabelsvcError, PrintRefused
from labelsvc.files import Files
from labelsvc.jobs.models import JobState
from labelsvc.labels.models import PrintRun, RunFile, RunState
from labelsvc.labels.pdf import rendering
from labelsvc.labels.press.variable_data import read_variable
from labelsvc.labels.runs import carton_label, extra_files
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.extra_files import Wish
from labelsvc.labels.symbols.encode import read_back
from labelsvc.settings import Settings
from labelsvc.worker import tasks
from tests.factories import make_lot
from tests.labels.press.icc_profile import cmyk_profile


def released(database: Database, files: Files, settings: Settings, **facts: Any) -> int:
    facts = {"layout": "a4-24", "count": 30} | facts
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        run = print_run.start_run(
            session,
            print_run.RunRequest(lot=make_lot(session), base_url=settings.base_url, **facts),
            actor="user:1",
        )
        run_id, job_id = run.id, run.job_id
    assert job_id is not None
    tasks.run_inline(database, files, settings, job_id)
    return run_id


def made(database: Database, files: Files, settings: Settings, run_id: int, **wish: Any) -> RunFile:
    with database.writing() as session:
        file = extra_files.request_file(
            session, run=session.get_one(PrintRun, run_id), wish=Wish(**wish), actor="user:1"
        )
        file_id, job_id = file.id, file.job_id
    assert job_id is not None
    tasks.run_inline(database, files, settings, job_id)
    with database.reading() as session:
        file = session.get_one(RunFile, file_id)
        _ = file.run.lot, file.job
        return file


def codes(database: Database, settings: Settings, run_id: int) -> list[str]:
    with database.reading() as session:
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        return codes_of(session.get_one(PrintRun, run_id).issue, keyring)


def test_the_print_shop_gets_the_codes_of_the_run_with_bleed_and_a_sheet_about_it(
    database: Database, files: Files, settings: Settings
) -> None:
    run_id = released(database, files, settings, count=3)
    file = made(database, files, settings, run_id, kind="press", bleed=3)
    assert file.file_key is not None
    data = files.get(file.file_key)
    assert hashlib.sha256(data).hexdigest() == file.sha256
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages) == 3
        trim = [float(v) for v in document.pages[0].TrimBox]
        assert (trim[2] - trim[0]) / 72 * 25.4 == pytest.approx(70, abs=0.01)
    for page, code in enumerate(codes(database, settings, run_id), 1):
        with Image.open(io.BytesIO(rendering.page_png(data, page=page, dpi=300))) as picture:
            seen = read_back(np.asarray(picture.convert("L")))
        assert [found.text for found in seen] == [code]
    assert file.report is not None
    assert file.report["standard"] == ""  # no profile, so no PDF/X-4, and it says so
    assert "no output profile" in file.report["reason"]
    assert file.report_key is not None
    assert files.get(file.report_key).startswith(b"%PDF-")
    assert extra_files.file_name(file) == f"press-L261101-01-{run_id}.pdf"


def test_with_a_profile_and_imposition_it_is_pdf_x4_on_press_sheets(
    database: Database, files: Files, settings: Settings
) -> None:
    run_id = released(database, files, settings)
    profile = extra_files.keep_profile(files, cmyk_profile())
    file = made(
        database, files, settings, run_id, kind="press", icc=profile, condition="FOGRA51",
        columns=4, rows=10, order="stack",
    )  # fmt: skip
    assert file.report is not None
    assert file.report["standard"] == "PDF/X-4"
    assert file.report["pages"] == 1
    assert not [f for f in file.report["findings"] if f["severity"] == "error"]


def test_variable_data_has_a_row_for_each_label(
    database: Database, files: Files, settings: Settings
) -> None:
    run_id = released(database, files, settings)
    file = made(database, files, settings, run_id, kind="variable")
    assert file.file_key is not None
    with zipfile.ZipFile(io.BytesIO(files.get(file.file_key))) as archive:
        assert sorted(archive.namelist()) == ["labels.csv", "places.csv", "template.pdf"]
        rows = read_variable(archive.read("labels.csv"))
    assert [row.code for row in rows] == codes(database, settings, run_id)


def test_an_archive_shows_the_pages_of_the_run(
    database: Database, files: Files, settings: Settings
) -> None:
    run_id = released(database, files, settings)
    file = made(database, files, settings, run_id, kind="archive")
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        with print_run.output(files, run) as source:
            original = source.read()
    assert file.file_key is not None
    kept = files.get(file.file_key)
    assert b"pdfaid" in kept
    assert rendering.page_png(kept, dpi=60) == rendering.page_png(original, dpi=60)


@pytest.mark.parametrize("paper", carton_label.LAYOUTS)
@pytest.mark.parametrize("per", [1, 4, 96])
def test_carton_labels_name_the_labels_inside(
    database: Database, files: Files, settings: Settings, per: int, paper: str
) -> None:
    run_id = released(database, files, settings, count=6)
    file = made(database, files, settings, run_id, kind="cartons", per=per, paper=paper)
    assert file.report is not None and file.file_key is not None
    many = -(-6 // per)
    assert (file.report["labels"], file.report["units"]) == (many, per)
    with database.reading() as session:
        keyring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
    stem = len(keyring.base_url) + 1
    units = [code[stem:] for code in codes(database, settings, run_id)]
    seen: list[int] = []
    with pikepdf.open(io.BytesIO(files.get(file.file_key))) as document:
        pages = len(document.pages)
    for page in range(1, pages + 1):
        with Image.open(
            io.BytesIO(rendering.page_png(files.get(file.file_key), page=page, dpi=200))
        ) as picture:
            reads = read_back(np.asarray(picture.convert("L")))
        for found in sorted(reads, key=lambda read: (round(read.y / 300), read.x)):
            code = uri.parse(found.text, host=keyring.host)
            assert isinstance(code, CartonCode)
            payload = keyring.verify_carton(code)
            assert payload.room == per
            for at in range(payload.count):
                number = payload.first + at + 1
                tag = carton.tag(keyring.host, units[number - 1])
                assert payload.tags[at * len(tag) : (at + 1) * len(tag)] == tag
                seen.append(number)
    assert seen == [1, 2, 3, 4, 5, 6]


def test_a_carton_label_is_read_by_people_too(
    database: Database, files: Files, settings: Settings
) -> None:
    run_id = released(database, files, settings, count=6)
    file = made(database, files, settings, run_id, kind="cartons", per=4)
    document = pypdfium2.PdfDocument(files.get(file.file_key or ""))
    words = " ".join(document[0].get_textpage().get_text_range().split())
    for part in (
        "Thùng 1 / 2",
        "Thùng 2 / 2",
        f"Tem số Đ{run_id} · 1–4 · 4 sản phẩm",
        f"Tem số Đ{run_id} · 5–6 · 2 sản phẩm",
        "L261101-01",
    ):
        assert part in words, part
    assert "OCOP" not in words  # stars belong on the packs


@pytest.mark.parametrize("kind", extra_files.KINDS)
def test_the_same_wish_gives_the_same_bytes(
    database: Database, files: Files, settings: Settings, kind: extra_files.Kind
) -> None:
    run_id = released(database, files, settings, count=5)
    one, two = (made(database, files, settings, run_id, kind=kind) for _ in range(2))
    assert one.sha256 == two.sha256
    assert one.file_key != two.file_key


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "press", "bleed": 50},
        {"kind": "press", "bleed": float("nan")},
        {"kind": "press", "icc": "0" * 64},
        {"kind": "press", "columns": 90, "rows": 90},
        {"kind": "press", "columns": 3, "rows": 0},
    ],
)
def test_what_no_press_can_do_makes_no_file(
    database: Database, files: Files, settings: Settings, wish: dict[str, Any]
) -> None:
    run_id = released(database, files, settings, count=3)
    with pytest.raises(LabelsvcError):
        made(database, files, settings, run_id, **wish)
    with database.reading() as session:
        assert all(
            file.file_key is None
            for file in extra_files.files_of(session, session.get_one(PrintRun, run_id))
        )


def test_a_run_that_is_not_released_has_no_further_files(
    database: Database, files: Files, settings: Settings
) -> None:
    run_id = released(database, files, settings, count=3)
    with database.writing() as session:
        run = session.get_one(PrintRun, run_id)
        run.state = RunState.RENDERING
        with pytest.raises(Conflict):
            extra_files.request_file(session, run=run, wish=Wish("press"), actor="user:1")


@pytest.mark.parametrize(
    ("facts", "wish"),
    [
        ({"count": 200_001}, Wish("press")),
        ({"count": 200_001}, Wish("variable")),
        ({"form": "lot"}, Wish("cartons")),
        ({}, Wish("cartons", per=0)),
        ({}, Wish("cartons", per=361)),
        ({}, Wish("cartons", paper="a4-65")),
        ({"count": 10_001}, Wish("cartons", per=1)),
        ({"bytes": 200_000_000}, Wish("archive")),
        ({"output": "zpl"}, Wish("archive")),
    ],
)
def test_what_is_too_large_or_no_document_is_told_at_once(
    database: Database, files: Files, settings: Settings, facts: dict[str, Any], wish: Wish
) -> None:
    run_id = released(database, files, settings, count=3)
    with database.writing() as session:
        run = session.get_one(PrintRun, run_id)
        for name, value in facts.items():
            setattr(run, name, value)
        with pytest.raises(BadInput) as caught:
            extra_files.request_file(session, run=run, wish=wish, actor="user:1")
        assert caught.value.fix


@pytest.mark.parametrize("data", [b"", b"not a profile", b"\0" * 200])
def test_what_is_no_profile_is_not_kept(files: Files, data: bytes) -> None:
    with pytest.raises(BadInput):
        extra_files.keep_profile(files, data)


def test_a_file_that_fails_its_preflight_ends_its_job_and_leaves_the_run_alone(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = released(database, files, settings, count=3)
    real = extra_files.write_press_pdf

    def wrong(out: Any, layout: Any, blocks: Any, fonts: Any, **facts: Any) -> Any:
        report = real(out, layout, blocks, fonts, **facts)
        whole = out.getvalue().replace(b"/TrimBox", b"/XrimBox")
        out.seek(0)
        out.write(whole)
        return report

    monkeypatch.setattr(extra_files, "write_press_pdf", wrong)
    with pytest.raises(PrintRefused):
        made(database, files, settings, run_id, kind="press")
    with database.reading() as session:
        file = session.get_one(RunFile, 1)
        assert file.file_key is None
        assert file.job is not None
        assert file.job.state == JobState.FAILED
        assert session.get_one(PrintRun, run_id).state == RunState.RELEASED
