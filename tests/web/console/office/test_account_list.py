"""The office's page of accounts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from labelsvc.accounts import sessions
from labelsvc.accounts.models import (
    AccountProposal,
    AuditEntry,
    Factor,
    Passkey,
    Role,
    SignIn,
    Totp,
    User,
)
from labelsvc.accounts.users import create_user
from labelsvc.db import Database
from labelsvc.settings import Settings
from tests import world as worlds
from tests.web.desk import Desk, second_person, seen

LINK = re.compile(r"https://qr\.example\.vn/account/invitation/([\w.-]+)")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"second_factor": True})


@pytest.fixture
def office(app: Flask, database: Database) -> Desk:
    return Desk(app, database, "office", factor=Factor.TOTP)


@pytest.fixture
def ids(database: Database, world: worlds.World) -> dict[str, int]:
    with database.reading() as session:
        return {name: number for name, number in session.execute(select(User.name, User.id))}


def last(database: Database) -> tuple[str, str, dict[str, object]]:
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    return entry.action, entry.subject, entry.facts


def give_factors(database: Database, user_id: int) -> None:
    with database.writing() as session:
        session.add(Totp(user_id=user_id, sealed=b"x", last_step=1))
        session.add(
            Passkey(user_id=user_id, credential_id=b"c", public_key=b"k", sign_count=0, name="Máy")
        )


def test_the_list_says_who_has_what(office: Desk, database: Database, ids: dict[str, int]) -> None:
    give_factors(database, ids["auditor"])
    words = office.words("/office/accounts")
    for expected in ("Auditor", "Hợp tác xã Gốm Sông Nhuệ", "Authenticator app · Passkeys: 1", "not set up yet"):  # fmt: skip
        assert expected in words
    assert "5 found" in words


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("role=inspector", {"inspector"}),
        ("q=LAN", {"lan"}),
        ("q=%25", set()),
        ("show=none", {"office", "inspector", "lan", "hung"}),
        ("show=out", set()),
        ("show=invited", set()),
        ("role=producer&q=hu", {"hung"}),
    ],
)
def test_the_list_is_narrowed(
    office: Desk, database: Database, ids: dict[str, int], query: str, names: set[str]
) -> None:
    give_factors(database, ids["auditor"])
    page = office.get(f"/office/accounts?{query}").text
    found = {int(number) for number in re.findall(r"/office/accounts/(\d+)", page)}
    assert found == {ids[name] for name in names}


@pytest.fixture
def binh(app: Flask, database: Database, office: Desk) -> Desk:
    """The second person of the office."""
    second_person(database)
    return Desk(app, database, "binh", factor=Factor.TOTP)


def waiting(database: Database) -> str:
    """Address of the newest proposal."""
    with database.reading() as session:
        number = session.scalar(select(func.max(AccountProposal.id)))
    return f"/office/accounts/proposals/{number}"


def confirmed(database: Database, by: Desk) -> None:
    assert by.post(waiting(database), {"do": "confirm"}).status_code == 303


def test_somebody_is_invited_by_two_people_and_chooses_a_password(
    office: Desk, binh: Desk, desk: Callable[[str], Desk], database: Database
) -> None:
    form = {"name": "Dung@example.vn", "full_name": "Phạm Văn Dũng", "role": "inspector"}
    answer = office.post("/office/accounts/new", form)
    assert answer.status_code == 303 and not LINK.search(answer.text)
    assert last(database)[0] == "account.propose"
    path = waiting(database)
    assert office.post(path, {"do": "confirm"}).status_code == 409
    assert office.post(f"{path}/link").status_code == 409
    assert "Phạm Văn Dũng" in binh.words("/office/accounts/proposals")
    confirmed(database, binh)
    assert binh.post(f"{path}/link").status_code == 409
    link = LINK.search(office.post(f"{path}/link").text)
    assert link is not None and office.post(f"{path}/link").status_code == 409
    guest = desk("")
    new = {"new": "một hai ba bốn", "again": "một hai ba bốn"}
    assert guest.post(f"/account/invitation/{link[1]}", new).status_code == 302
    again = office.post("/office/accounts/new", form)
    assert again.status_code == 409 and "is taken" in seen(again)
    assert "Phạm Văn Dũng" in again.text  # what was typed stays


def test_the_auditor_sees_proposals_and_decides_none(
    app: Flask, office: Desk, database: Database, ids: dict[str, int]
) -> None:
    office.post(f"/office/accounts/{ids['inspector']}/link")
    auditor = Desk(app, database, "auditor", factor=Factor.PASSKEY)
    assert "Inspector" in auditor.words("/office/accounts/proposals")
    assert (
        '<form method="post" action="/office' not in auditor.get("/office/accounts/proposals").text
    )
    assert auditor.post(waiting(database), {"do": "confirm"}).status_code == 403


def test_people_are_told_what_others_did(
    app: Flask, office: Desk, binh: Desk, database: Database, ids: dict[str, int]
) -> None:
    office.post(f"/office/accounts/{ids['inspector']}/link")
    confirmed(database, binh)
    there = Desk(app, database, "inspector", factor=Factor.TOTP)
    words = there.words("/account/")
    assert "A new link for your password was given out by somebody else" in words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"role": "king"}, "Choose a role."),
        ({"role": "producer"}, "needs the producer"),
        ({"role": "producer", "producer": "999999"}, "needs the producer"),
        ({"role": "producer", "producer": "x"}, "needs the producer"),
        ({"role": "office", "name": " "}, "sign-in name"),
    ],
)
def test_a_wrong_invitation_is_refused_in_words(
    office: Desk, database: Database, ids: dict[str, int], facts: dict[str, str], words: str
) -> None:
    answer = office.post("/office/accounts/new", {"name": "x", "full_name": "X"} | facts)
    assert answer.status_code == 400 and words in seen(answer)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(User)) == len(ids)


def test_a_role_is_changed_and_the_person_signs_in_anew(
    office: Desk,
    binh: Desk,
    app: Flask,
    database: Database,
    ids: dict[str, int],
    world: worlds.World,
) -> None:
    number = ids["inspector"]
    there = Desk(app, database, "inspector", factor=Factor.TOTP)
    path = f"/office/accounts/{number}"
    assert office.post(f"{path}/role", {"role": "inspector"}).status_code == 400
    assert office.post(f"{path}/role", {"role": "office"}).status_code == 303
    confirmed(database, binh)
    with database.reading() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == "user.role")).one()
    assert (found.subject, found.facts) == (f"user:{number}", {"from": "inspector", "to": "office", "producer": None})  # fmt: skip
    assert there.get("/office/").status_code == 302
    to_producer = {"role": "producer", "producer": str(world.producer)}
    assert office.post(f"{path}/role", to_producer).status_code == 303
    confirmed(database, binh)
    with database.reading() as session:
        user = session.get_one(User, number)
    assert (user.role, user.producer_id) == (Role.PRODUCER, world.producer)


@pytest.mark.parametrize("action", ["role", "active", "link", "reset-factors"])
def test_the_office_does_nothing_to_the_auditor(
    office: Desk, database: Database, ids: dict[str, int], action: str
) -> None:
    form = ACTIONS[action] | ({"role": "office"} if action == "role" else {})
    answer = office.post(f"/office/accounts/{ids['auditor']}/{action}", form)
    assert answer.status_code == 409 and "labelsvc users" in seen(answer)
    with database.reading() as session:
        user = session.get_one(User, ids["auditor"])
    assert user.active and user.role == Role.AUDITOR


def test_somebody_is_kept_out_and_let_in(
    office: Desk, app: Flask, database: Database, ids: dict[str, int]
) -> None:
    there = Desk(app, database, "lan")
    path = f"/office/accounts/{ids['lan']}"
    office.post(f"{path}/active", {"active": "no"})
    assert last(database)[0] == "user.active" and there.get("/console/").status_code == 302
    assert office.post(f"{path}/link").status_code == 409
    office.post(f"{path}/active", {"active": "yes"})
    assert LINK.search(office.post(f"{path}/link").text)
    assert last(database)[:2] == ("user.invite", f"user:{ids['lan']}")
    assert not LINK.search(office.get(path).text)


def test_factors_are_reset(
    office: Desk, binh: Desk, database: Database, ids: dict[str, int]
) -> None:
    give_factors(database, ids["inspector"])
    office.post(f"/office/accounts/{ids['inspector']}/reset-factors")
    assert "Authenticator app" in office.words(f"/office/accounts/{ids['inspector']}")
    confirmed(database, binh)
    query = select(AuditEntry).where(AuditEntry.action == "account.factor.remove")
    with database.reading() as session:
        found = session.scalars(query).one()
    assert (found.subject, found.facts) == (
        f"user:{ids['inspector']}",
        {"factor": "all", "count": 2},
    )
    assert "not set up yet" in office.words(f"/office/accounts/{ids['inspector']}")


ACTIONS = {"role": {"role": "auditor"}, "active": {"active": "no"}, "link": {}, "reset-factors": {}}


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_changes_the_own_account(
    office: Desk, database: Database, ids: dict[str, int], action: str
) -> None:
    answer = office.post(f"/office/accounts/{ids['office']}/{action}", ACTIONS[action])
    assert answer.status_code == 409 and "own account" in seen(answer)
    with database.reading() as session:
        user = session.get_one(User, ids["office"])
    assert user.active and user.role == Role.OFFICE


@pytest.mark.parametrize("action", ACTIONS)
def test_every_change_wants_a_step_up(
    office: Desk, database: Database, ids: dict[str, int], action: str
) -> None:
    with database.writing() as session:
        session.execute(update(SignIn).values(confirmed_at=None))
    before = last(database)
    answer = office.post(f"/office/accounts/{ids['lan']}/{action}", ACTIONS[action])
    assert answer.status_code == 401 and not LINK.search(answer.text)
    assert office.post("/office/accounts/new", {"name": "x", "role": "office"}).status_code == 401
    assert last(database) == before


def test_auditors_read_and_change_nothing(
    app: Flask, database: Database, ids: dict[str, int]
) -> None:
    auditor = Desk(app, database, "auditor", factor=Factor.PASSKEY)
    path = f"/office/accounts/{ids['lan']}"
    assert "formaction" not in auditor.get(path).text
    assert "Invite somebody" not in auditor.words("/office/accounts")
    for action, form in ACTIONS.items():
        assert auditor.post(f"{path}/{action}", form).status_code == 403
    assert auditor.get("/office/accounts/new").status_code == 403


def test_names_are_text_never_markup(office: Desk, database: Database, ids: dict[str, int]) -> None:
    with database.writing() as session:
        user = session.get_one(User, ids["lan"])
        user.full_name = "<img src=x onerror=alert(1)>" + "Dài " * 20
        assert sessions.of_user(session, user) == []
    for path in ("/office/accounts", f"/office/accounts/{ids['lan']}"):
        assert "<img src=x" not in office.get(path).text


def test_there_is_no_such_account(office: Desk) -> None:
    assert office.get("/office/accounts/999999").status_code == 404
    assert office.post("/office/accounts/999999/role", {"role": "office"}).status_code == 404


@pytest.mark.parametrize("words", ["Đỗ", "đỗ thị HOA", "do thi hoa", "Hoa đỗ", "hoado"])
def test_people_are_found_by_their_vietnamese_names(
    office: Desk, database: Database, words: str
) -> None:
    with database.writing() as session:
        create_user(session, name="hoado", full_name="Đỗ Thị Hoa", role="office", actor="test")
    assert "1 found" in office.words(f"/office/accounts?q={words}")
