"""The fonts of the labels: Be Vietnam Pro (OFL 1.1, see OFL.txt), the one place that reads them."""

from __future__ import annotations

import hashlib
import tomllib
from functools import lru_cache
from pathlib import Path

from labelsvc.errors import ConfigurationError
from labelsvc.labels.drawing.fonts_metrics import Face, Fonts

_HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def load() -> Fonts:
    """All faces, read once a process. Raises `ConfigurationError` when a file was altered."""
    table = tomllib.loads((_HERE / "fonts.toml").read_text(encoding="utf-8"))
    faces = {}
    for weight, row in table["faces"].items():
        data = (_HERE / row["file"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != row["sha256"]:
            raise ConfigurationError(
                "The font file {file} is not the one this version was made with",
                fix="Reinstall labelsvc.",
                file=row["file"],
            )
        faces[weight] = Face(row["file"].removesuffix(".ttf"), data)
    return Fonts(faces)
