"""Audit by outsiders: reads the whole log, computes it again and counts.

Nothing is believed but the key of the log and the checkpoint that was kept from last time. Every
leaf, every tile and the signature are checked; what does not fit is named with its place, and
reading goes on, so that one report tells everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from labelsvc.codes.tlog.formats import merkle, tiles
from labelsvc.codes.tlog.formats.checkpoint import Checkpoint, cosigned_at, read
from labelsvc.codes.tlog.formats.leaf import Leaf, parse
from labelsvc.codes.tlog.formats.missing import Missing
from labelsvc.codes.tlog.formats.note import Note, NoteKey
from labelsvc.codes.tlog.formats.tiles import ENTRIES, WIDTH, Tile
from labelsvc.codes.tlog.formats.totals import LotTotal, Totals
from labelsvc.errors import BadLog, FileMissing, LabelsvcError

#: Bytes of a file below the address of the log. :raises FileMissing: there is none.
Fetch = Callable[[str], bytes]
#: A report with more problems than this says nothing more.
MOST_PROBLEMS = 100
#: A log of more leaves is not read in one go (its hashes would fill the memory).
MOST_LEAVES = 20_000_000


@dataclass(frozen=True)
class Problem:
    """Something that does not fit."""

    #: File and leaf: "tile/0/000, leaf 17".
    place: str
    error: LabelsvcError


@dataclass
class Report:
    """The findings of an audit of the log."""

    origin: str
    size: int = 0
    root: bytes = merkle.EMPTY_ROOT
    #: Leaves of the checkpoint that was remembered; None for the first time.
    before: int | None = None
    problems: list[Problem] = field(default_factory=list)
    #: Leaves by kind.
    kinds: dict[str, int] = field(default_factory=dict)
    lots: list[LotTotal] = field(default_factory=list)
    #: Numbers and places of lots that were given and that no leaf tells of.
    missing: list[Missing] = field(default_factory=list)
    #: Witness and the time it saw this checkpoint.
    witnesses: dict[str, int] = field(default_factory=dict)
    #: The checkpoint as it came, to be remembered when all is well.
    checkpoint: bytes = b""

    @property
    def ok(self) -> bool:
        """No problem in the log itself. Too many labels of a lot are no fault of the log."""
        return not self.problems

    @property
    def over(self) -> list[LotTotal]:
        """Lots with more live codes than units were declared."""
        return [lot for lot in self.lots if lot.over]


def verify(
    fetch: Fetch,
    key: NoteKey,
    *,
    remembered: bytes | None = None,
    witnesses: tuple[NoteKey, ...] = (),
) -> Report:
    """Check the whole log.

    :param remembered: the checkpoint of the last time, as `Report.checkpoint` gave it.
    :param witnesses: keys whose cosignatures are looked for.
    :raises BadLog: *remembered* is no checkpoint of this log.
    :raises FileMissing: nothing can be fetched at all.
    """
    report = Report(key.name)
    old = read(remembered, key)[0] if remembered is not None else None
    report.before = old.size if old else None
    report.checkpoint = fetch("checkpoint")
    try:
        checkpoint, note = read(report.checkpoint, key)
    except BadLog as error:
        report.problems.append(Problem("checkpoint", error))
        return report
    report.size, report.root = checkpoint.size, checkpoint.root
    _look_for_witnesses(report, note, witnesses)
    if old is not None and checkpoint.size < old.size:
        report.problems.append(
            Problem(
                "checkpoint",
                BadLog(
                    "The log has {size} leaves, and had {before} before: leaves were taken away.",
                    size=checkpoint.size,
                    before=old.size,
                ),
            )
        )
    if checkpoint.size > MOST_LEAVES:
        report.problems.append(
            Problem("checkpoint", BadLog("The log is too large to be checked here."))
        )
        return report
    _check_tree(report, _Reading(fetch, checkpoint), old)
    return report


class _Reading:
    """Fetches tiles of one checkpoint."""

    def __init__(self, fetch: Fetch, checkpoint: Checkpoint) -> None:
        self.fetch = fetch
        self.checkpoint = checkpoint

    def tile(self, tile: Tile) -> list[bytes]:
        """Hashes or leaves. A partial tile may have given way to the full one."""
        try:
            data, width = self.fetch(tile.path), tile.width
        except FileMissing:
            if tile.full:
                raise
            data, width = self.fetch(tile.whole.path), WIDTH
        unpack = tiles.unpack_leaves if tile.level == ENTRIES else tiles.unpack
        return unpack(data, width)[: tile.width]


def _check_tree(report: Report, reading: _Reading, old: Checkpoint | None) -> None:
    size, totals = report.size, Totals()
    hashes: list[bytes] = []
    for index in range((size + WIDTH - 1) // WIDTH):
        hashes += _check_bundle(report, reading, index, totals)
        if len(report.problems) >= MOST_PROBLEMS:
            return
    row = hashes
    for level in range(1, tiles.levels(size)):
        row = [merkle.fold(row[at : at + WIDTH]) for at in range(0, len(row) - WIDTH + 1, WIDTH)]
        for index in range((len(row) + WIDTH - 1) // WIDTH):
            _check_upper(report, reading, tiles.tile_at(size, level, index), row)
    node = merkle.nodes_of(hashes)
    if merkle.root(size, node) != report.root:
        report.problems.append(
            Problem("checkpoint", BadLog("The leaves do not give the root that was signed."))
        )
    if old is not None and old.size <= size and merkle.root(old.size, node) != old.root:
        report.problems.append(
            Problem(
                "checkpoint",
                BadLog(
                    "The first {before} leaves are not those of last time: the log has two histories.",
                    before=old.size,
                ),
            )
        )
    report.lots, report.missing = totals.lots(), totals.missing
    report.problems += [Problem(place, error) for place, error in totals.problems]


def _check_bundle(report: Report, reading: _Reading, index: int, totals: Totals) -> list[bytes]:
    """Leaves and the tile of their hashes. Gives the hashes of the leaves; where they cannot be
    read, those of the tile, so that the rest of the tree can still be checked.
    """
    bundle = tiles.tile_at(report.size, ENTRIES, index)
    level0 = Tile(0, index, bundle.width)
    leaves, published = _fetched(report, reading, bundle), _fetched(report, reading, level0)
    if leaves is None:
        return published or [bytes(merkle.HASH_SIZE)] * bundle.width
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    for at in _different(hashes, published):
        report.problems.append(
            Problem(
                f"{level0.path}, leaf {index * WIDTH + at}",
                BadLog(
                    "Leaf {number} in {bundle} and its hash in the tile do not fit.",
                    number=index * WIDTH + at,
                    bundle=bundle.path,
                ),
            )
        )
    for number, body in enumerate(leaves, index * WIDTH):
        place = f"{bundle.path}, leaf {number}"
        try:
            leaf: Leaf = parse(body)
        except BadLog as error:
            report.problems.append(Problem(place, error))
            continue
        report.kinds[leaf.kind] = report.kinds.get(leaf.kind, 0) + 1
        totals.add(number, place, leaf)
    return hashes


def _check_upper(report: Report, reading: _Reading, tile: Tile, row: list[bytes]) -> None:
    first = tile.index * WIDTH
    published = _fetched(report, reading, tile)
    for at in _different(row[first : first + tile.width], published):
        report.problems.append(
            Problem(
                f"{tile.path}, hash {at}",
                BadLog(
                    "The hash is not that of the tile {below}.",
                    below=Tile(tile.level - 1, first + at).path,
                ),
            )
        )


def _fetched(report: Report, reading: _Reading, tile: Tile) -> list[bytes] | None:
    try:
        return reading.tile(tile)
    except LabelsvcError as error:
        report.problems.append(Problem(tile.path, error))
        return None


def _different(own: list[bytes], published: list[bytes] | None) -> Iterator[int]:
    if published is not None:
        for at, (one, other) in enumerate(zip(own, published, strict=True)):
            if one != other:
                yield at


def _look_for_witnesses(report: Report, note: Note, witnesses: tuple[NoteKey, ...]) -> None:
    for witness in witnesses:
        try:
            report.witnesses[witness.name] = cosigned_at(note, witness)
        except BadLog as error:
            report.problems.append(Problem("checkpoint", error))
