"""Dates: the words before them, the order of their figures, days that exist, one line for each. Used by legal.

Source: Decree 37/2026/NĐ-CP art. 46 and appendix III.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from labelsvc.labels.drawing.words import FittedText
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.template import PLACEHOLDER
from labelsvc.labels.legal.finding import Finding, article, grave
from labelsvc.labels.legal.spoken import Spoken, named
from labelsvc.wording import dates

#: Words that say which date it is, as the decree has them.
_MADE = r"\bN?SX\b|[Nn]gày\s+sản\s+xuất|NGÀY\s+SẢN\s+XUẤT|[Ss]ản\s+xuất\s+(?:ngày|tháng|năm)|SẢN\s+XUẤT\s+(?:NGÀY|THÁNG|NĂM)"
#: Grain may give the harvest or the day of packing (appendix III 2.1).
_PACKED = (
    r"|[Nn]gày\s+(?:đóng\s+gói|bao\s+gói|thu\s+hoạch)|NGÀY\s+(?:ĐÓNG|BAO)\s+GÓI|[Vv]ụ\s+thu\s+hoạch"
)
_EXPIRES = (
    r"\bHSD\b|\bHD\b|[Hh]ạn\s+(?:sử\s+dụng|dùng|bảo\s+quản)|HẠN\s+(?:SỬ\s+DỤNG|DÙNG)|[Ss]ử\s+dụng\s+tốt\s+nhất\s+trước"
    r"|SỬ\s+DỤNG\s+TỐT\s+NHẤT\s+TRƯỚC"
)
_BEST = r"[Ss]ử\s+dụng\s+tốt\s+nhất\s+trước|SỬ\s+DỤNG\s+TỐT\s+NHẤT\s+TRƯỚC"
_NAMES = {
    "made": re.compile(_MADE),
    "expires": re.compile(_EXPIRES),
    "best_before": re.compile(_BEST),
}
_NAMES_OF_GRAIN = _NAMES | {"made": re.compile(_MADE + _PACKED)}
#: Fresh goods of farms and grain.
_GRAIN = frozenset({1, 2, 3})
#: Groups whose days may be months: cosmetics, crafts, textiles, living things (appendix I).
_MONTHS = frozenset({19, 20, 21, 22, 23, 24, 25})
_LITERAL = re.compile(
    rf"(?:\b(NSX|HSD|HD|SX)\b|(?:ngày\s+(?:sản\s+xuất|đóng\s+gói)|hạn\s+(?:sử\s+dụng|dùng)|tốt\s+nhất\s+trước(?:\s+ngày)?))\s*[:.]?\s*(?:ngày\s+)?({dates.WRITTEN})",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:mfg|mfd|man(?:ufactur(?:ed|ing))?(?:\s+date)?|exp(?:iry|ires|iration)?(?:\s+date)?|best\s+(?:before|by)|use\s+by|bbd|bbe|packed\s+on|made(?:\s+on)?)\b\.?\s*:?\s*(?=\d|\{)",
    re.IGNORECASE,
)
#: The end and the beginning of a line where a date may be torn.
_END = re.compile(r"(?:\d{1,4}[./\- ]?)+$")
_START = re.compile(r"[./\-]?\d{1,4}(?:[./\- ]?\d{2,4})*(?!\s*[^\W\d]|\w)")
_TORN = re.compile(rf"(?:{_MADE}|{_EXPIRES})\s*(?:ngày)?\s*:?$")
_TORN_LINE = re.compile(rf"(?:{_MADE}|{_EXPIRES})\s*(?:ngày)?\s*:?\s*(?:\{{(?:made|expires)\}}|\d)")
_SMALL_LETTERS = re.compile(
    r"\b(?!NSX\b|HSD\b)(?:[Nn][Ss][Xx]|[Hh][Ss][Dd])\b|\b(?:hd|Hd)\b(?=\s*:?\s*\d)"
)


def check(
    layout: Layout, values: Mapping[str, str], text: Spoken, set_number: int
) -> Iterator[Finding]:
    """Yield what is wrong with the dates of *text*."""
    yield from _unnamed(layout, values, text, set_number)
    for words in _written(values, text):
        found = dates.read(words)
        if found.form == "none" or (found.form == "month" and set_number not in _MONTHS):
            yield _misspelled(words, text)
    yield from _in_order(values, text)
    for short in _SMALL_LETTERS.finditer(text.text):
        yield Finding(
            grave(layout),
            "date_capitals",
            "“{words}” must be written in capitals.",
            "Write NSX and HSD.",
            article("46, appendix III"),
            {"words": short[0]},
            text.element,
        )


def broken(layout: Layout, texts: Sequence[FittedText]) -> Iterator[Finding]:
    """Dates that were set on two lines (art. 46.1): their figures apart, or the figures apart from the
    word that the layout writes on the same line (our reading of appendix III 1.2)."""
    styles = dict(named(layout))
    for text in texts:
        lines = text.text.split(" / ") if text.lines > 1 else []
        for upper, lower in pairwise(lines):
            start = _START.match(lower)
            if start is None:
                continue
            end = _END.search(upper)
            date = _joined(end[0] if end else "", start[0])
            if date is None and _TORN.search(upper) and dates.read(start[0].strip()).form == "day":
                together = any(
                    _TORN_LINE.search(line) for line in styles[text.field].text.split("\n")
                )
                date = start[0] if together else None
            if date is not None:
                yield Finding(
                    grave(layout),
                    "date_broken",
                    "The date {date} stands on two lines.",
                    "Give the text more room: day, month and year stand on one line, after NSX or HSD.",
                    article("46.1"),
                    {"date": date},
                    text.field,
                    text.box,
                )


def _joined(end: str, start: str) -> str | None:
    """The date that two ends of lines make together, None where they make none."""
    for gap in (" ", ""):
        date = f"{end}{gap}{start}".strip()
        if end and dates.read(date).form == "day":
            return date
    return None


def _unnamed(
    layout: Layout, values: Mapping[str, str], text: Spoken, set_number: int
) -> Iterator[Finding]:
    names = _NAMES_OF_GRAIN if set_number in _GRAIN else _NAMES
    for name, pattern in names.items():
        if name in text.variables and values.get(name) and not _said_before(text, name, pattern):
            yield Finding(
                grave(layout),
                "date_unnamed",
                "The date {date} does not say which date it is.",
                "Write NSX or HSD before it.",
                article("46"),
                {"date": values[name]},
                text.element,
            )
    if hit := _ENGLISH.search(text.style.text):
        line = text.style.text[: hit.end()].split("\n")[-1]
        if not re.search(_MADE + _PACKED + "|" + _EXPIRES, line[-40:]):
            yield Finding(
                grave(layout),
                "date_unnamed",
                "The date {date} does not say which date it is.",
                "Write NSX or HSD before it.",
                article("39, 46"),
                {"date": hit[0].strip()},
                text.element,
            )


def _said_before(text: Spoken, name: str, pattern: re.Pattern[str]) -> bool:
    """True if the words next to the placeholder say which date it is."""
    template = text.style.text.replace("**", "")
    ends = [(hit.start(), hit.end(), hit[1]) for hit in PLACEHOLDER.finditer(template)]
    for number, (start, end, said) in enumerate(ends):
        if said == name:
            # "NSX/HSD: {made} - {expires}": one head for both.
            first = number
            while first and not re.search(
                r"[^\W\d_]", template[ends[first - 1][1] : ends[first][0]]
            ):
                first -= 1
            before = template[ends[first - 1][1] if first else 0 : start]
            after = template[end : ends[number + 1][0] if number + 1 < len(ends) else len(template)]
            if pattern.search(before) or pattern.search(re.split(r"[·|,;\n]", after)[0]):
                return True
    return False


def _written(values: Mapping[str, str], text: Spoken) -> list[str]:
    """Every date of *text*: those of the lot, and those that the layout writes out."""
    found = [values[name].strip() for name in _NAMES if name in text.variables and values.get(name)]
    for hit in _LITERAL.finditer(text.text):
        words = hit[2].strip(" .,-")
        if not any(words in value or value in words for value in found):
            found.append(words)
    return found


def _in_order(values: Mapping[str, str], text: Spoken) -> Iterator[Finding]:
    said = {name: values.get(name, "") for name in _NAMES if name in text.variables}
    for hit in _LITERAL.finditer(text.text):
        name = "made" if re.match(r"NSX|SX|ngày", hit[0], re.IGNORECASE) else "expires"
        said.setdefault(name, hit[2].strip(" .,-"))
    made = dates.read(said.get("made") or values.get("made", "")).day
    expires = dates.read(said.get("expires") or said.get("best_before", "")).day
    if made and expires and expires < made:
        yield Finding(
            "error",
            "dates_reversed",
            "The goods would expire on {expires}, before they were made on {made}.",
            "Correct the dates of the lot.",
            article("46"),
            {"made": f"{made:%d/%m/%Y}", "expires": f"{expires:%d/%m/%Y}"},
            text.element,
        )


def _misspelled(words: str, text: Spoken) -> Finding:
    return Finding(
        "error",
        "date_format",
        "The date “{date}” is no day that exists, or not written day, month, year.",
        "Write two digits for day and month and two or four for the year: 05/11/2026.",
        article("46, appendix III"),
        {"date": words},
        text.element,
    )
