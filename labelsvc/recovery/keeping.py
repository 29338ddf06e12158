"""Keeping: which copies of a folder stay. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from labelsvc.errors import BadInput

_NAME: Final = re.compile(r"labelsvc-(\d{8}-\d{6})\.tar(\.age)?")
_RULE: Final = re.compile(r"(\d{1,4})([dwm])")
_SPANS: dict[str, Callable[[datetime], Any]] = {
    "d": lambda at: at.date(),
    "w": lambda at: at.isocalendar()[:2],
    "m": lambda at: (at.year, at.month),
}


class Rule(NamedTuple):
    """The newest copy of each of so many days, weeks or months that have one."""

    most: int
    span: str


def name_of(at: datetime, *, shut: bool) -> str:
    """Name of a copy that was made at that moment."""
    return f"labelsvc-{at:%Y%m%d-%H%M%S}.tar" + (".age" if shut else "")


def rules(text: str) -> list[Rule]:
    """Read "7d,4w,12m". :raises BadInput: it is not such."""
    found = [_RULE.fullmatch(word.strip()) for word in text.split(",")]
    made = [Rule(int(match[1]), match[2]) for match in found if match is not None]
    if len(made) != len(found) or not any(rule.most for rule in made):
        raise BadInput(
            "“{text}” does not say which copies are kept.", fix="Write, for example: 7d,4w,12m", text=text
        )  # fmt: skip
    return made


def to_delete(names: Iterable[str], kept: list[Rule]) -> list[str]:
    """Of *names* those that no rule keeps; what is no name of a copy is left alone, so is the newest."""
    copies = {name: made for name in names if (made := _made(name)) is not None}
    order = sorted(copies, key=lambda name: copies[name], reverse=True)
    stay = set(order[:1])
    for rule in kept:
        spans: dict[Any, str] = {}
        for name in order:
            spans.setdefault(_SPANS[rule.span](copies[name]), name)
        stay |= set(list(spans.values())[: rule.most])
    return [name for name in order if name not in stay]


def _made(name: str) -> datetime | None:
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], "%Y%m%d-%H%M%S")  # noqa: DTZ007 -- compared with its like
    except ValueError:
        return None
