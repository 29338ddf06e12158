"""Keys: the office's pages of keys that sign codes, and of the steps after a theft."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.models import Blank, Issue, KeyRecord
from labelsvc.codes.register import claims, withdrawal
from labelsvc.codes.tlog import log
from labelsvc.codes.trust import store
from labelsvc.errors import LabelsvcError
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.language import explain, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

#: States in words, and what each means for labels.
STATES = {
    KeyState.NEXT: ("Next", "It signs after the next rotation."),
    KeyState.ACTIVE: ("Signs now", "New labels are signed with it."),
    KeyState.RETIRED: ("Retired", "It signs no more; its labels verify for ever."),
    KeyState.FROZEN: ("Frozen", "Stolen: labels in the public log before the freeze stay good."),
    KeyState.REVOKED: ("Revoked", "Every label of it is refused."),
}
#: Ranges that are shown one by one, with a box to tick.
MAX_ROWS = 500
TONES = {"active": "good", "frozen": "caution", "revoked": "bad"}


@bp.get("/keys")
def keys() -> ResponseReturnValue:
    with site().database.reading() as session:
        rows = session.scalars(select(KeyRecord).order_by(KeyRecord.kid.desc())).all()
        counts = select(Issue.kid, func.sum(Issue.count)).group_by(Issue.kid)
        codes = {kid: count for kid, count in session.execute(counts)}
        secrets = site().settings.keys
        lacking = {
            kid: sum(row.count for row in claims.lacking(session, kid, secrets=secrets))
            for kid in claims.frozen(session)
        }
        manifest = store.newest(session)
        return render_template(
            "console/office/keys.html",
            rows=rows,
            codes=codes,
            lacking=lacking,
            waiting={row.kid: withdrawal.waiting_for_key(session, row.kid) for row in rows},
            states=STATES,
            tones=TONES,
            manifest=manifest,
            behind=store.behind(session),
        )


@bp.get("/keys/<int:kid>")
def key(kid: int) -> ResponseReturnValue:
    return show_key(kid, Posted())


def show_key(kid: int, posted: Posted, doing: str = "") -> ResponseReturnValue:
    with site().database.reading() as session:
        found = found_or_404(session.get(KeyRecord, kid))
        secrets = site().settings.keys
        frozen = found.state == KeyState.FROZEN
        lacking = claims.lacking(session, kid, secrets=secrets) if frozen else []
        proposed = claims.waiting(session, kid)
        taken = {row.row for claim in proposed for row in claims.rows_of(claim)}
        page = render_template(
            "console/office/key.html",
            k=found,
            issued=_count(session, kid),
            rolls=session.scalar(select(func.sum(Blank.count)).where(Blank.kid == kid)) or 0,
            producers=session.scalar(
                select(func.count(Product.producer_id.distinct()))
                .select_from(Issue)
                .join(Lot)
                .join(Product)
                .where(Issue.kid == kid)
            ),
            waiting=withdrawal.waiting_for_key(session, kid),
            lacking=lacking,
            lots=lots_of(session, lacking[:MAX_ROWS]),
            max_rows=MAX_ROWS,
            proposed=proposed,
            taken=taken,
            ticked=set(request.form.getlist("rows")),
            states=STATES,
            tones=TONES,
            form=request.form,
            doing=doing,
            problems=posted.problems,
            errors=posted.errors,
            confirmed=confirmed(),
        )
    return page, posted.status


def lots_of(session: Session, rows: Sequence[claims.Lacking]) -> dict[int, Lot]:
    """The lots that *rows* name, with product and producer."""
    query = select(Lot).where(Lot.id.in_({row.lot for row in rows if row.lot is not None}))
    query = query.options(joinedload(Lot.product).joinedload(Product.producer))
    return {lot.id: lot for lot in session.scalars(query)}


def _count(session: Session, kid: int) -> int:
    return session.scalar(select(func.sum(Issue.count)).where(Issue.kid == kid)) or 0


@bp.post("/keys/<int:kid>/freeze")
def freeze_key(kid: int) -> ResponseReturnValue:
    posted = Posted()
    posted.confirm()

    def change(session: Session) -> bool:
        found_or_404(session.get(KeyRecord, kid))
        withdrawal.freeze_key(
            session, kid, reason=posted.text("reason"), actor=actor(), secrets=site().settings.keys
        )
        return True

    if posted.attempt(change) is None:
        return show_key(kid, posted, "freeze")
    flash(gettext("The key is frozen, and the next one signs."), "good")
    where = site()
    try:  # what was issued a moment ago is believed once it is published
        origin = log.origin_of(where.settings.host)
        log.publish(where.database, where.files, origin=origin, secrets=where.settings.keys)
    except LabelsvcError as error:
        words = "The public log could not be published, so labels of the last minutes are refused until it is: {reason}"
        flash(gettext(words, reason=" ".join(filter(None, explain(error)))), "bad")
    return redirect(url_for("office.keys"), code=303)


@bp.post("/keys/<int:kid>/revoke")
def revoke_key(kid: int) -> ResponseReturnValue:
    """Proposed here; a colleague confirms it on the page of the withdrawal."""
    posted = Posted()
    posted.confirm()
    made = posted.attempt(
        lambda session: (
            withdrawal.propose(session, kid=kid, reason=posted.text("reason"), actor=actor()).id
        )
    )
    if made is None:
        return show_key(kid, posted, "revoke")
    return redirect(url_for("office.withdrawal", withdrawal_id=made), code=303)
