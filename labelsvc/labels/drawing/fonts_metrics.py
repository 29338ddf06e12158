"""Fonts metrics: tells which letters a face has, how wide they are, and where their ink is. Used by drawing
and PDF files."""

from __future__ import annotations

import copy
import io
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

from labelsvc.errors import MissingGlyph

PT = 25.4 / 72  # millimetres in a point


class Face:
    """One font file: advances and ink in ems. Threads may share it."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data
        font: Any = TTFont(io.BytesIO(data))
        self.em: int = font["head"].unitsPerEm
        self._cmap: dict[int, str] = font.getBestCmap()
        self._glyphs: Any = font.getGlyphSet()
        # fontTools unpacks a glyph on first use, in place.
        self._lock = threading.Lock()
        #: Whether `check` lets characters pass that the font lacks: for drafts, never for print.
        self.forgiving = False
        self._advances: dict[str, float] = {}
        self._bounds: dict[str, tuple[float, float, float, float]] = {}

    @cached_property
    def x_height(self) -> float:
        """Height of x in ems, measured on the glyph, which is what a ruler would see."""
        return self.bounds("x")[3]

    def has(self, char: str) -> bool:
        return ord(char) in self._cmap

    def advance(self, char: str) -> float:
        known = self._advances.get(char)
        if known is None:
            name = self._cmap.get(ord(char), ".notdef")
            with self._lock:
                known = self._advances[char] = self._glyphs[name].width / self.em
        return known

    def bounds(self, char: str) -> tuple[float, float, float, float]:
        """x_min, y_min, x_max, y_max of the ink in ems; zeros for a space."""
        known = self._bounds.get(char)
        if known is None:
            pen = BoundsPen(self._glyphs)
            with self._lock:
                self._glyphs[self._cmap.get(ord(char), ".notdef")].draw(pen)
            x0, y0, x1, y1 = pen.bounds or (0, 0, 0, 0)
            known = (x0 / self.em, y0 / self.em, x1 / self.em, y1 / self.em)
            self._bounds[char] = known
        return known

    def width(self, text: str, size: float = 1.0, tracking: float = 0.0) -> float:
        """Advance of *text*; *tracking* is in the unit of *size*, after each character."""
        return sum(map(self.advance, text)) * size + tracking * len(text)

    def outline(self, char: str) -> str:
        """SVG path data in font units (`em` of them to an em), y up."""
        pen = SVGPathPen(self._glyphs)
        with self._lock:
            self._glyphs[self._cmap.get(ord(char), ".notdef")].draw(pen)
        return str(pen.getCommands())

    def check(
        self,
        text: str,
        *,
        field: str,
        record: str,
        layout: str,
        quoted: Callable[[], str] | None = None,
    ) -> None:
        """Raises `MissingGlyph` when a character of *text* would print as an empty box.

        :param quoted: what the message quotes instead of *text*, where that may not be told.
        """
        missing = sorted({c for c in text if c not in "\n " and not self.has(c)})
        if missing and not self.forgiving:
            raise MissingGlyph(
                "{layout}: the font {font} has no {characters}, which stands in “{text}” ({record})",
                fix="Write the text without these characters.",
                layout=layout,
                font=self.name,
                characters=" ".join(f"{c} (U+{ord(c):04X})" for c in missing),
                text=short(quoted() if quoted else text),
                field=field,
                record=record,
            )


def short(text: str) -> str:
    """*text* as a message quotes it."""
    return text if len(text) <= 60 else text[:59] + "…"


class Fonts:
    """The faces by weight name (regular, medium, semibold, bold, italic)."""

    def __init__(self, faces: Mapping[str, Face]) -> None:
        self._faces = dict(faces)

    def __getitem__(self, weight: str) -> Face:
        return self._faces[weight]

    def forgiving(self) -> Fonts:
        """The same faces, which set a box where they have no glyph instead of refusing."""
        faces = {weight: copy.copy(face) for weight, face in self._faces.items()}
        for face in faces.values():
            face.forgiving = True
        return Fonts(faces)

    def x_height_mm(self, weight: str, points: float) -> float:
        """Height of a small x on paper, mm: what the floors of Decree 37/2026 art. 37 measure."""
        return self[weight].x_height * points * PT
