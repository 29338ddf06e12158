"""`make bench`: every measurement, printed as it comes. Nothing here is asserted by the clock."""

from __future__ import annotations

import platform

from tests.bench import importing, labels, scan_page


def main() -> None:
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    for name, run in (
        ("labels", labels.run),
        ("import", importing.run),
        ("scan page", lambda: [scan_page.measure()]),
    ):
        print(f"\n{name}")
        for row in run():
            print("  " + ", ".join(f"{key} {value}" for key, value in row.items()))


main()
