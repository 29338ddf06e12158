"""May this be printed? Every rule of the programme and the law at once, for a page to list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.errors import BadInput, ContentMissing, LabelsvcError, LayoutError
from labelsvc.labels import legal
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import Drawing, compose
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.rolls import raster
from labelsvc.labels.runs.catalogue_content import content_of
from labelsvc.labels.runs.numbering import (
    position,
    sample_code,
    sample_inner,
    sample_printed,
    widest_mark,
)
from labelsvc.labels.runs.rules import Balance, balance, broken_rules, no_inner_codes
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.labels.sheets.profile import Profile
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.labels.symbols import size


@dataclass(frozen=True)
class RunCheck:
    """Whether a run may be printed, and what it would be."""

    layout: Layout | None
    content: LabelContent
    balance: Balance
    problems: list[LabelsvcError] = field(default_factory=list)
    warnings: list[legal.Finding] = field(default_factory=list)
    plan: size.SymbolPlan | None = None
    pages: int = 0


def check_run(
    session: Session,
    *,
    lot: Lot,
    layout: str | Layout,
    count: int,
    form: Form | str = Form.SHORT,
    imprint: Imprint | None = None,
    output: str = "pdf",
    profile: Profile | None = None,
    base_url: str,
    on: date | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> RunCheck:
    """Everything that speaks against printing, so that a page can list it at once.

    :param layout: name of a built-in layout, or a layout.
    :param imprint: cells, order, copies, spares.
    :param output: kind of the file: commands of a label printer need a roll and its resolution.
    :param profile: correction of the printer.
    :param on: day that the recognition must allow stars on; today unless given.
    :param pictures: of the programme, `mark.pictures`.
    """
    on, form = on or clock.today(), Form(form)
    content = content_of(lot, base_url=base_url, on=on, pictures=pictures)
    have = balance(session, lot)
    try:
        chosen = library.get(layout) if isinstance(layout, str) else layout
    except LayoutError as error:
        return RunCheck(None, content, have, [error])
    check = RunCheck(chosen, content, have)
    check.problems.extend(broken_rules(lot, chosen, form, count, have, on))
    if chosen.prints_inner_code:
        check.problems.extend(no_inner_codes(session, lot, chosen, form))
    plan, pages, drawn = None, 0, None
    unit = Unit(
        sample_code(lot, form, base_url),
        sample_printed(form),
        position(count, count, widest_mark(session)),
        sample_inner(form),
    )
    try:
        imprint = imprint or Imprint()
        sheet = Sheet.of(chosen)
        imprint.check(sheet)
        labels = imprint.labels(max(count, 1))
        pages = sheet.pages(
            labels, start_at=imprint.start_at, used=imprint.used, order=imprint.order
        )
        whole = compose(chosen, content, fonts.load(), unit=unit)
        whole.resolve(unit, fonts.load())  # the words of each label fit too
        drawn = whole
        if output != "pdf":
            raster.web_of(chosen, drawn, profile)
            raster.check_pictures(chosen, content, unit, fonts.load())
        plan = size.SymbolPlan(
            drawn.symbol.version, drawn.symbol.level, drawn.symbol.dots, drawn.symbol.module
        )
    except (LayoutError, BadInput) as error:
        check.problems.append(error)
    _law(check, chosen, drawn, lot.product.set_number, unit)
    return RunCheck(chosen, content, have, check.problems, check.warnings, plan, pages)


def _law(
    check: RunCheck, layout: Layout, drawn: Drawing | None, set_number: int, unit: Unit
) -> None:
    """What the label law says: of the words alone where they could not be drawn."""
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
