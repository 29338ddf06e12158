"""Signing keys in the database: make, rotate, freeze, revoke, load.

Every verb locks the counter of numbers first. That is what makes "number n was signed by the key
in whose range it lies" true: a rotation and an allocation never overlap.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes.forms import uri
from labelsvc.codes.forms.signing import public_key
from labelsvc.codes.forms.units import UnitKey, unit_keys
from labelsvc.codes.keys.key import Key, KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import (
    CODE_COUNTER,
    KEY_COUNTER,
    Counter,
    KeyRecord,
    PermutationSecret,
)
from labelsvc.codes.register import claims
from labelsvc.codes.tlog import describe, log
from labelsvc.codes.tlog.ranges import Logged
from labelsvc.errors import Conflict, KeyUnavailable, NotFound
from labelsvc.sealing import seal, unseal
from labelsvc.settings import Settings

LAST_KID = 4095
#: Lots that may be opened, and printed by a process that has not heard of it yet, while a key is frozen:
#: their units are still shuffled by the key that is told.
_LOTS_MEANWHILE = 1000


def create_keys(session: Session, *, secrets: Sequence[str]) -> KeyRecord:
    """The active key; on an empty database the first keys, the permutation secret and the counter.

    May be called at every start, and by two processes at once.

    :param secrets: the secret keys of the settings, oldest to newest.
    """
    if session.get(Counter, CODE_COUNTER) is None:
        try:
            with session.begin_nested():
                session.add(Counter(name=CODE_COUNTER, next=1))
        except IntegrityError:
            pass  # another process was faster; the lock below waits for it
    first = lock_counter(session)
    active = _active(session)
    if active is None:
        if session.get(PermutationSecret, 1) is None:
            if session.scalar(select(KeyRecord.kid).limit(1)) is not None:
                raise permutation_lost()  # another one would make every label a fake
            sealed = seal(secrets, os.urandom(32), purpose="permutation")
            session.add(PermutationSecret(id=1, sealed=sealed))
        waiting = _waiting(session)
        active = _activate(waiting or _new_key(session, secrets), first)
        _new_key(session, secrets)
    return active


def permutation_lost() -> KeyUnavailable:
    """The error where there are keys, and not the secret that their numbers are shuffled with."""
    return KeyUnavailable(
        "The secret that numbers are shuffled with is lost: no code can be made or verified.",
        fix="Restore a copy that has it: labelsvc restore FILE --force. Nothing else brings it back.",
    )


def _waiting(session: Session) -> KeyRecord | None:
    return session.scalars(
        select(KeyRecord).where(KeyRecord.state == KeyState.NEXT).order_by(KeyRecord.kid).limit(1)
    ).first()


def rotate(session: Session, *, secrets: Sequence[str]) -> KeyRecord:
    """Retire the active key and let the next one, published long before, sign from here on.

    Retired keys verify for ever. A new next key is made.

    :returns: the key that is active now.
    :raises KeyUnavailable: there are no keys yet.
    """
    first = lock_counter(session)
    active, waiting = _active(session), _waiting(session)
    if active is not None:
        active.state = KeyState.RETIRED
        active.retired_at = now()
    elif waiting is None:
        raise KeyUnavailable("There are no signing keys yet.", fix="Run: labelsvc migrate")
    successor = _activate(waiting or _new_key(session, secrets), first)
    _new_key(session, secrets)
    session.flush()
    return successor


def freeze(session: Session, kid: int, *, secrets: Sequence[str]) -> KeyRecord:
    """Stop believing what a stolen key signs from now on; labels in the log stay good.

    Believed is what the public log, once it is published, has before the leaf that is noted here; what
    only the database has is not (`claims`). An active key is rotated first. What shuffled the units of its lots is told to everybody with the
    next trust manifest, so that a verifier without a network knows each unit that it signed; units of
    lots to come are shuffled by another key.

    :raises NotFound: no such key. :raises Conflict: it was revoked.
    """
    return _end(session, kid, KeyState.FROZEN, secrets)


def revoke_key(session: Session, kid: int, *, secrets: Sequence[str]) -> KeyRecord:
    """Refuse every code a key ever signed, genuine labels too. Raises as `freeze`."""
    return _end(session, kid, KeyState.REVOKED, secrets)


def load_keyring(
    session: Session, *, base_url: str, secrets: Sequence[str], former: Sequence[str] = ()
) -> Keyring:
    """The keyring of the service, secrets opened.

    It is a snapshot: a process that lives long must load it again now and then (a minute is
    right), or it would call the codes of a rotation it has not heard of fakes.

    :param base_url: of the settings; host and scheme of every symbol.
    :param former: hosts of before, of the settings: what was printed under them still verifies.
    :raises KeyUnavailable: there are no keys, or *secrets* do not open them.
    """
    permutation = session.get(PermutationSecret, 1)
    records = session.scalars(select(KeyRecord).order_by(KeyRecord.kid)).all()
    if permutation is None and records:
        raise permutation_lost()
    if permutation is None or not records:
        raise KeyUnavailable("There are no signing keys yet.", fix="Run: labelsvc migrate")
    secret = unseal(secrets, permutation.sealed, purpose="permutation")
    told = unit_keys(secret, (r.lots_before for r in records if r.lots_before is not None))
    frozen = [record.kid for record in records if record.state == KeyState.FROZEN]
    believed = claims.believed(session, frozen, secrets=secrets) if frozen else {}
    return Keyring(
        [_key(record, secrets, told, believed.get(record.kid, Logged())) for record in records],
        secret,
        uri.authority(base_url),
        scheme=urlsplit(base_url).scheme,
        former=dict.fromkeys(former),
    )


def keyring_of(session: Session, settings: Settings) -> Keyring:
    """Load the keyring of the service that *settings* describe.

    :raises KeyUnavailable: as `load_keyring`.
    """
    return load_keyring(
        session, base_url=settings.base_url, secrets=settings.keys, former=settings.former_hosts
    )


def lock_counter(session: Session, take: int = 0) -> int:
    """Lock the counter of numbers until the transaction ends and take *take* numbers.

    :returns: the first number taken.
    :raises KeyUnavailable: `create_keys` was never called on this database.
    """
    after = session.scalar(
        update(Counter)
        .where(Counter.name == CODE_COUNTER)
        .values(next=Counter.next + take)
        .returning(Counter.next)
        .execution_options(synchronize_session=False)
    )
    if after is None:
        raise KeyUnavailable("There are no signing keys yet.", fix="Run: labelsvc migrate")
    return after - take


def _active(session: Session) -> KeyRecord | None:
    # populate_existing: what the session remembers may be older than the lock.
    return session.scalars(
        select(KeyRecord)
        .where(KeyRecord.state == KeyState.ACTIVE)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _activate(record: KeyRecord, first: int) -> KeyRecord:
    record.state = KeyState.ACTIVE
    record.first_number = first
    record.activated_at = now()
    return record


def reserve(session: Session, *, secrets: Sequence[str], above: int) -> KeyRecord:
    """A next key whose number is larger than *above*; later keys follow it.

    For a restored database: a number that the world knows from a lost key must never name another one.
    """
    return _new_key(session, secrets, above)


def largest_kid(session: Session) -> int:
    """The largest number that a key has, or had in a database that this one replaced; 0 for none."""
    floor = session.scalar(select(Counter.next).where(Counter.name == KEY_COUNTER)) or 1
    return max(session.scalar(select(func.max(KeyRecord.kid))) or 0, floor - 1)


def _new_key(session: Session, secrets: Sequence[str], above: int = 0) -> KeyRecord:
    kid = max(largest_kid(session), above) + 1
    if kid > LAST_KID:
        raise KeyUnavailable("All {count} key numbers are used.", count=LAST_KID)
    seed = os.urandom(32)
    record = KeyRecord(
        kid=kid,
        state=KeyState.NEXT,
        public=public_key(seed),
        sealed=seal(secrets, os.urandom(32) + seed, purpose=f"key {kid}"),
    )
    session.add(record)
    session.flush()
    return record


def _end(session: Session, kid: int, state: KeyState, secrets: Sequence[str]) -> KeyRecord:
    lock_counter(session)
    record = session.get(KeyRecord, kid, populate_existing=True)
    if record is None:
        raise NotFound("There is no key {kid}.", kid=kid)
    if record.state == KeyState.REVOKED:
        raise Conflict("Key {kid} is revoked already.", kid=kid)
    if record.state == KeyState.ACTIVE:
        rotate(session, secrets=secrets)
    record.state = state
    record.retired_at = record.retired_at or now()
    if state == KeyState.FROZEN and record.lots_before is None:
        newest = session.scalar(select(func.max(Lot.id))) or 0
        before = session.scalar(select(func.max(KeyRecord.lots_before))) or 0
        record.lots_before = max(newest + 1 + _LOTS_MEANWHILE, before)
    session.flush()
    # In this transaction: what is entered afterwards stands behind it and is not believed.
    log.append(session, describe.key(record))
    return record


def _key(
    record: KeyRecord, secrets: Sequence[str], told: Sequence[UnitKey], believed: Logged
) -> Key:
    both = unseal(secrets, record.sealed, purpose=f"key {record.kid}")
    lots = {row[0] for row in believed.units}
    return Key(
        kid=record.kid,
        state=KeyState(record.state),
        ed25519_public=record.public,
        ed25519_private=both[32:],
        mac_secret=both[:32],
        first_number=record.first_number,
        ranges=believed.numbers,
        unit_ranges=believed.units,
        unit_keys=tuple(k for k in told if any(k.first <= lot < k.stop for lot in lots)),
        lots_before=record.lots_before,
    )
