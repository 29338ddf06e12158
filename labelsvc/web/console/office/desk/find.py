"""Find: the page behind the one search box: goods, places, people, papers and codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import roles
from labelsvc.accounts.models import Role
from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.forms import uri
from labelsvc.codes.forms.gs1 import Gs1Link
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register.keys import keyring_of
from labelsvc.codes.register.resolve import find_goods
from labelsvc.errors import BadCode, LabelsvcError
from labelsvc.labels.models import PrintRun
from labelsvc.programme.desk.asked import MAX_TEXT
from labelsvc.programme.desk.finding import Hit, find
from labelsvc.scans import lookup
from labelsvc.scans.verdict import SHOWN
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.guards import tries
from labelsvc.web.language import explain
from labelsvc.web.links import link
from labelsvc.web.site import site

#: Kinds in the order in which they are shown: words, and the list that has all of them.
KINDS: dict[str, tuple[str, str]] = {
    "producer": ("Producers", "office.producers"),
    "product": ("Products", "office.products"),
    "village": ("Craft villages", "office.villages"),
    "commune": ("Communes", ""),
    "outlet": ("Points of sale", "office.outlets"),
    "decision": ("Decisions", "office.recognitions"),
    "lot": ("Lots", "office.lots"),
    "run": ("Print runs", "office.runs"),
    "case": ("Cases", ""),
    "report": ("Reports of consumers", ""),
    "withdrawal": ("Withdrawals", ""),
    "user": ("Accounts", "office.accounts"),
}
#: Page of one thing of a kind.
_PAGES: dict[str, Callable[[Hit], str]] = {
    "producer": lambda hit: url_for("office.producer", producer_id=hit.key),
    "product": lambda hit: url_for("office.product", product_id=hit.key),
    "village": lambda hit: url_for("office.producers", village=hit.key),
    "commune": lambda hit: url_for("office.producers", commune=hit.key),
    "outlet": lambda hit: url_for("office.outlet", outlet_id=hit.key),
    "decision": lambda hit: link("office.recognitions", {"q": hit.key}),
    "lot": lambda hit: url_for("office.lot", lot_id=hit.key),
    "run": lambda hit: link("office.runs", {"q": hit.key}),
    "case": lambda hit: url_for("office.case", case_id=hit.key),
    "report": lambda hit: url_for("office.report", report_id=hit.key),
    "withdrawal": lambda hit: url_for("office.withdrawal", withdrawal_id=hit.key),
    "user": lambda hit: url_for("office.account", user_id=hit.key),
}


@dataclass(frozen=True)
class Scanned:
    """Pages of a code: its lot, label and run, and what its page says."""

    lot: Lot
    product: Product
    code: str
    place: int | None
    run: int | None
    tone: str
    headline: str


@bp.get("/find")
def find_page() -> ResponseReturnValue:
    asked = request.args.get("q", "").strip()[: uri.MAX_TEXT]
    overseer = Role(g.user.role) in roles.OVERSEERS
    with site().database.reading() as session:
        groups = find(session, asked[:MAX_TEXT], people=overseer)
        scanned, problem = _code(session, asked, wanted=not groups)
        page = render_template(
            "console/office/desk/find.html",
            q=asked,
            groups=groups,
            kinds=KINDS,
            url_of=lambda hit: _PAGES[hit.kind](hit),
            scanned=scanned,
            problem=problem,
        )
    return page


def _code(
    session: Session, asked: str, *, wanted: bool
) -> tuple[Scanned | None, tuple[str, str] | None]:
    """Read the text as a code, or say what is wrong with it.

    Words without a figure are hardly a code: they are tried as one where nothing else was found, so that
    a name of thirteen letters does not count as a guess.
    """
    settings = site().settings
    if not asked or not (wanted or any(character.isdigit() for character in asked)):
        return None, None
    try:
        parsed = uri.parse(
            asked, host=uri.authority(settings.base_url), former=settings.former_hosts
        )
    except BadCode as error:
        return None, explain(error) if "://" in asked else None
    if isinstance(parsed, Gs1Link):
        return _linked(session, parsed), None
    ring = keyring_of(session, settings)
    try:
        with tries.counted():
            issue, number = find_goods(session, ring, asked)
    except LabelsvcError as error:
        return None, explain(error)
    return _scanned(session, issue, number, parsed.canonical), None


def _linked(session: Session, parsed: Gs1Link) -> Scanned | None:
    """The lot of a plain GS1 link, or the newest of its product."""
    query = select(Lot).join(Lot.product).where(Product.gtin == parsed.gtin)
    if parsed.lot:
        query = query.where(Lot.code == parsed.lot)
    lot = session.scalars(query.order_by(Lot.id.desc()).limit(1)).first()
    if lot is None:
        return None
    return Scanned(lot, lot.product, parsed.canonical, None, None, "", "")


def _scanned(session: Session, issue: Issue, number: int | None, code: str) -> Scanned:
    tone = headline = ""
    if number is not None and (peek := lookup.peek(site().database, number)) is not None:
        shown = SHOWN[lookup.verdict_of(session, peek, on=clock.today())]
        tone, headline = str(shown.tone), shown.headline
    run = session.scalar(select(PrintRun.id).where(PrintRun.issue_id == issue.id))
    single = number is not None and issue.form != Form.LOT
    place = number - issue.first + 1 if single and number is not None else None
    return Scanned(issue.lot, issue.lot.product, code, place, run, tone, headline)
