"""Who is told of what: each act of the list, and that it tells once, in its own transaction."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import deciding, factors, notices, sessions, users
from labelsvc.accounts.contact import addresses, choices
from labelsvc.accounts.contact.models import Contact
from labelsvc.accounts.deciding import Act, Wanted
from labelsvc.accounts.devices import Device
from labelsvc.accounts.models import Role, User
from labelsvc.accounts.notices import Notice
from labelsvc.catalogue.models import Lot, Product
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars import proposals
from labelsvc.clock import now, today
from labelsvc.codes.register import claims, withdrawal
from labelsvc.db import Database
from labelsvc.errors import BadInput, PrintRefused
from labelsvc.files import Files
from labelsvc.inspections import cases
from labelsvc.inspections.cases import CaseSubject
from labelsvc.labels.runs import start
from labelsvc.labels.runs.request import RunRequest
from labelsvc.messages.channels.mail import Mail
from labelsvc.messages.kinds import PUBLISHED
from labelsvc.messages.models import Message, MessageState
from labelsvc.messages.outbox import Note
from labelsvc.programme import merging
from labelsvc.settings import Settings
from labelsvc.worker.posting import Sender
from labelsvc.worker.publishing import keep_messages
from tests.messages.conftest import PASSWORD
from tests.messages.servers import MailServer
from tests.programme.test_undoing import NEW, taken
from tests.world import World

KEYS = ("a key of the tests",)


def told(database: Database) -> list[tuple[str, str]]:
    """(kind, address) of every message, in the order of the kinds."""
    with database.reading() as session:
        rows = session.execute(
            select(Message.kind, Message.address).order_by(Message.kind, Message.address)
        )
        return [(kind, address.partition("@")[0]) for kind, address in rows]


def send_all(database: Database, settings: Settings) -> None:
    sender = Sender(database, settings)
    while sender.send_next():
        pass
    sender.close()


def test_where_no_channel_is_set_nothing_is_written(
    database: Database, people: dict[str, int]
) -> None:
    with database.writing() as session:
        notices.tell(session, session.get_one(User, people["mai"]), Notice.ROLE, actor="user:9")
        notices.tell_office(session, Note("case_opened", "case:1", {"number": 1}))
    assert told(database) == []


def test_an_invitation_goes_to_the_address_that_is_the_name_and_proves_it(
    database: Database, mailing: Settings, mail: MailServer
) -> None:
    with database.writing() as session:
        user = users.create_user(
            session, name="Lan@Example.VN", full_name="Lan", role=Role.OFFICE, actor="test"
        )
    send_all(database, mailing)
    letter = mail.wait(1)[0]
    plain = letter.get_body(("plain",))
    assert plain is not None and letter["To"] == "lan@example.vn"
    token = plain.get_content().partition("/account/invitation/")[2].split()[0]
    with database.writing() as session:
        users.accept(session, token, "a hash", keys=mailing.keys)
    with database.reading() as session:
        assert addresses.of_user(session, user.id)["mail"].verified_at is not None


def test_an_invitation_that_is_handed_over_proves_no_address(
    database: Database, mailing: Settings
) -> None:
    with database.writing() as session:
        user = users.create_user(
            session, name="lan@example.vn", full_name="Lan", role=Role.OFFICE, actor="test"
        )
        users.accept(session, users.invitation(user, keys=KEYS), "a hash", keys=KEYS)
    with database.reading() as session:
        assert addresses.of_user(session, user.id)["mail"].verified_at is None


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda session, user: users.set_password(session, user, "hash", actor="user:9"), "account"),
        (lambda session, user: users.set_active(session, user, False, actor="user:9"), "account"),
        (lambda session, user: users.set_role(session, user, Role.INSPECTOR, actor="user:9"), "account"),
        (lambda session, user: users.reset_factors(session, user, actor="user:9"), "factor"),
        (lambda session, user: factors.added(session, user.id, {}), "factor"),
    ],
    ids=["password", "kept out", "role", "reset", "factor"],
)  # fmt: skip
def test_a_person_hears_of_each_change_of_the_account(
    database: Database, mailing: Settings, people: dict[str, int],
    act: Callable[[Session, User], object], kind: str,
) -> None:  # fmt: skip
    with database.writing() as session:
        act(session, session.get_one(User, people["mai"]))
    assert told(database) == [(kind, "mai")]


def test_a_sign_in_from_a_device_that_is_known_tells_nobody(
    database: Database, mailing: Settings, people: dict[str, int]
) -> None:
    for known in (Device("word", (people["mai"],)), Device("word", (people["binh"],))):
        found = sessions.sign_in(
            database, name="mai@example.vn", password=PASSWORD, secret=KEYS[0], hours=1,
            browser=sessions.Browser("203.0.113", "Firefox / Linux", "", known),
        )  # fmt: skip
        assert found is not None  # by the proven address, too
    assert told(database) == [("sign_in", "mai")]


def test_the_old_address_hears_that_it_is_the_old_one(
    database: Database, mailing: Settings, people: dict[str, int]
) -> None:
    with database.writing() as session:
        mai = session.get_one(User, people["mai"])
        users.set_address(session, mai, notices.Channel.MAIL, "moi@example.vn", keys=KEYS)
    assert told(database) == [("account", "mai"), ("verify", "moi")]


def test_what_waits_for_two_people_is_told_to_the_others(
    database: Database, mailing: Settings, people: dict[str, int]
) -> None:
    with database.writing() as session:
        wanted = Wanted(role=Role.OFFICE, name="new", full_name="New")
        deciding.propose(session, Act.CREATE, wanted=wanted, actor=f"user:{people['mai']}")
    assert told(database) == [("confirm", "binh")]


@pytest.fixture
def producer(database: Database, world: World) -> int:
    """A user of the producer of the small world, with a proven address."""
    with database.writing() as session:
        user = users.create_user(
            session, name="chi lan", full_name="Chị Lan", role=Role.PRODUCER,
            producer_id=world.producer, password=PASSWORD, actor="test",
        )  # fmt: skip
        session.add(Contact(user_id=user.id, channel="mail", address="lan@example.vn", verified_at=now()))  # fmt: skip
        return user.id


def test_a_withdrawn_lot_is_told_to_its_producer_and_its_proposal_to_the_office(
    database: Database, mailing: Settings, people: dict[str, int], world: World, producer: int
) -> None:
    with database.writing() as session:
        lot = session.scalars(select(Lot).join(Product).where(Product.producer_id == world.producer)).first()  # fmt: skip
        made = withdrawal.propose(session, lot=lot, reason="có mốc", actor=f"user:{people['mai']}")
        number = made.id
    assert told(database) == [("confirm", "binh")]
    with database.writing() as session:
        session.get_one(User, people["binh"]).renewed_at = None
        found = session.get_one(withdrawal.Withdrawal, number)
        withdrawal.confirm(session, found, actor=f"user:{people['binh']}", secrets=KEYS)
    assert told(database) == [("confirm", "binh"), ("withdrawn", "lan")]


def test_a_case_is_told_to_the_office_and_decided_to_producer_and_inspector(
    database: Database, mailing: Settings, people: dict[str, int], world: World, producer: int
) -> None:
    with database.writing() as session:
        product = session.scalars(select(Product.id).where(Product.producer_id == world.producer)).first()  # fmt: skip
        case = cases.open_case(
            session, kind="inspection",
            actor=f"user:{people['thu']}", subject=CaseSubject(product_id=product),
        )  # fmt: skip
        number = case.id
    assert told(database) == [("case_opened", "binh"), ("case_opened", "mai")]
    with database.writing() as session:
        found = session.get_one(cases.Case, number)
        cases.decide(session, found, next(iter(cases.Decision)), f"user:{people['mai']}")
    assert told(database)[:2] == [("case_decided", "lan"), ("case_decided", "thu")]


def test_stars_are_told_180_120_and_30_days_before_the_end_once_each(
    database: Database, mailing: Settings, world: World, producer: int
) -> None:
    with database.writing() as session:
        row = session.scalars(select(Recognition).join(Product).where(Product.producer_id == world.producer)).first()  # fmt: skip
        assert row is not None
        row.valid_from, row.valid_to = today() - timedelta(days=900), today() + timedelta(days=200)
        end, number = row.valid_to, row.id
        for other in session.scalars(select(Recognition).where(Recognition.id != number)):
            other.withdrawn_on = today()
    counts = []
    for left in (181, 180, 179, 120, 119, 31, 30, 1, 0):
        with time_machine.travel(f"{end - timedelta(days=left)} 12:00 +0700", tick=True):
            keep_messages(database, Files(mailing.files), mailing)
        counts.append(len(told(database)))
    assert counts == [0, 1, 1, 2, 2, 2, 3, 3, 3]
    with database.reading() as session:
        facts = session.scalars(select(Message).order_by(Message.id)).first()
    assert facts is not None and facts.facts["count"] == 180


def test_a_failed_run_is_told_to_whoever_started_it(
    database: Database, mailing: Settings, world: World, producer: int
) -> None:
    with database.writing() as session:
        wanted = RunRequest(
            lot=session.get_one(Lot, world.lot), layout="a4-65-plain", count=7,
            base_url=mailing.base_url,
        )  # fmt: skip
        run = start.start_run(session, wanted, actor=f"user:{producer}")
        start.fail(session, run, PrintRefused("A symbol could not be read back."))
    assert told(database) == [("run_failed", "lan")]


def test_a_list_that_is_taken_over_is_told_to_the_office(
    database: Database, mailing: Settings, people: dict[str, int]
) -> None:
    number = taken(database, NEW)
    assert told(database) == [("list_taken", "binh"), ("list_taken", "mai")]
    with database.reading() as session:
        facts = session.scalars(select(Message)).first()
    assert facts is not None
    assert facts.facts == {"file": "a.xlsx", "count": 1, "page": f"/office/imports/{number}"}


#: Every verb by which something is proposed that a second person confirms.
PROPOSING = [
    proposals.propose_withdrawal, withdrawal._proposed, claims.propose, merging.propose,
    merging.propose_undo, deciding.propose,
]  # fmt: skip


@pytest.mark.parametrize("verb", PROPOSING, ids=lambda verb: f"{verb.__module__}.{verb.__name__}")
def test_each_act_of_two_says_that_it_waits(verb: Callable[..., object]) -> None:
    """Read in the source, as the table of those who confirm is (tests/accounts/test_two_people.py)."""
    assert "two_people.ask(" in inspect.getsource(verb)


# --- choices and addresses -----------------------------------------------------------------------


def test_a_kind_that_is_not_wanted_is_not_sent_but_safety_always_is(
    database: Database, mailing: Settings, people: dict[str, int]
) -> None:
    with database.writing() as session:
        mai = session.get_one(User, people["mai"])
        safe = {(kind, "mail") for kind in ("sign_in", "factor", "account")}
        choices.keep(session, mai, safe, channels=["mail"])
        with pytest.raises(BadInput):
            choices.keep(session, mai, safe - {("factor", "mail")}, channels=["mail"])
    with database.writing() as session:
        notices.tell_office(session, Note("case_opened", "case:1", {"number": 1}))
        notices.tell(session, session.get_one(User, people["mai"]), Notice.ROLE, actor="user:9")
    assert told(database) == [("account", "mai"), ("case_opened", "binh")]


def test_safety_finds_another_way_when_the_chosen_one_is_gone(
    database: Database, mailing: Settings, people: dict[str, int]
) -> None:
    with database.writing() as session:
        mai = session.get_one(User, people["mai"])
        yes = {(kind, "phone") for kind in choices.kinds_of(mai)}
        choices.keep(session, mai, yes, channels=["mail", "phone"])
        notices.tell(session, mai, Notice.ROLE, actor="user:9")
    assert told(database) == [("account", "mai")]


def test_an_address_that_is_refused_is_marked_and_gets_nothing_more(
    database: Database, mailing: Settings, mail: MailServer, people: dict[str, int]
) -> None:
    mail.answers["mai@example.vn"] = "550 5.1.1 no such user"
    for act in ("case:1", "case:2"):
        with database.writing() as session:
            notices.tell_office(session, Note("case_opened", act, {"number": 1}))
        send_all(database, mailing)
    with database.reading() as session:
        states = session.execute(select(Message.address, Message.state).order_by(Message.id)).all()
        row = addresses.of_user(session, people["mai"])["mail"]
    assert [tuple(state) for state in states] == [
        ("mai@example.vn", MessageState.REFUSED),
        ("binh@example.vn", MessageState.SENT),
        ("binh@example.vn", MessageState.SENT),
    ]
    assert row.refused_at is not None and "5.1.1" in row.refusal


def test_a_server_that_is_away_keeps_every_message(
    database: Database, mailing: Settings, mail: MailServer, people: dict[str, int]
) -> None:
    mail.answers["data"] = "421 closing"
    with time_machine.travel(now(), tick=True) as clockwork:
        with database.writing() as session:
            notices.tell_office(session, Note("case_opened", "case:1", {"number": 1}))
        send_all(database, mailing)
        assert not mail.taken
        mail.answers.clear()
        clockwork.shift(timedelta(minutes=1))
        send_all(database, mailing)
    assert len(mail.taken) == 2


def test_the_webhook_is_told_once_and_of_no_account(
    database: Database, people: dict[str, int]
) -> None:
    database.channels = {"webhook": None}
    with database.writing() as session:
        for _ in range(2):
            notices.tell_office(session, Note("case_opened", "case:1", {"number": 1}))
        notices.tell(session, session.get_one(User, people["mai"]), Notice.ROLE, actor="user:9")
    assert told(database) == [("case_opened", "")]
    assert not PUBLISHED & {"reset", "invitation", "verify", "sign_in", "factor", "account"}


def test_no_network_is_used_inside_a_writing_transaction(
    database: Database, mailing: Settings, people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from labelsvc.db import writing_here

    seen: list[bool] = []
    monkeypatch.setattr(Mail, "send", lambda self, outgoing: seen.append(writing_here()))
    with database.writing() as session:
        notices.tell_office(session, Note("case_opened", "case:1", {"number": 1}))
    send_all(database, mailing)
    assert seen == [False, False]
