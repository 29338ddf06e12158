"""Crash points: an act dies at its N-th step, a new process recovers, and contents are compared."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from unittest import mock

import structlog

from labelsvc.jobs import queue
from labelsvc.recovery import complete
from tests.faults.disk import Died, Disk
from tests.faults.service import ACTS, BY_HAND, Bench, Broken, Said, Service, before, cheap

HOW = ("die", "once", "for good")


@dataclass(frozen=True)
class Point:
    """Where an act breaks off."""

    act: str
    at: int
    how: str = "die"
    seed: int = 0
    #: Step at which the recovery dies as well; 0: it does not.
    again: int = 0

    def __str__(self) -> str:
        return f"{self.act}, step {self.at}, {self.how}, seed {self.seed}" + (f", recovery dies at {self.again}" if self.again else "")  # fmt: skip


@dataclass
class Tally:
    """How many points were tried, and what came of them."""

    tried: Counter[str] = field(default_factory=Counter)
    broken: dict[Point, str] = field(default_factory=dict)

    def add(self, other: Tally, words: str) -> None:
        """Take *other* in, its acts with *words* after them."""
        self.tried.update({f"{act}{words}": count for act, count in other.tried.items()})
        self.broken |= {replace(p, act=f"{p.act}{words}"): w for p, w in other.broken.items()}

    def table(self) -> str:
        lines = [f"{'act':<30} {'tried':>6} {'survived':>9}"]
        for act, count in self.tried.items():
            lost = sum(point.act == act for point in self.broken)
            lines.append(f"{act:<30} {count:>6} {count - lost:>9}")
        total = sum(self.tried.values())
        lines.append(f"{'all':<30} {total:>6} {total - len(self.broken):>9}")
        return "\n".join(lines)


def steps_of(bench: Bench, act: str) -> list[str]:
    """The steps of *act* when nothing breaks."""
    service = bench.fresh()
    said = before(service)
    _prepare(service, said, act)
    with _quiet(), Disk(service.folder).turning() as disk:
        ACTS[act](service, said)
    service.close()
    return disk.steps


def _prepare(service: Service, said: Said, act: str) -> None:
    """A recovery needs a database that is older than its log; a restore replaces one that gave numbers
    which nobody else knows of.
    """
    if act == "recover":
        service.set_back()
    if act == "restore":
        lost = Said()
        service.issue(lost)
        service.rotate()
        with service.database.reading() as session:
            gave = complete.given(session)
        said.following, said.rows, said.kid = gave.next, gave.ids["issue"], gave.kid


def try_point(bench: Bench, point: Point) -> str:
    """What no longer holds after *point*, in words; "" when all does."""
    service = bench.fresh()
    said = before(service)
    with _quiet():
        try:
            _prepare(service, said, point.act)
            _break(service, said, point)
            service = bench.again()
            older = service.start()
            if older and point.act in BY_HAND:
                service.check_refused(said)
            elif point.how == "die":
                service.check_at_once(said)
            if point.again:
                service = _die_again(bench, service, said, point)
            service.mend(point.act)
            service.recover(said)
            service.check_in_the_end(said)
        except Broken as broken:
            return str(broken)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        finally:
            service.close()
    return ""


def _break(service: Service, said: Said, point: Point) -> None:
    disk = Disk(service.folder, at=point.at, how=point.how, seed=point.seed)
    with disk.turning():
        try:
            ACTS[point.act](service, said)
        except Died:
            pass
        except Exception:
            if point.how == "die":
                raise
    service.close()
    if disk.dead:
        disk.crash()


def _die_again(bench: Bench, service: Service, said: Said, point: Point) -> Service:
    """The recovery dies too; what follows is a second one."""
    disk = Disk(service.folder, at=point.again, seed=point.seed + 1)
    with disk.turning(), contextlib.suppress(Died):
        service.mend(point.act)
        service.recover(said)
    service.close()
    if disk.dead:
        disk.crash()
    return bench.again()


class _quiet:
    """Cheap parts, no pauses, nothing in the log."""

    def __enter__(self) -> None:
        self._parts = cheap()
        self._parts.__enter__()
        self._retry = mock.patch.object(queue, "RETRY_AFTER", timedelta(0))
        self._retry.start()
        self._logs = structlog.get_config()
        structlog.configure(logger_factory=structlog.ReturnLoggerFactory())

    def __exit__(self, *what: object) -> None:
        structlog.configure(**self._logs)
        self._retry.stop()
        self._parts.__exit__(None, None, None)


def every_point(bench: Bench, *, seeds: Iterable[int]) -> Iterator[Point]:
    """Every step of every act, for each seed; a third of those that die also die in their recovery."""
    counts = {act: len(steps_of(bench, act)) for act in ACTS}
    for seed in seeds:
        chance = random.Random(seed)
        for act, count in counts.items():
            for at in range(1, count + 1):
                again = chance.randrange(1, 60) if chance.random() < 0.33 else 0
                yield Point(act, at, "die", seed, again)
                if seed == 0:
                    yield Point(act, at, "once", seed)
                    yield Point(act, at, "for good", seed)
