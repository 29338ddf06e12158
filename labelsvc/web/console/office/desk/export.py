"""Export: every list of the office as CSV and as a workbook, narrowed as the page of the list is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any, Final, NamedTuple

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.finding import villages
from labelsvc.catalogue.models import VILLAGE_KINDS, VillageKind
from labelsvc.i18n import moment
from labelsvc.web.console import case_words
from labelsvc.web.console.lists import names_of
from labelsvc.web.console.office import cases, producers, recognitions, reports, withdrawals
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.desk import goods
from labelsvc.web.console.office.people import accounts
from labelsvc.web.console.office.points import outlets
from labelsvc.web.console.office.trail import audit
from labelsvc.web.console.office.villages import listing
from labelsvc.web.console.office.words import set_words
from labelsvc.web.language import gettext
from labelsvc.web.site import site
from labelsvc.web.spreadsheet import as_xlsx, csv_lines

#: Rows of a list that is written; more are narrowed first.
MOST: Final = 50_000
_STEP: Final = 500
#: Bytes of a list that stay in memory, and of one piece that is sent.
_IN_MEMORY: Final = 1 << 20
_BLOCK: Final = 1 << 16
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cells = tuple[Any, ...]


class Listing(NamedTuple):
    """A list: the name of its file, its heads, the query of its page, and cells of some of its rows."""

    file: str
    heads: tuple[str, ...]
    query: Callable[[Session], Select[Any]]
    cells: Callable[[Session, list[Any]], Iterable[Cells]]


def _producers(_session: Session, rows: list[Any]) -> Iterator[Cells]:
    for o in rows:
        yield (
            o.name, gettext(producers.KINDS.get(o.kind, o.kind)), o.tax_code, o.representative, o.phone,
            o.email, o.street, o.commune.name if o.commune else "", o.village.name if o.village else "",
            len(o.products), gettext("Active") if o.active else gettext("Closed"),
        )  # fmt: skip


def _products(session: Session, rows: list[Any]) -> Iterator[Cells]:
    standings = goods.recognised(session, rows)
    for p in rows:
        found, standing = standings[p.id]
        yield (
            p.name, p.producer.name, p.producer.commune.name if p.producer.commune else "",
            p.producer.village.name if p.producer.village else "", set_words(p.set_number),
            found.stars if found and standing.allows_stars else None,
            gettext(recognitions.SHOWS[standing]), found.decision_number if found else "",
            found.last_day if found else None, p.ocop_code, p.gtin,
        )  # fmt: skip


def _lots(session: Session, rows: list[Any]) -> Iterator[Cells]:
    labels = goods.issued(session, rows)
    for lot in rows:
        yield (
            lot.code, lot.product.name, lot.product.producer.name, lot.made_on, lot.expires_on,
            lot.declared, labels.get(lot.id, 0), clock.local(lot.recalled_at).date() if lot.recalled_at else None,
            lot.recall_reason,
        )  # fmt: skip


def _runs(session: Session, rows: list[Any]) -> Iterator[Cells]:
    people = names_of(session, [run.created_by for run in rows])
    for run in rows:
        yield (
            run.id, run.lot.code, run.lot.product.name, run.lot.product.producer.name, run.layout_name,
            run.count, gettext(goods.RUN_STATES[run.state]), _at(run.created_at), _at(run.released_at),
            people.get(run.created_by, run.created_by),
        )  # fmt: skip


def _recognitions(_session: Session, rows: list[Any]) -> Iterator[Cells]:
    today = clock.today()
    for r in rows:
        yield (
            r.product.name, r.product.producer.name, r.stars, r.decision_number, r.decision_date,
            r.authority_name, r.valid_from, r.valid_to, r.extended_to,
            gettext(recognitions.SHOWS[r.standing(today)]), r.product.ocop_code,
        )  # fmt: skip


def _outlets(_session: Session, rows: list[Any]) -> Iterator[Cells]:
    for o in rows:
        commune = o.commune.name if o.commune else ""
        yield o.name, o.street, commune, o.phone, gettext("Open") if o.active else gettext("Closed")


def _villages(_session: Session, rows: list[Any]) -> Iterator[Cells]:
    for v in rows:
        commune = v.commune.name if v.commune else ""
        kind = gettext(VILLAGE_KINDS[VillageKind(v.kind)]) if v.kind else ""
        yield v.name, kind, v.craft, commune, v.decision_number, v.decision_date


def _reports(session: Session, rows: list[Any]) -> Iterator[Cells]:
    people = names_of(session, [r.handled_by for r in rows])
    for r in rows:  # without the contact: it is for the answer, and no list of it leaves the house
        yield (
            r.id, gettext(reports.REPORT_KINDS.get(r.kind, r.kind)), r.product.name if r.product else "",
            r.product.producer.name if r.product else "", r.message, r.place, _at(r.created_at),
            r.answer, _at(r.handled_at), people.get(r.handled_by, r.handled_by),
        )  # fmt: skip


def _cases(_session: Session, rows: list[Any]) -> Iterator[Cells]:
    for c in rows:
        answer = case_words.ENTRIES.get(c.decision, "")
        yield (
            c.id, case_words.headline(c), gettext(case_words.KINDS.get(c.kind, c.kind)),
            c.product.name if c.product else "", c.product.producer.name if c.product else "",
            c.lot.code if c.lot else "", gettext(case_words.STATES[c.state]), _at(c.opened_at),
            gettext(answer) if answer else "", c.reason, _at(c.decided_at),
        )  # fmt: skip


def _withdrawals(session: Session, rows: list[Any]) -> Iterator[Cells]:
    people = names_of(session, [w.proposed_by for w in rows] + [w.decided_by for w in rows])
    for w in rows:
        yield (
            w.id, gettext(withdrawals.DONE[w.scope]), w.product.name if w.product else "",
            w.lot.code if w.lot else "", w.reason, gettext(withdrawals.STATES[w.state]),
            _at(w.proposed_at), people.get(w.proposed_by, w.proposed_by), _at(w.decided_at),
            people.get(w.decided_by, w.decided_by),
        )  # fmt: skip


def _accounts(_session: Session, rows: list[Any]) -> Iterator[Cells]:
    for u in rows:
        role = gettext(accounts.ROLE_WORDS[u.role])
        active = gettext("Active") if u.active else gettext("Closed")
        yield u.full_name, u.name, role, active, _at(u.created_at)


def _entries(session: Session, rows: list[Any]) -> Iterator[Cells]:
    for e in audit.in_words(session, rows):
        facts = "; ".join(f"{fact.label}: {fact.value}" for fact in e.facts)
        yield _at(e.at), e.who, e.what, e.subject, facts


def _at(value: datetime | None) -> str:
    return moment(value)


#: Lists of goods and papers, by the name in the address.
LISTS: Final[dict[str, Listing]] = {
    "producers": Listing("chu-the", ("Producer", "Kind", "Tax code", "Representative", "Telephone", "E-mail", "Street", "Commune", "Craft village", "Products", "State"), producers.query_producers, _producers),
    "products": Listing("san-pham", ("Product", "Producer", "Commune", "Craft village", "Criteria set", "Stars", "State", "Decision", "Valid until", "OCOP product code", "GTIN"), goods.query_products, _products),
    "lots": Listing("lo", ("Lot", "Product", "Producer", "Date of manufacture (NSX)", "Expiry date (HSD)", "Declared", "Labels printed", "Recalled on", "Reason"), goods.query_lots, _lots),
    "runs": Listing("lan-in", ("Print run", "Lot", "Product", "Producer", "Layout", "Labels", "State", "Made", "Released on", "By"), goods.query_runs, _runs),
    "recognitions": Listing("cong-nhan", ("Product", "Producer", "Stars", "Decision", "Date of the decision", "Authority", "Valid from", "Valid until", "Extended until", "State", "OCOP product code"), lambda session: recognitions.chosen(session, clock.today()), _recognitions),
    "outlets": Listing("diem-ban", ("Point of sale", "Street", "Commune", "Telephone", "State"), lambda _: outlets.query_outlets(), _outlets),
    "villages": Listing("lang-nghe", ("Craft village", "Kind", "Craft", "Commune", "Decision", "Date of the decision"), lambda _: villages.chosen(listing.asked(), clock.today()), _villages),
    "reports": Listing("phan-anh", ("Report", "What", "Product", "Producer", "What the consumer says", "Bought at", "Sent", "What was done", "Closed on", "By"), lambda _: reports.query_reports(), _reports),
    "cases": Listing("vu-viec", ("Case", "What was noticed", "Kind of case", "Product", "Producer", "Lot", "State", "Opened", "Decision", "Reason", "Decided on"), lambda _: cases.query_asked(), _cases),
    "withdrawals": Listing("thu-hoi", ("Withdrawal", "What", "Product", "Lot", "Reason", "State", "Proposed on", "By", "Decided on", "Decided by"), lambda _: withdrawals.query_withdrawals(), _withdrawals),
}  # fmt: skip
#: Lists of people and their acts.
PEOPLE: Final[dict[str, Listing]] = {
    "accounts": Listing("tai-khoan", ("Person", "Sign-in name", "Role", "State", "Made"), lambda _: accounts.query_accounts(), _accounts),
    "audit": Listing("nhat-ky", ("When", "Who", "What", "To what", "Facts"), audit.query_entries, _entries),
}  # fmt: skip


@bp.get(
    "/lists/<any(producers,products,lots,runs,recognitions,outlets,villages,reports,cases,withdrawals):name>.<any(csv,xlsx):ending>"
)
def export(name: str, ending: str) -> ResponseReturnValue:
    return _written(LISTS[name], ending)


@bp.get("/recognitions.csv")
def recognitions_csv() -> ResponseReturnValue:
    """The address that the list of recognitions had before there were others; scripts fetch it."""
    return _written(LISTS["recognitions"], "csv")


@bp.get("/people/<any(accounts,audit):name>.<any(csv,xlsx):ending>")
def export_people(name: str, ending: str) -> ResponseReturnValue:
    return _written(PEOPLE[name], ending)


def _written(listing: Listing, ending: str) -> Response:
    with site().database.reading() as session:
        rows = _rows(session, listing)
        if ending == "csv":
            answer = _spooled(csv_lines(rows))
        else:
            answer = Response(as_xlsx(rows, listing.file), content_type=XLSX)
    name = f"{listing.file}-{clock.today():%Y%m%d}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _spooled(lines: Iterable[str]) -> Response:
    """*lines* by way of a file: neither memory nor the database is held while somebody fetches them."""
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- the response closes it
    for line in lines:
        file.write(line.encode())
    length = file.tell()
    file.seek(0)
    answer = Response(iter(partial(file.read, _BLOCK), b""), content_type="text/csv; charset=utf-8")
    answer.content_length = length
    answer.call_on_close(file.close)
    return answer


def _rows(session: Session, listing: Listing) -> Iterator[Cells]:
    """Heads, then the rows; some hundreds are read at a time.

    The session holds no row that nobody else does. Emptying it here would break the query under way.
    """
    yield tuple(gettext(words) for words in listing.heads)
    query = listing.query(session).limit(MOST).execution_options(yield_per=_STEP)
    for part in session.scalars(query).partitions():
        yield from listing.cells(session, list(part))
