"""Case words: tells what was noticed and decided in a case, and gives the shapes of its charts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labelsvc import i18n
from labelsvc.inspections.evidence import Column, Evidence
from labelsvc.inspections.models import Case, CaseKind, CaseState, Decision
from labelsvc.scans.provinces import BY_CODE, Province
from labelsvc.scans.signals import Kind
from labelsvc.scans.verdict import SHOWN, Verdict
from labelsvc.web.language import current, gettext

KINDS = {
    CaseKind.COPY_RISK: "Signs of copies",
    CaseKind.REPORT: "Report of a consumer",
    CaseKind.INSPECTION: "Inspection",
    CaseKind.WITHDRAWAL: "Withdrawal asked for",
}
STATES = {
    CaseState.NEW: "New",
    CaseState.OPEN: "In hand",
    CaseState.CONTESTED: "Answered",
    CaseState.DECIDED: "Already decided",
    CaseState.CLOSED: "Closed",
}
TONES = {
    CaseState.NEW: "bad",
    CaseState.OPEN: "caution",
    CaseState.CONTESTED: "caution",
    CaseState.DECIDED: "good",
    CaseState.CLOSED: "plain",
}
#: What the office may answer.
ENTRIES = {
    Decision.NO_ACTION: "No action: there is a good explanation",
    Decision.WATCH: "No action yet: wait for more",
    Decision.INSPECTOR: "Sent to an inspector",
    Decision.WITHDRAWN: "Label or lot withdrawn",
    Decision.RECALLED: "Lot recalled",
    Decision.AUTHORITY: "Handed over to the authorities",
}
#: What was said about labels.
WRITTEN = {"void": "Void", "withdrawn": "Withdrawn", "sold": "Sold or used up"}
#: A signal in a few words, for lists.
_KINDS = {
    Kind.SESSIONS: "One label scanned often",
    Kind.RATE: "Far more than other labels of its lot",
    Kind.LOT_SESSIONS: "Lot code scanned more than its packs explain",
    Kind.LOT_REPEATS: "A few labels of the lot come up again and again",
    Kind.AFTER_SOLD: "Scanned after it was sold",
    Kind.AFTER_VOID: "Scanned though void",
    Kind.AFTER_WITHDRAWAL: "Scanned after it was withdrawn",
    Kind.AFTER_RECALL: "Scanned after the recall",
    Kind.AFTER_EXPIRY: "Scanned past its expiry date",
    Kind.NOT_ACTIVATED: "Scanned before activation",
    Kind.TRAVEL: "Reported at two places too far apart",
    Kind.OUTSIDE: "Reported outside of where it is sold",
    Kind.REFUSED: "Made-up codes",
    Kind.PROBED: "Somebody tries codes",
}
#: The same with its counts: facts, no accusation.
_WORDS = {
    Kind.SESSIONS: "This one label was scanned on {sessions} different occasions. From {limit} on, "
    "somebody should look.",
    Kind.RATE: "This label was seen {sessions} times. The other labels of its lot lead one to expect "
    "about {mean} looks after the first; by chance this happens less than once in {odds} labels.",
    Kind.LOT_SESSIONS: "The code of the lot was scanned on {sessions} occasions; {declared} packs carry "
    "it, which explain up to {limit}.",
    Kind.LOT_REPEATS: "{distinct} different labels of {issued} were seen {sessions} times in all, where "
    "about {mean} would be expected. Copies of few labels look like that.",
    Kind.AFTER_SOLD: "{units} labels of goods entered as sold were scanned on {sessions} occasions. "
    "Buyers look again at home; a second item with the same code looks the same.",
    Kind.AFTER_VOID: "{units} void labels, which should have been destroyed, were scanned on {sessions} "
    "occasions.",
    Kind.AFTER_WITHDRAWAL: "{units} withdrawn labels were scanned on {sessions} occasions.",
    Kind.AFTER_RECALL: "{units} labels of the recalled lot were scanned on {sessions} occasions: goods "
    "may still be on sale.",
    Kind.AFTER_EXPIRY: "{units} labels were scanned on {sessions} occasions past the expiry date.",
    Kind.NOT_ACTIVATED: "{units} labels that nobody has activated were scanned on {sessions} occasions. "
    "They may have been stolen, or put on goods before the lot was released.",
    Kind.TRAVEL: "Reported in {start} and, {minutes} minutes apart, in {end}: at least {km} km lie between.",
    Kind.OUTSIDE: "{outside} of {total} reports come from outside the declared provinces: {provinces}.",
    Kind.REFUSED: "{count} codes of one day that begin alike ({prefix}) did not hold. From {limit} on, "
    "somebody prints or tries made-up codes.",
    Kind.PROBED: "Networks that each sent {limit} or more codes in one day that did not hold: {networks}, "
    "with {count} codes in all. Somebody is trying codes.",
}  # fmt: skip
#: What an inspector's app tells of a case, and how a page calls it. The code has a place of its own.
_SAID = {
    "verdict": "What the device said",
    "items": "Items with this code",
    "place": "Place of the inspection",
    "findings": "Findings",
}
_HOST = re.compile(r"^https?://[^/]*/", re.IGNORECASE)
#: Follows the sentence about made-up codes.
_NETWORKS = "They came from {networks} networks: many speak of printed labels, one of somebody who tries codes."
_WEIGHTY = (Kind.TRAVEL, Kind.AFTER_VOID, Kind.NOT_ACTIVATED, Kind.REFUSED, Kind.PROBED)


def signals_of(case: Case) -> list[tuple[str, str]]:
    """The signals of a case: heading and sentence, in the reader's language."""
    found = case.facts.get("signals", {})
    known = [kind for kind in (*_WEIGHTY, *Kind) if kind in found]
    return [(gettext(_KINDS[kind]), _sentence(kind, found[kind])) for kind in dict.fromkeys(known)]


