"""Accounts: the office's pages of users, their roles and second factors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from labelsvc.accounts import deciding, factors, users
from labelsvc.accounts.contact import addresses
from labelsvc.accounts.deciding import Act
from labelsvc.accounts.models import AuditEntry, Passkey, Role, Totp, User
from labelsvc.accounts.roles import SECOND_FACTOR
from labelsvc.catalogue.models import Producer
from labelsvc.errors import BadInput, Refused
from labelsvc.i18n import fold
from labelsvc.messages.kinds import CHANNEL_WORDS
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import choice_of, found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor, current_user
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

ROLE_WORDS = {
    Role.OFFICE: "Programme office",
    Role.INSPECTOR: "Inspector",
    Role.AUDITOR: "Auditor",
    Role.VIEWER: "Viewer",
    Role.PRODUCER: "Producer",
}
#: What the list may be narrowed to beside a role.
SHOWS = {"": "All", "none": "Without second factor", "out": "Kept out", "invited": "Invited"}
_ENTRIES = 30
#: Instead of a link or an answer: somebody else has to confirm it.
PROPOSED = "proposed"


@dataclass(frozen=True)
class _Row:
    """A line of the list."""

    user: User
    producer: str
    app: bool
    passkeys: int

    @property
    def missing(self) -> bool:
        """A role that needs a factor, and none is there yet."""
        needed = site().settings.asks_second_factor and self.user.role in SECOND_FACTOR
        return needed and not (self.app or self.passkeys)


def query_accounts() -> Select[Any]:
    """The accounts that the address asks for."""
    return select(User).where(*_chosen()).order_by(User.active.desc(), User.role, User.name)


@bp.get("/accounts")
def accounts() -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, query_accounts())
        rows = _rows(session, shown.rows)
        waiting = deciding.waiting(session)
    return render_template(
        "console/office/accounts.html", shown=shown, rows=rows, roles=ROLE_WORDS, shows=SHOWS,
        waiting=len(waiting),
    )  # fmt: skip


def _chosen() -> list[ColumnElement[bool]]:
    """Make conditions of what the address asks for: words, role, state."""
    rules: list[ColumnElement[bool]] = []
    for word in fold(request.args.get("q", "")).split()[:8]:
        rules.append(User.search_key.contains(word, autoescape=True))
    role, show = choice_of("role", list(ROLE_WORDS)), choice_of("show", list(SHOWS))
    if role:
        rules.append(User.role == role)
    if show == "out":
        rules.append(User.active.is_(False))
    if show == "invited":
        rules.append(User.password_hash.is_(None))
    if show == "none":
        rules += [User.id.not_in(select(Totp.user_id)), User.id.not_in(select(Passkey.user_id))]
    return rules


def _rows(session: Session, people: list[User]) -> list[_Row]:
    ids = [user.id for user in people]
    apps = set(session.scalars(select(Totp.user_id).where(Totp.user_id.in_(ids))))
    counted = select(Passkey.user_id, func.count()).where(Passkey.user_id.in_(ids))
    keys = {user: count for user, count in session.execute(counted.group_by(Passkey.user_id))}
    owners = {user.producer_id for user in people if user.producer_id is not None}
    found = session.execute(select(Producer.id, Producer.name).where(Producer.id.in_(owners)))
    names = {number: name for number, name in found}
    return [
        _Row(user, names.get(user.producer_id or 0, ""), user.id in apps, keys.get(user.id, 0))
        for user in people
    ]


@bp.route("/accounts/new", methods=["GET", "POST"])
def new_account() -> ResponseReturnValue:
    """Invite somebody: the answer shows the link once, to hand over."""
    posted = Posted()
    if request.method == "POST":
        posted.confirm()
        keys = site().settings.keys

        def change(session: Session) -> tuple[int, str] | None:
            role = _role(posted)
            wanted = deciding.Wanted(
                role, _producer(session, posted), posted.text("name"),
                posted.text("full_name").strip() or posted.text("name"),
            )  # fmt: skip
            if deciding.takes_two(None, role):
                deciding.propose(session, Act.CREATE, wanted=wanted, actor=actor())
                return None
            user = users.create_user(
                session, name=wanted.name, full_name=wanted.full_name, role=role,
                producer_id=wanted.producer_id, actor=actor(),
            )  # fmt: skip
            return user.id, users.invitation(user, keys=keys)

        made = posted.attempt(change)
        if made is not None:
            return account_page(made[0], Posted(), link=made[1])
        if not posted.problems:
            return proposed()
    with site().database.reading() as session:
        page = render_template(
            "console/office/account_new.html",
            producers=_producers(session),
            roles=ROLE_WORDS,
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
            confirmed=confirmed(),
        )
    return page, posted.status


def _role(posted: Posted) -> Role:
    role = posted.text("role")
    if role not in set(Role):
        raise BadInput("Choose a role.", fix="It says which pages open.", field="role")
    return Role(role)


def _producer(session: Session, posted: Posted) -> int | None:
    """The producer of the form, for the role "producer" only."""
    if _role(posted) is not Role.PRODUCER:
        return None
    text = posted.text("producer")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    found = session.get(Producer, number)
    if found is None:
        raise BadInput("A producer's user needs the producer.", fix="Choose it.", field="producer")
    return found.id


def _producers(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Producer.id, Producer.name)
        .where(Producer.active.is_(True), Producer.merged_into_id.is_(None))
        .order_by(Producer.name)
    )
    return [("", "–"), *((str(number), name) for number, name in rows)]


def proposed() -> ResponseReturnValue:
    """On to what waits for a second person."""
    flash(gettext("Proposed. Somebody else of the office has to confirm it."), "good")
    return redirect(url_for("office.account_proposals"), code=303)


@bp.get("/accounts/<int:user_id>")
def account(user_id: int) -> ResponseReturnValue:
    return account_page(user_id, Posted())


def account_page(user_id: int, posted: Posted, link: str = "") -> ResponseReturnValue:
    with site().database.reading() as session:
        user = found_or_404(session.get(User, user_id))
        entries = session.scalars(
            select(AuditEntry)
            .where(
                or_(AuditEntry.subject == f"user:{user_id}", AuditEntry.actor == f"user:{user_id}")
            )
            .order_by(AuditEntry.id.desc())
            .limit(_ENTRIES)
        ).all()
        row = _rows(session, [user])[0]
        page = render_template(
            "console/office/account.html",
            u=user,
            row=row,
            held=factors.held(session, user_id),
            known=addresses.of_user(session, user_id),
            channels=CHANNEL_WORDS,
            mine=user_id == current_user().id,
            link=site().settings.base_url + url_for("account.invitation", value=link)
            if link
            else "",
            producers=_producers(session),
            roles=ROLE_WORDS,
            form=request.form,
            entries=entries,
            people=names_of(session, [entry.actor for entry in entries]),
            problems=posted.problems,
            errors=posted.errors,
            confirmed=confirmed(),
        )
    return page, posted.status


def _change(
    user_id: int, change: Callable[[Session, User, Posted], str]
) -> tuple[Posted, str | None]:
    """Step up, then run *change* on somebody else's account in one transaction."""
    posted = Posted()
    posted.confirm()

    def checked(session: Session) -> str:
        user = found_or_404(session.get(User, user_id))
        if user.id == current_user().id:
            raise Refused(
                "Nobody changes the own account here.",
                fix="Ask somebody else of the office; so one account always stays.",
            )
        return change(session, user, posted)

    return posted, posted.attempt(checked)


