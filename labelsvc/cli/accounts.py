"""users add, users reset-factors."""

from __future__ import annotations

import click
from sqlalchemy import select

from labelsvc.accounts import users as verbs
from labelsvc.accounts.models import Role, User
from labelsvc.accounts.sessions import normal_name
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
        user = session.scalars(select(User).where(User.name == normal_name(name))).one_or_none()
        if user is None:
            raise NotFound("There is no user {name}.", fix="Look at the name again.", name=name)
        count = verbs.reset_factors(session, user, actor="cli")
        result = {"user": user.id, "name": user.name, "removed": count}
    base.put(result, as_json, base.say("{removed} second factors of {name} are removed.", **result))
