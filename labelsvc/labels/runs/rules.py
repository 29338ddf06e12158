"""Rules: refuses runs by quantity, dates, stars and inner codes. Used by check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.catalogue.recognition import Standing, ruling
from labelsvc.codes.models import Form
from labelsvc.codes.register import inner_lots, revoke
from labelsvc.codes.register.issue import units_of_lots
from labelsvc.errors import (
    BadInput,
    ContentMissing,
    InnerCodesOff,
    LabelsvcError,
    PrintRefused,
    QuantityExceeded,
    RecognitionForbids,
)
from labelsvc.i18n import day
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.runs.catalogue_content import starred

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


def broken_rules(
    lot: Lot, layout: Layout, form: Form, count: int, have: Balance, on: date
) -> list[LabelsvcError]:
    """Every rule that *count* labels of *lot* would break on the day *on*; not raised."""
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
    if layout.shows_stars and starred(lot.product, on) is None:
        found.append(_no_stars(lot, on))
    if count < 1:
        found.append(
            BadInput("At least one label must be printed.", fix="Enter a number from 1 up.")
        )
    elif count > (left := lot.declared if form is Form.LOT else have.remaining):
        found.append(_too_many(lot, form, count, left))
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
    found += _left_out(lot, layout)
    if lot.recalled_at is not None:
        found.append(
            PrintRefused(
                "Lot {lot} is recalled.", fix="No labels are printed for it.", lot=lot.code
            )
        )
    if lot.ended_at is not None:
        found.append(
            PrintRefused(
                "Lot {lot} is ended: nothing is printed for it any more.",
                fix="Go on with the lot first, or open another one.",
                lot=lot.code,
            )
        )
    if lot.expires_on is not None and lot.expires_on < on:
        found.append(
            PrintRefused(
                "Lot {lot} is past its expiry date {day}.",
                fix="Correct the date if it is wrong; no labels are made for goods past their date.",
                lot=lot.code,
                day=day(lot.expires_on),
            )
        )
    return found


def _left_out(lot: Lot, layout: Layout) -> Iterator[LabelsvcError]:
    """Refuse a layout with one kind of date for goods with the other; a full label is told so by the law
    check (Decree 37/2026/NĐ-CP art. 46)."""
    dates = layout.variables & {"expires", "best_before"}
    kind = "best_before" if lot.product.date_kind == "best_before" else "expires"
    if lot.expires_on is None or layout.purpose == "full_label" or not dates or kind in dates:
        return
    words = {"best_before": "Sử dụng tốt nhất trước ngày", "expires": "HSD"}
    yield PrintRefused(
        "The layout {layout} has no place for “{words}”, the date of {product}.",
        fix="Choose another layout, or write {variable} in this one.",
        layout=layout.name,
        words=words[kind],
        product=lot.product.name,
        variable=f"{{{kind}}}",
    )


def _too_many(lot: Lot, form: Form, count: int, left: int) -> QuantityExceeded:
    facts = {"lot": lot.code, "declared": lot.declared, "left": left, "count": count}
    if form is Form.LOT:
        return QuantityExceeded(
            "Lot {lot} declares {declared} units; {count} labels are more than one for each.",
            fix="Print fewer labels, or correct the quantity of the lot.",
            **facts,
        )
    if not left:
        return QuantityExceeded(
            "Lot {lot} declares {declared} units, and each has its label.",
            fix="Void misprinted ones, or correct the quantity of the lot.",
            **facts,
        )
    return QuantityExceeded(
        "Lot {lot} declares {declared} units; {left} labels are left, {count} were asked for.",
        fix="Print fewer labels, void misprinted ones, or correct the quantity of the lot.",
        **facts,
    )


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


def no_inner_codes(
    session: Session, lot: Lot, layout: Layout, form: Form
) -> Iterator[LabelsvcError]:
    """Refuse a layout with inner codes for a *lot* that has none; the error is given, not raised."""
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
