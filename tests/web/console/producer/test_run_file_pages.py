"""Files for the print shop and the archive, ordered and fetched on the pages of a run."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from sqlalchemy import select

from labelsvc.catalogue.models import Lot
from labelsvc.db import Database
from labelsvc.errors import PrintRefused
from labelsvc.files import Files
from labelsvc.labels.models import PrintRun, RunFile, RunState
from labelsvc.labels.press import icc
from labelsvc.labels.runs import extra_files
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from labelsvc.worker import tasks
from tests.labels.press.icc_profile import cmyk_profile
from tests.web.desk import Desk, seen
from tests.world import World

Sit = Callable[[str], Desk]


@pytest.fixture
def run(database: Database, settings: Settings, world: World) -> int:
    """A released run of three labels."""
    return released(database, settings, world.lot)


def released(database: Database, settings: Settings, lot_id: int) -> int:
    with database.writing() as session:
        run = print_run.start_run(session, print_run.RunRequest(lot=session.get_one(Lot, lot_id), layout="a4-65-plain", count=3, base_url=settings.base_url), actor="user:1")  # fmt: skip
        run_id, job_id = run.id, run.job_id
    assert job_id is not None
    tasks.run_inline(database, Files(settings.files), settings, job_id)
    return run_id


def files(database: Database) -> list[RunFile]:
    with database.reading() as session:
        return list(session.scalars(select(RunFile).order_by(RunFile.id)))


def make(database: Database, settings: Settings) -> None:
    """Do what waits."""
    while tasks.work_once(database, Files(settings.files), settings):
        pass


def test_the_run_page_leads_to_the_files(desk: Sit, run: int) -> None:
    assert f'href="/console/runs/{run}/files"' in desk("lan").get(f"/console/runs/{run}").text


def test_a_press_file_is_ordered_made_and_fetched_with_its_sheet(
    desk: Sit, database: Database, settings: Settings, run: int
) -> None:
    lan, path = desk("lan"), f"/console/runs/{run}/files"
    answer = lan.post(
        path,
        {
            "kind": "press", "bleed": "2,5", "marks": "1", "condition": "FOGRA51", "columns": "2",
            "rows": "1", "gutter": "6", "sheet_width": "330", "sheet_height": "480",
            "order": "stack", "die_line": "CutContour", "vector": "1",
            "profile": (io.BytesIO(cmyk_profile()), "may in.icc"),
        },
    )  # fmt: skip
    assert answer.status_code == 303
    (file,) = files(database)
    wish = extra_files.Wish.from_json(file.wish)
    assert (wish.bleed, wish.marks, wish.columns, wish.rows) == (2.5, True, 2, 1)
    assert wish.order == "stack"
    assert (wish.gutter, wish.sheet_width, wish.sheet_height) == (6, 330, 480)
    assert (wish.condition, wish.die_line, wish.vector) == ("FOGRA51", "CutContour", True)
    waiting = lan.get(path)
    assert 'data-waiting="1"' in waiting.text
    assert "Waiting" in seen(waiting)
    assert lan.get(f"{path}/{file.id}/file").status_code == 404
    make(database, settings)
    done = lan.get(path)
    assert 'data-waiting="0"' in done.text
    assert "2 × 1 on 330 × 480 mm" in seen(done)
    assert "PDF/X-4" in seen(done)
    got = lan.get(f"{path}/{file.id}/file")
    assert got.mimetype == "application/pdf"
    assert f'filename="press-L-MAIN-{run}.pdf"' in got.headers["Content-Disposition"]
    with pikepdf.open(io.BytesIO(got.data)) as document:
        assert len(document.pages) == 2
    assert lan.get(f"{path}/{file.id}/sheet").data.startswith(b"%PDF-")
    # The profile is offered again, and takes the place of an upload.
    assert wish.icc in done.text
    lan.post(path, {"kind": "press", "bleed": "2", "condition": "FOGRA51", "icc": wish.icc})
    assert files(database)[1].wish["icc"] == wish.icc
    assert files(database)[1].wish["marks"] is False


def test_carton_labels_are_ordered_and_fetched(
    desk: Sit, database: Database, settings: Settings, world: World, run: int
) -> None:
    lan, path = desk("lan"), f"/console/runs/{run}/files"
    assert "Labels for cartons" in seen(lan.get(path))
    answer = lan.post(path, {"kind": "cartons", "per": "2", "paper": "carton-100x150"})
    assert answer.status_code == 303
    inspector = desk("inspector")
    before = inspector.get("/inspect/pack.json").get_json()["lots"]
    make(database, settings)
    boxed = inspector.get("/inspect/pack.json").get_json()["lots"]
    assert set(boxed) - set(before) <= {str(world.lot)} <= set(boxed)
    done = lan.get(path)
    assert "2 units a carton · 2 cartons · 2 pages" in seen(done)
    (file,) = files(database)
    got = lan.get(f"{path}/{file.id}/file")
    assert f'filename="cartons-L-MAIN-{run}.pdf"' in got.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"per": "0", "paper": "carton-a4-4"}, "room for 1 to 360 units"),
        ({"per": "500", "paper": "carton-a4-4"}, "room for 1 to 360 units"),
        ({"per": "viele", "paper": "carton-a4-4"}, "Units in a carton"),
        ({"per": "24", "paper": "../../etc"}, "There is no layout"),
        ({}, "There is no layout"),
    ],
    ids=str,
)
def test_impossible_cartons_are_refused_beside_their_field(
    desk: Sit, database: Database, run: int, form: dict[str, str], words: str
) -> None:
    answer = desk("lan").post(f"/console/runs/{run}/files", {"kind": "cartons", **form})
    assert answer.status_code in (400, 422)
    assert words in seen(answer)
    assert files(database) == []


def test_variable_data_and_archive_need_next_to_nothing(
    desk: Sit, database: Database, settings: Settings, run: int
) -> None:
    lan, path = desk("lan"), f"/console/runs/{run}/files"
    lan.post(path, {"kind": "variable", "variable_bleed": "3"})
    lan.post(path, {"kind": "archive"})
    make(database, settings)
    table, archive = files(database)
    assert table.wish["bleed"] == 3
    got = lan.get(f"{path}/{table.id}/file")
    assert got.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(got.data)) as packed:
        assert "labels.csv" in packed.namelist()
    assert b"pdfaid" in lan.get(f"{path}/{archive.id}/file").data
    assert lan.get(f"{path}/{archive.id}/sheet").status_code == 404
    words = lan.words(path)
    assert "Download ZIP" in words
    assert "PDF/A-2b" in words


def test_findings_and_notes_are_told_in_the_readers_language(
    desk: Sit, database: Database, settings: Settings, run: int
) -> None:
    lan, path = desk("lan"), f"/console/runs/{run}/files"
    lan.post(path, {"kind": "press", "bleed": "2"})
    make(database, settings)
    assert "separated by the built-in model" in lan.words(path)
    lan.client.set_cookie("lang", "vi", domain="qr.example.vn")
    words = lan.words(path)
    assert "Màu được tách theo mô hình offset giấy tráng có sẵn" in words
    assert "separated" not in words


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"bleed": "50"}, "bleed", "bleed from 0 to 20 mm"),
        ({"bleed": "hai"}, "bleed", "is not a figure"),
        ({"bleed": "nan"}, "bleed", "is not a figure"),
        ({"columns": "3"}, "rows", "belong together"),
        ({"rows": "3"}, "columns", "belong together"),
        ({"columns": "90", "rows": "90"}, "columns", "need"),
        ({"columns": "2", "rows": "2", "gutter": "-1"}, "columns", "gutters from 0"),
        ({"die_line": "All"}, "die_line", "spot"),
        ({"icc": "0" * 64}, "profile", "no such profile"),
        ({"profile": (b"no profile", "a.icc")}, "profile", "ICC profile"),
    ],
)  # fmt: skip
def test_what_no_press_can_do_is_said_beside_its_field(
    desk: Sit, database: Database, run: int, form: dict[str, object], field: str, words: str
) -> None:
    given: dict[str, object] = {"kind": "press", "bleed": "2", "condition": "FOGRA51"} | form
    if isinstance(upload := given.get("profile"), tuple):
        given["profile"] = (io.BytesIO(upload[0]), upload[1])
    answer = desk("lan").post(f"/console/runs/{run}/files", given)
    assert answer.status_code == 400
    assert words in seen(answer)
    assert f'id="{field}-error"' in answer.text
    if field != "profile":
        assert 'value="FOGRA51"' in answer.text  # what was typed stays
    assert files(database) == []


def test_no_more_of_an_upload_is_read_than_a_profile_may_have(
    desk: Sit, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def keep(_: Files, data: bytes) -> str:
        read.append(len(data))
        return "0" * 64

    monkeypatch.setattr(icc, "MOST_BYTES", 100)
    monkeypatch.setattr(extra_files, "keep_profile", keep)
    upload = (io.BytesIO(bytes(5000)), "a.icc")
    desk("lan").post(
        f"/console/runs/{run}/files", {"kind": "press", "condition": "X", "profile": upload}
    )
    assert read == [101]


def test_a_file_that_cannot_be_made_says_why(
    desk: Sit, database: Database, settings: Settings, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PrintRefused(
            "The symbol at {x} × {y} mm is stretched.", fix="Correct the layout.", x=3, y=4
        )

    lan, path = desk("lan"), f"/console/runs/{run}/files"
    lan.post(path, {"kind": "press", "bleed": "2"})
    monkeypatch.setattr(extra_files, "make", refuse)
    make(database, settings)
    answer = lan.get(path)
    assert "Not made" in seen(answer)
    assert "The symbol at 3 × 4 mm is stretched." in seen(answer)
    assert 'data-waiting="0"' in answer.text


def test_nothing_is_made_of_a_run_that_is_not_released(
    desk: Sit, database: Database, run: int
) -> None:
    with database.writing() as session:
        session.get_one(PrintRun, run).state = RunState.VOID
    lan, path = desk("lan"), f"/console/runs/{run}/files"
    page = lan.get(path)
    assert "not released" in seen(page)
    assert 'name="kind"' not in page.text
    assert lan.post(path, {"kind": "archive"}).status_code == 409
    assert files(database) == []


def test_nobody_orders_or_fetches_files_of_others(
    desk: Sit, database: Database, settings: Settings, world: World, run: int
) -> None:
    theirs = released(database, settings, world.stranger_lot)
    hung, lan = desk("hung"), desk("lan")
    hung.post(
        f"/console/runs/{theirs}/files",
        {"kind": "press", "condition": "X", "profile": (io.BytesIO(cmyk_profile()), "a.icc")},
    )
    make(database, settings)
    (file,) = files(database)
    path = f"/console/runs/{theirs}/files"
    assert hung.get(f"{path}/{file.id}/file").status_code == 200
    for asked in (path, f"{path}/{file.id}/file", f"{path}/{file.id}/sheet"):
        assert lan.get(asked).status_code == 404, asked
    # Not by the address of a run of one's own either.
    assert lan.get(f"/console/runs/{run}/files/{file.id}/file").status_code == 404
    assert lan.post(path, {"kind": "archive"}).status_code == 404
    # The profile of another producer is neither offered nor taken.
    assert file.wish["icc"] not in lan.get(f"/console/runs/{run}/files").text
    stolen = {"kind": "press", "condition": "X", "icc": file.wish["icc"]}
    assert lan.post(f"/console/runs/{run}/files", stolen).status_code == 400
    assert len(files(database)) == 1


@pytest.mark.parametrize("kind", ["", "zpl", "press; x"])
def test_a_kind_that_does_not_exist_is_refused(desk: Sit, run: int, kind: str) -> None:
    assert desk("lan").post(f"/console/runs/{run}/files", {"kind": kind}).status_code == 400


def test_forms_want_their_token(desk: Sit, database: Database, run: int) -> None:
    lan = desk("lan")
    form = {"csrf_token": "forged", "kind": "archive"}
    path = f"/console/runs/{run}/files"
    assert lan.client.post(path, data=form, base_url="https://qr.example.vn").status_code == 400
    assert files(database) == []
