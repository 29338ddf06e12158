"""The files that docs/operate.md installs fit the program, and the copies of every night are kept as said."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from labelsvc import settings
from labelsvc.settings import Settings
from tests.cli.commands import every_command, find

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
#: Before the first label is printed.
MUST = {"base_url", "secret_keys_file", "data_dir", "proxy_hops", "office_name", "office_phone", "office_email"}  # fmt: skip


def _called(text: str) -> set[str]:
    """Commands of ours in blocks and between backticks."""
    blocks = "\n".join(re.findall(r"```(?:sh|console)?[^\n]*\n(.*?)```", text, re.S))
    inline = "\n".join(re.findall(r"`(labelsvc [^`]+)`", text))
    found = re.findall(
        r"^\s*(?:exec )?labelsvc (?:--[a-z]+ )*((?:[a-z][a-z-]* ?)+)", f"{blocks}\n{inline}", re.M
    )
    return {words.strip() for words in found}


def test_the_commands_of_the_page_exist() -> None:
    known = {" ".join(words) for words in every_command()}
    called = _called(PAGE)
    assert {"migrate", "doctor", "keys rotate", "users add", "backup"} <= {
        next((k for k in known if f"{c} ".startswith(f"{k} ")), "") for c in called
    }
    for words in called:
        assert any(f"{words} ".startswith(f"{name} ") for name in known), words


def test_the_files_that_the_page_installs_are_there() -> None:
    for name in re.findall(r"\bdeploy/([A-Za-z.-]+[A-Za-z])", PAGE):
        assert (DEPLOY / name).is_file(), name
    for name in DEPLOY.iterdir():
        assert f"deploy/{name.name}" in PAGE, name.name


def test_the_example_of_settings_is_good_and_names_what_must_be_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (DEPLOY / "labelsvc.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(words)) == MUST
    every = tomllib.loads(re.sub(r"^# (?=[a-z_]+ = )", "", words, flags=re.M))
    assert len(every) > len(MUST) and set(every) <= set(Settings.model_fields)
    keys = tmp_path / "secret-keys"
    keys.write_text("Zq7vN2xKt9RwLb4mHc8dPf3sGj6yUa1e")
    keys.chmod(0o600)
    file = tmp_path / "labelsvc.toml"
    file.write_text(words.replace("/etc/labelsvc/secret-keys", str(keys)), encoding="utf-8")
    monkeypatch.setenv("LABELSVC_CONFIG", str(file))
    assert settings.load().proxy_hops == 1
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.S)
    assert tomllib.loads(example) == tomllib.loads(words)
    for name in MUST:
        assert f"`{name}`" in PAGE


def test_unit_and_proxies_agree_with_the_program() -> None:
    unit = (DEPLOY / "labelsvc.service").read_text()
    (words,) = re.findall(r"^ExecStart=\S+/labelsvc (.*)$", unit, re.M)
    command, *rest = words.split()
    context = find((command,)).make_context(command, rest)
    assert context.params["host"] == "127.0.0.1"
    nginx, caddy = (DEPLOY / "nginx.conf").read_text(), (DEPLOY / "Caddyfile").read_text()
    for proxy in (nginx, caddy):
        assert f"127.0.0.1:{context.params['port']}" in proxy
    largest = Settings.model_fields["upload_mib"].default
    for size in (*re.findall(r"client_max_body_size (\d+)m", nginx), *re.findall(r"(\d+)Mi?B", caddy)):  # fmt: skip
        assert int(size) > largest
    assert nginx.count("access_log off;") == nginx.count("server_name")


@pytest.mark.parametrize("name", ["labelsvc", "labelsvc-backup", "after-backup.example"])
def test_scripts_are_scripts(name: str) -> None:
    assert os.access(DEPLOY / name, os.X_OK)
    subprocess.run(["sh", "-n", DEPLOY / name], check=True)


@pytest.fixture
def nightly(tmp_path: Path) -> Path:
    """A folder with copies of 20 nights and 15 months, and a program that writes one more."""
    folder = tmp_path / "copies"
    folder.mkdir()
    for day in range(1, 21):
        (folder / f"daily-2020-01-{day:02}-0230.tar").touch()
    for month in range(15):
        (folder / f"monthly-20{10 + month // 12}-{month % 12 + 1:02}.tar").touch()
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\n[ "$1 $2" = "backup --force" ] || exit 9\necho whole > "$3"\n')
    program.chmod(0o755)
    return folder


def _run(folder: Path, **environment: str) -> int:
    place = folder.parent
    given = {"LABELSVC_PROGRAM": str(place / "program"), "LABELSVC_AFTER_BACKUP": str(place / "after")}  # fmt: skip
    return subprocess.run(
        ["sh", DEPLOY / "labelsvc-backup", folder], env=os.environ | given | environment
    ).returncode


def test_fourteen_nights_and_twelve_months_are_kept(nightly: Path) -> None:
    assert _run(nightly) == 0
    days = sorted(path.name for path in nightly.glob("daily-*"))
    months = sorted(path.name for path in nightly.glob("monthly-*"))
    assert (len(days), len(months)) == (14, 12)
    assert days[0] == "daily-2020-01-08-0230.tar" and not days[-1].startswith("daily-2020")
    assert months[0] == "monthly-2010-05.tar"
    assert (nightly / days[-1]).read_text() == (nightly / months[-1]).read_text() == "whole\n"


def test_nothing_old_goes_when_the_copy_fails(nightly: Path) -> None:
    before = sorted(nightly.iterdir())
    assert _run(nightly, LABELSVC_PROGRAM=shutil.which("false") or "false") != 0
    assert sorted(nightly.iterdir()) == before


def test_the_copy_is_handed_on_and_its_failure_is_told(nightly: Path) -> None:
    after = nightly.parent / "after"
    after.write_text(f'#!/bin/sh\necho "$1" > {nightly.parent}/handed\nexit 7\n')
    after.chmod(0o755)
    assert _run(nightly) == 7
    handed = Path((nightly.parent / "handed").read_text().strip())
    assert handed.read_text() == "whole\n"
