"""Checks of doctor about keys: sealed secrets, the public log, frozen keys. Used by doctor."""

from __future__ import annotations

from collections.abc import Sequence

from labelsvc.cli import base
from labelsvc.codes.register import claims
from labelsvc.codes.tlog import log, ranges, setback
from labelsvc.codes.tlog.formats.checkpoint import read
from labelsvc.codes.tlog.models import LogState
from labelsvc.codes.trust import reseal
from labelsvc.db import Database
from labelsvc.errors import (
    BadLog,
    ConfigurationError,
    Doubt,
    FileMissing,
    KeyUnavailable,
    LabelsvcError,
)
from labelsvc.files import Files
from labelsvc.settings import Settings


def sealed(settings: Settings, database: Database) -> str:
    """Every secret in the database opens, and under the newest key."""
    with database.reading() as session:
        found = reseal.look(session, secrets=settings.keys)
    return _sealed(found)


def public_log(settings: Settings, database: Database, files: Files) -> str:
    """The leaves in the database give the signed root, and the files show it."""
    with database.reading() as session:
        state = session.get(LogState, 1)
        found = ranges.view(session, (), secrets=settings.keys)
    if found.fault is not None:
        raise unsound(found.fault)
    if state is None or not found.size:
        return base.say("nothing is published yet")
    _published(files, state, found)
    return base.say("{count} leaves, as signed", count=found.size)


def unsound(fault: LabelsvcError) -> LabelsvcError:
    """Tell what is wrong with the leaves in the database, with a way out."""
    if not isinstance(fault, BadLog) or fault.fix:
        return fault
    return ConfigurationError(
        fault.message,
        fix="Rows of the public log were changed. Keep the database, restore a copy, and run: labelsvc audit-log recover",
        **fault.params,
    )


def frozen(settings: Settings, database: Database) -> str:
    """Check that all ranges of frozen keys in the database are in the log or were decided."""
    with database.reading() as session:
        kids = claims.frozen(session)
        rows = [r for k in kids for r in claims.lacking(session, k, secrets=settings.keys)]
        forged = claims.unsealed(session, secrets=settings.keys)
    return _frozen(kids, rows, forged)


def _sealed(found: reseal.Found) -> str:
    """Count the secrets in the database; each must open, and under the newest key."""
    if found.shut:
        raise KeyUnavailable(
            "{count} secrets in the database do not open with the settings: {names}.",
            fix="Put the earlier secret key back into LABELSVC_SECRET_KEYS, before the new one.",
            count=len(found.shut),
            names=some(found.shut),
        )
    if found.older:
        raise Doubt(
            "{count} secrets in the database are under an older key: {names}.",
            fix="Run labelsvc keys reseal before an older key is taken away.",
            count=len(found.older),
            names=some(found.older),
        )
    return str(len(found.current))


def _published(files: Files, state: LogState, signed: ranges.LogView) -> None:
    """The checkpoint among the files must be the newest that was signed."""
    try:
        there, _ = read(log.published(files), log.key_of(state))
    except FileMissing:
        raise Doubt(
            "The signed checkpoint of the public log is not among the files.",
            fix="Run: labelsvc audit-log publish",
        ) from None
    except BadLog:
        return  # the check of its files tells it, and mends it
    if there.size > signed.size or (there.size == signed.size and there.root != signed.root):
        raise setback.forked(there.size, signed.size)
    if there.size < signed.size:
        raise Doubt(
            "The published log has {published} leaves, and {signed} are signed.",
            fix="Run: labelsvc audit-log publish. If that does not help, put the folder log back from a backup.",
            published=there.size,
            signed=signed.size,
        )


def _frozen(kids: Sequence[int], rows: Sequence[claims.Lacking], forged: Sequence[int]) -> str:
    if forged:
        raise KeyUnavailable(
            "Decisions about ranges of frozen keys were not sealed by this service: {numbers}. They "
            "are not believed.",
            fix="If a secret key was taken away too early, put it back. If not, somebody wrote to the "
            "database: find out who.",
            numbers=", ".join(map(str, forged)),
        )
    if rows:
        raise Doubt(
            "{count} codes of frozen keys are in the database and not in the public log: {names}. They "
            "are refused.",
            fix="Two people of the office decide on the page of the key whether they are genuine.",
            count=sum(row.count for row in rows),
            names=some([row.row for row in rows]),
        )
    return ", ".join(map(str, kids)) or base.say("none")


def some(names: Sequence[str]) -> str:
    """The first of *names*."""
    return ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
