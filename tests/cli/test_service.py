"""Looking after a service: doctor, keys, copies, users, and what every command has in common."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text

from labelsvc import clock
from labelsvc import settings as settings_module
from labelsvc.accounts import audit
from labelsvc.accounts.models import AuditEntry, User
from labelsvc.catalogue.models import Lot
from labelsvc.catalogue.places import load_places
from labelsvc.codes.models import Withdrawal
from labelsvc.codes.register import withdrawal
from labelsvc.codes.register.issue import allocate, codes_of, load_keyring
from labelsvc.db import Database
from labelsvc.demo.ceremony import hold
from labelsvc.settings import Settings
from tests.cli.conftest import Run

Told = Callable[..., Any]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_wrong_usage_is_two(settings: Settings, run: Run) -> None:
    run("nonsense", code=2)
    run("print", code=2)
    run("serve", "--port", "99999", code=2)


def test_wrong_configuration_is_three(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings_module, "settings", settings_module.load)
    monkeypatch.setenv("LABELSVC_BASE_URL", "not a url")
    said = run("keys", "list", code=3).stderr
    assert "base_url" in said
    assert "LABELSVC_BASE_URL" in said
    monkeypatch.setenv("LABELSVC_BASE_URL", "https://qr.example.vn")
    monkeypatch.setenv("LABELSVC_DATA_DIR", str(tmp_path / "new"))
    assert "labelsvc migrate" in run("keys", "list", code=3).stderr  # an empty database
    assert "LABELSVC_SECRET_KEYS" in run("migrate", code=3).stderr


def test_migrate_prepares_an_empty_place_and_may_be_repeated(
    settings: Settings, run: Run, told: Told
) -> None:
    assert "revision" in run("migrate").stdout
    again = told("migrate")
    assert again["revision"] == again["before"]
    states = {row["check"]: row["state"] for row in told("doctor")}
    assert states.pop("mark") == "doubt"  # nobody has uploaded it yet
    assert set(states.values()) == {"ok"}
    assert [row["state"] for row in told("keys", "list")] == ["active", "next"]


def test_doctor_names_what_is_wrong_and_how_to_mend_it(
    database: Database, settings: Settings, lot: Lot, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        audit.record(session, actor="cli", action="test", subject="test:1")
    other = settings.model_copy(
        update={"secret_keys": ("another-key-of-enough-length-0123456789",), "dev": False,
                "base_url": "http://localhost:8000"}
    )  # fmt: skip
    monkeypatch.setattr(settings_module, "settings", lambda: other)
    with time_machine.travel(clock.now().replace(year=2025)):
        rows = {row["check"]: row for row in told("doctor", code=1)}
    bad = {name for name, row in rows.items() if row["state"] == "bad"}
    assert bad == {"signing keys", "sealed secrets", "clock"}
    assert rows["base URL"]["state"] == "doubt"
    assert all(row["fix"] for row in rows.values() if row["state"] != "ok")


@pytest.mark.parametrize(
    ("update", "check", "what"),
    [
        ({"secret_keys": (), "dev": True}, "secret keys", "known to everybody"),
        ({"base_url": "https://truy-xuat-nguon-goc.san-pham-ocop.hanoi.gov.vn"}, "host on labels", "round-30 (short, lot)"),
    ],
)  # fmt: skip
def test_doctor_doubts_what_works_and_is_not_meant(
    database: Database, settings: Settings, told: Told, monkeypatch: pytest.MonkeyPatch,
    update: dict[str, Any], check: str, what: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(settings_module, "settings", lambda: settings.model_copy(update=update))
    told("migrate")
    rows = {row["check"]: row for row in told("doctor")}
    assert rows[check]["state"] == "doubt"
    assert what in rows[check]["what"]
    assert rows[check]["fix"]


@pytest.mark.parametrize(
    ("language", "head"),
    [("en", ["Key", "State", "First number", "Signed from"]), ("vi", ["Khóa", "Tình trạng", "Số đầu tiên", "Ký từ"])],
)  # fmt: skip
def test_the_list_of_keys_has_a_header_over_its_columns(
    lot: Lot, run: Run, language: str, head: list[str]
) -> None:
    lines = run("--language", language, "keys", "list").stdout.splitlines()
    assert re.split(r"  +", lines[0].strip()) == head
    assert [line.split()[1] for line in lines[1:]] == ["active", "next"]
    assert {
        line.index(state) for line, state in zip(lines[1:], ("active", "next"), strict=True)
    } == {lines[0].index(head[1])}
    end = lines[0].index(head[2]) + len(head[2])
    assert [line[:end].split()[-1] for line in lines[1:]] == ["1", "–"]


def test_keys_are_rotated_and_frozen_and_labels_survive(
    database: Database, settings: Settings, lot: Lot, run: Run, told: Told
) -> None:
    with database.writing() as session:
        issue = allocate(session, lot=session.get_one(Lot, lot.id), count=1, form="short")
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        (code,) = codes_of(issue, ring)
    assert told("keys", "rotate") == {"kid": 2, "state": "active"}
    assert told("verify", code)["verdict"] == "ISSUED_OK"
    assert "--reason" in run("keys", "freeze", 1, code=2).stderr
    frozen = told("keys", "freeze", 1, "--reason", "Bị sao chép")
    assert frozen == {"kid": 1, "state": "frozen", "lacking": []}
    assert told("verify", code)["verdict"] == "ISSUED_OK"
    assert [row["state"] for row in told("keys", "list")] == ["frozen", "active", "next"]
    assert "no key 9" in run("keys", "freeze", 9, "--reason", "Bị sao chép", code=1).stderr
    assert json.loads(run("keys", "export").stdout)["host"] == "qr.example.vn"
    whole = told("audit", "verify")
    assert (whole["broken_at"], whole["agreed"], whole["broken"]) == (None, 0, [])
    assert whole["after"] > 0


def test_keys_are_sealed_anew_after_another_secret_key(
    database: Database, settings: Settings, lot: Lot, run: Run, told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    newer = "a-newer-key-that-is-long-enough-0123456789"
    both = settings.model_copy(update={"secret_keys": (*settings.keys, newer)})
    monkeypatch.setattr(settings_module, "settings", lambda: both)
    rows = {row["check"]: row for row in told("doctor")}
    assert rows["sealed secrets"]["state"] == "doubt"
    assert (
        "3 secrets" in rows["sealed secrets"]["what"] and "key 1" in rows["sealed secrets"]["what"]
    )
    assert told("keys", "reseal") == {"token": False, "count": 3, "older": 0}
    assert "may be taken away" in run("keys", "reseal").stdout
    rows = {row["check"]: row for row in told("doctor")}
    assert (rows["sealed secrets"]["state"], rows["sealed secrets"]["what"]) == ("ok", "3")
    with database.reading() as session:  # the older one can be taken away
        load_keyring(session, base_url=settings.base_url, secrets=[newer])


def test_a_key_is_revoked_by_two_people_or_the_audit_trail_says_by_whom_alone(
    database: Database, settings: Settings, lot: Lot, run: Run, told: Told
) -> None:
    words = ("keys", "revoke", 1, "--reason", "Vé 812", "--yes")
    assert "two people" in run(*words, code=1).stderr
    with database.writing() as session:
        withdrawal.propose(session, kid=1, reason="Khóa bị lộ", actor="user:1")
    assert told(*words) == {"kid": 1, "state": "revoked", "alone": False}
    assert told("keys", "revoke", 2, "--reason", "Vé 813", "--yes", "--alone")["alone"]
    with database.reading() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(2)).all()
        alone, confirmed = rows
        assert (alone.action, alone.facts["alone"]) == ("key.revoke", True)
        assert (confirmed.action, confirmed.actor) == ("withdrawal.confirm", "cli")
        assert confirmed.facts["answer"] == "Vé 812"
        made = session.scalars(select(Withdrawal.scope).where(Withdrawal.kid == 2)).all()
        assert made == ["key"]  # nobody has labels of it


def test_doctor_says_when_the_manifest_is_behind_the_keys(
    database: Database, settings: Settings, lot: Lot, run: Run, told: Told, tmp_path: Path
) -> None:
    def looked() -> Any:
        return {row["check"]: row for row in told("doctor")}["trust manifest"]

    assert looked()["state"] == "ok"  # nothing to check without a network
    with database.writing() as session:
        allocate(session, lot=session.get_one(Lot, lot.id), count=1, form="offline")
    assert looked()["state"] == "doubt"
    hold(database, settings, tmp_path / "roots")
    assert looked()["what"].startswith("version 1")
    run("keys", "rotate")
    assert looked()["state"] == "doubt" and "1, 2, 3" in looked()["what"]


def test_a_changed_audit_trail_is_noticed(
    database: Database, lot: Lot, run: Run, told: Told
) -> None:
    for _ in range(3):
        run("keys", "rotate")
    with database.writing() as session:
        session.execute(text("UPDATE audit_entry SET actor = 'somebody' WHERE id = 2"))
    assert told("audit", "verify", code=1)["broken_at"] == 2


def test_users_are_invited_by_a_link(
    database: Database, settings: Settings, lot: Lot, run: Run, told: Told
) -> None:
    made = told("users", "add", "Lan@Example.vn", "--role", "producer", "--producer", lot.product.producer_id)  # fmt: skip
    assert made["link"].startswith("https://qr.example.vn/account/invitation/")
    with database.reading() as session:
        user = session.get_one(User, made["user"])
        assert (user.name, user.password_hash) == ("lan@example.vn", None)
    assert "taken" in run("users", "add", "lan@example.vn", "--role", "office", code=1).stderr
    assert "no producer 99" in run("users", "add", "minh", "--role", "producer", "--producer", 99, code=1).stderr  # fmt: skip
    run("users", "add", "minh", "--role", "king", code=2)


def test_layouts_are_listed_and_checked(
    settings: Settings, run: Run, told: Told, tmp_path: Path
) -> None:
    rows = {row["name"]: row for row in told("layouts", "list")}
    assert (rows["a4-65"]["per_page"], rows["a4-65"]["stars"]) == (65, True)
    assert "a4-65" in run("layouts", "list").stdout
    assert told("layouts", "check", "a4-65")[0]["errors"] == []
    broken = tmp_path / "mine.toml"
    broken.write_text("name = 'mine'\nkolour = 1\n")
    (row,) = told("layouts", "check", broken, code=1)
    assert row["errors"][0]["code"] == "layout_error"
    assert "mine.toml" in row["errors"][0]["message"]
    assert "no layout nothing." in run("layouts", "check", "nothing", code=1).stdout
    assert "Did you mean a4-65" in run("layouts", "check", "a4-56", code=1).stdout


def test_places_are_known_after_migrating(
    database: Database, settings: Settings, told: Told, lot: Lot
) -> None:
    with database.writing() as session:
        load_places(session)
    rows = {row["check"]: row for row in told("doctor")}
    assert "652 communes" in rows["places"]["what"]


def test_a_database_of_another_program_is_refused_in_words(
    settings: Settings, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.db").write_text("this is not a database at all, but it is long enough" * 40)
    other = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/text.db"})
    monkeypatch.setattr(settings_module, "settings", lambda: other)
    said = run("keys", "list", code=3).stderr
    assert "no database" in said and "restore" in said
    assert "Traceback" not in said
    with (
        closing(sqlite3.connect(tmp_path / "text.db")) as opened,
        pytest.raises(sqlite3.DatabaseError),
    ):
        opened.execute("SELECT 1 FROM sqlite_master")
