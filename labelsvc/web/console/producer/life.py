"""Life: the producer's pages that activate labels of a lot or enter goods as sold, first to last."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.codes.register.keys import keyring_of
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.labels.ledger import life
from labelsvc.labels.ledger.life import Piece
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.producer.bind import with_camera
from labelsvc.web.console.producer_scope import bp, own_lot
from labelsvc.web.guards import tries
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: Steps in words.
STEPS = {
    "activated": "Activate: they are on released goods",
    "sold": "Their goods are sold or used up",
}


@bp.route("/lots/<int:lot_id>/life", methods=["GET", "POST"])
def lot_life(lot_id: int) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST" and posted.text("do") == "enter":
        count = posted.attempt(lambda session: _enter(session, lot_id, posted))
        if count is not None:
            flash(gettext("{count} labels are written down.", count=count), "good")
            return redirect(url_for("producer.lot", lot_id=lot_id) + "#life", code=303)
    with site().database.reading() as session:
        found = own_lot(session, lot_id)
        pieces: Sequence[Piece] = ()
        if request.method == "POST" and not posted.problems and posted.text("do") == "look":
            try:
                pieces = _pieces(session, found, posted)
            except LabelsvcError as error:
                posted.add(error)
        page = render_template(
            "console/producer/lot_life.html",
            lot=found,
            p=found.product,
            living=life.living(session, found),
            pieces=pieces,
            total=sum(piece.count for piece in pieces),
            steps=STEPS,
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
        )
    return with_camera(make_response(page, posted.status))


def _enter(session: Session, lot_id: int, posted: Posted) -> int:
    lot = own_lot(session, lot_id)
    pieces = _pieces(session, lot, posted)
    return life.enter(session, lot, pieces, posted.text("step"), actor=actor())


def _pieces(session: Session, lot: Lot, posted: Posted) -> Sequence[Piece]:
    if posted.text("step") not in STEPS:
        raise BadInput(
            "Say what happened to the labels.", fix="Choose one of the list.", field="step"
        )
    if posted.text("all") == "1":
        return life.whole(session, lot)
    settings = site().settings
    ring = keyring_of(session, settings)
    with tries.counted():
        return life.between(session, ring, lot, posted.text("first"), posted.text("last"))