def _sentence(kind: Kind, facts: Mapping[str, Any]) -> str:
    values = _values(kind, facts)
    said = gettext(_WORDS[kind], **values)
    if kind is Kind.REFUSED and facts.get("networks"):
        said = said + " " + gettext(_NETWORKS, **values)
    return said


def headline(case: Case) -> str:
    """Tell what a case is about, in a few words."""
    found = case.facts.get("signals", {})
    first = next((kind for kind in (*_WEIGHTY, *Kind) if kind in found), None)
    if first is not None:
        return gettext(_KINDS[first])
    return gettext(KINDS.get(CaseKind(case.kind), "Signs of copies"))


def note_words(text: str) -> str:
    """A note; those of the watch name a signal."""
    kind = text.removeprefix("signal: ")
    if kind != text and kind in list(Kind):
        return gettext("New sign: {words}", words=gettext(_KINDS[Kind(kind)]))
    # The page names the code of the case once; a note of the application begins with it again.
    lines = [line for line in text.splitlines() if not line.startswith(("Mã: ", "Mã thùng: "))]
    return "\n".join(lines)


def said_of(case: Case) -> list[tuple[str, str]]:
    """List what an inspector's app sent along: name and value, in the reader's language."""
    if case.kind not in (CaseKind.INSPECTION, CaseKind.WITHDRAWAL):
        return []
    said: list[tuple[str, str]] = []
    for key, label in _SAID.items():
        value = case.facts.get(key)
        if value in (None, "", []):
            continue
        if key == "verdict":
            words = gettext(SHOWN[Verdict(value)].headline) if value in list(Verdict) else value
        elif isinstance(value, list):
            words = ", ".join(map(str, value))
        else:
            words = i18n.number(value, current()) if isinstance(value, int) else str(value)
        said.append((gettext(label), words))
    return said


def short_code(code: str) -> str:
    """A code for the eye: what follows the host, a long one by its ends."""
    text = _HOST.sub("", code)
    return text if len(text) <= 40 else f"{text[:12]}…{text[-6:]}"


def _values(kind: Kind, facts: Mapping[str, Any]) -> dict[str, str]:
    values = {
        name: i18n.number(value, current()) if isinstance(value, int | float) else str(value)
        for name, value in facts.items()
        if not isinstance(value, list)
    }
    if kind is Kind.TRAVEL:
        values |= {"start": name_of(facts["from"]), "end": name_of(facts["to"])}
    elif kind is Kind.OUTSIDE:
        values["provinces"] = ", ".join(name_of(code) for code in facts["provinces"])
    elif kind is Kind.RATE:
        odds = 1.000001 / max(facts["p"], 1e-9)  # one in ten, not in nine
        digits = len(str(int(odds))) - 1
        values["odds"] = i18n.number(int(odds) // 10**digits * 10**digits, current())
    return values


def name_of(code: str) -> str:
    """Name of a province; its code where there is none such."""
    return BY_CODE[code].name if code in BY_CODE else code


# --- shapes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """One column of the chart; heights are parts of a hundred."""

    x: float
    width: float
    good: float
    out: float
    words: str


@dataclass(frozen=True)
class Chart:
    bars: Sequence[Bar]
    width: int
    most: int
    ticks: Sequence[str]
    summary: str
    rows: Sequence[tuple[str, int, int]]


def chart(evidence: Evidence) -> Chart:
    """Scans by hour or by day, with a sentence that says the same."""
    columns = evidence.columns
    most = max((column.scans for column in columns), default=0)
    high = max(most, 1)
    bars = [
        Bar(
            at * 10 + 1,
            8,
            round(100 * (column.scans - column.out) / high, 2),
            round(100 * column.out / high, 2),
            f"{_moment(column, evidence.hourly)}: {i18n.number(column.scans, current())}",
        )
        for at, column in enumerate(columns)
    ]
    total = sum(column.scans for column in columns)
    peak = max(columns, key=lambda column: column.scans)
    values = {
        "total": i18n.number(total, current()),
        "most": i18n.number(most, current()),
        "moment": _moment(peak, evidence.hourly),
    }
    if not total:
        summary = gettext("No scans in this time.")
    elif evidence.hourly:
        summary = gettext(
            "Scans by the hour: {total} in two days, most in the hour from {moment} ({most}).",
            **values,
        )
    else:
        summary = gettext(
            "Scans by the day: {total} in 30 days, most on {moment} ({most}).", **values
        )
    ticks = [_moment(columns[at], evidence.hourly) for at in (0, len(columns) // 2, -1)]
    rows = [
        (_moment(column, evidence.hourly), column.scans, column.out)
        for column in columns
        if column.scans
    ]
    return Chart(bars, len(columns) * 10, most, ticks, summary, rows)


def _moment(column: Column, hourly: bool) -> str:
    words = i18n.moment(column.at)  # dd/mm/yyyy HH:MM
    return f"{words[11:]} {words[:5]}" if hourly else words[:5]


@dataclass(frozen=True)
class Tile:
    province: Province
    count: int
    #: 0 for none, 1 to 4 by share of the most.
    shade: int
    declared: bool


def tiles(places: Mapping[str, int], declared: frozenset[str]) -> list[Tile]:
    """The schematic map, north to south."""
    most = max(places.values(), default=1)
    return [
        Tile(
            province,
            places.get(province.code, 0),
            -(-4 * places[province.code] // most) if places.get(province.code) else 0,
            province.code in declared,
        )
        for province in BY_CODE.values()
    ]
