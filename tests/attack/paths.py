"""Paths out of folders: names of files in addresses, against every page that serves one.

python -m tests.attack.paths

Prints probes and holes of each page; exit code 1 where one answered with something else than what is its own.
"""

from __future__ import annotations

import sys
from collections import Counter

from flask.testing import FlaskClient

from tests.attack.fuzz import BASE, fuzzing

#: What would be told if it worked: the file of the database, keys, the beginning of /etc/passwd.
SECRETS = (b"SQLite format 3", b"root:", b"secret_keys", b"[project]")
PAGES = ("/log/tile/{}", "/log/tile/0/{}", "/static/{}", "/static/inspect/{}", "/media/photos/{}.jpg", "/media/photos/{}.webp",
         "/trust/status/1/withdrawn/{}", "/trust/status/1/{}/1", "/trust/manifest/{}.json", "/log/leaf/{}", "/log/proof/{}",
         "/console/runs/1/files/1/{}", "/console/layouts/own/{}/export", "/console/sheets/{}/test.pdf",
         "/console/layouts/picture/{}.svg", "/console/blanks/picture/{}.svg", "/office/imports/templates/{}")  # fmt: skip
UP = (
    "..",
    "%2e%2e",
    "%2e.",
    "..%2f",
    "%252e%252e",
    "..%5c",
    "..\\",
    "....//",
    ".%00.",
    "%c0%ae%c0%ae",
    "..;",
)
GOALS = (
    "etc/passwd",
    "labelsvc.sqlite3",
    "labelsvc.toml",
    "files/runs",
    "pyproject.toml",
    "var/labelsvc.sqlite3",
)
ALONE = ("%00", "/etc/passwd", "//etc/passwd", "C:\\x", "file:///etc/passwd", "a" * 300, "%2fetc%2fpasswd", ".", "..", "~root",
         "x" * 20_000, "000", "x001", "1/2/3", "-1", "%ff%fe", "\u0660", "con", "nul.txt", "a.p/256")  # fmt: skip


def names() -> list[str]:
    """Every way up, to every goal, from one folder and from many."""
    ups = [f"{up}/" * deep + goal for up in UP for deep in (1, 6) for goal in GOALS]
    return [*ups, *(up.replace("/", "%2f") for up in ups if "%2f" not in up), *ALONE]


def probe(client: FlaskClient) -> tuple[Counter[str], list[str]]:
    """Probes by page, and what got through."""
    asked: Counter[str] = Counter()
    holes: list[str] = []
    for page in PAGES:
        for name in names():
            path = page.format(name)
            answer = client.get(path, base_url=BASE, buffered=True)
            asked[page] += 1
            told = any(secret in answer.data for secret in SECRETS)
            if told or answer.status_code >= 500 or (answer.status_code == 200 and ".." in name):
                holes.append(f"{answer.status_code} {path[:200]}")
    return asked, holes


def main() -> int:
    with fuzzing(seed=1) as fuzz:
        fuzz.afresh()
        found = [probe(fuzz.desks[role].client) for role in ("", "lan")]
    holes = [hole for _, some in found for hole in some]
    total: Counter[str] = Counter()
    for asked, _ in found:
        total += asked
    for page, count in total.items():
        print(
            f"| {page} | {count} | {sum(1 for hole in holes if page.partition('{')[0] in hole)} |"
        )
    print(*holes, sep="\n")
    print(f"{total.total()} probes, {len(holes)} holes")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main())
