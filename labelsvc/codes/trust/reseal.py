"""Reseal: seals every secret of the database anew, and counts those under an older key. Used by
`labelsvc keys reseal` and `doctor`, after another secret key, or for a token from now on.

The tables are found by their declarations (`sealing.Sealed`), so a new one is covered by declaring it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.register.keys import lock_counter
from labelsvc.db import Base
from labelsvc.errors import KeyUnavailable
from labelsvc.sealing import Sealed, opened, seal, unseal


@dataclass(frozen=True)
class Found:
    """Sealed rows, by what they are sealed for ("key 7")."""

    current: tuple[str, ...]
    #: Under an older key: they open today, and no longer once that key is taken away.
    older: tuple[str, ...]
    #: No key of the settings opens them.
    shut: tuple[str, ...]


def sealed_classes() -> list[tuple[type[Any], Sealed]]:
    """Every mapped class with a sealed column, in the order in which their rows are locked.

    `keys draft` locks the status key before the log key, so this goes the same way.
    """
    found = [
        (mapper.class_, mapper.class_.__sealed__)
        for mapper in Base.registry.mappers
        if hasattr(mapper.class_, "__sealed__")
    ]
    return sorted(found, key=lambda both: both[0].__tablename__, reverse=True)


def look(session: Session, *, secrets: Sequence[str]) -> Found:
    """Sort the sealed rows: under the key that seals today, under an older one, or shut."""
    rows: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for mapped, sealed in sealed_classes():
        if sealed.purpose is None:
            continue
        for row in filter(sealed.only, session.scalars(select(mapped))):
            purpose = sealed.purpose(row)
            try:
                _, current = opened(secrets, getattr(row, sealed.column), purpose=purpose)
            except KeyUnavailable:
                rows[None].append(purpose)
            else:
                rows[current].append(purpose)
    return Found(*(tuple(rows[state]) for state in (True, False, None)))


def reseal(session: Session, *, secrets: Sequence[str]) -> int:
    """Seal every secret as the settings say now. The secrets themselves stay the same.

    All of them or, when something is raised, none.

    :returns: how many.
    :raises KeyUnavailable: some do not open (all are named), or the token refuses.
    """
    lock_counter(session)  # one after the other, and no key is made meanwhile
    shut: list[str] = []
    rows: list[tuple[Any, str, str, bytes]] = []
    for mapped, sealed in sealed_classes():
        query = select(mapped).with_for_update().execution_options(populate_existing=True)
        for row in filter(sealed.only, session.scalars(query).all()):
            if sealed.purpose is None:
                session.delete(row)
                continue
            purpose = sealed.purpose(row)
            try:
                plain = unseal(secrets, getattr(row, sealed.column), purpose=purpose)
            except KeyUnavailable:
                shut.append(purpose)
            else:
                rows.append((row, sealed.column, purpose, plain))
    if shut:
        raise KeyUnavailable(
            "{count} secrets do not open with the settings, and nothing was changed: {names}.",
            fix="Put the earlier secret key back into LABELSVC_SECRET_KEYS, before the new one. If it "
            "is lost, reset the second factors that are named (totp and the number of the user).",
            count=len(shut),
            names=", ".join(shut[:20]) + (" …" if len(shut) > 20 else ""),
        )
    for row, column, purpose, plain in rows:
        setattr(row, column, seal(secrets, plain, purpose=purpose))
    session.flush()
    return len(rows)
