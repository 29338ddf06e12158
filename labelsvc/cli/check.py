"""verify: say what is known about a code."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import click

from labelsvc import clock
from labelsvc.catalogue.recognition import STANDINGS, Recognition, Standing
from labelsvc.cli import base
from labelsvc.cli.keys import reader, write
from labelsvc.codes.forms import gs1, offline, short, uri
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import cartons, issue
from labelsvc.codes.register.keys import keyring_of
from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.held import HeldTrust
from labelsvc.db import Database
from labelsvc.errors import (
    BadCode,
    BadInput,
    BadSignature,
    BadTrust,
    ForeignHost,
    FrozenKey,
    RevokedKey,
    UnknownKey,
)
from labelsvc.i18n import day
from labelsvc.partners import partner_of
from labelsvc.scans import carton, lookup
from labelsvc.scans.verdict import OUT, SHOWN, Verdict
from labelsvc.settings import Settings

#: What a code of these verdicts says is its own claim.
_UNPROVEN: Final = (
    Verdict.BAD_SIGNATURE,
    Verdict.UNKNOWN_KEY,
    Verdict.FROZEN_KEY_OUTSIDE_RANGE,
    Verdict.NOT_ISSUED,
)
#: The verdict, and what else is known about the code.
Answer: TypeAlias = tuple[Verdict, dict[str, Any]]


#: How facts about a code are called.
_NAMES = {
    "product": "Product",
    "producer": "Producer",
    "stars": "Stars",
    "standing": "Recognition",
    "valid_to": "Valid until",
    "no_stars": "No stars",
    "lot": "Lot number",
    "expires_on": "Expires (HSD)",
    "label": "Label in its run",
    "carton": "Labels in the carton",
    "reason": "Reason",
    "partner": "A code of another programme",
    "address": "Address",
}


@click.command()
@click.argument("code")
@click.option(
    "--trust",
    type=click.Path(exists=True, path_type=Path),
    help="Folder of labelsvc keys fetch, a trust manifest, or the file of labelsvc keys export: "
    "checks offline codes without the database.",
)
@base.json_option
@click.pass_context
def verify(context: click.Context, code: str, trust: Path | None, as_json: bool) -> None:
    """Say what is known about CODE: a link, a path, or the characters under the symbol, if
    they are printed.

    Exit code 0 when it was issued and is in force, 1 for anything else. With --trust and lists that
    are missing or old, the answer is as of their day (ISSUED_OK_STALE, exit code 0).
    Examples:

    \b
      labelsvc verify HTTPS://QR.EXAMPLE.VN/7K3M9QXAV2T5C8W4H0JDPR61 --json
      labelsvc verify "7K3M 9QXA V2T5 C8W4 H0JD PR61"
      labelsvc verify HTTPS://QR.EXAMPLE.VN/0012… --trust trust.json
    """
    verdict, facts = _with_keys(code, trust) if trust else _with_database(code)
    shown = SHOWN[verdict]
    result = {
        "verdict": str(verdict),
        "headline": base.say(shown.headline),
        "meaning": base.say(shown.meaning),
    } | facts
    words = [f"{verdict}: {result['headline']}", result["meaning"]]
    words += [
        f"  {base.say(_NAMES[name])}: {_words(name, value)}"
        for name, value in facts.items()
        if value is not None
    ]
    base.put(result, as_json, "\n".join(words))
    good = (Verdict.ISSUED_OK, Verdict.ISSUED_OK_STALE) if trust else (Verdict.ISSUED_OK,)
    context.exit(0 if verdict in good else base.REFUSED)


def _words(name: str, value: Any) -> str:
    if name == "standing":
        return base.say(STANDINGS[value])
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def _with_keys(code: str, trust: Path) -> Answer:
    held, ring = _trusted(trust)
    parsed, refused = _parsed(code, ring.host, ring.former)
    if refused:
        return refused, {}
    if isinstance(parsed, CartonCode):
        return _carton_with_keys(parsed, held, ring)
    if not isinstance(parsed, offline.OfflineCode):
        return Verdict.SHORT_CODE_NEEDS_NETWORK, {}
    facts = {"expires_on": parsed.payload.expires}
    if held is not None:
        verdict = Verdict(held.say(parsed, clock.now()))
        signed = verdict not in _UNPROVEN
        return verdict, facts if signed else {}
    try:
        payload = ring.verify_offline(parsed)
    except BadSignature as error:
        return _refusal(error, parsed), {}
    if ring.is_next(payload.kid):
        return Verdict.UNKNOWN_KEY, {}
    if payload.expires is not None and payload.expires < clock.today():
        return Verdict.EXPIRED, facts
    if not ring.is_compared(payload):
        return Verdict.SHORT_CODE_NEEDS_NETWORK, facts
    # Nothing newer than the file is known: withdrawn since then would look the same.
    return Verdict.ISSUED_OK_STALE, facts


def _carton_with_keys(code: CartonCode, held: HeldTrust | None, ring: Keyring) -> Answer:
    if held is not None:
        verdict = Verdict(held.say_carton(code, clock.now()))
        signed = verdict not in _UNPROVEN
        return verdict, _of_carton(code) if signed else {}
    try:
        payload = ring.verify_carton(code)
    except FrozenKey:
        return Verdict.SHORT_CODE_NEEDS_NETWORK, _of_carton(code)
    except BadSignature as error:
        return _refusal(error, code), {}
    if ring.is_next(payload.kid):
        return Verdict.UNKNOWN_KEY, {}
    past = payload.expires is not None and payload.expires < clock.today()
    return Verdict.EXPIRED if past else Verdict.ISSUED_OK_STALE, _of_carton(code)


def _of_carton(code: CartonCode) -> dict[str, Any]:
    first, last = code.payload.numbers
    return {"expires_on": code.payload.expires, "carton": f"{first}–{last}"}


def _trusted(trust: Path) -> tuple[HeldTrust | None, Keyring]:
    """A folder, a signed manifest, or the bare keys of an operator's export."""
    if trust.is_dir():
        held = HeldTrust.read(reader(trust))
        # Judged by what was seen before this moment, which is noted for the next time.
        noted = replace(held)
        with suppress(OSError):  # a folder that may only be read
            noted.note(partial(write, trust), clock.now())
        return held, _ring(held.manifest)
    try:
        text = trust.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(
            "This is not a usable trust file: {reason}",
            fix="Export it again with: labelsvc keys export",
            reason=str(error),
        ) from error
    try:
        manifest = Manifest.parse(text.encode())
    except BadTrust:
        return None, Keyring.from_json(text)
    manifest.check_first()
    return HeldTrust(manifest), _ring(manifest)


