"""Resealing: encrypts sealed rows again under the newest secret key or a token."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.keys.sealing import seal, unseal
from labelsvc.codes.models import KeyRecord, PermutationSecret
from labelsvc.codes.register.keys import lock_counter
from labelsvc.codes.tlog.models import LogState
from labelsvc.codes.trust.models import StatusState


def reseal(session: Session, *, secrets: Sequence[str]) -> int:
    """Every secret half, sealed as the settings say now. The keys themselves stay the same.

    :returns: how many.
    :raises KeyUnavailable: one does not open, or the token refuses: then nothing is changed.
    """
    lock_counter(session)
    rows: list[tuple[KeyRecord | PermutationSecret | StatusState | LogState, str]] = [
        (record, f"key {record.kid}") for record in session.scalars(select(KeyRecord))
    ]
    rows += [(row, "permutation") for row in session.scalars(select(PermutationSecret))]
    rows += [(row, "status key") for row in session.scalars(select(StatusState).with_for_update())]
    rows += [(row, "log key") for row in session.scalars(select(LogState).with_for_update())]
    for row, purpose in rows:
        plain = unseal(secrets, row.sealed, purpose=purpose)
        row.sealed = seal(secrets, plain, purpose=purpose)
    session.flush()
    return len(rows)
