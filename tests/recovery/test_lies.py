"""Lies that somebody with every key of the service plants: an outsider's `audit-log verify` turns red."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form, Issue, Mark
from labelsvc.codes.register import revoke
from labelsvc.codes.tlog import log
from labelsvc.codes.tlog.formats.merkle import leaf_hash
from labelsvc.codes.tlog.models import LogLeaf, LogState
from labelsvc.codes.tlog.sweep import sweep as note
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.recovery import own
from tests.recovery.conftest import Service

Told = Callable[..., Any]


def hidden_run(service: Service, lot: Lot) -> None:
    """Codes that the log does not tell of, between others."""
    hidden = service.issue(lot, 40)
    with service.database.writing() as session:
        session.execute(delete(LogLeaf).where(LogLeaf.subject == f"issue:{hidden.id}"))
    service.issue(lot, 1)
    publish(service)


def two_products_one_code(service: Service, lot: Lot) -> None:
    """The numbers of a run are told for another one too."""
    again = service.issue(lot, 3)
    rewrite(service, f"issue:{again.id}", first=2)
    publish(service)


def withdrawn_of_nothing(service: Service, lot: Lot) -> None:
    """A withdrawal of numbers that were never given, to make a lot look smaller."""
    with service.database.writing() as session:
        mark = revoke.void(session, first=1, count=1, reason="rách", by="x")[0].id
    service.publish()  # told as it is; a second one is not
    with service.database.writing() as session:
        issue = session.scalars(select(Issue)).first()
        assert issue is not None
        session.add(Mark(id=mark + 1, issue_id=issue.id, first=1, last=1, state="void", reason="x", actor="x"))  # fmt: skip
    sweep(service)
    rewrite(service, f"mark:{mark + 1}", first=900, count=50)
    publish(service)


def second_history(service: Service, lot: Lot) -> None:
    """A leaf that was published says something else from now on."""
    rewrite(service, "issue:1", declared=900)
    with service.database.writing() as session:
        session.execute(update(LogState).values(size=0, root=bytes(32), checkpoint=""))
    Files(service.settings.files).delete("log/checkpoint")
    publish(service)


def missing_places(service: Service, lot: Lot) -> None:
    """Labels of a lot whose run is told for another lot: the places between are nobody's."""
    other = service.issue(lot, 5)
    rewrite(service, f"issue:{other.id}", first_in_lot=500)
    publish(service)


def stolen_key_goes_on(service: Service, lot: Lot) -> None:
    """A key signs after it was told to be frozen."""
    service.run("keys", "freeze", "1", "--reason", "bị đánh cắp")
    sweep(service)
    after = service.issue(lot, 2)
    rewrite(service, f"issue:{after.id}", kid=1)
    publish(service)


def shorter_trail(service: Service, lot: Lot) -> None:
    """The audit trail was cut, and its next head tells of fewer entries."""
    service.run("keys", "rotate")
    service.issue(lot, 1)
    service.publish()
    with service.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry"))
        connection.execute(text("UPDATE journal_state SET entries = 0"))
    service.run("keys", "rotate")
    service.issue(lot, 1)
    sweep(service)
    publish(service)


LIES = (
    hidden_run, two_products_one_code, withdrawn_of_nothing, second_history, missing_places,
    stolen_key_goes_on, shorter_trail,
)  # fmt: skip


def rewrite(service: Service, subject: str, **facts: Any) -> None:
    """Whoever has the database writes leaves as he likes."""
    with service.database.writing() as session:
        leaf = session.scalars(select(LogLeaf).where(LogLeaf.subject == subject)).one()
        told = json.loads(leaf.body) | facts
        leaf.body = json.dumps(
            told, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()
        leaf.leaf_hash = leaf_hash(leaf.body)


def sweep(service: Service) -> None:
    with service.database.writing() as session:
        note(session, origin=log.origin_of(service.settings.host), secrets=service.settings.keys)


def publish(service: Service) -> None:
    """Without the sweep, which would tell the truth."""
    origin, secrets = log.origin_of(service.settings.host), service.settings.keys
    log.publish(service.database, Files(service.settings.files), origin=origin, secrets=secrets)


@pytest.mark.parametrize("lie", LIES)
def test_an_outsider_sees_the_lie(
    service: Service, lot: Lot, told: Told, lie: Callable[[Service, Lot], None], tmp_path: Path
) -> None:
    service.issue(lot, 10)
    service.publish()
    folder = service.settings.data_dir.resolve() / "files" / "log"
    state = tmp_path / "state.json"
    good = told("audit-log", "verify", folder, "--state", state)
    assert good["ok"] and good["missing"] == []
    lie(service, lot)
    bad = told("audit-log", "verify", folder, "--state", state, code=1)
    assert bad["problems"] or bad["missing"]
    assert service.run("audit-log", "verify", folder, "--state", state, code=1).stdout


def test_the_service_compares_its_rows_with_its_log(
    service: Service, database: Database, lot: Lot, told: Told
) -> None:
    service.issue(lot, 10)
    hidden = service.issue(lot, 4, Form.OFFLINE)
    with database.writing() as session:
        mark = revoke.withdraw(session, first=3, count=1, reason="mất", by="x")[0].id
        session.execute(update(Mark).values(at=service.made))
    service.publish()
    assert told("audit-log", "verify")["problems"] == []
    with database.writing() as session:
        for subject in (f"issue:{hidden.id}", f"mark:{mark}"):
            session.execute(delete(LogLeaf).where(LogLeaf.subject == subject))
        session.execute(update(Issue).where(Issue.id == 1).values(count=9))
    with database.reading() as session:
        assert sorted(str(error) for error in own.differences(session)) == [
            "The log tells of issue:1, which the database does not know.",
            "issue:1 is in the database, and no entry of the log tells of it.",
            f"issue:{hidden.id} is in the database, and no entry of the log tells of it.",
            f"mark:{mark} is in the database, and no entry of the log tells of it.",
        ]
    found = told("audit-log", "verify", code=1)
    assert [problem["place"] for problem in found["problems"]] == ["database"] * 4
