"""users add, users link, users let-in, users reset-factors."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import users as verbs
from labelsvc.accounts.models import Role, User
from labelsvc.accounts.names import named
from labelsvc.catalogue.models import Producer
from labelsvc.cli import base
from labelsvc.errors import NotFound


@click.group()
def users() -> None:
    """People who sign in."""


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice([str(r) for r in Role]), required=True)
@click.option("--producer", type=int, help="Id of the producer, for the role “producer”.")
@click.option("--full-name", default="", help="As it is shown.")
@base.json_option
def add(name: str, role: str, producer: int | None, full_name: str, as_json: bool) -> None:
    """Add a user and print the link by which they choose a password.

    Example: labelsvc users add office@example.vn --role office
    """
    settings, database, _ = base.opened()
    with database.writing() as session:
        if producer is not None and session.get(Producer, producer) is None:
            raise NotFound(
                "There is no producer {producer}.",
                fix="Import the list first; the office pages show the ids.",
                producer=producer,
            )
        user = verbs.create_user(
            session, name=name, full_name=full_name or name, role=role, producer_id=producer, actor="cli"
        )  # fmt: skip
        link = (
            f"{settings.base_url}/account/invitation/{verbs.invitation(user, keys=settings.keys)}"
        )
        result = {"user": user.id, "name": user.name, "role": role, "link": link}
    base.put(
        result,
        as_json,
        base.say("{name} chooses a password here, within a week:\n{link}", **result),
    )


@users.command("link")
@click.argument("name")
@base.json_option
def new_link(name: str, as_json: bool) -> None:
    """Print a new link by which somebody chooses a password.

    For auditors, and where the office has one person only. Hand it over yourself.

    Example: labelsvc users link auditor@example.vn
    """
    settings, database, _ = base.opened()
    with database.writing() as session:
        user = _found(session, name)
        token = verbs.renew_invitation(session, user, keys=settings.keys, actor="cli")
        link = f"{settings.base_url}/account/invitation/{token}"
        result = {"user": user.id, "name": user.name, "link": link}
    words = base.say("{name} chooses a password here, within a week:\n{link}", **result)
    base.put(result, as_json, words)


@users.command("let-in")
@click.argument("name")
@base.json_option
def let_in(name: str, as_json: bool) -> None:
    """Let somebody in again whom the office kept out.

    Example: labelsvc users let-in thanhtra@example.vn
    """
    _, database, _ = base.opened()
    with database.writing() as session:
        user = _found(session, name)
        verbs.set_active(session, user, True, actor="cli")
        result = {"user": user.id, "name": user.name}
    base.put(result, as_json, base.say("{name} may sign in again.", **result))


def _found(session: Session, name: str) -> User:
    user = session.scalars(select(User).where(named(name)).order_by(User.id).limit(1)).first()
    if user is None:
        raise NotFound("There is no user {name}.", fix="Look at the name again.", name=name)
    return user


@users.command("reset-factors")
@click.argument("name")
@click.confirmation_option(prompt="Take all second factors of this user away?")
@base.json_option
def reset_factors(name: str, as_json: bool) -> None:
    """Take away the authenticator app, passkeys and recovery codes of somebody who lost them.

    Ask the person in a way that nobody can imitate first. All their sign-ins end; where their role
    needs a second factor they set up a new one after the password.

    Example: labelsvc users reset-factors office@example.vn --yes
    """
    _, database, _ = base.opened()
    with database.writing() as session:
        user = _found(session, name)
        count = verbs.reset_factors(session, user, actor="cli")
        result = {"user": user.id, "name": user.name, "removed": count}
    base.put(result, as_json, base.say("{removed} second factors of {name} are removed.", **result))