def _changed(
    user_id: int, words: str, act: Act | None, change: Callable[[Session, User, Posted], str]
) -> ResponseReturnValue:
    """Do *change*; on the account of an official, propose *act* instead, where there is one."""

    def done_or_proposed(session: Session, user: User, posted: Posted) -> str:
        wanted = deciding.NOTHING
        if act is Act.ROLE:
            wanted = deciding.Wanted(_role(posted), _producer(session, posted))
        if deciding.takes_two(user, wanted.role) and act is not None:
            if act is Act.ROLE:
                users.check_role(user, wanted.role, wanted.producer_id)
            deciding.propose(session, act, user=user, wanted=wanted, actor=actor())
            return PROPOSED
        return change(session, user, posted)

    posted, done = _change(user_id, done_or_proposed)
    if done is None:
        return account_page(user_id, posted)
    if done == PROPOSED:
        return proposed()
    flash(gettext(words), "good")
    return redirect(url_for("office.account", user_id=user_id), code=303)


@bp.post("/accounts/<int:user_id>/link")
def account_link(user_id: int) -> ResponseReturnValue:
    """A fresh link for a password, shown in this answer only; proposed for officials."""
    keys = site().settings.keys

    def change(session: Session, user: User, _: Posted) -> str:
        if deciding.takes_two(user):
            deciding.propose(session, Act.LINK, user=user, actor=actor())
            return PROPOSED
        return users.renew_invitation(session, user, keys=keys, actor=actor())

    posted, link = _change(user_id, change)
    if link == PROPOSED:
        return proposed()
    return account_page(user_id, posted, link or "")


@bp.post("/accounts/<int:user_id>/role")
def account_role(user_id: int) -> ResponseReturnValue:
    def change(session: Session, user: User, posted: Posted) -> str:
        owner = _producer(session, posted)
        users.set_role(session, user, _role(posted), producer_id=owner, actor=actor())
        return "done"

    return _changed(user_id, "The role is changed; the person signs in anew.", Act.ROLE, change)


@bp.post("/accounts/<int:user_id>/active")
def account_active(user_id: int) -> ResponseReturnValue:
    """Keep a person out, at once and alone: it may be a thief; or let them in again."""

    def change(session: Session, user: User, posted: Posted) -> str:
        users.set_active(session, user, posted.text("active") == "yes", actor=actor())
        return "done"

    act = Act.LET_IN if request.form.get("active") == "yes" else None
    return _changed(user_id, "Saved.", act, change)


@bp.post("/accounts/<int:user_id>/reset-factors")
def account_reset(user_id: int) -> ResponseReturnValue:
    """For somebody who lost telephone and recovery codes."""

    def change(session: Session, user: User, _: Posted) -> str:
        users.reset_factors(session, user, actor=actor())
        return "done"

    return _changed(
        user_id,
        "The second factors are removed. The password alone opens the way to new ones.",
        Act.RESET,
        change,
    )
