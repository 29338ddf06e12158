"""Audit trail: the office's page of entries in words; stored are machine words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import AuditEntry, User
from labelsvc.catalogue.models import Outlet, Producer, Product, Village
from labelsvc.web.console.action_words import ACTIONS
from labelsvc.web.console.case_words import KINDS as CASE_KINDS
from labelsvc.web.console.column_words import COLUMN_WORDS
from labelsvc.web.console.lists import choice_of, names_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.people.accounts import ROLE_WORDS
from labelsvc.web.console.office.producers import KINDS as PRODUCER_KINDS
from labelsvc.web.console.office.trail.search import matching
from labelsvc.web.language import gettext
from labelsvc.web.site import site

#: Things of the trail in words; `{number}` is their number.
SUBJECTS_SHOWN = {
    "user": "Account {number}", "producer": "Producer {number}", "product": "Product {number}",
    "village": "Craft village {number}", "outlet": "Point of sale {number}", "recognition": "Recognition {number}",
    "certificate": "Certificate {number}", "import": "Import {number}", "report": "Report {number}",
    "case": "Case {number}", "lot": "Lot {number}", "print_run": "Print run {number}",
    "blank_roll": "Blank roll {number}", "withdrawal": "Withdrawal {number}", "own_layout": "Label layout {number}",
    "key": "Signing key {number}", "merge": "Merge {number}", "owner_decision": "Decision {number}", "manifest": "Trust manifest {number}",
}  # fmt: skip
#: Facts of the trail in words, beside the columns of the catalogue.
FACTS_SHOWN = COLUMN_WORDS | {
    "file": "File", "new": "New", "changed": "Changed", "unchanged": "Unchanged", "refused": "Refused",
    "decision": "Decision", "product": "Product", "producer": "Producer", "reason": "Reason",
    "role": "Role", "from": "Before", "to": "After", "active": "Active", "number": "Number",
    "code": "Code", "declared": "Declared", "count": "Count", "first": "First", "last": "Last",
    "answer": "Answer", "until": "Until", "evidence": "Evidence", "on": "First day without stars",
    "message": "What happened", "fix": "What to do", "printer": "Printer", "layout": "Layout",
    "factor": "Second factor", "provinces": "Provinces",
    "sha256": "SHA-256", "pages": "Pages", "decoded": "Symbols read back", "lot": "Lot", "form": "Form of the code",
    "codes": "Codes", "verdict": "Verdict", "step": "Step", "version": "Version", "items": "Items", "left": "Left",
    "note": "Note", "merge": "Merge", "kept": "Stays", "gone": "Goes", "other": "Other", "place": "Place",
    "networks": "Networks", "most": "Most from one network", "source": "That network, in a word of the day",
    "page": "Page", "accounts": "Numbers of accounts",
    "made_on": "Date of manufacture (NSX)", "expires_on": "Expiry date (HSD)", "key": "Key",
    "uid": "Mark of the case",
}  # fmt: skip
#: Values that are machine words, by the fact that has them.
VALUES_SHOWN: dict[str, dict[Any, str]] = {
    "role": {**ROLE_WORDS},
    "kind": {
        **CASE_KINDS, **PRODUCER_KINDS, "press": "For the print shop", "variable": "Variable data", "cartons": "Labels for cartons",
        "archive": "Archive copy",
    },
    "form": {
        "short": "Short code, one for each item", "lot": "One code for the whole lot", "gs1": "GS1 Digital Link",
        "offline": "Signed code that can be checked without a network (larger symbol)",
    },
}  # fmt: skip
#: Things that have a page → its endpoint and the name of the number in it.
_PAGES = {
    "producer": ("office.producer", "producer_id"), "product": ("office.product", "product_id"),
    "village": ("office.edit_village", "village_id"), "outlet": ("office.outlet", "outlet_id"),
    "merge": ("office.merge", "merge_id"),
    "recognition": ("office.recognition", "recognition_id"), "import": ("office.import_run", "import_id"),
    "report": ("office.report", "report_id"), "case": ("office.case", "case_id"),
    "withdrawal": ("office.withdrawal", "withdrawal_id"), "user": ("office.account", "user_id"),
}  # fmt: skip
#: Things that have a name of their own.
_NAMED: dict[str, tuple[Any, Any]] = {
    "producer": (Producer.id, Producer.name), "product": (Product.id, Product.name),
    "village": (Village.id, Village.name), "outlet": (Outlet.id, Outlet.name),
    "user": (User.id, User.full_name),
}  # fmt: skip
#: Who is no person.
_MACHINES = {
    "cli": "Command line",
    "worker": "The system",
    "system": "The system",
    "demo": "Sample data",
}
_SUBJECT = re.compile(r"([a-z_]+):(\d{1,9})")
_HASH = re.compile(r"[0-9a-f]{40,128}")


@dataclass(frozen=True)
class Fact:
    """A fact in words; a hash is shown short and copied whole."""

    label: str
    value: str
    hash: bool = False


@dataclass(frozen=True)
class Told:
    """An entry of the trail in words."""

    at: datetime
    who: str
    what: str
    subject: str
    url: str
    facts: list[Fact]


def query_entries(session: Session) -> Select[Any]:
    """The entries that the address asks for, newest first."""
    asked = request.args.get("q", "").strip()[:80]
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if action := choice_of("action", list(ACTIONS)):
        query = query.where(AuditEntry.action == action)
    if not asked:
        return query
    actions = {key: gettext(words) for key, words in ACTIONS.items()}
    actors = {key: gettext(words) for key, words in _MACHINES.items()}
    return query.where(matching(session, asked, actions=actions, actors=actors))


@bp.get("/audit")
def audit() -> ResponseReturnValue:
    asked = request.args.get("q", "").strip()[:80]
    action = choice_of("action", list(ACTIONS))
    with site().database.reading() as session:
        shown = paged(session, query_entries(session))
        told = in_words(session, shown.rows)
    return render_template(
        "console/office/audit.html",
        shown=shown,
        told=told,
        q=asked,
        action=action,
        actions=sorted(((key, gettext(words)) for key, words in ACTIONS.items()), key=lambda x: x[1]),
    )  # fmt: skip


def in_words(session: Session, entries: list[AuditEntry]) -> list[Told]:
    people = names_of(session, [entry.actor for entry in entries])
    names = _names(session, (entry.subject for entry in entries))
    machine = {who: gettext(words) for who, words in _MACHINES.items()}
    return [
        Told(
            entry.at,
            people.get(entry.actor) or machine.get(entry.actor, entry.actor),
            gettext(ACTIONS.get(entry.action, entry.action)),
            *_thing(entry.subject, names),
            [_fact(name, value) for name, value in entry.facts.items()],
        )
        for entry in entries
    ]


def _names(session: Session, subjects: Iterable[str]) -> dict[str, str]:
    """ "product:12" → its name, for things that have one."""
    numbers: dict[str, set[int]] = {}
    for subject in subjects:
        if found := _SUBJECT.fullmatch(subject):
            numbers.setdefault(found[1], set()).add(int(found[2]))
    names = {}
    for kind, (key, name) in _NAMED.items():
        if kind in numbers:
            rows = session.execute(select(key, name).where(key.in_(numbers[kind])))
            names.update({f"{kind}:{number}": text for number, text in rows})
    return names


def _thing(subject: str, names: dict[str, str]) -> tuple[str, str]:
    """A subject in words, and its page."""
    found = _SUBJECT.fullmatch(subject)
    if found is None:
        kind, _, rest = subject.partition(":")
        known = kind in SUBJECTS_SHOWN and rest
        return (gettext(SUBJECTS_SHOWN[kind], number=rest) if known else subject), ""
    kind, number = found[1], int(found[2])
    endpoint, argument = _PAGES.get(kind, ("", ""))
    url = url_for(endpoint, **{argument: number}) if endpoint else ""  # type: ignore[arg-type]
    words = gettext(SUBJECTS_SHOWN[kind], number=number) if kind in SUBJECTS_SHOWN else subject
    return names.get(subject) or words, url


def _fact(name: str, value: Any) -> Fact:
    label = gettext(FACTS_SHOWN[name]) if name in FACTS_SHOWN else name
    if isinstance(value, list) and len(value) == 2:
        return Fact(label, f"{_word(name, value[0])} → {_word(name, value[1])}")
    text = _word(name, value)
    return Fact(label, text, bool(_HASH.fullmatch(text)))


def _word(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value is None or value == "":
        return "–"
    words = VALUES_SHOWN.get(name, {}).get(value) if isinstance(value, str) else None
    return gettext(words) if words else str(value)
