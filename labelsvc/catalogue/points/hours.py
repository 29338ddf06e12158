"""Hours: reads opening hours as people write them, keeps them by weekday, and says them in words. Pure.

Kept as seven parts with "|" between them, Monday first: "08:00-11:30,13:30-17:00|…"; an empty part is a day
on which the point is closed, an empty text says that nothing is known. An interval may end after midnight.
"""

from __future__ import annotations

import re
from typing import Any, Final

from labelsvc.errors import BadInput
from labelsvc.i18n import fold

#: Days of a week, Monday first: as schema.org, Vietnamese and English say them.
CODES: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAYS: Final = {
    "vi": ("Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "Chủ nhật"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_DAILY: Final = {"vi": "Hằng ngày", "en": "Daily"}
#: Most intervals of one day.
_MOST: Final = 3
_WEEK: Final = range(7)
_KEPT: Final = re.compile(r"(?:[0-9:,-]*\|){6}[0-9:,-]*")

_DAY: Final = (
    r"(?:(?:thu|t)\s?(?:[2-7]|hai|ba|tu|nam|sau|bay)|chu nhat|cn"
    r"|mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_TO: Final = r"\s*(?:-|den het|den|toi|to|until)\s*"
_PART: Final = r"(?:sang|trua|chieu|toi|dem|am|a\.m\.|pm|p\.m\.)"
_TIME: Final = rf"(\d{{1,2}})(?:\s*(?:gio|h|g|:|\.)\s*(\d{{2}})?(?:\s*(?:phut|ph|p(?!\.?m)))?)?(?:\s*({_PART}))?"
_TOKENS: Final = re.compile(
    rf"(?P<range>\b{_DAY}{_TO}(?:{_DAY}|[2-7](?!\d|\s*[hg]|:\d))\b)|(?P<day>\b{_DAY}\b)"
    r"|(?P<all>\b(?:hang ngay|moi ngay|ca tuan|tat ca cac ngay|cac ngay trong tuan(?! tru)|7 ?/ ?7|daily|every ?day)\b)"
    r"|(?P<work>\b(?:ngay thuong|ngay lam viec|trong tuan|weekdays)\b)|(?P<rest>\b(?:cuoi tuan|weekends?)\b)"
    r"|(?P<whole>\b24 ?(?:/ ?(?:24|7)|h ?/ ?(?:24|ngay)|gio)(?: ?h)?\b|\bca ngay(?: lan dem| va dem)?\b)"
    rf"|(?P<times>{_TIME}{_TO}{_TIME})"
    r"|(?P<off>\b(?:tru|nghi|dong cua|ngoai tru|except|closed|off)\b)"
    r"|(?P<filler>(?:\b(?:mo cua|mo|cac|ngay|tu|va|cua|gio|sang|trua|chieu|toi|buoi|hoat dong|ban hang|and|from|open|on|the|lam viec|thoi gian)\b)|[\s,;:.|/&()+-])"
)  # fmt: skip
_NAMES: Final = {
    "hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip


def read(text: str) -> str:
    """The kept form of what somebody wrote: "T2-T7: 8h-17h30, CN nghỉ"; "" where nothing was written.

    :raises BadInput: it is not understood, or a day has more intervals than three.
    """
    if not text.strip():
        return ""
    if _KEPT.fullmatch(text):
        return _checked([part.split(",") if part else [] for part in text.split("|")], text)
    plain = re.sub(r"[–—−~→]", "-", fold(text))
    tokens: list[tuple[str, list[Any]]] = []
    at = 0
    while at < len(plain):
        found = _TOKENS.match(plain, at)
        if found is None:
            raise _unread(text)
        at = found.end()
        kind, values = _token(found, text)
        if tokens and tokens[-1][0] == kind:  # "T2, T4, T6", "7h30-11h30, 13h30-17h"
            tokens[-1][1].extend(values)
        elif kind:
            tokens.append((kind, values))
    closed = _closed(tokens)
    if not tokens or (len(tokens) > 1 and len(tokens) % 2):
        raise _unread(text)
    if len(tokens) == 1:
        tokens.insert(0, ("days", list(_WEEK)))
    week: list[list[str]] = [[] for _ in _WEEK]
    for one, other in zip(tokens[::2], tokens[1::2], strict=True):
        if one[0] == other[0]:
            raise _unread(text)
        days, intervals = (one, other) if one[0] == "days" else (other, one)
        for day in days[1]:
            week[day] += [new for new in intervals[1] if new not in week[day]]
    for day in closed:
        week[day] = []
    return _checked(week, text)


def _token(found: re.Match[str], text: str) -> tuple[str, list[Any]]:
    """Read one piece: days, hours, that days are closed, or nothing."""
    kind, said = str(found.lastgroup), found.group()
    if kind == "times":
        return "hours", [_interval(found, text)]
    if kind == "whole":
        return "hours", ["00:00-24:00"]
    if kind in ("off", "filler"):
        return ("off", []) if kind == "off" else ("", [])
    return "days", _days(kind, said)


def _closed(tokens: list[tuple[str, list[Any]]]) -> list[int]:
    """Take the days that are closed out of *tokens*: "trừ CN", "CN nghỉ", but not the days of the next hours."""
    closed: list[int] = []
    while ("off", []) in tokens:
        at = tokens.index(("off", []))
        kinds = [kind for kind, _ in tokens]
        before = at > 0 and kinds[at - 1] == "days"
        after = kinds[at + 1 : at + 2] == ["days"]
        if after and not (before and kinds[at + 2 : at + 3] == ["hours"]):
            closed += tokens.pop(at + 1)[1]
        elif before:
            closed += tokens.pop(at - 1)[1]
            at -= 1
        tokens.pop(at)
    return closed


def _days(kind: str, said: str) -> list[int]:
    if kind == "all":
        return list(_WEEK)
    if kind in ("work", "rest"):
        return list(_WEEK[:5] if kind == "work" else _WEEK[5:])
    if kind == "day":
        return [_day(said)]
    first, last = (part for part in re.split(_TO, said) if part)
    begin, end = _day(first), _day(last)
    return [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]


def _day(said: str) -> int:
    if said in ("cn", "chu nhat"):
        return 6
    if digit := re.search(r"[2-7]$", said):
        return int(digit.group()) - 2
    vietnamese = re.fullmatch(r"(?:thu|t)\s?(hai|ba|tu|nam|sau|bay)", said)
    return _NAMES[vietnamese[1]] if vietnamese else _NAMES[said[:3]]


def _interval(found: re.Match[str], text: str) -> str:
    groups = [value for value in found.groups()]
    at = found.re.groupindex["times"]
    hour, minute, part, hour2, minute2, part2 = groups[at : at + 6]
    begin, end = _time(hour, minute, part, text), _time(hour2, minute2, part2, text)
    if not re.search(r"h|g|:|\.|" + _PART, found.group("times")):
        raise _unread(text)  # "2-6" alone is no time
    if begin == end:
        raise _unread(text)
    return f"{begin}-{end}"


def _time(hour: str, minute: str | None, part: str | None, text: str) -> str:
    number = int(hour)
    if (part in ("chieu", "toi", "pm", "p.m.", "dem") and 0 < number < 12) or (
        part == "trua" and number < 3
    ):
        number += 12
    elif part in ("am", "a.m.") and number == 12:
        number = 0
    minutes = int(minute or 0)
    if number > 24 or minutes > 59 or (number == 24 and minutes):
        raise _unread(text)
    return f"{number:02}:{minutes:02}"


def _checked(week: list[list[str]], text: str) -> str:
    for intervals in week:
        if len(intervals) > _MOST:
            raise _unread(text)
        for one in intervals:
            found = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", one)
            if found is None or not all(
                (int(h) < 24 and int(m) < 60) or (h, m) == ("24", "00")
                for h, m in (found.group(1, 2), found.group(3, 4))
            ):
                raise _unread(text)
    if not any(week):
        raise _unread(text)
    return "|".join(",".join(sorted(intervals)) for intervals in week)


def _unread(text: str) -> BadInput:
    return BadInput(
        "The hours “{text}” are not understood.",
        fix="Write them like “Thứ 2–Thứ 6: 8:00–17:30; Thứ 7: 8:00–12:00; CN nghỉ”.",
        text=text[:60],
    )


def spans(kept: str) -> list[tuple[int, int, str]]:
    """Weekdays with the same hours together: (first day, last day, hours), days of which none is known left out."""
    found: list[tuple[int, int, str]] = []
    for day, part in enumerate(kept.split("|") if kept else ()):
        if found and found[-1][1] == day - 1 and found[-1][2] == part:
            found[-1] = (found[-1][0], day, part)
        else:
            found.append((day, day, part))
    return [one for one in found if one[2]]


def lines(kept: str, language: str) -> list[tuple[str, str]]:
    """Days and hours in words: ("Thứ 2–Thứ 6", "8:00–17:30"); closed days are left out."""
    words = _DAYS["en" if language == "en" else "vi"]
    found = []
    for first, last, part in spans(kept):
        if (first, last) == (0, 6):
            days = _DAILY["en" if language == "en" else "vi"]
        else:
            days = words[first] if first == last else f"{words[first]}–{words[last]}"
        found.append((days, ", ".join(_said(one) for one in part.split(","))))
    return found


def said(kept: str, language: str) -> str:
    """The whole in one line, in words that `read` understands."""
    return "; ".join(f"{days}: {times}" for days, times in lines(kept, language))


def _said(interval: str) -> str:
    begin, end = (time.removeprefix("0") for time in interval.split("-"))
    return f"{begin}–{end}"


def machine(kept: str) -> list[str]:
    """As schema.org writes them in `openingHours`: "Mo-Fr 08:00-17:30"."""
    return [
        f"{CODES[first]}{f'-{CODES[last]}' if last > first else ''} {one}"
        for first, last, part in spans(kept)
        for one in part.split(",")
    ]
