"""Sending: jobs that send a roll to a network printer."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.jobs.models import Job
from labelsvc.jobs.queue import Claim
from labelsvc.labels.printers import sending
from labelsvc.settings import Settings
from labelsvc.worker.work import Done


class SendWork:
    """The payload names the sending; there is one part, and it is never done twice."""

    def part(self, database: Database, files: Files, settings: Settings, claimed: Claim) -> Done:
        number = claimed.payload["sending_id"]
        last = sending.send(database, files, number, networks=settings.printer_networks)
        return Done("", "", {"last": last})

    def close(self, database: Database, files: Files, job: Job) -> Callable[[Session], None]:
        last = (job.parts[0].result or {})["last"]
        return lambda session: sending.finish(session, job.payload["sending_id"], last)

    def fail(self, session: Session, job: Job, error: LabelsvcError) -> None:
        sending.fail(session, job.payload["sending_id"], error)
