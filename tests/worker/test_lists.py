"""Lists that a worker reads and takes over: killed, twice, and two at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

import labelsvc
from labelsvc.catalogue.importing import waiting
from labelsvc.catalogue.importing.staging import Staging
from labelsvc.catalogue.importing.waiting import Doing
from labelsvc.catalogue.models import ImportRun, Producer, Product
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.recognition import Recognition
from labelsvc.db import Database
from labelsvc.errors import Conflict, LabelsvcError
from labelsvc.files import Files
from labelsvc.jobs.models import Job
from labelsvc.jobs.queue import failure
from labelsvc.settings import Settings
from labelsvc.worker.tasks import run_inline
from tests.catalogue import lists

from .test_killed import _WORKER, shared

ROWS = 60


def many(count: int = ROWS) -> bytes:
    """A list with a new owner every three rows."""
    rows = []
    for n in range(count):
        name, (_, _, owner, *rest) = lists.ROWS[n % 3][1], lists.ROWS[0]
        rows.append((n + 1, f"{name} số {n}", f"{owner} {n // 3}", *rest))
    return lists.workbook([lists.HEAD, *rows])


def uploaded(
    database: Database, files: Files, data: bytes, doing: Doing = Doing.PLAN
) -> tuple[str, int]:
    """The token of an upload and the job that reads it."""
    token = Staging(files).put(data)
    with database.writing() as session:
        waiting.keep(session, token, file_name="dài.xlsx", actor="user:1", large=True)
        return token, waiting.begin(session, token, doing, actor="user:1").id


def take(database: Database, token: str) -> int:
    with database.writing() as session:
        return waiting.begin(session, token, Doing.TAKE, actor="user:1").id


def counts(database: Database) -> tuple[int, ...]:
    """Producers, products, recognitions and runs."""
    with database.reading() as session:
        things = (Producer, Product, Recognition, ImportRun)
        return tuple(session.scalar(select(func.count()).select_from(one)) or 0 for one in things)


@pytest.fixture(autouse=True)
def _places(database: Database) -> None:
    with database.writing() as session:
        load_places(session)


def test_a_worker_reads_a_list_and_takes_it_over(
    database: Database, settings: Settings, files: Files
) -> None:
    token, job = uploaded(database, files, many())
    run_inline(database, files, settings, job)
    staging = Staging(files)
    assert staging.read(token).facts["counts"]["new"] == ROWS
    done, total = staging.far(token)
    assert done == total > ROWS
    job = take(database, token)
    with pytest.raises(Conflict, match="being read just now"), database.writing() as session:
        waiting.begin(session, token, Doing.PLAN, actor="user:2")
    run_inline(database, files, settings, job)
    assert counts(database) == (ROWS // 3, ROWS, ROWS, 1)
    with database.reading() as session:
        run = session.scalars(select(ImportRun)).one()
        assert (run.token, run.actor, run.new) == (token, "user:1", ROWS)
    assert sum(1 for _ in staging.report(run.id).rows()) == ROWS
    assert files.names("imports") == []


def test_a_list_that_cannot_be_read_ends_its_job_with_the_reason(
    database: Database, settings: Settings, files: Files
) -> None:
    token, number = uploaded(database, files, lists.workbook([("a", "b"), (1, 2)]))
    with pytest.raises(LabelsvcError, match="No header row"):
        run_inline(database, files, settings, number)
    with database.reading() as session:
        job = session.get_one(Job, number)
        assert "No header row" in str(failure(job))
        found = waiting.find(session, token)
        assert found is not None and not found.busy
    assert not Staging(files).planned(token) and Staging(files).data(token)


@pytest.mark.parametrize(
    ("moment", "before"),
    [
        pytest.param("labelsvc.catalogue.importing.apply._new_recognitions", 0, id="owners and products are written"),
        pytest.param("labelsvc.catalogue.importing.trace.Trace.keep", 0, id="all but the end is written"),
        pytest.param("labelsvc.catalogue.importing.staging.Staging.store_report", ROWS, id="committed, nothing said yet"),
        pytest.param("labelsvc.jobs.queue.finish_part", ROWS, id="the report is stored"),
    ],
)  # fmt: skip
def test_killed_while_taking_over_is_all_or_nothing_and_then_once(
    database: Database, settings: Settings, files: Files, moment: str, before: int
) -> None:
    token, job = uploaded(database, files, many())
    run_inline(database, files, settings, job)
    job = take(database, token)
    worker = _WORKER.replace(
        'module, name = sys.argv[2].rsplit(".", 1)',
        "module, name = sys.argv[2].rsplit('.', 1)\nowner = None\n"
        "if module[module.rindex('.') + 1].isupper():\n"
        "    module, owner = module.rsplit('.', 1)",
    ).replace(
        "setattr(importlib.import_module(module), name, stand_still)",
        "place = importlib.import_module(module)\n"
        "setattr(getattr(place, owner) if owner else place, name, stand_still)",
    )
    child = subprocess.Popen(
        [sys.executable, "-c", worker, shared(settings, files).model_dump_json(), moment],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(labelsvc.__file__).parents[1])},
    )
    assert child.stdout is not None
    with child.stdout:
        said = child.stdout.readline()
    child.kill()
    child.wait()
    assert said == b"here\n"
    assert counts(database) == (before // 3, before, before, before // ROWS)
    run_inline(database, files, settings, job)
    assert counts(database) == (ROWS // 3, ROWS, ROWS, 1)
    with database.reading() as session:
        run = session.scalars(select(ImportRun)).one()
    report = Staging(files).report(run.id)
    assert sum(row["state"] == "new" for row in report.rows()) == ROWS
    assert not any("cells" in row for row in report.rows())


def test_two_people_taking_lists_over_at_once_make_nothing_twice(
    database: Database, files: Files
) -> None:
    """Two lists of the same products: one is taken over, the other is told that it must look again."""
    staging, data = Staging(files), many()
    tokens = [staging.add(database, data, file_name=f"{n}.xlsx") for n in range(2)]
    start, said = threading.Barrier(2), []

    def go(token: str) -> None:
        start.wait()
        try:
            staging.take_over(database, token, actor="user:1")
            said.append("taken")
        except Conflict:
            said.append("look again")

    threads = [threading.Thread(target=go, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["look again", "taken"]
    assert counts(database) == (ROWS // 3, ROWS, ROWS, 1)
    left = next(token for token in tokens if staging.planned(token))
    assert staging.read(left).facts["counts"]["unchanged"] == ROWS


def test_one_upload_taken_over_by_two_at_once_is_taken_over_once(
    database: Database, files: Files
) -> None:
    staging = Staging(files)
    token = staging.add(database, many(), file_name="a.xlsx")
    start, said = threading.Barrier(2), []

    def go() -> None:
        start.wait()
        try:
            said.append(staging.take_over(database, token, actor="user:1").id)
        except LabelsvcError:
            said.append(0)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts(database) == (ROWS // 3, ROWS, ROWS, 1)
    assert {one for one in said if one} == {1}
