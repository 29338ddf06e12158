"""Extra files: jobs that make a further file of a released run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sqlalchemy.orm import Session

from labelsvc.codes.register.issue import load_keyring
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.jobs.models import Job
from labelsvc.jobs.queue import Claim
from labelsvc.labels.models import RunFile
from labelsvc.labels.runs import extra_files
from labelsvc.settings import Settings
from labelsvc.worker.work import Done


class FileWork:
    """The payload names the file; there is one part."""

    def part(self, database: Database, files: Files, settings: Settings, claimed: Claim) -> Done:
        with database.reading() as session:
            file = session.get_one(RunFile, claimed.payload["file_id"])
            run = file.run
            keyring = load_keyring(session, base_url=run.base_url, secrets=settings.keys)
            run.touch()
        made = extra_files.make(run, extra_files.Wish.from_json(file.wish), keyring, files)
        key = f"{run.folder}/{file.kind}-{file.id}.{made.ending}"
        files.put(key, made.data)
        sheet = None
        if made.sheet is not None:
            sheet = f"{run.folder}/{file.kind}-{file.id}-sheet.pdf"
            files.put(sheet, made.sheet)
        result = {"sheet": sheet, "bytes": len(made.data), "report": made.report}
        return Done(key, hashlib.sha256(made.data).hexdigest(), result)

    def close(self, database: Database, files: Files, job: Job) -> Callable[[Session], None]:
        part = job.parts[0]
        result = part.result or {}

        def finish(session: Session) -> None:
            file = session.get_one(RunFile, job.payload["file_id"])
            file.file_key, file.sha256 = part.file_key, part.sha256
            file.bytes, file.report = result["bytes"], result["report"]
            file.report_key = result["sheet"]

        return finish

    def fail(self, session: Session, job: Job, error: LabelsvcError) -> None:
        """The job keeps the error; the run is as it was."""
