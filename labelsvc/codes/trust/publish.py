"""Publishing status lists: what changed becomes a numbered list, a delta, and a new head.

A number is taken, then its files are written, then the head that names them is committed: no number is
given twice, whoever breaks off. Any number of processes may publish at any time; a crash leaves a gap in
the numbers, and files that no head names. No transaction waits for a file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.clock import now
from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.tlog.formats.note import NoteKey, sign
from labelsvc.codes.trust.formats.body import Listed, Whole, added
from labelsvc.codes.trust.formats.issued import changed
from labelsvc.codes.trust.formats.status import HeadLine, Purpose, Sign, StatusHead, StatusList
from labelsvc.codes.trust.gather import (
    gather,
    idle_keys,
    lots_covered,
    made_of,
    newest_manifest,
    signing_keys,
)
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


#: A database that lost its head does not know how many of one second there were.
_FORGOTTEN: Final = timedelta(seconds=10)


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
    """Name the place of a list among the files, and under /trust/status."""
    return f"{FOLDER}/{kid}/{purpose}/" + (f"{base}-{number}" if base else f"{number}")


def publish(
    database: Database,
    files: Files,
    ring: Keyring,
    *,
    secrets: Sequence[str],
    anew: bool = False,
) -> StatusHead | None:
    """Bring lists and head up to what was marked and recalled.

    Numbers are taken in one short transaction and the head is written in another; files are read and
    written between the two, since an object store may need seconds, and every writer would wait.

    :param anew: every list gets a new number: for files that were lost.
    :returns: the new head; None when the published one says it all and is young enough, or another
        process published meanwhile.
    """
    at = now().replace(microsecond=0)
    with database.reading() as session:
        state = session.get(StatusState, 1)
        fingerprint = made_of(session)
        young = state is not None and not _old(state, ring.host, at)
        if not anew and young and state is not None and state.made_of == fingerprint:
            return None
        kids = signing_keys(session)
    among_files = {(kid, p): newest_file(files, kid, p) for kid in kids for p in Purpose}
    with database.writing() as session:
        # Everything is read under the lock: what is marked meanwhile comes with the next list.
        state = status_key(session, host=ring.host, secrets=secrets)
        key, sealed, fingerprint = key_of(state), state.sealed, made_of(session)
        renew = anew or _old(state, ring.host, at)
        named, idle = newest_manifest(session), idle_keys(session)
        lots = lots_covered(session)
        tasks = [
            _Task.begin(session, (kid, purpose), listed, lots, renew, among_files)
            for kid in signing_keys(session)
            for purpose, listed in gather(session, ring, kid).items()
        ]
    seed = unseal(secrets, sealed, purpose="status key")
    signing = partial(sign, name=key.name, seed=seed)
    done = [task.write(files, key, ring.host, at, signing) for task in tasks]
    with database.writing() as session:
        state = status_key(session, host=ring.host, secrets=secrets)
        if not all(task.finish(session, at) for task in done):
            return None  # another process was faster; what it lacks comes the next time
        # Verifiers refuse a head that is older than the one they hold, which a clock that was ahead may
        # have written: one second later supersedes it, and how long it is good is told by this clock.
        lines = tuple(task.line for task in done)
        issued = _after_last(state, at)
        if not state.head and any(among_files.values()):
            issued += _FORGOTTEN
        head = StatusHead(ring.host, issued, at + LIFE, lines, named, idle)
        state.head = head.write(signing).decode()
        known = tuple(line for line in lines if line.purpose is not Purpose.ISSUED)
        old = StatusHead(ring.host, issued, at + LIFE, known)
        state.old_head = old.write(signing).decode()
        state.made_of = fingerprint
    for task in done:
        task.tidy(files)
    return head


def newest_file(files: Files, kid: int, purpose: Purpose) -> int:
    """Number of the newest list among the files: a restored backup must not give a number twice."""
    folder = path_of(kid, purpose, 0).rpartition("/")[0]
    names = [name.rpartition("/")[2] for name in files.names(folder)]
    return max((int(name) for name in names if name.isdecimal()), default=0)


@dataclass(frozen=True)
class _Task:
    """One list of one key: what it lists, and the number that it has or gets."""

    kid: int
    purpose: Purpose
    listed: Listed
    lots: int
    digest: str
    #: The newest list when this began; its number is 0 where there is none.
    before: int
    number: int
    sha256: str

    @property
    def changed(self) -> bool:
        return self.number != self.before

    @property
    def line(self) -> HeadLine:
        return HeadLine(self.kid, self.purpose, self.number, self.sha256)

    @classmethod
    def begin(
        cls,
        session: Session,
        name: tuple[int, Purpose],
        listed: Listed,
        lots: int,
        renew: bool,
        among_files: Mapping[tuple[int, Purpose], int],
    ) -> _Task:
        """Take a number where one is needed; the caller holds the lock of the state."""
        record = session.get(StatusListRecord, name, populate_existing=True)
        digest = _digest(name[1], listed)
        if record is None:
            record = StatusListRecord(
                kid=name[0], purpose=name[1], number=0, taken=0, sha256="", listed="", lots=0,
                issued_at=now(), expires_at=now(),
            )  # fmt: skip
            session.add(record)
        same = record.number and (record.listed, record.lots) == (digest, lots)
        if same and not renew:
            return cls(*name, listed, lots, digest, record.number, record.number, record.sha256)
        record.taken = 1 + max(record.number, record.taken, among_files.get(name, 0))
        return cls(*name, listed, lots, digest, record.number, record.taken, "")

    def write(self, files: Files, key: NoteKey, host: str, at: datetime, sign: Sign) -> _Task:
        """Write the list and what is new since the one before; nobody reads them yet."""
        if not self.changed:
            return self
        made = StatusList(
            host, self.kid, self.purpose, self.number, 0, at, at + LIFE, self.lots, self.listed
        )
        file = made.write(sign)
        files.put(path_of(self.kid, self.purpose, self.number), file)
        self._put_delta(files, key, made, sign)
        return replace(self, sha256=hashlib.sha256(file).hexdigest())

    def finish(self, session: Session, at: datetime) -> bool:
        """Note what was written; False when another process published this list meanwhile."""
        name = (self.kid, self.purpose)
        record = session.get_one(StatusListRecord, name, populate_existing=True)
        if record.number != self.before:
            return False
        if self.changed:
            record.number, record.lots = self.number, self.lots
            record.sha256, record.listed = self.sha256, self.digest
            record.issued_at, record.expires_at = at, at + LIFE
        return True

    def _put_delta(self, files: Files, key: NoteKey, made: StatusList, sign: Sign) -> None:
        """Write what is new since the list before; nothing if that is lost, or something was taken back (a
        recall that ended): verifiers then fetch the full list.
        """
        base = made.number - 1
        if not base:
            return
        try:
            data = files.get(path_of(self.kid, self.purpose, base))
            before = StatusList.read(data, host=made.host, keys=[key])
        except (FileMissing, BadStatusList):
            return
        if made.purpose is Purpose.ISSUED:
            news = changed(before.listed, made.listed)
        elif added(made.listed, before.listed):
            return
        else:
            news = added(before.listed, made.listed)
        delta = StatusList(
            made.host, self.kid, self.purpose, made.number, base, made.issued, made.expires,
            made.lots, news,
        )  # fmt: skip
        files.put(path_of(self.kid, self.purpose, made.number, base), delta.write(sign))

    def tidy(self, files: Files) -> None:
        """Take away what nobody needs any more; the new head is committed."""
        if not self.changed:
            return
        old = self.number - FULLS
        if old > 0:
            files.delete(path_of(self.kid, self.purpose, old))
        old = self.number - DELTAS
        if old > 1:
            files.delete(path_of(self.kid, self.purpose, old, old - 1))


def _old(state: StatusState, host: str, at: datetime) -> bool:
    """True if the head has to be renewed though nothing changed."""
    if not state.head:
        return True
    head = _head(state)
    if head.host != host or head.manifest is None:  # of the name, or the release, before
        return True
    return not at <= head.expires - LIFE / 2 <= at + LIFE / 2 + AHEAD


def _after_last(state: StatusState, at: datetime) -> datetime:
    if not state.head:
        return at
    return max(at, _head(state).issued + timedelta(seconds=1))


def _head(state: StatusState) -> StatusHead:
    """The head that was published, under whichever name: devices that follow hold on to when it was issued."""
    host = state.head.split("\n", 2)[1]
    return StatusHead.read(state.head.encode(), host=host, keys=[key_of(state)])


def _digest(purpose: Purpose, listed: Listed) -> str:
    whole = sorted(lot for lot, units in listed.items() if isinstance(units, Whole))
    return hashlib.sha256(purpose.form.encode(listed).data + repr(whole).encode()).hexdigest()
