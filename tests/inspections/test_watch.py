"""What is scanned raises cases: the right ones, once, and nothing more than a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form, Issue, Mark
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.db import Database
from labelsvc.inspections import watch
from labelsvc.inspections.cases import decide
from labelsvc.inspections.evidence import gather
from labelsvc.inspections.models import Case, CaseNote, CaseState, Sighting
from labelsvc.inspections.noticed import Subject
from labelsvc.inspections.places import Spot, declare_sale, note_sighting
from labelsvc.inspections.report import SentReport, send_report
from labelsvc.scans import lookup
from labelsvc.scans.models import Refused
from labelsvc.scans.record import Seen, write
from labelsvc.scans.verdict import SHOWN, Tone, Verdict
from labelsvc.settings import Settings
from tests.factories import make_lot, make_product


class Market:
    """A lot with codes, and people who scan them."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings, self.visitors = database, settings, 0
        # Noon: an hour later is the same day, whenever the tests run.
        self.now = clock.local(clock.now()).replace(hour=12)
        with database.writing() as session:
            create_keys(session, secrets=settings.keys)
            lot = make_lot(session, make_product(session), declared=1000)
            issue = allocate(session, lot=lot, count=500, form=Form.SHORT)
            self.lot, self.issue, self.first = lot.id, issue.id, issue.first
            self.product = lot.product_id

    def scan(
        self, offset: int = 0, times: int = 1, *, verdict: str = Verdict.ISSUED_OK, back: float = 0
    ) -> None:
        """*times* strangers look at one label, *back* hours ago."""
        rows = []
        for _ in range(times):
            self.visitors += 1
            rows.append(
                Seen(
                    self.now - timedelta(hours=back), verdict, self.first + offset, self.issue,
                    "short", "vi", "Chrome/Android", f"{self.visitors:016x}",
                )
            )  # fmt: skip
        for start in range(0, len(rows), 500):
            with self.database.writing() as session:
                write(session, rows[start : start + 500])

    def look(self, hours: float = 0) -> list[Case]:
        """Look, *hours* later; the cases that were raised."""
        raised = watch.look(
            self.database, self.settings, self.now + timedelta(hours=hours), every=timedelta(0)
        )
        with self.database.reading() as session:
            return [session.get_one(Case, case) for case in raised]

    def change(self, act: Callable[[Session], object]) -> None:
        with self.database.writing() as session:
            act(session)


@pytest.fixture
def market(database: Database, settings: Settings) -> Iterator[Market]:
    yield Market(database, settings)


def kinds(case: Case) -> set[str]:
    return set(case.facts["signals"])


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        (Subject(number=7, lot=3), "unit:7"),
        (Subject(lot=3), "lot:3"),
        (Subject(lot=0), "lot:0"),
        (Subject(prefix="AB12"), "prefix:AB12"),
    ],
)
def test_what_a_case_is_about_has_one_name(subject: Subject, name: str) -> None:
    assert subject.name == name


def test_honest_buyers_raise_nothing(market: Market) -> None:
    for unit in range(60):
        market.scan(unit, 1 + unit % 3)
    assert market.look() == []


def test_ten_thousand_strangers_raise_one_case_and_turn_nothing_red(market: Market) -> None:
    for _ in range(4):
        market.scan(times=2500)
        market.look()
    market.look(1)
    market.look(2)
    with market.database.reading() as session:
        case = session.scalars(select(Case)).one()
        assert (
            case.number == market.first and case.facts["signals"]["sessions"]["sessions"] == 10_000
        )
        assert session.scalar(select(func.count()).select_from(Mark)) == 0
    peek = lookup.peek(market.database, market.first)
    assert peek is not None and peek.sessions == 10_000
    with market.database.reading() as session:
        verdict = lookup.verdict_of(session, peek, on=clock.today())
    assert verdict is Verdict.ISSUED_OK and SHOWN[verdict].tone is Tone.GOOD


def test_nothing_is_looked_at_twice_within_ten_minutes(market: Market) -> None:
    now = market.now
    assert watch.look(market.database, market.settings, now) == []
    market.scan(times=20)
    assert watch.look(market.database, market.settings, now + timedelta(minutes=9)) == []
    assert len(watch.look(market.database, market.settings, now + timedelta(minutes=10))) == 1


def test_an_open_case_learns_of_new_signals(market: Market) -> None:
    market.scan(times=12)
    (case,) = market.look()
    assert kinds(case) == {"sessions", "rate"}
    market.change(lambda s: note(s, market, "Hà Nội", 0))
    market.change(lambda s: note(s, market, "Cà Mau", 1))
    assert market.look(1) == []
    with market.database.reading() as session:
        case = session.scalars(select(Case)).one()
        assert kinds(case) == {"sessions", "rate", "travel"}
        assert session.scalars(select(CaseNote.text)).all() == ["signal: travel"]
    assert case.state == CaseState.NEW, "nobody has looked yet"


def note(
    session: Session, market: Market, place: str, hours: float, source: str = "inspector"
) -> None:
    note_sighting(session, number=market.first, issue_id=market.issue, source=source, at=market.now + timedelta(hours=hours), spot=Spot(place=place))  # fmt: skip


def test_a_decided_case_rests_until_there_is_twice_as_much(market: Market) -> None:
    market.scan(times=12)
    (case,) = market.look()
    market.change(lambda s: decide(s, s.get_one(Case, case.id), "no_action", "user:1"))
    market.scan(times=11)
    assert market.look(1) == []
    market.scan(times=1)
    (second,) = market.look(2)
    assert second.id != case.id and second.facts["round"] == 1
    assert market.look(3) == []


