"""Rendering: jobs that make label files of print runs and blank rolls."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sqlalchemy.orm import Session

from labelsvc.codes.register.issue import load_keyring
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError, ReadBackFailed
from labelsvc.files import Files
from labelsvc.jobs.models import Job
from labelsvc.jobs.queue import Claim
from labelsvc.labels.checks import faults
from labelsvc.labels.models import BlankRoll, PrintRun, RunState
from labelsvc.labels.runs import blank_roll, parts
from labelsvc.labels.runs import render as render_run
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.merge import merge
from labelsvc.settings import Settings
from labelsvc.worker.work import Done


class RunWork:
    """Print runs: the payload names the run."""

    model: type[PrintRun] | type[BlankRoll] = PrintRun

    def part(self, database: Database, files: Files, settings: Settings, claimed: Claim) -> Done:
        with database.reading() as session:
            run = self.subject(session, claimed.payload)
            keyring = load_keyring(session, base_url=run.base_url, secrets=settings.keys)
            run.touch()  # loaded now: rendering must not hold a transaction
        if run.state == RunState.QUEUED:
            with database.writing() as session:
                render_run.begin(session, self.model, run.id)
        try:
            data, report = render_run.render_part(run, keyring, files, claimed.number)
        except ReadBackFailed as error:
            if not 0 < len(error.faults) < faults.MOST:
                raise
            # Nothing of it is kept. The other parts are read too: all that is wrong is told at once.
            return Done("", "", {"faults": error.faults})
        key = parts.part_key(run, claimed.number)
        files.put(key, data)
        return Done(key, hashlib.sha256(data).hexdigest(), report)

    def close(self, database: Database, files: Files, job: Job) -> Callable[[Session], None]:
        with database.reading() as session:
            run = self.subject(session, job.payload)
        if wrong := [row for part in job.parts for row in (part.result or {}).get("faults", ())]:
            raise faults.refused(wrong)
        merged = merge(files, run, [part.sha256 or "" for part in job.parts])
        reports = [part.result or {} for part in job.parts]

        def finish(session: Session) -> None:
            same = self.subject(session, job.payload)
            render_run.release(same, merged=merged, reports=reports)
            self.released(session, same)

        return finish

    def fail(self, session: Session, job: Job, error: LabelsvcError) -> None:
        run = session.get_one(PrintRun, job.payload["run_id"])
        print_run.fail(session, run, error)

    def subject(self, session: Session, payload: dict[str, int]) -> PrintRun | BlankRoll:
        return session.get_one(PrintRun, payload["run_id"])

    def released(self, session: Session, run: PrintRun | BlankRoll) -> None:
        if isinstance(run, PrintRun):
            print_run.note_release(session, run)


class RollWork(RunWork):
    """Rolls of blank labels: the payload names the roll."""

    model = BlankRoll

    def fail(self, session: Session, job: Job, error: LabelsvcError) -> None:
        blank_roll.fail(session, session.get_one(BlankRoll, job.payload["roll_id"]), error)

    def subject(self, session: Session, payload: dict[str, int]) -> PrintRun | BlankRoll:
        return session.get_one(BlankRoll, payload["roll_id"])
