"""A set of units, lot by lot, in few bits: the body of a status list (docs/trust.md, section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from labelsvc.codes.trust.formats.bits import (
    Reader,
    Writer,
    best_k,
    broken,
    gamma_bits,
    gaps,
    rice_bits,
)

#: Lots and units are 24 bits of the offline form.
LOT_BITS: Final = 24
UNIT_BITS: Final = 24
#: A list is larger only if it is an attack on who reads it.
LARGEST: Final = 4 << 20
#: Units that one list may name one by one; a complement is written out, so bytes do not bound it.
MOST_UNITS: Final = 1 << 24


class Whole:
    """Every unit of a lot, also those that are printed later."""

    def __repr__(self) -> str:
        return "WHOLE"


WHOLE: Final = Whole()
#: Lot → the units of it that are listed, ascending, or all of them. No lot stands for nothing.
Listed: TypeAlias = Mapping[int, "tuple[int, ...] | Whole"]


@dataclass(frozen=True)
class Body:
    """Bytes of a body, and what has to be known to read them."""

    data: bytes
    #: Gaps in the body: of the shared list and of the dense ones.
    count: int
    #: Rice parameter of the shared list.
    k: int


@dataclass(frozen=True)
class _Dense:
    complement: bool
    k: int
    gaps: list[int]

    @property
    def cost(self) -> int:
        return 6 + gamma_bits(len(self.gaps) + 1) + rice_bits(self.gaps, self.k)


def encode(listed: Listed) -> Body:
    """Write *listed*; the same set gives the same bytes.

    :raises ValueError: a lot or unit beyond 24 bits, or units that do not ascend.
    """
    some = _checked(listed)
    shared_k = _shared_k(some)
    dense = {
        lot: found
        for lot, units in some.items()
        if (found := _dense(units)).cost < rice_bits(gaps(units), shared_k)
    }
    shared, _ = _joined({lot: units for lot, units in some.items() if lot not in dense})
    distances = gaps(shared)
    shared_k, _ = best_k(distances)
    out = Writer()
    out.gamma(len(listed) + 1)
    before = -1
    for lot in sorted(listed):
        out.gamma(lot - before)
        before = lot
        out.fixed(lot not in some, 1)
        if lot in some:
            out.fixed(lot in dense, 1)
            out.fixed(some[lot][-1].bit_length(), 5)
            if lot in dense:
                own = dense[lot]
                out.fixed(own.complement, 1)
                out.fixed(own.k, 5)
                out.gamma(len(own.gaps) + 1)
                out.rice(own.gaps, own.k)
    out.rice(distances, shared_k)
    return Body(bytes(out), len(distances) + sum(len(d.gaps) for d in dense.values()), shared_k)


def decode(body: Body) -> Listed:
    """Undo `encode`. :raises BadStatusList: the bytes are no such list."""
    if len(body.data) > LARGEST or not 0 <= body.k <= UNIT_BITS or body.count < 0:
        raise broken()
    bits = Reader(body.data)
    found: dict[int, tuple[int, ...] | Whole] = {}
    sparse: list[tuple[int, int]] = []
    rest, named, before = body.count, 0, -1
    for _ in range(bits.gamma() - 1):
        before += bits.gamma()
        if before >> LOT_BITS:
            raise broken()
        if bits.fixed(1):
            found[before] = WHOLE
            continue
        own, e = bits.fixed(1), bits.fixed(5)
        if e > UNIT_BITS:
            raise broken()
        if not own:
            sparse.append((before, e))
            continue
        complement, k, count = bits.fixed(1), bits.fixed(5), bits.gamma() - 1
        rest -= count
        if rest < 0 or k > UNIT_BITS:
            raise broken()
        units = bits.positions(count, k, 1 << e)
        named += (1 << e) - count if complement else count
        if named > MOST_UNITS:
            raise broken()
        if complement:
            good = set(units)
            units = [unit for unit in range(1 << e) if unit not in good]
        _put(found, before, units)
    _split(found, sparse, bits.positions(rest, body.k, sum(1 << e for _, e in sparse)))
    bits.finish()
    return found


def merge(older: Listed, newer: Listed) -> Listed:
    """Join two lists: a delta is added to the list it was made for."""
    found = dict(older)
    for lot, units in newer.items():
        known = found.get(lot, ())
        if isinstance(units, Whole) or isinstance(known, Whole):
            found[lot] = WHOLE
        else:
            found[lot] = tuple(sorted({*known, *units}))
    return found


def added(older: Listed, newer: Listed) -> Listed:
    """List what *newer* has and *older* has not."""
    found: dict[int, tuple[int, ...] | Whole] = {}
    for lot, units in newer.items():
        known = older.get(lot, ())
        if isinstance(known, Whole):
            continue
        if isinstance(units, Whole):
            found[lot] = WHOLE
        elif fresh := tuple(sorted(set(units) - set(known))):
            found[lot] = fresh
    return found


def _checked(listed: Listed) -> dict[int, tuple[int, ...]]:
    some = {}
    for lot, units in listed.items():
        if not 0 <= lot < 1 << LOT_BITS:
            raise ValueError(f"lot {lot} has more than {LOT_BITS} bits")
        if isinstance(units, Whole):
            continue
        if not units or min(gaps(units)) < 0 or units[-1] >> UNIT_BITS:
            raise ValueError(f"the units of lot {lot} do not ascend within {UNIT_BITS} bits")
        some[lot] = units
    return dict(sorted(some.items()))


def _shared_k(some: Mapping[int, tuple[int, ...]]) -> int:
    return best_k(gaps(_joined(some)[0]))[0]


def _joined(some: Mapping[int, tuple[int, ...]]) -> tuple[list[int], int]:
    """Positions of all units when the lots stand one after another, and where the last ends."""
    start, positions = 0, []
    for units in some.values():
        positions += [start + unit for unit in units]
        start += 1 << units[-1].bit_length()
    return positions, start


def _dense(units: tuple[int, ...]) -> _Dense:
    """The shorter of a list of its own and a list of all others."""
    own = gaps(units)
    size = 1 << units[-1].bit_length()
    straight = _Dense(False, best_k(own)[0], own)
    if 2 * len(units) < size:
        return straight
    inside = set(units)
    others = gaps([unit for unit in range(size) if unit not in inside])
    return min(straight, _Dense(True, best_k(others)[0], others), key=lambda found: found.cost)


def _split(
    found: dict[int, tuple[int, ...] | Whole], sparse: list[tuple[int, int]], positions: list[int]
) -> None:
    at = start = 0
    for lot, e in sparse:
        end, units = start + (1 << e), []
        while at < len(positions) and positions[at] < end:
            units.append(positions[at] - start)
            at += 1
        _put(found, lot, units)
        start = end


def _put(found: dict[int, tuple[int, ...] | Whole], lot: int, units: Iterable[int]) -> None:
    if kept := tuple(units):
        found[lot] = kept
