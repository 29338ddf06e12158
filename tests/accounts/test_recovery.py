from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from labelsvc.accounts import recovery, users
from labelsvc.accounts.models import RecoveryCode, Role
from labelsvc.db import Database

from .conftest import PASSWORD


@pytest.fixture
def thao(database: Database) -> int:
    with database.writing() as session:
        return users.create_user(
            session, name="thao", full_name="Thảo", role=Role.OFFICE, password=PASSWORD,
            actor="test",
        ).id  # fmt: skip


def test_ten_codes_are_made_no_two_alike_and_none_with_a_letter_that_is_misread() -> None:
    made = recovery.make()
    shown = [one.shown for one in made]
    assert len(set(shown)) == len({one.selector for one in made}) == recovery.COUNT == 10
    for text in shown:
        assert len(text) == 14 and not set(text) & set("OILU"), text
        assert recovery.looks_like_one(text)


def test_the_database_holds_no_code(database: Database, thao: int) -> None:
    made = recovery.make()
    with database.writing() as session:
        recovery.keep(session, thao, made)
    with database.reading() as session:
        rows = session.scalars(select(RecoveryCode)).all()
    assert {row.selector for row in rows} == {one.shown[:2] for one in made}
    for row, one in zip(sorted(rows, key=lambda r: r.selector), sorted(made, key=lambda m: m.selector), strict=True):  # fmt: skip
        assert row.hash.startswith("$argon2id$") and one.shown.replace("-", "")[2:] not in row.hash


@pytest.mark.parametrize(
    "bend",
    [str, str.lower, lambda t: t.replace("-", ""), lambda t: f"  {t} \n", lambda t: t.replace("-", " "),
     lambda t: t.replace("0", "o").replace("1", "l")],
)  # fmt: skip
def test_however_it_is_typed_it_is_the_same_code(
    database: Database, thao: int, bend: object
) -> None:
    made = recovery.make()
    with database.writing() as session:
        recovery.keep(session, thao, made)
    with database.reading() as session:
        for one in made:
            typed = bend(one.shown)  # type: ignore[operator]
            assert recovery.fits(recovery.find(session, thao, typed), typed)


def test_another_secret_behind_a_known_selector_does_not_fit(database: Database, thao: int) -> None:
    made = recovery.make()
    with database.writing() as session:
        recovery.keep(session, thao, made)
    typed = made[0].selector + made[1].shown.replace("-", "")[2:]
    with database.reading() as session:
        row = recovery.find(session, thao, typed)
        assert row is not None and not recovery.fits(row, typed)
        assert not recovery.fits(None, typed)


def test_new_codes_make_the_old_ones_void(database: Database, thao: int) -> None:
    old, new = recovery.make(), recovery.make()
    for made in (old, new):
        with database.writing() as session:
            recovery.keep(session, thao, made)
    with database.reading() as session:
        assert recovery.left(session, thao) == 10
        good = [recovery.fits(recovery.find(session, thao, one.shown), one.shown) for one in old]
    assert not any(good)


@given(st.text(max_size=30))
def test_reading_a_typed_code_never_fails(text: str) -> None:
    code = recovery.normal(text)
    assert recovery.normal(code) == code or not code.isascii()
    assert recovery.looks_like_one(text) in (True, False)