def _ring(manifest: Manifest) -> Keyring:
    content = manifest.content
    return Keyring(content.keys, None, content.host, former=content.former)


def _with_database(code: str) -> Answer:
    settings, database, _ = base.opened()
    parsed, refused = _parsed(code, uri.authority(settings.base_url), settings.former_hosts)
    if refused or parsed is None:
        return refused or Verdict.MALFORMED, _partner(code, settings)
    if isinstance(parsed, gs1.Gs1Link):
        with database.reading() as session:
            found = lookup.by_link(session, parsed.gtin, parsed.lot, on=clock.today())
            if found is None:
                return Verdict.NOT_ISSUED, {}
            return Verdict.LINK_ONLY, _facts(found, Verdict.LINK_ONLY)
    with database.reading() as session:
        ring = keyring_of(session, settings)
    return _judged(database, ring, parsed)


def _judged(database: Database, ring: Keyring, parsed: uri.ParsedCode) -> Answer:
    """Answer as the scan page does, without recording a scan."""
    number: int | None
    try:
        if isinstance(parsed, CartonCode):
            return _judged_carton(database, ring, parsed)
        if isinstance(parsed, short.ShortCode):
            number, forms = ring.verify_short(parsed), {Form.SHORT, Form.LOT}
        elif isinstance(parsed, gs1.Gs1Code):
            number, forms = ring.verify_gs1(parsed), {Form.GS1}
        elif isinstance(parsed, offline.OfflineCode):
            payload, forms = ring.verify_offline(parsed), {Form.OFFLINE}
            with database.reading() as session:
                unit = issue.find_unit(session, ring, payload)
            number = unit[1] if unit else None
        else:
            return Verdict.MALFORMED, {}
    except BadSignature as error:
        return _refusal(error, parsed), {}
    peek = lookup.peek(database, number) if number is not None else None
    if peek is None and Form.SHORT in forms:
        with database.reading() as session:
            unissued, producer = lookup.unissued(session, number)
        return unissued, {"producer": producer} if producer else {}
    if peek is None or peek.form not in forms:
        return Verdict.NOT_ISSUED, {}
    with database.reading() as session:
        found = lookup.by_issue(session, peek.issue_id, on=clock.today())
        issued = session.get_one(Issue, peek.issue_id)
        mark = lookup.mark_of(session, peek)
        verdict = lookup.judge(mark, issued, clock.today())
        facts = _facts(found, verdict) | {
            "label": None if peek.form == Form.LOT else peek.position,
            "reason": mark.reason if mark else None,
        }
        return verdict, facts


