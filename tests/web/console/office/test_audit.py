"""The audit trail in words: people, things, actions and facts as a reader knows them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from labelsvc.accounts import audit
from labelsvc.accounts.models import AuditEntry
from labelsvc.accounts.users import create_user
from labelsvc.catalogue.models import Lot
from labelsvc.db import Database
from labelsvc.web.console.action_words import ACTIONS
from labelsvc.web.console.office.trail.search import matching
from tests import world as worlds
from tests.sentences import ROOT
from tests.web.desk import Desk, seen

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.fixture
def written(database: Database, world: worlds.World) -> worlds.World:
    with database.writing() as session:
        for action, subject, facts in (
            ("print_run.release", "print_run:7", {"first": 1, "last": 24}),
            ("import.apply", "import:3", {"file": "ds.xlsx", "sha256": HASH, "new": 4}),
            ("product.update", f"product:{world.product}", {"net_content": ["", "50 g"], "phone": True}),
            ("key.rotate", "key:0a1b", {}),
        ):  # fmt: skip
            audit.record(session, actor="user:3", action=action, subject=subject, facts=facts)
        audit.record(session, actor="cli", action="backup.restore", subject="database")
    return world


def test_nothing_is_said_in_machine_words(
    desk: Callable[[str], Desk], written: worlds.World
) -> None:
    page = desk("office").get("/office/audit")
    said = seen(page)
    for words in ("Print run 7", "Print run released", "Office", "Command line", "Net content: – → 50 g", "Signing key 0a1b", "Telephone: yes", "File: ds.xlsx"):  # fmt: skip
        assert words in said
    table = seen_in(page.text)
    for word in ("print_run", "user:", "product:", "net_content", "cli "):
        assert word not in table
    assert f'href="/office/products/{written.product}">Trà hoa cúc' in page.text


def seen_in(text: str) -> str:
    """The words of the table alone."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.sub(r"<[^>]*>", " ", body)


def test_a_hash_is_shown_short_and_can_be_copied_whole(
    desk: Callable[[str], Desk], written: worlds.World
) -> None:
    page = desk("office").get("/office/audit").text
    assert re.search(rf'<span class="hash"[^>]*>{HASH}</span>', page)
    css = (ROOT / "labelsvc/static/app.css").read_text()
    rule = re.search(r"\.hash \{([^}]*)\}", css)
    assert rule is not None
    for part in ("text-overflow: ellipsis", "user-select: all"):
        assert part in rule[1]


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("q=office", "Print run 7", "Command line"),
        ("q=cli", "Command line", "Print run 7"),
        ("q=print_run:7", "Print run 7", "ds.xlsx"),
        ("action=import.apply", "ds.xlsx", "Print run 7"),
        ("q=office&action=key.rotate", "Signing key", "ds.xlsx"),
    ],
)
def test_it_is_narrowed_by_person_thing_and_action(
    desk: Callable[[str], Desk], written: worlds.World, query: str, there: str, gone: str
) -> None:
    table = seen_in(desk("auditor").get(f"/office/audit?{query}").text)
    assert there in table
    assert not gone or gone not in table
    assert "No entry is like this" in desk("auditor").words("/office/audit?q=100%25")


def test_every_action_that_is_written_has_words() -> None:
    used = set()
    for path in sorted((Path(ROOT) / "labelsvc").rglob("*.py")):
        if "demo" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for keyword in node.keywords if isinstance(node, ast.Call) else ():
                if keyword.arg == "action" and isinstance(keyword.value, ast.Constant):
                    used.add(keyword.value.value)
    assert len(used) > 30
    assert {one for one in used if isinstance(one, str) and "." in one} <= ACTIONS.keys()


def test_the_chain_holds_what_was_recorded_and_not_what_is_shown(
    database: Database, written: worlds.World
) -> None:
    with database.reading() as session:
        assert audit.verify_chain(session) is None
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == "print_run:7"))
        assert [entry.action for entry in entries] == ["print_run.release"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Đỗ Thị Hoa", {"import.apply"}),
        ("do thi hoa", {"import.apply"}),
        ("tra hoa cuc", {"product.update", "lot.open", "recognition.extend"}),
        ("gốm sông nhuệ", {"producer.update"}),
        ("l-main", {"lot.open"}),
        ("1147/QĐ-UBND", {"recognition.extend"}),
        ("hoa list", {"import.apply"}),  # each word may mean another thing
        ("hoa backup", set()),
    ],
)
def test_entries_are_found_by_people_and_things_as_they_are_called(
    desk: Callable[[str], Desk],
    database: Database,
    world: worlds.World,
    query: str,
    found: set[str],
) -> None:
    with database.writing() as session:
        hoa = create_user(
            session, name="thidohoa", full_name="Đỗ Thị Hoa", role="office", actor="test"
        )
        lot = session.scalars(select(Lot).where(Lot.code == "L-MAIN")).one()
        for actor, action, subject in (
            (f"user:{hoa.id}", "import.apply", "import:3"),
            ("user:1", "product.update", f"product:{world.product}"),
            ("user:1", "producer.update", f"producer:{lot.product.producer_id}"),
            ("user:1", "lot.open", f"lot:{lot.id}"),
            ("user:1", "recognition.extend", f"recognition:{lot.product.recognitions[0].id}"),
            ("cli", "backup.restore", "database"),
        ):
            audit.record(session, actor=actor, action=action, subject=subject)
        entries = session.scalars(
            select(AuditEntry).where(
                matching(session, query, actions=ACTIONS, actors={"cli": "Command line"})
            )
        )
        shown = {entry.action for entry in entries if entry.action != "user.create"}
    assert shown == found
