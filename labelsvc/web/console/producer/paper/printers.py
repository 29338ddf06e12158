"""Printers: the producer's pages of printers, and of the correction measured on a sheet."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.errors import LabelsvcError, NotFound
from labelsvc.labels.drawing import fonts
from labelsvc.labels.models import Printer
from labelsvc.labels.printers import book, sheet
from labelsvc.labels.rolls.languages import LANGUAGES, PDF
from labelsvc.labels.sheets.profile import CROSSES_X, CROSSES_Y, Profile, measured
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.producer_scope import bp
from labelsvc.web.console.typed import row_number
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor, current_user
from labelsvc.web.site import site


def kinds() -> dict[str, str]:
    """Kinds of printers in words."""
    return {PDF: "Office printer, for sheets (PDF)"} | {
        name: language.title for name, language in LANGUAGES.items()
    }


#: Distances of the calibration sheet: name, letter on the sheet, what it should be.
MARKS = (
    ("left", "A", CROSSES_X[0]),
    ("right", "B", CROSSES_X[1]),
    ("top", "C", CROSSES_Y[0]),
    ("bottom", "D", CROSSES_Y[1]),
    ("slope", "E", 0.0),
)
_FIELDS = ("offset_x", "offset_y", "scale_x", "scale_y", "rotation")


def _producer_id() -> int:
    found = current_user().producer_id
    if found is None:
        abort(404)
    return found


def own_printer(session: Session, printer_id: int) -> Printer:
    """The printer, if it is the signed-in producer's; 404 otherwise, as if there were none."""
    try:
        return book.get(session, _producer_id(), printer_id)
    except NotFound:
        abort(404)


@bp.get("/printers")
def printers() -> ResponseReturnValue:
    with site().database.reading() as session:
        rows = book.printers_of(session, _producer_id())
        shown = [(row, Profile.from_json(row.profile)) for row in rows]
        return render_template("console/producer/printers.html", rows=shown, kinds=kinds())


@bp.get("/printers/calibration.pdf")
def calibration_sheet() -> ResponseReturnValue:
    """The sheet as it is, or bent by the correction of one printer, to see whether that is right."""
    profile = None
    if (asked := request.args.get("printer")) is not None:
        with site().database.reading() as session:
            profile = Profile.from_json(own_printer(session, row_number(asked)).profile)
    answer = Response(
        sheet.calibration_pdf(fonts.load(), language=current(), profile=profile),
        content_type="application/pdf",
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="calibration.pdf"'
    return answer


@bp.route("/printers/new", methods=["GET", "POST"])
def new_printer() -> ResponseReturnValue:
    return _form(None)


@bp.route("/printers/<int:printer_id>", methods=["GET", "POST"])
def printer(printer_id: int) -> ResponseReturnValue:
    return _form(printer_id)


@bp.post("/printers/<int:printer_id>/remove")
def remove_printer(printer_id: int) -> ResponseReturnValue:
    with site().database.writing() as session:
        book.remove(session, own_printer(session, printer_id))
    flash(gettext("The printer was removed. Runs that were made for it stay as they are."), "good")
    return redirect(url_for("producer.printers"))


def _form(printer_id: int | None) -> ResponseReturnValue:
    posted, values, found = Posted(), _empty(), None
    with site().database.reading() as session:
        row = own_printer(session, printer_id) if printer_id is not None else None
        if row is not None:
            values = _values(row)
        name = row.name if row is not None else ""
    if request.method == "POST":
        values |= {key: request.form.get(key, "") for key in values}
        if request.form.get("do") == "measure":
            found = _measured(posted)
            if found is not None:
                values |= _numbers(found)
        elif _saved(printer_id, posted):
            flash(gettext("The printer is saved."), "good")
            return redirect(url_for("producer.printers"), code=303)
    page = render_template(
        "console/producer/printer_form.html",
        printer_id=printer_id,
        name=name,
        values=values,
        kinds=kinds(),
        marks=MARKS,
        found=found,
        form=request.form,
        problems=posted.problems,
        errors=posted.errors,
    )
    return page, posted.status


def _empty() -> dict[str, Any]:
    return {"name": "", "language": PDF, "dpi": "0", "host": "", "port": "9100"} | _numbers(
        Profile()
    )


def _values(row: Printer) -> dict[str, Any]:
    profile = Profile.from_json(row.profile)
    told = {"name": row.name, "language": row.language, "host": row.host, "port": str(row.port)}
    return told | {"dpi": str(profile.dpi)} | _numbers(profile)


def _numbers(profile: Profile) -> dict[str, str]:
    """Fill the fields: mm, per cent, degrees."""
    return {
        "offset_x": _shown(profile.offset_x),
        "offset_y": _shown(profile.offset_y),
        "scale_x": _shown(profile.scale_x * 100),
        "scale_y": _shown(profile.scale_y * 100),
        "rotation": _shown(profile.rotation),
    }


def _shown(value: float) -> str:
    text = f"{round(value, 3) + 0.0:.3f}".rstrip("0").rstrip(".")  # + 0.0: no "-0"
    return text.replace(".", ",") if current() == "vi" else text


def _typed(posted: Posted, name: str, label: str, usual: float) -> float:
    """A figure with comma or point; minus as a keyboard or a phone writes it."""
    text = posted.text(name).strip().replace(",", ".").replace("−", "-")
    if not text:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -1000 < value < 1000:
        posted.no_figure(name, label, text)
        return usual
    return value


def _measured(posted: Posted) -> Profile | None:
    """Make a correction of the distances; None if they cannot be."""
    read = {name: _typed(posted, name, letter, should) for name, letter, should in MARKS}
    if posted.problems:
        return None
    try:
        return measured(
            left=read["left"], right=read["right"], top=read["top"], bottom=read["bottom"],
            slope=read["slope"],
        )  # fmt: skip
    except LabelsvcError as error:
        error.params.setdefault("field", "left")
        posted.add(error)
        return None


def _saved(printer_id: int | None, posted: Posted) -> bool:
    labels = {
        "offset_x": "Moves to the right, mm",
        "offset_y": "Moves down, mm",
        "scale_x": "Width, %",
        "scale_y": "Height, %",
        "rotation": "Turns clockwise, degrees",
    }
    usual = {"scale_x": 100.0, "scale_y": 100.0}
    read = {key: _typed(posted, key, labels[key], usual.get(key, 0.0)) for key in _FIELDS}
    dpi, port = posted.number("dpi", "Resolution"), posted.number("port", "Port")
    profile = Profile(
        read["offset_x"],
        read["offset_y"],
        round(read["scale_x"] / 100, 5),
        round(read["scale_y"] / 100, 5),
        read["rotation"],
        dpi or 0,
    )

    def act(session: Session) -> bool:
        row = own_printer(session, printer_id) if printer_id is not None else None
        book.save(
            session,
            _producer_id(),
            book.Setup(
                posted.text("name"),
                posted.text("language"),
                profile,
                posted.text("host"),
                9100 if port is None else port,
            ),
            printer=row,
            actor=actor(),
        )
        return True

    return bool(posted.attempt(act))
