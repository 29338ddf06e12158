"""keys ceremony | draft | sign | publish: root keys and the trust manifest they sign."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

import click

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.cli import base
from labelsvc.codes.forms import uri
from labelsvc.codes.register.keys import keyring_of
from labelsvc.codes.tlog import log
from labelsvc.codes.trust import pkcs11, roots, store
from labelsvc.codes.trust.formats.manifest import (
    LEAST_ROOTS,
    MOST_ROOTS,
    Manifest,
    RootKey,
    root_id,
)
from labelsvc.errors import BadInput, Conflict

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ROOTS = "roots.json"


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--roots", "count", type=click.IntRange(LEAST_ROOTS, MOST_ROOTS), default=3)
@click.option(
    "--passphrase-file", type=_FILE, help="One line, for all of them; else asked for each."
)
@base.json_option
def ceremony(folder: Path, count: int, passphrase_file: Path | None, as_json: bool) -> None:
    """Make the root keys, in FOLDER. Do it on a machine that never sees a network.

    Each key is a file sealed with a passphrase of its own: give each to another person. roots.json
    holds the public halves; only that file goes to the server. Two of three sign a manifest.

    \b
      labelsvc keys ceremony /media/usb
      labelsvc keys draft manifest.json --roots roots.json    (on the server)
      labelsvc keys sign manifest.json --root root-1.json     (offline, two people)
      labelsvc keys publish manifest.json                     (on the server)
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = [folder / f"root-{n}.json" for n in range(1, count + 1)]
    for place in (*places, folder / ROOTS):
        if place.exists():
            raise Conflict(
                "{file} is there already.",
                fix="Choose an empty folder: a root key that is written over is lost.",
                file=str(place),
            )
    made = []
    for place in places:
        root = roots.make_root()
        text = roots.seal_root(root, _passphrase(passphrase_file, place.name, confirm=True))
        place.touch(mode=0o600)
        place.write_text(text, encoding="utf-8")
        made.append({"file": str(place), "root": root_id(root.public), "public": root.public.hex()})
    facts = {"threshold": 2, "roots": [row["public"] for row in made]}
    (folder / ROOTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    lines = [f"{row['file']}  {row['root']}" for row in made]
    told = base.say("Public halves, for the server: {file}", file=str(folder / ROOTS))
    base.put(made, as_json, "\n".join([*lines, told]))


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--roots", "roots_file", type=_FILE, help="roots.json: for the first, or to change them."
)
@click.option("--expires", type=base.Day(), help="Last day; 400 days from now unless given.")
@base.json_option
def draft(file: Path, roots_file: Path | None, expires: Any, as_json: bool) -> None:
    """Write the next trust manifest, with the keys as they are now, into FILE to be signed."""
    settings, database, files = base.opened()
    found, threshold = _read_roots(roots_file)
    # What was entered before a key was frozen, and is not published yet, belongs into the manifest.
    log.publish(database, files, origin=log.origin_of(settings.host), secrets=settings.keys)
    with database.writing() as session:
        ring = keyring_of(session, settings)
        made = store.draft(
            session,
            ring,
            secrets=settings.keys,
            roots=found,
            threshold=threshold,
            expires=datetime.combine(expires, time(23, 59, 59), clock.HANOI) if expires else None,
        )
    file.write_bytes(bytes(made))
    base.put(_facts(made), as_json, _words(made))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOptions:
    """Options of `keys sign`: a manifest, and a root key in a file or in a token."""

    file: Path
    root_file: Path | None
    passphrase_file: Path | None
    module: str | None
    token: str
    label: str
    pin_file: Path | None
    as_json: bool


@click.command()
@click.argument("file", type=_FILE)
@click.option("--root", "root_file", type=_FILE, help="Root key made by: labelsvc keys ceremony")
@click.option("--passphrase-file", type=_FILE)
@click.option("--pkcs11", "module", help="Library of a token or HSM, instead of --root.")
@click.option("--token", default="", help="Label of the token.")
@click.option("--key", "label", default="", help="Label of the key in the token.")
@click.option("--pin-file", type=_FILE, help="One line; else asked for.")
@base.json_option
@base.gathered(SignOptions)
def sign(options: SignOptions) -> None:
    """Add the signature of one root key to the manifest in FILE. Read what it says before you do."""
    manifest = Manifest.parse(options.file.read_bytes())
    if not options.as_json:
        click.echo(_words(manifest))
    with _root(options) as root:
        goes = manifest.before is not None and root.public in manifest.before[1]
        if root.public not in manifest.content.roots and not goes:
            click.echo(
                base.say(
                    "{root} is no root of this manifest: right only if it is one that goes.",
                    root=root_id(root.public),
                ),
                err=True,
            )
        signed = manifest.sign(root)
    options.file.write_bytes(bytes(signed))
    base.put(_facts(signed), options.as_json, _signed(signed))


