"""What the log knows a key to have signed: after a theft, the key is believed for that and no more.

The rows of the database are no proof: whoever stole the key may have had the database too. A leaf
that was published before the theft, and that witnesses have seen, cannot be added afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.tlog.formats.leaf import PrintRunLeaf, parse
from labelsvc.codes.tlog.models import LogLeaf


def logged_runs(session: Session, kid: int, *, before: int) -> list[PrintRunLeaf]:
    """Print runs and blank rolls of key *kid* among the first *before* leaves of the log.

    :param before: size of a checkpoint of before the theft.
    """
    query = select(LogLeaf.body).where(LogLeaf.kind == PrintRunLeaf.kind, LogLeaf.seq < before)
    found = (parse(body) for body in session.scalars(query.order_by(LogLeaf.seq)))
    return [leaf for leaf in found if isinstance(leaf, PrintRunLeaf) and leaf.kid == kid]


def number_ranges(runs: Iterable[PrintRunLeaf]) -> tuple[tuple[int, int], ...]:
    """Numbers ``[first, stop)`` of *runs*, neighbours joined (`Key.ranges`)."""
    return tuple(_joined((run.first, run.first + run.count) for run in runs))


def unit_ranges(runs: Iterable[PrintRunLeaf]) -> tuple[tuple[int, int, int], ...]:
    """Lot and indices ``[first, stop)`` inside it of units with the offline form.

    Indices as they were issued; `Key.unit_ranges` holds them after the shuffle of the lot.
    """
    lots: dict[int, list[tuple[int, int]]] = {}
    for run in runs:
        if run.form == "offline" and run.lot is not None and run.first_in_lot is not None:
            place = (run.first_in_lot, run.first_in_lot + run.count)
            lots.setdefault(run.lot, []).append(place)
    return tuple((lot, *both) for lot in sorted(lots) for both in _joined(lots[lot]))


def _joined(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start = stop = None
    for first, after in sorted(ranges):
        if start is None or stop is None or first > stop:
            if start is not None and stop is not None:
                yield start, stop
            start, stop = first, after
        else:
            stop = max(stop, after)
    if start is not None and stop is not None:
        yield start, stop
