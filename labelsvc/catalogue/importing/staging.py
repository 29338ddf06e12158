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
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from labelsvc import clock
from labelsvc.catalogue.importing.apply import apply_import
from labelsvc.catalogue.importing.choices import Choices
from labelsvc.catalogue.importing.plan import Plan, plan_import
from labelsvc.catalogue.models import ImportRun
from labelsvc.db import Database
from labelsvc.errors import Conflict, FileMissing, Refused
from labelsvc.files import Files

#: Time within which an upload can be taken over.
MAX_AGE = timedelta(days=1)
_TOKEN = re.compile(r"\d{14}-[0-9a-f]{32}")
_UPLOADS, _REPORTS = "imports", "import-reports"


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
        """What somebody has answered about the list."""
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
        token = f"{clock.now():%Y%m%d%H%M%S}-{secrets.token_hex(16)}"
        self._files.put(_upload_key(token), data)
        self._store(_plan_key(token), plan)
        return token

    def read(self, token: str) -> StoredPlan:
        """The plan of an upload. :raises FileMissing: it is none of ours, too old, or gone."""
        if _TOKEN.fullmatch(token) and _age(token) <= MAX_AGE:
            key = _plan_key(token)
            if self._files.exists(key):
                return StoredPlan(self._files, key)
        raise FileMissing(
            "The list is no longer there.",
            fix="Upload it again: it waits for one day, and until it is taken over.",
        )

    def plan_again(self, database: Database, token: str) -> None:
        """Compare an upload with the catalogue as it is now. :raises FileMissing: as `read`."""
        self.answer(database, token, self.read(token).choices)

    def answer(self, database: Database, token: str, choices: Choices) -> None:
        """Read an upload again with what somebody has answered about it.

        :raises FileMissing: as `read`. :raises ImportRefused: nothing would be left; nothing is stored.
        """
        seen = self.read(token)
        data = self._files.get(_upload_key(token))
        with database.reading() as session:
            plan = plan_import(session, data=data, file_name=seen.facts["file"], choices=choices)
        self._store(_plan_key(token), plan)

    def take_over(self, database: Database, token: str, *, actor: str) -> ImportRun:
        """Write the list into the catalogue, if that does what its stored plan says.

        :raises FileMissing: as `read`.
        :raises Conflict: the catalogue has changed; the new plan is stored, nothing is written.
        :raises Refused: something that the preview asks is not answered.
        """
        seen = self.read(token)
        data = self._files.get(_upload_key(token))
        plan: Plan | None = None
        try:
            with database.writing() as session:
                plan = plan_import(
                    session, data=data, file_name=seen.facts["file"], choices=seen.choices
                )
                if plan.asks:
                    raise Refused(
                        "The list asks something that nobody has answered yet.",
                        fix="Answer what the preview asks; nothing was taken over.",
                    )
                rows = (_line(row.as_json()) for row in plan.rows)
                if _fingerprint(plan.as_json()["sheets"], rows) != seen.fingerprint():
                    raise Conflict(
                        "The catalogue has changed since the preview.",
                        fix="Look at the rows again; nothing was taken over.",
                    )
                run = apply_import(session, plan, actor=actor)
        except Conflict:
            if plan is not None:
                self._store(_plan_key(token), plan)
            raise
        self.store_report(run.id, plan)
        self.drop(token)
        return run

    def drop(self, token: str) -> None:
        """Delete an upload and its plan. :raises FileMissing: as `read`."""
        self.read(token)
        for key in (_upload_key(token), _plan_key(token)):
            self._files.delete(key)

    def delete_old(self) -> None:
        """Delete uploads that were not taken over in time."""
        for key in self._files.names(_UPLOADS):
            if _age(key.partition("/")[2]) > MAX_AGE:
                self._files.delete(key)

    def store_report(self, import_id: int, plan: Plan) -> None:
        """Store the plan of a list that was taken over as its report."""
        self._store(_report_key(import_id), plan)

    def report(self, import_id: int) -> StoredPlan:
        """The report of a list that was taken over. :raises FileMissing: none was stored."""
        return StoredPlan(self._files, _report_key(import_id))

    def _store(self, key: str, plan: Plan) -> None:
        with tempfile.TemporaryFile() as whole:
            whole.write(_line(plan.as_json()))
            for row in plan.rows:
                whole.write(_line(row.as_json()))
            whole.seek(0)
            self._files.put_stream(key, whole)


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


def _report_key(import_id: int) -> str:
    return f"{_REPORTS}/{import_id}.json"


def _age(name: str) -> timedelta:
    """Age of an upload by its token or file name; the greatest where it begins with no time."""
    try:
        stored = datetime.strptime(name[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return timedelta.max
    return clock.now() - stored
