from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select, update

from labelsvc.accounts import audit
from labelsvc.accounts.models import AuditEntry
from labelsvc.db import Database


def write(database: Database, count: int) -> None:
    for number in range(count):
        with database.writing() as session:
            audit.record(
                session, actor="user:1", action="product.update", subject=f"product:{number}",
                facts={"name": ["Trà", "Trà sen"], "days": number, "none": None},
            )  # fmt: skip


def broken_at(database: Database) -> int | None:
    with database.reading() as session:
        return audit.verify_chain(session)


def test_an_untouched_trail_verifies(database: Database) -> None:
    assert broken_at(database) is None
    write(database, 5)
    assert broken_at(database) is None


@pytest.mark.parametrize(
    "change",
    [{"actor": "user:2"}, {"action": "x"}, {"subject": "product:9"}, {"facts": {}}, {"hash": "0" * 64},
     {"previous": "0" * 64}],
    ids=str,
)  # fmt: skip
def test_a_changed_entry_is_found(database: Database, change: dict[str, object]) -> None:
    write(database, 5)
    with database.engine.begin() as connection:
        connection.execute(update(AuditEntry).where(AuditEntry.id == 3).values(change))
    assert broken_at(database) in (3, 4)


def test_a_removed_entry_is_found(database: Database) -> None:
    write(database, 5)
    with database.engine.begin() as connection:
        connection.execute(delete(AuditEntry).where(AuditEntry.id == 3))
    assert broken_at(database) == 4


def test_a_refused_action_leaves_no_entry(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        audit.record(session, actor="user:1", action="x", subject="y:1")
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.scalars(select(AuditEntry)).all() == []


def test_many_writers_at_once_make_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(write, database, 6) for _ in range(8)]:
            future.result()
    assert broken_at(database) is None
    with database.reading() as session:
        hashes = session.execute(select(AuditEntry.hash, AuditEntry.previous)).all()
    assert len(hashes) == 48
    assert len({row.hash for row in hashes}) == len({row.previous for row in hashes}) == 48
