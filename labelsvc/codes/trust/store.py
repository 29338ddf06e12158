"""Trust manifests of this service: drafted from its keys, published once the roots signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.clock import now
from labelsvc.codes.keys.key import Key, KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import KeyRecord, RangeClaim, WithdrawalState
from labelsvc.codes.tlog import log
from labelsvc.codes.trust.formats.former import FormerHost
from labelsvc.codes.trust.formats.manifest import Content, Manifest
from labelsvc.codes.trust.models import TrustManifest
from labelsvc.codes.trust.publish import key_of, status_key
from labelsvc.errors import BadTrust, NotFound

#: A little over a year: the yearly ceremony may be late by a month.
LIFE: Final = timedelta(days=400)
#: A host of before was in use for some time; a manifest refuses none at all.
_LEAST: Final = timedelta(seconds=1)


def newest(session: Session) -> Manifest | None:
    """The published manifest; None before the first ceremony."""
    query = select(TrustManifest.file).order_by(TrustManifest.version.desc()).limit(1)
    file = session.scalar(query)
    return Manifest.parse(file) if file is not None else None


def file_of(session: Session, version: int | None = None) -> bytes:
    """The file of a version, or of the newest. :raises NotFound: there is none."""
    query = select(TrustManifest.file).order_by(TrustManifest.version.desc()).limit(1)
    if version is not None:
        query = query.where(TrustManifest.version == version)
    file = session.scalar(query)
    if file is None:
        raise NotFound("No trust manifest is published.", fix="Run: labelsvc keys ceremony")
    return file


def draft(
    session: Session,
    ring: Keyring,
    *,
    secrets: Sequence[str],
    roots: Sequence[bytes] = (),
    threshold: int | None = None,
    expires: datetime | None = None,
) -> Manifest:
    """The next manifest, with all keys in their present states; nobody has signed it.

    :param roots: public keys of the roots; those of the manifest before unless given.
    :raises BadTrust: no roots are known yet.
    """
    before = newest(session)
    if not roots and before is None:
        raise BadTrust(
            "The first trust manifest needs root keys.",
            fix="Run labelsvc keys ceremony on a machine without a network, and give its roots.json.",
        )
    at = now().replace(microsecond=0)
    content = Content(
        host=ring.host,
        version=before.content.version + 1 if before else 1,
        issued=at,
        expires=(expires or at + LIFE).replace(microsecond=0),
        threshold=threshold or (before.content.threshold if before and not roots else 2),
        roots=tuple(roots) or (before.content.roots if before else ()),
        keys=tuple(Key.from_public(key.to_public()) for key in ring.keys),  # no private halves
        status_keys=(key_of(status_key(session, host=ring.host, secrets=secrets)),),
        log_key=log.key_of(log.open_log(session, origin=log.origin_of(ring.host), secrets=secrets)),
        hosts=_hosts(ring, before.content if before else None, at),
    )
    return Manifest.draft(content, before.content if before else None)


def _hosts(ring: Keyring, before: Content | None, at: datetime) -> tuple[FormerHost, ...]:
    """Hosts of before: those of the manifest before as it names them, and those that came since, with
    the keys that signed until now.
    """
    known = {host.name: host for host in before.hosts} if before else {}
    kids = tuple(key.kid for key in ring.keys if key.state != KeyState.NEXT)
    for name in ring.former:
        since = min(before.issued if before else at, at - _LEAST)
        known.setdefault(name, FormerHost(name, since, at, kids))
    return tuple(host for name, host in known.items() if name != ring.host)


def publish_manifest(session: Session, manifest: Manifest, *, host: str) -> None:
    """Put it before the world.

    :raises BadTrust: too few roots signed, or it is not the next one. The same one once more is no
        fault and does nothing.
    """
    if manifest.content.host != host:
        raise BadTrust("This trust manifest belongs to {host}.", host=manifest.content.host)
    before = newest(session)
    if before is None:
        if manifest.content.version != 1:
            raise BadTrust(
                "Trust manifest {missing} is missing between {held} and {offered}.",
                fix="Take the versions one after another.",
                missing=1,
                held=0,
                offered=manifest.content.version,
            )
        manifest.check_first()
    else:
        manifest.check_next(before)
        if manifest.text == before.text:
            return
    file = bytes(replace(manifest, before=None))
    session.add(TrustManifest(version=manifest.content.version, file=file))
    session.flush()


def behind(session: Session) -> list[int]:
    """Keys of which the published manifest no longer says what is so: another state, or ranges that
    were decided on since, or nothing of what the codes of a stolen key say. It is time for the next.
    None where no manifest is published.
    """
    manifest = newest(session)
    if manifest is None:
        return []
    decided = select(RangeClaim.kid).where(
        RangeClaim.state == WithdrawalState.DONE, RangeClaim.decided_at > manifest.content.issued
    )
    later = set(session.scalars(decided))
    return [
        record.kid
        for record in session.scalars(select(KeyRecord).order_by(KeyRecord.kid))
        if record.kid in later
        or (known := manifest.content.key(record.kid)) is None
        or (known.state, known.ed25519_public) != (record.state, record.public)
        or (known.unit_ranges and not any(row[3:] for row in known.unit_ranges))
    ]
