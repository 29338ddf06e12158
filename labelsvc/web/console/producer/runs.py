"""Runs: the producer's pages of print runs: fetch, send, and enter what became of the labels."""

from __future__ import annotations

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.codes.register.keys import keyring_of
from labelsvc.codes.register.revoke import marks_of
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.jobs import queue
from labelsvc.jobs.models import Job
from labelsvc.labels.ledger import ledger, life, replacement, taken
from labelsvc.labels.models import Printer, PrintRun, RunState
from labelsvc.labels.printers import book, sending
from labelsvc.labels.rolls.languages import PDF, outputs
from labelsvc.labels.runs import artwork
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.numbering import position
from labelsvc.labels.runs.parts import layout_of
from labelsvc.labels.sheets.sheet import Sheet, cells
from labelsvc.web.console.fetched import attachment
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import names_of, paged
from labelsvc.web.console.producer.printing.wizard import FORM_WORDS
from labelsvc.web.console.producer_scope import bp, own_run, titles_of
from labelsvc.web.console.typed import row_number, whole
from labelsvc.web.guards import tries
from labelsvc.web.language import explain, gettext
from labelsvc.web.signed_in import actor, current_user
from labelsvc.web.site import site

_PAGE = 25
#: What may be written into the ledger of a run, in the order of its form.
ENTRIES = {
    "printed": "They came out of the printer",
    "spoiled": "They are spoiled, or will not be used (their codes become void)",
    "reprint": "Print them again under new numbers (these become void)",
    "activated": "They are on goods",
    "sold": "Their goods are sold or used up",
}
#: What stands in the ledger, in words.
WRITTEN = {
    "printed": "printed",
    "unprinted": "did not come out",
    "spoiled": "spoiled",
    "voided": "void",
    "reprinted": "printed again",
    "activated": "on goods",
    "sold": "sold",
}
#: How far a sending is.
SENDINGS = {
    "queued": "waiting",
    "sending": "on its way",
    "sent": "sent",
    "failed": "failed",
}


@bp.get("/runs")
def runs() -> ResponseReturnValue:
    producer_id = current_user().producer_id
    with site().database.reading() as session:
        shown = paged(session, print_run.runs_of(producer_id), size=_PAGE)
        return render_template(
            "console/producer/runs.html",
            rows=shown.rows,
            titles=titles_of(session),
            page=shown.page,
            last=shown.last,
        )


@bp.get("/runs/<int:run_id>")
def run(run_id: int) -> ResponseReturnValue:
    return _run_page(run_id, Posted())


