"""Resources: finds files that come with the program, in a checkout or a wheel, and the version."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import metadata
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder *name* (`templates`, `label_layouts`, `static`, `translations`, ...).

    `templates` and `label_layouts` stand beside the package in a checkout and inside it in a
    wheel (`_build.py` puts them there).
    """
    packaged = _PACKAGE / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name


@lru_cache(maxsize=1)
def version() -> str:
    """Of the installed package; of pyproject.toml in a checkout that is not installed."""
    try:
        return metadata.version("labelsvc")
    except metadata.PackageNotFoundError:
        with (_PACKAGE.parent / "pyproject.toml").open("rb") as file:
            return str(tomllib.load(file)["project"]["version"])
