"""Repeat: opens a lot like the last one of its product and prints it the same way, in one act.

Used by the page of producers for a telephone, which keeps an act until it hears that it is entered and may
send it many times: it is entered once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import User
from labelsvc.catalogue.lots import LotFacts, open_lot
from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.models import Form
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.labels import own_layouts
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import Printer, PrintRun, RunState, SentAct
from labelsvc.labels.runs.request import RunRequest
from labelsvc.labels.runs.start import start_run
from labelsvc.labels.sheets.imprint import Imprint

_UID: Final = re.compile(r"[0-9A-Za-z-]{16,64}")


@dataclass(frozen=True)
class Usual:
    """The last print of a product."""

    layout: Layout
    form: Form
    imprint: Imprint
    printer: Printer | None
    output: str
    declared: int


@dataclass(frozen=True, kw_only=True)
class Act:
    """An act as the telephone sends it. `uid`: made there, 16 to 64 of 0-9 A-Z a-z -, another for each act."""

    uid: str
    declared: int
    made_on: date | None = None
    sure: bool = False
    base_url: str
    former: tuple[str, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def usual(session: Session, product: Product) -> Usual | None:
    """Give what would be repeated; None where nothing of *product* was printed, or its layout is gone."""
    query = (
        select(PrintRun)
        .join(Lot)
        .where(Lot.product_id == product.id, PrintRun.state != RunState.FAILED)
        .where(PrintRun.reprint_of.is_(None))
        .order_by(PrintRun.id.desc())
        .limit(1)
    )
    run = session.scalars(query).first()
    if run is None:
        return None
    try:
        layout = own_layouts.find(session, product.producer_id, run.layout_name)
    except LabelsvcError:
        return None
    before = Imprint.from_json(run.imprint or {})
    # Cells that were used up are those of another sheet.
    imprint = Imprint(order=before.order, copies=before.copies, collate=before.collate)
    printer = session.get(Printer, run.printer_id) if run.printer_id else None
    return Usual(layout, Form(run.form), imprint, printer, run.output, run.lot.declared)


def enter(session: Session, product: Product, act: Act, *, user_id: int) -> PrintRun:
    """Open the lot and begin its run, or give the run that this very act began before.

    :raises BadInput: the uid is none, nothing was printed before, or a field is wrong.
    :raises PrintRefused: what forbids the run; then there is no lot either.
    """
    if not _UID.fullmatch(act.uid):
        raise BadInput("The form was changed on its way.", fix="Reload the page and send it again.")
    # One act of a person at a time: of two that were sent together the second finds the first.
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    known = session.get(SentAct, (user_id, act.uid))
    if known is not None:
        return known.run
    last = usual(session, product)
    if last is None:
        raise BadInput(
            "Nothing of {product} was printed before.",
            fix="Open a lot and print its first labels; from then on they can be repeated.",
            product=product.name,
        )
    actor = f"user:{user_id}"
    before = session.scalars(
        select(Lot).where(Lot.product_id == product.id).order_by(Lot.id.desc()).limit(1)
    ).one()
    facts = LotFacts(
        declared=act.declared, made_on=act.made_on, growing_area=before.growing_area,
        season=before.season, activation=before.activation, sure=act.sure,
    )  # fmt: skip
    lot = open_lot(session, product, facts, actor=actor)
    request = RunRequest(
        lot=lot, layout=last.layout, count=act.declared, form=last.form, imprint=last.imprint,
        output=last.output, printer=last.printer, base_url=act.base_url, former=act.former,
        pictures=act.pictures,
    )  # fmt: skip
    run = start_run(session, request, actor=actor)
    session.add(SentAct(user_id=user_id, uid=act.uid, run_id=run.id))
    session.flush()
    return run
