"""Stored files: doctor's look at files of runs, the public log, withdrawal lists and photos."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from labelsvc.catalogue import photos
from labelsvc.catalogue.models import ProductPhoto
from labelsvc.catalogue.villages.models import VillagePhoto
from labelsvc.cli import base
from labelsvc.cli.doctor.keys import some, unsound
from labelsvc.codes.tlog import rebuild
from labelsvc.codes.trust.lost import lost as lost_lists
from labelsvc.codes.trust.models import StatusState
from labelsvc.db import Database
from labelsvc.errors import BadLog, ConfigurationError, Doubt, FileMissing
from labelsvc.files import Files
from labelsvc.inspections.models import CaseFile
from labelsvc.labels.runs import again, artwork
from labelsvc.programme.papers.models import DecisionPaper
from labelsvc.settings import Settings
from labelsvc.worker import standing

#: Bytes of run files that are read each time, newest first; of older ones the length is looked at.
READ = 2_000_000_000


def run_files(database: Database, files: Files) -> str:
    """Every released run has its file, and it is the one that was read back."""
    with database.reading() as session:
        found = again.look(session, files, most=READ)
        broken = again.unreadable(session)
    if broken:
        raise ConfigurationError(
            "Layouts of {count} runs cannot be read any more: {names}. Their files cannot be made again.",
            fix="Rows of the database were changed. Restore a copy in which they are whole.",
            count=len(broken),
            names=some(broken),
        )
    if found.wrong:
        raise ConfigurationError(
            "{missing} files of released runs are missing and {damaged} damaged: {names}.",
            fix="Run: labelsvc doctor --repair. It renders them again, the same bytes.",
            missing=len(found.missing),
            damaged=len(found.damaged),
            names=some([row.file_key or "?" for row in found.wrong]),
        )
    if found.extra:
        raise Doubt(
            "{count} folders belong to no run of this database: {names}.",
            fix="If a copy was restored, these are runs that it does not know: keep them. Else delete them.",
            count=len(found.extra),
            names=some(found.extra),
        )
    return base.say("{read} files read, {unread} by their length", read=found.read, unread=found.unread)  # fmt: skip


def log_files(database: Database, files: Files) -> str:
    """Tiles and checkpoint are what the leaves in the database give."""
    with database.reading() as session:
        stands = standing.log_stands(session, files)
        try:
            lost = rebuild.lost(session, files) if stands != "ahead" else []
        except BadLog as error:
            raise unsound(error) from None
    if stands == "ahead":
        raise ConfigurationError(
            "The published log knows more than the database, which is older: a copy was put back.",
            fix="Stop the service, then run: labelsvc audit-log recover",
        )
    if lost:
        raise ConfigurationError(
            "{count} files of the public log are missing or damaged: {names}.",
            fix="Run: labelsvc doctor --repair. It makes them from the leaves, the same bytes.",
            count=len(lost),
            names=some(lost),
        )
    if stands == "late":
        raise ConfigurationError(
            "What happened more than a quarter of an hour ago is not in the public log yet.",
            fix="Start a worker (labelsvc serve), or run: labelsvc audit-log publish",
        )
    return base.say("every tile and the checkpoint")


def lists(settings: Settings, database: Database, files: Files) -> str:
    """The withdrawal lists that the newest head names are there, and it is young enough."""
    with database.reading() as session:
        state = session.get(StatusState, 1)
        stands = standing.lists_stand(session, settings.host)
        lost = lost_lists(session, files, host=settings.host) if stands != "damaged" else []
    if stands == "damaged":
        raise ConfigurationError(
            "The head of the withdrawal lists is damaged, or signed by another key.",
            fix="Run: labelsvc doctor --repair",
        )
    if stands == "future":
        raise ConfigurationError(
            "The withdrawal lists were published while the clock was ahead.",
            fix="Set the clock of the machine (timedatectl set-ntp true), then run: labelsvc doctor --repair",
        )
    if lost:
        raise ConfigurationError(
            "{count} withdrawal lists are missing or damaged: {names}.",
            fix="Run: labelsvc doctor --repair. It publishes new ones.",
            count=len(lost),
            names=some(lost),
        )
    if stands == "expired":
        raise ConfigurationError(
            "The withdrawal lists are older than they promise: nobody publishes them.",
            fix="Start a worker (labelsvc serve). labelsvc doctor says what stands against it.",
        )
    published = state is not None and bool(state.head)
    return base.say("as published") if published else base.say("nothing is published yet")


def papers(database: Database, files: Files) -> str:
    """PDFs of decisions are there and are the bytes that were attached."""
    with database.reading() as session:
        rows = session.scalars(select(DecisionPaper)).all()
    lost = [
        row.number for row in rows
        if not files.exists(row.key) or files.size(row.key) != row.bytes
    ]  # fmt: skip
    if lost:
        raise ConfigurationError(
            "{count} PDFs of decisions are missing or damaged: {names}.",
            fix="Bring the folder “decisions” back from a copy, or attach them again.",
            count=len(lost),
            names=some(lost),
        )
    return base.say("{count} PDFs of decisions", count=len(rows))


def pictures(database: Database, files: Files) -> str:
    """Photos of products, photos of cases, and pictures that labels were printed with."""
    with database.reading() as session:
        keys = session.scalars(select(ProductPhoto.key).union(select(VillagePhoto.key))).all()
        paths = session.scalars(select(CaseFile.path)).all()
        wanted = {digest for run in again.kept(session) for digest in _images(run)}
    lost = [name for key in keys for name in photos.lost(files, key)]
    if lost:
        raise ConfigurationError(
            "{count} files of photos are missing or damaged: {names}.",
            fix="labelsvc doctor --repair makes small pictures from large ones. Bring others back from a "
            "copy, or upload the photos again.",
            count=len(lost),
            names=some(lost),
        )
    gone = [path for path in paths if not files.exists(path)]
    if gone:
        raise ConfigurationError(
            "{count} photos of cases are missing: {names}.",
            fix="Bring the folder “cases” back from a copy: they are evidence.",
            count=len(gone),
            names=some(gone),
        )
    for digest in wanted:
        try:
            artwork.load(files, {artwork.NAME: digest})
        except FileMissing as error:
            raise ConfigurationError(error.message, fix=error.fix, **error.params) from None
    return str(len(keys) + len(paths))


def _images(row: again.Kept) -> Sequence[str]:
    content = getattr(row, "content", None) or {}
    return list((content.get("images") or {}).values())
