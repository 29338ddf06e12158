"""labelsvc users: adding people, and letting those in again who lost their second factors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from labelsvc.accounts.models import AuditEntry, Passkey, Totp
from labelsvc.db import Database
from tests.cli.conftest import Run


def test_factors_of_somebody_are_reset_and_the_trail_says_so(
    told: Callable[..., Any], database: Database
) -> None:
    number = told("users", "add", "thao@example.vn", "--role", "office")["user"]
    with database.writing() as session:
        session.add(Totp(user_id=number, sealed=b"x", last_step=1))
        session.add(
            Passkey(user_id=number, credential_id=b"c", public_key=b"k", sign_count=0, name="x")
        )
    answer = told("users", "reset-factors", " THAO@example.vn", "--yes")
    assert answer == {"user": number, "name": "thao@example.vn", "removed": 2}
    assert told("users", "reset-factors", "thao@example.vn", "--yes")["removed"] == 0
    with database.reading() as session:
        assert session.get(Totp, number) is None
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "account.factor.remove")
        ).all()
    assert {(entry.actor, entry.subject) for entry in entries} == {("cli", f"user:{number}")}


def test_it_asks_before_and_knows_whom_it_is_about(run: Run, database: Database) -> None:
    assert "no user" in run("users", "reset-factors", "nobody", "--yes", code=1).output
    assert "Aborted" in run("users", "reset-factors", "nobody", code=1).output
