"""A disk that dies: counts what is written below a folder, and stops at the N-th step.

What was not synced when the power went may be there, in part, or not at all, and so may names whose
folder was not synced. `Disk.crash` chooses by a seed and leaves the folder as a machine would find it.
SQLite's own files keep what SQLite synced; with less than `synchronous=FULL` they may lose all of it.
"""

from __future__ import annotations

import builtins
import io
import os
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from labelsvc.cli.backup import dump

_WRITES = ("INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER")


class Died(BaseException):
    """The power went: nothing that comes after reaches the disk."""


class Disk:
    """Steps below *root*, counted from 1; at step *at* it dies, or fails with *error* once or for good.

    :param how: "die", "once" or "for good".
    """

    def __init__(self, root: Path, *, at: int = 0, how: str = "die", seed: int = 0) -> None:
        self.root, self.at, self.how = root, at, how
        self.steps: list[str] = []
        self.dead = False
        self._random = random.Random(f"{seed} {at}")
        #: Number of a file → its bytes as synced; folders → names as synced, with numbers of files.
        self._bytes: dict[int, bytes] = {}
        self._names: dict[Path, dict[str, int]] = {}
        #: Bytes of files whose last name was taken away or given to another.
        self._gone: dict[int, bytes] = {}
        self._careless = False
        self._thread = threading.get_ident()
        #: Threads of other services in this process, for example of a browser test.
        self._others = {thread.ident for thread in threading.enumerate()} - {self._thread}
        self._kept: Path | None = None
        self._real = {name: getattr(os, name) for name in ("fsync", "replace", "rename", "unlink", "mkdir")}  # fmt: skip
        self._open, self._run = io.open, dump._run

    # --- counting -------------------------------------------------------------------------------

    def step(self, what: str) -> None:
        """One more step; here it ends."""
        if self.dead and threading.get_ident() not in self._others:
            raise Died(what)
        if threading.get_ident() != self._thread:
            return
        self.steps.append(what)
        here = len(self.steps)
        if not self.at or here < self.at or (self.how == "once" and here > self.at):
            return
        if self.how == "die":
            self.dead = True
            raise Died(what)
        if what.startswith(("sql", "commit")):
            reason = sqlite3.OperationalError("database or disk is full")
            reason.sqlite_errorname = "SQLITE_FULL"
            raise OperationalError(what, {}, reason)
        raise OSError(28, "No space left on device", what)

    def mine(self, path: Any) -> bool:
        return self._below(path) and ".sqlite3" not in str(path)

    def _below(self, path: Any) -> bool:
        try:
            return Path(os.fspath(path)).is_relative_to(self.root)
        except TypeError:
            return False

    @contextmanager
    def turning(self) -> Iterator[Disk]:
        """What is written meanwhile goes through this disk."""
        for folder in (self.root, *self.root.rglob("*")):
            if folder.is_dir():
                self._names[folder] = self._here(folder)
                for name, number in self._names[folder].items():
                    if (folder / name).is_file() and ".sqlite3" not in name:
                        self._bytes[number] = (folder / name).read_bytes()
        self._kept = self.root.with_name(f"{self.root.name}.kept")
        shutil.rmtree(self._kept, ignore_errors=True)
        self._kept.mkdir()
        for path in self.root.glob("*.sqlite3*"):
            shutil.copy(path, self._kept / path.name)
        with ExitStack() as stack:
            for target, name, new in (
                (builtins, "open", self._opened),
                (io, "open", self._opened),
                (os, "fsync", self._fsync),
                (os, "replace", self._moved("replace")),
                (os, "rename", self._moved("rename")),
                (os, "unlink", self._unlink),
                (os, "mkdir", self._mkdir),
                (dump, "_run", self._program),
            ):
                stack.enter_context(mock.patch.object(target, name, new))
            with _listening("before_cursor_execute", self._statement), _listening("commit", self._commit):  # fmt: skip
                yield self

    # --- the database -----------------------------------------------------------------------------

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(_WRITES):
            self.step(f"sql {statement.split('(')[0][:60]}")
        elif self.dead and threading.get_ident() not in self._others:
            raise Died("sql")

    def _commit(self, connection: Any) -> None:
        self.step("commit")
        own = connection.connection.driver_connection
        if isinstance(own, sqlite3.Connection):
            self._careless |= own.execute("PRAGMA synchronous").fetchone()[0] < 2

    # --- files --------------------------------------------------------------------------------------

    def _opened(self, file: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if isinstance(file, int) or not set(mode) & set("wxa+") or not self.mine(file):
            return self._open(file, mode, *rest, **named)
        self.step(f"open {Path(file).name}")
        before = self._number(file)
        opener = named.get("opener")
        raw = _Written(self, str(file), mode.replace("b", "").replace("t", ""), opener)
        number = os.fstat(raw.fileno()).st_ino
        if number != before:
            self._bytes.pop(number, None)
        buffered = io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding=named.get("encoding") or "utf-8")  # fmt: skip

    def _fsync(self, handle: Any) -> None:
        number = handle if isinstance(handle, int) else handle.fileno()
        path = Path(f"/proc/self/fd/{number}").readlink()
        if not path.is_relative_to(self.root):
            self._real["fsync"](number)
            return
        self.step(f"fsync {path.name}")
        if path.is_dir():
            self._names[path] = self._here(path)
        else:
            self._bytes[os.fstat(number).st_ino] = path.read_bytes()

    def _moved(self, verb: str) -> Callable[..., None]:
        def move(source: Any, target: Any, **named: Any) -> None:
            if self._below(source) or self._below(target):
                self.step(f"rename {Path(target).name}")
            if self.mine(source) or self.mine(target):
                self._keep(target)
            self._real[verb](source, target, **named)

        return move

    def _unlink(self, path: Any, *, dir_fd: int | None = None) -> None:
        # A tree is removed by names within an open folder.
        whole = path if dir_fd is None else Path(f"/proc/self/fd/{dir_fd}").readlink() / path
        if self._below(whole):
            self.step(f"unlink {Path(whole).name}")
        if self.mine(whole):
            self._keep(whole)
        self._real["unlink"](path, dir_fd=dir_fd)

    def _program(self, program: str, *arguments: str, **named: Any) -> None:
        """A program of PostgreSQL: it does its work in one transaction or in a file of its own."""
        self.step(f"run {program}")
        self._run(program, *arguments, **named)

    def _mkdir(self, path: Any, *rest: Any, **named: Any) -> None:
        if self.mine(path):
            self.step(f"mkdir {Path(path).name}")
        self._real["mkdir"](path, *rest, **named)
        if self.mine(path):
            self._names[Path(path)] = {}

    def _keep(self, path: Any) -> None:
        number = self._number(path)
        if number is not None and Path(path).is_file():
            self._gone[number] = Path(path).read_bytes()

    def _number(self, path: Any) -> int | None:
        try:
            return Path(path).stat().st_ino
        except OSError:
            return None

    def _here(self, folder: Path) -> dict[str, int]:
        return {entry.name: entry.inode() for entry in os.scandir(folder)}

    # --- the crash ----------------------------------------------------------------------------------

    def crash(self) -> None:
        """Leave below the root what a machine finds there after the power went."""
        found: dict[Path, bytes] = {}
        folders: list[Path] = []
        self._settle(self.root, found, folders)
        for path in self.root.iterdir():
            if ".sqlite3" in path.name:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        for path, data in found.items():
            path.write_bytes(data)
        if self._careless and self._kept is not None:
            for path in self.root.glob("*.sqlite3*"):
                path.unlink()
            for path in self._kept.iterdir():
                shutil.copy(path, self.root / path.name)

    def _settle(self, folder: Path, found: dict[Path, bytes], folders: list[Path]) -> None:
        folders.append(folder)
        now, synced = self._here(folder), self._names.get(folder, {})
        names = now if now == synced or self._random.random() < 0.5 else synced
        current = {number: folder / name for name, number in now.items()}
        for name, number in names.items():
            path = folder / name
            if ".sqlite3" in name:
                continue
            there = current.get(number)
            if there is not None and there.is_dir():
                self._settle(there, found, folders)
                continue
            data = there.read_bytes() if there is not None else self._gone.get(number)
            kept = self._bytes.get(number)
            if data != kept:
                data = self._torn(data, kept)
            if data is not None:
                found[path] = data

    def _torn(self, data: bytes | None, kept: bytes | None) -> bytes:
        """What is found of bytes that were not synced: before, after, a beginning, or zeros."""
        data, kept = data or b"", kept or b""
        cut = self._random.randrange(len(data) + 1)
        return self._random.choice([kept, data, data[:cut], data[:cut] + bytes(len(data) - cut)])


class _Written(io.FileIO):
    """A file each of whose writes is a step; the last one before the end is done in part."""

    def __init__(self, disk: Disk, path: str, mode: str, opener: Any) -> None:
        super().__init__(path, mode, opener=opener)
        self._disk, self._called = disk, Path(path).name

    def write(self, data: Any) -> int:
        try:
            self._disk.step(f"write {self._called}")
        except Died:
            if self._disk.dead and len(self._disk.steps) == self._disk.at:
                super().write(bytes(data)[: len(data) // 2])
            raise
        return super().write(data) or 0


@contextmanager
def _listening(name: str, verb: Callable[..., Any]) -> Iterator[None]:
    event.listen(Engine, name, verb)
    try:
        yield
    finally:
        event.remove(Engine, name, verb)
