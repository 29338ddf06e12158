"""Work: the protocol that each kind of job fulfils, and the result of one part.

Used by `kinds`, which lists the kinds, and by the modules that do the work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session

from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.jobs.models import Job
from labelsvc.jobs.queue import Claim
from labelsvc.settings import Settings


class Done(NamedTuple):
    """The outcome of a part: key and SHA-256 of its file, and facts about it."""

    key: str
    sha256: str
    result: dict[str, Any]


class Work(Protocol):
    """A kind of job."""

    def part(self, database: Database, files: Files, settings: Settings, claimed: Claim) -> Done:
        """Do one part. Raises `LabelsvcError` where trying again is of no use."""

    def close(self, database: Database, files: Files, job: Job) -> Callable[[Session], None]:
        """Put the parts together; the result writes it down, in the transaction that ends the job.

        Raises `LabelsvcError` where the parts make no whole.
        """

    def fail(self, session: Session, job: Job, error: LabelsvcError) -> None:
        """Write down what the failure means, in the transaction that ends the job."""
