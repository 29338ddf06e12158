"""The demo is built once: what was done in it is there when it is served again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from labelsvc import migrations
from labelsvc.accounts.models import Role, User
from labelsvc.accounts.users import create_user
from labelsvc.cli import demo as command
from labelsvc.db import Database
from labelsvc.demo import record, sample
from labelsvc.demo.build import Demo
from labelsvc.files import Files
from labelsvc.settings import Settings
from tests.cli.conftest import Run

Told = Callable[..., Any]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[int]:
    """Building takes no time and leaves an empty database; gives the ports that were served."""

    def build(found: Settings, database: Database, files: Files, *, step: Callable[[str], None]) -> Demo:  # fmt: skip
        migrations.upgrade(database)
        folder = found.data_dir
        (folder / "a4-65.pdf").write_bytes(b"%PDF")
        return Demo(folder, {"home": f"{found.base_url}/"}, {"office": "vanphong"},
                    [folder / "a4-65.pdf"], folder / "list.xlsx", {"products": 1})  # fmt: skip

    ports: list[int] = []
    monkeypatch.setattr(command, "build", build)
    monkeypatch.setattr(command, "run_server", lambda *_, port, **__: ports.append(port))
    return ports


@pytest.fixture
def told(run: Run) -> Told:
    return lambda *words: json.loads(run("demo", *words, "--no-serve", "--json").stdout)


def opened(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'labelsvc.sqlite3'}")


@pytest.mark.slow
def test_a_demo_that_is_served_again_keeps_what_was_done_in_it(
    settings: Settings, told: Told, tmp_path: Path
) -> None:
    folder = tmp_path / "demo"
    first = told("--dir", folder)
    assert first["built"] and all(Path(name).is_file() for name in first["print_files"])
    database = opened(folder)
    with database.writing() as session:
        create_user(
            session, name="moi", full_name="Lê Thị Mơ (mẫu)", role=Role.OFFICE,
            password="du-lieu-cua-toi-2026", actor="test",
        )  # fmt: skip
    database.close()
    again = told("--dir", folder)
    assert again == first | {"built": False}
    with database.reading() as session:
        assert session.scalars(select(User.id).where(User.name == "moi")).one()
    database.close()


def test_a_demo_is_served_on_the_port_that_its_codes_name(
    quick: list[int], run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "demo"
    run("demo", "--dir", folder, "--port", 8123)
    run("demo", "--dir", folder)
    refused = run("demo", "--dir", folder, "--port", 8000, code=1).stderr
    assert "8123" in refused and "--fresh" in refused
    run("demo", "--dir", folder, "--port", 8000, "--fresh")
    assert quick == [8123, 8123, 8000]


def test_a_demo_that_was_moved_names_its_files_where_they_are(
    quick: list[int], told: Told, tmp_path: Path
) -> None:
    told("--dir", tmp_path / "demo")
    (tmp_path / "demo").rename(tmp_path / "other")
    assert told("--dir", tmp_path / "other")["print_files"] == [str(tmp_path / "other/a4-65.pdf")]


def test_building_that_was_interrupted_begins_anew(
    quick: list[int], run: Run, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "demo"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(command, "build", interrupted)
        command._built(command._settings(folder, 8000), 8000)
    assert record.present(folder)
    assert "interrupted" in run("demo", "--dir", folder, "--no-serve").stderr
    assert not told("--dir", folder)["built"]


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ("This folder is made anew by `labelsvc demo`.\n", "older version"),
        ('{"finished": true}', "older version"),
        ("[]", "older version"),
        (None, "newer version"),
    ],
)
def test_a_demo_of_another_version_is_left_alone(
    quick: list[int], run: Run, told: Told, tmp_path: Path, marker: str | None, words: str
) -> None:
    folder = tmp_path / "demo"
    told("--dir", folder)
    if marker is not None:
        (folder / record.NAME).write_text(marker)
    database = opened(folder)
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    refused = run("demo", "--dir", folder, "--no-serve", code=1).stderr
    assert words in refused and "--fresh" in refused
    assert (folder / "a4-65.pdf").exists()
    assert told("--dir", folder, "--fresh")["built"]


def test_a_folder_that_holds_no_demo_is_refused_also_with_fresh(
    quick: list[int], run: Run, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert "holds no demo" in run("demo", "--dir", tmp_path, "--fresh", code=1).stderr
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_every_kind_of_product_has_a_picture_and_no_picture_is_left_over() -> None:
    named = [kind["picture"] for village in sample.villages() for kind in village["kind"]]
    folder = Path(sample.__file__).parent / "pictures"
    assert sorted(set(named)) == sorted(path.stem for path in folder.iterdir())
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_000_000