@pytest.mark.parametrize(
    ("verdict", "kind", "times"),
    [
        (Verdict.DECOMMISSIONED, "after_sold", 1),
        (Verdict.VOIDED, "after_void", 1),
        (Verdict.REVOKED, "after_withdrawal", 1),
        (Verdict.RECALLED, "after_recall", 1),
        (Verdict.NOT_ACTIVATED, "not_activated", 1),
        (Verdict.EXPIRED, "after_expiry", 20),
    ],
)
def test_a_label_that_should_not_be_on_goods_raises_one_case_of_its_lot(
    market: Market, verdict: str, kind: str, times: int
) -> None:
    for unit in range(times - 1):
        market.scan(unit, verdict=verdict)
    assert market.look() == []
    market.scan(400, verdict=verdict)
    (case,) = market.look()
    assert (case.number, case.lot_id, kinds(case)) == (None, market.lot, {kind})
    assert case.product_id == market.product
    market.scan(401, verdict=verdict)
    assert market.look(1) == []


def test_a_copied_roll_shows_in_the_spread_of_its_lot(market: Market) -> None:
    for unit in range(10):
        market.scan(unit, 5)
    (case,) = market.look()
    assert kinds(case) == {"lot_repeats"} and case.number is None


def test_a_lot_code_is_measured_by_the_declared_packs(market: Market) -> None:
    def lot_code(session: Session) -> None:
        small = make_lot(
            session, session.get_one(Lot, market.lot).product, code="L-SMALL", declared=4
        )
        issue = allocate(session, lot=small, count=1, form=Form.LOT)
        market.lot, market.issue, market.first = small.id, issue.id, issue.first

    market.change(lot_code)
    market.scan(times=12)
    assert market.look() == []
    market.scan()
    (case,) = market.look()
    assert kinds(case) == {"lot_sessions"} and case.number is None


def test_places_outside_the_declared_range(market: Market) -> None:
    market.change(lambda s: declare_sale(s, market.product, ["01", "31"], actor="test"))
    for hours, place in enumerate(("Hà Nội", "Hải Phòng", "Hà Nội", "Cần Thơ")):
        market.change(lambda s, p=place, h=hours: note(s, market, p, -12 + 3 * h, "consent"))  # type: ignore[misc]
    # An inspector goes through a shop far away: an official act is no share of what the public sees.
    for minutes in range(20):
        market.change(lambda s, m=minutes: note(s, market, "Cần Thơ", -2 + m / 60))  # type: ignore[misc]
    assert market.look() == []
    market.change(
        lambda s: send_report(s, SentReport(kind="suspected_fake", code="x", number=market.first + 3, verdict="ISSUED_OK", message="Chữ trên tem bị nhòe", place="Chợ Ninh Kiều, Cần Thơ"))
    )  # fmt: skip
    (case,) = market.look()
    assert case.facts["signals"]["outside"] == {"outside": 2, "total": 5, "provinces": ["92"]}


def test_codes_with_wrong_tags_that_begin_alike(market: Market) -> None:
    market.change(
        lambda s: s.add(Refused(day=clock.local(market.now).date(), prefix="S3K7F", count=50))
    )
    (case,) = market.look()
    assert kinds(case) == {"refused"} and case.product_id is None and case.lot_id is None
    assert market.look(0.1) == []


def test_precise_places_are_not_kept(market: Market) -> None:
    def see(session: Session) -> None:
        for source in ("inspector", "consent"):
            note_sighting(session, number=market.first, issue_id=market.issue, source=source, spot=Spot(latitude=21.03351, longitude=105.84927))  # fmt: skip

    market.change(see)
    with market.database.reading() as session:
        rows = session.execute(select(Sighting.source, Sighting.province, Sighting.latitude)).all()
    assert sorted(rows) == [("consent", "01", None), ("inspector", "01", 21.025)]


def test_evidence_counts_by_the_hour_while_it_is_fresh_and_by_the_day_after(market: Market) -> None:
    market.scan(times=3, back=1.5)
    market.scan(times=9, verdict=Verdict.VOIDED)
    with market.database.reading() as session:
        case = Case(
            lot_id=market.lot, issue_id=market.issue, number=market.first, product_id=market.product
        )
        found = gather(session, case, now=market.now)
        assert found is not None and found.hourly and len(found.columns) == 48
        assert sum(c.scans for c in found.columns) == 12 and found.columns[-1].out == 9
        assert (found.sessions, found.devices) == (12, [("Chrome/Android", 12)])
    market.scan(back=24 * 10)
    with market.database.reading() as session:
        found = gather(session, case, now=market.now)
        assert found is not None and not found.hourly and len(found.columns) == 30
        assert sum(c.scans for c in found.columns) == 13
        whole = gather(session, Case(lot_id=market.lot, product_id=market.product), now=market.now)
        assert whole is not None and (whole.seen, whole.issued, whole.sessions) == (1, 500, 13)


def test_the_signals_leave_marks_and_lots_alone(market: Market) -> None:
    market.change(lambda s: revoke.sell(s, first=market.first, count=1, reason="Bán lẻ", by="test"))
    market.scan(times=500, verdict=Verdict.DECOMMISSIONED)
    assert market.look()
    with market.database.reading() as session:
        assert [mark.state for mark in session.scalars(select(Mark))] == ["sold"]
        assert session.get_one(Lot, market.lot).recalled_at is None
        assert session.scalar(select(func.count()).select_from(Issue)) == 1
