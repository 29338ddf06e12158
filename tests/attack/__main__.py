"""What a scan takes while somebody attacks the server: a table for docs/security and for oneself.

    labelsvc demo --dir /tmp/demo --no-serve --json         (once)
    labelsvc demo --dir /tmp/demo                           (in another terminal)
    python -m tests.attack --url http://127.0.0.1:8000/CODE --producer NAME

Against a server on this machine only. Each attack ends by itself.
"""

from __future__ import annotations

import argparse
import statistics
import threading
from urllib.parse import urlsplit

from tests.attack.attacks import all_of_them, running
from tests.attack.client import Target


def scans(target: Target, seconds: float) -> list[float]:
    """Times of scans, one after the other, twenty a second at most."""
    taken: list[float] = []
    end = threading.Event()
    timer = threading.Timer(seconds, end.set)
    timer.start()
    try:
        while not end.is_set():
            taken.append(target.scan())
            end.wait(0.05)
    finally:
        timer.cancel()
    return taken


def p99(taken: list[float]) -> float:
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * 0.99))]


def line(name: str, taken: list[float], quiet: float, said: object) -> str:
    return (
        f"| {name} | {len(taken)} | {statistics.median(taken) * 1000:.1f} | {p99(taken) * 1000:.1f} "
        f"| {p99(taken) / quiet:.1f} | {max(taken) * 1000:.0f} | {said} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="Address of a code that is valid.")
    parser.add_argument("--producer", required=True, help="Sign-in name of a producer of the demo.")
    parser.add_argument("--seconds", type=float, default=8.0, help="How long each attack goes on.")
    parser.add_argument("--only", default="", help="A part of the name of an attack.")
    given = parser.parse_args()
    parts = urlsplit(given.url)
    target = Target(f"{parts.scheme}://{parts.netloc}", parts.path.lstrip("/"))
    for _ in range(20):  # each process draws the page once
        target.scan()
    before = scans(target, given.seconds)
    quiet = p99(before)
    print("| attack | scans | p50, ms | p99, ms | p99 / quiet | longest, ms | answers |")
    print("|---|--:|--:|--:|--:|--:|---|")
    print(line("none", before, quiet, ""), flush=True)
    for name, attack in all_of_them(given.producer).items():
        if given.only not in name:
            continue
        with running(target, attack) as said:
            taken = scans(target, given.seconds)
            answers = dict(said)
        print(line(name, taken, quiet, answers), flush=True)
    print(line("none, again", scans(target, given.seconds), quiet, ""), flush=True)


if __name__ == "__main__":
    main()
