"""ReportLab's canvas as every PDF of ours needs it: our fonts alone, one file cut at a time."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from labelsvc.labels.face import Face

_SUBSETTING = threading.Lock()
_REGISTERED: set[str] = set()
# Page streams are binary: a fifth smaller, and no time lost on turning them into letters.
rl_config.useA85 = 0


def saved(canvas: Any) -> None:
    """Write the file of *canvas*. Cutting the font subsets moves a file position inside the shared
    font object, so one canvas is saved at a time."""
    with subsetting():
        canvas.save()


@contextmanager
def subsetting() -> Iterator[None]:
    """One canvas at a time: for whoever writes a file with the shared fonts in another way."""
    with _SUBSETTING:
        yield


def font_name(face: Face) -> str:
    """Register *face* with ReportLab once; its name there."""
    if face.name not in _REGISTERED:
        with _SUBSETTING:
            pdfmetrics.registerFont(TTFont(face.name, io.BytesIO(face.data)))
            _REGISTERED.add(face.name)
    return face.name
