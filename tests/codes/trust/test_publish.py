"""From marks in the database to published lists that anybody can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import keys, revoke
from labelsvc.codes.register.issue import allocate, codes_of
from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.codes.trust import publish as lists
from labelsvc.codes.trust.formats.body import WHOLE
from labelsvc.codes.trust.formats.status import Purpose, StatusHead, StatusList
from labelsvc.codes.trust.models import StatusListRecord, StatusState
from labelsvc.db import Database
from labelsvc.errors import FileMissing
from labelsvc.files import Files
from labelsvc.settings import Settings
from tests.factories import make_lot

BASE = "https://qr.example.vn"
WITHDRAWN, SOLD, ISSUED = Purpose.WITHDRAWN, Purpose.SOLD, Purpose.ISSUED


@dataclass
class Service:
    """One issue of 2,000 offline codes and one of 100 short ones, of the same lot."""

    database: Database
    files: Files
    secrets: tuple[str, ...]
    lot: int
    first: int
    short: int

    @property
    def ring(self) -> Keyring:
        with self.database.reading() as session:
            return keys.load_keyring(session, base_url=BASE, secrets=self.secrets)

    @property
    def key(self) -> NoteKey:
        with self.database.reading() as session:
            return lists.key_of(session.get_one(StatusState, 1))

    def publish(self) -> StatusHead | None:
        return lists.publish(self.database, self.files, self.ring, secrets=self.secrets)

    def full(self, purpose: Purpose, number: int, base: int = 0, kid: int = 1) -> StatusList:
        data = self.files.get(lists.path_of(kid, purpose, number, base))
        return StatusList.read(data, host=self.ring.host, keys=[self.key])

    def printed(self, *indices: int) -> tuple[int, ...]:
        return tuple(sorted(self.ring.units.printed(self.lot, index) for index in indices))

    def mark(self, verb: str, index: int, count: int = 1) -> None:
        with self.database.writing() as session:
            getattr(revoke, verb)(
                session, first=self.first + index, count=count, reason="Thử", by="user:1"
            )


@pytest.fixture
def service(database: Database, files: Files, settings: Settings) -> Service:
    with database.writing() as session:
        keys.create_keys(session, secrets=settings.keys)
        lot = make_lot(session, declared=5000)
        offline = allocate(session, lot=lot, count=2000, form=Form.OFFLINE)
        short = allocate(session, lot=lot, count=100, form=Form.SHORT)
        return Service(database, files, settings.keys, lot.id, offline.first, short.first)


def test_what_is_withdrawn_void_and_sold_stands_in_its_list(service: Service) -> None:
    service.mark("withdraw", 10)
    service.mark("void", 20, 3)
    service.mark("sell", 30)
    head = service.publish()
    assert head is not None
    assert [(e.kid, e.purpose, e.number) for e in head.lines] == [
        (1, WITHDRAWN, 1), (1, SOLD, 1), (1, ISSUED, 1),
    ]  # fmt: skip
    assert service.full(WITHDRAWN, 1).listed == {service.lot: service.printed(10, 20, 21, 22)}
    assert service.full(SOLD, 1).listed == {service.lot: service.printed(30)}


def test_how_far_units_were_issued(service: Service) -> None:
    """2,000 of 5,000 that were declared; then the key signs no more, another lot is opened and printed."""
    service.publish()
    assert service.full(ISSUED, 1).listed == {service.lot: (11, 13)}
    with service.database.writing() as session:
        product = session.get_one(Lot, service.lot).product
        other = make_lot(session, product=product, code="L2", declared=3000).id
        make_lot(session, product=product, code="L3", recalled_at=clock.now())
        make_lot(session, product=product, code="L4", expires_on=date(2026, 1, 5))
    service.publish()
    assert service.full(ISSUED, 2, base=1).listed == {other: (0, 12)}
    assert service.full(ISSUED, 2).listed == {service.lot: (11, 13), other: (0, 12)}
    with service.database.writing() as session:
        keys.rotate(session, secrets=service.secrets)
        lot = session.get_one(Lot, other)
        allocate(session, lot=lot, count=20, form=Form.OFFLINE)
    service.publish()
    assert service.full(ISSUED, 3).listed == {service.lot: (11, 11)}
    assert service.full(ISSUED, 3, base=2).listed == {service.lot: (11, 11), other: (0, 0)}
    assert service.full(ISSUED, 1, kid=2).listed == {service.lot: (0, 13), other: (10, 12)}


def test_a_withdrawn_code_is_in_the_next_delta_and_the_others_are_not(service: Service) -> None:
    service.mark("withdraw", 10)
    service.publish()
    held = service.full(WITHDRAWN, 1)
    service.mark("withdraw", 500, 2)
    service.publish()
    delta = service.full(WITHDRAWN, 2, base=1)
    assert delta.listed == {service.lot: service.printed(500, 501)}
    assert held.plus(delta).listed == service.full(WITHDRAWN, 2).listed
    with pytest.raises(FileMissing):
        service.full(SOLD, 2)  # nothing changed there: no new number


def test_a_recalled_lot_is_listed_whole_and_a_recall_that_ends_has_no_delta(
    service: Service,
) -> None:
    service.mark("withdraw", 10)
    service.publish()
    with service.database.writing() as session:
        session.get_one(Lot, service.lot).recalled_at = now()
    service.publish()
    assert service.full(WITHDRAWN, 2).listed == {service.lot: WHOLE}
    assert service.full(WITHDRAWN, 2, base=1).listed == {service.lot: WHOLE}
    with service.database.writing() as session:
        session.get_one(Lot, service.lot).recalled_at = None
    service.publish()
    assert service.full(WITHDRAWN, 3).listed == {service.lot: service.printed(10)}
    with pytest.raises(FileMissing):
        service.full(WITHDRAWN, 3, base=2)  # a delta only adds


def test_the_newest_mark_rules_and_codes_of_other_forms_are_not_listed(service: Service) -> None:
    service.mark("sell", 0, 10)
    service.mark("withdraw", 4, 2)
    with service.database.writing() as session:
        revoke.withdraw(session, first=service.short, count=5, reason="Thử", by="user:1")
    service.publish()
    assert service.full(WITHDRAWN, 1).listed == {service.lot: service.printed(4, 5)}
    assert service.full(SOLD, 1).listed == {service.lot: service.printed(0, 1, 2, 3, 6, 7, 8, 9)}


def test_each_key_has_lists_of_its_own(service: Service) -> None:
    with service.database.writing() as session:
        keys.rotate(session, secrets=service.secrets)
        lot = session.get_one(Lot, service.lot)
        later = allocate(session, lot=lot, count=50, form=Form.OFFLINE)
        revoke.withdraw(session, first=later.first, count=1, reason="Thử", by="user:1")
        index = later.first_in_lot
    service.publish()
    assert service.full(WITHDRAWN, 1, kid=1).listed == {}
    assert service.full(WITHDRAWN, 1, kid=2).listed == {service.lot: service.printed(index)}


def test_a_key_that_is_frozen_needs_no_new_list_and_a_new_head(service: Service) -> None:
    """What it signed stands in the manifest; its list names what was withdrawn, as before. That it is
    frozen is known from the head on, before anybody signed a manifest."""
    service.mark("withdraw", 10)
    with service.database.writing() as session:
        keys.rotate(session, secrets=service.secrets)
    service.publish()
    with service.database.writing() as session:
        keys.freeze(session, 1, secrets=service.secrets)
    head = service.publish()
    assert head is not None
    assert head.states == ((1, KeyState.FROZEN), (3, KeyState.NEXT))
    assert [line.number for line in head.lines if line.kid == 1] == [1, 1, 1]
    assert service.publish() is None
    service.mark("withdraw", 11)
    assert service.publish() is not None
    assert service.full(WITHDRAWN, 2).listed == {service.lot: service.printed(10, 11)}


def test_nothing_is_published_while_nothing_changes_until_half_the_life_is_over(
    service: Service,
) -> None:
    start = datetime(2026, 11, 24, 2, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        assert service.publish() is not None
        clock.move_to(start + timedelta(hours=11))
        assert service.publish() is None
        clock.move_to(start + timedelta(hours=13))
        head = service.publish()
    assert head is not None
    assert head.expires == start + timedelta(hours=37)
    assert [line.number for line in head.lines] == [2, 2, 2]
    assert service.full(WITHDRAWN, 2, base=1).listed == {}


def test_a_new_lot_is_covered_by_the_next_list(service: Service) -> None:
    service.publish()
    with service.database.writing() as session:
        product = session.get_one(Lot, service.lot).product
        newer = make_lot(session, product, code="L2").id
    assert not service.full(WITHDRAWN, 1).covers(newer)
    service.publish()
    assert service.full(WITHDRAWN, 2).covers(newer)


def test_a_restored_backup_gives_no_number_twice(service: Service) -> None:
    service.publish()
    service.mark("withdraw", 1)
    service.publish()
    with service.database.writing() as session:  # as it was before anything was published
        session.execute(delete(StatusListRecord))
        session.get_one(StatusState, 1).made_of = ""
    head = service.publish()
    assert head is not None
    assert {line.number for line in head.lines if line.purpose == WITHDRAWN} == {3}


def test_old_files_are_tidied_away(service: Service) -> None:
    for index in range(5):
        service.mark("withdraw", index)
        service.publish()
    names = service.files.names(f"{lists.FOLDER}/1/withdrawn")
    assert [name.rpartition("/")[2] for name in names] == ["1-2", "2-3", "3-4", "4", "4-5", "5"]


def test_a_code_of_a_listed_unit_is_the_one_that_was_withdrawn(service: Service) -> None:
    service.mark("withdraw", 1234)
    service.publish()
    ring, found = service.ring, service.full(WITHDRAWN, 1)
    with service.database.reading() as session:
        issue = session.get_one(Issue, 1)
        texts = codes_of(issue, ring, offset=1233, count=3)
    from labelsvc.codes.forms import offline

    units = [offline.parse(text.rpartition("/")[2]).payload.unit for text in texts]
    assert [found.has(service.lot, unit) for unit in units] == [False, True, False]
