"""Clock: UTC for storing, Hanoi for showing. Tests replace it with time-machine."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Vietnam, the one that validity dates of decisions are counted in."""
    return now().astimezone(HANOI).date()


def local(moment: datetime) -> datetime:
    """The same moment on a Vietnamese clock."""
    return moment.astimezone(HANOI)


def noon(moment: datetime) -> datetime:
    """Twelve o'clock of the Vietnamese day of *moment*, in UTC: what stands for a day alone."""
    return datetime.combine(local(moment).date(), time(12), HANOI).astimezone(UTC)
