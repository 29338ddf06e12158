"""Copies of the tree, and pytest in them. Used by __main__.py."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.mutants.changes import Change

#: Seconds of the processor that starting takes, and how many times as many as usual tests may take:
#: then the change has stopped one from ending. A busy machine is no reason.
_START, _SLOWER = 60.0, 6.0
#: Seconds after which a test that waits for what never comes is ended, on a clock.
_WAIT = 600


@dataclass(frozen=True)
class Outcome:
    """What the tests said of a change: "noticed", "survived" or "unreached" by any test.

    :param by: the test that failed, or did not end.
    """

    state: str
    tests: int
    seconds: float
    by: str = ""


def make(root: Path, folder: Path) -> Path:
    """*folder*, a copy of what git holds of *root* and of new files that it does not ignore."""
    listed = subprocess.run(
        [shutil.which("git") or "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)
    for name in filter(None, listed.split("\0")):
        source, target = root / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return folder


def environment(root: Path, **more: str) -> dict[str, str]:
    vectors = os.environ.get("LABELSVC_VECTORS", str(root.parent / "shared" / "vectors"))
    # Property tests with the same examples each time: a change is noticed or it is not.
    return os.environ | {"LABELSVC_VECTORS": vectors, "CI": "true"} | more


def pytest(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]


def run(
    copy: Path, root: Path, tests: list[str], *, seconds: float, every: bool = False
) -> tuple[int, list[str], float]:
    """Run *tests* in *copy*: the exit code, those that failed, and how long it took.

    :param seconds: what they took when they were timed.
    :param every: go on after one that fails.
    """
    pick, began = copy / "pick.json", time.monotonic()
    pick.write_text(json.dumps(tests), encoding="utf-8")
    last = pick.with_suffix(".last")
    last.unlink(missing_ok=True)
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    words = pytest(
        "-p", "tools.mutants.pick", "-rfE", "--tb=no", f"--timeout={_WAIT}",
        *([] if every else ["-x"]), *files,
    )  # fmt: skip
    most = int(_START + _SLOWER * seconds)
    done = subprocess.run(
        words, cwd=copy, capture_output=True, text=True,
        env=environment(root, MUTANTS_PICK=str(pick)),
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_CPU, (most, most + 5)),
    )  # fmt: skip
    failed = [
        line.split(" ", 1)[1].partition(" - ")[0]
        for line in done.stdout.splitlines()
        if line.startswith(("FAILED ", "ERROR "))
    ]
    if done.returncode and not failed and last.exists():
        failed = [last.read_text(encoding="utf-8")]
    return done.returncode, failed, time.monotonic() - began


def hold(change: Change, tests: list[str], copy: Path, root: Path, seconds: float) -> Outcome:
    """Hold *change* against *tests* in *copy*, which is as before afterwards."""
    file, source = copy / change.path, (root / change.path).read_bytes()
    try:
        file.write_bytes(change.apply(source))
        _forget(file)
        code, failed, took = run(copy, root, tests, seconds=seconds)
    finally:
        file.write_bytes(source)
        _forget(file)
    if code in (0, 5):
        return Outcome("survived", len(tests), took)
    return Outcome("noticed", len(tests), took, failed[0] if failed else "import")


def _forget(file: Path) -> None:
    """Remove compiled files: they are told from newer ones by second and size alone."""
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink(missing_ok=True)
