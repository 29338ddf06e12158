"""Wizard choice: reads layout, form of code, number, cells, copies and printer from the wizard."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.labels import own_layouts
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import Printer, PrintRun
from labelsvc.labels.printers import book
from labelsvc.labels.rolls.languages import PDF
from labelsvc.labels.runs import artwork, offers
from labelsvc.labels.runs.offers import Offer
from labelsvc.labels.runs.request import RunRequest, on_roll, output_of
from labelsvc.labels.runs.rules import Balance
from labelsvc.labels.sheets.imprint import Imprint, usual_spares
from labelsvc.labels.sheets.plain_paper import on_plain_paper
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.web.console.forms import Problem, problem
from labelsvc.web.console.lists import offered_or_refused
from labelsvc.web.console.producer.printing.dress import Look, read_look
from labelsvc.web.console.typed import row_number, whole
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import current_user
from labelsvc.web.site import site

#: What the form says for plain paper that is cut by hand.
PLAIN = "plain"


@dataclass
class Choice:
    """The form of the wizard, read as far as it can be read."""

    layout: Layout
    form: Form
    count: int
    imprint: Imprint = field(default_factory=Imprint)
    printer: Printer | None = None
    #: As many spares as print shops add, whatever the count becomes.
    usual: bool = False
    #: The layout without its dress, and the dress.
    plain: Layout | None = None
    look: Look = field(default_factory=Look)
    #: As many labels as were proposed, which follow the layout until somebody types.
    proposed: int = 0
    problems: list[Problem] = field(default_factory=list)
    offered: list[Offer] = field(default_factory=list)

    @property
    def cut_out(self) -> bool:
        """True if the labels are cut out of plain paper by hand."""
        return self.layout.sheet.marks

    @property
    def output(self) -> str:
        """Commands for a label printer where it prints this layout, else a PDF."""
        return PDF if self.layout.kind == "sheet" else output_of(self.printer)

    def request(self, session: Session, lot: Lot) -> RunRequest:
        """As a run of *lot* takes it, with the pictures of the programme."""
        printer = session.get_one(Printer, self.printer.id) if self.printer is not None else None
        return RunRequest(
            lot=lot,
            layout=self.layout,
            count=self.count,
            form=self.form,
            imprint=self.imprint,
            output=self.output,
            printer=printer,
            base_url=site().settings.base_url,
            former=site().settings.former_hosts,
            pictures=artwork.pictures(session, site().files, lot.product.producer_id),
        )


def offered_layouts(session: Session) -> list[Layout]:
    """The producer's own first, then those of the program; blank ones are for blank rolls."""
    producer_id = current_user().producer_id or 0
    found = []
    for row in own_layouts.layouts_of(session, producer_id):
        with suppress(LabelsvcError):  # its sheet was deleted: the editor says so
            found.append(own_layouts.find(session, producer_id, row.name))
    found += library.for_packs()
    return [layout for layout in found if not layout.blank]


def read_choice(session: Session, lot: Lot, have: Balance) -> Choice:
    """Read what the request asks for; what cannot be read is among its problems, and the usual is taken."""
    values = request.form if request.method == "POST" else request.args
    layouts = offered_layouts(session)
    refused: list[Problem] = []
    asked = _offered(values, "layout", [x.name for x in layouts], refused)
    offered = _offers(session, lot, layouts)
    best = offers.best(session, lot, offered).layout
    plain = next((x for x in layouts if x.name == asked), best)
    logo = artwork.current(session, lot.product.producer_id) is not None
    look = replace(_look(values, refused), logo=logo)
    layout = look.on(plain)
    if values.get("paper") == PLAIN:
        try:
            layout = on_plain_paper(layout)
        except LabelsvcError as error:
            refused.append(problem(error))
    _offered(values, "form", list(Form), refused)
    form = form_of(values.get("form"), layout, lot)
    per_page = Sheet.of(layout).per_page
    proposed = usual_count(layout, have)
    chosen = Choice(layout, form, proposed, proposed=proposed, offered=offered)
    chosen.plain, chosen.look = plain, look
    chosen.problems += refused
    looking = values.get("do") != "print"
    printers = [str(row.id) for row in book.printers_of(session, lot.product.producer_id)]
    _offered(values, "printer", printers, chosen.problems)
    chosen.printer = _printer(session, lot, layout)
    numbers = {"count": chosen.count, "start_at": 1, "copies": 1, "spares": 0}
    for name, label in (
        ("count", "How many labels"), ("start_at", "Start at label"),
        ("copies", "Labels of each code"), ("spares", "Spare labels"),
    ):  # fmt: skip
        if not values.get(name) or (name == "count" and looking and _untouched(values)):
            continue
        try:
            numbers[name] = whole(values[name], gettext(label), name)
        except BadInput as error:
            chosen.problems.append(problem(error))
    used: tuple[int, ...] = ()
    if layout.kind == "sheet":
        cells = {row_number(value) for value in values.getlist("used")}
        used = tuple(sorted(cells - {0}))
    if layout.kind == "sheet" and looking:
        # Cells of a sheet with more labels, chosen before.
        numbers["start_at"] = numbers["start_at"] if numbers["start_at"] <= per_page else 1
        used = tuple(cell for cell in used if cell <= per_page)
    chosen.count = numbers["count"]
    chosen.imprint = Imprint(
        numbers["start_at"],
        used,
        "down" if values.get("order") == "down" else "across",
        numbers["copies"],
        values.get("collate") != "each",
        numbers["spares"],
    )
    wanted = values.get("sheets", "")
    if wanted in full_sheets(chosen, have):
        chosen.count = full_sheets(chosen, have)[wanted]
        chosen.problems.clear()
    chosen.usual = bool(values.get("usual_spares"))
    if chosen.usual:
        chosen.imprint = replace(chosen.imprint, spares=as_usual(chosen))
    if chosen.output != PDF:
        chosen.imprint = on_roll(chosen.imprint)
    return chosen


