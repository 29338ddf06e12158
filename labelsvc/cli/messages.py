"""messages list, messages send, messages test."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts.contact.addresses import is_mail
from labelsvc.accounts.names import TELEPHONE, normal_name
from labelsvc.cli import base
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.errors import BadInput, ConfigurationError
from labelsvc.messages import outbox, overview
from labelsvc.messages.models import Channel, Message, MessageState
from labelsvc.messages.outbox import Note
from labelsvc.settings import Settings
from labelsvc.worker.posting import Sender

#: Rows that are listed.
_MOST = 50


@click.group()
def messages() -> None:
    """Messages to people: the outbox."""


@messages.command("list")
@click.option(
    "--state", type=click.Choice(["waiting", "failed", "sent", "dropped"]), default="waiting"
)
@base.json_option
def list_messages(state: str, as_json: bool) -> None:
    """List messages of the outbox, the newest first.

    Example: labelsvc messages list --state failed
    """
    _, database, _ = base.opened()
    with database.reading() as session:
        rows = session.scalars(overview.query(state=state).limit(_MOST)).all()
        standing = overview.standing(session)
    found = [
        {
            "id": row.id, "kind": row.kind, "channel": row.channel, "address": row.address,
            "state": row.state, "tries": row.tries, "problem": row.problem,
            "created_at": row.created_at.isoformat(),
        }
        for row in rows
    ]  # fmt: skip
    lines = [" ".join(str(row[name]) for name in ("id", "state", "kind", "channel", "address", "problem")).rstrip() for row in found]  # fmt: skip
    lines.append(
        base.say(
            "waiting: {waiting}, not sent: {failed}, sent in 30 days: {sent}", **standing._asdict()
        )
    )
    base.put({"messages": found, **standing._asdict()}, as_json, "\n".join(lines))


@messages.command("send")
@base.json_option
def send(as_json: bool) -> None:
    """Send now what is due, beside the workers.

    Example: labelsvc messages send
    """
    settings, database, _ = base.opened()
    _need_channel(settings)
    sender, count = Sender(database, settings), 0
    try:
        while sender.send_next():
            count += 1
    finally:
        sender.close()
    with database.reading() as session:
        standing = overview.standing(session)
    words = base.say("{count} messages were tried, {waiting} wait.", count=count, waiting=standing.waiting)  # fmt: skip
    base.put({"tried": count, **standing._asdict()}, as_json, words)


@messages.command("test")
@click.option("--to", "address", required=True, help="E-mail address or telephone number.")
@base.json_option
@click.pass_context
def test(context: click.Context, address: str, as_json: bool) -> None:
    """Send a test message, and say what the other side answers.

    Example: labelsvc messages test --to ten@example.vn
    """
    settings, database, _ = base.opened()
    channel, kept = _channel_of(address)
    _need_channel(settings, channel)
    with database.writing() as session:
        note = Note("test", f"{now():%Y%m%d%H%M%S%f}", {"page": "/"})
        outbox.put(session, note, channel, address=kept, language=base.language())
        number = _newest(session)
    sender = Sender(database, settings)
    try:
        while sender.send_next() and _state(database, number) == MessageState.WAITING:
            pass
    finally:
        sender.close()
    with database.writing() as session:
        row = session.get_one(Message, number)
        if row.state == MessageState.WAITING:  # a test that comes tomorrow helps nobody
            row.state = str(MessageState.FAILED)
    good = row.state == MessageState.SENT
    words = base.say("The other side took the message.") if good else base.say("The message was not taken: {reason}.", reason=row.problem or row.state)  # fmt: skip
    base.put({"state": row.state, "problem": row.problem}, as_json, words)
    if not good:
        context.exit(base.REFUSED)


def _newest(session: Session) -> int:
    return session.scalars(select(Message.id).order_by(Message.id.desc()).limit(1)).one()


def _state(database: Database, number: int) -> str:
    with database.reading() as session:
        return session.get_one(Message, number).state


def _channel_of(address: str) -> tuple[Channel, str]:
    """The channel of an address, and its spelling. :raises BadInput: it is none."""
    kept = normal_name(address)
    if is_mail(kept):
        return Channel.MAIL, kept
    if TELEPHONE.fullmatch(kept):
        return Channel.PHONE, kept
    raise BadInput(
        "“{text}” is no address that can be written to.",
        fix="An e-mail address looks like ten@example.vn, a telephone number like 0912 345 678.",
        text=address[:60],
    )


def _need_channel(settings: Settings, channel: str = "") -> None:
    """:raises ConfigurationError: messages cannot leave, or not that way."""
    if not settings.channels or (channel and channel not in settings.channels):
        raise ConfigurationError(
            "No way for messages is set.",
            fix="Set SMTP_HOST and SMTP_FROM, or another channel (docs/messages.md).",
        )
