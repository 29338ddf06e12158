"""Planted bugs: single changes of the program that lose or double something. Each must be found.

A bug is a text of a module and what takes its place. The module is compiled with it beside the real one, and
the code of the function that changed is put into the real function, wherever others hold it.
"""

from __future__ import annotations

import importlib
import random
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from labelsvc.db import Database
from labelsvc.errors import DatabaseGone, LogForked
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.worker import publishing, tasks
from tests.faults.crash import Point, _quiet, steps_of, try_point
from tests.faults.service import Bench, Broken, Service, before


@dataclass(frozen=True)
class Bug:
    """In *module*, inside *function*, *old* is *new*; found by breaking *act* off, or by `trial`."""

    name: str
    module: str
    function: str
    old: str
    new: str
    act: str = ""
    trial: Callable[[Service], None] | None = None


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """The program with *bug* in it."""
    module = importlib.import_module(bug.module)
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    if source.count(bug.old) < 1:
        raise LookupError(f"{bug.name}: {bug.module} no longer has: {bug.old}")
    changed = compile(source.replace(bug.old, bug.new), str(module.__file__), "exec")
    code = _code(changed, bug.function.split("."))
    function: Any = module
    for name in bug.function.split("."):
        function = getattr(function, name)
    function = getattr(function, "__func__", function)
    function = getattr(function, "__wrapped__", function)
    kept = function.__code__
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = kept


def _code(within: types.CodeType, names: list[str]) -> types.CodeType:
    for constant in within.co_consts:
        if isinstance(constant, types.CodeType) and constant.co_name == names[0]:
            return _code(constant, names[1:]) if names[1:] else constant
    raise LookupError(names[0])


def found(bench: Bench, bug: Bug, *, most: int = 400) -> str:
    """How *bug* shows itself; "" when it does not within *most* crash points."""
    with planted(bug):
        if bug.trial is not None:
            service = bench.fresh()
            try:
                with _quiet():
                    bug.trial(service)
            except Broken as broken:
                return str(broken)
            finally:
                service.close()
            return ""
        try:
            count = len(steps_of(bench, bug.act))
        except (Broken, LogForked) as broken:  # it needs no crash
            return str(broken)
        points = [Point(bug.act, at, how, seed) for seed in range(6) for at in range(1, count + 1) for how in ("die", "for good")]  # fmt: skip
        random.Random(1).shuffle(points)
        for point in points[:most]:
            if wrong := try_point(bench, point):
                return f"{point}: {wrong}"
    return ""


# --- trials of what no crash shows ------------------------------------------------------------------


def _late_worker(service: Service) -> None:
    """A worker that slept through its lease comes back after another one did the part."""
    with service.database.writing() as session:
        queue.enqueue(session, kind="x", payload={}, parts=1)
        late = queue.claim(session)
        _expire(session)
        other = queue.claim(session)
    if late is None or other is None:
        raise Broken("the part was not handed on")
    with service.database.writing() as session:
        queue.finish_part(session, other, file_key="a", sha256="a", result={})
    with service.database.writing() as session:
        if queue.finish_part(session, late, file_key="b", sha256="b", result={}):
            raise Broken("a late worker wrote over another's part")


def _two_workers(service: Service) -> None:
    with service.database.writing() as session:
        queue.enqueue(session, kind="x", payload={}, parts=1)
        first, second = queue.claim(session), queue.claim(session)
    if first is not None and second is not None:
        raise Broken("two workers have one part")


def _two_closers(service: Service) -> None:
    with service.database.writing() as session:
        job = queue.enqueue(session, kind="x", payload={}, parts=1)
        claimed = queue.claim(session)
        assert claimed is not None
        queue.finish_part(session, claimed, file_key="a", sha256="a", result={})
        taken = [queue.claim_close(session, job.id), queue.claim_close(session, job.id)]
    if all(taken):
        raise Broken("two workers put one job together")


