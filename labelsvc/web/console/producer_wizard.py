"""Producer pages: choose a layout, cells, copies and printer; look at it; print."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue import criteria
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.errors import (
    BadInput,
    ContentMissing,
    InnerCodesOff,
    LabelsvcError,
    QuantityExceeded,
)
from labelsvc.labels import (
    fonts,
    legal,
    library,
    mark,
    own,
    preview,
    print_run,
    printer_book,
    stock,
)
from labelsvc.labels.content import Unit, sample_unit
from labelsvc.labels.contents import content_of
from labelsvc.labels.imprint import Imprint, usual_spares
from labelsvc.labels.layout import Layout
from labelsvc.labels.models import Printer, PrintRun
from labelsvc.labels.printers import Profile
from labelsvc.labels.run_check import RunCheck
from labelsvc.labels.run_rules import Balance
from labelsvc.labels.run_words import next_mark, position, sample_code
from labelsvc.labels.sheet import Sheet
from labelsvc.web.console.layout_picture import picture
from labelsvc.web.console.office_form import Problem, problem
from labelsvc.web.console.producer import bp, own_lot, titles_of
from labelsvc.web.console.typed import row_number, whole
from labelsvc.web.language import current, explain, gettext
from labelsvc.web.security import actor, current_user
from labelsvc.web.site import site

FORM_WORDS = (
    (Form.SHORT, "Short code, one for each item (usual)"),
    (Form.LOT, "One code for the whole lot"),
    (Form.GS1, "GS1 Digital Link with your GTIN, one for each item"),
    (Form.OFFLINE, "Signed code that can be checked without a network (larger symbol)"),
)
#: What a preview shows under its symbol: of the shape of a code, and none of ours.
_CAPTIONS = {
    Form.SHORT: "7K3M 9QWX 2PTD 5V8H C4RN 6BJE",
    Form.LOT: "7K3M 9QWX 2PTD 5V8H C4RN 6BJE",
    Form.GS1: "(01) {gtin} (21) 7K3M 9QWX 2PTD 5V8H C4RN",
}


@dataclass
class Choice:
    """What the form of the wizard says, read as far as it can be read."""

    layout: Layout
    form: Form
    count: int
    imprint: Imprint = field(default_factory=Imprint)
    printer: Printer | None = None
    #: As many spares as print shops add, whatever the count becomes.
    usual: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def output(self) -> print_run.Output:
        """Commands for a label printer where it prints this layout, else a PDF."""
        if self.printer is None or self.layout.kind == "sheet":
            return "pdf"
        return {"zpl": "zpl", "tspl": "tspl"}.get(self.printer.language, "pdf")  # type: ignore[return-value]


@bp.route("/lots/<int:lot_id>/print", methods=["GET", "POST"])
def wizard(lot_id: int) -> ResponseReturnValue:
    printing = request.method == "POST" and request.form.get("do") == "print"
    with site().database.reading() as session:
        lot = own_lot(session, lot_id)
        chosen = _choice(session, lot, print_run.balance(session, lot))
        profile = Profile.read(chosen.printer.profile) if chosen.printer else Profile()
        check = print_run.check_run(
            session, lot=lot, count=chosen.count, form=chosen.form, imprint=chosen.imprint,
            layout=print_run.for_printer(chosen.layout, profile, chosen.output),
            output=chosen.output, profile=profile, base_url=site().settings.base_url,
            pictures=mark.pictures(session, site().files),
        )  # fmt: skip
        chosen.problems += [_pointed(error) for error in check.problems]
        if printing and (made := _made(session, lot, chosen)) is not None:
            return redirect(url_for("producer.run", run_id=made), code=303)
        if not printing or chosen.problems:
            page = _page(session, lot, chosen, check)
            return page, 409 if printing else 200
    try:
        run_id = _begin(lot_id, chosen)
    except LabelsvcError as error:  # what changed since it was looked at, or the printer forbids
        chosen.problems.append(_pointed(error))
        with site().database.reading() as session:
            return _page(session, own_lot(session, lot_id), chosen, check), 409
    return redirect(url_for("producer.run", run_id=run_id), code=303)


def _pointed(error: LabelsvcError) -> Problem:
    """*error* with the input of the wizard that mends it, if there is one."""
    quantity = isinstance(error, QuantityExceeded)
    return Problem(*explain(error), "count" if quantity else "")


def _layouts(session: Session) -> list[Layout]:
    """The producer's own first, then those of the program; blank ones are for blank rolls."""
    producer_id = current_user().producer_id or 0
    found = []
    for row in own.layouts_of(session, producer_id):
        with suppress(LabelsvcError):  # its sheet was deleted: the editor says so
            found.append(own.find(session, producer_id, row.name))
    found += library.for_packs()
    return [layout for layout in found if not layout.blank]


