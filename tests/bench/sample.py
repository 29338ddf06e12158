"""What every tool is asked to draw: the same words and the same symbols at the same places."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cached_property

import tomli_w

from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import Drawing, compose, measure
from labelsvc.labels.drawing.content import LabelContent, Unit, sample_content
from labelsvc.labels.drawing.ops import SymbolOp, TextOp, UnitTextOp
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.reading import load
from labelsvc.labels.runs.numbering import position
from labelsvc.labels.sheets.sheet import Cell, Sheet

#: Labels of one sheet; every count is a multiple of it.
PER_SHEET = 65
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def layout() -> Layout:
    """A4, 65 a sheet: name, producer, lot, dates and a unit line beside the symbol."""
    data = tomllib.loads(library.source("a4-65-plain"))
    data["name"] = "bench"
    elements = {element.get("id", element["type"]): element for element in data["elements"]}
    elements["name"].update(y=0.8, h=9.6, gap=0.3)
    elements["name"]["items"][0].update(size=5.8)
    rows = elements["lot"]["items"]  # lot, last day of use, number
    rows.insert(1, rows[1] | {"id": "made", "text": "NSX {made}"})
    elements["lot"].update(y=10.5, h=7.5)
    for row in rows:
        row.update(size=4.4)
    return load(tomli_w.dumps(data), source="bench.toml")


@dataclass(frozen=True)
class Sample:
    """*count* labels of one record, with codes that differ."""

    count: int

    @cached_property
    def layout(self) -> Layout:
        return layout()

    @cached_property
    def content(self) -> LabelContent:
        return sample_content(stars=None)

    @cached_property
    def units(self) -> list[Unit]:
        draw = random.Random(1)
        codes = ("".join(draw.choices(_ALPHABET, k=24)) for _ in range(self.count))
        return [
            Unit(f"HTTPS://OCOP.EXAMPLE/{code}", code, position(number, self.count, "Đ1"))
            for number, code in enumerate(codes, 1)
        ]

    @cached_property
    def drawing(self) -> Drawing:
        return compose(self.layout, self.content, fonts.load(), unit=self.units[0])

    @property
    def symbol(self) -> SymbolOp:
        return self.drawing.symbol

    @cached_property
    def words(self) -> list[TextOp]:
        """The lines that are the same on each label."""
        return [op for op in self.drawing.static if isinstance(op, TextOp)]

    def unit_words(self, unit: Unit) -> list[TextOp]:
        """The lines that are not."""
        ops = (op for op in self.drawing.unit if isinstance(op, UnitTextOp))
        found = (measure(op, unit, fonts.load(), layout="bench") for op in ops)
        return [op for op in found if op is not None]

    def cells(self) -> list[Cell]:
        return list(Sheet.of(self.layout).cells(self.count))
