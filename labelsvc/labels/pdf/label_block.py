"""Label block: gives the labels of a run in order, each with the packed rows of its symbol. Used by PDF
files and rolls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from labelsvc.errors import BadInput
from labelsvc.labels.drawing.compose import Drawing
from labelsvc.labels.drawing.content import LabelContent, Unit
from labelsvc.labels.drawing.ops import SymbolOp
from labelsvc.labels.symbols import batch, encode

#: Below this many labels single symbols are encoded faster than a table is learnt. The table of a long
#: code takes seconds (its work grows faster than the symbol), so cartons count differently: from
#: `_LONG` bytes on, `_FEW_EACH` labels for each byte.
_FEW, _LONG, _FEW_EACH = 40, 140, 4
#: Units whose symbols are held in memory at once.
_SLICE = 4096


@dataclass(frozen=True)
class Block:
    """The labels of one record, in order."""

    content: LabelContent
    units: Sequence[Unit]


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a run: what is drawn on it, and its symbol."""

    drawing: Drawing
    unit: Unit | None  # None for a spare
    rows: bytes  # packed symbol


def labelled(blocks: Iterable[Block], drawings: Iterable[Drawing]) -> Iterator[Label]:
    """The labels of *blocks* one after another, each drawn as its block's drawing says.

    :raises BadInput: codes of differing structure in one block.
    """
    for block, drawing in zip(blocks, drawings, strict=True):
        for start in range(0, len(block.units), _SLICE):
            units = block.units[start : start + _SLICE]
            for unit, rows in zip(units, _symbols(drawing.symbol, units), strict=True):
                yield Label(drawing, unit, rows)


def _symbols(op: SymbolOp, units: Sequence[Unit]) -> Iterator[bytes]:
    """Packed rows of each unit's symbol; all have the structure of the first."""
    shape = batch.shape_of(units[0].code)
    room = encode.capacity(op.version, op.level)
    if len(units) < (_FEW if room < _LONG else _FEW_EACH * room):
        for unit in units:
            if batch.shape_of(unit.code) != shape:
                raise BadInput("Codes of different structure in one run")
            yield encode.packed(
                encode.matrix(unit.code, version=op.version, level=op.level, mask=batch.FIXED_MASK)
            )
        return
    encoder = batch.encoder(op.version, op.level, batch.FIXED_MASK, shape)
    for rows in encoder.rows([unit.code for unit in units]):
        yield rows.tobytes()