def _choice(session: Session, lot: Lot, have: Balance) -> Choice:
    values = request.form if request.method == "POST" else request.args
    layouts = _layouts(session)
    layout = next((x for x in layouts if x.name == values.get("layout")), None)
    layout = layout or next((x for x in layouts if x.name == "a4-65"), layouts[0])
    form = _form_of(values.get("form"), layout, lot)
    per_page = Sheet.of(layout).per_page if layout.kind == "sheet" else 100
    chosen = Choice(layout, form, min(max(have.remaining, 1), per_page))
    chosen.printer = _printer(session, lot, layout)
    numbers = {"count": chosen.count, "start_at": 1, "copies": 1, "spares": 0}
    for name, label in (
        ("count", "How many labels"), ("start_at", "Start at label"),
        ("copies", "Labels of each code"), ("spares", "Spare labels"),
    ):  # fmt: skip
        if not values.get(name):
            continue
        try:
            numbers[name] = whole(values[name], gettext(label), name)
        except BadInput as error:
            chosen.problems.append(problem(error))
    used: tuple[int, ...] = ()
    if layout.kind == "sheet":
        cells = {row_number(value) for value in values.getlist("used")}
        used = tuple(sorted(cells - {0}))
    looking = values.get("do") != "print"
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
    if wanted in _sheets(chosen, have):
        chosen.count = _sheets(chosen, have)[wanted]
        chosen.problems.clear()
    chosen.usual = bool(values.get("usual_spares"))
    if chosen.usual:
        chosen.imprint = replace(chosen.imprint, spares=_usual(chosen))
    if chosen.output != "pdf":
        chosen.imprint = print_run.on_roll(chosen.imprint, chosen.output)
    return chosen


def _usual(chosen: Choice) -> int:
    return usual_spares(max(chosen.count, 0) * max(chosen.imprint.copies, 1))


def _printers(session: Session, lot: Lot, layout: Layout) -> list[Printer]:
    """Those that can print *layout*: label printers take rolls only."""
    rows = printer_book.printers_of(session, lot.product.producer_id)
    return [row for row in rows if row.language == "pdf" or layout.kind != "sheet"]


def _printer(session: Session, lot: Lot, layout: Layout) -> Printer | None:
    """The printer that was chosen; on the first look the one of the newest run."""
    rows = _printers(session, lot, layout)
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


