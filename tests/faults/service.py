"""A small service in one folder, what was acknowledged there, and what has to hold after any fault."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from click.testing import CliRunner
from sqlalchemy import NullPool, create_engine, select

from labelsvc import settings as settings_module
from labelsvc.accounts import audit as trail
from labelsvc.catalogue.importing import apply_import, plan_import
from labelsvc.catalogue.models import ImportRun, Lot, Product
from labelsvc.cli import main
from labelsvc.cli.backup import dump
from labelsvc.cli.server import prepare
from labelsvc.codes.models import CODE_COUNTER, Blank, Counter, Issue, Mark
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.codes.register.keys import rotate
from labelsvc.codes.tlog import log, setback
from labelsvc.codes.tlog.formats import audit
from labelsvc.codes.tlog.models import LogLeaf
from labelsvc.codes.trust import publish as lists
from labelsvc.codes.trust.formats.status import StatusHead, StatusList
from labelsvc.codes.trust.models import StatusState
from labelsvc.db import Database
from labelsvc.errors import FileMissing, LogForked
from labelsvc.files import Files
from labelsvc.jobs.models import Job, JobState, Part
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.labels.runs import start as print_run
from labelsvc.recovery import archive, complete, notice
from labelsvc.settings import Settings
from labelsvc.worker import publishing, tasks
from tests.factories import make_lot

LIST = (
    "\ufeffDANH SÁCH SẢN PHẨM OCOP;;;;;;\n"
    "STT;Tên sản phẩm;Tên chủ thể;Địa chỉ;Số sao;Quyết định công nhận;Ngày quyết định\n"
    "1;Chè lam gừng;Hộ kinh doanh Lê Thị Mơ;Thôn Đông, xã Thạch Thất;4;99/QĐ-UBND;05/01/2026\n"
    "2;Bánh tẻ;Hộ kinh doanh Lê Thị Mơ;Thôn Đông, xã Thạch Thất;3;99/QĐ-UBND;05/01/2026\n"
).encode()
#: What a part costs to draw is not what is tried here; the same run gives the same bytes.
_REPORT = {"decoded": 3, "spares": 0, "pages": 1, "dpi": 300, "again": 0, "unused_min": 1.0, "contrast": 1.0,
           "dots": 5, "module_mm": 0.4, "measured": None, "fonts": [], "bytes": 1}  # fmt: skip


#: Copy that was made before the newest issue and withdrawal, and the one that an act makes.
COPY, NEW_COPY = "copy.tar", "new.tar"


class Broken(AssertionError):
    """Something that was said is no longer so."""


@dataclass
class Said:
    """What somebody outside was told, and may hold the service to."""

    issues: dict[int, tuple[int, int]] = field(default_factory=dict)
    withdrawn: list[int] = field(default_factory=list)
    runs: dict[int, str] = field(default_factory=dict)
    imports: int = 0
    #: The number after the last that was given, also of issues that no restore can bring back.
    following: int = 0
    #: The largest row id of an issue, and of a key, of the same kind.
    rows: int = 0
    kid: int = 0
    #: Checkpoint that was published, and lists by their path.
    checkpoint: bytes | None = None
    lists: dict[str, bytes] = field(default_factory=dict)


class Service:
    """Database and files below one folder. Whoever dies opens another one in the same folder."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.settings = settings_of(folder, url)
        self.database = Database.of(self.settings)
        self.files = Files(self.settings.files)

    def close(self) -> None:
        self.database.close()

    # --- what people do ---------------------------------------------------------------------------

    def issue(self, said: Said) -> None:
        with self.database.writing() as session:
            lot = session.scalars(select(Lot).order_by(Lot.id)).first()
            issue = allocate(session, lot=lot, count=7, form="offline")
            found = issue.id, issue.first, issue.count
        said.issues[found[0]] = found[1:]

    def rotate(self) -> None:
        with self.database.writing() as session:
            rotate(session, secrets=self.settings.keys)

    def withdraw(self, said: Said) -> None:
        with self.database.writing() as session:
            issue = session.scalars(select(Issue).where(Issue.count == 20).order_by(Issue.id)).first()  # fmt: skip
            number = issue.first + len(said.withdrawn)
            revoke.withdraw(session, first=number, count=1, reason="Mất cắp", by="user:1")
        said.withdrawn.append(number)

    def bring(self, said: Said) -> None:
        with self.database.writing() as session:
            plan = plan_import(session, data=LIST, file_name="ds.csv")
            apply_import(session, plan, actor="cli")
        said.imports += 1

    def print(self, said: Said) -> None:
        with self.database.writing() as session:
            lot = session.scalars(select(Lot).order_by(Lot.id)).first()
            request = print_run.RunRequest(lot=lot, layout="a4-65", count=3, base_url=self.settings.base_url)  # fmt: skip
            run = print_run.start_run(session, request, actor="user:1")
            found = run.id, run.issue_id, run.issue.first
        said.runs[found[0]] = ""
        said.issues[found[1]] = found[2], 3
        self.work(said)

    def work(self, said: Said) -> None:
        while tasks.work_once(self.database, self.files, self.settings):
            pass
        for run in self._released():
            said.runs[run.id] = run.sha256 or ""

    def command(self, *words: str) -> bool:
        """Run a command of the service; False where it refused or failed."""
        with mock.patch.object(settings_module, "settings", lambda: self.settings):
            return CliRunner().invoke(main, words).exit_code == 0

    def backup(self, _: Said) -> None:
        self.command("backup", str(self.folder / NEW_COPY), "--force")

    def restore(self, _: Said) -> None:
        self.database.close()  # one that is open makes it wait for a lock, as a service beside it would
        self.command("restore", str(self.folder / COPY), "--force")

    def complete(self, _: Said) -> None:
        self.command("audit-log", "recover")

    def set_back(self) -> None:
        """Somebody puts the database of the copy back by hand."""
        self.database.close()
        opened = archive.Archive(self.folder / COPY)
        with tempfile.TemporaryDirectory() as name:
            by_hand = Path(name) / "by-hand"
            by_hand.write_bytes(opened.open(archive.DATABASE).read())
            dump.load(self.database, by_hand)
        opened.close()

    def publish_log(self, said: Said) -> None:
        publishing.publish(self.database, self.files, self.settings)
        said.checkpoint = self.files.get(log.CHECKPOINT)

    def publish_lists(self, said: Said) -> None:
        publishing.publish_lists(self.database, self.files, self.settings)
        said.lists |= self.named()

    def _released(self) -> list[PrintRun]:
        with self.database.reading() as session:
            released = select(PrintRun).where(PrintRun.state == RunState.RELEASED)
            return list(session.scalars(released))

    def named(self) -> dict[str, bytes]:
        """The lists that the newest head names. :raises Broken: one is not what the head says."""
        with self.database.reading() as session:
            state = session.get(StatusState, 1)
            if state is None or not state.head:
                return {}
            key = lists.key_of(state)
            head = StatusHead.read(state.head.encode(), host="qr.example.vn", keys=[key])
        found = {}
        for line in head.lines:
            path = lists.path_of(line.kid, line.purpose, line.number)
            try:
                found[path] = self.files.get(path)
            except FileMissing:
                raise Broken(f"the head names {path}, which is not there") from None
            if hashlib.sha256(found[path]).hexdigest() != line.sha256:
                raise Broken(f"{path} is not what the head says")
        return found

    # --- afterwards -------------------------------------------------------------------------------

    def start(self) -> bool:
        """Start as a process does. True where the database is older than the world."""
        return notice.look(self.database, self.files, self.settings) is not None

    def check_refused(self, said: Said) -> None:
        """An older database gives no numbers, and what was withdrawn stays so."""
        with self.database.reading() as session:
            try:
                setback.refuse(session)
                raise Broken("an older database would give numbers")
            except LogForked:
                marks = session.scalars(select(Mark)).all()
        for number in said.withdrawn:
            there = any(m.state == "withdrawn" and m.first <= number <= m.last for m in marks)
            _true(there, f"the withdrawal of {number} at the start of an older database")
        self._check_counter(said)

    def _check_counter(self, said: Said) -> None:
        with self.database.reading() as session:
            following = session.scalar(select(Counter.next).where(Counter.name == CODE_COUNTER))
            before = complete.given(session)
        _true((following or 0) >= said.following, "numbers that were given may be given again")
        _true(before.ids["issue"] >= said.rows, "the id of an issue may be given again")
        _true(before.kid >= said.kid, "the number of a key may be given again")

    def mend(self, act: str) -> None:
        """What the person at the machine does once more after an act of theirs broke off."""
        self.database.close()  # the command is another process, and no service runs beside it
        if act == "restore":
            done = self.command("restore", str(self.folder / COPY), "--force")
            _true(done, "a second restore fails")
            left = [path.name for path in self.folder.glob(".restore-*")]
            _same(left, [], "the folder of a restore that broke off")
        if act == "recover":
            _true(self.command("audit-log", "recover"), "a second recover fails")
        copy = self.folder / NEW_COPY
        if act == "backup" and copy.exists():
            archive.Archive(copy).close()
        self.database = Database.of(self.settings)

    def recover(self, said: Said) -> None:
        """What a service does after its start: nothing else mends anything."""
        with self.database.writing() as session:
            create_keys(session, secrets=self.settings.keys)
        with self.database.writing() as session:  # the leases of the dead are over
            for part in session.scalars(select(Part).where(Part.leased_until.is_not(None))):
                part.leased_until = None
        self.work(said)
        self.publish_lists(said)
        self.publish_log(said)

    def check_at_once(self, said: Said) -> None:
        """Before anything runs again: what was acknowledged is there, and rows belong together."""
        with self.database.reading() as session:
            issues = {row.id: row for row in session.scalars(select(Issue))}
            leaves = set(session.scalars(select(LogLeaf.subject)))
            marks = session.scalars(select(Mark)).all()
            following = session.scalar(select(Counter.next).where(Counter.name == CODE_COUNTER))
            runs = session.scalars(select(PrintRun)).all()
            jobs = set(session.scalars(select(Job.id)))
            imports = len(session.scalars(select(ImportRun)).all())
            products = len(session.scalars(select(Product)).all())
            blanks = session.scalars(select(Blank)).all()
            entries = {e.subject for e in session.scalars(select(trail.AuditEntry))}
            broken = trail.verify_chain(session)
        _same(broken, None, "the audit trail")
        for number, (first, count) in said.issues.items():
            row = issues.get(number)
            _same(row and (row.first, row.count), (first, count), f"issue {number}")
        spans = sorted((r.first, r.first + r.count) for r in (*issues.values(), *blanks))
        for (_, end), (start, _) in itertools.pairwise(spans):
            _true(end <= start, f"number {start} was given twice")
        _true(not spans or (following or 0) >= spans[-1][1], "the counter fell back")
        for number in issues:
            _true(f"issue:{number}" in leaves, f"issue {number} has no leaf")
        for number in said.withdrawn:
            there = any(m.state == "withdrawn" and m.first <= number <= m.last for m in marks)
            _true(there, f"the withdrawal of {number}")
        for run in runs:
            _true(run.job_id in jobs and run.issue_id in issues, f"run {run.id} has no job")
        _true({run.id for run in runs} >= set(said.runs), "a run")
        _same(products - 1, 2 * imports, "half of a list")
        _true(imports >= said.imports, "an import")
        _same(sum(s.startswith("import:") for s in entries), imports, "entries of imports")
        self._check_counter(said)
        self._check_outside(said)

    def _check_outside(self, said: Said) -> None:
        for run in self._released():
            self._check_file(run)
        named = self.named()
        for path, data in said.lists.items():
            if path in named:
                _same(named[path], data, f"{path} was given twice")

    def _check_file(self, run: PrintRun) -> None:
        try:
            with print_run.output(self.files, run) as file:
                data = file.read()
        except FileMissing:
            raise Broken(f"the file of run {run.id} is gone") from None
        _same(hashlib.sha256(data).hexdigest(), run.sha256, f"the file of run {run.id}")
        _same(data, drawn(run), f"the labels of run {run.id}")

    def check_in_the_end(self, said: Said) -> None:
        """After it ran again: all is published, all runs are released, nothing was taken back."""
        self.check_at_once(said)
        with self.database.reading() as session:
            leaves = set(session.scalars(select(LogLeaf.subject)))
            for number in session.scalars(select(Mark.id)):  # the sweep writes these
                _true(f"mark:{number}" in leaves, f"mark {number} has no leaf")
            states = set(session.scalars(select(Job.state)))
            found = session.get(log.LogState, 1)
            key = log.key_of(found) if found else None
        _true(states <= {JobState.DONE}, f"a job is {states}")
        for number, sha256 in said.runs.items():
            run = next((r for r in self._released() if r.id == number), None)
            _true(run is not None and sha256 in ("", run.sha256), f"run {number} is not released")
        if key is not None:
            report = audit.verify(
                lambda path: self.files.get(f"{log.FOLDER}/{path}"), key, remembered=said.checkpoint
            )
            _true(report.ok, f"the public log: {[str(p.error) for p in report.problems]}")
        self.check_lists(said)

    def check_lists(self, said: Said) -> None:
        """What was withdrawn before the lists were published is in them."""
        with self.database.reading() as session:
            state = session.get(StatusState, 1)
        if state is None or not said.withdrawn:
            return
        keys = [lists.key_of(state)]
        found = [
            StatusList.read(data, host="qr.example.vn", keys=keys)
            for path, data in self.named().items()
            if "/withdrawn/" in path
        ]
        listed = sum(len(units) for one in found for units in one.listed.values())  # type: ignore[arg-type]
        _true(listed >= len(said.withdrawn), "a withdrawal is not in the lists")