def usual_count(layout: Layout, have: Balance) -> int:
    """As many labels as are proposed: a whole sheet, or all that are left."""
    left = max(have.remaining, 1)
    return left if layout.kind == "roll" else min(left, Sheet.of(layout).per_page)


def _untouched(values: Mapping[str, str]) -> bool:
    """True while the number is still the one that the page proposed."""
    return values.get("count", "").strip() == values.get("proposed")


def _offers(session: Session, lot: Lot, layouts: Sequence[Layout]) -> list[Offer]:
    usual = RunRequest(
        lot=lot, layout=layouts[0], count=1, base_url=site().settings.base_url,
        former=site().settings.former_hosts, pictures=artwork.pictures(session, site().files),
    )  # fmt: skip

    def one_of(layout: Layout) -> RunRequest:
        return replace(usual, layout=layout, form=form_of(None, layout, lot))

    return offers.offers(session, lot, layouts, one_of)


def as_usual(chosen: Choice) -> int:
    """Spare labels that print shops add to as many."""
    return usual_spares(max(chosen.count, 0) * max(chosen.imprint.copies, 1))


def _offered(
    values: Mapping[str, str], name: str, offered: Collection[str], problems: list[Problem]
) -> str:
    """Read the name that was asked for; "" and a problem if nothing of that name is offered: nothing is
    printed in its stead."""
    try:
        return offered_or_refused(values.get(name, ""), offered, name)
    except BadInput as error:
        problems.append(problem(error))
        return ""


def _look(values: Mapping[str, str], problems: list[Problem]) -> Look:
    """Family and palette; plain and a problem where there is none of that name."""
    try:
        return read_look(values)
    except BadInput as error:
        problems.append(problem(error))
        return Look()


def printers_for(session: Session, lot: Lot, layout: Layout) -> list[Printer]:
    """Those that can print *layout*: label printers take rolls only."""
    rows = book.printers_of(session, lot.product.producer_id)
    return [row for row in rows if row.language == PDF or layout.kind != "sheet"]


def _printer(session: Session, lot: Lot, layout: Layout) -> Printer | None:
    """The printer that was chosen; on the first look the one of the newest run."""
    rows = printers_for(session, lot, layout)
    if "printer" in request.form or "printer" in request.args:
        asked = request.values.get("printer", "")
        return next((row for row in rows if str(row.id) == asked), None)
    last = session.scalar(
        select(PrintRun.printer_id)
        .join(Lot)
        .where(Lot.product.has(producer_id=lot.product.producer_id))
        .order_by(PrintRun.id.desc())
        .limit(1)
    )
    return next((row for row in rows if row.id == last), None)


def full_sheets(chosen: Choice, have: Balance) -> dict[str, int]:
    """Quick answers to "how many": full sheets, and all that is left. Name → labels."""
    found: dict[str, int] = {}
    sheet, imprint = Sheet.of(chosen.layout), chosen.imprint
    if chosen.layout.kind == "sheet":
        try:
            first = sheet.free_cells(imprint.placement())
        except BadInput:  # told with the other problems
            first = sheet.per_page
        copies = max(1, imprint.copies)
        found = {str(n): (first + (n - 1) * sheet.per_page) // copies for n in (1, 2, 5)}
        found = {name: count for name, count in found.items() if 0 < count <= have.remaining}
    if have.remaining:
        found["all"] = have.remaining
    return found


def possible(form: Form, layout: Layout, lot: Lot) -> bool:
    """True if codes of *form* can be printed for *lot* with *layout*."""
    return form in layout.forms and (form is not Form.GS1 or bool(lot.product.gtin))


def form_of(asked: str | None, layout: Layout, lot: Lot) -> Form:
    """The form that was *asked* for where it is possible, else the usual one of *layout*."""
    if asked in list(Form) and possible(Form(asked), layout, lot):
        return Form(asked)
    usual = map(Form, layout.forms)
    return next((form for form in usual if possible(form, layout, lot)), Form(layout.forms[0]))
