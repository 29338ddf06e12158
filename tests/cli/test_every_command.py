"""What every command has in common: help in two languages, JSON, errors as JSON."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import click
import pytest

from labelsvc.catalogue.models import Lot
from labelsvc.cli import COMMANDS, help_text
from labelsvc.db import Database
from labelsvc.errors import Conflict
from labelsvc.i18n import catalog
from labelsvc.settings import Settings
from tests.cli.commands import every_command, find, least_words
from tests.cli.conftest import Run

#: Those that tell nothing before they are stopped, and one that writes nothing but JSON.
_WITHOUT_JSON = {("serve",), ("worker",), ("keys", "export")}
_WITH_JSON = [words for words in every_command() if words not in _WITHOUT_JSON]


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_command_explains_itself(
    settings: Settings, run: Run, words: tuple[str, ...]
) -> None:
    said = run(*words, "--help").stdout
    usage, _, rest = said.partition("\n")
    assert tuple(usage.split()[2 : 2 + len(words)]) == words, "its own help, not its group's"
    explained, _, options = rest.partition("Options:")
    assert explained.strip(), "a sentence of its own"
    assert "--help" in options
    if words[0] in ("print", "issue", "import", "serve", "verify", "restore", "backup", "migrate"):
        assert "Example" in said


def test_commands_of_the_contract_exist() -> None:
    known = {" ".join(words) for words in every_command()}
    assert {
        "demo", "serve", "migrate", "doctor", "backup", "restore", "keys list", "keys rotate",
        "keys freeze", "keys export", "import", "layouts list", "layouts check", "issue", "print",
        "verify", "worker",
    } <= known  # fmt: skip
    assert {words.split()[0] for words in known} == set(COMMANDS)


@pytest.mark.parametrize("words", _WITH_JSON, ids=" ".join)
def test_every_refusal_is_one_json_document(
    settings: Settings, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    words: tuple[str, ...],
) -> None:  # fmt: skip
    begin = click.Command.invoke

    def refuse(command: click.Command, context: click.Context) -> Any:
        if isinstance(command, click.Group):
            return begin(command, context)
        raise Conflict("{name} is taken.", fix="Choose another name.", name=Path("mine"))

    monkeypatch.setattr(click.Command, "invoke", refuse)
    result = run(*words, *least_words(find(words), tmp_path), "--json", code=1)
    assert json.loads(result.stdout) == {
        "error": {
            "code": "conflict",
            "message": "mine is taken.",
            "fix": "Choose another name.",
            "params": {"name": "mine"},
        }
    }
    assert result.stderr == ""


@pytest.mark.parametrize("words", _WITH_JSON, ids=" ".join)
def test_wrong_usage_is_one_json_document_too(
    settings: Settings, run: Run, words: tuple[str, ...]
) -> None:
    result = run(*words, "--no-such-option", "--json", code=2)
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "usage"
    assert error["fix"].endswith(" ".join((*words, "--help")))


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("import", "broken.xlsx"), 1, "import_refused"),
        (("print", "--lot", "L261101-01", "--layout", "nope", "--count", "1", "--output", "a.pdf"), 1, "layout_error"),
        (("verify", "x", "--trust", "broken.xlsx"), 1, "bad_input"),
        (("restore", "broken.xlsx"), 1, "bad_input"),
        (("keys", "freeze", "9", "--reason", "Máy chủ bị mất ngày 27/11"), 1, "not_found"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)  # fmt: skip
def test_what_a_script_reads_of_a_refusal(
    database: Database,
    lot: Lot,
    run: Run,
    tmp_path: Path,
    words: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 broken")
    english = json.loads(run(*words, "--json", code=code).stdout)["error"]
    assert english["code"] == told
    assert "{" not in english["message"] + english["fix"]
    vietnamese = json.loads(run("--language", "vi", *words, "--json", code=code).stdout)["error"]
    assert vietnamese["message"] != english["message"]
    assert vietnamese["params"] == english["params"]


def test_a_database_that_does_not_answer_is_told_as_json(settings: Settings, run: Run) -> None:
    error = json.loads(run("keys", "list", "--json", code=3).stdout)["error"]
    assert error["code"] == "database"
    assert "migrate" in error["fix"]


# --- help ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [(), *every_command()], ids=" ".join)
def test_the_help_of_every_command_is_vietnamese_too(words: tuple[str, ...]) -> None:
    known = catalog("vi")
    every = [find(words[:length]) for length in range(len(words) + 1)]
    said = {text for command in every for text in help_text.sentences(command)}
    assert {text for text in said | set(help_text.OWN_WORDS) if text not in known} == set()


def test_a_help_page_is_told_in_the_language_that_was_asked_for(
    settings: Settings, run: Run
) -> None:
    english, vietnamese = (
        run("--language", language, "print", "--help").stdout for language in ("en", "vi")
    )
    for word in (
        "Usage",
        "Options",
        "[required]",
        "default:",
        "Show this message",
        "Number of the lot",
    ):
        assert word in english
        assert word not in vietnamese
    for word in ("Cách dùng", "Tùy chọn", "Cấp mã", "[bắt buộc]", "--layout a4-65"):
        assert word in vietnamese
    assert "Cấp mã" not in run("print", "--help").stdout  # the other language left no trace
    first = run("--language", "vi", "--help").stdout
    assert "Các lệnh" in first
    assert "Kiểm tra" in first
    assert unicodedata.is_normalized("NFC", first)
