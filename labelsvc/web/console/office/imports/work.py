"""Work on an upload: done while the page waits where the list is short, by a worker where it is long.

Used by every page of a list that reads it again or takes it over.
"""

from __future__ import annotations

from labelsvc.catalogue.importing import waiting
from labelsvc.catalogue.importing.choices import Choices
from labelsvc.catalogue.importing.staging import Staging, StoredPlan
from labelsvc.catalogue.importing.waiting import Doing, StagedList
from labelsvc.catalogue.models import ImportRun
from labelsvc.errors import Conflict, Refused
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site


def staging() -> Staging:
    return Staging(site().files)


def held(token: str) -> StagedList | None:
    """The upload as the database has it; None for one that it does not know."""
    with site().database.reading() as session:
        return waiting.find(session, token)


def idle(token: str) -> StagedList | None:
    """The same. :raises Conflict: a worker is at it."""
    found = held(token)
    if found is not None and found.busy:
        raise Conflict("The list is being read just now.", fix="Wait until it is done.")
    return found


def read_plan(token: str) -> StoredPlan:
    """The plan that somebody answers. :raises FileMissing: none. :raises Conflict: as `idle`."""
    idle(token)
    return staging().read(token)


def read_again(token: str, choices: Choices, *, file_name: str = "") -> bool:
    """Read an upload with what somebody has said; False: a worker does it.

    :raises ImportRefused: nothing would be left; then nothing has changed.
    """
    found = idle(token)
    if found is not None and found.large:
        with site().database.writing() as session:
            waiting.begin(session, token, Doing.PLAN, actor=actor(), choices=choices)
        return False
    staging().answer(site().database, token, choices, file_name=file_name)
    return True


def take_over(token: str) -> ImportRun | None:
    """Take an upload over; None: a worker does it.

    :raises Refused: something is not answered. :raises Conflict: the catalogue has changed.
    """
    found = idle(token)
    if found is None or not found.large:
        run = staging().take_over(site().database, token, actor=actor())
        with site().database.writing() as session:
            waiting.forget(session, token)
        return run
    if staging().read(token).facts["asks"]:
        raise Refused(
            "The list asks something that nobody has answered yet.",
            fix="Answer what the preview asks; nothing was taken over.",
        )
    with site().database.writing() as session:
        waiting.begin(session, token, Doing.TAKE, actor=actor())
    return None


def drop(token: str) -> None:
    """Throw an upload away."""
    idle(token)
    staging().drop(token)
    with site().database.writing() as session:
        waiting.forget(session, token)
