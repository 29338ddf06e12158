"""Programme-office pages: likely doubles, and merging two producers or two products by two people."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.owners.decisions import decide
from labelsvc.catalogue.owners.doubles import find_doubles, owners
from labelsvc.catalogue.owners.index import key_of
from labelsvc.i18n import fold
from labelsvc.programme import merging
from labelsvc.programme.merge_checks import ASKED, FIELDS, differing, namesakes, products_of, values
from labelsvc.programme.models import Merge, MergeKind, MergeState
from labelsvc.web.console.column_words import COLUMN_WORDS
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp, may_write
from labelsvc.web.console.office.doubles.words import LIKENESS_WORDS
from labelsvc.web.console.office.producers import KINDS
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

STATES = {
    MergeState.PROPOSED: "Waits for a second person",
    MergeState.DONE: "Merged",
    MergeState.REFUSED: "Not merged",
    MergeState.UNDOING: "Taking it back waits for a second person",
    MergeState.UNDONE: "Taken back",
}
_WORDS = COLUMN_WORDS | {
    "name_en": "Name in English", "commune": "Ward or commune", "village_id": "Craft village",
    "registration_number": "Business registration", "registration_date": "Date of registration",
    "organisation": "The tax code is an organisation's and may be shown", "brand": "Brand",
    "instructions": "How to use", "storage": "How to store", "warning": "Warning",
    "specification": "Technical figures", "alcohol": "Alcohol", "origin": "Origin",
    "standards": "Standards applied", "declaration": "Declaration number",
    "shelf_life_days": "Shelf life in days", "risk_level": "Risk level",
    "story": "Story (Vietnamese)", "story_en": "Story (English)",
}  # fmt: skip
#: Likely doubles that one page shows.
_MOST = 30


@bp.get("/merges")
def merges() -> ResponseReturnValue:
    """Show what waits, what was merged, and which producers may be one."""
    waiting = Merge.state.in_([MergeState.PROPOSED, MergeState.UNDOING])
    with site().database.reading() as session:
        shown = paged(session, select(Merge).order_by(waiting.desc(), Merge.id.desc()))
        doubles = find_doubles(session)
        pairs = doubles[:_MOST]
        numbers = {n for pair in pairs for n in (pair.first, pair.second)}
        known = {p.id: p for p in session.scalars(select(Producer).where(Producer.id.in_(numbers)))}
        for producer in known.values():
            _ = producer.commune  # loaded now: the page is made after the session has closed
        people = names_of(session, [row.proposed_by for row in shown.rows])
        names = {row.id: _names(session, row) for row in shown.rows}
    return render_template(
        "console/office/merges.html",
        shown=shown,
        pairs=pairs,
        more=max(0, len(doubles) - _MOST),
        known=known,
        people=people,
        names=names,
        states=STATES,
        stale=merging.stale,
        likeness_words=LIKENESS_WORDS,
    )


@bp.post("/merges/another")
def not_doubles() -> ResponseReturnValue:
    """Two producers are two owners: they are not shown as doubles again."""
    posted = Posted()
    first, second = (posted.number(name, "Producer") or 0 for name in ("first", "second"))

    def act(session: Session) -> bool:
        known = dict(owners(session))
        one, two = found_or_404(known.get(first)), found_or_404(known.get(second))
        decide(
            session, key_of(two), key_of(one), producer_id=first, same=False, actor=actor(),
            written=two.written,
        )  # fmt: skip
        return True

    if posted.attempt(act) is not None:
        flash(gettext("Remembered: they are two."), "good")
    return redirect(url_for("office.merges"), code=303)


@bp.route("/merges/new", methods=["GET", "POST"])
def new_merge() -> ResponseReturnValue:
    """Both sides, what of each stays, and the proposal."""
    posted = Posted()
    asked = request.values.get("kind")
    kind = MergeKind(asked) if asked in list(MergeKind) else MergeKind.PRODUCER
    kept, gone = (request.values.get(name, 0, type=int) for name in ("kept", "gone"))
    if request.method == "POST" and posted.text("do") == "propose":
        posted.confirm()
        choices = _choices(kind)
        made = posted.attempt(
            lambda session: merging.propose(
                session, kind, kept=kept, gone=gone, reason=posted.text("reason"), actor=actor(),
                choices=choices,
            ).id
        )  # fmt: skip
        if made is not None:
            flash(gettext("Proposed. A colleague has to confirm it."), "good")
            return redirect(url_for("office.merge", merge_id=made), code=303)
    query = request.values.get("q", "").strip()[:100]
    with site().database.reading() as session:
        one = found_or_404(session.get(merging.MAPPED[kind], kept))
        two = session.get(merging.MAPPED[kind], gone) if gone else None
        page = render_template(
            "console/office/merge_new.html",
            kind=kind,
            one=one,
            two=two,
            rows=_sides(session, kind, one, two) if two is not None else [],
            pairs=namesakes(session, one, two) if isinstance(one, Producer) and isinstance(two, Producer) else [],
            others=_others(session, kind, one, query) if two is None else [],
            q=query,
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
            confirmed=confirmed(),
        )  # fmt: skip
    return page, posted.status


def _choices(kind: MergeKind) -> dict[str, Any]:
    """Read whose value of each field stays, and which products of one name become one."""
    fields = {
        field: value
        for field in FIELDS[kind]
        if (value := request.form.get(f"field-{field}", "")) in ("kept", "gone")
    }
    pairs = [
        [int(number) for number in pair.split("-")]
        for pair in request.form.getlist("pair")
        if pair.replace("-", "", 1).isdigit() and pair.isascii() and "-" in pair.strip("-")
    ]
    return {"fields": fields, "products": pairs}


def _sides(session: Session, kind: MergeKind, one: Any, two: Any) -> list[dict[str, Any]]:
    """The fields in which the two are not the same, with what each says."""
    different = differing(kind, one, two)
    return [
        {
            "field": field, "words": _WORDS[field], "one": _shown(one, field), "two": _shown(two, field),
            "choose": field in different, "must": field in ASKED and field in different,
        }
        for field in FIELDS[kind]
        if values(one, field) != values(two, field) and (any(values(one, field)) or any(values(two, field)))
    ]  # fmt: skip


def _shown(row: Any, field: str) -> str:
    """The value of a field in words."""
    if field == "commune":
        return row.commune.name if row.commune else ""
    if field == "village_id":
        return row.village.name if row.village else ""
    value = getattr(row, field)
    if field == "kind":
        return gettext(KINDS.get(value, value))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value or "")


def _others(session: Session, kind: MergeKind, one: Any, query: str) -> list[Any]:
    """List what *one* may be merged with: likely doubles, or what the words find."""
    if kind == MergeKind.PRODUCT:
        return [
            product for product in products_of(session, one.producer_id) if product.id != one.id
        ]
    if not query:
        pairs = find_doubles(session, one.id)
        numbers = [pair.second if pair.first == one.id else pair.first for pair in pairs]
        return [session.get_one(Producer, number) for number in numbers]
    found = select(Producer).where(Producer.id != one.id, Producer.merged_into_id.is_(None))
    for word in fold(query).split()[:8]:
        found = found.where(Producer.search_key.contains(word, autoescape=True) | (Producer.tax_code == word))  # fmt: skip
    return list(session.scalars(found.order_by(Producer.search_key, Producer.id).limit(20)))


@bp.get("/merges/<int:merge_id>")
def merge(merge_id: int) -> ResponseReturnValue:
    return _page(merge_id, Posted())


def _page(merge_id: int, posted: Posted, doing: str = "") -> ResponseReturnValue:
    with site().database.reading() as session:
        found = found_or_404(session.get(Merge, merge_id))
        kind = MergeKind(found.kind)
        one, two = (
            session.get_one(merging.MAPPED[kind], n) for n in (found.kept_id, found.gone_id)
        )
        open_ = found.state == MergeState.PROPOSED
        pairs = [
            (session.get_one(Product, mine), session.get_one(Product, other))
            for mine, other in found.choices.get("products", [])
        ]
        first = found.undo_by if found.state == MergeState.UNDOING else found.proposed_by
        page = render_template(
            "console/office/merge.html",
            m=found,
            one=one,
            two=two,
            rows=_sides(session, kind, one, two) if open_ else [],
            pairs=pairs,
            moved=_moved(found),
            states=STATES,
            stale=merging.stale(found),
            until=merging.until(found),
            mine=first == actor(),
            may_decide=may_write(),
            people=names_of(
                session, [found.proposed_by, found.decided_by, found.undo_by, found.undone_by]
            ),
            form=request.form,
            doing=doing,
            problems=posted.problems,
            errors=posted.errors,
            confirmed=confirmed(),
        )
    return page, posted.status


#: Tables of which the page says how many rows moved.
_MOVED = {
    "product": "Products", "lot": "Lots", "recognition": "Recognitions", "user": "People who sign in",
    "blank": "Blank rolls", "own_layout": "Label layouts", "printer": "Printers",
    "certificate": "Certificates", "inspection_case": "Cases", "report": "Reports",
    "product_photo": "Pictures", "withdrawal": "Withdrawals",
}  # fmt: skip


def _moved(found: Merge) -> list[tuple[str, int]]:
    """Tell what moved, in words, and how much of it."""
    counts: dict[str, int] = {}
    for step in found.moved.get("steps", []):
        if step["do"] == "set" and step["column"] in ("producer_id", "product_id"):
            counts[step["table"]] = counts.get(step["table"], 0) + len(step["keys"])
    return [(words, counts[table]) for table, words in _MOVED.items() if counts.get(table)]


def _names(session: Session, found: Merge) -> tuple[str, str]:
    mapped = merging.MAPPED[found.kind]
    one, two = (_named(session.get(mapped, n)) for n in (found.kept_id, found.gone_id))
    return one, two


def _named(row: Any) -> str:
    return str(row.name) if row is not None else ""


@bp.post("/merges/<int:merge_id>/<do>")
def decide_merge(merge_id: int, do: str) -> ResponseReturnValue:
    """Confirm it, refuse it, propose to take it back, take it back."""
    posted = Posted()
    said = {
        "confirm": "Merged. Scan pages show the one that stays from now on.",
        "refuse": "The proposal is refused; nothing was changed.",
        "propose-undo": "Proposed. A colleague has to confirm it.",
        "undo": "Taken back: both are as they were.",
    }
    found_or_404(said.get(do))
    if do != "refuse":
        posted.confirm()

    def act(session: Session) -> bool:
        found = found_or_404(session.get(Merge, merge_id))
        reason = posted.text("reason")
        if do == "confirm":
            merging.confirm(session, found, actor=actor())
        elif do == "refuse":
            merging.refuse(session, found, answer=reason, actor=actor())
        elif do == "propose-undo":
            merging.propose_undo(session, found, reason=reason, actor=actor())
        else:
            merging.undo(session, found, actor=actor())
        return True

    if posted.attempt(act) is None:
        return _page(merge_id, posted, do)
    flash(gettext(said[do]), "good")
    return redirect(url_for("office.merge", merge_id=merge_id), code=303)