def memory() -> str | None:
    """A folder in memory, where there is one: tens of thousands of real fsyncs prove nothing here."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def drawn(run: PrintRun) -> bytes:
    """What stands for the labels of a run."""
    return f"%PDF run {run.id} issue {run.issue_id} {run.count}\n".encode() * 50


@contextmanager
def cheap() -> Iterator[None]:
    """Parts are drawn by `drawn`."""

    def render(run: PrintRun, *_: Any) -> tuple[bytes, dict[str, Any]]:
        return drawn(run), dict(_REPORT)

    with mock.patch("labelsvc.labels.runs.render.render_part", render):
        yield


def settings_of(folder: Path, url: str = "") -> Settings:
    return settings_module.load(
        base_url="https://qr.example.vn",
        data_dir=folder,
        database_url=url,
        secret_keys=("test-key-that-is-long-enough-for-the-rule-0123456789",),
        render_processes=0,
    )


def build(folder: Path, url: str = "") -> None:
    """A service with an issue of 20 offline codes, a withdrawal, all of it published."""
    service, said = Service(folder, url), Said()
    prepare(service.settings, service.database)
    with service.database.writing() as session:
        allocate(session, lot=make_lot(session, declared=5000), count=20, form="offline")
    service.withdraw(said)
    service.publish_lists(said)
    service.publish_log(said)
    _true(service.command("backup", str(folder / COPY)), "no copy")
    # After the copy: what a restore must not forget.
    service.issue(said)
    service.withdraw(said)
    service.publish_lists(said)
    service.publish_log(said)
    service.close()


@dataclass(frozen=True)
class Bench:
    """A template of a service, and the place in which copies of it are broken.

    :param server: of PostgreSQL; "" for SQLite in the folder.
    """

    template: Path
    work: Path
    server: str = ""

    def build(self) -> None:
        if self.server:
            self._sql("DROP DATABASE IF EXISTS faults_template", "CREATE DATABASE faults_template")
        build(self.template, self._url("faults_template"))

    def fresh(self) -> Service:
        """A service as the template is."""
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.template, self.work)
        if self.server:
            self._sql(
                "DROP DATABASE IF EXISTS faults_work",
                "CREATE DATABASE faults_work TEMPLATE faults_template",
            )
        return self.again()

    def again(self) -> Service:
        """A new process in the same place."""
        return Service(self.work, self._url("faults_work"))

    def _url(self, name: str) -> str:
        return self.server.replace("/postgres?", f"/{name}?")

    def _sql(self, *statements: str) -> None:
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()


def before(service: Service) -> Said:
    """What was said before: a withdrawal, lists and a checkpoint."""
    said = Said(checkpoint=service.files.get(log.CHECKPOINT), lists=service.named())
    with service.database.reading() as session:
        said.withdrawn = [m.first for m in session.scalars(select(Mark).order_by(Mark.id))]
        said.issues = {i.id: (i.first, i.count) for i in session.scalars(select(Issue))}
    return said


def _same(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise Broken(f"{what}: {str(found)[:80]} instead of {str(wanted)[:80]}")


def _true(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


Act = Callable[[Service, Said], None]


def _day(service: Service, said: Said) -> None:
    service.issue(said)
    service.withdraw(said)
    service.publish_lists(said)
    service.publish_log(said)


#: What is broken off at every step of it.
ACTS: dict[str, Act] = {
    "issue": lambda service, said: (service.issue(said), service.issue(said))[0],
    "withdraw": lambda service, said: (service.withdraw(said), service.withdraw(said))[0],
    "import": Service.bring,
    "print": Service.print,
    "publish the log": lambda service, said: (service.issue(said), service.publish_log(said))[0],
    "publish lists": lambda service, said: (service.withdraw(said), service.publish_lists(said))[0],
    "a day": _day,
    "backup": Service.backup,
    "restore": Service.restore,
    "recover": Service.complete,
}
#: Acts that a person does at the machine, and may leave a database that is older than its log.
BY_HAND = ("restore", "recover")
