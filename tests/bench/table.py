"""docs/benchmarks.md, laid out by code: the same measurements give the same page."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"

#: One line of a table: column -> value. Columns that a row lacks stay empty.
Row: TypeAlias = Mapping[str, object]

_HEAD = """# Benchmarks

Written by `make bench`; do not edit. It takes about ten minutes; give it two idle cores.

Measured on: {machine}; {load}.

**How to read it.** Seconds differ from machine to machine and from hour to hour, ratios much less,
though other work on the machine can bend them by a half: compare the rows of one table, on a quiet
machine. Every tool draws the same labels in one run,
one after another, each in a process of its own; imports, fonts and tables are loaded before the
clock starts, and the best of up to three turns counts. No test asserts any of these numbers.

The other tools are pinned in `requirements/bench.txt` and installed beside the test environment, in
`.venv-bench`. One that cannot be installed or started is a row that says why; blabel needs Pango
(Debian: `libpangoft2-1.0-0 libharfbuzz-subset0`). One table: `python -m tests.bench labels`.
"""


@dataclass(frozen=True)
class Section:
    """A heading, what the numbers mean, and the numbers."""

    title: str
    note: str
    rows: Sequence[Row]

    def markdown(self) -> str:
        columns = list(dict.fromkeys(column for row in self.rows for column in row))
        right = {c for c in columns if all(_number(row.get(c, "")) for row in self.rows)}
        lines = [
            columns,
            ["--:" if column in right else "---" for column in columns],
            *([_spelled(row.get(column, "")) for column in columns] for row in self.rows),
        ]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"## {self.title}\n\n{self.note.strip()}\n\n{table}\n"


def write(sections: Sequence[Section], load: str, page: Path = PAGE) -> None:
    """Put *sections* into the page, in this order; *load* as it was before the first."""
    parts = [
        _HEAD.format(machine=machine(), load=load),
        *(section.markdown() for section in sections),
    ]
    page.write_text("\n".join(parts), encoding="utf-8")


def machine() -> str:
    """Processor, cores, memory, system and Python."""
    model = _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()
    memory = int((_field("/proc/meminfo", "MemTotal") or "0").split()[0]) / 2**20
    cores = len(os.sched_getaffinity(0))
    return (
        f"{model}, {cores} cores, {memory:.0f} GiB memory, {platform.system()}"
        f" {platform.machine()}, Python {platform.python_version()}"
    )


def load() -> str:
    """How busy the machine was with other work."""
    return f"load average {os.getloadavg()[0]:.1f} when it began"


def plain(row: Row) -> str:
    """For the terminal, as the numbers come."""
    return ", ".join(f"{key} {_spelled(value)}" for key, value in row.items())


def _field(file: str, name: str) -> str:
    for line in Path(file).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _number(value: object) -> bool:
    text = str(value).replace(".", "", 1).replace("-", "0", 1)
    return not text or text.isdigit()


def _spelled(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|")
