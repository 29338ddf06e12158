"""Forgotten: jobs that send a link for a new password, where the person is known and may be written to."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from labelsvc.accounts.contact import forgotten
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.jobs.models import Job
from labelsvc.jobs.queue import Claim
from labelsvc.settings import Settings
from labelsvc.worker.work import Done


class ForgottenWork:
    """The payload names the user, 0 for a name that nobody has."""

    def part(self, database: Database, files: Files, settings: Settings, claimed: Claim) -> Done:
        with database.writing() as session:
            forgotten.send_link(session, int(claimed.payload["user"]), keys=settings.keys)
        return Done("", "", {})

    def close(self, database: Database, files: Files, job: Job) -> Callable[[Session], None]:
        def finish(session: Session) -> None:
            session.get_one(Job, job.id).payload = {}  # who forgot what is nobody's business

        return finish

    def fail(self, session: Session, job: Job, error: LabelsvcError) -> None:
        job.payload = {}