def _sheets(chosen: Choice, have: Balance) -> dict[str, int]:
    """Quick answers to "how many": full sheets, and all that is left. Name → labels."""
    found: dict[str, int] = {}
    sheet, imprint = Sheet.of(chosen.layout), chosen.imprint
    if chosen.layout.kind == "sheet":
        try:
            first = sheet.free_cells(imprint.start_at, imprint.used, imprint.order)
        except BadInput:  # told with the other problems
            first = sheet.per_page
        copies = max(1, imprint.copies)
        found = {str(n): (first + (n - 1) * sheet.per_page) // copies for n in (1, 2, 5)}
        found = {name: count for name, count in found.items() if 0 < count <= have.remaining}
    if have.remaining:
        found["all"] = have.remaining
    return found


def _begin(lot_id: int, chosen: Choice) -> int:
    """Start the run, once."""
    with site().database.writing() as session:
        lot = own_lot(session, lot_id)
        # Locked first, so that the second of two clicks sees the run of the first.
        session.execute(select(Lot.id).where(Lot.id == lot.id).with_for_update())
        if (made := _made(session, lot, chosen)) is not None:
            return made
        printer = session.get_one(Printer, chosen.printer.id) if chosen.printer else None
        run = print_run.start_run(
            session, lot=lot, layout=chosen.layout, count=chosen.count, form=chosen.form,
            imprint=chosen.imprint, output=chosen.output, printer=printer,
            base_url=site().settings.base_url, actor=actor(),
            pictures=mark.pictures(session, site().files),
        )  # fmt: skip
        return run.id


def _made(session: Session, lot: Lot, chosen: Choice) -> int | None:
    """The run that this very form made before: pressed twice, or sent again by a bad network.

    The form carries the last run that its page knew of. Looked for before anything is refused:
    what the first press took is missing to the second.
    """
    query = select(PrintRun).where(PrintRun.lot_id == lot.id).order_by(PrintRun.id.desc())
    newest = session.scalars(query.limit(1)).first()
    known = request.form.get("after", "")
    if newest is None or not known or str(newest.id) == known or not _same(newest, chosen):
        return None
    return newest.id


def _same(run: PrintRun, chosen: Choice) -> bool:
    before = replace(Imprint.read(run.imprint or {}), start_at=run.start_at)
    printer = chosen.printer.id if chosen.printer is not None else None
    return (
        (run.layout_name, run.form, run.count, before, run.output, run.printer_id, run.created_by)
        == (chosen.layout.name, chosen.form, chosen.count, chosen.imprint, chosen.output, printer, actor())
    )  # fmt: skip


def _drawing(chosen: Choice) -> Markup:
    """The first sheet to scale: what the run fills, what is used up, where it begins."""
    sheet, imprint, label = Sheet.of(chosen.layout), chosen.imprint, chosen.layout.label
    labels = min(imprint.labels(max(chosen.count, 0)), sheet.per_page)
    draw = partial(
        stock.drawing_svg, sheet, title=gettext("The first sheet"),
        round_labels=label.round, corner=label.corner_radius,
    )  # fmt: skip
    try:
        drawn = draw(
            used=imprint.used, start_at=imprint.start_at, order=imprint.order, labels=labels
        )
    except BadInput:  # told with the other problems
        drawn = draw()
    return Markup(drawn)  # noqa: S704 -- numbers and a sentence of ours, escaped


def _page(session: Session, lot: Lot, chosen: Choice, check: RunCheck) -> str:
    sheet = Sheet.of(chosen.layout)
    newest = session.scalar(select(func.max(PrintRun.id)).where(PrintRun.lot_id == lot.id))
    return render_template(
        "console/producer/wizard.html",
        lot=lot,
        p=lot.product,
        set_name=criteria.name(lot.product.set_number, current()),
        layouts=[(x, Sheet.of(x).per_page) for x in _layouts(session)],
        titles=titles_of(session),
        chosen=chosen.layout,
        per_page=sheet.per_page,
        columns=sheet.columns,
        drawing=_drawing(chosen) if chosen.layout.kind == "sheet" and sheet.per_page > 1 else "",
        sheets=_sheets(chosen, check.balance),
        form=chosen.form,
        forms=[(f, words) for f, words in FORM_WORDS if _possible(f, chosen.layout, lot)],
        count=chosen.count,
        imprint=chosen.imprint,
        labels=chosen.imprint.labels(max(chosen.count, 0)),
        usual=_usual(chosen),
        as_usual=chosen.usual,
        printers=_printers(session, lot, chosen.layout),
        printer=chosen.printer,
        output=chosen.output,
        after=newest or 0,
        check=check,
        cite=lambda source: legal.cite(source, current()),
        problems=chosen.problems,
        errors={p.field: f"{p.message} {p.fix}" for p in chosen.problems if p.field},
        contents_missing=any(isinstance(error, ContentMissing) for error in check.problems),
        inner_codes_off=any(isinstance(error, InnerCodesOff) for error in check.problems),
    )


def _possible(form: Form, layout: Layout, lot: Lot) -> bool:
    return form in layout.forms and (form is not Form.GS1 or bool(lot.product.gtin))


def _form_of(asked: str | None, layout: Layout, lot: Lot) -> Form:
    if asked in list(Form) and _possible(Form(asked), layout, lot):
        return Form(asked)
    usual = map(Form, layout.forms)
    return next((form for form in usual if _possible(form, layout, lot)), Form(layout.forms[0]))


@bp.get("/lots/<int:lot_id>/preview/<layout>.svg")
def preview_label(lot_id: int, layout: str) -> ResponseReturnValue:
    """One label with this lot's data, drawn by the list that also makes the PDF."""
    with site().database.reading() as session:
        lot = own_lot(session, lot_id)
        content = content_of(
            lot, base_url=site().settings.base_url, on=clock.today(),
            pictures=mark.pictures(session, site().files),
        )  # fmt: skip

        def draw(chosen: Layout) -> str:
            form = _form_of(request.args.get("form"), chosen, lot)
            unit = Unit(
                sample_code(lot, form, site().settings.base_url),
                _CAPTIONS.get(form, "").replace("{gtin}", lot.product.gtin or ""),
                "" if form is Form.LOT else position(1, _asked(lot.declared), next_mark(session)),
                sample_unit(form).inner_code,
            )
            return preview.svg(chosen, content, fonts.load(), unit=unit, placeholders=False)

        return picture(lambda: own.find(session, lot.product.producer_id, layout), draw)


def _asked(usual: int) -> int:
    """How many labels the run will have, which each of them says."""
    count = request.args.get("count", usual, type=int)
    return count if 0 < count < 10**9 else usual
