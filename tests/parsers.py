"""Parsers of what people send: none may run while a page holds the write lock.

The guard stands in every test: a page that reads an upload, or hashes a password, inside its writing
transaction fails there, whichever page it is.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from flask import has_request_context
from PIL import Image, ImageCms
from python_calamine import CalamineWorkbook

from labelsvc.accounts import hashing
from labelsvc.db import writing_here
from labelsvc.resources import folder

#: Module or class, and the name of what reads there.
READERS: list[tuple[Any, str]] = [
    (tomllib, "loads"),
    (Image, "open"),
    # Its making, for Pillow asks whether something is one.
    (ImageCms.ImageCmsProfile, "__init__"),
    (CalamineWorkbook, "from_object"),
    (csv, "reader"),
    (hashing, "run"),
]


def guard(patch: pytest.MonkeyPatch) -> None:
    """Make each of `READERS` refuse to run inside a writing transaction of a page."""
    ours = {file.read_text(encoding="utf-8") for file in folder("label_layouts").rglob("*.toml")}
    for owner, name in READERS:
        patch.setattr(owner, name, _guarded(getattr(owner, name), name, ours))


def _guarded(real: Callable[..., Any], name: str, ours: set[str]) -> Callable[..., Any]:
    @wraps(real)
    def guarded(*args: Any, **options: Any) -> Any:
        if writing_here() and has_request_context() and not _built_in(args, ours):
            raise RuntimeError(f"{name} runs while this page holds the write lock")
        return real(*args, **options)

    return guarded


def _built_in(args: tuple[Any, ...], ours: set[str]) -> bool:
    """True of a file that comes with the program: it is small."""
    return bool(args) and isinstance(args[0], str) and args[0] in ours
