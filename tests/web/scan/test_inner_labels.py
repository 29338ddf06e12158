"""Labels with a code under a scratch layer: refused, printed, read off the paper, redeemed once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pypdfium2
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import inner
from labelsvc.codes.models import Issue
from labelsvc.codes.register import inner_lots
from labelsvc.codes.register.issue import load_keyring
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.jobs.models import JobState
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.variables import VARIABLES
from labelsvc.labels.models import PrintRun, RunFile, RunState
from labelsvc.labels.runs import extra_files, parts
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.extra_files import Wish
from labelsvc.settings import Settings
from labelsvc.worker.tasks import run_inline
from tests.web.desk import BASE, Desk
from tests.world import World

Open = Callable[[str], Desk]


LAYOUT = "scratch-50x30"
WIZARD = {"layout": LAYOUT, "form": "short", "count": "3", "do": "print"}
_INNER = re.compile(r"\b[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}\b")


def words_of(pdf: bytes) -> list[str]:
    """The words on each page."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


def secrets_in(words: str, outer: list[str]) -> list[str]:
    """The inner codes among *words*: spelt like half of an outer code, and none of them."""
    letters = [code[-24:] for code in outer]
    halves = {half for code in letters for half in (code[:12], code[12:])}
    return [found for found in _INNER.findall(words) if found.replace(" ", "") not in halves]


def outer_of(database: Database, settings: Settings, run: PrintRun) -> list[str]:
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        return run.codes(ring)


def printed(desk: Open, database: Database, settings: Settings, world: World) -> PrintRun:
    lan = desk("lan")
    assert lan.post(f"/console/lots/{world.lot}/inner/on").status_code == 303
    assert lan.post(f"/console/lots/{world.lot}/print", WIZARD).status_code == 303
    with database.reading() as session:
        run = session.scalars(select(PrintRun).order_by(PrintRun.id.desc())).first()
        assert run is not None and run.job_id is not None
    run_inline(database, Files(settings.files), settings, run.job_id)
    with database.reading() as session:
        run = session.get_one(PrintRun, run.id)
        _ = run.issue, run.lot.product, run.job
        return run


def test_a_lot_without_inner_codes_is_refused_before_a_number_is_taken(
    desk: Open, database: Database, world: World
) -> None:
    lan = desk("lan")
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Issue))
    answer = lan.post(f"/console/lots/{world.lot}/print", WIZARD)
    assert answer.status_code == 409
    assert "prints inner codes" in answer.text or "in mã trong" in answer.text
    assert f'href="/console/lots/{world.lot}/inner"' in answer.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Issue)) == before
        assert session.scalars(select(PrintRun)).all() == []
        lot_form = print_run.check_run(session, print_run.RunRequest(lot=session.get_one(Lot, world.lot), count=3, form="lot", layout=library.get(LAYOUT).model_copy(update={"forms": ("short", "lot")}), base_url=BASE))  # fmt: skip
    assert [type(error).__name__ for error in lot_form.problems] == [
        "InnerCodesOff",
        "PrintRefused",
    ]


def test_the_code_on_the_paper_is_redeemed_once(
    desk: Open, client: FlaskClient, database: Database, settings: Settings, world: World
) -> None:
    run = printed(desk, database, settings, world)
    assert run.state == RunState.RELEASED
    pdf = desk("lan").get(f"/console/runs/{run.id}/labels.pdf").data
    outer = outer_of(database, settings, run)
    found = []
    for page in words_of(pdf):
        (code,) = secrets_in(page, outer)
        found.append(code)
    assert len(set(found)) == len(outer) == 3
    for code, text in zip(outer, found, strict=True):
        asks = "/inner/" + code.removeprefix(BASE.upper()).strip("/")
        options = {"base_url": BASE, "query_string": {"lang": "en"}, "data": {"inner": text}}
        assert "checked for the first time" in client.post(asks, **options).text
        assert "Already checked on" in client.post(asks, **options).text


def test_the_same_run_gives_the_same_bytes_and_keeps_no_secret(
    desk: Open, database: Database, settings: Settings, world: World
) -> None:
    run = printed(desk, database, settings, world)
    with database.writing() as session:  # all of it again
        same = session.get_one(PrintRun, run.id)
        same.state = same.job.state = RunState.QUEUED  # type: ignore[assignment]
        same.job.state = JobState.QUEUED
        for part in same.job.parts:
            part.state, part.sha256, part.leased_until = JobState.QUEUED, None, None
    run_inline(database, Files(settings.files), settings, run.job_id or 0)
    with database.reading() as session:
        again = session.get_one(PrintRun, run.id)
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        units = parts.units_of(again, ring, parts.Slice(0, 3))
        results = [part.result for part in again.job.parts]
        kept = json.dumps([again.content, again.report, again.imprint, results])
        assert (again.sha256, again.state) == (run.sha256, RunState.RELEASED)
    first = run.issue.first
    for at, unit in enumerate(units):
        assert unit.inner_code.replace(" ", "") == inner.inner_code(ring.inner_key, first + at)
        assert unit.inner_code not in kept and unit.inner_code.replace(" ", "") not in kept


def test_the_sheet_for_the_print_shop_shows_no_secret(
    desk: Open,
    database: Database,
    settings: Settings,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = printed(desk, database, settings, world)
    shown: list[bytes] = []
    draw = extra_files.rendering.page_png
    monkeypatch.setattr(
        extra_files.rendering,
        "page_png",
        lambda pdf, **facts: shown.append(pdf) or draw(pdf, **facts),
    )
    for wish in (Wish("press"), Wish("press", columns=1, rows=2)):
        with database.writing() as session:
            same = session.get_one(PrintRun, run.id)
            file = extra_files.request_file(session, run=same, wish=wish, actor="user:1")
            file_id, job_id = file.id, file.job_id
        shown.clear()
        run_inline(database, Files(settings.files), settings, job_id or 0)
        with database.reading() as session:
            key = session.get_one(RunFile, file_id).file_key
        assert key is not None and shown
        pages = " ".join(words_of(Files(settings.files).get(key)))
        outer = outer_of(database, settings, run)
        secrets = set(secrets_in(pages, outer))
        assert len(secrets) == 3
        for pdf in shown:
            words = " ".join(words_of(pdf))
            assert set(secrets_in(words, outer)) == {"XXXX XXXX XXXX"}


def test_a_layout_without_the_field_gets_no_inner_codes(
    database: Database, settings: Settings, world: World
) -> None:
    with database.writing() as session:
        inner_lots.switch_on(session, world.lot, actor="test")
        run = print_run.start_run(session, print_run.RunRequest(lot=session.get_one(Lot, world.lot), layout="a4-65", count=2, base_url=settings.base_url), actor="test")  # fmt: skip
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        units = parts.units_of(run, ring, parts.Slice(0, 2))
    assert [unit.inner_code for unit in units] == ["", ""]


def test_a_preview_shows_the_sample(desk: Open, world: World) -> None:
    page = desk("lan").get(f"/console/lots/{world.lot}/preview/{LAYOUT}.svg").text
    assert VARIABLES["inner_code"].sample in page.replace("\xa0", " ") or "<path" in page
