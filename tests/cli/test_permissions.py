"""What the service writes is for its owner alone, whatever the umask is, and `doctor` looks."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labelsvc import settings as settings_module
from labelsvc.files import Files
from labelsvc.settings import Settings
from tests.cli.conftest import Run
from tests.cli.strangers import shared_folder

Told = Callable[..., Any]


@pytest.fixture(autouse=True)
def _careless() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def served(settings: Settings, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A service with a file, in a folder that everybody may enter."""
    with shared_folder() as place:
        found = settings.model_copy(update={"data_dir": place / "data"})
        monkeypatch.setattr(settings_module, "settings", lambda: found)
        run("migrate")
        Files(found.files).put("photos/a.jpg", b"x")
        yield found


def _open_to_others(folder: Path) -> list[str]:
    every = [folder, *folder.rglob("*")]
    return [str(path) for path in every if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_database_and_files_are_for_their_owner(served: Settings) -> None:
    names = {path.name for path in served.data_dir.rglob("*")}
    assert {"labelsvc.sqlite3", "files", "photos", "a.jpg"} <= names
    assert _open_to_others(served.data_dir) == []


def test_what_is_restored_is_for_its_owner_also_from_an_older_copy(
    served: Settings, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in served.data_dir.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    run("backup", tmp_path / "copy.tar")
    other = served.model_copy(update={"data_dir": served.data_dir.with_name("other")})
    monkeypatch.setattr(settings_module, "settings", lambda: other)
    run("restore", tmp_path / "copy.tar")
    assert Files(other.files).get("photos/a.jpg") == b"x"
    assert _open_to_others(other.data_dir) == []


@pytest.mark.parametrize(
    ("path", "named"),
    [("labelsvc.sqlite3", "labelsvc.sqlite3"), ("files", "files")],
)
def test_doctor_says_what_others_may_read(
    served: Settings, told: Told, path: str, named: str
) -> None:
    def looked() -> Any:
        return {row["check"]: row for row in told("doctor")}["permissions"]

    place = served.data_dir / path
    assert looked()["state"] == "ok"
    place.chmod(0o755 if place.is_dir() else 0o644)
    assert looked()["state"] == "doubt" and named in looked()["what"]  # one chmod away
    place.chmod(0o777 if place.is_dir() else 0o666)
    (row,) = (row for row in told("doctor", code=1) if row["check"] == "permissions")
    assert row["state"] == "bad" and "may write" in row["what"]
    place.chmod(0o700 if place.is_dir() else 0o600)
    served.data_dir.chmod(0o755)
    assert looked()["state"] == "doubt" and str(served.data_dir) in looked()["what"]
    told("doctor", "--repair")
    assert looked()["state"] == "ok"


def test_doctor_says_when_a_secret_in_the_settings_may_be_read(
    served: Settings, told: Told, tmp_path: Path
) -> None:
    def looked() -> Any:
        return {row["check"]: row for row in told("doctor")}["permissions"]["state"]

    file = tmp_path / "labelsvc.toml"
    file.write_text('office_name = "A"')
    file.chmod(0o644)
    assert looked() == "ok"
    file.write_text(f'secret_keys = "{served.secret_keys[0]}"')
    assert looked() == "doubt"
    file.chmod(0o640)
    assert looked() == "ok"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_doctor_says_when_root_runs_it_beside_the_service(served: Settings, told: Told) -> None:
    os.chown(served.data_dir, 65534, 65534)
    row = {row["check"]: row for row in told("doctor")}["permissions"]
    assert row["state"] == "doubt" and "runuser -u nobody" in row["fix"]