def _judged_carton(database: Database, ring: Keyring, code: CartonCode) -> Answer:
    ring.verify_carton(code, logged=True)
    with database.reading() as session:
        issued = cartons.find(session, ring, code.payload)
        if issued is None:
            return Verdict.NOT_ISSUED, {}
        found = lookup.by_issue(session, issued.id, on=clock.today())
        first = issued.first + code.payload.first
        judged = carton.judge(
            session, issued, first=first, count=code.payload.count, on=clock.today()
        )
        return judged.verdict, _facts(found, judged.verdict) | _of_carton(code)


def _facts(found: lookup.Found, verdict: Verdict) -> dict[str, Any]:
    held, standing = found.recognition, found.standing
    told = held if verdict not in OUT else None
    return {
        "product": found.product.name,
        "producer": found.product.producer.name,
        "stars": told.stars if told and standing.allows_stars else None,
        "standing": str(standing) if told else None,
        "valid_to": told.last_day if told else None,
        "no_stars": base.say("A label that is out of use carries no stars.")
        if verdict in OUT
        else _no_stars(held, standing),
        "lot": found.lot.code if found.lot else None,
        "expires_on": found.lot.expires_on if found.lot else None,
    }


def _no_stars(held: Recognition | None, standing: Standing) -> str | None:
    """Tell why the product shows no stars today."""
    if held is None:
        return base.say(
            "No decision is entered here for this product: stars on its pack cannot be confirmed on this page."
        )
    if standing is Standing.WITHDRAWN:
        return base.say("The OCOP recognition was withdrawn on {day}.", day=day(held.withdrawn_on))
    if standing is Standing.EXPIRED:
        return base.say("The OCOP recognition ended on {day}.", day=day(held.last_day))
    if standing is Standing.NOT_RECOGNISED:
        return base.say("The recognition begins on {day}.", day=day(held.valid_from))
    return None


def _parsed(
    code: str, host: str, former: Collection[str]
) -> tuple[uri.ParsedCode | None, Verdict | None]:
    try:
        return uri.parse(code, host=host, former=former), None
    except ForeignHost:
        return None, Verdict.FOREIGN_HOST
    except (BadCode, BadInput):
        return None, Verdict.MALFORMED


def _partner(code: str, settings: Settings) -> dict[str, Any]:
    """The other programme that a foreign code leads to, where the settings name it."""
    try:
        uri.parse(code, host=uri.authority(settings.base_url), former=settings.former_hosts)
    except ForeignHost as error:
        known = partner_of(str(error.params["host"]), settings.partners)
        return {"partner": known.name, "address": known.address or None} if known else {}
    except (BadCode, BadInput):
        pass
    return {}


def _refusal(error: BadSignature, parsed: uri.ParsedCode) -> Verdict:
    """As the scan page answers: the server-checked forms have one answer for every reason."""
    if not isinstance(parsed, offline.OfflineCode | CartonCode):
        return Verdict.NOT_ISSUED
    if isinstance(error, UnknownKey):
        return Verdict.UNKNOWN_KEY
    if isinstance(error, FrozenKey | RevokedKey):
        return Verdict.FROZEN_KEY_OUTSIDE_RANGE
    return Verdict.BAD_SIGNATURE
