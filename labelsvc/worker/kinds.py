"""Kinds of jobs: the table of work, with part, close and failure of each kind."""

from __future__ import annotations

from labelsvc.accounts.contact.forgotten import JOB_KIND as FORGOTTEN
from labelsvc.catalogue.importing.waiting import JOB_KIND as LIST
from labelsvc.labels.printers.sending import JOB_KIND as SENDING
from labelsvc.labels.runs.blank_roll import JOB_KIND as BLANK_ROLL
from labelsvc.labels.runs.extra_files import JOB_KIND as RUN_FILE
from labelsvc.labels.runs.start import JOB_KIND as PRINT_RUN
from labelsvc.worker.work import Work


def work_of(kind: str) -> Work:
    """The work of jobs of *kind*. Raises KeyError for a kind that nothing makes."""
    # Imported when the first job comes: a server that renders nothing needs none of it.
    from labelsvc.worker import extra_files, forgotten, importing, rendering, sending

    kinds: dict[str, Work] = {
        PRINT_RUN: rendering.RunWork(),
        BLANK_ROLL: rendering.RollWork(),
        RUN_FILE: extra_files.FileWork(),
        SENDING: sending.SendWork(),
        LIST: importing.ListWork(),
        FORGOTTEN: forgotten.ForgottenWork(),
    }
    return kinds[kind]
