"""A throw-away PostgreSQL cluster for the tests, on a Unix socket in a temporary folder.

`LABELSVC_TEST_POSTGRES_URL` points at a server of your own instead (its database is emptied).
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """Folder of initdb and postgres, newest version first; None where not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: p.parts[-3])
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: use the user that Debian's package made."""
    if os.geteuid() != 0:
        return command
    return ["runuser", "-u", "postgres", "--", *command]


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster, give its URL, stop it and remove it."""
    folder = binaries()
    assert folder is not None
    root = Path(tempfile.mkdtemp(prefix="labelsvc-pg-"))
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(root, owner.pw_uid, owner.pw_gid)
        data = root / "data"
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": root}
        subprocess.run(
            _as_postgres([f"{folder}/initdb", "-D", f"{data}", "-U", "labelsvc", "-A", "trust",
                          "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]), **quiet)  # fmt: skip
        options = (
            f"-k {root} -c listen_addresses='' -c fsync=off -c synchronous_commit=off "
            "-c full_page_writes=off -c max_connections=100"
        )
        subprocess.run(
            _as_postgres([f"{folder}/pg_ctl", "-D", f"{data}", "-o", options, "-w",
                          "-l", f"{root}/log", "start"]), **quiet)  # fmt: skip
        try:
            yield f"postgresql+psycopg://labelsvc@/postgres?host={root}"
        finally:
            subprocess.run(
                _as_postgres([f"{folder}/pg_ctl", "-D", f"{data}", "-m", "immediate", "stop"]),
                **quiet,
            )
    finally:
        shutil.rmtree(root, ignore_errors=True)
