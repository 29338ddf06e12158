"""Offers: tells which layouts a lot can be printed with, the best first chosen, and why the others cannot.

Used by the wizard of producers. What forbids printing whatever the layout (a recalled lot, no quantity left)
is no reason against one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.errors import (
    ContentMissing,
    InnerCodesOff,
    LabelOverflow,
    LabelsvcError,
    LayoutError,
    QuantityExceeded,
    RecognitionForbids,
)
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.labels.runs.catalogue_content import lot_content
from labelsvc.labels.runs.check import check_run
from labelsvc.labels.runs.request import RunRequest
from labelsvc.labels.runs.rules import balance, broken_rules, no_inner_codes

#: Criteria sets of what is eaten or drunk.
_EATEN: Final = range(1, 19)
#: Among those that pass, what most producers print on first: sheets for any printer.
_USUAL: Final = ("a4-65", "a4-24", "a4-12", "a4-8", "craft-tag", "a4-65-plain", "a4-24-plain")
#: Kind of refusal → reason in a few words; the first that fits.
_REASONS: Final[tuple[tuple[type[LabelsvcError], str], ...]] = (
    (RecognitionForbids, "Has stars: needs a decision in force"),
    (InnerCodesOff, "For inner codes, which are off for this lot"),
    (LabelOverflow, "Too small for the texts of this product"),
    (ContentMissing, "Contents of the label are missing"),
    (LayoutError, "Too small for the texts of this product"),
)
_OTHERWISE: Final = "Not made for these goods"
#: What drawing found, by layout and words.
_KEPT: dict[tuple[str, int, str, str], tuple[tuple[type[LabelsvcError], ...], int]] = {}
_MOST_KEPT: Final = 500


@dataclass(frozen=True)
class Offer:
    """A layout, and in a few words why it cannot be printed; "" where it can."""

    layout: Layout
    reason: str
    #: Things that the law finds worth a look.
    warnings: int = 0


def offers(
    session: Session, lot: Lot, layouts: Sequence[Layout], make: Callable[[Layout], RunRequest]
) -> list[Offer]:
    """Every one of *layouts*, in their order; *make* gives the usual run of one."""
    have, today = balance(session, lot), clock.today()
    usual = make(layouts[0])
    content = lot_content(lot, base_url=usual.base_url, on=today, pictures=usual.pictures)
    words = repr((sorted(content.values_by_name.items()), content.stars))
    found = []
    for layout in layouts:
        request = make(layout)
        broken = broken_rules(lot, layout, request.form, 1, have, today)
        if layout.prints_inner_code:
            broken += no_inner_codes(session, lot, layout, request.form)
        found.append((layout, broken, *_drawn(session, request, layout, words)))
    counted = Counter(message for _, broken, *_ in found for message in _messages(broken))
    everywhere = {message for message, count in counted.items() if count == len(layouts) > 1}
    return [
        Offer(layout, _reason(layout, lot, [e for e in broken if e.message not in everywhere], drawn), warnings)
        for layout, broken, drawn, warnings in found
    ]  # fmt: skip


def _messages(errors: Sequence[LabelsvcError]) -> set[str]:
    return {error.message for error in errors}


def _drawn(
    session: Session, request: RunRequest, layout: Layout, words: str
) -> tuple[tuple[type[LabelsvcError], ...], int]:
    """Kinds of error that drawing the label and the law find, and warnings.

    A label takes 30 ms to draw and to read for the law, and the wizard asks for all layouts at each choice:
    what was found is kept for as long as the *words* on the label are the same.
    """
    key = (layout.model_dump_json(), request.lot.product.set_number, str(request.form), words)
    found = _KEPT.get(key)
    if found is None:
        check = check_run(session, request)
        kinds = [type(e) for e in check.problems if isinstance(e, LayoutError | ContentMissing)]
        found = tuple(kinds), len(check.warnings)
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = found
    return found


def _reason(
    layout: Layout,
    lot: Lot,
    broken: Sequence[LabelsvcError],
    drawn: Sequence[type[LabelsvcError]],
) -> str:
    if layout.purpose == "full_label" and lot.product.set_number not in _EATEN:
        return "For food and drink"
    kinds = [type(error) for error in broken if not isinstance(error, QuantityExceeded)] + [*drawn]
    for kind, words in _REASONS:
        if any(issubclass(found, kind) for found in kinds):
            return words
    return _OTHERWISE if kinds else ""


def best(session: Session, lot: Lot, offered: Sequence[Offer]) -> Offer:
    """The layout to begin with: the last one of the product, else of the producer, else the usual; one that
    passes before any that does not."""
    liked = dict.fromkeys((*_last_names(session, lot), *_USUAL))
    places = {name: place for place, name in enumerate(liked)}

    def rank(offer: Offer) -> tuple[bool, int, int]:
        return bool(offer.reason), places.get(offer.layout.name, len(places)), offer.warnings

    return min(offered, key=rank)


def _last_names(session: Session, lot: Lot) -> list[str]:
    """Names of layouts that were printed before: for this product, newest first, then for the producer."""
    query = (
        select(PrintRun.layout_name, func.max(PrintRun.id))
        .join(Lot)
        .where(PrintRun.state != RunState.FAILED)
        .group_by(PrintRun.layout_name)
        .order_by(func.max(PrintRun.id).desc())
        .limit(5)
    )
    product = session.execute(query.where(Lot.product_id == lot.product_id))
    producer = session.execute(query.where(Lot.product.has(producer_id=lot.product.producer_id)))
    return list(dict.fromkeys([row[0] for row in product] + [row[0] for row in producer]))
