"""Importing a list by the command line: what it says of each row, and what it changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from labelsvc.catalogue.importing import apply_import, plan_import
from labelsvc.catalogue.importing.staging import Staging
from labelsvc.catalogue.models import ImportRun, Product
from labelsvc.catalogue.places import load_places
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.settings import Settings
from tests.cli.conftest import Run

Told = Callable[..., Any]
HEAD = "STT;Tên sản phẩm;Tên chủ thể;Địa chỉ;Số sao;Quyết định công nhận;Ngày quyết định"
GOOD = "1;Chè lam gừng;Hộ kinh doanh Lê Thị Mơ;Thôn Đông, xã Thạch Thất;4;99/QĐ-UBND;05/01/2026"
BAD = "2;Bánh tẻ;Hộ kinh doanh Lê Thị Mơ;Thôn Đông, xã Thạch Thất;9;99/QĐ-UBND;31/02/2026"


@pytest.fixture
def products(database: Database, settings: Settings) -> Callable[[], int]:
    with database.writing() as session:
        load_places(session)

    def count() -> int:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(Product)) or 0

    return count


def listed(folder: Path, *lines: str) -> Path:
    path = folder / "danh-sach.csv"
    path.write_text(
        "\ufeff" + "\n".join(("DANH SÁCH SẢN PHẨM OCOP;;;;;;", HEAD, *lines)), encoding="utf-8"
    )
    return path


def test_a_dry_run_says_everything_and_changes_nothing(
    products: Callable[[], int], told: Told, run: Run, tmp_path: Path
) -> None:
    path = listed(tmp_path, GOOD)
    plan = told("import", path, "--dry-run")
    assert (plan["counts"]["new"], plan["applied"]) == (1, False)
    assert "Chè lam gừng" in run("import", path, "--dry-run").stdout
    assert products() == 0


def test_good_rows_are_taken_bad_ones_are_named_and_a_second_time_changes_nothing(
    products: Callable[[], int], told: Told, run: Run, tmp_path: Path, database: Database,
    settings: Settings,
) -> None:  # fmt: skip
    path = listed(tmp_path, GOOD, BAD)
    plan = told("import", path, code=1)
    assert (plan["counts"]["new"], plan["counts"]["refused"], plan["applied"]) == (1, 1, True)
    refused = next(row for row in plan["rows"] if row["state"] == "refused")
    assert refused["row"] == 4
    assert len(refused["problems"]) == 2  # nine stars, and a day that is none
    assert products() == 1
    with database.reading() as session:
        run_id = session.scalars(select(ImportRun.id)).one()
    stored = Staging(Files(settings.files)).report(run_id)  # for the pages of the office
    assert [row["state"] for row in stored.rows()] == ["new", "refused"]
    again = told("import", path, code=1)
    assert (again["counts"]["new"], again["counts"]["unchanged"]) == (0, 1)
    said = run("import", path, code=1).stdout
    assert "Số sao" in said
    assert "31/02/2026" in said
    assert products() == 1


@pytest.mark.parametrize("content", [b"", b"no list at all", b"PK\x03\x04 broken", b"\x00" * 100])
def test_what_is_no_list_is_refused_in_words(
    products: Callable[[], int], run: Run, tmp_path: Path, content: bytes
) -> None:
    for name in ("list.csv", "list.xlsx"):
        (tmp_path / name).write_bytes(content)
        said = run("import", tmp_path / name, code=1).stderr
        assert said.strip()
        assert "Traceback" not in said
    assert products() == 0


def test_a_terminal_is_told_what_wants_a_look_and_how_much_there_is(
    products: Callable[[], int], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = [
        f"{n};Bánh tẻ {n};Hộ kinh doanh Lê Thị Mơ;Thôn Đông, xã Không Có;4;99/QĐ-UBND;05/01/2026"
        for n in range(1500)
    ]
    path = listed(tmp_path, *noted, BAD)
    everything = run("import", path, "--dry-run", code=1).stdout.splitlines()
    assert len(everything) > 3000
    monkeypatch.setattr("labelsvc.cli.base.watched", lambda stream: True)
    result = run("import", path, "--dry-run", code=1)
    short = result.stdout.splitlines()
    assert len(short) < 80
    assert short[-1] == everything[-1] == "new 1,500, changed 0, unchanged 0, refused 1"
    assert "31/02/2026" in result.stdout
    assert "… and 1,480 more rows: taken for granted" in result.stdout
    assert "Reading and comparing" in result.stderr
    assert "Writing" not in result.stderr
    assert run("--verbose", "import", path, "--dry-run", code=1).stdout.splitlines() == everything
    assert "Writing" in run("import", path, code=1).stderr


def test_the_steps_of_an_import_go_forward_and_end(
    products: Callable[[], int], database: Database, tmp_path: Path
) -> None:
    data = listed(tmp_path, GOOD, BAD).read_bytes()
    read: list[tuple[int, int]] = []
    written: list[tuple[int, int]] = []
    with database.writing() as session:
        plan = plan_import(
            session, data=data, file_name="a.csv", step=lambda *step: read.append(step)
        )
        apply_import(session, plan, actor="test", step=lambda *step: written.append(step))
    for steps in (read, written):
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1]


def test_a_whole_list_is_taken_back(
    products: Callable[[], int], told: Told, run: Run, tmp_path: Path
) -> None:
    path = listed(tmp_path, GOOD)
    assert "labelsvc import --undo 1" in run("import", path).stdout
    assert "taken over before" in run("import", path).stdout
    dry = told("import", "--undo", 1, "--dry-run")
    assert (dry["undone"], dry["counts"]["product"], products()) == (False, 1, 1)
    done = told("import", "--undo", 1)
    assert (done["undone"], products()) == (True, 0)
    assert "already" in run("import", "--undo", 1, code=1).output
    run("import", "--undo", 9, code=1)
    run("import", path, "--undo", 1, code=2)
    run("import", code=2)


def test_templates_and_handovers_are_written(
    products: Callable[[], int], told: Told, run: Run, tmp_path: Path
) -> None:
    made = tmp_path / "mau.xlsx"
    assert told("template", "withdrawn", "--output", made)["file"] == str(made)
    assert made.read_bytes().startswith(b"PK")
    run("import", listed(tmp_path, GOOD))
    path = tmp_path / "moi.xlsx"
    facts = told("handover", "--since", "01/01/2026", "--to", "Xã Bát Tràng", "--output", path)
    assert (facts["recognised"], facts["withdrawn"]) == (1, 0) and path.exists()
    run("import", path)
    assert products() == 1
    run("handover", "--since", "01/01/2199", "--to", "Xã", code=1)
