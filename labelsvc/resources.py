"""Where the files that come with the program are, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder *name* (`templates`, `label_layouts`, `static`, `translations`, ...).

    `templates` and `label_layouts` stand beside the package in a checkout and inside it in a
    wheel (`_build.py` puts them there).
    """
    packaged = _PACKAGE / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name