def _long_part(service: Service) -> None:
    """A part that takes longer than a lease stays with its worker."""
    import time

    taken: list[object] = []

    class Slow:
        def part(self, *_: object) -> tasks.queue.Claim:
            time.sleep(1.2)
            with service.database.writing() as session:
                taken.append(queue.claim(session))
            raise RuntimeError("enough")

    with service.database.writing() as session:
        queue.enqueue(session, kind="x", payload={}, parts=1)
    with (
        mock.patch.object(queue, "LEASE", timedelta(seconds=0.6)),
        mock.patch.object(tasks, "work_of", lambda _: Slow()),
        mock.patch.object(queue, "MAX_ATTEMPTS", 9),
    ):
        tasks.work_once(service.database, service.files, service.settings)
    if taken and taken[0] is not None:
        raise Broken("a part was taken from a worker that lives")


def _two_publishers(service: Service) -> None:
    """While one writes its list, a code is withdrawn and another publishes."""
    said, put = before(service), Files.put
    began = False

    def between(self: Files, key: str, data: bytes) -> None:
        nonlocal began
        if not began and key.startswith("trust/"):
            began = True
            service.withdraw(said)
            service.publish_lists(said)
        put(self, key, data)

    service.withdraw(said)
    with mock.patch.object(Files, "put", between):
        publishing.publish_lists(service.database, service.files, service.settings)
    service.check_lists(said)
    service.recover(said)
    service.check_in_the_end(said)


def _withdrawn_meanwhile(service: Service) -> None:
    """While a list is written, a code is withdrawn: the next list has it."""
    said, put = before(service), Files.put
    began = False

    def between(self: Files, key: str, data: bytes) -> None:
        nonlocal began
        if not began and key.startswith("trust/"):
            began = True
            service.withdraw(said)
        put(self, key, data)

    service.withdraw(said)
    with mock.patch.object(Files, "put", between):
        publishing.publish_lists(service.database, service.files, service.settings)
    service.recover(said)
    service.check_in_the_end(said)


def _damaged_part(service: Service) -> None:
    """The file of a part rots between its reading back and the release."""
    said, close = before(service), tasks.close_job

    def rot(database: Database, files: Files, job_id: int) -> bool:
        for path in (service.settings.data_dir / "files" / "runs").rglob("part-*"):
            path.write_bytes(b"rotten")
        return close(database, files, job_id)

    with mock.patch.object(tasks, "close_job", rot):
        service.print(said)
    if said.runs and any(said.runs.values()):
        raise Broken("a file was released that nobody read back")


def _taken_away(service: Service) -> None:
    """The database file is deleted while the service runs."""
    said = before(service)
    (service.settings.data_dir / "labelsvc.sqlite3").unlink()
    try:
        service.issue(said)
    except DatabaseGone:
        return
    raise Broken("an issue was acknowledged that is gone with the process")


def _store_away(service: Service) -> None:
    """The store fails for longer than a part has attempts."""
    said, put, failures = before(service), Files.put, 5

    def flaky(self: Files, key: str, data: bytes) -> None:
        nonlocal failures
        if key.startswith("runs/") and failures:
            failures -= 1
            raise OSError(5, "away")
        put(self, key, data)

    with mock.patch.object(Files, "put", flaky):
        service.print(said)
    service.recover(said)
    service.check_in_the_end(said)


def _expire(session: Any) -> None:
    from sqlalchemy import update

    from labelsvc.clock import now

    session.execute(update(queue.Part).values(leased_until=now() - timedelta(seconds=1)))
    session.expire_all()


