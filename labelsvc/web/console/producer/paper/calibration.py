"""Calibration: the producer's pages of calibration labels and the measures taken from them."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.labels import own_layouts
from labelsvc.labels.drawing import fonts
from labelsvc.labels.layouts.paper import Article
from labelsvc.labels.models import Printer
from labelsvc.labels.printers import book, send_now
from labelsvc.labels.printers import label as calibration_label
from labelsvc.labels.rolls.languages import LANGUAGES
from labelsvc.labels.sheets import stock
from labelsvc.labels.sheets.profile import Profile, moved
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import offered_or_refused
from labelsvc.web.console.producer.paper.printers import own_printer
from labelsvc.web.console.producer_scope import bp
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: The roll that is shown first, if there is one of it.
_USUAL = "roll-50x30"


def _rolls(session: Session, printer: Printer) -> dict[str, Article]:
    """Rolls that one can buy and the producer's own, by name."""
    found = own_layouts.articles(session, printer.producer_id)
    return {name: article for name, article in found.items() if stock.is_roll(article)}


def _printer(session: Session, printer_id: int) -> Printer:
    row = own_printer(session, printer_id)
    if row.language not in LANGUAGES:
        abort(404)
    return row


def _file(printer: Printer, article: Article, *, corrected: bool) -> bytes:
    profile = Profile.from_json(printer.profile)
    return calibration_label.calibration_file(
        article, fonts.load(), dpi=profile.dpi, output=LANGUAGES[printer.language], language=current(),
        profile=profile if corrected else None,
    )  # fmt: skip


@bp.get("/printers/<int:printer_id>/label")
def calibration_label_page(printer_id: int) -> ResponseReturnValue:
    return _page(printer_id, Posted())


@bp.get(f"/printers/<int:printer_id>/label.<any({', '.join(LANGUAGES)}):kind>")
def calibration_label_file(printer_id: int, kind: str) -> ResponseReturnValue:
    """Commands of the labels, plain, or moved by the saved correction to see whether it is right."""
    with site().database.reading() as session:
        row = _printer(session, printer_id)
        article = _rolls(session, row).get(request.args.get("roll", ""))
        if article is None or kind != row.language:
            abort(404)
        data = _file(row, article, corrected=request.args.get("corrected") == "1")
    answer = Response(data, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="calibration.{kind}"'
    return answer


@bp.post("/printers/<int:printer_id>/label")
def use_calibration_label(printer_id: int) -> ResponseReturnValue:
    """Send the labels to the printer, or save what was measured on them."""
    posted, doing = Posted(), request.form.get("do")
    done = _sent(printer_id, posted) if doing == "send" else _measured(printer_id, posted)
    if done:
        roll = posted.text("roll")
        where = url_for("producer.calibration_label_page", printer_id=printer_id, roll=roll)
        return redirect(where, code=303)
    return _page(printer_id, posted)


def _chosen(session: Session, row: Printer, posted: Posted) -> Article:
    article = _rolls(session, row).get(posted.text("roll"))
    if article is None:
        raise BadInput("There is no such roll.", fix="Choose one of the list.", field="roll")
    return article


def _sent(printer_id: int, posted: Posted) -> bool:
    """Never inside `writing()`: a printer that is off would keep everybody else from writing."""
    try:
        with site().database.reading() as session:
            row = _printer(session, printer_id)
            corrected = posted.text("corrected") == "1"
            data = _file(row, _chosen(session, row, posted), corrected=corrected)
            session.expunge(row)
        send_now.deliver(row, data, site().settings.printer_networks)
    except LabelsvcError as error:
        posted.add(error)
        return False
    flash(gettext("The labels were sent to the printer."), "good")
    return True


def _measured(printer_id: int, posted: Posted) -> bool:
    left, top = posted.decimal("left", "A"), posted.decimal("top", "C")
    if left is None or top is None:
        missing = "left" if left is None else "top"
        posted.add(BadInput("Both distances are needed.", fix="Measure A and C.", field=missing))
        return False

    def act(session: Session) -> Profile:
        row = _printer(session, printer_id)
        cross = calibration_label.cross_of(_chosen(session, row, posted))
        profile = moved(
            left=float(left), top=float(top), cross=cross, dpi=Profile.from_json(row.profile).dpi
        )
        book.save(
            session,
            row.producer_id,
            book.Setup(row.name, row.language, profile, row.host, row.port),
            printer=row,
            actor=actor(),
        )
        return profile

    saved = posted.attempt(act)
    if saved:
        flash(gettext("The correction is saved. Print the labels with it and compare."), "good")
    return bool(saved)


def _page(printer_id: int, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        row = _printer(session, printer_id)
        rolls = _rolls(session, row)
        usual = _USUAL if _USUAL in rolls else next(iter(rolls))
        # What a form sends was answered beside its field.
        sent = request.form.get("roll", "")
        chosen = sent if sent in rolls else usual
        chosen = offered_or_refused(request.args.get("roll", ""), rolls, "roll") or chosen
        page = render_template(
            "console/producer/printer_label.html",
            printer=row,
            profile=Profile.from_json(row.profile),
            rolls=[(name, article.title or name) for name, article in rolls.items()],
            chosen=chosen,
            mark=calibration_label.cross_of(rolls[chosen]),
            dots=calibration_label.LADDER,
            may_send=bool(site().settings.printer_networks) and bool(row.host),
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status
