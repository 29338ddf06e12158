"""Lists: status lists, heads and manifests among the files, that a copy does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Issue, Mark, MarkState
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import find_place
from labelsvc.codes.trust import publish, store
from labelsvc.codes.trust.formats.body import Whole
from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.formats.status import Purpose, StatusList
from labelsvc.codes.trust.models import StatusListRecord, StatusState
from labelsvc.errors import BadStatusList, BadTrust, FileMissing
from labelsvc.files import Files
from labelsvc.recovery.journal import MANIFESTS
from labelsvc.recovery.withdrawn import ACTOR, REASON, Applied

_STATES = {Purpose.WITHDRAWN: MarkState.WITHDRAWN, Purpose.SOLD: MarkState.SOLD}
#: What a list adds to nothing: it says as much, or more.
_SAYS = {
    Purpose.WITHDRAWN: {MarkState.WITHDRAWN, MarkState.VOID},
    Purpose.SOLD: {MarkState.WITHDRAWN, MarkState.VOID, MarkState.SOLD},
}


def forget_head(session: Session) -> None:
    """The next publishing makes every list and the head anew, with numbers above those of the files."""
    session.execute(delete(StatusListRecord))
    session.execute(update(StatusState).values(made_of="", head="", old_head=""))


def take_manifests(session: Session, files: Files, host: str) -> list[int]:
    """Take published manifests that the database lacks back into it; their versions.

    Each must follow the one before, signed by its roots: a file proves itself.
    """
    there = files.names(MANIFESTS)
    versions = sorted(int(n) for name in there if (n := name.rpartition("/")[2][:-5]).isdecimal())
    taken = []
    for version in versions:
        before = store.newest(session)
        if before is not None and version <= before.content.version:
            continue
        try:
            manifest = Manifest.parse(files.get(f"{MANIFESTS}/{version}.json"))
            store.publish_manifest(session, manifest, host=host)
        except (BadTrust, FileMissing):
            break
        taken.append(version)
    return taken


def apply(
    session: Session, files: Files, ring: Keyring, *, found: Applied, kids: Sequence[int]
) -> None:
    """Let units hold as listed that the newest lists among the files name and the database does not."""
    state = session.get(StatusState, 1)
    if state is None:
        return
    for kid in kids:
        for purpose in _STATES:
            made = _newest(files, state, ring.host, (kid, purpose))
            for lot, units in (made.listed if made is not None else {}).items():
                if isinstance(units, Whole):
                    _recall(session, lot, found)
                else:
                    _mark(session, _numbers(session, ring, kid, lot, units), purpose, found)


def _newest(
    files: Files, state: StatusState, host: str, of: tuple[int, Purpose]
) -> StatusList | None:
    number = publish.newest_file(files, *of)
    if not number:  # lists are numbered from 1
        return None
    name = publish.path_of(*of, number)
    try:
        return StatusList.read(files.get(name), host=host, keys=[publish.key_of(state)])
    except (BadStatusList, FileMissing):
        return None


def _recall(session: Session, number: int, found: Applied) -> None:
    lot = session.get(Lot, number)
    if lot is not None and lot.recalled_at is None:
        lot.recalled_at, lot.recall_reason = now(), REASON
        found.count("recalled")


def _numbers(
    session: Session, ring: Keyring, kid: int, lot: int, units: Iterable[int]
) -> Iterator[tuple[Issue, int]]:
    for unit in units:
        try:
            known = find_place(session, ring, kid, lot=lot, unit=unit)
        except (KeyError, ValueError):
            continue
        if known is not None:
            yield known


def _mark(
    session: Session, numbers: Iterable[tuple[Issue, int]], purpose: Purpose, found: Applied
) -> None:
    for issue, number in numbers:
        held = revoke.state_of(session, number)
        if held is None or held.state not in _SAYS[purpose]:
            session.add(
                Mark(issue_id=issue.id, first=number, last=number, state=_STATES[purpose],
                     reason=REASON, actor=ACTOR)
            )  # fmt: skip
            session.flush()
            found.count(str(_STATES[purpose]))
