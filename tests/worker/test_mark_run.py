"""Runs with the certification mark: the picture of the day they began, once in each file."""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pytest

from labelsvc.codes.register.issue import create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.errors import PrintRefused
from labelsvc.files import Files
from labelsvc.labels.ledger import replacement
from labelsvc.labels.models import PrintRun, RunFile
from labelsvc.labels.runs import artwork, extra_files
from labelsvc.labels.runs import render as render_run
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.extra_files import Wish
from labelsvc.settings import Settings
from labelsvc.worker import tasks
from tests.artwork import picture
from tests.factories import make_lot


def put(database: Database, files: Files, data: bytes) -> artwork.Taken:
    taken = artwork.take(data)
    artwork.store(files, taken)
    with database.writing() as session:
        artwork.use(session, taken, actor="user:1")
    return taken


def begun(database: Database, files: Files, settings: Settings, count: int = 24) -> tuple[int, int]:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        run = print_run.start_run(session, print_run.RunRequest(lot=make_lot(session), layout="a4-8", count=count, base_url=settings.base_url, pictures=artwork.pictures(session, files)), actor="user:1")  # fmt: skip
        assert run.job_id is not None
        return run.id, run.job_id


def pictures_in(pdf: bytes) -> list[tuple[int, int]]:
    """Sizes of the colour pictures of a file; masks of them are not counted."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = [
            thing
            for thing in document.objects
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"
        ]
        masks = {thing.SMask.objgen for thing in found if "/SMask" in thing}
        return [
            (int(thing.Width), int(thing.Height)) for thing in found if thing.objgen not in masks
        ]


def file_of(database: Database, files: Files, run_id: int) -> bytes:
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert run.state == "released", run.report
        with print_run.output(files, run) as source:
            return source.read()


def test_the_mark_is_in_the_file_once_however_many_labels_show_it(
    database: Database, files: Files, settings: Settings
) -> None:
    put(database, files, picture())
    run_id, job_id = begun(database, files, settings)
    tasks.run_inline(database, files, settings, job_id)
    assert pictures_in(file_of(database, files, run_id)) == [(400, 400)]


def test_without_a_mark_no_picture_is_in_the_file(
    database: Database, files: Files, settings: Settings
) -> None:
    run_id, job_id = begun(database, files, settings)
    tasks.run_inline(database, files, settings, job_id)
    assert pictures_in(file_of(database, files, run_id)) == []


@pytest.mark.parametrize("then", ["replaced", "removed"])
def test_a_run_keeps_the_mark_it_began_with_and_gives_the_same_bytes_again(
    database: Database, files: Files, settings: Settings, then: str
) -> None:
    first = put(database, files, picture())
    run_id, job_id = begun(database, files, settings)
    if then == "replaced":
        put(database, files, picture(600, 300))
    else:
        with database.writing() as session:
            artwork.remove(session, actor="user:1")
    tasks.run_inline(database, files, settings, job_id)
    data = file_of(database, files, run_id)
    assert pictures_in(data) == [(400, 400)]
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert run.content["images"] == {"mark": first.sha256}
        ring = load_keyring(session, base_url=run.base_url, secrets=settings.keys)
        again, _ = render_run.render_part(run, ring, files, 1)
    assert hashlib.sha256(again).hexdigest() == run.sha256


def test_a_reprint_carries_the_mark_of_its_own_day(
    database: Database, files: Files, settings: Settings
) -> None:
    put(database, files, picture())
    run_id, job_id = begun(database, files, settings)
    tasks.run_inline(database, files, settings, job_id)
    second = put(database, files, picture(600, 300))
    with database.writing() as session:
        new = replacement.reprint(session, replacement.Reprint(run=session.get_one(PrintRun, run_id), first=2, last=3, reason="Mờ", pictures=artwork.pictures(session, files)), actor="user:1")  # fmt: skip
        assert new.content["images"] == {"mark": second.sha256}


def test_a_run_whose_mark_is_lost_fails_and_prints_nothing(
    database: Database, files: Files, settings: Settings
) -> None:
    put(database, files, picture())
    run_id, job_id = begun(database, files, settings)
    for key in files.names("artwork"):
        files.delete(key)
    with pytest.raises(PrintRefused, match="artwork of the mark is missing"):
        tasks.run_inline(database, files, settings, job_id)
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert run.state == "failed"
        assert run.file_key is None


def test_the_press_file_has_the_mark_in_four_inks_once(
    database: Database, files: Files, settings: Settings
) -> None:
    put(database, files, picture())
    run_id, job_id = begun(database, files, settings)
    tasks.run_inline(database, files, settings, job_id)
    with database.writing() as session:
        wish = Wish(kind="press")
        run = session.get_one(PrintRun, run_id)
        file = extra_files.request_file(session, run=run, wish=wish, actor="user:1")
        file_id, file_job = file.id, file.job_id
    assert file_job is not None
    tasks.run_inline(database, files, settings, file_job)
    with database.reading() as session:
        made = session.get_one(RunFile, file_id)
        assert made.file_key is not None
        pdf = files.get(made.file_key)
    assert pictures_in(pdf) == [(400, 400)]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (space,) = {
            str(thing.ColorSpace)
            for thing in document.objects
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"
        }
    assert space == "/DeviceCMYK"
