"""users add."""

from __future__ import annotations

import click

from labelsvc.accounts import users as verbs
from labelsvc.accounts.models import Role
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
