"""Kinds of jobs: the table of work, with part, close and failure of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session

from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.jobs.models import Job
from labelsvc.jobs.queue import Claim
from labelsvc.labels.printers.sending import JOB_KIND as SENDING
from labelsvc.labels.runs.blank_roll import JOB_KIND as BLANK_ROLL
from labelsvc.labels.runs.extra_files import JOB_KIND as RUN_FILE
from labelsvc.labels.runs.start import JOB_KIND as PRINT_RUN
from labelsvc.settings import Settings


class Done(NamedTuple):
    """What a part made: key and SHA-256 of its file, and facts about it."""

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


def work_of(kind: str) -> Work:
    """The work of jobs of *kind*. Raises KeyError for a kind that nothing makes."""
    # Imported when the first job comes: a server that renders nothing needs none of it.
    from labelsvc.worker import extra_files, rendering, sending

    kinds: dict[str, Work] = {
        PRINT_RUN: rendering.RunWork(),
        BLANK_ROLL: rendering.RollWork(),
        RUN_FILE: extra_files.FileWork(),
        SENDING: sending.SendWork(),
    }
    return kinds[kind]
