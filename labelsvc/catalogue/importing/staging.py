"""Staging: keeps an uploaded list and its plan in the file store until it is taken over or dropped.

Used by the pages of imports and by `labelsvc import`. Uploads lie below `imports/` under a token
that begins with the time, so that one which nobody took over is deleted after a day: it holds names
and telephone numbers. Reports of lists that were taken over lie below `import-reports/` and stay.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from labelsvc import clock
from labelsvc.catalogue.importing.apply import apply_import
from labelsvc.catalogue.importing.choices import Choices
from labelsvc.catalogue.importing.files.read import Cells, Table, read_tables
from labelsvc.catalogue.importing.heads.header import SEARCHED
from labelsvc.catalogue.importing.plan import Plan, chosen_tables, plan_import, tables_of
from labelsvc.catalogue.importing.planned import PlanRow
from labelsvc.catalogue.models import ImportRun
from labelsvc.db import Database
from labelsvc.errors import Conflict, FileMissing, Refused
from labelsvc.files import Files

#: Time within which an upload can be taken over.
MAX_AGE = timedelta(days=1)
_TOKEN = re.compile(r"\d{14}-[0-9a-f]{32}")
_UPLOADS, _REPORTS = "imports", "import-reports"
#: Seconds between two words of how far the work is.
_EVERY = 0.4

#: Rows of a sheet by which its columns can be told.
TOP_ROWS = SEARCHED + 10
#: Told the steps that are behind, and all of them.
Step = Callable[[int, int], None]


class StoredPlan:
    """A plan in the file store: its facts on the first line, a row on each other.

    :raises FileMissing: nothing is stored under *key*.
    """

    def __init__(self, files: Files, key: str) -> None:
        self._files, self._key = files, key
        with files.open(key) as source:
            self.facts: dict[str, Any] = json.loads(source.readline())

    def rows(self) -> Iterator[dict[str, Any]]:
        """Rows as `PlanRow.as_json` gives them."""
        with self._files.open(self._key) as source:
            source.readline()
            for line in source:
                yield json.loads(line)

    @property
    def choices(self) -> Choices:
        """The answers that somebody gave about the list so far."""
        return Choices.from_json(self.facts.get("choices", {}))

    def fingerprint(self) -> str:
        """Hash of what sheets, columns and rows mean: equal plans would do the same."""
        with self._files.open(self._key) as source:
            source.readline()
            return _fingerprint(self.facts.get("sheets"), source)


class Staging:
    """Lists on their way into the catalogue, in the file store."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def add(self, database: Database, data: bytes, *, file_name: str) -> str:
        """Plan a list and store both; gives the token of the upload. Deletes what is too old.

        :raises ImportRefused: the file cannot be read, or holds no list.
        """
        self.delete_old()
        with database.reading() as session:
            plan = plan_import(session, data=data, file_name=file_name)
        token = self._put(data)
        self._store(_plan_key(token), plan, cells=True)
        return token

    def put(self, data: bytes) -> str:
        """Store an upload that is read later; gives its token. Deletes what is too old."""
        self.delete_old()
        return self._put(data)

    def _put(self, data: bytes) -> str:
        token = f"{clock.now():%Y%m%d%H%M%S}-{secrets.token_hex(16)}"
        self._files.put(_upload_key(token), data)
        return token

    def data(self, token: str) -> bytes:
        """The bytes of an upload. :raises FileMissing: it is none of ours, too old, or gone."""
        if _TOKEN.fullmatch(token) and _age(token) <= MAX_AGE:
            key = _upload_key(token)
            if self._files.exists(key):
                return self._files.get(key)
        raise _gone()

    def read(self, token: str) -> StoredPlan:
        """The plan of an upload. :raises FileMissing: it is none of ours, too old, or gone."""
        if self.planned(token):
            return StoredPlan(self._files, _plan_key(token))
        raise _gone()

    def planned(self, token: str) -> bool:
        """True if the upload is there and was read."""
        known = bool(_TOKEN.fullmatch(token)) and _age(token) <= MAX_AGE
        return known and self._files.exists(_plan_key(token))

    def answer(
        self, database: Database, token: str, choices: Choices, *, file_name: str = "", step: Step | None = None
    ) -> None:  # fmt: skip
        """Read an upload again with what somebody has answered about it.

        :param file_name: of an upload that has no plan yet.
        :raises FileMissing: as `read`. :raises ImportRefused: nothing would be left; nothing is stored.
        """
        name = file_name or self.read(token).facts["file"]
        data = self.data(token)
        with database.reading() as session:
            plan = plan_import(session, data=data, file_name=name, choices=choices, step=step)
        self._store(_plan_key(token), plan, cells=True)

    def take_over(
        self, database: Database, token: str, *, actor: str, step: Step | None = None
    ) -> ImportRun:
        """Write the list into the catalogue, if that does what its stored plan says.

        Done once, however often it is called: what was taken over already gives its run.

        :raises FileMissing: as `read`.
        :raises Conflict: the catalogue has changed; the new plan is stored, nothing is written.
        :raises Refused: something that the preview asks is not answered.
        """
        with database.reading() as session:
            done = session.scalars(select(ImportRun).where(ImportRun.token == token)).one_or_none()
        if done is not None:  # whoever did it died before it said so
            self._end(token, done.id)
            return done
        seen = self.read(token)
        data = self.data(token)
        first, second = _halves(step)
        plan: Plan | None = None
        name = seen.facts["file"]
        tables = tables_of(data, name)
        try:
            with database.writing() as session:
                plan = plan_import(
                    session, data=data, file_name=name, choices=seen.choices, step=first, tables=tables
                )  # fmt: skip
                if plan.asks:
                    raise Refused(
                        "The list asks something that nobody has answered yet.",
                        fix="Answer what the preview asks; nothing was taken over.",
                    )
                rows = (_line(_kept(row)) for row in plan.rows)
                if _fingerprint(plan.as_json()["sheets"], rows) != seen.fingerprint():
                    raise _changed()
                run = apply_import(session, plan, actor=actor, step=second, token=token)
        except Conflict:
            if plan is not None:
                self._store(_plan_key(token), plan, cells=True)
            raise
        except IntegrityError as error:  # somebody entered the same at the same moment
            raise _changed() from error
        self.store_report(run.id, plan)
        self._end(token, run.id)
        return run

    def _end(self, token: str, import_id: int) -> None:
        """Drop what was taken over; its plan is the report, where none was stored before."""
        with suppress(FileMissing):
            if self.planned(token) and not self._files.exists(_report_key(import_id)):
                seen = self.read(token)
                rows = ({k: v for k, v in row.items() if k != "cells"} for row in seen.rows())
                self._write(_report_key(import_id), seen.facts, rows)
            self.drop(token)

    def keep_tops(self, token: str, file_name: str) -> None:
        """Store the first rows of each sheet, by which somebody says what its columns are."""
        if not self._files.exists(_tops_key(token)):
            tables = chosen_tables(read_tables(self.data(token), file_name))
            tops = [
                {"name": one.name, "rows": list(islice(one.rows(), TOP_ROWS))} for one in tables
            ]
            self._files.put(_tops_key(token), _line(tops))

    def tops(self, token: str, file_name: str) -> list[Table]:
        """The sheets of an upload with their first rows; read from the file where none are stored.

        :raises FileMissing: as `data`. :raises ImportRefused: the file cannot be read.
        """
        data = self.data(token)
        if not self._files.exists(_tops_key(token)):
            return chosen_tables(read_tables(data, file_name))
        return [_top(**one) for one in json.loads(self._files.get(_tops_key(token)))]

    def drop(self, token: str) -> None:
        """Delete an upload and its plan. :raises FileMissing: as `data`."""
        if not _TOKEN.fullmatch(token) or not self._files.exists(_upload_key(token)):
            raise _gone()
        for key in (_upload_key(token), _plan_key(token), _progress_key(token), _tops_key(token)):
            self._files.delete(key)

    def watch(self, token: str, what: str) -> Step:
        """A step that tells other processes how far the work on an upload is.

        In the file store: a transaction that writes keeps SQLite from telling anybody.
        """
        last = 0.0

        def step(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last >= _EVERY or done >= total:
                last = time.monotonic()
                self._files.put(_progress_key(token), _line({"what": what, "done": done, "total": total}))  # fmt: skip

        step(0, 0)
        return step

    def far(self, token: str) -> tuple[int, int]:
        """Steps done, and all of them; zeros where nothing is known."""
        try:
            told = json.loads(self._files.get(_progress_key(token)))
        except FileMissing:
            return 0, 0
        return int(told["done"]), int(told["total"])

    def delete_old(self) -> None:
        """Delete uploads that were not taken over in time."""
        for key in self._files.names(_UPLOADS):
            if _age(key.partition("/")[2]) > MAX_AGE:
                self._files.delete(key)

    def store_report(self, import_id: int, plan: Plan) -> None:
        """Store the plan of a list that was taken over as its report."""
        self._store(_report_key(import_id), plan, cells=False)

    def report(self, import_id: int) -> StoredPlan:
        """The report of a list that was taken over. :raises FileMissing: none was stored."""
        return StoredPlan(self._files, _report_key(import_id))

    def _store(self, key: str, plan: Plan, *, cells: bool) -> None:
        """*cells*: with the cells of refused rows, which may hold what nobody should keep for long."""
        rows = (_kept(row) if cells else row.as_json() for row in plan.rows)
        self._write(key, plan.as_json(), rows)

    def _write(self, key: str, facts: dict[str, Any], rows: Iterable[dict[str, Any]]) -> None:
        with tempfile.TemporaryFile() as whole:
            whole.write(_line(facts))
            for row in rows:
                whole.write(_line(row))
            whole.seek(0)
            self._files.put_stream(key, whole)


def _kept(row: PlanRow) -> dict[str, Any]:
    return row.as_json() | {"cells": row.line.cells}


def _gone() -> FileMissing:
    return FileMissing(
        "The list is no longer there.",
        fix="Upload it again: it waits for one day, and until it is taken over.",
    )


def _changed() -> Conflict:
    return Conflict(
        "The catalogue has changed since the preview.",
        fix="Look at the rows again; nothing was taken over.",
    )


def _halves(step: Step | None) -> tuple[Step | None, Step | None]:
    """*step* for the comparing, which is the first half of taking over, and for the writing."""
    if step is None:
        return None, None
    return (
        lambda done, total: step(done, 2 * total),
        lambda done, total: step(done + total, 2 * total),
    )


def _fingerprint(sheets: Any, rows: Iterable[bytes]) -> str:
    digest = hashlib.sha256(_line(sheets))
    for row in rows:
        digest.update(row)
    return digest.hexdigest()


def _line(facts: Any) -> bytes:
    return json.dumps(facts, ensure_ascii=False, default=str).encode() + b"\n"


def _upload_key(token: str) -> str:
    return f"{_UPLOADS}/{token}"


def _plan_key(token: str) -> str:
    return f"{_UPLOADS}/{token}.json"


def _progress_key(token: str) -> str:
    return f"{_UPLOADS}/{token}.progress"


def _tops_key(token: str) -> str:
    return f"{_UPLOADS}/{token}.tops"


def _top(name: str, rows: list[tuple[int, Cells]]) -> Table:
    """A table of the stored rows, at their numbers in the file."""
    held = dict(rows)
    last = max(held, default=0)
    return Table(name, lambda: (list(held.get(number, ())) for number in range(1, last + 1)))


def _report_key(import_id: int) -> str:
    return f"{_REPORTS}/{import_id}.json"


def _age(name: str) -> timedelta:
    """Age of an upload by its token or file name; the greatest where it begins with no time."""
    try:
        stored = datetime.strptime(name[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return timedelta.max
    return clock.now() - stored
