"""May this be printed? Every rule of the programme and the law at once, for a page to list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.catalogue.recognition import Standing, ruling
from labelsvc.codes import inner_lots, revoke, uri
from labelsvc.codes.issue import units_of_lots
from labelsvc.codes.models import Form
from labelsvc.errors import (
    BadInput,
    ContentMissing,
    InnerCodesOff,
    LabelsvcError,
    LayoutError,
    PrintRefused,
    QuantityExceeded,
    RecognitionForbids,
)
from labelsvc.i18n import day
from labelsvc.i18n import number as spell_number
from labelsvc.labels import fonts, legal, library, raster, symbol
from labelsvc.labels.content import LabelContent, Unit
from labelsvc.labels.contents import content_of, starred
from labelsvc.labels.drawing import Drawing, compose
from labelsvc.labels.imprint import Imprint
from labelsvc.labels.layout import Layout
from labelsvc.labels.models import PrintRun
from labelsvc.labels.printers import Profile
from labelsvc.labels.sheet import Sheet

#: Why stars may not be printed, by standing.
_WHY_NOT = {
    Standing.EXPIRED: "The recognition of {product} by decision {decision} ended on {valid_to}; its stars "
    "may not be printed.",
    Standing.WITHDRAWN: "The recognition of {product} by decision {decision} was withdrawn on "
    "{withdrawn_on}; its stars may not be printed.",
    Standing.NOT_RECOGNISED: "The recognition of {product} by decision {decision} begins on {valid_from}; "
    "its stars may not be printed before.",
}


@dataclass(frozen=True)
class Balance:
    """Labels of a lot: what it declared, what was issued, what was void, what may still be."""

    declared: int
    issued: int
    void: int

    @property
    def remaining(self) -> int:
        return max(0, self.declared - self.issued + self.void)


@dataclass(frozen=True)
class RunCheck:
    """Whether a run may be printed, and what it would be."""

    layout: Layout | None
    content: LabelContent
    balance: Balance
    problems: list[LabelsvcError] = field(default_factory=list)
    warnings: list[legal.Finding] = field(default_factory=list)
    plan: symbol.SymbolPlan | None = None
    pages: int = 0


def balance(session: Session, lot: Lot) -> Balance:
    """Unit labels of *lot*. Lot codes do not count: one code stands for all of them."""
    return balances(session, [lot])[lot.id]


def balances(session: Session, lots: Sequence[Lot]) -> dict[int, Balance]:
    """The same of many lots, in two looks: id → balance."""
    numbers = [lot.id for lot in lots]
    issued = units_of_lots(session, numbers)
    void = revoke.voided_of_lots(session, numbers)
    return {
        lot.id: Balance(lot.declared, issued.get(lot.id, 0), void.get(lot.id, 0)) for lot in lots
    }


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
    check.problems.extend(_rules(lot, chosen, form, count, have, on))
    if chosen.prints_inner_code:
        check.problems.extend(_no_inner_codes(session, lot, chosen, form))
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
        plan = symbol.SymbolPlan(
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


def _rules(
    lot: Lot, layout: Layout, form: Form, count: int, have: Balance, on: date
) -> list[LabelsvcError]:
    found: list[LabelsvcError] = []
    product = lot.product
    if not product.producer.active:
        found.append(
            PrintRefused(
                "{producer} is not active: no labels are printed.",
                fix="Ask the programme office.",
                producer=product.producer.name,
            )
        )
    if layout.purpose == "carton":
        found.append(
            PrintRefused(
                "{layout} is a label for cartons: goods are not labelled with it.",
                fix="Choose another layout; carton labels are made from a released run.",
                layout=layout.name,
            )
        )
    if layout.shows_stars and starred(lot, on) is None:
        found.append(_no_stars(lot, on))
    if count < 1:
        found.append(
            BadInput("At least one label must be printed.", fix="Enter a number from 1 up.")
        )
    elif form is Form.LOT and count > lot.declared:
        found.append(
            QuantityExceeded(
                "Lot {lot} declares {declared} units; {count} labels are more than one for each.",
                fix="Print fewer labels, or correct the quantity of the lot.",
                lot=lot.code,
                declared=lot.declared,
                left=lot.declared,
                count=count,
            )
        )
    elif form is not Form.LOT and not have.remaining:
        found.append(
            QuantityExceeded(
                "Lot {lot} declares {declared} units, and each has its label.",
                fix="Void misprinted ones, or correct the quantity of the lot.",
                lot=lot.code,
                declared=lot.declared,
                left=0,
                count=count,
            )
        )
    elif form is not Form.LOT and count > have.remaining:
        found.append(
            QuantityExceeded(
                "Lot {lot} declares {declared} units; {left} labels are left, {count} were asked for.",
                fix="Print fewer labels, void misprinted ones, or correct the quantity of the lot.",
                lot=lot.code,
                declared=lot.declared,
                left=have.remaining,
                count=count,
            )
        )
    if form not in layout.forms:
        found.append(
            PrintRefused(
                "The layout {layout} is not made for codes of the form {form}.",
                fix="Choose one of: {forms}.",
                layout=layout.name,
                form=str(form),
                forms=", ".join(layout.forms),
            )
        )
    if form is Form.GS1 and not product.gtin:
        found.append(
            ContentMissing(
                "The product {product} has no GTIN, which codes of the gs1 form need.",
                fix="Enter the GTIN of the product, or choose the short form.",
                product=product.name,
            )
        )
    if lot.recalled_at is not None:
        found.append(
            PrintRefused(
                "Lot {lot} is recalled.", fix="No labels are printed for it.", lot=lot.code
            )
        )
    if lot.expires_on is not None and lot.expires_on < on:
        found.append(
            PrintRefused(
                "Lot {lot} is past its expiry date {day}.",
                fix="Correct the date if it is wrong; goods past it may not be sold.",
                lot=lot.code,
                day=day(lot.expires_on),
            )
        )
    return found


def _no_stars(lot: Lot, on: date) -> RecognitionForbids:
    recognition = ruling(lot.product.recognitions, on)
    if recognition is None:
        return RecognitionForbids(
            "{product} has no recognition, so no stars may be printed.",
            fix="Choose a layout without stars, or ask the programme office to enter the decision.",
            product=lot.product.name,
        )
    standing = recognition.standing(on)
    return RecognitionForbids(
        _WHY_NOT.get(standing, _WHY_NOT[Standing.EXPIRED]),
        fix="Choose a layout without stars, or ask the programme office about renewal.",
        product=lot.product.name,
        decision=recognition.decision_number,
        standing=str(standing),
        valid_from=day(recognition.valid_from),
        valid_to=day(recognition.last_day),
        withdrawn_on=day(recognition.withdrawn_on),
    )


def _no_inner_codes(
    session: Session, lot: Lot, layout: Layout, form: Form
) -> Iterator[LabelsvcError]:
    if not inner_lots.asked_for(session, lot.id):
        yield InnerCodesOff(
            "The layout {layout} prints inner codes, and lot {lot} has none.",
            fix="Switch inner codes on for the lot, or choose another layout.",
            layout=layout.name,
            lot=lot.code,
        )
    if form is Form.LOT:
        yield PrintRefused(
            "The layout {layout} prints inner codes, which belong to one item each.",
            fix="Choose a form of code that is another on each item.",
            layout=layout.name,
        )


def sample_code(lot: Lot, form: Form, base_url: str) -> str:
    """A text of the length and alphabet of a code of *form*."""
    if form is Form.GS1:
        return uri.url(base_url, f"01/{lot.product.gtin or '0' * 14}/21/{'0' * 20}")
    return uri.url(base_url, "0" * (193 if form is Form.OFFLINE else 24))


def sample_printed(form: Form | str) -> str:
    """A caption that is wider than all but one in a thousand million codes of *form*.

    Letters differ in width by half: a caption of zeros would say that a code fits, and a run would
    fail when its numbers are taken. This one is six standard deviations above the mean.
    """
    group = "WMQ0"
    if form == Form.GS1:
        return " ".join(["(01) 00000000000000 (21)", *[group] * 5])
    return "" if form == Form.OFFLINE else " ".join([group] * 6)


def sample_inner(form: Form | str) -> str:
    """An inner code that is wider than nearly all, as `sample_printed`."""
    return "" if form == Form.LOT else " ".join(["WMQ0"] * 3)


def widest_mark(session: Session) -> str:
    """A mark as wide as any of the length that the next run has."""
    return re.sub(r"\d", "8", next_mark(session))


def position(number: int, count: int, mark: str = "") -> str:
    """How a label is numbered: run, and place in it: "Đ14 · 12/500"; "Đ14 · 12.345" in long runs.

    A lot may have several runs, each with a label 12. Without a mark: "12 / 500", "12.345".
    """
    if mark:
        return f"{mark} · {spell_number(number) if count > 999 else f'{number}/{count}'}"
    return spell_number(number) if count > 999 else f"{number} / {count}"


def mark_of(run_id: int) -> str:
    """How the labels of a run name it: as its pages do."""
    return f"Đ{run_id}"


def next_mark(session: Session) -> str:
    """That of the next run, if nobody begins one before: for previews."""
    return mark_of((session.scalar(select(func.max(PrintRun.id))) or 0) + 1)
