"""Again: looks whether the files of released runs are there and whole, and renders them again. Used by doctor.

A run keeps its layout, content and codes, so the same bytes can be made at any time; what comes out
otherwise is not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.keys.keyring import Keyring
from labelsvc.errors import FileMissing
from labelsvc.files import Files
from labelsvc.labels.models import BlankRoll, PrintRun, RunFile, RunState
from labelsvc.labels.runs import extra_files
from labelsvc.labels.runs.merge import merge
from labelsvc.labels.runs.parts import Printed, layout_of, part_key, slices
from labelsvc.labels.runs.render import render_part

Kept: TypeAlias = PrintRun | BlankRoll | RunFile
_PIECE = 1 << 20


@dataclass
class Found:
    """The findings among the files of runs."""

    missing: list[Kept] = field(default_factory=list)
    damaged: list[Kept] = field(default_factory=list)
    #: Folders of runs that no row names.
    extra: list[str] = field(default_factory=list)
    #: Files that were there with the right length, and read; and those that were not read.
    read: int = 0
    unread: int = 0

    @property
    def wrong(self) -> list[Kept]:
        return [*self.missing, *self.damaged]


def look(session: Session, files: Files, *, most: int) -> Found:
    """Compare files with rows, newest first; at most *most* bytes are read, of the rest the length."""
    found = Found()
    for row in kept(session):
        length = row.bytes or 0
        try:
            if length and files.size(row.file_key or "") != length:
                found.damaged.append(row)
                continue
            if length > most:
                found.unread += 1
                continue
            most -= length
            if _sha256(files, row.file_key or "") != row.sha256:
                found.damaged.append(row)
                continue
        except FileMissing:
            found.missing.append(row)
            continue
        found.read += 1
    for folder, ids in (("runs", select(PrintRun.id)), ("blanks", select(BlankRoll.id))):
        known = {str(number) for number in session.scalars(ids)}
        names = (name.rpartition("/")[2] for name in files.names(folder))
        found.extra += [f"{folder}/{name}" for name in names if name not in known]
    return found


def kept(session: Session) -> Sequence[Kept]:
    """Rows that name a finished file, the newest first."""
    released = RunState.RELEASED
    runs = select(PrintRun).where(PrintRun.state == released).order_by(PrintRun.id.desc())
    rolls = select(BlankRoll).where(BlankRoll.state == released).order_by(BlankRoll.id.desc())
    rows: list[Kept] = [*session.scalars(runs), *session.scalars(rolls)]
    made = select(RunFile).where(RunFile.file_key.is_not(None)).order_by(RunFile.id.desc())
    rows += session.scalars(made)
    return rows


def unreadable(session: Session) -> list[str]:
    """Runs whose layout cannot be read any more: their files could not be made again."""
    found = []
    runs: list[Printed] = [*session.scalars(select(PrintRun).order_by(PrintRun.id))]
    runs += session.scalars(select(BlankRoll).order_by(BlankRoll.id))
    for run in runs:
        try:
            layout_of(run)
        except Exception:  # whatever a damaged row makes of it
            found.append(run.folder)
    return found


def render_again(row: Kept, keyring: Keyring, files: Files) -> bool:
    """Make the file of *row* again; False where other bytes come out, which are not kept.

    :param row: loaded with what rendering needs.
    :raises LabelsvcError: it cannot be rendered any more.
    """
    if isinstance(row, RunFile):
        return _extra_again(row, keyring, files)
    count = len(slices(layout_of(row), row))
    made = [render_part(row, keyring, files, number + 1)[0] for number in range(count)]
    hashes = [hashlib.sha256(data).hexdigest() for data in made]
    if count == 1 and hashes[0] != row.sha256:
        return False
    for number, data in enumerate(made, 1):
        files.put(part_key(row, number), data)
    return merge(files, row, hashes)[1] == row.sha256


def _extra_again(row: RunFile, keyring: Keyring, files: Files) -> bool:
    made = extra_files.make(row.run, extra_files.Wish.from_json(row.wish), keyring, files)
    if hashlib.sha256(made.data).hexdigest() != row.sha256:
        return False
    files.put(row.file_key or "", made.data)
    if row.report_key and made.sheet is not None:
        files.put(row.report_key, made.sheet)
    return True


def _sha256(files: Files, key: str) -> str:
    with files.open(key) as stream:
        digest = hashlib.sha256()
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
