"""Check: applies every rule of the programme and the law to a run that somebody asks for. Used by
`start` and by the page that offers the run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.errors import BadInput, ContentMissing, LabelsvcError, LayoutError
from labelsvc.labels import legal
from labelsvc.labels.checks import paper_edge
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import Drawing, compose
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.rolls import raster
from labelsvc.labels.rolls.languages import PDF
from labelsvc.labels.runs.catalogue_content import lot_content
from labelsvc.labels.runs.numbering import (
    position,
    sample_code,
    sample_inner,
    sample_printed,
    widest_name,
)
from labelsvc.labels.runs.request import RunRequest
from labelsvc.labels.runs.rules import Balance, balance, broken_rules, no_inner_codes
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.labels.symbols import size


@dataclass(frozen=True)
class RunCheck:
    """True if a run may be printed, and what it would be."""

    layout: Layout | None
    content: LabelContent
    balance: Balance
    problems: list[LabelsvcError] = field(default_factory=list)
    warnings: list[legal.Finding] = field(default_factory=list)
    plan: size.SymbolPlan | None = None
    pages: int = 0


def check_run(
    session: Session,
    request: RunRequest,
    *,
    on: date | None = None,
) -> RunCheck:
    """Collect everything that speaks against printing, so that a page can list it at once.

    :param on: day that the recognition must allow stars on; today unless given.
    """
    on, lot, form, count = on or clock.today(), request.lot, request.form, request.count
    content = lot_content(lot, base_url=request.base_url, on=on, pictures=request.pictures)
    have = balance(session, lot)
    try:
        chosen = request.chosen_layout()
    except LayoutError as error:
        return RunCheck(None, content, have, [error])
    check = RunCheck(chosen, content, have)
    check.problems.extend(broken_rules(lot, chosen, form, count, have, on))
    if chosen.prints_inner_code:
        check.problems.extend(no_inner_codes(session, lot, chosen, form))
    plan, pages, drawn = None, 0, None
    unit = Unit(
        sample_code(lot, form, request.base_url),
        sample_printed(form),
        position(count, count, widest_name(session)),
        sample_inner(form),
    )
    try:
        sheet = Sheet.of(chosen)
        request.imprint.check(sheet)
        pages = sheet.pages(request.imprint.labels(max(count, 1)), request.placement)
        whole = compose(chosen, content, fonts.load(), unit=unit)
        whole.resolve(unit, fonts.load())  # the words of each label fit too
        drawn = whole
        if request.output != PDF:
            raster.media_of(chosen, drawn, request.profile)
            raster.check_pictures(chosen, content, unit, fonts.load())
        plan = size.SymbolPlan(
            drawn.symbol.version, drawn.symbol.level, drawn.symbol.dots, drawn.symbol.module
        )
    except (LayoutError, BadInput) as error:
        check.problems.append(error)
    _law(check, chosen, drawn, lot.product.set_number, unit)
    if drawn is not None and request.output == PDF:
        check.warnings.extend(paper_edge.findings(chosen, drawn))
    return RunCheck(chosen, content, have, check.problems, check.warnings, plan, pages)


def _law(
    check: RunCheck, layout: Layout, drawn: Drawing | None, set_number: int, unit: Unit
) -> None:
    """Ask the label law: of the words alone if they could not be drawn."""
    findings = (
        legal.check_run(layout, check.content, set_number)
        if drawn is None
        else legal.check_label(layout, drawn, check.content, set_number, fonts.load(), unit=unit)
    )
    check.warnings.extend(f for f in findings if f.severity != "error")
    check.problems.extend(
        ContentMissing(f.message, fix=f.fix, article=f.article, **f.params)
        for f in findings
        if f.severity == "error"
    )
