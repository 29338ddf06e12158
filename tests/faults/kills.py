"""Kills: processes that work are ended by `kill -9` at random moments, and what they acknowledged is compared.

The children are forked from a process that has everything imported: a kill costs a few hundredths of a second.
"""

from __future__ import annotations

import os
import pickle
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from labelsvc import settings as settings_module
from labelsvc.cli import main
from tests.faults.crash import _quiet
from tests.faults.service import ACTS, BY_HAND, Bench, Broken, Said, Service, before, settings_of


@dataclass
class Row:
    """One kind of fault: how often it was tried, and what was lost."""

    fault: str
    tries: int = 0
    survived: int = 0
    lost: str = ""

    def add(self, wrong: str) -> None:
        self.tries += 1
        self.survived += not wrong
        self.lost = self.lost or wrong


def run(bench: Bench, folder: Path, *, count: int, seed: int) -> list[Row]:
    """*count* kills, of each kind of work in turn."""
    chance = random.Random(seed)
    kinds = [kind for kind in ACTS if kind not in ("backup", *BY_HAND)]
    if not bench.server:  # its copies are of the folder
        kinds += ["restore", "backup"]
    rows = {
        kind: Row(f"kill -9: {kind}" + (", PostgreSQL" if bench.server else "")) for kind in kinds
    }
    shutil.copytree(bench.template, folder / "kept", dirs_exist_ok=True)
    if not bench.server:
        _command(folder / "kept", "backup", str(folder / "copy.tar"), "--force")
    for number in range(count):
        kind = kinds[number % len(kinds)]
        rows[kind].add(_one(bench, folder, kind, chance))
    return list(rows.values())


def _one(bench: Bench, folder: Path, kind: str, chance: random.Random) -> str:
    service = bench.fresh()
    said = before(service)
    service.close()
    if kind in ("restore", "backup"):
        return _kill_command(bench.work, folder, kind, chance)
    told = _kill(lambda tell: _work(bench, kind, tell), chance)
    for part in told:
        said = part
    service = bench.again()
    try:
        with _quiet():
            service.check_at_once(said)
            service.recover(said)
            service.check_in_the_end(said)
    except Broken as broken:
        return str(broken)
    finally:
        service.close()
    return ""


def _work(bench: Bench, kind: str, tell: Callable[[Any], None]) -> None:
    """Do the act again and again, and tell after each what was acknowledged."""
    service = bench.again()
    said = before(service)
    with _quiet():
        while True:
            ACTS[kind](service, said)
            tell(said)
            if kind == "import":
                return


def _kill_command(place: Path, folder: Path, kind: str, chance: random.Random) -> str:
    """A backup or a restore is killed: the service is as it was or as the copy has it, and a second one works."""
    copy = folder / "copy.tar"
    target = folder / "new.tar"
    target.unlink(missing_ok=True)
    words = ("restore", str(copy), "--force") if kind == "restore" else ("backup", str(target))
    _kill(lambda _: _command(place, *words), chance, longest=0.6)
    if kind == "backup":
        if target.exists():
            _command(folder / "tried", "restore", str(target), "--force")
        return _sound(place)
    wrong = _sound(place)
    if wrong and not _command(place, *words):
        return f"a second restore does not help: {wrong}"
    _command(place, *words)
    return _sound(place)


def _sound(place: Path) -> str:
    service = Service(place)
    try:
        with _quiet():
            said = Said()
            service.check_at_once(said)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    finally:
        service.close()
    return ""


def _command(place: Path, *words: str) -> bool:
    found = settings_of(place)
    kept = settings_module.settings
    settings_module.settings = lambda: found  # type: ignore[assignment]
    try:
        return CliRunner().invoke(main, words).exit_code == 0
    finally:
        settings_module.settings = kept


def _kill(
    work: Callable[[Callable[[Any], None]], object], chance: random.Random, longest: float = 0.5
) -> list[Any]:
    """Fork, let it *work* for a random time, end it; what it had told."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(lambda said: os.write(writing, _framed(said)) and None)  # type: ignore[func-returns-value]
        finally:
            os._exit(0)
    os.close(writing)
    time.sleep(chance.uniform(0.01, longest))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    told = []
    while len(data) >= 4:
        length = int.from_bytes(data[:4], "big")
        if len(data) < 4 + length:
            break
        told.append(pickle.loads(data[4 : 4 + length]))
        data = data[4 + length :]
    return told


def _framed(said: Said) -> bytes:
    data = pickle.dumps(said)
    return len(data).to_bytes(4, "big") + data