def _run_page(run_id: int, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = own_run(session, run_id)
        entries = ledger.entries(session, found)
        mine = book.printers_of(session, found.lot.product.producer_id)
        page = render_template(
            "console/producer/run.html",
            run=found,
            lot=found.lot,
            p=found.lot.product,
            titles=titles_of(session),
            forms=dict(FORM_WORDS),
            progress=print_run.progress(found),
            waiting=found.state in (RunState.QUEUED, RunState.RENDERING),
            marks=marks_of(session, found.issue),
            failure=_failure(found),
            from_jam=request.args.get("from", ""),
            made_for=session.get(Printer, found.printer_id) if found.printer_id else None,
            entries=entries,
            per_page=Sheet.of(layout_of(found)).per_page if found.output == PDF else 1,
            positions=[position(n, found.count, found.name_on_labels) for n in (1, found.count)],
            people=names_of(session, [entry.actor for entry in entries]),
            printers={row.id: row.name for row in mine},
            kinds=ENTRIES,
            written=WRITTEN,
            sendings=taken.sendings_of(session, found),
            far=taken.progress(session, found),
            sending_words=SENDINGS,
            stopped=_stopped(session, found),
            networked=[row for row in mine if _takes(row, found)],
            may_send=bool(site().settings.printer_networks),
            problems=posted.problems,
            errors=posted.errors,
            form=request.form,
        )
    return page, posted.status


def _takes(printer: Printer, run: PrintRun) -> bool:
    """True if *printer* is in the network and prints the file of *run* as it is."""
    alike = printer.language == run.output and sending.dots_agree(run, printer)
    return bool(printer.host) and alike


def _failure(run: PrintRun) -> str:
    """Tell why a run was not released and what to do, in the reader's language."""
    error = print_run.failure(run)
    return " ".join(explain(error)) if error is not None else ""


def _stopped(session: Session, run: PrintRun) -> dict[int, str]:
    """Sending → why it failed and what to do, in the reader's language."""
    found = {}
    for row in taken.sendings_of(session, run):
        job = session.get(Job, row.job_id) if row.error and row.job_id else None
        if job is not None:
            found[row.id] = " ".join(explain(queue.failure(job)))
    return found


@bp.get("/runs/<int:run_id>/state")
def run_state(run_id: int) -> ResponseReturnValue:
    """For the page's poll: where the run is, and how far it is on its way to a printer."""
    with site().database.reading() as session:
        found = own_run(session, run_id)
        done, total = print_run.progress(found)
        far, sent = taken.progress(session, found), taken.sendings_of(session, found)
        return jsonify(
            {"state": found.state, "done": done, "total": total}
            | {"under_way": far.under_way, "taken": far.taken}
            | {"sending": sent[0].state if sent else ""}
        )


@bp.get(f"/runs/<int:run_id>/labels.<any({', '.join(outputs())}):kind>")
def download(run_id: int, kind: str) -> ResponseReturnValue:
    """The released file; of a roll also what is left of it from label `from` on, after a jam."""
    where, posted = site(), Posted()
    with where.database.reading() as session:
        found = own_run(session, run_id)
        if found.state != RunState.RELEASED or kind != found.output:
            abort(404)
        name = print_run.file_name(found)
        if kind != PDF and "from" in request.args:
            try:
                first = _first_missing(found)
            except BadInput as error:
                posted.add(error)
                return _run_page(run_id, posted)
            _ = found.lot
            answer = Response(
                sending.rest_of(where.files, found, first), content_type="application/octet-stream"
            )
            answer.headers["Content-Disposition"] = f'attachment; filename="{first}-{name}"'
            return answer
        return attachment(print_run.output(where.files, found), name, found.bytes)


def _first_missing(run: PrintRun) -> int:
    """Read `from`. The whole file instead would print labels again that are on paper."""
    first = whole(request.args["from"], gettext("First label that is missing"), "from_jam")
    if not 1 <= first <= taken.labels_of(run):
        raise BadInput(
            "The run has labels 1 to {count}, not {number}.",
            fix="Enter the number of the first label that did not come out.",
            count=taken.labels_of(run),
            number=first,
            field="from_jam",
        )
    return first


@bp.post("/runs/<int:run_id>/ledger")
def write_ledger(run_id: int) -> ResponseReturnValue:
    """Labels from … to …: printed, spoiled, to be printed again, on goods, sold."""
    posted = Posted()
    leads_to = posted.attempt(lambda session: _write(session, run_id, posted))
    if leads_to is None:
        return _run_page(run_id, posted)
    if leads_to != run_id:
        flash(gettext("The new run replaces the labels; destroy the old ones."), "good")
    else:
        flash(gettext("It is written down."), "good")
    return redirect(url_for("producer.run", run_id=leads_to), code=303)


def _number(session: Session, run: PrintRun, posted: Posted, field: str, label: str) -> int:
    """A label of *run* by its number, as it is printed, or by its scanned code."""
    text = posted.text(field)
    if not any(sign.isdigit() for sign in text):
        return whole(text, gettext(label), field)  # raises
    settings = site().settings
    ring = keyring_of(session, settings)
    try:
        with tries.counted():
            return life.number_in(session, ring, run, text)
    except LabelsvcError as error:
        error.params["field"] = field
        raise


def _write(session: Session, run_id: int, posted: Posted) -> int:
    """The run whose page comes next."""
    found = own_run(session, run_id)
    first = _number(session, found, posted, "from_label", "From label")
    last = _number(session, found, posted, "to_label", "To label")
    kind, reason = posted.text("kind"), posted.text("why")
    if kind == "printed":
        ledger.note_printed(session, run=found, first=first, last=last, actor=actor())
    elif kind == "activated":
        ledger.note_activated(session, run=found, first=first, last=last, actor=actor())
    elif kind == "sold":
        ledger.note_sold(session, run=found, first=first, last=last, actor=actor())
    elif kind == "spoiled":
        ledger.note_spoiled(
            session, run=found, first=first, last=last, reason=reason, actor=actor()
        )
    elif kind == "reprint":
        printer = session.get(Printer, found.printer_id) if found.printer_id else None
        start_at = posted.number("start_at", "Start at label") or 1
        wanted = replacement.Reprint(
            run=found,
            first=first,
            last=last,
            reason=reason,
            printer=printer,
            start_at=start_at,
            used=cells(posted.text("used"), "used"),
            pictures=artwork.pictures(session, site().files, found.lot.product.producer_id),
        )
        return replacement.reprint(session, wanted, actor=actor()).id
    else:
        raise BadInput(
            "Say what happened to the labels.", fix="Choose one of the list.", field="kind"
        )
    return found.id


@bp.post("/runs/<int:run_id>/send")
def send_run(run_id: int) -> ResponseReturnValue:
    """Send a roll to a printer in the network."""
    posted = Posted()
    first = posted.number("from_unit", "From label")
    lost, why = bool(posted.text("lost")), posted.text("lost_why")
    if first is None and not posted.problems:
        posted.add(
            BadInput(
                "The first label is missing.",
                fix="Look at the paper and enter the first label that did not come out.",
                field="from_unit",
            )
        )
    if lost and not why.strip():
        posted.add(
            BadInput(
                "A reason is needed.", fix="Say in a few words what happened.", field="lost_why"
            )
        )

    def act(session: Session) -> bool:
        found = own_run(session, run_id)
        chosen = book.get(
            session, found.lot.product.producer_id, row_number(posted.text("printer"))
        )
        sending.queue_sending(
            session, run=found, printer=chosen, from_unit=first or 1, actor=actor(),
            lost_because=why if lost else "", networks=site().settings.printer_networks,
        )  # fmt: skip
        return True

    if posted.attempt(act):
        flash(gettext("The labels are on their way to the printer."), "good")
        return redirect(url_for("producer.run", run_id=run_id) + "#sending", code=303)
    return _run_page(run_id, posted)
