"""keys list | rotate | freeze | revoke | export | fetch; the ceremonies are in ceremony.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import click
from sqlalchemy import select

from labelsvc import clock, i18n
from labelsvc.accounts import audit
from labelsvc.cli import base, ceremony
from labelsvc.cli.log.source import download
from labelsvc.codes.models import KeyRecord
from labelsvc.codes.register import claims, withdrawal
from labelsvc.codes.register import keys as verbs
from labelsvc.codes.tlog import log
from labelsvc.codes.trust import reseal
from labelsvc.codes.trust.formats.body import LARGEST
from labelsvc.codes.trust.formats.manifest import root_id
from labelsvc.codes.trust.held import MANIFEST, HeldTrust, Read
from labelsvc.errors import BadInput, FileMissing, LabelsvcError, Refused
from labelsvc.i18n import moment

_NEXT = (
    "Verifiers without a network learn it from the next trust manifest: labelsvc keys draft, sign "
    "(two roots), publish."
)


@click.group()
def keys() -> None:
    """The keys that sign codes: yearly rotation, theft, the public part."""


@keys.command("list")
@base.json_option
def list_keys(as_json: bool) -> None:
    """Every key with its state and the first number it signed."""
    settings, database, _ = base.opened()
    with database.reading() as session:
        held = session.scalars(select(KeyRecord).order_by(KeyRecord.kid)).all()
        lacking = {
            kid: claims.lacking(session, kid, secrets=settings.keys)
            for kid in claims.frozen(session)
        }
    rows: list[dict[str, Any]] = [
        {
            "kid": k.kid,
            "state": k.state,
            "first_number": k.first_number,
            "activated_at": k.activated_at,
            "lacking": [asdict(row) for row in lacking.get(k.kid, ())],
        }
        for k in held
    ]
    words = base.say("There are no keys yet. Run: labelsvc migrate")
    if held:
        head = (
            base.say("Key"),
            base.say("State"),
            base.say("First number"),
            base.say("Signed from"),
        )
        lines = [
            (k.kid, k.state, _or_none(k.first_number), moment(k.activated_at) or "–") for k in held
        ]
        words = base.columns(head, lines, right=(0, 2))
        for kid, found in lacking.items():
            if found:
                words += "\n" + base.say("Key {kid}:", kid=kid) + " " + _lacking(found)
    base.put(rows, as_json, words)


def _lacking(rows: Sequence[claims.Lacking]) -> str:
    """Ranges that are not believed, a line each."""
    told = base.say(
        "{count} codes in {ranges} ranges are in the database and not in the public log from before "
        "the freeze. They are refused until two people of the office decide, on the page of the key:",
        count=sum(row.count for row in rows),
        ranges=len(rows),
    )
    lines = [
        f"  {row.row}  {row.form}  {row.first}–{row.first + row.count - 1}" for row in rows[:50]
    ]
    return "\n".join([told, *lines, *(["  …"] if len(rows) > 50 else [])])


def _or_none(number: int | None) -> str:
    return "–" if number is None else i18n.number(number, base.language())


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
@click.option("--reason", required=True, help="What happened; it stands in the audit trail.")
@base.json_option
def freeze(kid: int, reason: str, as_json: bool) -> None:
    """Key KID was stolen: only codes that are in the public log before now stay good.

    The next key takes over at once. Genuine labels survive, whatever the thief signs is refused. What
    the database has and the log lacks is listed, and refused until two people of the office decide.

    Example: labelsvc keys freeze 3 --reason "Copied from the server, ticket 812"
    """
    settings, database, files = base.opened()
    with database.writing() as session:
        record = withdrawal.freeze_key(
            session, kid, reason=reason, actor="cli", secrets=settings.keys
        )
        state = str(record.state)
    words = [base.say("Key {kid} is frozen.", kid=kid)]
    try:  # it is frozen whatever becomes of this
        log.publish(database, files, origin=log.origin_of(settings.host), secrets=settings.keys)
    except LabelsvcError as error:
        words.append(
            base.say(
                "The public log could not be published, so labels of the last minutes are refused "
                "until it is: {reason}",
                reason=" ".join(filter(None, i18n.explain(error, base.language()))),
            )
        )
    with database.reading() as session:
        rows = claims.lacking(session, kid, secrets=settings.keys)
    if rows:
        words.append(_lacking(rows))
    result = {"kid": kid, "state": state, "lacking": [asdict(row) for row in rows]}
    base.put(result, as_json, "\n".join([*words, base.say(_NEXT)]))


@keys.command()
@click.argument("kid", type=int)
@click.option("--reason", required=True, help="Producers read it; it stands in the audit trail.")
@click.option("--alone", is_flag=True, help="Without a second person; the audit trail says so.")
@click.confirmation_option(prompt="Every label ever signed with it turns red. Go on?")
@base.json_option
def revoke(kid: int, reason: str, alone: bool, as_json: bool) -> None:
    """Refuse every code key KID ever signed, genuine labels too. For theft, freeze it instead.

    It takes two people: somebody of the office proposes it on the page of the key, and this command
    confirms that proposal. Example: labelsvc keys revoke 3 --reason "Ticket 812"
    """
    settings, database, _ = base.opened()
    with database.writing() as session:
        waiting = withdrawal.waiting_for_key(session, kid)
        if alone:
            withdrawal.revoke_alone(session, kid, reason=reason, actor="cli", secrets=settings.keys)
        elif waiting is None:
            raise Refused(
                "Nobody has proposed to revoke key {kid}: it takes two people.",
                fix="Somebody of the office proposes it on the page of the key; or add --alone.",
                kid=kid,
            )
        else:
            withdrawal.confirm(session, waiting, actor="cli", secrets=settings.keys, answer=reason)
    told = base.say("Key {kid} is revoked.", kid=kid)
    result = {"kid": kid, "state": "revoked", "alone": alone}
    base.put(result, as_json, f"{told}\n{base.say(_NEXT)}")


@keys.command("reseal")
@base.json_option
def reseal_keys(as_json: bool) -> None:
    """Seal every secret in the database anew, as the settings say now.

    After LABELSVC_KMS names a token, or a newer secret key stands in the settings: keys, and the
    secrets of authenticator apps. The secrets themselves do not change. Start every process with the
    new settings first: one that has only the older key goes on sealing with it.
    Example: labelsvc keys reseal
    """
    settings, database, _ = base.opened()
    with database.writing() as session:
        count = reseal.reseal(session, secrets=settings.keys)
        facts = {"token": bool(settings.kms), "count": count}
        audit.record(session, actor="cli", action="key.reseal", subject="keys", facts=facts)
    with database.reading() as session:
        older = reseal.look(session, secrets=settings.keys).older
    words = base.say("{count} secrets are sealed anew.", count=count) + "\n"
    if older:
        words += base.say(
            "{count} were sealed with an older key meanwhile: start every process with the new "
            "settings, then run this again.",
            count=len(older),
        )
    elif len(settings.keys) > 1:
        words += base.say(
            "None is under an older key: once every process runs with these settings, all but the "
            "last of LABELSVC_SECRET_KEYS may be taken away. Sign-ins and links made with them end."
        )
    base.put(facts | {"older": len(older)}, as_json, words.rstrip())


@keys.command()
@click.argument("file", type=click.File("w", encoding="utf-8"), default="-")
def export(file: IO[str]) -> None:
    """Write the public part, for `labelsvc verify --trust FILE` and other verifiers."""
    settings, database, _ = base.opened()
    with database.reading() as session:
        ring = verbs.keyring_of(session, settings)
    file.write(ring.to_json() + "\n")


@keys.command()
@click.argument("url")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@base.json_option
def fetch(url: str, folder: Path, as_json: bool) -> None:
    """Fetch trust manifest and lists of the service at URL into FOLDER, for verify --trust FOLDER.

    Again and again: what is older than what is held is refused. The first manifest is believed as it
    comes; compare its roots with those the programme office tells you.
    Example: labelsvc keys fetch https://qr.example.vn trust
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = HeldTrust.read(reader(folder)) if (folder / MANIFEST).exists() else None
    root = url.rstrip("/") + "/"
    if urlsplit(root).scheme not in ("http", "https"):
        raise BadInput(
            "{url} is no web address.", fix="Give an address like https://qr.example.vn.", url=url
        )
    found = HeldTrust.fetch(
        lambda path: download(root + path, LARGEST), partial(write, folder), before
    )
    found.note(partial(write, folder), clock.now())
    for old in folder.iterdir():
        if old.name not in found.names and old.name.split("-")[0].isdecimal():
            old.unlink()
    content = found.manifest.content
    result = {
        "version": content.version,
        "host": content.host,
        "expires": content.expires,
        "roots": [root_id(root) for root in content.roots],
        "lists": len(found.lists),
        "next_update": found.head.expires if found.head else None,
        "first": before is None,
    }
    words = [
        base.say(
            "Trust manifest {version} of {host}, {count} lists.",
            version=content.version,
            host=content.host,
            count=len(found.lists),
        )
    ]
    if before is None:
        told = base.say(
            "Believed as it came. Compare its roots with those of the programme office:"
        )
        words += [told, *(f"  {root.hex()}" for root in content.roots)]
    base.put(result, as_json, "\n".join(words))


def reader(folder: Path) -> Read:
    """Reads files of *folder*."""

    def read(name: str) -> bytes:
        try:
            return (folder / name).read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            raise FileMissing("There is no file {key}.", key=name) from None

    return read


def write(folder: Path, name: str, data: bytes) -> None:
    aside = folder / f"{name}.part"
    aside.write_bytes(data)
    aside.replace(folder / name)


for _command in (ceremony.ceremony, ceremony.draft, ceremony.sign, ceremony.publish):
    keys.add_command(_command)
