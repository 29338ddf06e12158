"""Nobody is two people: every act that takes two, with an account that the proposer made."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from labelsvc.accounts import deciding, notices, passwords, two_people, users
from labelsvc.accounts.deciding import Act, Wanted
from labelsvc.accounts.models import Role, User
from labelsvc.catalogue.stars import proposals
from labelsvc.codes.register import claims, withdrawal
from labelsvc.db import Database
from labelsvc.errors import Conflict, Refused
from labelsvc.programme import merging
from tests.sentences import in_code

KEYS = ("a key of the tests",)
WAIT = timedelta(hours=72)


@pytest.fixture
def database(database: Database) -> Database:
    database.confirm_wait = WAIT
    return database


def person(database: Database, name: str, role: Role = Role.OFFICE, *, old: bool = True) -> str:
    with database.writing() as session:
        user = users.create_user(
            session, name=name, full_name=name.title(), role=role, actor="test"
        )
        if old:
            user.renewed_at = None
        return f"user:{user.id}"


def user_of(session: Session, actor: str) -> User:
    return session.get_one(User, int(actor.removeprefix("user:")))


#: Every act that one proposes and another confirms, by the function that confirms it.
CONFIRMING: list[tuple[ModuleType, str]] = [
    (proposals, "confirm_withdrawal"),
    (withdrawal, "confirm"),
    (claims, "confirm"),
    (merging, "confirm"),
    (merging, "undo"),
    (deciding, "confirm"),
]


@pytest.mark.parametrize(
    ("module", "name"), CONFIRMING, ids=lambda value: getattr(value, "__name__", value)
)
def test_each_act_of_two_asks_for_a_second_person_and_takes_turns(
    module: ModuleType, name: str
) -> None:
    """Read in the source: what confirms calls both, itself or by a function beside it."""
    tree = ast.parse(inspect.getsource(module))
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    if name not in functions:
        pytest.fail(f"{module.__name__} has no {name}")
    called = {
        ast.unparse(node.func) for node in ast.walk(functions[name]) if isinstance(node, ast.Call)
    }
    beside = {
        ast.unparse(node.func)
        for one in called & set(functions)
        for node in ast.walk(functions[one])
        if isinstance(node, ast.Call)
    }
    assert {"two_people.check", "two_people.take"} <= called | beside


def test_the_table_above_has_every_act_of_two() -> None:
    """A module that compares who proposed with who acts belongs into the table."""
    said = [text for text in in_code() if text.startswith("Whoever proposes")]
    assert len(set(said)) == 4  # withdrawals twice, ranges, merges, accounts


@pytest.mark.parametrize(
    "made_by", ["create", "link", "reset", "promotion", "let in", "invitation"]
)
def test_an_account_that_others_had_a_hand_in_confirms_nothing_for_three_days(
    database: Database, made_by: str
) -> None:
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        first = person(database, "binh")
        second = person(database, "sock", Role.INSPECTOR if made_by == "promotion" else Role.OFFICE)
        with database.writing() as session:
            user = user_of(session, second)
            _touch(session, user, made_by)
        same = Refused("the same")
        with database.reading() as session, pytest.raises(Refused, match="confirms nothing before"):
            two_people.check(session, first, second, same=same)
        clockwork.shift(WAIT - timedelta(minutes=1))
        with database.reading() as session, pytest.raises(Refused):
            two_people.check(session, first, second, same=same)
        clockwork.shift(timedelta(minutes=2))
        with database.reading() as session:
            two_people.check(session, first, second, same=same)


def _touch(session: Session, user: User, how: str) -> None:
    steps: dict[str, Callable[[], Any]] = {
        "create": lambda: two_people.hold_back(user),
        "reset": lambda: users.reset_factors(session, user, actor="cli"),
        "promotion": lambda: users.set_role(session, user, Role.OFFICE, actor="cli"),
        "let in": lambda: users.set_active(session, user, True, actor="cli"),
    }
    if how in steps:
        steps[how]()
        return
    token = users.renew_invitation(session, user, keys=KEYS, actor="cli")
    users.accept(session, token, passwords.hash_password("ba con chim sen"), keys=KEYS)


def test_one_person_with_two_accounts_makes_no_third(database: Database) -> None:
    """The proposer's own second account is new: it confirms neither this nor anything else."""
    binh, sock = person(database, "binh"), person(database, "sock", old=False)
    with database.writing() as session:
        made = deciding.propose(
            session, Act.CREATE, wanted=Wanted(Role.OFFICE, name="third"), actor=binh
        )
        for actor in (binh, sock):
            with pytest.raises(Refused):
                deciding.confirm(session, made, actor=actor)
        assert made.state == "proposed" and made.user_id is None


def test_two_people_make_an_account_and_the_link_is_shown_once_to_who_hands_it_over(
    database: Database,
) -> None:
    binh, hoa = person(database, "binh"), person(database, "hoa")
    with database.writing() as session:
        made = deciding.propose(
            session, Act.CREATE, wanted=Wanted(Role.OFFICE, name="Cuong", full_name="Cường"), actor=binh
        )  # fmt: skip
        with pytest.raises(Refused):  # not confirmed yet
            deciding.link(session, made, keys=KEYS, actor=binh)
        user = deciding.confirm(session, made, actor=hoa)
        assert (user.name, user.role, user.password_hash) == ("cuong", Role.OFFICE, None)
        with pytest.raises(Refused):  # somebody else's to hand over
            deciding.link(session, made, keys=KEYS, actor=hoa)
        _, token = deciding.link(session, made, keys=KEYS, actor=binh)
        assert users.invited(session, token, keys=KEYS) is user
        with pytest.raises(Refused):  # shown already
            deciding.link(session, made, keys=KEYS, actor=binh)
        with pytest.raises(Conflict):
            deciding.confirm(session, made, actor=hoa)


@pytest.mark.parametrize("act", [Act.LINK, Act.RESET, Act.ROLE, Act.LET_IN])
def test_nobody_confirms_what_is_done_to_the_own_account(database: Database, act: Act) -> None:
    binh, hoa, lan = (person(database, name) for name in ("binh", "hoa", "lan"))
    with database.writing() as session:
        wanted = Wanted(Role.INSPECTOR) if act is Act.ROLE else deciding.NOTHING
        made = deciding.propose(session, act, user=user_of(session, hoa), wanted=wanted, actor=binh)
        with pytest.raises(Conflict):
            deciding.propose(session, act, user=user_of(session, hoa), wanted=wanted, actor=lan)
        for actor in (binh, hoa):
            with pytest.raises(Refused):
                deciding.confirm(session, made, actor=actor)
        user = deciding.confirm(session, made, actor=lan)
        assert user.renewed_at is not None and notices.unseen(session, user.id)
        notices.seen(session, user.id)
        assert not notices.unseen(session, user.id)


@pytest.mark.parametrize("act", list(Act))
def test_the_office_does_nothing_to_auditors(database: Database, act: Act) -> None:
    binh, auditor = person(database, "binh"), person(database, "kiem", Role.AUDITOR)
    with database.writing() as session:
        user = None if act is Act.CREATE else user_of(session, auditor)
        wanted = (
            Wanted(Role.AUDITOR, name="x") if act in (Act.CREATE, Act.ROLE) else deciding.NOTHING
        )
        with pytest.raises(Refused, match="auditors"):
            deciding.propose(session, act, user=user, wanted=wanted, actor=binh)


def test_accounts_of_producers_need_one_person(database: Database) -> None:
    assert not deciding.takes_two(None, Role.PRODUCER)
    assert all(deciding.takes_two(None, role) for role in (Role.OFFICE, Role.INSPECTOR))
