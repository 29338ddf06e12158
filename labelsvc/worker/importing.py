"""Importing: jobs that read a long list, or take it over."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from labelsvc.catalogue.importing.choices import Choices
from labelsvc.catalogue.importing.staging import Staging
from labelsvc.catalogue.importing.waiting import Doing
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.jobs.models import Job
from labelsvc.jobs.queue import Claim
from labelsvc.settings import Settings
from labelsvc.worker.work import Done


class ListWork:
    """The payload names the upload; there is one part. Doing it twice does no more than once."""

    def part(self, database: Database, files: Files, settings: Settings, claimed: Claim) -> Done:
        told, staging = claimed.payload, Staging(files)
        token: str = told["token"]
        step = staging.watch(token, told["doing"])
        if told["doing"] == Doing.TAKE:
            run = staging.take_over(database, token, actor=told["actor"], step=step)
            return Done("", "", {"import": run.id})
        choices = Choices.from_json(told["choices"] or {})
        staging.keep_tops(token, told["file"])
        staging.answer(database, token, choices, file_name=told["file"], step=step)
        return Done("", "", {})

    def close(self, database: Database, files: Files, job: Job) -> Callable[[Session], None]:
        return lambda _session: None

    def fail(self, session: Session, job: Job, error: LabelsvcError) -> None:
        """The job keeps the error; the list waits as it did."""
