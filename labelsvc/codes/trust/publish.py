"""Publishing status lists: what changed becomes a numbered list, a delta, and a new head.

Files are written before the head that names them, and a number is used once it is committed. Any
number of processes may publish at any time; a crash leaves files that no head names, which the next
one overwrites.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.clock import now
from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.tlog.formats.note import NoteKey, sign
from labelsvc.codes.trust.formats.body import Listed, Whole, added, encode
from labelsvc.codes.trust.formats.status import HeadLine, Purpose, Sign, StatusHead, StatusList
from labelsvc.codes.trust.gather import gather, lots_covered, made_of, signing_keys
from labelsvc.codes.trust.models import StatusListRecord, StatusState
from labelsvc.db import Database
from labelsvc.errors import BadStatusList, FileMissing
from labelsvc.files import Files
from labelsvc.sealing import seal, unseal

FOLDER = "trust/status"
#: How long a head and its lists say "as of now"; they are renewed when half of it is over.
LIFE = timedelta(hours=24)
#: A head that lies further ahead of the clock than this is from a wrong clock, and is superseded.
AHEAD = timedelta(minutes=5)
#: Deltas that stay, for verifiers that were away for a while; full lists: the newest two.
DELTAS, FULLS = 64, 2


def status_key(session: Session, *, host: str, secrets: Sequence[str]) -> StatusState:
    """The state of the lists, locked until the transaction ends; made on first use with a new key.

    :param secrets: the secret keys of the settings, oldest to newest.
    """
    query = select(StatusState).where(StatusState.id == 1).with_for_update()
    query = query.execution_options(populate_existing=True)
    state = session.scalar(query)
    if state is None:
        seed = os.urandom(32)
        made = StatusState(
            id=1,
            name=f"{host}/status",
            public=public_key(seed),
            sealed=seal(secrets, seed, purpose="status key"),
        )
        try:
            with session.begin_nested():
                session.add(made)
        except IntegrityError:
            pass  # another process was faster
        state = session.scalars(query).one()
    return state


def key_of(state: StatusState) -> NoteKey:
    """Public key that heads and lists are signed with."""
    return NoteKey(state.name, state.public)


def path_of(kid: int, purpose: str, number: int, base: int = 0) -> str:
    """Where a list lies among the files, and under /trust/status."""
    return f"{FOLDER}/{kid}/{purpose}/" + (f"{base}-{number}" if base else f"{number}")


def publish(
    database: Database, files: Files, ring: Keyring, *, secrets: Sequence[str]
) -> StatusHead | None:
    """Bring lists and head up to what was marked and recalled.

    :returns: the new head; None when the published one says it all and is young enough.
    """
    at = now().replace(microsecond=0)
    with database.reading() as session:
        state = session.get(StatusState, 1)
        fingerprint = made_of(session)
        if state is not None and state.made_of == fingerprint and not _old(state, ring.host, at):
            return None
    with database.writing() as session:
        # Everything is read under the lock: what is marked meanwhile comes with the next list.
        state = status_key(session, host=ring.host, secrets=secrets)
        fingerprint = made_of(session)
        seed = unseal(secrets, state.sealed, purpose="status key")
        signing = partial(sign, name=state.name, seed=seed)
        renew = _old(state, ring.host, at)
        lots = lots_covered(session)
        lines = []
        for kid in signing_keys(session):
            for purpose, listed in gather(session, ring, kid).items():
                task = _Task(session, files, key_of(state), ring.host, kid, purpose, at)
                record = task.publish(listed, lots, signing, renew=renew)
                lines.append(HeadLine(kid, purpose, record.number, record.sha256))
        # Verifiers refuse a head that is older than the one they hold, which a clock that was ahead may
        # have written: one second later supersedes it, and how long it is good is told by this clock.
        head = StatusHead(ring.host, _after_last(state, ring.host, at), at + LIFE, tuple(lines))
        state.head = head.write(signing).decode()
        state.made_of = fingerprint
    return head


@dataclass(frozen=True)
class _Task:
    """One list of one key."""

    session: Session
    files: Files
    key: NoteKey
    host: str
    kid: int
    purpose: Purpose
    at: datetime

    def publish(self, listed: Listed, lots: int, sign: Sign, *, renew: bool) -> StatusListRecord:
        record = self.session.get(StatusListRecord, (self.kid, self.purpose))
        digest = _digest(listed)
        same = record is not None and (record.listed, record.lots) == (digest, lots)
        if record is not None and same and not renew:
            return record
        number = self._last(record) + 1
        made = StatusList(
            self.host, self.kid, self.purpose, number, 0, self.at, self.at + LIFE, lots, listed
        )
        file = made.write(sign)
        self.files.put(path_of(self.kid, self.purpose, number), file)
        self._put_delta(made, sign)
        if record is None:
            record = StatusListRecord(kid=self.kid, purpose=self.purpose)
            self.session.add(record)
        record.number, record.lots = number, lots
        record.sha256, record.listed = hashlib.sha256(file).hexdigest(), digest
        record.issued_at, record.expires_at = self.at, self.at + LIFE
        self._tidy(number)
        return record

    def _last(self, record: StatusListRecord | None) -> int:
        """Number of the newest list, here or among the files: a restored backup must not give a
        number twice."""
        folder = path_of(self.kid, self.purpose, 0).rpartition("/")[0]
        names = [name.rpartition("/")[2] for name in self.files.names(folder)]
        known = [int(name) for name in names if name.isdecimal()]
        return max([record.number if record is not None else 0, *known])

    def _put_delta(self, made: StatusList, sign: Sign) -> None:
        """What is new since the list before; none where that is lost, or something was taken back
        (a recall that ended): verifiers then fetch the full list.
        """
        base = made.number - 1
        if not base:
            return
        try:
            before = StatusList.read(
                self.files.get(path_of(self.kid, self.purpose, base)),
                host=self.host,
                keys=[self.key],
            )
        except (FileMissing, BadStatusList):
            return
        if added(made.listed, before.listed):
            return
        delta = StatusList(
            self.host, self.kid, self.purpose, made.number, base, made.issued, made.expires,
            made.lots, added(before.listed, made.listed),
        )  # fmt: skip
        self.files.put(path_of(self.kid, self.purpose, made.number, base), delta.write(sign))

    def _tidy(self, number: int) -> None:
        old = number - FULLS
        if old > 0:
            self.files.delete(path_of(self.kid, self.purpose, old))
        old = number - DELTAS
        if old > 1:
            self.files.delete(path_of(self.kid, self.purpose, old, old - 1))


def _old(state: StatusState, host: str, at: datetime) -> bool:
    """True if the head has to be renewed though nothing changed."""
    if not state.head:
        return True
    head = _head(state, host)
    return not at <= head.expires - LIFE / 2 <= at + LIFE / 2 + AHEAD


def _after_last(state: StatusState, host: str, at: datetime) -> datetime:
    if not state.head:
        return at
    return max(at, _head(state, host).issued + timedelta(seconds=1))


def _head(state: StatusState, host: str) -> StatusHead:
    return StatusHead.read(state.head.encode(), host=host, keys=[key_of(state)])


def _digest(listed: Listed) -> str:
    whole = sorted(lot for lot, units in listed.items() if isinstance(units, Whole))
    return hashlib.sha256(encode(listed).data + repr(whole).encode()).hexdigest()
