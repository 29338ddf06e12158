"""`make bench`: every measurement, printed as it comes. Nothing here is asserted by the clock.

python -m tests.bench [NAME ...] takes the named ones only and leaves docs/benchmarks.md alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.bench import (
    families,
    importing,
    labels,
    million,
    pages,
    printed,
    register,
    scan_page,
    symbols,
    table,
)
from tests.bench.table import Row, Section


class Measurement(NamedTuple):
    title: str
    note: str
    run: Callable[[], Iterable[Row]]


MEASUREMENTS = {
    "labels": Measurement(
        "Labels, side by side",
        """
A4, 65 a sheet: symbol 3-Q, name, producer, lot, two dates, host and unit line, the same words, font
and places for every tool; one process, one core. *ratio*: labels/s as a part of ours. *peak MB*: the
most memory that the process held. *symbols read*: the first and the last sheet rendered at 600 dpi
and read with zxing-cpp. *bound*: what zlib alone takes to compress our page streams; no PDF
with these bytes is written faster on a core. A tool that is slower gets fewer labels, so its fonts weigh more
in its bytes a label. python-qrcode, ReportLab and segno choose the mask of each symbol and ours
draws all of a run with mask 3; the next table has both ways for each encoder.
""",
        labels.run,
    ),
    "symbols": Measurement(
        "Symbols",
        """
One core. *fixed*: mask 3 for every symbol, as runs are printed. *by ISO/IEC 18004*: all eight masks
scored and the best one taken. *ratio*: as a part of ours in the same way of choosing. *tables,
cold s*: learning the tables of a structure, once a process. *kept*: finding them again.
""",
        symbols.run,
    ),
    "runs": Measurement(
        "Runs",
        f"""
From the click to the file: numbers taken, codes signed, parts drawn, put together, released, with
SQLite and {million.PROCESSES} processes. *read back* renders and reads every symbol, as the service
always does; *draw only* leaves that out. *turns*: how often the run was made; the middle time counts,
with the memory of the first turn. *beside the smallest*: time a label, the smallest runs just before
and after = 1. A run costs some 30 to 60 ms before its first label and after its last (checks, numbers,
putting together), which ten thousand labels feel where nothing is read back.
""",
        million.run,
    ),
    "import": Measurement(
        "Import of a list",
        "10,000 rows of the programme's list, planned and applied on SQLite.",
        importing.run,
    ),
    "pages": Measurement(
        "Pages of the office and of the register",
        f"""
{register.PRODUCTS:,} products, {register.PRODUCERS:,} producers, {register.VILLAGES:,} villages, {register.OUTLETS:,} points
of sale (one product at {register.MOST_POINTS:,}) and {register.DECISIONS} decisions a year for {register.YEARS} years, on SQLite.
Processor time of the application alone, the best of a few turns; *over*: more than {pages.MAX_MS} ms or {pages.MAX_KB} kB.
Files (CSV, feeds) are lists whole and have no such limit.
""",
        pages.run,
    ),
    "printed": Measurement(
        "Printed labels before a phone",
        f"""
{printed.COUNT} simulated photographs for each figure: module of a 203 dpi head, 4 % of the symbol
scratched or rubbed, slant up to 9 % and 14° of turn, light falling off by up to 45 %, noise, and the
blur of a hand-held phone; read with zxing-cpp. It ranks symbols; prints and phones decide.
""",
        printed.run,
    ),
    "families": Measurement(
        "Families of labels",
        f"""
The first palette of each family beside the plain label: processor time and bytes of 13,000 labels, the best of three
turns, one family after the other, and {families.COUNT} simulated photographs for each figure, at distances where the plain label begins to fail, with the same slant,
light, damage and noise for all; in brackets points above or below the plain label.
""",
        families.run,
    ),
    "scan": Measurement(
        "Scan page",
        """
Requests a second beside a bare Flask "hello" on the same server, one worker. *ratio_cpu*, by
processor time, is the steadier figure.
""",
        lambda: [
            {"what": key, "value": round(value, 3)} for key, value in scan_page.measure().items()
        ],
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    names = parser.parse_args().names
    if unknown := set(names) - set(MEASUREMENTS):
        parser.error(f"no measurement {', '.join(sorted(unknown))}")
    load = table.load()
    print(f"{table.machine()}; {load}", flush=True)
    sections = []
    for name in names or MEASUREMENTS:
        title, note, run = MEASUREMENTS[name]
        print(f"\n{title}", flush=True)
        rows = []
        for row in run():
            rows.append(row)
            print("  " + table.plain(row), flush=True)
        sections.append(Section(title, note, rows))
    if not names:
        table.write(sections, load)
        print(f"\nWritten: {table.PAGE}")


if __name__ == "__main__":
    main()
