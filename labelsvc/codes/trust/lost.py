"""Lost lists: finds published withdrawal lists whose files are gone or damaged. Used by doctor."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from labelsvc.codes.trust.formats.status import StatusHead
from labelsvc.codes.trust.models import StatusState
from labelsvc.codes.trust.publish import key_of, path_of
from labelsvc.errors import FileMissing
from labelsvc.files import Files


def lost(session: Session, files: Files, *, host: str) -> list[str]:
    """Keys of files that the newest head names and that are not what it names.

    :raises BadStatusList: the head itself is damaged, or not signed by the key of the lists.
    """
    state = session.get(StatusState, 1)
    if state is None or not state.head:
        return []
    head = StatusHead.read(state.head.encode(), host=host, keys=[key_of(state)])
    found = []
    for line in head.lines:
        key = path_of(line.kid, line.purpose, line.number)
        try:
            data = files.get(key)
        except FileMissing:
            data = b""
        if hashlib.sha256(data).hexdigest() != line.sha256:
            found.append(key)
    return found
