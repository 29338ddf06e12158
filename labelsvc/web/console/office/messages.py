"""Messages: the office's pages of the outbox, and of what each kind of message says."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.i18n import LANGUAGES
from labelsvc.messages import letter, outbox, overview
from labelsvc.messages.kinds import CHANNEL_WORDS, KINDS, SAMPLES
from labelsvc.messages.models import Message, MessageState
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import choice_of, found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: What the list may be narrowed to.
SHOWS = {"": "All", "waiting": "Waiting", "failed": "Not sent", "sent": "Was sent"}
#: State → how it is told.
STATES = {
    MessageState.WAITING: "Waiting",
    MessageState.SENDING: "Being sent",
    MessageState.SENT: "Was sent",
    MessageState.FAILED: "Not sent",
    MessageState.REFUSED: "No such address",
    MessageState.DROPPED: "Link too old",
}


@bp.get("/messages")
def messages() -> ResponseReturnValue:
    return _page(Posted())


def _page(posted: Posted) -> ResponseReturnValue:
    state = choice_of("state", list(SHOWS))
    with site().database.reading() as session:
        shown = paged(session, overview.query(state=state))
        people = names_of(session, [f"user:{row.user_id}" for row in shown.rows])
        standing = overview.standing(session)
    page = render_template(
        "console/office/messages.html", shown=shown, people=people, standing=standing, shows=SHOWS,
        states=STATES, channels=CHANNEL_WORDS, kinds=KINDS, ways=site().settings.channels,
        problems=posted.problems, state=state,
    )  # fmt: skip
    return page, posted.status


@bp.post("/messages/<int:number>/again")
def message_again(number: int) -> ResponseReturnValue:
    """Send one once more that was not taken."""
    posted = Posted()

    def change(session: Session) -> bool:
        found = found_or_404(session.get(Message, number))
        outbox.again(session, found)
        subject = f"message:{number}"
        audit.record(session, actor=actor(), action="message.again", subject=subject)
        return True

    if posted.attempt(change) is None:
        return _page(posted)
    flash(gettext("It is sent once more."), "good")
    return redirect(url_for("office.messages"), code=303)


@bp.get("/messages/kinds")
def message_kinds() -> ResponseReturnValue:
    """Every kind as it is read, with sample facts, in the language that is chosen."""
    chosen = choice_of("to", LANGUAGES, current())
    settings = site().settings
    letters = {
        name: letter.write(
            name, SAMPLES.get(name, {}), language=chosen, link=f"{settings.base_url}/…",
            office=settings.office_name,
        )
        for name in KINDS
    }  # fmt: skip
    as_html = request.args.get("as") != "text"
    return render_template(
        "console/office/message_kinds.html", letters=letters, kinds=KINDS, chosen=chosen,
        as_html=as_html,
    )  # fmt: skip
