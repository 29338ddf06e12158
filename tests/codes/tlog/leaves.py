"""Leaves for tests, without a catalogue behind them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from labelsvc.codes.tlog.formats.leaf import (
    AuditHeadLeaf,
    PrintRunLeaf,
    RecognitionLeaf,
    WithdrawalLeaf,
)

AT = datetime(2026, 11, 5, 2, 0, 0, tzinfo=UTC)


def run(number: int, *, lot: int = 1, count: int = 10, **facts: Any) -> PrintRunLeaf:
    """Print run *number*: numbers from 100·number on."""
    facts = {"form": "short", "kid": 1, "first": 100 * number, "labels": count, "lot_code": f"L{lot}",
             "product": 5, "gtin": None, "ocop_code": "01-277-00012-2026", "declared": 1000,
             "first_in_lot": 0} | facts  # fmt: skip
    return PrintRunLeaf(id=f"issue:{number}", at=AT, lot=lot, count=count, **facts)


def blank(number: int, *, first: int, count: int = 50) -> PrintRunLeaf:
    return PrintRunLeaf(
        id=f"blank:{number}", at=AT, form="blank", kid=1, first=first, count=count, labels=count
    )


def marked(number: int, state: str, first: int, count: int = 1, lot: int = 1) -> WithdrawalLeaf:
    return WithdrawalLeaf(
        id=f"mark:{number}", at=AT, state=state, lot=lot, lot_code=f"L{lot}", product=5, first=first, count=count
    )  # fmt: skip


def stopped(kid: int, state: str = "frozen") -> WithdrawalLeaf:
    return WithdrawalLeaf(id=f"key:{kid}:{state}", at=AT, state=state, kid=kid)


def recognition(number: int, event: str = "granted") -> RecognitionLeaf:
    return RecognitionLeaf(
        id=f"recognition:{number}:{event}", at=AT, event=event, recognition=number, product=5,
        gtin=None, ocop_code=None, stars=4, decision="1147/QĐ-UBND", decided_on=date(2026, 3, 4),
        authority="province", valid_from=date(2026, 3, 4), valid_to=date(2029, 3, 4),
    )  # fmt: skip


def head(day: int, **facts: Any) -> AuditHeadLeaf:
    """The audit trail at the end of that day of November: ten entries a day, from the second on."""
    given = {"id": f"audit:2026-11-{day:02}", "at": AT, "day": date(2026, 11, day), "entry": 10 * day,
             "count": 10 * day - 10, "head": "ab" * 32} | facts  # fmt: skip
    return AuditHeadLeaf(**given)
