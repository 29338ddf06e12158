"""A user who owns nothing: root, as which tests may run, reads and writes everything."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = 65534


@contextmanager
def as_stranger() -> Iterator[None]:
    """Work with the rights of *nobody*; where the tests have none of root's, with their own."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(_NOBODY)
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder that everybody may enter; those of pytest are for their owner alone."""
    folder = Path(tempfile.mkdtemp(prefix="labelsvc-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for path in folder.rglob("*"):
            if path.is_dir():
                path.chmod(0o700)
        shutil.rmtree(folder)