@click.command()
@click.argument("file", type=_FILE)
@base.json_option
def publish(file: Path, as_json: bool) -> None:
    """Publish the signed manifest in FILE; verifiers take it from here on."""
    settings, database, _ = base.opened()
    manifest = Manifest.parse(file.read_bytes())
    with database.writing() as session:
        store.publish_manifest(session, manifest, host=uri.authority(settings.base_url))
        audit.record(
            session,
            actor="cli",
            action="trust.publish",
            subject=f"manifest:{manifest.content.version}",
            facts={"signed_by": sorted(manifest.signatures)},
        )
    told = base.say("Trust manifest {version} is published.", version=manifest.content.version)
    base.put(_facts(manifest), as_json, told)


@contextmanager
def _root(options: SignOptions) -> Iterator[RootKey]:
    file, module, pin_file = options.root_file, options.module, options.pin_file
    if (file is None) is (module is None):
        raise click.UsageError("Give a root key with --root, or a token with --pkcs11.")
    if file is not None:
        passphrase = _passphrase(options.passphrase_file, file.name)
        yield roots.open_root(file.read_text(encoding="utf-8"), passphrase)
        return
    pin = _line(pin_file) if pin_file else click.prompt("PIN", hide_input=True)
    with pkcs11.opened(module or "", token=options.token, pin=pin, label=options.label) as root:
        yield root


def _passphrase(file: Path | None, name: str, *, confirm: bool = False) -> str:
    if file is not None:
        return _line(file)
    words = base.say("Passphrase of {file}", file=name)
    return str(click.prompt(words, hide_input=True, confirmation_prompt=confirm))


def _line(file: Path) -> str:
    return file.read_text(encoding="utf-8").rstrip("\r\n")


def _read_roots(file: Path | None) -> tuple[list[bytes], int | None]:
    if file is None:
        return [], None
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
        found = [bytes.fromhex(root) for root in facts["roots"]]
        threshold = facts["threshold"]
        if type(threshold) is not int or any(len(root) != 32 for root in found):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise BadInput(
            "{file} holds no root keys.",
            fix="Give the roots.json of: labelsvc keys ceremony",
            file=str(file),
        ) from None
    return found, threshold


def _facts(manifest: Manifest) -> dict[str, Any]:
    content = manifest.content
    return {
        "version": content.version,
        "host": content.host,
        "issued": content.issued,
        "expires": content.expires,
        "threshold": content.threshold,
        "roots": [root_id(root) for root in content.roots],
        "signed_by": sorted(manifest.signatures),
        "enough": all(found >= needed for found, needed in _counted(manifest)),
        "counts": [{"signed": found, "needed": needed} for found, needed in _counted(manifest)],
        "keys": [{"kid": key.kid, "state": str(key.state)} for key in content.keys],
    }


def _words(manifest: Manifest) -> str:
    content = manifest.content
    lines = [
        base.say(
            "Trust manifest {version} of {host}, until {day}",
            version=content.version,
            host=content.host,
            day=f"{clock.local(content.expires):%d/%m/%Y}",
        )
    ]
    lines += [f"{key.kid:>5}  {key.state}" for key in content.keys]
    return "\n".join([*lines, _signed(manifest)])


def _signed(manifest: Manifest) -> str:
    (found, needed), *old = _counted(manifest)
    lines = [
        base.say(
            "Signed by {found} of the {needed} root keys it needs.", found=found, needed=needed
        )
    ]
    for found, needed in old:
        lines.append(
            base.say(
                "Of the roots of the manifest before: {found} of {needed}.",
                found=found,
                needed=needed,
            )
        )
    return "\n".join(lines)


def _counted(manifest: Manifest) -> list[tuple[int, int]]:
    """Count how many of its roots signed and must; the same of the roots before where they are others."""
    content = manifest.content
    both = [(content.threshold, content.roots)]
    if manifest.before is not None and manifest.before != both[0]:
        both.append(manifest.before)
    return [(manifest.signers(roots), threshold) for threshold, roots in both]