_TQ, _TP, _TT = "labelsvc.jobs.queue", "labelsvc.codes.trust.publish", "labelsvc.worker.tasks"
BUGS: tuple[Bug, ...] = (
    Bug("an fsync of a file left out", "labelsvc.files", "Files.put_stream", "os.fsync(target.fileno())", "pass", "print"),
    Bug("an fsync of a folder left out", "labelsvc.files", "Files.put_stream", "sync_folder(Path(path).parent)", "pass", "print"),
    Bug("a new folder not synced", "labelsvc.files", "make_private_folders", "sync_folder(folder.parent)", "pass", "print"),
    Bug("written in place, not aside", "labelsvc.files", "Files.put_stream", 'aside = f"{path}.{uuid.uuid4().hex}.part"\n        try:\n            with open(aside, "xb"', 'aside = path\n        try:\n            with open(aside, "wb"', "publish the log"),
    Bug("a rename before the bytes", "labelsvc.files", "Files.put_stream", "shutil.copyfileobj(source, target, 1 << 20)\n                target.flush()\n                os.fsync(target.fileno())\n            os.replace(aside, path)", "os.replace(aside, path)\n                sync_folder(Path(path).parent)\n                shutil.copyfileobj(source, target, 1 << 20)\n                target.flush()\n                os.fsync(target.fileno())\n            pass", "publish the log"),
    Bug("commits that wait for nothing", "labelsvc.sqlite_file", "SqliteFile._connected", 'connection.execute(f"PRAGMA {pragma}")', 'connection.execute(f"PRAGMA {pragma}".replace("FULL", "OFF"))', "issue"),
    Bug("a list published before it is written", _TP, "_Task.write", "files.put(path_of(self.kid, self.purpose, self.number), file)", "pass", "publish lists"),
    Bug("another's list written over", _TP, "_Task.finish", "if record.number != self.before:", "if False:", trial=_two_publishers),
    Bug("what changed meanwhile taken for published", _TP, "publish", "state.made_of = fingerprint", "state.made_of = made_of(session)", trial=_withdrawn_meanwhile),
    Bug("an issue without its leaf", "labelsvc.codes.register.issue", "allocate", "log.append(session, describe.issue(issue))", "pass", "issue"),
    Bug("numbers taken but not counted", "labelsvc.codes.register.keys", "lock_counter", "values(next=Counter.next + take)", "values(next=Counter.next + max(take - 1, 0))", "issue"),
    Bug("a list taken over in two transactions", "labelsvc.catalogue.importing.apply", "apply_import", "_new_products(session, rows, producers, trace)", "_new_products(session, rows, producers, trace)\n    session.flush()\n    session.connection().exec_driver_sql('COMMIT')\n    session.connection().exec_driver_sql('BEGIN IMMEDIATE')", "import"),
    Bug("a late worker believed", _TQ, "_change", "Part.lease == claimed.lease,", "Part.number == claimed.number,", trial=_late_worker),
    Bug("a lease that nobody respects", _TQ, "_free", "and_(Part.state == JobState.RUNNING, _over(Part.leased_until)),", "and_(Part.state == JobState.RUNNING, Part.number > 0),", trial=_two_workers),
    Bug("a job closed by two", _TQ, "claim_close", ".where(_over(Part.leased_until))", ".where(Part.number > 0)", trial=_two_closers),
    Bug("a lease never renewed", _TT, "_kept_alive", "thread.start()", "stop.set() or thread.start()", trial=_long_part),
    Bug("a hash not compared", "labelsvc.labels.runs.merge", "merge", "if _sha256(stream) != known:", "if _sha256(stream) == '':", trial=_damaged_part),
    Bug("a fault of the store counted as an attempt", _TQ, "put_off", "attempts=max(claimed.attempt - 1, 0)", "attempts=claimed.attempt", trial=_store_away),
    Bug("a store that is away ends the job", _TT, "_do_part", "if breakdown.of(error) is not None:\n            raise\n        _stumbled", "_stumbled", trial=_store_away),
    Bug("a restore that forgets what was given", "labelsvc.cli.backup.dump", "replaced", "load(database, source, before=before)", "load(database, source)", "restore"),
    Bug("a restore that forgets ids and keys that were given", "labelsvc.cli.backup.dump", "replaced", "load(database, source, before=before)", "load(database, source, before=before and type(before)(before.next))", "restore"),
    Bug("a deleted database still written", "labelsvc.db", "Database.writing", "self._file.check()", "pass", trial=_taken_away),
)  # fmt: skip
