"""Every signal of the plan (docs/copy-risk.md), by its row: silent below its setting, raised at it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.codes.register.issue import allocate
from labelsvc.db import Database
from labelsvc.inspections.places import Spot, declare_sale, note_sighting
from labelsvc.inspections.report import SentReport, send_report
from labelsvc.scans.models import Refused, RefusedNetwork
from labelsvc.scans.signals import Kind
from labelsvc.scans.verdict import Verdict
from labelsvc.settings import Settings
from tests.factories import make_lot
from tests.inspections.test_watch import Market

Act = Callable[[Market], object]


class Row(NamedTuple):
    """One row: settings other than the defaults, what is still nothing, and what is one more."""

    settings: dict[str, float]
    below: Act
    more: Act
    kind: Kind


def scanned(offset: int = 0, times: int = 1, verdict: Verdict = Verdict.ISSUED_OK) -> Act:
    return lambda market: market.scan(offset, times, verdict=verdict)


def told(*places: tuple[str, float]) -> Act:
    """Consumers of the first unit tell a province, so many hours from noon."""

    def tell(session: Session, market: Market) -> None:
        for place, hours in places:
            note_sighting(session, number=market.first, issue_id=market.issue, source="consent", at=market.now + timedelta(hours=hours), spot=Spot(place=place))  # fmt: skip

    return lambda market: market.change(lambda session: tell(session, market))


def bought(*places: str) -> Act:
    """Consumers report where they bought the second unit."""

    def report(session: Session, market: Market) -> None:
        for place in places:
            sent = send_report(session, SentReport(kind="suspected_fake", code="x", number=market.first + 1, verdict="ISSUED_OK", message="Chữ trên tem bị nhòe", place=place))  # fmt: skip
            sent.created_at = market.now

    return lambda market: market.change(lambda session: report(session, market))


def lot_code(market: Market) -> None:
    """From now on the code of a lot of four packs is scanned."""

    def make(session: Session) -> None:
        product = session.get_one(Lot, market.lot).product
        small = make_lot(session, product, code="L-SMALL", declared=4)
        issue = allocate(session, lot=small, count=1, form=Form.LOT)
        market.lot, market.issue, market.first = small.id, issue.id, issue.first

    market.change(make)


def sold_in(*codes: str) -> Act:
    return lambda m: m.change(lambda s: declare_sale(s, m.product, codes, actor="test"))


def refused(count: int) -> Act:
    def add(session: Session, market: Market) -> None:
        session.merge(Refused(day=clock.local(market.now).date(), prefix="S3K7F", count=count))

    return lambda market: market.change(lambda session: add(session, market))


def probed(network: str, count: int) -> Act:
    def add(session: Session, market: Market) -> None:
        session.merge(
            RefusedNetwork(
                day=clock.local(market.now).date(), prefix="*", network=network, count=count
            )
        )

    return lambda market: market.change(lambda session: add(session, market))


def several(*acts: Act) -> Act:
    return lambda market: [act(market) for act in acts]


def spread(units: int, times: int) -> Act:
    return several(*(scanned(unit, times) for unit in range(units)))


def ended(verdict: Verdict, kind: Kind, setting: str = "copy_after_end") -> Row:
    return Row({setting: 3}, spread_of(verdict), scanned(9, verdict=verdict), kind)


def spread_of(verdict: Verdict) -> Act:
    return several(scanned(1, verdict=verdict), scanned(2, verdict=verdict))


ROWS = {
    "distinct sessions of a unit": Row(
        {"copy_case_sessions": 4}, scanned(0, 3), scanned(), Kind.SESSIONS
    ),
    "distinct sessions of a lot code": Row(
        {"copy_lot_multiple": 2}, several(lot_code, scanned(0, 8)), scanned(), Kind.LOT_SESSIONS
    ),
    "impossible travel, by distance": Row(
        {"copy_travel_km": 800}, told(("Hà Nội", 0), ("Đà Nẵng", 0.5)), told(("Cà Mau", 1)), Kind.TRAVEL
    ),
    "impossible travel, by time": Row(
        {"copy_travel_hours": 1}, told(("Hà Nội", 0), ("Cà Mau", 1.5)), told(("Cần Thơ", 0.9)), Kind.TRAVEL
    ),
    "impossible travel, by places of purchase": Row(
        {"copy_travel_km": 800}, bought("Chợ Đồng Xuân, Hà Nội", "Đà Nẵng"), bought("Chợ Cà Mau"), Kind.TRAVEL
    ),
    "after sold": ended(Verdict.DECOMMISSIONED, Kind.AFTER_SOLD),
    "after decommission": ended(Verdict.VOIDED, Kind.AFTER_VOID),
    "after withdrawal": ended(Verdict.REVOKED, Kind.AFTER_WITHDRAWAL),
    "after recall": ended(Verdict.RECALLED, Kind.AFTER_RECALL),
    "after expiry": ended(Verdict.EXPIRED, Kind.AFTER_EXPIRY, "copy_after_expiry"),
    "before activation": ended(Verdict.NOT_ACTIVATED, Kind.NOT_ACTIVATED),
    "outside declared range of sale": Row(
        {"copy_outside_share": 0.5, "copy_travel_km": 20_000},
        several(sold_in("01"), told(("01", 0), ("01", 0), ("01", 0), ("92", 0), ("92", 0))),
        told(("92", 0), ("92", 0)), Kind.OUTSIDE,
    ),
    "distinct unit indices seen against issued": Row(
        {"copy_tail": 1e-30, "copy_notice_sessions": 100, "copy_case_sessions": 1000},
        spread(10, 5), spread(10, 5), Kind.LOT_REPEATS,
    ),
    "sessions per unit, Poisson tail": Row(
        {"copy_notice_sessions": 7}, scanned(0, 7), scanned(), Kind.RATE
    ),
    "failed signature, rate per prefix": Row({"copy_refused": 7}, refused(6), refused(7), Kind.REFUSED),
    "failed signature, rate per network": Row(
        {"copy_refused_network": 7}, several(probed("a", 6), probed("b", 6)), probed("a", 7), Kind.PROBED
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_of_the_plan_is_silent_below_its_setting_and_raised_at_it(
    database: Database, settings: Settings, row: Row
) -> None:
    market = Market(database, settings.model_copy(update=row.settings))
    row.below(market)
    assert market.look() == []
    row.more(market)
    (case,) = market.look()
    assert set(case.facts["signals"]) == {row.kind}


def test_every_signal_has_a_row_and_stands_in_the_documentation() -> None:
    assert {row.kind for row in ROWS.values()} == set(Kind)
    text = (Path(__file__).parents[2] / "docs" / "copy-risk.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    plan = text.partition("## The plan and the codes")[2].partition("\n## ")[0]
    for kind in Kind:
        assert any(f"`{kind}`" in cell for cell in listed), kind
        assert f"`{kind}`" in plan, kind


@pytest.mark.parametrize(
    "setting", sorted(name for name in Settings.model_fields if name.startswith("copy_"))
)
def test_every_threshold_is_a_setting_that_some_row_moves(setting: str) -> None:
    assert any(setting in row.settings for row in ROWS.values())
