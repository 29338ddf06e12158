"""A prepared service and a way to call the command line on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from labelsvc.catalogue.models import Lot
from labelsvc.cli import main
from labelsvc.codes.register.issue import create_keys
from labelsvc.db import Database
from labelsvc.settings import Settings
from tests.factories import make_lot

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls `labelsvc WORDS`; an exception that is not ours fails the test."""
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)

    def call(*words: object, code: int = 0) -> Result:
        result = CliRunner().invoke(main, [str(w) for w in words], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return call


@pytest.fixture
def told(run: Run) -> Callable[..., Any]:
    """Calls `labelsvc WORDS --json` and gives what it printed."""

    def call(*words: object, code: int = 0) -> Any:
        return json.loads(run(*words, "--json", code=code).stdout)

    return call


@pytest.fixture
def lot(database: Database, settings: Settings) -> Lot:
    """A lot of 1,000 units of a product with four stars, on a service with keys."""
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        return make_lot(session)
