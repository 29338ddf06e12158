"""Wizard: the producer's page that chooses layout, cells, copies and printer, shows them, and
prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
    LabelOverflow,
    LabelsvcError,
    QuantityExceeded,
)
from labelsvc.labels import legal, own_layouts
from labelsvc.labels.drawing import fonts, svg
from labelsvc.labels.drawing.content import Unit, sample_unit
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import artwork
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.catalogue_content import lot_content
from labelsvc.labels.runs.check import RunCheck
from labelsvc.labels.runs.numbering import next_name, position, sample_code
from labelsvc.labels.runs.offers import Offer
from labelsvc.labels.runs.parts import layout_of
from labelsvc.labels.sheets import stock
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.labels.sheets.plain_paper import on_plain_paper
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.web.console.editor.picture import picture
from labelsvc.web.console.forms import Problem
from labelsvc.web.console.producer.printing.choice import (
    Choice,
    as_usual,
    form_of,
    full_sheets,
    possible,
    printers_for,
    read_choice,
)
from labelsvc.web.console.producer.printing.dress import too_wide
from labelsvc.web.console.producer_scope import bp, own_lot, titles_of
from labelsvc.web.language import current, explain, gettext
from labelsvc.web.signed_in import actor
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


@bp.route("/lots/<int:lot_id>/print", methods=["GET", "POST"])
def wizard(lot_id: int) -> ResponseReturnValue:
    printing = request.method == "POST" and request.form.get("do") == "print"
    with site().database.reading() as session:
        lot = own_lot(session, lot_id)
        chosen = read_choice(session, lot, print_run.balance(session, lot))
        check = _checked(session, lot, chosen)
        titles = titles_of(session)
        chosen.problems += [_pointed(error, titles) for error in check.problems]
        if printing and (made := _made(session, lot, chosen)) is not None:
            return redirect(url_for("producer.run", run_id=made), code=303)
        if not printing or chosen.problems:
            page = _page(session, lot, chosen, check)
            return page, 409 if printing else 200
    try:
        run_id = _begin(lot_id, chosen)
    except LabelsvcError as error:  # what changed since it was looked at, or the printer forbids
        chosen.problems.append(_pointed(error, titles))
        with site().database.reading() as session:
            return _page(session, own_lot(session, lot_id), chosen, check), 409
    return redirect(url_for("producer.run", run_id=run_id), code=303)


def _checked(session: Session, lot: Lot, chosen: Choice) -> RunCheck:
    """Every rule for what is chosen; where words lack the room of the band, the narrow dress."""
    check = print_run.check_run(session, chosen.request(session, lot))
    if chosen.plain is None or chosen.look.family is None or not too_wide(check):
        return check
    wide, layout = chosen.layout, chosen.look.on(chosen.plain, narrow=True)
    chosen.layout = on_plain_paper(layout) if chosen.cut_out else layout
    narrow = print_run.check_run(session, chosen.request(session, lot))
    if too_wide(narrow):
        chosen.layout = wide
        return check
    return narrow


def _pointed(error: LabelsvcError, titles: Mapping[str, str]) -> Problem:
    """*error* with the input of the wizard that mends it, if there is one.

    In the words of somebody who prints: a layout has its title, and what does not fit is told without the
    names of boxes and the sizes of letters, which the editor of layouts is for.
    """
    if isinstance(error, LabelOverflow):
        error = LabelOverflow(
            "“{text}” is too long for this label.",
            fix="Choose a larger label, or shorten the text at the product.",
            text=error.params["text"],
        )
    elif error.params.get("layout") in titles:
        params = error.params | {"layout": titles[error.params["layout"]]}
        error = type(error)(error.message, fix=error.fix, **params)
    quantity = isinstance(error, QuantityExceeded)
    return Problem(*explain(error), "count" if quantity else "")


def _begin(lot_id: int, chosen: Choice) -> int:
    """Start the run, once."""
    with site().database.writing() as session:
        lot = own_lot(session, lot_id)
        # Locked first, so that the second of two clicks sees the run of the first.
        session.execute(select(Lot.id).where(Lot.id == lot.id).with_for_update())
        if (made := _made(session, lot, chosen)) is not None:
            return made
        return print_run.start_run(session, chosen.request(session, lot), actor=actor()).id


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
    before = replace(Imprint.from_json(run.imprint or {}), start_at=run.start_at)
    printer = chosen.printer.id if chosen.printer is not None else None
    if layout_of(run).sheet.marks != chosen.cut_out:
        return False
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
        drawn = draw(imprint.placement(), labels=labels)
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
        layouts=[(x, Sheet.of(x.layout).per_page) for x in sorted(chosen.offered, key=_unfit)],
        proposed=chosen.proposed,
        titles=titles_of(session),
        plain=chosen.plain or chosen.layout,
        look=chosen.look,
        chosen=chosen.layout,
        per_page=sheet.per_page,
        columns=sheet.columns,
        drawing=_drawing(chosen) if chosen.layout.kind == "sheet" and sheet.per_page > 1 else "",
        sheets=full_sheets(chosen, check.balance),
        form=chosen.form,
        forms=[(f, words) for f, words in FORM_WORDS if possible(f, chosen.layout, lot)],
        count=chosen.count,
        imprint=chosen.imprint,
        labels=chosen.imprint.labels(max(chosen.count, 0)),
        usual=as_usual(chosen),
        as_usual=chosen.usual,
        printers=printers_for(session, lot, chosen.layout),
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


def _unfit(offer: Offer) -> bool:
    """Order of the layouts: those that can be printed come first."""
    return bool(offer.reason)


@bp.get("/lots/<int:lot_id>/preview/<layout>.svg")
def preview_label(lot_id: int, layout: str) -> ResponseReturnValue:
    """One label with this lot's data, drawn by the list that also makes the PDF."""
    with site().database.reading() as session:
        lot = own_lot(session, lot_id)
        content = lot_content(
            lot, base_url=site().settings.base_url, on=clock.today(),
            pictures=artwork.pictures(session, site().files, lot.product.producer_id),
        )  # fmt: skip

        def draw(chosen: Layout) -> str:
            form = form_of(request.args.get("form"), chosen, lot)
            unit = Unit(
                sample_code(lot, form, site().settings.base_url),
                _CAPTIONS.get(form, "").replace("{gtin}", lot.product.gtin or ""),
                "" if form is Form.LOT else position(1, _asked(lot.declared), next_name(session)),
                sample_unit(form).inner_code,
            )
            return svg.svg(chosen, content, fonts.load(), unit=unit, placeholders=False)

        return picture(lambda: own_layouts.find(session, lot.product.producer_id, layout), draw)


def _asked(usual: int) -> int:
    """Read how many labels the run will have, which each of them says."""
    count = request.args.get("count", usual, type=int)
    return count if 0 < count < 10**9 else usual
