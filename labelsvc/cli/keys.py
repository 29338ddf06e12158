"""keys list | rotate | freeze | export."""

from __future__ import annotations

from typing import IO

import click
from sqlalchemy import select

from labelsvc.accounts import audit
from labelsvc.cli import base
from labelsvc.codes import keys as verbs
from labelsvc.codes.models import KeyRecord


@click.group()
def keys() -> None:
    """The keys that sign codes: yearly rotation, theft, the public part."""


@keys.command("list")
@base.json_option
def list_keys(as_json: bool) -> None:
    """Every key with its state and the first number it signed."""
    _, database, _ = base.opened()
    with database.reading() as session:
        rows = [
            {
                "kid": k.kid,
                "state": k.state,
                "first_number": k.first_number,
                "activated_at": k.activated_at,
            }
            for k in session.scalars(select(KeyRecord).order_by(KeyRecord.kid))
        ]
    words = "\n".join(f"{r['kid']:>5}  {r['state']:<8} {r['first_number'] or '–'}" for r in rows)
    base.put(rows, as_json, words or base.say("There are no keys yet. Run: labelsvc migrate"))


@keys.command()
@base.json_option
def rotate(as_json: bool) -> None:
    """Make a new key and sign with it from now on; older codes verify for ever.

    Do it once a year. Example: labelsvc keys rotate
    """
    settings, database, _ = base.opened()
    with database.writing() as session:
        record = verbs.rotate(session, secrets=settings.keys)
        audit.record(session, actor="cli", action="key.rotate", subject=f"key:{record.kid}")
        kid = record.kid
    base.put(
        {"kid": kid, "state": "active"}, as_json, base.say("Key {kid} signs from now on.", kid=kid)
    )


@keys.command()
@click.argument("kid", type=int)
@base.json_option
def freeze(kid: int, as_json: bool) -> None:
    """Key KID was stolen: only codes that were issued before now stay good.

    The next key takes over at once. Genuine labels survive, whatever the thief signs is refused.
    """
    settings, database, _ = base.opened()
    with database.writing() as session:
        record = verbs.freeze(session, kid, secrets=settings.keys)
        audit.record(session, actor="cli", action="key.freeze", subject=f"key:{kid}")
        state = str(record.state)
    base.put({"kid": kid, "state": state}, as_json, base.say("Key {kid} is frozen.", kid=kid))


@keys.command()
@click.argument("file", type=click.File("w", encoding="utf-8"), default="-")
def export(file: IO[str]) -> None:
    """Write the public part, for `labelsvc verify --trust FILE` and other verifiers."""
    settings, database, _ = base.opened()
    with database.reading() as session:
        ring = verbs.load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
    file.write(ring.to_json() + "\n")
